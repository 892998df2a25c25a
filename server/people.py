"""The people of the place, as somebody among them may know them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import rules
from server.names import fold
from server.rules import Act
from server.schema import account, membership

MAX_PEOPLE = 1_000
"""The most that one answer holds."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account, and when it was last there, in milliseconds since the Unix epoch; None while it is.

    It is shown by ``display``, or by its name if that is empty.
    """

    id: str
    name: str
    display: str
    role: str
    banned: bool
    seen_at: int | None


_PERSON = (
    select(
        account.c.id,
        account.c.name,
        account.c.display,
        account.c.role,
        account.c.banned_at.is_not(None),
        account.c.seen_at,
    )
    .where(account.c.left_at.is_(None))
    .order_by(account.c.folded, account.c.id)
)


def everyone(connection: Connection, named: str, limit: int) -> list[Person]:
    """Return by name the people of the place, of whom everybody may know, whose names begin with ``named``."""
    query = _PERSON.where(account.c.folded.startswith(fold(named), autoescape=True)) if named else _PERSON
    return [Person(*row) for row in connection.execute(query.limit(limit))]


def members(connection: Connection, room: str, reader: str, limit: int) -> list[Person]:
    """Return by name the members of a room. Raises NoSuchRoomError and NotAMemberError."""
    rules.check(connection, Act.READ, room, reader)
    query = _PERSON.join(membership, membership.c.account == account.c.id).where(membership.c.room == room)
    return [Person(*row) for row in connection.execute(query.limit(limit))]
