"""What happens on the real line, told in words: pure, so that it can be tested without one. Times are seconds."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass

from rebond.states import State
from rebond.status import Status

KEPT = 30
"""Lines that are kept."""

DOWN = frozenset({State.WAITING, State.PROBING, State.OPENING, State.GREETING})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, the key of its text, and what goes into it."""

    at: float
    key: str
    values: dict[str, float | str]


class Journal:
    """The story of one line, the newest last."""

    def __init__(self) -> None:
        self.lines: deque[Line] = deque(maxlen=KEPT)
        self.state = State.IDLE
        self.tries = 0
        self.back_after: float | None = None
        self.answer_after: float | None = None
        self._lost_at: float | None = None
        self._said_at: dict[str, float] = {}

    def status(self, status: Status, now: float) -> None:
        """The link says how it stands."""
        before, self.state = self.state, status.state
        if status.state is State.LIVE and before is not State.LIVE:
            if self._lost_at is None:
                self._tell(now, "live")
            else:
                self.back_after = now - self._lost_at
                self._tell(now, "back", seconds=self.back_after, tries=self.tries)
            self._lost_at = None
        elif status.state in DOWN and before is State.LIVE:
            self._lost_at, self.tries = now, 0
            self._tell(now, f"lost.{status.cause or 'lost'}")
        elif status.state is State.STOPPED and before is not State.STOPPED:
            self._lost_at = None
            self._tell(now, "stopped")
        if status.state in DOWN:
            self.tries = max(self.tries, status.attempt)

    def asked(self, do: str, now: float, text: str = "") -> None:
        """The reader has asked for something."""
        self._tell(now, f"asked.{do}", text=text)
        self._said_at[text] = now

    def heard(self, data: str | bytes, now: float) -> None:
        """The server has said something."""
        try:
            said = json.loads(data)
        except ValueError:
            return  # not for us: the server says nothing else
        if isinstance(said, dict) and said.get("did") == "say":
            text = str(said.get("text"))
            self.answer_after = now - self._said_at.pop(text, now)
            self._tell(now, "heard", text=text, seconds=self.answer_after)

    def _tell(self, at: float, key: str, **values: float | str) -> None:
        self.lines.append(Line(at, key, values))
