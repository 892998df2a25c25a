"""What happened, for whoever looks on: the lesson's drawings, and somebody with a failed test."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from rebond.simulation.clock import Clock


class Kind(StrEnum):
    """What kind of thing happened."""

    STATE = "state"
    PROBE = "probe"
    OPEN = "open"
    CLOSED = "closed"
    FAULT = "fault"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened, ``at`` seconds, to a tab or to the server."""

    at: float
    kind: Kind
    who: str
    detail: str


class Trace:
    """The last things that happened. What is on its way now, :meth:`rebond.simulation.network.Path.pipes` tells."""

    def __init__(self, clock: Clock, length: int = 10_000) -> None:
        self.notes: deque[Note] = deque(maxlen=length)
        self._clock = clock

    def note(self, kind: Kind, who: str, detail: str = "") -> None:
        """Write down that something happened now."""
        self.notes.append(Note(self._clock.now, kind, who, detail))

    def __str__(self) -> str:
        return "\n".join(f"{note.at:9.3f} {note.who:10} {note.kind:7} {note.detail}" for note in self.notes)
