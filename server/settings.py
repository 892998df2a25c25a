"""What the host may set, read from the environment: every variable is named ``REBOND_`` and a field below."""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "REBOND_"
SECRET_FILE = "secret"
SQLITE = "sqlite:///"
MIN_SECRET = 32
"""Bytes. A key for HMAC-SHA256 should not be shorter than its output (RFC 7518, section 3.2)."""

Text = Annotated[str, Meta(min_length=1)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1)]


class SettingsError(ValueError):
    """A setting cannot be used; the message is one line that says which, and why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, each with what it is for. Durations are in the unit of their name."""

    host: Annotated[Text, Meta(description="the address to listen on")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="the port to listen on; 0 takes a free one")] = 8000
    data: Annotated[Text, Meta(description="the folder of the database and the secret")] = "data"
    database_url: Annotated[str, Meta(description="the database, if not rebond.sqlite3 in the data folder")] = ""
    secret: Annotated[str, Meta(description="signs the access tokens, 32 bytes or more; made if not set")] = ""
    origins: Annotated[str, Meta(description="further origins of the pages, separated by commas")] = ""
    trusted_proxies: Annotated[
        str, Meta(description="addresses whose X-Forwarded-For and -Proto are believed, separated by commas")
    ] = "127.0.0.1,::1"
    token_seconds: Annotated[Count, Meta(description="how long an access token is good")] = 15 * 60
    session_days: Annotated[Count, Meta(description="how long a session lasts without being used")] = 30
    sockets_per_session: Annotated[Count, Meta(description="WebSockets that one session may hold")] = 16
    sockets_per_account: Annotated[Count, Meta(description="WebSockets that one account may hold")] = 64
    sockets_per_address: Annotated[Count, Meta(description="WebSockets that one address may hold")] = 1_000
    login_failures_per_address: Annotated[
        int, Meta(ge=0, description="wrong passwords from one address in ten minutes; 0 sets no limit")
    ] = 100
    login_failures_per_account: Annotated[
        int, Meta(ge=0, description="the same, for one account from one address or one device")
    ] = 10
    registrations_per_address: Annotated[
        int, Meta(ge=0, description="accounts made from one address in an hour; 0 sets no limit")
    ] = 100
    rooms_per_account: Annotated[
        int, Meta(ge=0, description="rooms and conversations begun by one account in an hour; 0 sets no limit")
    ] = 100
    messages_per_second: Annotated[
        int, Meta(ge=0, description="messages of one account, ten seconds' worth at once; 0 sets no limit")
    ] = 5
    requests_per_account: Annotated[
        int, Meta(ge=0, description="HTTP requests a second of one account, ten seconds' worth at once; 0 as above")
    ] = 10
    requests_per_address: Annotated[int, Meta(ge=0, description="the same, from one address")] = 200
    admission_rate: Annotated[int, Meta(ge=0, description="clients taken in a second; 0 measures it")] = 0
    beat_seconds: Annotated[Count, Meta(description="the silence after which a client asks for a sign of life")] = 10
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="the least that is logged")] = (
        "info"
    )
    log_format: Annotated[
        Literal["text", "json"], Meta(description="how it is logged: lines to read, or a JSON object a line")
    ] = "text"
    metrics_token: Annotated[str, Meta(description="lets who bears it read /metrics, beside this machine itself")] = ""

    @property
    def data_folder(self) -> Path:
        """The data folder as an absolute path."""
        return Path(self.data).absolute()

    @property
    def url(self) -> str:
        """The database's URL, as SQLAlchemy writes it."""
        return self.database_url or f"{SQLITE}{self.data_folder / 'rebond.sqlite3'}"

    @property
    def database_file(self) -> Path:
        """The file of the database."""
        return Path(self.url.removeprefix(SQLITE))

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The further origins, as browsers write them: no slash at the end, lower case."""
        return frozenset(origin.strip().rstrip("/").lower() for origin in self.origins.split(",") if origin.strip())


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings from ``environment``.

    Raises SettingsError for a value that does not fit and for a ``REBOND_`` variable that is no setting.
    """
    types = get_type_hints(Settings, include_extras=True)
    values: dict[str, object] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in types:
            raise SettingsError(f"{variable} is not a setting{_suggestion(name, types)}")
        try:
            values[name] = msgspec.convert(value, types[name], strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{variable} cannot be {value!r}: {error}") from None
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was converted to its field's type above
    if settings.secret and len(settings.secret.encode()) < MIN_SECRET:
        raise SettingsError(f"{PREFIX}SECRET is too short: it must have {MIN_SECRET} bytes or more")
    if not settings.url.startswith(SQLITE):
        raise SettingsError(f"{PREFIX}DATABASE_URL must begin with {SQLITE} (no other database is supported)")
    return settings


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {PREFIX}{close[0].upper()}?" if close else ""


def secret_key(settings: Settings) -> str:
    """Return the key that signs access tokens: the one that was set, else the one kept in the data folder.

    The first start makes it, in a file that nobody but its owner can read. Whoever comes second when two
    processes start at once takes the key of the first.
    """
    if settings.secret:
        return settings.secret
    path = settings.data_folder / SECRET_FILE
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(MIN_SECRET))
    key = path.read_text().strip()
    if len(key.encode()) < MIN_SECRET:
        raise SettingsError(f"{path} is too short for a secret: delete it, and the next start makes another")
    return key


def _write_once(path: Path, text: str) -> None:
    """Make the file with its whole text, or leave the one that is there: no reader ever sees half of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mkstemp's mode is 0600
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)
    except FileExistsError:
        return
    finally:
        part.unlink()
