"""A page in a browser, as far as time goes: its clock, its timers, and what the browser does to both."""

from __future__ import annotations

import math
from collections.abc import Callable

from rebond.simulation.clock import Clock, Timer

Action = Callable[[], None]


class PageTimer:
    """What ``setInterval`` (with a ``period``, in seconds) or ``setTimeout`` returned."""

    def __init__(self, page: Page, due: float, period: float | None, action: Action) -> None:
        self.period = period
        self._page = page
        self._due = due
        self._last = page.time()
        self._action = action
        self._timer: Timer | None = None

    def clear(self) -> None:
        """Never go off again."""
        self._page.forget(self)
        self.put_off()

    def aim(self, moment: float) -> None:
        """Have the next turn at ``moment`` or, if that has gone by, now: only if at those before nothing can happen."""
        assert self.period is not None, "only an interval has turns"
        # The turn at this very moment may have been had already.
        earliest = max(moment, self._page.time(), self._last + self.period / 2)
        turns = math.ceil((earliest - self._due) / self.period - 1e-9)
        if turns != 0:
            self._due += turns * self.period
            self.set()

    def set(self) -> None:
        """Have the world's clock call when the browser lets it be called."""
        self.put_off()
        moment = self._page.moment(self._due)
        if moment is not None:
            self._timer = self._page.clock.at(moment, self._go_off)

    def put_off(self) -> None:
        """Not now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _go_off(self) -> None:
        self._timer = None
        if self.period is None:
            self._page.forget(self)
        else:
            self._last = self._page.time()
            self._due = max(self._due, self._page.time() - self.period) + self.period
            self.set()
        self._action()


class Page:
    """Time as a page has it. ``time`` is monotonic, in seconds; ``wall`` is the clock on the wall."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.hidden = False
        self.asleep = False
        self._throttle = 0.0
        self._behind = 0.0
        self._slept_at: float | None = None
        self._timers: dict[PageTimer, None] = {}

    def time(self) -> float:
        """Return the seconds on the page's monotonic clock."""
        now = self.clock.now if self._slept_at is None else self._slept_at
        return now - self._behind

    def lead(self) -> float:
        """Return how far the clock on the wall is ahead of the monotonic one, in seconds."""
        return self.clock.now - self.time()

    @property
    def intervals(self) -> int:
        """How many intervals run."""
        return sum([timer.period is not None for timer in self._timers])

    @property
    def alarms(self) -> int:
        """How many single timers are set."""
        return len(self._timers) - self.intervals

    def interval(self, seconds: float, action: Action) -> PageTimer:
        """Call ``action`` every so many seconds."""
        return self._add(PageTimer(self, self.time() + seconds, seconds, action))

    def alarm(self, moment: float, action: Action) -> PageTimer:
        """Call ``action`` once, at ``moment`` on the page's clock."""
        return self._add(PageTimer(self, moment, None, action))

    def _add(self, timer: PageTimer) -> PageTimer:
        self._timers[timer] = None
        timer.set()
        return timer

    def forget(self, timer: PageTimer) -> None:
        """The timer is done with."""
        self._timers.pop(timer, None)

    def moment(self, due: float) -> float | None:
        """Return when, in the world's time, a timer due then on the page's clock goes off; None while asleep."""
        if self.asleep:
            return None
        moment = max(due + self._behind, self.clock.now)
        if moment - self._behind < due:  # Rounding: no timer goes off early.
            moment = math.nextafter(moment, math.inf)
        return math.ceil(moment / self._throttle - 1e-9) * self._throttle if self._throttle else moment

    # What the browser and the machine do.

    def close(self) -> None:
        """Let no timer ever go off again."""
        for timer in list(self._timers):
            timer.clear()

    def throttle(self, seconds: float) -> None:
        """Let timers go off only at whole multiples of so many seconds; 0: whenever they are due."""
        self._throttle = seconds
        self._set_all()

    def sleep(self, *, clock_stops: bool) -> None:
        """Let no timer go off. On some systems the monotonic clock stands still meanwhile, on others it goes on."""
        if not self.asleep:
            self.asleep = True
            self._slept_at = self.clock.now if clock_stops else None
            for timer in self._timers:
                timer.put_off()

    def wake(self) -> None:
        """Let timers go off again; those that are overdue do so at once."""
        if self.asleep:
            self.asleep = False
            if self._slept_at is not None:
                self._behind += self.clock.now - self._slept_at
                self._slept_at = None
            self._set_all()

    def _set_all(self) -> None:
        for timer in list(self._timers):
            timer.set()
