"""Streams: logs of events, each with its own gapless seq that is given inside the transaction storing the event.

There is one stream for each room, one for each account and one for the place. On the wire an account's stream is
called ``account``, since nobody ever sees another's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, literal_column, or_, select, update

from rebond import wire
from rebond.exchange import Published
from rebond.streams import ACCOUNT
from server import sqlite
from server.database import Transaction
from server.notices import Event
from server.schema import event, stream

PLACE = "place"
"""The stream of what concerns everybody, such as a new public room."""

PAGE_EVENTS = 200
PAGE_CHARACTERS = 128 * 1024
"""A slice of a stream ends after so many events, or once it is this long."""

_ACCOUNT_PREFIX = "user:"

_ADVANCE = sqlite.prepare(
    update(stream)
    .where(stream.c.name == bindparam("stream"))
    .values(head=stream.c.head + literal_column("1"))
    .returning(stream.c.head)
)
_APPEND = sqlite.prepare(insert(event))
_FETCH = (
    select(event.c.stream, event.c.seq, event.c.kind, event.c.at, event.c.body, event.c.target)
    .where(event.c.stream == bindparam("stream"), event.c.seq.between(bindparam("from_"), bindparam("to")))
    .order_by(event.c.seq)
    .limit(PAGE_EVENTS + 1)
)
_SKIM = _FETCH.where(event.c.target <= bindparam("known"))


def account_stream(account: str) -> str:
    """Return the name of the stream of what only this account may know."""
    return f"{_ACCOUNT_PREFIX}{account}"


def create(transaction: Transaction, name: str) -> None:
    """Begin a stream, with no event in it."""
    transaction.connection.execute(insert(stream).values(name=name, head=0))


def publish(
    transaction: Transaction, name: str, kind: str, body: Mapping[str, object], target: int | None = None
) -> int:
    """Append an event to a stream and return its seq. It is announced once the transaction is committed.

    ``target`` is the seq of the message that the event changes, if it changes one.
    """
    connection, now = transaction.connection, transaction.now
    seq: int = sqlite.run(connection, _ADVANCE, stream=name).fetchone()[0]
    sqlite.run(connection, _APPEND, stream=name, seq=seq, kind=kind, target=target, body=written(body), at=now)
    transaction.announce(Event(name, seq, kind, now, body, target))
    return seq


def blank(transaction: Transaction, name: str, seq: int) -> None:
    """Take the text out of a message's event and of all that have changed it (rule 14 of docs/delivery.md)."""
    told = select(event.c.seq, event.c.body).where(
        event.c.stream == name, or_(event.c.seq == seq, event.c.target == seq)
    )
    for row in transaction.connection.execute(told).all():
        body = json.loads(row.body)
        body.pop("mentions", None)
        if "text" in body:
            where = and_(event.c.stream == name, event.c.seq == row.seq)
            transaction.connection.execute(update(event).where(where).values(body=written(body | {"text": ""})))


def head(connection: Connection, name: str) -> int:
    """Return the seq of a stream's last event, 0 if it has none."""
    seq: int = connection.scalars(select(stream.c.head).where(stream.c.name == name)).one()
    return seq


def heads(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the heads of several streams."""
    query = select(stream.c.name, stream.c.head).where(stream.c.name.in_(list(names)))
    return dict(connection.execute(query).all())


@dataclass(frozen=True, slots=True)
class Slice:
    """Events of a stream in order, and whether there are more of those asked for."""

    events: tuple[Published, ...]
    more: bool


def fetch(connection: Connection, name: str, from_: int, to: int) -> Slice:
    """Return the events ``from_`` to ``to``, both included, or the first of them if they are many or long."""
    return _slice(connection.execute(_FETCH, {"stream": name, "from_": from_, "to": to}))


def skim(connection: Connection, name: str, from_: int, to: int, known: int) -> Slice:
    """Return of the events ``from_`` to ``to`` those that change messages up to the seq ``known``."""
    return _slice(connection.execute(_SKIM, {"stream": name, "from_": from_, "to": to, "known": known}))


def _slice(rows: Iterable[Row[Any]]) -> Slice:
    events: list[Published] = []
    length = 0
    for row in rows:
        if len(events) == PAGE_EVENTS or length >= PAGE_CHARACTERS:
            return Slice(tuple(events), more=True)
        events.append(published(Event(row.stream, row.seq, row.kind, row.at, json.loads(row.body), row.target)))
        length += len(events[-1].text)
    return Slice(tuple(events), more=False)


def written(body: object) -> str:
    """Return the body of an event, or a part of it, as it is stored."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def published(notice: Event) -> Published:
    """Put an event into its form on the wire, encoded once for all who receive it."""
    name = ACCOUNT if notice.stream.startswith(_ACCOUNT_PREFIX) else notice.stream
    frame = wire.Event(name, notice.seq, notice.kind, notice.at, notice.body)
    return Published(frame, wire.encode(frame), notice.target)
