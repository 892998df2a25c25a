"""What the connection has done in the last minutes: when it was live, what it tried, what it heard.

Times are seconds on the link's clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise

from chat.line import Tone, tone
from rebond.states import TRYING, State
from rebond.status import Cause, Status

KEPT = 300.0
"""Seconds for which everything is remembered."""

APART = 1.0
"""Seconds that two signs of life are apart at least, to be told apart."""


class Kind(StrEnum):
    """What can be marked in the history."""

    SIGN = "sign"
    """A sign of life of the server: a beat was answered, or something arrived."""
    TRY = "try"
    """An attempt to connect began."""
    LOSS = "loss"
    """The connection was lost."""
    RETURN = "return"
    """The connection was there, for the first time or again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment."""

    at: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time over which the link stood the same. ``cause`` and ``code`` are those it began with."""

    since: float
    tone: Tone
    cause: Cause | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that is over: from when to when, and why it began."""

    since: float
    until: float
    cause: Cause | None
    code: int | None


class History:
    """Remembers the last :data:`KEPT` seconds, and how the link stood when they began."""

    def __init__(self) -> None:
        self.marks: deque[Mark] = deque()
        self._stretches: deque[Stretch] = deque()
        self._attempt = 0
        self._heard = 0.0

    def take(self, status: Status, now: float) -> None:
        """Take a status, new or looked at again, at ``now``."""
        before = self._stretches[-1] if self._stretches else None
        after = tone(status)
        if status.state in TRYING and status.attempt != self._attempt:
            self._mark(Kind.TRY, now)
        self._attempt = status.attempt
        if before is None or before.tone is not after:
            if before is not None and before.tone is Tone.LIVE:
                self._mark(Kind.LOSS, now)
            self._stretches.append(Stretch(now, after, status.cause, status.code))
            if after is Tone.LIVE:
                self._mark(Kind.RETURN, now)
                self._heard = now
        if status.state is State.LIVE and status.last_contact is not None:
            self.heard(status.last_contact)
        self._forget(now - KEPT)

    def heard(self, at: float) -> None:
        """Something came from the server."""
        if at - self._heard >= APART:
            self._heard = at
            self._mark(Kind.SIGN, at)

    def stretches(self, since: float, until: float) -> Iterator[tuple[float, float, Stretch]]:
        """Yield how the link stood from one time to another: from when, to when, how."""
        ends = [*(stretch.since for stretch in islice(self._stretches, 1, None)), until]
        for stretch, end in zip(self._stretches, ends, strict=False):
            if end > since:
                yield max(since, stretch.since), end, stretch

    def within(self, since: float, kind: Kind) -> list[float]:
        """Return the moments of a kind from ``since`` on."""
        return [mark.at for mark in self.marks if mark.kind is kind and mark.at >= since]

    @property
    def since(self) -> float | None:
        """When what is remembered begins, None if there is nothing yet."""
        return self._stretches[0].since if self._stretches else None

    @property
    def outage(self) -> Outage | None:
        """The last outage, if it is over."""
        for stretch, following in reversed(list(pairwise(self._stretches))):
            if stretch.tone is Tone.LOST and following.tone is Tone.LIVE:
                return Outage(stretch.since, following.since, stretch.cause, stretch.code)
        return None

    def _mark(self, kind: Kind, at: float) -> None:
        self.marks.append(Mark(at, kind))

    def _forget(self, before: float) -> None:
        while self.marks and self.marks[0].at < before:
            self.marks.popleft()
        while len(self._stretches) > 1 and self._stretches[1].since < before:
            self._stretches.popleft()
