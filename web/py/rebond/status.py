"""How a link stands, in the words in which a user is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rebond.codes import Close
from rebond.states import State


class Cause(StrEnum):
    """Why a link is not live."""

    OFFLINE = "offline"
    """The machine has no network."""
    SERVER_DOWN = "server_down"
    """Nothing answers."""
    BUSY = "busy"
    """The server asked to come back later."""
    RESTART = "restart"
    """The server restarts and said so."""
    LOST = "lost"
    """The connection broke."""
    SILENT = "silent"
    """The connection seemed open, but nothing came through any more."""
    TIMEOUT = "timeout"
    """The server answered, but did not go on in time."""
    TOKEN = "token"
    """The session is over; signing in again helps."""
    OUTDATED = "outdated"
    """The page speaks an older protocol than the server; reloading helps."""
    REPLACED = "replaced"
    """The same tab has connected anew elsewhere."""
    REJECTED = "rejected"
    """The server found this client at fault."""
    STOPPED = "stopped"
    """The program asked to stop."""


STOPPED_BY: dict[int, Cause] = {Close.OUTDATED: Cause.OUTDATED, Close.REPLACED: Cause.REPLACED}
"""The causes of final closes; those of all others are REJECTED."""

LOST_BY: dict[int, Cause] = {Close.RESTART: Cause.RESTART, Close.TRY_LATER: Cause.BUSY, Close.TOO_MANY: Cause.BUSY}
"""The causes of closes that pass; those of all others are LOST."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a link stands. Times are seconds on the link's clock; durations carry their unit in the name.

    ``attempt`` counts the tries since the link was last live; ``queued`` the messages not yet acknowledged or, with a
    plain server, the frames that wait for the link; ``code`` is that of the close that ended the last connection or
    try, None while live and where nothing was closed.
    ``last_beat`` is when the last beat was answered, which took ``round_trip_ms``. What was heard last alone makes no
    new status: every frame would.
    """

    state: State
    attempt: int
    next_try: float | None
    cause: Cause | None
    round_trip_ms: int | None
    queued: int
    last_contact: float | None = field(compare=False)
    code: int | None = None
    last_beat: float | None = None
