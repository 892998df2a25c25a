"""The history of a room, read page by page: before, after or around a message, or from the newest backwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, select

from rebond.streams import room_stream
from server import rules, stays, streams
from server.rules import Act
from server.schema import account, event, message, reaction

MAX_PAGE = 100
DEFAULT_PAGE = 50

EXCERPT = 200
"""The most characters that are shown of a message that is replied to."""

MAX_WHO = 20
"""The most people who are named beside one reaction to a message; the others are counted."""


@dataclass(frozen=True, slots=True)
class History:
    """A page of a room's messages, the oldest first.

    ``head`` is the seq as of which the page was read; ``more`` tells whether there are older messages, ``newer``
    whether there are newer ones.
    """

    messages: list[dict[str, object]]
    head: int
    more: bool
    newer: bool


@dataclass(frozen=True, slots=True)
class Where:
    """Which page is asked for: before or after a seq, or with it in the middle; the newest if nothing is said."""

    before: int | None = None
    after: int | None = None
    around: int | None = None


_QUOTED = message.alias("quoted")
_QUOTED_AUTHOR = account.alias("quoted_author")
_SEQ = message.c.seq


def page(connection: Connection, room: str, reader: str, where: Where, limit: int) -> History:
    """Return at most ``limit`` messages. Raises NoSuchRoomError and NotAMemberError."""
    rules.check(connection, Act.READ, room, reader)
    intervals = stays.of(connection, room, reader)
    here: ColumnElement[bool] = message.c.room == room
    quotable: ColumnElement[bool] = and_(_QUOTED.c.room == room, _QUOTED.c.seq == message.c.re_seq)
    if intervals is not None:
        # What is replied to may be from before one's time.
        quotable = and_(quotable, stays.within(_QUOTED.c.seq, intervals) if intervals else false())
        here = and_(here, stays.within(_SEQ, intervals) if intervals else false())
    query = _query(room, quotable).where(here)

    def older(than: ColumnElement[bool] | None, number: int) -> Sequence[Row[Any]]:
        wanted = query if than is None else query.where(than)
        return connection.execute(wanted.order_by(_SEQ.desc()).limit(number)).all()[::-1]

    def later(than: ColumnElement[bool], number: int) -> Sequence[Row[Any]]:
        return connection.execute(query.where(than).order_by(_SEQ).limit(number)).all()

    def any_of(condition: ColumnElement[bool]) -> bool:
        return connection.execute(select(_SEQ).where(here, condition).limit(1)).first() is not None

    if where.around is not None:
        half = limit // 2 + 1
        before, after = older(where.around >= _SEQ, half + 1), later(where.around < _SEQ, limit - half + 1)
        more, newer = len(before) > half, len(after) > limit - half
        rows = [*(before[1:] if more else before), *after[: limit - half]]
    elif where.after is not None:
        after = later(where.after < _SEQ, limit + 1)
        newer, rows = len(after) > limit, list(after[:limit])
        more = any_of(where.after >= _SEQ)
    else:
        before = older(None if where.before is None else where.before > _SEQ, limit + 1)
        more, rows = len(before) > limit, list(before[-limit:])
        newer = where.before is not None and any_of(where.before <= _SEQ)
    reactions = _reactions(connection, room, rows, reader)
    told = [_told(row, reactions.get(row.seq, [])) for row in rows]
    return History(told, streams.head(connection, room_stream(room)), more, newer)


def _query(room: str, quotable: ColumnElement[bool]) -> Select[Any]:
    # What changed a deleted message last is its deletion, which tells by whom.
    deletion = and_(
        message.c.deleted_at.is_not(None),
        event.c.stream == room_stream(room),
        event.c.seq == message.c.changed_seq,
    )
    return (
        select(
            message,
            account.c.name.label("author_name"),
            event.c.body.label("deletion"),
            _QUOTED.c.id.label("quoted_id"),
            _QUOTED.c.author.label("quoted_author"),
            _QUOTED_AUTHOR.c.name.label("quoted_name"),
            _QUOTED.c.text.label("quoted_text"),
            _QUOTED.c.deleted_at.label("quoted_deleted_at"),
        )
        .join(account, account.c.id == message.c.author)
        .outerjoin(event, deletion)
        .outerjoin(_QUOTED, quotable)
        .outerjoin(_QUOTED_AUTHOR, _QUOTED_AUTHOR.c.id == _QUOTED.c.author)
    )


def _told(row: Row[Any], reactions: list[dict[str, object]]) -> dict[str, object]:
    told: dict[str, object] = {
        "id": row.id,
        "room": row.room,
        "seq": row.seq,
        "author": {"id": row.author, "name": row.author_name},
        "text": row.text,
        "at": row.at,
        "changed": row.changed_seq,
        "edited": row.edited_at,
        "deleted": row.deleted_at is not None,
        "removed": row.deletion is not None and "by" in json.loads(row.deletion),
        "mentions": [] if row.mentions is None else json.loads(row.mentions),
        "reactions": reactions,
    }
    if row.re_seq is not None:
        told["re"] = _quote(row)
    return told


def _quote(row: Row[Any]) -> dict[str, object]:
    """Return what is shown of the message that is replied to, as it stands now: nothing if one may not see it."""
    if row.quoted_id is None:
        return {"seq": row.re_seq, "hidden": True}
    return {
        "id": row.quoted_id,
        "seq": row.re_seq,
        "author": {"id": row.quoted_author, "name": row.quoted_name},
        "text": row.quoted_text[:EXCERPT],
        "deleted": row.quoted_deleted_at is not None,
    }


def _reactions(
    connection: Connection, room: str, rows: Sequence[Row[Any]], reader: str
) -> dict[int, list[dict[str, object]]]:
    """Return by the seq of a message the reactions to it, those that came first first."""
    if not rows:
        return {}
    query = (
        select(reaction.c.seq, reaction.c.emoji, reaction.c.account, account.c.name)
        .join(account, account.c.id == reaction.c.account)
        .where(reaction.c.room == room, reaction.c.seq.between(rows[0].seq, rows[-1].seq))
        .order_by(reaction.c.at, reaction.c.account)
    )
    people: dict[int, dict[str, list[dict[str, str]]]] = {}
    for row in connection.execute(query):
        people.setdefault(row.seq, {}).setdefault(row.emoji, []).append({"id": row.account, "name": row.name})
    return {
        seq: [
            {
                "emoji": emoji,
                "count": len(who),
                "mine": any(person["id"] == reader for person in who),
                "who": who[:MAX_WHO],
            }
            for emoji, who in emojis.items()
        ]
        for seq, emojis in people.items()
    }
