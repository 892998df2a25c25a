"""What happened in a figure: a row for each lane and one for the server, drawn as a timeline and told as a list."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

KEPT = 40.0
"""Seconds of the past that the timeline keeps."""

TOGETHER = 0.3
"""Seconds within which the same thing, happening again to the same one, is told as one line with a number."""

SERVER = "server"
"""The name of the server's row."""


class Look(StrEnum):
    """How a lane stands, as drawn."""

    LIVE = "live"
    TRYING = "trying"
    LOST = "lost"
    FALSE = "false"
    """The page takes the line for live; nothing comes through."""
    ASLEEP = "asleep"
    OUT = "out"
    """Signed out."""
    UP = "up"
    DOWN = "down"


class Sign(StrEnum):
    """A mark on the timeline: something that takes no time."""

    PROBE = "probe"
    ATTEMPT = "attempt"
    OPENED = "opened"
    FAILED = "failed"
    CLOSED = "closed"
    HEARD = "heard"
    SENT = "sent"


@dataclass(slots=True)
class Span:
    """A row looked like this ``since``, until the next span."""

    look: Look
    since: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something happened to a row, ``at`` seconds."""

    at: float
    sign: Sign


@dataclass(slots=True)
class Told:
    """A line of the story: ``what`` happened to ``who``, ``times`` times since ``at``."""

    at: float
    who: str
    what: str
    times: int = 1


class Row:
    """What happened to one."""

    def __init__(self, name: str, look: Look) -> None:
        self.name = name
        self.spans: deque[Span] = deque([Span(look, 0.0)])
        self.marks: deque[Mark] = deque()

    @property
    def look(self) -> Look:
        """How it looks now."""
        return self.spans[-1].look


class Chronicle:
    """All rows, and the story: its last lines."""

    def __init__(self, length: int = 400) -> None:
        self.rows: dict[str, Row] = {}
        self.story: deque[Told] = deque(maxlen=length)
        self.told = 0

    def row(self, name: str, look: Look) -> Row:
        """Begin a row."""
        self.rows[name] = Row(name, look)
        return self.rows[name]

    def turn(self, name: str, look: Look, at: float) -> None:
        """From now on the row looks like this."""
        spans = self.rows[name].spans
        if spans[-1].look is look:
            return
        if spans[-1].since == at:
            spans[-1].look = look
        else:
            spans.append(Span(look, at))
        while len(spans) > 1 and spans[1].since < at - KEPT:
            spans.popleft()
        self.tell(name, look, at)

    def mark(self, name: str, sign: Sign, at: float, *, told: bool = True) -> None:
        """Something happened to the row."""
        marks = self.rows[name].marks
        marks.append(Mark(at, sign))
        while marks[0].at < at - KEPT:
            marks.popleft()
        if told:
            self.tell(name, sign, at)

    def tell(self, who: str, what: str, at: float) -> None:
        """Add a line to the story, or count it to one just told."""
        self.told += 1
        for line in self._latest(at):
            if (line.who, line.what) == (who, what):
                line.times += 1
                return
        self.story.append(Told(at, who, what))

    def _latest(self, at: float) -> Iterator[Told]:
        for line in reversed(self.story):
            if at - line.at > TOGETHER:
                return
            yield line
