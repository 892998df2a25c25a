"""What somebody who comes in is to see: who they are, and how far the streams have come that are theirs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection

from rebond.exchange import Intervals
from rebond.streams import ACCOUNT, room_stream
from server import marks, rooms, sessions, stays, streams
from server.marks import Mark
from server.standing import Standing
from server.tokens import Claims


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose a token is, the heads of all streams that account may see, and how many seconds the look has cost.

    ``intervals`` is what may be seen of those streams of which that is not everything, ``marks`` how it stands in its
    rooms.
    """

    standing: Standing
    heads: dict[str, int]
    intervals: dict[str, Intervals]
    marks: list[Mark]
    cost: float


def look(connection: Connection, claims: Claims) -> Sight:
    """Look, in one state of the database. Raises SessionEndedError."""
    began = time.thread_time()
    standing = sessions.owner(connection, claims.session, claims.account)
    user = standing.user
    account = streams.account_stream(user.id)
    names = [streams.PLACE, account, *map(room_stream, rooms.joined(connection, user.id))]
    heads = streams.heads(connection, names)
    heads[ACCOUNT] = heads.pop(account)
    intervals = {room_stream(room): seen for room, seen in stays.every(connection, user.id).items()}
    seen = marks.every(connection, standing.user.id)
    return Sight(standing, heads, intervals, seen, time.thread_time() - began)
