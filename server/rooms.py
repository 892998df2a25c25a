"""Rooms: places to talk in. Public ones are found and joined, to private ones one is invited, direct ones have always
the same people.

What others may see of a change is an event: of a public room in the stream of the place, for its members in that of
the room, for whoever comes in or goes out in that of the account.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Select, and_, delete, func, insert, literal, or_, select, update

from rebond.streams import room_stream
from server import rules, stays, streams
from server.database import Transaction
from server.errors import BadPeopleError, NameTakenError, NoSuchPersonError, NoSuchRoomError
from server.names import fold, room_name, room_topic
from server.rules import GENERAL, Act, Kind
from server.schema import account, membership, room, stream

if TYPE_CHECKING:  # an account joins a room as it is made
    from server.accounts import User

MAX_OTHERS = 8
"""The most people that a direct conversation can be with."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room as one account sees it. ``head`` is the seq of its last event.

    ``people`` are those of a direct conversation, which has no name; empty for any other room.
    """

    id: str
    kind: str
    name: str
    topic: str
    archived: bool
    joined: bool
    head: int
    members: int
    people: Sequence[dict[str, str]] = ()

    def as_json(self) -> dict[str, object]:
        """Return what the HTTP interface says of it."""
        return asdict(self)

    def named(self) -> dict[str, object]:
        """Return what events say of it."""
        there: dict[str, object] = {"id": self.id, "kind": self.kind, "name": self.name, "topic": self.topic}
        return there | ({"people": list(self.people)} if self.people else {})


# Making rooms.


def create(transaction: Transaction, name: str, user: User, *, private: bool = False) -> Room:
    """Make a room, which its maker is in. Raises BadRoomNameError and NameTakenError."""
    room_id, name = secrets.token_urlsafe(9), room_name(name)
    kind = Kind.PRIVATE if private else Kind.PUBLIC
    _check_name(transaction.connection, name, kind, user.id)
    open_up(transaction, room_id, name, kind)
    if kind is Kind.PUBLIC:
        streams.publish(transaction, streams.PLACE, "room", {"room": {"id": room_id, "name": name}})
    _let_in(transaction, room_id, kind, user.id)
    return one(transaction.connection, room_id, user.id)


def open_up(transaction: Transaction, room_id: str, name: str, kind: Kind = Kind.PUBLIC) -> None:
    """Store a room with nobody in it."""
    transaction.connection.execute(
        insert(room).values(id=room_id, kind=kind, name=name, folded=fold(name), topic="", made_at=transaction.now)
    )
    streams.create(transaction, room_stream(room_id))


def direct(transaction: Transaction, user: User, others: Iterable[str]) -> Room:
    """Return the conversation of ``user`` with the accounts ``others``, which is made if there is none yet.

    Its id comes from who is in it, so that two who begin at once get the same. Raises BadPeopleError and
    NoSuchPersonError.
    """
    connection = transaction.connection
    accounts = sorted({user.id, *others})
    if not 1 < len(accounts) <= MAX_OTHERS + 1:
        raise BadPeopleError
    room_id = direct_id(accounts)
    if not begun(connection, user, accounts):
        here = account.c.id.in_(accounts), account.c.left_at.is_(None)
        known = set(connection.scalars(select(account.c.id).where(*here)))
        if known != set(accounts):
            raise NoSuchPersonError
        open_up(transaction, room_id, "", Kind.DIRECT)
        now = transaction.now
        connection.execute(
            insert(membership),
            [{"account": each, "room": room_id, "made_at": now, "read_seq": 0} for each in accounts],
        )
        made = one(connection, room_id, user.id)
        for each in accounts:
            body = {"room": made.named(), "head": 0, "by": user.as_json()}
            streams.publish(transaction, streams.account_stream(each), "joined", body)
    return one(connection, room_id, user.id)


def begun(connection: Connection, user: User, others: Iterable[str]) -> bool:
    """Tell whether there is such a conversation already."""
    room_id = direct_id({user.id, *others})
    return connection.execute(select(room.c.id).where(room.c.id == room_id)).first() is not None


def direct_id(accounts: Iterable[str]) -> str:
    """Return the id of the conversation of these accounts, whatever their order."""
    digest = hashlib.sha256("\n".join(sorted(accounts)).encode()).digest()
    return f"d-{base64.urlsafe_b64encode(digest[:18]).decode()}"


# Coming and going.


def join(transaction: Transaction, room_id: str, user: User) -> Room:
    """Make an account a member of a public room, if it is not one already. Raises as :func:`rules.check`."""
    connection = transaction.connection
    if not _is_member(connection, room_id, user.id):
        kind = rules.check(connection, Act.JOIN, room_id, user.id)
        _let_in(transaction, room_id, kind, user.id)
        # Of those who join the room of everybody the place tells.
        if room_id != GENERAL:
            streams.publish(transaction, room_stream(room_id), "joined", {"user": user.as_json()})
    return one(connection, room_id, user.id)


def invite(transaction: Transaction, room_id: str, user: User, invited: str) -> Room:
    """Make the account ``invited`` a member of a private room that ``user`` is in, if it is not one already.

    It sees what happens from then on. Raises NoSuchPersonError, and as :func:`rules.check`.
    """
    connection = transaction.connection
    kind = rules.check(connection, Act.INVITE, room_id, user.id)
    here = account.c.id == invited, account.c.left_at.is_(None)
    person = connection.execute(select(account.c.id, account.c.name).where(*here)).one_or_none()
    if person is None:
        raise NoSuchPersonError
    if not _is_member(connection, room_id, invited):
        _let_in(transaction, room_id, kind, invited, user)
        body = {"user": {"id": person.id, "name": person.name}, "by": user.as_json()}
        streams.publish(transaction, room_stream(room_id), "joined", body)
    return one(connection, room_id, user.id)


def leave(transaction: Transaction, room_id: str, user: User) -> Room | None:
    """End an account's membership, if there is one; return the room if the account may still know of it.

    Raises as :func:`rules.check`.
    """
    connection = transaction.connection
    kind = rules.check(connection, Act.LEAVE, room_id, user.id)
    if _is_member(connection, room_id, user.id):
        _let_out(transaction, room_id, user)
    return one(connection, room_id, user.id) if kind is Kind.PUBLIC else None


def expel(transaction: Transaction, room_id: str, user: User, expelled: User) -> bool:
    """End somebody's membership of a private room that ``user`` is in; False if there was none.

    Raises as :func:`rules.check`.
    """
    rules.check(transaction.connection, Act.EXPEL, room_id, user.id)
    there = _is_member(transaction.connection, room_id, expelled.id)
    if there:
        _let_out(transaction, room_id, expelled, user)
    return there


def withdraw(transaction: Transaction, user: User) -> None:
    """End all memberships of an account that is no more, but for those of conversations: whose they were is known."""
    connection = transaction.connection
    kinds = select(room.c.id).join(membership, membership.c.room == room.c.id)
    mine = kinds.where(membership.c.account == user.id, room.c.kind != Kind.DIRECT)
    for room_id in connection.scalars(mine).all():
        _let_out(transaction, room_id, user)


def _let_out(transaction: Transaction, room_id: str, member: User, by: User | None = None) -> None:
    """Take a membership back, and tell the account and the room of it."""
    connection = transaction.connection
    connection.execute(delete(membership).where(membership.c.account == member.id, membership.c.room == room_id))
    stays.end(transaction, room_id, member.id, streams.head(connection, room_stream(room_id)))
    done: dict[str, object] = {} if by is None else {"by": by.as_json()}
    streams.publish(transaction, streams.account_stream(member.id), "left", {"room": room_id, **done})
    # Of those who leave the room of everybody the place tells.
    if room_id != GENERAL:
        streams.publish(transaction, room_stream(room_id), "left", {"user": member.as_json(), **done})


def _let_in(transaction: Transaction, room_id: str, kind: Kind, member: str, by: User | None = None) -> None:
    """Store a membership and tell the account of it."""
    connection = transaction.connection
    head = streams.head(connection, room_stream(room_id))
    connection.execute(insert(membership).values(account=member, room=room_id, made_at=transaction.now, read_seq=head))
    body: dict[str, object] = {"head": head}
    if by is not None:
        body["by"] = by.as_json()
    if kind is Kind.PRIVATE:
        stays.begin(transaction, room_id, member, head + 1)
        body["sight"] = stays.of(connection, room_id, member)
    joined = one(connection, room_id, member)
    streams.publish(transaction, streams.account_stream(member), "joined", {"room": joined.named(), **body})


# Changing rooms.


def rename(transaction: Transaction, room_id: str, user: User, name: str) -> Room:
    """Give a room another name. Raises BadRoomNameError and NameTakenError, and as :func:`rules.check`."""
    connection = transaction.connection
    kind = rules.check(connection, Act.RENAME, room_id, user.id)
    name = room_name(name)
    if one(connection, room_id, user.id).name != name:
        _check_name(connection, name, kind, user.id, besides=room_id)
        connection.execute(update(room).where(room.c.id == room_id).values(name=name, folded=fold(name)))
        _tell(transaction, room_id, "renamed", {"name": name}, user)
        if kind is Kind.PUBLIC:
            streams.publish(transaction, streams.PLACE, "renamed", {"room": {"id": room_id, "name": name}})
    return one(connection, room_id, user.id)


def describe(transaction: Transaction, room_id: str, user: User, topic: str) -> Room:
    """Say what a room is about. Raises BadTopicError, and as :func:`rules.check`."""
    connection = transaction.connection
    rules.check(connection, Act.DESCRIBE, room_id, user.id)
    topic = room_topic(topic)
    if one(connection, room_id, user.id).topic != topic:
        connection.execute(update(room).where(room.c.id == room_id).values(topic=topic))
        _tell(transaction, room_id, "topic", {"topic": topic}, user)
    return one(connection, room_id, user.id)


def archive(transaction: Transaction, room_id: str, user: User, *, on: bool) -> Room:
    """Let a room only be read from now on, or be written in again. Raises as :func:`rules.check`."""
    connection = transaction.connection
    kind = rules.check(connection, Act.ARCHIVE, room_id, user.id)
    if one(connection, room_id, user.id).archived != on:
        at = transaction.now if on else None
        connection.execute(update(room).where(room.c.id == room_id).values(archived_at=at))
        _tell(transaction, room_id, "archived", {"on": on}, user)
        if kind is Kind.PUBLIC:
            streams.publish(transaction, streams.PLACE, "archived", {"room": room_id, "on": on})
    return one(connection, room_id, user.id)


def _tell(transaction: Transaction, room_id: str, kind: str, body: dict[str, object], user: User) -> None:
    streams.publish(transaction, room_stream(room_id), kind, {**body, "author": user.as_json()})


def _check_name(connection: Connection, name: str, kind: Kind, user: str, besides: str = "") -> None:
    """Make sure that no other public room, or no other private one of this account, is called so.

    So a request that is sent twice makes one room, and nobody learns what others call their private ones.
    """
    taken = select(room.c.id).where(room.c.folded == fold(name), room.c.kind == kind, room.c.id != besides)
    if kind is Kind.PRIVATE:
        taken = taken.join(membership, membership.c.room == room.c.id).where(membership.c.account == user)
    if connection.execute(taken).first() is not None:
        raise NameTakenError


# Looking at rooms.


def every(connection: Connection, user: str) -> list[Room]:
    """Return all rooms the account ``user`` may know of: first that of everybody, then by name."""
    return sorted(_read(connection, _rooms(user)), key=lambda room: (room.id != GENERAL, fold(room.name), room.id))


def one(connection: Connection, room_id: str, user: str) -> Room:
    """Return a room as the account ``user`` sees it. Raises NoSuchRoomError."""
    found = _read(connection, _rooms(user).where(room.c.id == room_id))
    if not found:
        raise NoSuchRoomError
    return found[0]


def joined(connection: Connection, user: str) -> list[str]:
    """Return the ids of the rooms that the account ``user`` is a member of."""
    return list(connection.scalars(select(membership.c.room).where(membership.c.account == user)))


def archived(connection: Connection) -> list[str]:
    """Return the ids of all rooms that are archived."""
    return list(connection.scalars(select(room.c.id).where(room.c.archived_at.is_not(None))))


def _is_member(connection: Connection, room_id: str, user: str) -> bool:
    query = select(membership.c.room).where(membership.c.account == user, membership.c.room == room_id)
    return connection.execute(query).first() is not None


def _read(connection: Connection, query: Select[tuple[str, str, str, str, bool, bool, int, int]]) -> list[Room]:
    rows = connection.execute(query).all()
    directs = [row.id for row in rows if row.kind == Kind.DIRECT]
    people: dict[str, list[dict[str, str]]] = {room_id: [] for room_id in directs}
    for row in connection.execute(_people(directs)) if directs else ():
        people[row.room].append({"id": row.id, "name": row.name})
    return [Room(**row._asdict(), people=people.get(row.id, ())) for row in rows]


def _people(directs: Sequence[str]) -> Select[tuple[str, str, str]]:
    return (
        select(membership.c.room, account.c.id, account.c.name)
        .join(account, account.c.id == membership.c.account)
        .where(membership.c.room.in_(directs))
        .order_by(account.c.folded)
    )


def _rooms(user: str) -> Select[tuple[str, str, str, str, bool, bool, int, int]]:
    members = select(func.count()).where(membership.c.room == room.c.id).scalar_subquery()
    mine = select(membership.c.room).where(and_(membership.c.room == room.c.id, membership.c.account == user)).exists()
    return (
        select(
            room.c.id,
            room.c.kind,
            room.c.name,
            room.c.topic,
            room.c.archived_at.is_not(None).label("archived"),
            mine.label("joined"),
            stream.c.head,
            members.label("members"),
        )
        .join(stream, stream.c.name == literal(room_stream("")) + room.c.id)
        .where(or_(room.c.kind == Kind.PUBLIC, mine))
    )
