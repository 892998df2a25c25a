"""What a client says that is only state, without I/O: the latest value counts, and saying it often costs no more.

Reading marks go up and are passed on once a second at most, the last of each room; typing is passed on once a second at
most, each beginning with at most one end; being away is passed on when it changes. What is held back is bounded by the
rooms one is in, so a client that says more is not heard more.
"""

from __future__ import annotations

import math
from collections.abc import Container

from rebond import wire
from rebond.exchange import Attend, Read, Type
from rebond.streams import room_stream

EVERY = 1.0
"""Seconds between two passings-on of the same sort."""

Passed = Read | Type | Attend


class Said:
    """The state that one client has told of. ``now`` is in seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._reads: dict[str, int] = {}
        self._passed: dict[str, int] = {}
        self._read_at = -math.inf
        self._typed_at = -math.inf
        self._typing: str | None = None
        self._away = False
        self._told_away = False
        self._away_at = -math.inf

    @property
    def deadline(self) -> float | None:
        """When :meth:`due` has something to pass on, None if nothing is held back."""
        times = []
        if self._reads:
            times.append(self._read_at + EVERY)
        if self._away is not self._told_away:
            times.append(self._away_at + EVERY)
        return min(times, default=None)

    def take(self, said: wire.State, streams: Container[str], now: float) -> list[Passed] | None:
        """Take in what the client says; return what is to be passed on now, None if it makes no sense.

        What is about a room that is not among the client's ``streams`` is nobody's business, and passed over.
        """
        match said.kind, said.body:
            case "read", {"room": str(room), "seq": int(seq)} if 0 <= seq <= wire.MAX_INTEGER:
                if room_stream(room) in streams and seq > self._passed.get(room, 0):
                    self._reads[room] = max(seq, self._reads.get(room, 0))
            case "typing", {"room": str(room), "on": bool(on)}:
                return self._type(room, on, now) if room_stream(room) in streams else []
            case "away", {"on": bool(on)}:
                self._away = on
            case _:
                return None
        return self.due(now)

    def due(self, now: float) -> list[Passed]:
        """Return what was held back and may be passed on now."""
        passed: list[Passed] = []
        if self._reads and now >= self._read_at + EVERY:
            passed += [Read(room, seq) for room, seq in self._reads.items()]
            self._passed |= self._reads
            self._reads.clear()
            self._read_at = now
        if self._away is not self._told_away and now >= self._away_at + EVERY:
            self._told_away, self._away_at = self._away, now
            passed.append(Attend(self._away))
        return passed

    def _type(self, room: str, on: bool, now: float) -> list[Passed]:
        if on and now >= self._typed_at + EVERY:
            self._typing, self._typed_at = room, now
            return [Type(room, on=True)]
        if not on and self._typing == room:
            self._typing = None
            return [Type(room, on=False)]
        return []
