"""How an account stands in its rooms: how far it has read, what is unread, and how it heeds the room."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, String, and_, bindparam, func, literal_column, select, update

from rebond.streams import room_stream
from server import rooms, rules, sqlite
from server.accounts import User
from server.database import Transaction
from server.notices import Marked
from server.rooms import Room
from server.rules import Act
from server.schema import membership, mention, message, stream

MAX_UNREAD = 100
"""So many messages are counted and no more: greeting somebody is not to cost more the longer they were away."""

SMALL = 50
"""The most members of a room in which others are told how far one has read."""


class Heed(StrEnum):
    """What of a room one wants to be told of while one looks elsewhere."""

    FOLLOWED = "followed"
    """All that is said there."""
    NORMAL = "normal"
    """What mentions one; in a direct room, everything."""
    MUTED = "muted"
    """What mentions one; what else is unread there counts nowhere."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How an account stands in a room. ``unread`` counts what others have said since ``read``, to MAX_UNREAD."""

    room: str
    read: int
    unread: int
    mentions: int
    heed: Heed


_unread = (
    select(literal_column("1"))
    .where(
        message.c.room == membership.c.room,
        message.c.seq > membership.c.read_seq,
        message.c.author != membership.c.account,
        message.c.deleted_at.is_(None),
    )
    .correlate(membership)
    .limit(literal_column(str(MAX_UNREAD)))
    .offset(literal_column("0"))
    .subquery()
)
_mentions = (
    select(literal_column("1"))
    .where(
        mention.c.account == membership.c.account,
        mention.c.room == membership.c.room,
        mention.c.seq > membership.c.read_seq,
    )
    .correlate(membership)
    .limit(literal_column(str(MAX_UNREAD)))
    .offset(literal_column("0"))
    .subquery()
)
_ALL = select(
    membership.c.room,
    membership.c.read_seq,
    select(func.count()).select_from(_unread).scalar_subquery(),
    select(func.count()).select_from(_mentions).scalar_subquery(),
    membership.c.heed,
).where(membership.c.account == bindparam("account"))
_EVERY = sqlite.prepare(_ALL)
_ONE = sqlite.prepare(_ALL.where(membership.c.room == bindparam("room")))
_STREAM = literal_column(f"'{room_stream('')}'", String)
_HEAD = select(stream.c.head).where(stream.c.name == _STREAM + membership.c.room).scalar_subquery()
_READ = sqlite.prepare(
    update(membership)
    .where(
        membership.c.account == bindparam("reader"),
        membership.c.room == bindparam("place"),
        membership.c.read_seq < func.min(bindparam("seq"), _HEAD),
    )
    .values(read_seq=func.min(bindparam("seq"), _HEAD))
)


def every(connection: Connection, account: str) -> list[Mark]:
    """Return how an account stands in each of its rooms."""
    return [_mark(*row) for row in sqlite.run(connection, _EVERY, account=account)]


def read(transaction: Transaction, user: User, room: str, seq: int) -> None:
    """Note that somebody has read a room up to ``seq``, unless they have read further already.

    It is announced only where something has changed: of a room one is not in, or what was read before, nothing is told.
    """
    connection = transaction.connection
    if sqlite.run(connection, _READ, reader=user.id, place=room, seq=seq).rowcount:
        members = select(membership.c.account).where(membership.c.room == room).limit(SMALL + 1)
        small = len(connection.execute(members).all()) <= SMALL
        transaction.announce(Marked(user.id, _one(connection, user.id, room), small))


def heed(transaction: Transaction, room_id: str, user: User, how: Heed) -> Room:
    """Let a room be followed, muted or neither by somebody. Raises as :func:`rules.check`."""
    connection = transaction.connection
    rules.check(connection, Act.READ, room_id, user.id)
    mine = and_(membership.c.account == user.id, membership.c.room == room_id)
    connection.execute(update(membership).where(mine).values(heed=how))
    transaction.announce(Marked(user.id, _one(connection, user.id, room_id), others=False))
    return rooms.one(connection, room_id, user.id)


def _one(connection: Connection, account: str, room: str) -> Mark:
    return _mark(*sqlite.run(connection, _ONE, account=account, room=room).fetchone())


def _mark(room: str, read_seq: int, unread: int, mentions: int, how: str) -> Mark:
    return Mark(room, read_seq, unread, mentions, Heed(how))
