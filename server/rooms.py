"""Rooms: public places to talk in, which accounts join and leave."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, insert, literal, select

from rebond.streams import room_stream
from server import sqlite, streams
from server.database import Transaction
from server.errors import CannotLeaveError, NameTakenError, NoSuchRoomError, NotAMemberError
from server.names import fold, room_name
from server.schema import membership, room, stream

GENERAL = "general"
"""The room that everyone joins and nobody leaves."""

_MEMBER = sqlite.prepare(
    select(room.c.id, membership.c.account)
    .outerjoin(membership, and_(membership.c.room == room.c.id, membership.c.account == bindparam("account")))
    .where(room.c.id == bindparam("room"))
)


@dataclass(frozen=True, slots=True)
class Room:
    """A room as one account sees it. ``head`` is the seq of its last event."""

    id: str
    name: str
    joined: bool
    head: int
    members: int

    def as_json(self) -> dict[str, object]:
        """Return what the HTTP interface says of it."""
        return asdict(self)


def create(transaction: Transaction, name: str, account: str) -> Room:
    """Make a public room, which its maker joins. Raises BadRoomNameError and NameTakenError."""
    room_id, name = secrets.token_urlsafe(9), room_name(name)
    if transaction.connection.execute(select(room.c.id).where(room.c.folded == fold(name))).first():
        raise NameTakenError
    open_up(transaction, room_id, name)
    streams.publish(transaction, streams.PLACE, "room", {"room": {"id": room_id, "name": name}})
    return join(transaction, room_id, account)


def open_up(transaction: Transaction, room_id: str, name: str) -> None:
    """Store a room with nobody in it."""
    transaction.connection.execute(
        insert(room).values(id=room_id, name=name, folded=fold(name), made_at=transaction.now)
    )
    streams.create(transaction, room_stream(room_id))


def join(transaction: Transaction, room_id: str, account: str) -> Room:
    """Make an account a member of a room, if it is not one already. Raises NoSuchRoomError."""
    before = one(transaction.connection, room_id, account)
    if before.joined:
        return before
    transaction.connection.execute(insert(membership).values(account=account, room=room_id, made_at=transaction.now))
    body = {"room": {"id": room_id, "name": before.name}, "head": before.head}
    streams.publish(transaction, streams.account_stream(account), "joined", body)
    return one(transaction.connection, room_id, account)


def leave(transaction: Transaction, room_id: str, account: str) -> Room:
    """End an account's membership, if there is one. Raises NoSuchRoomError and CannotLeaveError."""
    before = one(transaction.connection, room_id, account)
    if room_id == GENERAL:
        raise CannotLeaveError
    if not before.joined:
        return before
    transaction.connection.execute(
        delete(membership).where(membership.c.account == account, membership.c.room == room_id)
    )
    streams.publish(transaction, streams.account_stream(account), "left", {"room": room_id})
    return one(transaction.connection, room_id, account)


def every(connection: Connection, account: str) -> list[Room]:
    """Return all rooms as ``account`` sees them: first that of everybody, then by name."""
    found = [Room(**row._asdict()) for row in connection.execute(_rooms(account))]
    return sorted(found, key=lambda room: (room.id != GENERAL, fold(room.name)))


def one(connection: Connection, room_id: str, account: str) -> Room:
    """Return a room as ``account`` sees it. Raises NoSuchRoomError."""
    row = connection.execute(_rooms(account).where(room.c.id == room_id)).one_or_none()
    if row is None:
        raise NoSuchRoomError
    return Room(**row._asdict())


def joined(connection: Connection, account: str) -> list[str]:
    """Return the ids of the rooms that ``account`` is a member of."""
    return list(connection.scalars(select(membership.c.room).where(membership.c.account == account)))


def check_member(connection: Connection, room_id: str, account: str) -> None:
    """Make sure that ``account`` may read and write in a room. Raises NoSuchRoomError and NotAMemberError."""
    found = sqlite.run(connection, _MEMBER, room=room_id, account=account).fetchone()
    if found is None:
        raise NoSuchRoomError
    if found[1] is None:
        raise NotAMemberError


def _rooms(account: str) -> Select[tuple[str, str, bool, int, int]]:
    members = select(func.count()).where(membership.c.room == room.c.id).scalar_subquery()
    mine = select(membership.c.room).where(membership.c.room == room.c.id, membership.c.account == account)
    return select(room.c.id, room.c.name, mine.exists().label("joined"), stream.c.head, members.label("members")).join(
        stream, stream.c.name == literal(room_stream("")) + room.c.id
    )
