"""Leaving for good: what becomes of an account, and of what it has written.

At once, in one transaction, the account is closed: its name is free, its password and sessions are gone, it is in no
room. What it has written stays, as that of someone who has left, or is removed, as it was asked. That, and taking the
name out of all events that tell it, may be long work: it goes on in small pieces beside what others do, and begins
again where it was cut off if the server stops.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy import Connection, and_, func, select, update

from rebond.codes import Close
from server import messages, place, rooms, sessions, standing, streams
from server.accounts import User
from server.database import Database, Transaction
from server.errors import BusyError, NoSuchMessageError, OwnerStaysError
from server.roles import Role
from server.schema import account, event, meta, operation

Wish = Literal["keep", "remove"]
"""What is to become of the messages."""

PIECE = 200
"""Messages or events in one transaction: others wait no longer than these take."""

PAUSE = 1.0
"""Seconds until another try when the database is busy."""

_PENDING = "departure:"
_NAMES = ("name", "display")

T = TypeVar("T")


def close(transaction: Transaction, user: User, wish: Wish) -> None:
    """Close an account. Raises OwnerStaysError for the owner of a place with others in it."""
    connection = transaction.connection
    found = standing.of(connection, user.id)
    others = select(account.c.id).where(account.c.id != user.id, account.c.left_at.is_(None)).limit(1)
    if found.role is Role.OWNER and connection.execute(others).first() is not None:
        raise OwnerStaysError
    rooms.withdraw(transaction, user)
    sessions.end_all(transaction, user.id, Close.FORBIDDEN)
    sessions.forget(transaction, user.id)
    # The row has to stay, since what was written refers to it. No name that can be typed is folded like this.
    gone = {"name": "", "folded": f"\0{user.id}", "password": f"gone {secrets.token_urlsafe(9)}", "display": ""}
    role = Role.MEMBER.value
    standing.change(transaction, user.id, **gone, role=role, muted_until=None, left_at=transaction.now)
    place.put(transaction, f"{_PENDING}{user.id}", wish)


class Departures:
    """Clears up after those who have left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Go on with what an earlier life of the server has not finished."""
        for identifier, wish in await self._database.read(_pending):
            self.begin(identifier, wish)

    def begin(self, identifier: str, wish: Wish) -> None:
        """Clear up after an account that is closed, in the background."""
        task = asyncio.create_task(self._clear(identifier, wish))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        """Leave the rest to the next start."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    async def _clear(self, identifier: str, wish: Wish) -> None:
        while True:
            try:
                if wish == "remove":
                    for piece in _pieces(await self._database.read(partial(_written, identifier=identifier))):
                        await self._database.write(partial(_remove, identifier=identifier, piece=piece))
                for some in _pieces(await self._database.read(partial(_telling, identifier=identifier))):
                    await self._database.write(partial(_forget, identifier=identifier, piece=some))
                await self._database.write(partial(place.put, key=f"{_PENDING}{identifier}", value=None))
            except BusyError:
                await asyncio.sleep(PAUSE)
            else:
                return


def _pending(connection: Connection) -> list[tuple[str, Wish]]:
    rows = connection.execute(select(meta).where(meta.c.key.startswith(_PENDING, autoescape=True)))
    return [(row.key.removeprefix(_PENDING), "remove" if row.value == "remove" else "keep") for row in rows]


def _written(connection: Connection, identifier: str) -> list[tuple[str, str]]:
    """Return room and id of every operation of an account: those that are messages are to be removed."""
    query = select(operation.c.room, operation.c.id).where(operation.c.author == identifier)
    return [(row.room, row.id) for row in connection.execute(query)]


def _remove(transaction: Transaction, identifier: str, piece: list[tuple[str, str]]) -> None:
    author = standing.of(transaction.connection, identifier).user
    for room, message in piece:
        try:
            messages.remove(transaction, room, author, message, by=None)
        except NoSuchMessageError:
            continue  # the operation was an edit, or a deletion


def _telling(connection: Connection, identifier: str) -> list[tuple[str, int]]:
    """Return stream and seq of every event that names the account. It looks at all that there are."""
    query = select(event.c.stream, event.c.seq).where(func.instr(event.c.body, _mark(identifier)) > 0)
    return [(row.stream, row.seq) for row in connection.execute(query)]


def _forget(transaction: Transaction, identifier: str, piece: list[tuple[str, int]]) -> None:
    for stream, seq in piece:
        where = and_(event.c.stream == stream, event.c.seq == seq)
        body = transaction.connection.execute(select(event.c.body).where(where)).scalar_one()
        nameless = streams.written(_nameless(json.loads(body), identifier))
        transaction.connection.execute(update(event).where(where).values(body=nameless))


def _nameless(value: object, identifier: str) -> object:
    """Return a part of an event's body without the names of the account that it may tell."""
    if isinstance(value, list):
        return [_nameless(item, identifier) for item in value]
    if isinstance(value, dict):
        blank = _NAMES if value.get("id") == identifier else ()
        return {key: "" if key in blank else _nameless(item, identifier) for key, item in value.items()}
    return value


def _mark(identifier: str) -> str:
    """Return what stands in the body of every event that names the account (see :func:`server.streams.written`)."""
    return f'"id":"{identifier}"'


def _pieces(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), PIECE):
        yield items[start : start + PIECE]
