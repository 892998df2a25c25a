"""Messages and what is done to them: stored once, whatever happens. For reading see :mod:`server.history`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from rebond import wire
from rebond.codes import ErrorCode
from rebond.streams import room_stream
from rebond.text import id_problem, text_problem
from server import rules, search, sqlite, stays, streams
from server.accounts import User
from server.database import Transaction
from server.emoji import is_emoji
from server.errors import (
    BadEmojiError,
    BadIdError,
    BadTextError,
    EmptyTextError,
    NoSuchMessageError,
    PredecessorError,
    ServiceError,
    TextTooLongError,
    TooManyReactionsError,
)
from server.mentions import mentioned
from server.rules import Act, Kind
from server.schema import mention, message, operation, reaction

MAX_EMOJI = 20
"""The most different reactions to one message."""

_PROBLEMS: dict[ErrorCode, type[ServiceError]] = {
    ErrorCode.BAD_ID: BadIdError,
    ErrorCode.EMPTY_TEXT: EmptyTextError,
    ErrorCode.TEXT_TOO_LONG: TextTooLongError,
    ErrorCode.BAD_TEXT: BadTextError,
    ErrorCode.BAD_EMOJI: BadEmojiError,
}

_FIND = sqlite.prepare(
    select(operation.c.room, operation.c.seq, operation.c.at).where(
        operation.c.author == bindparam("author"), operation.c.id == bindparam("id")
    )
)
_NOTE = sqlite.prepare(insert(operation))
_STORE = sqlite.prepare(
    insert(message), ("room", "seq", "id", "author", "text", "at", "changed_seq", "re_seq", "mentions")
)
_LOOK = sqlite.prepare(
    select(message.c.id, message.c.deleted_at).where(
        message.c.room == bindparam("room"), message.c.seq == bindparam("seq")
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """A message that something is about."""

    author: str
    id: str
    seq: int


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
    problem = id_problem(asked.id) or _content_problem(asked)
    if problem is not None:
        raise _PROBLEMS[problem]
    kind = rules.check(connection, Act.WRITE, asked.room, author.id)
    # Rule 1: the order typed is the order stored, so nothing may overtake what is still on its way.
    if asked.after is not None and not sqlite.run(connection, _FIND, author=author.id, id=asked.after).fetchone():
        raise PredecessorError
    seq = _carry_out(transaction, author, asked, kind)
    sqlite.run(connection, _NOTE, author=author.id, id=asked.id, room=asked.room, seq=seq, at=now)
    return wire.Ack(asked.id, asked.room, seq, now)


def _content_problem(asked: wire.Operation) -> ErrorCode | None:
    match asked:
        case wire.Send(text=text) | wire.Edit(text=text):
            return text_problem(text)
        case wire.React(emoji=emoji):
            return None if is_emoji(emoji) else ErrorCode.BAD_EMOJI
        case wire.Delete():
            return None


def _carry_out(transaction: Transaction, author: User, asked: wire.Operation, kind: Kind) -> int:
    """Do what is asked for in a room of that kind, and return the seq of the event that tells of it."""
    match asked:
        case wire.Send():
            return _send(transaction, author, asked, kind)
        case wire.Edit():
            return _edit(transaction, author, asked, kind)
        case wire.Delete():
            return _delete(transaction, author, asked, kind)
        case wire.React():
            return _react(transaction, author, asked, kind)


def _send(transaction: Transaction, author: User, send: wire.Send, kind: Kind) -> int:
    connection = transaction.connection
    body: dict[str, object] = {"id": send.id, "author": author.as_json(), "text": send.text}
    replied = None if send.re is None else _find(connection, author, send.room, send.re, kind, deleted=True)
    if replied is not None:
        body["re"] = {"id": replied.id, "author": replied.author, "seq": replied.seq}
    mentions = mentioned(connection, send.room, send.text)
    if mentions:
        body["mentions"] = mentions
    seq = streams.publish(transaction, room_stream(send.room), "message", body)
    sqlite.run(
        connection,
        _STORE,
        room=send.room,
        seq=seq,
        id=send.id,
        author=author.id,
        text=send.text,
        at=transaction.now,
        changed_seq=seq,
        re_seq=None if replied is None else replied.seq,
        mentions=_note_mentions(connection, send.room, seq, mentions),
    )
    return seq


def _edit(transaction: Transaction, author: User, edit: wire.Edit, kind: Kind) -> int:
    """Give a message of the author's own another text. Raises NoSuchMessageError."""
    connection = transaction.connection
    target = _find_own(connection, author, edit.room, edit.target, kind)
    mentions = mentioned(connection, edit.room, edit.text)
    body: dict[str, object] = {"id": target.id, "author": author.as_json(), "text": edit.text}
    if mentions:
        body["mentions"] = mentions
    seq = streams.publish(transaction, room_stream(edit.room), "edited", body, target.seq)
    _forget_mentions(connection, edit.room, target.seq)
    noted = _note_mentions(connection, edit.room, target.seq, mentions)
    _update(connection, edit.room, target.seq, seq, text=edit.text, edited_at=transaction.now, mentions=noted)
    return seq


def _delete(transaction: Transaction, author: User, asked: wire.Delete, kind: Kind) -> int:
    """Take a message of the author's own back, and with it what hangs on it. Raises NoSuchMessageError."""
    target = _find_own(transaction.connection, author, asked.room, asked.target, kind)
    return _erase(transaction, asked.room, target.seq, {"id": target.id, "author": author.as_json()})


def remove(transaction: Transaction, room: str, author: User, identifier: str, by: User | None) -> bool:
    """Take a message away, whoever wrote it; False if it is gone already. ``by`` is who did so, if not its author.

    Raises NoSuchMessageError.
    """
    noted = sqlite.run(transaction.connection, _FIND, author=author.id, id=identifier).fetchone()
    if noted is None or noted[0] != room:
        raise NoSuchMessageError
    found = sqlite.run(transaction.connection, _LOOK, room=room, seq=noted[1]).fetchone()
    # Other operations of theirs have an id too, but no message.
    if found is None or found[0] != identifier:
        raise NoSuchMessageError
    if found[1] is not None:
        return False
    body: dict[str, object] = {"id": identifier, "author": author.as_json()}
    _erase(transaction, room, noted[1], body if by is None else body | {"by": by.as_json()})
    return True


def shown(connection: Connection, room: str, author: User, identifier: str, reader: User) -> bool:
    """Tell whether ``reader`` may see a message of a private room that they are in."""
    noted = sqlite.run(connection, _FIND, author=author.id, id=identifier).fetchone()
    return noted is not None and noted[0] == room and stays.shows(connection, room, reader.id, noted[1])


def _erase(transaction: Transaction, room: str, target: int, body: dict[str, object]) -> int:
    """Blank a message wherever it stands, and what hangs on it; return the seq of the event that says so."""
    connection, stream = transaction.connection, room_stream(room)
    streams.blank(transaction, stream, target)
    seq = streams.publish(transaction, stream, "deleted", body, target)
    _forget_mentions(connection, room, target)
    connection.execute(delete(reaction).where(reaction.c.room == room, reaction.c.seq == target))
    _update(connection, room, target, seq, text="", deleted_at=transaction.now, mentions=None)
    return seq


def _react(transaction: Transaction, author: User, react: wire.React, kind: Kind) -> int:
    """Set a reaction or take it back. Raises NoSuchMessageError and TooManyReactionsError."""
    connection = transaction.connection
    target = _find(connection, author, react.room, react.target, kind)
    here = and_(reaction.c.room == react.room, reaction.c.seq == target.seq)
    same = and_(here, reaction.c.emoji == react.emoji)
    if react.on:
        emojis = set(connection.scalars(select(reaction.c.emoji).where(here).distinct()))
        if react.emoji not in emojis and len(emojis) >= MAX_EMOJI:
            raise TooManyReactionsError
        # Those that came first stand first, and many come in one millisecond.
        last = connection.scalar(select(func.max(reaction.c.at)).where(here)) or 0
        at = max(transaction.now, last + 1)
        row = {"room": react.room, "seq": target.seq, "emoji": react.emoji, "account": author.id, "at": at}
        connection.execute(insert(reaction).prefix_with("OR IGNORE").values(**row))
    else:
        connection.execute(delete(reaction).where(same, reaction.c.account == author.id))
    body = {
        "id": target.id,
        "author": target.author,
        "user": author.as_json(),
        "emoji": react.emoji,
        "on": react.on,
        "count": connection.scalar(select(func.count()).where(same)),
    }
    seq = streams.publish(transaction, room_stream(react.room), "reacted", body, target.seq)
    _update(connection, react.room, target.seq, seq)
    return seq


def _find(connection: Connection, author: User, room: str, name: str, kind: Kind, *, deleted: bool = False) -> Target:
    """Return the message that the author of an operation names: by its id if it is their own, else as ``author/id``.

    Raises NoSuchMessageError if it is not there, not to be seen by them, or deleted (unless that does not matter).
    """
    owner, _, identifier = name.rpartition("/")
    owner = owner or author.id
    noted = sqlite.run(connection, _FIND, author=owner, id=identifier).fetchone()
    if noted is None or noted[0] != room:
        raise NoSuchMessageError
    seq: int = noted[1]
    found = sqlite.run(connection, _LOOK, room=room, seq=seq).fetchone()
    if found is None or found[0] != identifier or (found[1] is not None and not deleted):
        raise NoSuchMessageError
    if kind is Kind.PRIVATE and not stays.shows(connection, room, author.id, seq):
        raise NoSuchMessageError
    return Target(owner, identifier, seq)


def _find_own(connection: Connection, author: User, room: str, name: str, kind: Kind) -> Target:
    target = _find(connection, author, room, name, kind)
    if target.author != author.id:
        raise NoSuchMessageError
    return target


def _update(connection: Connection, room: str, seq: int, changed_seq: int, **values: str | int | None) -> None:
    if isinstance(text := values.get("text"), str):
        search.change(connection, room, seq, text)
    here = and_(message.c.room == room, message.c.seq == seq)
    connection.execute(update(message).where(here).values(changed_seq=changed_seq, **values))


def _note_mentions(connection: Connection, room: str, seq: int, mentions: list[str]) -> str | None:
    if not mentions:
        return None
    connection.execute(insert(mention), [{"account": each, "room": room, "seq": seq} for each in mentions])
    return json.dumps(mentions)


def _forget_mentions(connection: Connection, room: str, seq: int) -> None:
    here = and_(message.c.room == room, message.c.seq == seq)
    noted = connection.scalar(select(message.c.mentions).where(here))
    for each in json.loads(noted) if noted else ():
        of = and_(mention.c.account == each, mention.c.room == room, mention.c.seq == seq)
        connection.execute(delete(mention).where(of))
