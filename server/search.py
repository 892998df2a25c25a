"""Search over all messages that somebody may see, the newest first.

The index is SQLite's own. Messages are put into it a little later than they are stored, many at a time, so that sending
one costs no more for it; an edit or a deletion changes it in its own transaction.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, select

from rebond.wire import MAX_INTEGER
from server import queries, sqlite
from server.database import Transaction
from server.names import fold
from server.queries import Query
from server.schema import account, membership, room

MAX_PAGE = 50
DEFAULT_PAGE = 20

SLICE = 500
"""Messages that are put into the index in one go: what waits behind them waits some 10 ms."""

MAX_ROOMS = 50
"""Somebody in more rooms has the hits of all rooms looked through."""

FEW = 2_000
"""Hits in all rooms together that are looked through sooner than the index is asked for those of some rooms."""

DAY = 24 * 60 * 60 * 1_000

_FIND = """
SELECT m.number, m.room, m.seq, m.id, m.author, a.name, m.at, m.edited_at, highlight(search, 0, :open, :close)
FROM search
CROSS JOIN message AS m ON m.number = search.rowid
CROSS JOIN room AS r ON r.id = m.room
CROSS JOIN account AS a ON a.id = m.author
WHERE search MATCH :expression AND search.rowid >= :from_ AND search.rowid < :to
AND m.deleted_at IS NULL AND m.at >= :after AND m.at < :before
AND (:author IS NULL OR m.author = :author) AND (:rooms IS NULL OR m.room IN (SELECT value FROM json_each(:rooms)))
AND EXISTS (SELECT 1 FROM membership WHERE account = :reader AND room = m.room)
AND (r.kind <> 'private' OR EXISTS (
    SELECT 1 FROM stay
    WHERE account = :reader AND room = m.room AND since <= m.seq AND (until IS NULL OR m.seq <= until)
))
ORDER BY search.rowid DESC LIMIT :limit
"""
_COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM search WHERE search MATCH :expression AND rowid >= :from_ AND rowid < :to LIMIT :few
)
"""
_AFTER = "SELECT number, at FROM message WHERE number >= :number ORDER BY number LIMIT 1"
_LAST = "SELECT coalesce(max(number), 0) FROM message"
_INDEXED = "SELECT value FROM meta WHERE key = 'indexed'"
_INDEX = """
INSERT INTO search (rowid, text, room, author)
SELECT number, text, room, author FROM message WHERE number > :from_ AND number <= :to
"""
_NOTE = "INSERT OR REPLACE INTO meta (key, value) VALUES ('indexed', :number)"
_OLD = "SELECT number, text, author FROM message WHERE room = :room AND seq = :seq"
_REMOVE = "INSERT INTO search (search, rowid, text, room, author) VALUES ('delete', :number, :text, :room, :author)"
_ADD = "INSERT INTO search (rowid, text, room, author) VALUES (:number, :text, :room, :author)"


@dataclass(frozen=True, slots=True)
class Hits:
    """Some of what was found, the newest first, and what to ask with for those before; None if there are none."""

    hits: list[dict[str, object]]
    cursor: int | None


def find(connection: Connection, reader: str, query: Query, cursor: int | None, limit: int) -> Hits:
    """Return the messages that match and that ``reader`` may see."""
    rooms = _rooms(connection, reader)
    # Several may be called the same: names are unique among public rooms, and among the private ones of who makes one.
    among = [room_id for name, room_id in rooms if query.room is None or name == fold(query.room)]
    author = None if query.author is None else _account(connection, reader, query.author)
    if query.empty or (query.author and author is None) or not among:
        return Hits([], None)
    after = 0 if query.after is None else query.after + DAY
    before = MAX_INTEGER if query.before is None else query.before
    marks = [f"\x01{secrets.token_hex(8)}{side}" for side in "<>"]
    bounds = {
        "from_": _first_since(connection, after),
        # One bound only: of two, SQLite begins at the one and looks through what lies between.
        "to": min(_first_since(connection, before), MAX_INTEGER if cursor is None else cursor),
    }
    expression = queries.expression(query, (), author)
    few = expression and sqlite.run(connection, _COUNT, expression=expression, few=FEW, **bounds).fetchone()[0] < FEW
    if not expression or not (few or len(among) > MAX_ROOMS):
        expression = queries.expression(query, among, author)
    rows = sqlite.run(
        connection,
        _FIND,
        expression=expression,
        reader=reader,
        author=author,
        rooms=None if query.room is None else json.dumps(among),
        after=after,
        before=before,
        **bounds,
        open=marks[0],
        close=marks[1],
        limit=limit + 1,
    ).fetchall()
    return Hits([_told(*row, marks=marks) for row in rows[:limit]], rows[limit - 1][0] if len(rows) > limit else None)


def index(transaction: Transaction) -> bool:
    """Put messages into the index that are not in it; return whether there are more."""
    connection = transaction.connection
    indexed, last = _indexed(connection), sqlite.run(connection, _LAST).fetchone()[0]
    to = min(last, indexed + SLICE)
    if to > indexed:
        sqlite.run(connection, _INDEX, from_=indexed, to=to)
        sqlite.run(connection, _NOTE, number=str(to))
    return bool(to < last)


def change(connection: Connection, room_id: str, seq: int, text: str) -> None:
    """Have the index know a message by another text, before the message itself is changed."""
    number, old, author = sqlite.run(connection, _OLD, room=room_id, seq=seq).fetchone()
    if number <= _indexed(connection):
        sqlite.run(connection, _REMOVE, number=number, text=old, room=room_id, author=author)
        sqlite.run(connection, _ADD, number=number, text=text, room=room_id, author=author)


def _indexed(connection: Connection) -> int:
    row = sqlite.run(connection, _INDEXED).fetchone()
    return 0 if row is None else int(row[0])


def _rooms(connection: Connection, reader: str) -> list[tuple[str, str]]:
    """Return names and ids of the rooms of the reader; those without a name have their id for one."""
    query = select(room.c.id, room.c.folded).join(membership, membership.c.room == room.c.id)
    return [(row.folded or row.id, row.id) for row in connection.execute(query.where(membership.c.account == reader))]


def _account(connection: Connection, reader: str, name: str) -> str | None:
    if fold(name) == "me":
        return reader
    found: str | None = connection.scalar(select(account.c.id).where(account.c.folded == fold(name)))
    return found


def _first_since(connection: Connection, at: int) -> int:
    """Return the number of the first message since a time, by halving: messages are numbered as they are stored.

    Where the clock was set back meanwhile it may be off; the times themselves are compared as well.
    """
    if at <= 0:
        return 0
    low, high = 1, sqlite.run(connection, _LAST).fetchone()[0] + 1
    while low < high:
        middle = (low + high) // 2
        row = sqlite.run(connection, _AFTER, number=middle).fetchone()
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return low


def _told(
    _: int, room_id: str, seq: int, identifier: str, author: str, name: str, at: int, edited: int | None, marked: str,
    *, marks: list[str],
) -> dict[str, object]:  # fmt: skip
    text, found = "", []
    begin, end = marks
    head, *rest = marked.split(begin)
    text += head
    for part in rest:
        inside, _end, outside = part.partition(end)
        found.append((len(text), len(text) + len(inside)))
        text += inside + outside
    return {
        "room": room_id,
        "seq": seq,
        "id": identifier,
        "author": {"id": author, "name": name},
        "at": at,
        "edited": edited,
        "text": text,
        "found": found,
    }
