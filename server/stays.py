"""What one may see of a private room: what happened there from one's joinings to one's leavings.

The idea of intervals is rule 11 of docs/delivery.md. Of public and direct rooms their members see everything.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from rebond.exchange import Intervals
from rebond.wire import MAX_INTEGER
from server.database import Transaction
from server.schema import membership, stay


def begin(transaction: Transaction, room: str, account: str, since: int) -> None:
    """From ``since`` on, the seq of the room's next event, the account sees what happens."""
    transaction.connection.execute(insert(stay).values(account=account, room=room, since=since))


def end(transaction: Transaction, room: str, account: str, until: int) -> None:
    """The account sees nothing beyond ``until``, the seq of the room's last event."""
    transaction.connection.execute(
        update(stay).where(stay.c.account == account, stay.c.room == room, stay.c.until.is_(None)).values(until=until)
    )


def of(connection: Connection, room: str, account: str) -> Intervals | None:
    """Return what the account may see of a room that it is a member of, None where that is everything."""
    return every(connection, account, room).get(room)


def every(connection: Connection, account: str, room: str | None = None) -> dict[str, Intervals]:
    """Return what the account may see of each room, or of one, that it is a member of and may not see all of."""
    query = (
        select(stay.c.room, stay.c.since, stay.c.until)
        .join(membership, and_(membership.c.account == stay.c.account, membership.c.room == stay.c.room))
        .where(stay.c.account == account)
        .order_by(stay.c.since)
    )
    found: dict[str, Intervals] = {}
    for row in connection.execute(query if room is None else query.where(stay.c.room == room)):
        until = MAX_INTEGER if row.until is None else row.until
        found[row.room] = (*found.get(row.room, ()), (row.since, until))
    return found


def shows(connection: Connection, room: str, account: str, seq: int) -> bool:
    """Tell whether the account may see what happened at ``seq`` in a private room."""
    intervals = of(connection, room, account)
    return intervals is not None and any(since <= seq <= until for since, until in intervals)


def within(seq: ColumnElement[int], intervals: Intervals) -> ColumnElement[bool]:
    """Return the condition that ``seq`` lies in one of the intervals, of which there is at least one."""
    return or_(*(seq.between(since, until) for since, until in intervals))
