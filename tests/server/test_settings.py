"""Settings from the environment, and the secret that is made when none is set."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import get_type_hints

import pytest

from server import settings
from server.settings import Settings, SettingsError, secret_key


def test_nothing_need_be_set() -> None:
    chosen = settings.read({"PATH": "/bin", "HOME": "/root"})
    assert (chosen.host, chosen.port) == ("127.0.0.1", 8000)
    assert chosen.data_folder == Path.cwd() / "data"
    assert chosen.url == f"sqlite:///{Path.cwd()}/data/rebond.sqlite3"


def test_values_are_read_as_their_types() -> None:
    chosen = settings.read({"REBOND_PORT": "9000", "REBOND_TOKEN_SECONDS": "60", "REBOND_LOG_LEVEL": "debug"})
    assert (chosen.port, chosen.token_seconds, chosen.log_level) == (9000, 60, "debug")


def test_origins_are_compared_as_browsers_write_them() -> None:
    chosen = settings.read({"REBOND_ORIGINS": " https://Chat.example/ ,http://other:8080,"})
    assert chosen.allowed_origins == {"https://chat.example", "http://other:8080"}


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("REBOND_PORT", "eighty", "REBOND_PORT cannot be 'eighty': Expected `int`, got `str`"),
        ("REBOND_PORT", "70000", "REBOND_PORT cannot be '70000': Expected `int` <= 65535"),
        ("REBOND_TOKEN_SECONDS", "0", "REBOND_TOKEN_SECONDS cannot be '0': Expected `int` >= 1"),
        ("REBOND_LOG_LEVEL", "loud", "REBOND_LOG_LEVEL cannot be 'loud': Invalid enum value 'loud'"),
        ("REBOND_HOST", "", "REBOND_HOST cannot be '': Expected `str` of length >= 1"),
        ("REBOND_PROT", "1", "REBOND_PROT is not a setting; did you mean REBOND_PORT?"),
        ("REBOND_XYZZY", "1", "REBOND_XYZZY is not a setting"),
        ("REBOND_SECRET", "too short", "REBOND_SECRET is too short: it must have 32 bytes or more"),
        (
            "REBOND_DATABASE_URL",
            "postgresql://localhost/rebond",
            "REBOND_DATABASE_URL must begin with sqlite:/// (no other database is supported)",
        ),
    ],
)
def test_bad_setting_is_said_in_one_line(variable: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.read({variable: value})
    assert str(caught.value) == complaint


def test_every_setting_says_what_it_is_for() -> None:
    for name, kind in get_type_hints(Settings, include_extras=True).items():
        assert kind.__metadata__[-1].description, name


def test_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    chosen = Settings(data=str(tmp_path))
    key = secret_key(chosen)
    assert len(key) >= 32
    assert secret_key(chosen) == key
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_secret_that_was_set_is_not_written_anywhere(tmp_path: Path) -> None:
    key = "a secret from the environment, long enough"
    assert secret_key(Settings(data=str(tmp_path), secret=key)) == key
    assert list(tmp_path.iterdir()) == []


def test_secret_of_another_process_that_was_quicker_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("the secret of the process that was quicker")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert secret_key(Settings(data=str(tmp_path))) == "the secret of the process that was quicker"


def test_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(SettingsError, match="too short for a secret: delete it"):
        secret_key(Settings(data=str(tmp_path)))
