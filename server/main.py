"""The command ``rebond``: reads the settings, takes the port and the data, and serves."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import getpass
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, get_type_hints

import uvicorn
from msgspec import structs
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol as Socket

from rebond.text import MAX_FRAME
from server import app, backup, host, log, migrations, settings
from server.backup import BackupError
from server.errors import BadPasswordError
from server.host import Asked, HostError
from server.listening import BACKLOG, ListenError, address, listen, local_address
from server.migrations import MigrationError, migrate
from server.pages import MISSING, Pages
from server.passwords import Passwords
from server.settings import PREFIX, Settings, SettingsError

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what `share` is for

GRACE = 2
"""Seconds that requests in flight have to finish in when the server stops."""

TICK, LOOKS = 0.01, 100
"""Seconds between two looks at whether the clients have answered the close, and how often to look."""


class StartError(Exception):
    """The server cannot start; the message is one line that says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "dev":
            from server.dev import dev

            return dev()
        chosen = settings.read(os.environ)
        if options.command == "backup":
            return make_backup(chosen, options.file)
        if options.command == "restore":
            return restore_backup(chosen, options.file)
        if options.command == "owner":
            return command(chosen, Asked("owner", options.name))
        if options.command == "password":
            return change_password(chosen, options.name)
        if options.command == "share":
            return serve(shared(chosen), invite)
        return serve(chosen)
    except (StartError, ListenError, SettingsError, MigrationError, BackupError, HostError) as error:
        print(f"rebond: {error}", file=sys.stderr)
        return 1


def serve(chosen: Settings, ready: Callable[[socket.socket], None] | None = None) -> int:
    """Serve until a signal says to stop; ``ready`` is told once people can come.

    Raises StartError, ListenError, SettingsError and MigrationError.
    """
    log.configure(chosen.log_level, chosen.log_format)
    pages = Pages()
    if not pages.build():
        print(MISSING, file=sys.stderr, end="")
    with listen(chosen.host, chosen.port) as listener, take(chosen.data_folder):
        migrate(chosen.url)
        key = settings.secret_key(chosen)

        def up() -> None:
            print(f"Rebond is at {address(listener)} and keeps its data in {chosen.data_folder}", flush=True)
            if ready is not None:
                ready(listener)

        server = Server(app.Application(chosen, key, pages, up), chosen)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal again once it has stopped in good order: this is to be heard as no other end.
            signal.signal(number, server.handle_exit)
        server.run([listener])
    return 0


def shared(chosen: Settings) -> Settings:
    """Return the settings with which others in the network can come: all addresses, unless one was chosen."""
    return structs.replace(chosen, host=EVERYWHERE) if chosen.host == Settings().host else chosen


def invite(listener: socket.socket) -> None:
    """Say where others in the network come in, as an address to type and as a QR code to point a phone at."""
    found = local_address()
    if found is None:
        print("This machine is in no network: nobody else can come.", file=sys.stderr, flush=True)
        return
    from segno import make_qr

    where = address(listener, found)
    print(f"\nOthers in this network open {where}\n", flush=True)
    make_qr(where).terminal(compact=True)
    sys.stdout.flush()


class Server(uvicorn.Server):
    """Serves the application, and sends everybody away in good order before it stops."""

    def __init__(self, application: app.Application, chosen: Settings) -> None:
        super().__init__(configure(chosen, application))
        self._application = application

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Until now it would have ended us. `rebond dev`, which sends it, has had it wait (server/dev.py).
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._application.call_back)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._application.drain()
        # A connection that is shut down with something unread in it is reset, and its client may never read what was
        # sent to it last (RFC 1122, section 4.2.2.13): let the closing handshakes come to their end.
        for _ in range(LOOKS):
            if not any(isinstance(connection, Socket) for connection in self.server_state.connections):
                break
            await asyncio.sleep(TICK)
        await super().shutdown(sockets)


def make_backup(chosen: Settings, target: Path) -> int:
    """Copy the database, whether the server runs or not. Raises BackupError."""
    backup.backup(chosen.database_file, target)
    print(f"{target} is a complete copy of {chosen.database_file}")
    return 0


def restore_backup(chosen: Settings, source: Path) -> int:
    """Put a copy in the place of the database. Raises StartError (the server runs), MigrationError and BackupError."""
    with take(chosen.data_folder):
        kept = backup.restore(chosen.database_file, source, migrations.check)
    print(f"{source} is now the database" + (f"; what it replaces is kept in {kept}" if kept else ""))
    return 0


def change_password(chosen: Settings, name: str) -> int:
    """Give somebody another password, read from the terminal. Raises as :func:`command`."""
    password = host.ask_password(getpass.getpass)

    async def hashed() -> str:
        passwords = Passwords()
        try:
            return await passwords.hash(password)
        finally:
            passwords.close()

    try:
        return command(chosen, Asked("password", name, asyncio.run(hashed())))
    except BadPasswordError as error:
        raise HostError(error.message) from error


def command(chosen: Settings, asked: Asked) -> int:
    """Carry out a command of the host. Raises HostError, StartError and MigrationError."""
    with ExitStack() as held:

        def alone() -> None:
            held.enter_context(take(chosen.data_folder))
            migrate(chosen.url)

        print(host.command(chosen.data_folder, chosen.url, asked, alone))
    return 0


def configure(chosen: Settings, application: ASGIApp) -> uvicorn.Config:
    """Return how uvicorn is to serve the application."""
    return uvicorn.Config(
        application,
        lifespan="on",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=2 * MAX_FRAME,  # beyond our own limit, so that it is us who say that a frame is too big
        # Who has vanished is known to be gone within 15 s; see also GRACE in server/presence.py.
        ws_ping_interval=7,
        ws_ping_timeout=8,
        ws_per_message_deflate=False,  # it costs more time and memory than short messages are worth
        backlog=BACKLOG,
        forwarded_allow_ips=chosen.trusted_proxies,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=GRACE,
    )


def take(folder: Path) -> IO[str]:
    """Make the data folder if need be, and hold it as long as the file that is returned is open.

    Two servers on one folder would each tell only their own clients. Raises StartError if another has it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StartError(f"another server uses the data in {folder}: stop it, or set {PREFIX}DATA") from None
    except OSError as error:
        raise StartError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    return lock


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rebond",
        description="A real-time chat that bounces back.",
        epilog=_settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the chat")
    commands.add_parser("share", help="serve it to the local network, and show its address with a QR code")
    commands.add_parser("dev", help="serve it, and start anew whenever a file of it changes")
    saving = commands.add_parser("backup", help="copy the database to a file, also while the server runs")
    saving.add_argument("file", type=Path)
    restoring = commands.add_parser("restore", help="put such a file in the place of the database")
    restoring.add_argument("file", type=Path)
    owning = commands.add_parser("owner", help="say who owns the place, also while the server runs")
    owning.add_argument("name")
    changing = commands.add_parser("password", help="give somebody another password, asked for at the terminal")
    changing.add_argument("name")
    return parser


def _settings_help() -> str:
    lines = ["Settings, from the environment:"]
    for name, kind in get_type_hints(Settings, include_extras=True).items():
        default = str(getattr(Settings(), name))
        lines.append(f"  {PREFIX}{name.upper()}: {kind.__metadata__[-1].description} ({default or 'not set'})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
