"""What the host of a place may do from the command line: say who owns it, and give somebody another password.

While the server runs it is asked to, over a socket in the data folder that only the folder's owner can reach; so
sessions end and sockets close at once. While it does not, the command does it by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from rebond.codes import Close
from server import accounts, moderation, sessions
from server.accounts import User
from server.database import Database, Transaction
from server.errors import NoSuchPersonError, ServiceError

logger = logging.getLogger(__name__)

FILE = "control.sock"

MAX_PATH = 100
"""Bytes: what the name of such a socket can have everywhere (unix(7))."""

MAX_ASKED = 16 * 1024
"""Bytes."""

PATIENCE = 10.0
"""Seconds."""


class HostError(Exception):
    """A command has failed; the message is one line that says why."""


class Asked(Struct, frozen=True):
    """A command: about whom, and for ``password`` the hash of the new one. The password itself goes nowhere."""

    act: Literal["owner", "password"]
    name: str
    hash: str = ""


def carry_out(transaction: Transaction, asked: Asked) -> str:
    """Do what is asked for and say so. Raises NoSuchPersonError."""
    user = _named(transaction, asked.name)
    if asked.act == "owner":
        moderation.make_owner(transaction, user.id, by=None)
        return f"{user.name} owns the place now"
    accounts.change_password_hash(transaction, user, asked.hash)
    sessions.end_all(transaction, user.id, Close.TOKEN)
    return f"{user.name} has another password, and has to log in with it everywhere"


def _named(transaction: Transaction, name: str) -> User:
    found = accounts.find(transaction.connection, name)
    if found is None:
        raise NoSuchPersonError(f"nobody here is called {name}")
    return found.user


class Host:
    """Listens in the data folder for as long as the server runs."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._path = _path(folder)
        self._database = database
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen. Where that cannot be, the commands want the server to be stopped."""
        if len(os.fsencode(self._path)) > MAX_PATH:
            logger.warning("%s is too long a name for a socket: commands will want the server stopped", self._path)
            return
        self._server = await asyncio.start_unix_server(self._answer, sock=_bound(self._path), limit=MAX_ASKED)

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            Path(self._path).unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError):  # whoever asked is gone, or never ended the line
            async with asyncio.timeout(PATIENCE):
                answer = await self._carry_out(await reader.readline())
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _carry_out(self, line: bytes) -> dict[str, str]:
        try:
            asked = msgspec.json.decode(line, type=Asked)
            said = await self._database.write(partial(carry_out, asked=asked))
        except (ServiceError, msgspec.DecodeError) as error:
            return {"error": str(error)}
        logger.info("the command line: %s", said)
        return {"done": said}


def command(folder: Path, url: str, asked: Asked, alone: Callable[[], None]) -> str:
    """Have the running server do what is asked for, or do it here; return what was done.

    ``alone`` takes the data folder and brings the database up to date. Raises HostError, and what ``alone`` raises.
    """
    said = _ask(_path(folder), asked)
    if said is None:
        alone()
        try:
            return asyncio.run(_alone(url, asked))
        except ServiceError as error:
            raise HostError(error.message) from error
    if "error" in said:
        raise HostError(said["error"])
    return said["done"]


def _ask(path: str, asked: Asked) -> dict[str, str] | None:
    """Return the server's answer, None if there is no server."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        try:
            line.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise HostError(f"the server cannot be reached at {path}: {error.strerror or error}") from error
        line.sendall(msgspec.json.encode(asked) + b"\n")
        with line.makefile("rb") as answers:
            answer = answers.readline()
    if not answer:
        raise HostError("the server stopped before it answered: try again")
    return msgspec.json.decode(answer, type=dict[str, str])


async def _alone(url: str, asked: Asked) -> str:
    database = Database(url, lambda _: None)
    try:
        return await database.write(partial(carry_out, asked=asked))
    finally:
        await database.close()


def _bound(path: str) -> socket.socket:
    """Return a socket at a path that nobody but its owner can reach, not for a moment."""
    Path(path).unlink(missing_ok=True)  # an earlier life was killed; nobody else has the folder
    bound = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        bound.bind(path)
    finally:
        os.umask(before)
    return bound


def _path(folder: Path) -> str:
    """Return the name of the socket, from here if that is shorter."""
    whole = str(folder / FILE)
    return min(whole, os.path.relpath(whole), key=len)


def ask_password(prompt: Callable[[str], str]) -> str:
    """Return a password typed twice at a terminal, or the first line of what is fed in. Raises HostError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = prompt("New password: ")
    if prompt("Once more: ") != password:
        raise HostError("these were two different passwords")
    return password
