"""The people of the place, as somebody among them may know them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from server import rules
from server.database import Transaction
from server.marks import SMALL
from server.names import fold
from server.rules import Act
from server.schema import account, membership, message, session

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
    read: int | None = None
    """How far a member of a small room has read it."""


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
    rows = connection.execute(query.add_columns(membership.c.read_seq).limit(limit)).all()
    return [Person(*row) if len(rows) <= SMALL else Person(*row[:-1]) for row in rows]


def keep_seen(transaction: Transaction, account_id: str, at: int | None) -> None:
    """Note when somebody was last there, in milliseconds since the Unix epoch; None while they are."""
    transaction.connection.execute(update(account).where(account.c.id == account_id).values(seen_at=at))


def expect(transaction: Transaction) -> dict[str, list[str]]:
    """Return those who were there when the server stopped, with their rooms.

    Should they not come back, then they were last there when the server last did something.
    """
    connection = transaction.connection
    gone = account.c.seen_at.is_(None)
    query = select(membership.c.account, membership.c.room).join(account, account.c.id == membership.c.account)
    expected: dict[str, list[str]] = {}
    for row in connection.execute(query.where(gone)):
        expected.setdefault(row.account, []).append(row.room)
    last_message = connection.scalar(select(message.c.at).order_by(message.c.number.desc()).limit(1))
    last_renewal = connection.scalar(select(func.max(session.c.used_at)))
    last = max(last_message or 0, last_renewal or 0) or transaction.now
    connection.execute(update(account).where(gone).values(seen_at=last))
    return expected
