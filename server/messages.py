"""Messages: stored once, whatever happens, and read back page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from rebond import wire
from rebond.codes import ErrorCode
from rebond.streams import room_stream
from rebond.text import id_problem, text_problem
from server import rules, sqlite, stays, streams
from server.accounts import User
from server.database import Transaction
from server.errors import (
    BadIdError,
    BadTextError,
    EmptyTextError,
    NoSuchMessageError,
    PredecessorError,
    ServiceError,
    TextTooLongError,
)
from server.rules import Act
from server.schema import account, message, operation

MAX_PAGE = 100
DEFAULT_PAGE = 50

_PROBLEMS: dict[ErrorCode, type[ServiceError]] = {
    ErrorCode.BAD_ID: BadIdError,
    ErrorCode.EMPTY_TEXT: EmptyTextError,
    ErrorCode.TEXT_TOO_LONG: TextTooLongError,
    ErrorCode.BAD_TEXT: BadTextError,
}

_FIND = sqlite.prepare(
    select(operation.c.room, operation.c.seq, operation.c.at).where(
        operation.c.author == bindparam("author"), operation.c.id == bindparam("id")
    )
)
_NOTE = sqlite.prepare(insert(operation))
_STORE = sqlite.prepare(insert(message), ("room", "seq", "id", "author", "text", "at", "changed_seq"))


@dataclass(frozen=True, slots=True)
class History:
    """A page of a room's messages, the oldest first.

    ``head`` is the seq as of which the page was read; ``more`` tells whether there are older messages.
    """

    messages: list[dict[str, object]]
    head: int
    more: bool


def store(
    transaction: Transaction, author: User, asked: wire.Operation, refusal: ServiceError | None = None
) -> wire.Ack:
    """Carry out what an author asks for and return the ack for it; what was carried out before gets the ack it got.

    The look-up comes before every check (rule 2 of docs/delivery.md): what was once accepted stays so, even if its
    author has left the room since. ``refusal`` is why the author may store nothing new, if so. Raises a ServiceError if
    it is refused.
    """
    connection, now = transaction.connection, transaction.now
    known = sqlite.run(connection, _FIND, author=author.id, id=asked.id).fetchone()
    if known is not None:
        return wire.Ack(asked.id, *known)
    if refusal is not None:
        raise refusal
    problem = id_problem(asked.id) or (None if isinstance(asked, wire.Delete) else text_problem(asked.text))
    if problem is not None:
        raise _PROBLEMS[problem]
    rules.check(connection, Act.WRITE, asked.room, author.id)
    # Rule 1: the order typed is the order stored, so nothing may overtake what is still on its way.
    if asked.after is not None and not sqlite.run(connection, _FIND, author=author.id, id=asked.after).fetchone():
        raise PredecessorError
    seq = _send(transaction, author, asked) if isinstance(asked, wire.Send) else _change(transaction, author, asked)
    sqlite.run(connection, _NOTE, author=author.id, id=asked.id, room=asked.room, seq=seq, at=now)
    return wire.Ack(asked.id, asked.room, seq, now)


def _send(transaction: Transaction, author: User, send: wire.Send) -> int:
    body = {"id": send.id, "author": author.as_json(), "text": send.text}
    seq = streams.publish(transaction, room_stream(send.room), "message", body)
    place = {"room": send.room, "seq": seq, "changed_seq": seq}
    sqlite.run(
        transaction.connection, _STORE, id=send.id, author=author.id, text=send.text, at=transaction.now, **place
    )
    return seq


def _change(transaction: Transaction, author: User, change: wire.Edit | wire.Delete) -> int:
    """Give a message of the author's own another text, or none any more. Raises NoSuchMessageError."""
    connection, now, stream = transaction.connection, transaction.now, room_stream(change.room)
    noted = sqlite.run(connection, _FIND, author=author.id, id=change.target).fetchone()
    if noted is None or noted[0] != change.room:
        raise NoSuchMessageError
    target: int = noted[1]
    here = and_(message.c.room == change.room, message.c.seq == target, message.c.id == change.target)
    if connection.execute(select(message.c.seq).where(here, message.c.deleted_at.is_(None))).first() is None:
        raise NoSuchMessageError
    body: dict[str, object] = {"id": change.target, "author": author.as_json()}
    if isinstance(change, wire.Edit):
        values = {"text": change.text, "edited_at": now}
        seq = streams.publish(transaction, stream, "edited", body | {"text": change.text}, target)
    else:
        values = {"text": "", "deleted_at": now}
        streams.blank(transaction, stream, target)
        seq = streams.publish(transaction, stream, "deleted", body, target)
    connection.execute(update(message).where(here).values(changed_seq=seq, **values))
    return seq


def history(connection: Connection, room: str, reader: str, before: int | None, limit: int) -> History:
    """Return the newest ``limit`` messages of a room, or those just before the seq ``before``.

    Raises NoSuchRoomError and NotAMemberError.
    """
    rules.check(connection, Act.READ, room, reader)
    intervals = stays.of(connection, room, reader)
    query = (
        select(message, account.c.name.label("author_name"))
        .join(account, account.c.id == message.c.author)
        .where(message.c.room == room)
        .order_by(message.c.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(message.c.seq < before)
    if intervals is not None:
        query = query.where(stays.within(message.c.seq, intervals))
    rows = connection.execute(query).all()
    return History(
        [
            {
                "id": row.id,
                "room": row.room,
                "seq": row.seq,
                "author": {"id": row.author, "name": row.author_name},
                "text": row.text,
                "at": row.at,
                "changed": row.changed_seq,
                "edited": row.edited_at,
                "deleted": row.deleted_at is not None,
            }
            for row in reversed(rows[:limit])
        ],
        streams.head(connection, room_stream(room)),
        len(rows) > limit,
    )
