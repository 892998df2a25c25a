"""What somebody has written, to take along: one JSON document, sent as it is read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial

from sqlalchemy import Connection, and_, select, tuple_

from server.database import Database
from server.schema import account, message, operation, room
from server.standing import Standing

PAGE = 500
"""Messages that are read at once."""

Key = tuple[int, str, int]


async def export(database: Database, who: Standing) -> AsyncIterator[str]:
    """Yield the document piece by piece: the account, and every message of it that is there, in the order written."""
    made_at = await database.read(partial(_made_at, identifier=who.user.id))
    head = {"account": {**who.user.as_json(), "display": who.display, "role": who.role.value, "made_at": made_at}}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "messages": ['
    keys = await database.read(partial(_keys, author=who.user.id))
    comma = ""
    for start in range(0, len(keys), PAGE):
        for written in await database.read(partial(_page, keys=keys[start : start + PAGE])):
            yield f"{comma}\n{json.dumps(written, ensure_ascii=False)}"
            comma = ","
    yield "\n]}\n"


def _made_at(connection: Connection, identifier: str) -> int:
    made_at: int = connection.execute(select(account.c.made_at).where(account.c.id == identifier)).scalar_one()
    return made_at


def _keys(connection: Connection, author: str) -> list[Key]:
    """Return time, room and seq of what an account has written, in order: few bytes each, however long the texts."""
    same = and_(message.c.room == operation.c.room, message.c.seq == operation.c.seq, message.c.id == operation.c.id)
    query = (
        select(message.c.at, message.c.room, message.c.seq)
        .join(operation, same)
        .where(operation.c.author == author, message.c.deleted_at.is_(None))
    )
    return sorted((row.at, row.room, row.seq) for row in connection.execute(query))


def _page(connection: Connection, keys: list[Key]) -> list[dict[str, object]]:
    """Return the messages at some keys, but for those deleted since the keys were read."""
    wanted = tuple_(message.c.room, message.c.seq).in_([(where, seq) for _, where, seq in keys])
    query = (
        select(message, room.c.name.label("room_name"))
        .join(room, room.c.id == message.c.room)
        .where(wanted, message.c.deleted_at.is_(None))
    )
    found = {(row.room, row.seq): row for row in connection.execute(query)}
    return [
        {
            "id": row.id,
            "room": {"id": row.room, "name": row.room_name},
            "at": row.at,
            "edited_at": row.edited_at,
            "text": row.text,
        }
        for _, where, seq in keys
        if (row := found.get((where, seq))) is not None
    ]
