"""How many are taken in, and what those outside are told: :mod:`rebond.admission` at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rebond.admission import Admission
from server.errors import BusyError

RETURN = 0.5
"""Seconds in which a restarted server is back. Who comes too early tries again within the window."""


class Guest(Protocol):
    """A connection that was greeted."""

    def tell_window(self, window_ms: int) -> None:
        """Tell the client how wide the window is now, in milliseconds."""

    def dismiss(self, slot_ms: int) -> None:
        """Close the connection; the client is expected back in so many milliseconds."""


class Door:
    """Counts clients in and out, and tells everybody when the window changes.

    ``clock`` gives monotonic seconds; ``keep`` is called with the peak whenever it is worth keeping for the next start.
    """

    def __init__(self, admission: Admission, clock: Callable[[], float], keep: Callable[[float], None]) -> None:
        self._admission = admission
        self._clock = clock
        self._keep = keep
        self._guests: dict[Guest, None] = {}
        self._closing = False

    @property
    def window_ms(self) -> int:
        """The width of the retry window, in milliseconds."""
        return round(self._admission.window(self._clock()) * 1_000)

    @property
    def peak(self) -> float:
        """The crowd that the next start has to expect."""
        return self._admission.peak(self._clock())

    def invite(self) -> None:
        """Keep a place for a client that asks whether it may come. Raises BusyError if there is none."""
        self._check(self._admission.invite(self._clock()))

    def pass_by(self) -> None:
        """Do the same for a client that renews its token on its way. Raises BusyError."""
        self._check(self._admission.on_its_way(self._clock()))

    def admit(self) -> None:
        """Let a client in. Raises BusyError if there is no place for it."""
        self._check(self._admission.admit(self._clock()))

    def enter(self, guest: Guest, cost: float) -> None:
        """Count in a client whose greeting has cost so many seconds."""
        self._guests[guest] = None
        self._admission.greeted(cost)
        self._admission.joined(self._clock())
        self._tell()

    def leave(self, guest: Guest) -> None:
        """Count a client out, if it was in."""
        if guest in self._guests:
            del self._guests[guest]
            self._admission.left(self._clock())
            self._tell()

    def close(self) -> None:
        """Let nobody in any more."""
        self._closing = True

    def dismiss(self, back_in: float = RETURN) -> None:
        """Send everybody away, each with a slot of its own to come back in, the first in ``back_in`` seconds."""
        now = self._clock()
        slots = [back_in + self._admission.slot(number, now) for number in range(len(self._guests))]
        for guest, slot in zip(tuple(self._guests), slots, strict=True):
            guest.dismiss(round(slot * 1_000))

    def _check(self, wait: float | None) -> None:
        if self._closing:
            wait = RETURN
        if wait is not None:
            raise BusyError(retry_ms=round(wait * 1_000))

    def _tell(self) -> None:
        if self._closing or self._admission.changed(self._clock()) is None:
            return
        self._keep(self.peak)
        window_ms = self.window_ms
        for guest in tuple(self._guests):
            guest.tell_window(window_ms)
