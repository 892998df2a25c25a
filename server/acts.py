"""The log of acts: who has done what to whom, when and why. Moderators can read it, and nobody can change it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from server import standing
from server.database import Transaction
from server.roles import Act
from server.schema import account
from server.schema import act as table

MAX_PAGE = 100
MAX_REASON = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries of the log, the newest first, and whether there are older ones."""

    acts: list[dict[str, object]]
    more: bool


def note(
    transaction: Transaction,
    act: Act,
    by: str | None,
    *,
    whom: str | None = None,
    room: str | None = None,
    reason: str = "",
    **detail: object,
) -> None:
    """Write an act down. ``by`` is an account, None for the server's own command line."""
    transaction.connection.execute(
        insert(table).values(
            at=transaction.now,
            kind=act.value,
            by=by,
            whom=whom,
            room=room,
            reason=reason.strip(),
            detail=json.dumps(detail, ensure_ascii=False),
        )
    )


def page(connection: Connection, reader: str, before: int | None, limit: int) -> Page:
    """Return the newest acts, or those before the one with the number ``before``. Raises ForbiddenError."""
    standing.check(connection, reader, Act.READ_ACTS)
    by, whom = account.alias("by_account"), account.alias("whom_account")
    query = (
        select(table, by.c.name.label("by_name"), whom.c.name.label("whom_name"))
        .outerjoin(by, by.c.id == table.c.by)
        .outerjoin(whom, whom.c.id == table.c.whom)
        .order_by(table.c.number.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(table.c.number < before)
    rows = connection.execute(query).all()
    return Page([_entry(row) for row in rows[:limit]], len(rows) > limit)


def _entry(row: Row[Any]) -> dict[str, object]:
    return {
        "number": row.number,
        "at": row.at,
        "kind": row.kind,
        "by": None if row.by is None else {"id": row.by, "name": row.by_name},
        "whom": None if row.whom is None else {"id": row.whom, "name": row.whom_name},
        "room": row.room,
        "reason": row.reason,
        "detail": json.loads(row.detail),
    }
