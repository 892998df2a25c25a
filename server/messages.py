"""Messages: stored once, whatever happens, and read back page by page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from rebond import wire
from rebond.codes import ErrorCode
from rebond.text import id_problem, text_problem
from server import rooms, sqlite, streams
from server.accounts import User
from server.database import Transaction
from server.errors import (
    BadIdError,
    BadTextError,
    EmptyTextError,
    PredecessorError,
    ServiceError,
    TextTooLongError,
)
from server.schema import account, message

MAX_PAGE = 100
DEFAULT_PAGE = 50

_PROBLEMS: dict[ErrorCode, type[ServiceError]] = {
    ErrorCode.BAD_ID: BadIdError,
    ErrorCode.EMPTY_TEXT: EmptyTextError,
    ErrorCode.TEXT_TOO_LONG: TextTooLongError,
    ErrorCode.BAD_TEXT: BadTextError,
}

_FIND = sqlite.prepare(
    select(message.c.room, message.c.seq, message.c.at).where(
        message.c.author == bindparam("author"), message.c.id == bindparam("id")
    )
)
_STORE = sqlite.prepare(insert(message))


@dataclass(frozen=True, slots=True)
class History:
    """A page of a room's messages, the oldest first.

    ``head`` is the seq as of which the page was read; ``more`` tells whether there are older messages.
    """

    messages: list[dict[str, object]]
    head: int
    more: bool


def store(transaction: Transaction, author: User, send: wire.Send) -> wire.Ack:
    """Store a message and return the ack for it; one that is there already gets the ack it got then.

    The look-up comes before every check (rule 2 of docs/delivery.md): what was once accepted stays so, even if its
    author has left the room since. Raises a ServiceError if the message is refused.
    """
    connection = transaction.connection
    known = sqlite.run(connection, _FIND, author=author.id, id=send.id).fetchone()
    if known is not None:
        return wire.Ack(send.id, *known)
    problem = id_problem(send.id) or text_problem(send.text)
    if problem is not None:
        raise _PROBLEMS[problem]
    rooms.check_member(connection, send.room, author.id)
    # Rule 1: the order typed is the order stored, so nothing may overtake what is still on its way.
    if send.after is not None and not sqlite.run(connection, _FIND, author=author.id, id=send.after).fetchone():
        raise PredecessorError
    body = {"id": send.id, "author": author.as_json(), "text": send.text}
    seq = streams.publish(transaction, streams.room_stream(send.room), "message", body)
    sqlite.run(
        connection,
        _STORE,
        author=author.id,
        id=send.id,
        room=send.room,
        seq=seq,
        changed_seq=seq,
        text=send.text,
        at=transaction.now,
    )
    return wire.Ack(send.id, send.room, seq, transaction.now)


def history(connection: Connection, room: str, reader: str, before: int | None, limit: int) -> History:
    """Return the newest ``limit`` messages of a room, or those just before the seq ``before``.

    Raises NoSuchRoomError and NotAMemberError.
    """
    rooms.check_member(connection, room, reader)
    query = (
        select(message, account.c.name.label("author_name"))
        .join(account, account.c.id == message.c.author)
        .where(message.c.room == room)
        .order_by(message.c.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(message.c.seq < before)
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
            }
            for row in reversed(rows[:limit])
        ],
        streams.head(connection, streams.room_stream(room)),
        len(rows) > limit,
    )
