"""The shell of a simulated link: carries its effects out in a simulated page, over a simulated network.

Like the browser's it is thin. Unlike that one it guards against nothing: a machine that starts a second interval or
opens a second socket gets it, so that a checker can see.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from rebond import events
from rebond.codes import Close
from rebond.link import Link
from rebond.options import TICK, Options
from rebond.shell import Listeners, Shell
from rebond.simulation.connection import Answer, Request, Socket
from rebond.simulation.network import Path
from rebond.simulation.page import Page, PageTimer
from rebond.simulation.server import Server
from rebond.simulation.throttler import Throttler
from rebond.simulation.trace import Kind, Trace
from rebond.states import TRYING, State
from rebond.storage import Storage

RENEW_TIMEOUT = 10.0
"""Seconds that the request for a token has."""

JUMP = 2.0
"""Seconds by which the wall clock may run ahead of the monotonic one before it means that the machine slept."""

WISHES = (events.Start, events.SignedIn, events.RetryNow, events.Online, events.Woke)
"""What may make a link try ahead of its turn."""


class SimulatedShell(Shell):
    """A link in a tab of ``user``. ``lazy`` leaves out those ticks of the interval at which nothing can happen.

    ``cookie`` is whose session the browser has: a log-in in another tab changes it.

    ``watch`` is called whenever something has happened to the link and everything it wanted has been done.
    """

    def __init__(
        self,
        name: str,
        user: str,
        page: Page,
        path: Path,
        server: Server,
        listeners: Listeners,
        *,
        seed: int,
        trace: Trace,
        throttler: Throttler | None = None,
        lazy: bool = True,
        storage: Storage | None = None,
    ) -> None:
        options = Options(tab=name, durable=storage is not None, account=user)
        super().__init__(Link(options, random.Random(seed)), listeners, storage)  # noqa: S311 - no secret, a schedule
        self.name = name
        self.user = user
        self.cookie = user
        self.gone = False
        self.faults: list[str] = []
        self.watch: Callable[[], None] = _nothing
        self.sockets: list[Socket] = []
        self.probes: list[Request] = []
        self.renewal: Request | None = None
        self._page, self._path, self._server = page, path, server
        self._trace = trace
        self._throttler = throttler
        self._handshakes: list[Socket] = []
        self._lazy = lazy
        self._seed = seed
        self._ids = 0
        self._lead = page.lead()
        self._intervals: list[PageTimer] = []
        self._alarm: PageTimer | None = None
        self._asked_to_wait = 0.0
        self._depth = 0

    @property
    def state(self) -> State:
        """Where the link stands."""
        return self._machine.state

    @property
    def attempts(self) -> int:
        """How many attempts to connect are in flight."""
        return len(self.probes) + sum(socket.connecting for socket in self.sockets)

    def feed(self, event: events.Event) -> None:
        if self.gone:
            return
        state = self.state
        due = self.status.next_try if state is State.WAITING else None
        self._depth += 1
        super().feed(event)
        self._depth -= 1
        if state is State.WAITING and self.state in TRYING:
            self._check_try(event, due)
        if isinstance(event, events.ProbeFailed) and event.retry_ms is not None and self.state is State.WAITING:
            self._asked_to_wait = self.clock() + event.retry_ms / 1_000
        if self.state is not state:
            self._trace.note(Kind.STATE, self.name, self.state)
        if self._lazy:
            self._aim()
        if not self._depth:
            self.watch()

    def _aim(self) -> None:
        """Leave out the ticks at which nothing can happen."""
        if self._intervals:
            due = self.status.next_try if self.state is State.WAITING else None
            for interval in self._intervals:
                interval.aim(0.0 if due is None else due)

    def _check_try(self, event: events.Event, due: float | None) -> None:
        """Nothing may be tried before its time, unless something has changed."""
        now = self.clock()
        if isinstance(event, WISHES):
            self._asked_to_wait = 0.0
        elif due is None or now < due:
            self.faults.append(f"{now}: tried although nothing was due before {due}")
        elif now < self._asked_to_wait:
            self.faults.append(f"{now}: tried although the server asked to wait until {self._asked_to_wait}")

    # What touches the outside world.

    def clock(self) -> float:
        return self._page.time()

    def new_id(self) -> str:
        self._ids += 1
        return f"{self.name}-{self._seed % 2**24:06x}-{self._ids:04}"

    def start_ticking(self) -> None:
        self._intervals.append(self._page.interval(TICK, self._tick))

    def stop_ticking(self) -> None:
        if self._intervals:
            self._intervals.pop().clear()

    def set_alarm(self, at: float | None) -> None:
        if self._alarm is not None:
            self._alarm.clear()
        self._alarm = None if at is None else self._page.alarm(at, self._ring)

    def probe(self, attempt: int) -> None:
        self._trace.note(Kind.PROBE, self.name)
        self._give_up_probes()
        request = Request(self._path, "GET alive", self._server.alive, lambda answer: self._probed(attempt, answer))
        self.probes.append(request)

    def open(self, attempt: int) -> None:
        self._trace.note(Kind.OPEN, self.name)
        socket = Socket(
            self._path,
            self._server,
            lambda: self._opened(socket, attempt),
            lambda text: self.feed(events.Received(attempt, text)),
            lambda code, reason: self._closed(socket, attempt, code, reason),
        )
        self.sockets.append(socket)
        if self._throttler is None:
            socket.connect()
        else:
            delay = self._throttler.delay(self._page.clock.now)
            self._handshakes.append(socket)
            self._page.clock.after(delay, socket.connect)

    def transmit(self, data: str | bytes) -> None:
        assert isinstance(data, str), "the protocol's frames are text"
        if self.sockets:
            self.sockets[-1].send(data)

    def abandon(self, code: Close) -> None:
        self._trace.note(Kind.CLOSED, self.name, f"{code} by the page")
        self._give_up_probes()
        if self.sockets:
            socket = self.sockets.pop()
            self._handshaken(socket, succeeded=False)
            socket.close()

    def renew(self) -> None:
        if self.renewal is None:
            request = Request(
                self._path, "POST refresh", lambda: self._server.refresh(self.cookie, self.name), self._renewed
            )
            self.renewal = request
            self._page.clock.after(RENEW_TIMEOUT, lambda: self._give_up_renewal(request))

    def report(self, message: str, error: Exception | None = None) -> None:
        self._trace.note(Kind.REPORT, self.name, message if error is None else f"{message}: {error!r}")
        if error is not None:
            raise error

    # What the outside world does.

    def vanish(self) -> None:
        """The page is no more, and its browser closes what it has left open."""
        self.gone = True
        self._give_up_probes()
        if self.renewal is not None:
            self.renewal.cancel()
            self.renewal = None
        for socket in self.sockets.copy():
            self.sockets.remove(socket)
            self._handshaken(socket, succeeded=False)
            socket.close()

    def look_at_clocks(self) -> None:
        """Notice a sleep by the clocks, as ``rebond.browser.page`` does."""
        lead = self._page.lead()
        if lead - self._lead > JUMP:
            self.feed(events.Woke())
        self._lead = lead

    def signal(self, event: events.Event) -> None:
        """Take what the page says of itself, as ``rebond.face.link`` does."""
        if isinstance(event, events.Woke):
            self._lead = self._page.lead()
        self.feed(event)

    def _tick(self) -> None:
        self.look_at_clocks()
        self.feed(events.Tick())

    def _ring(self) -> None:
        self._alarm = None
        self.look_at_clocks()
        self.feed(events.Alarm())

    def _give_up_probes(self) -> None:
        for request in self.probes:
            request.cancel()
        self.probes.clear()

    def _probed(self, attempt: int, answer: Answer | None) -> None:
        self.probes.clear()
        if answer is not None and answer.status < 500:
            self.feed(events.ProbeAnswered(attempt, _number(answer, "window_ms")))
        else:
            busy = answer is not None
            self.feed(events.ProbeFailed(attempt, busy=busy, retry_ms=_retry(answer)))

    def _opened(self, socket: Socket, attempt: int) -> None:
        self._handshaken(socket, succeeded=True)
        self.feed(events.Opened(attempt))

    def _closed(self, socket: Socket, attempt: int, code: int, reason: str) -> None:
        self._trace.note(Kind.CLOSED, self.name, f"{code} {reason}".strip())
        self.sockets.remove(socket)
        self._handshaken(socket, succeeded=False)
        self.feed(events.Closed(attempt, code, reason))

    def _handshaken(self, socket: Socket, *, succeeded: bool) -> None:
        if self._throttler is not None and socket in self._handshakes:
            self._handshakes.remove(socket)
            self._throttler.ended(self._page.clock.now, succeeded=succeeded)

    def _renewed(self, answer: Answer | None) -> None:
        self.renewal = None
        if answer is None or answer.status >= 500:
            self.feed(events.TokenFailed(_retry(answer)))
        elif answer.status == 401:
            self.feed(events.TokenRefused())
        else:
            self.feed(events.TokenRenewed(str(answer.body["token"]), float(str(answer.body["expires_in"]))))

    def _give_up_renewal(self, request: Request) -> None:
        if self.renewal is request:
            request.cancel()
            self._renewed(None)


def _nothing() -> None:
    """Nobody watches."""


def _number(answer: Answer, name: str) -> int | None:
    value = answer.body.get(name)
    return value if isinstance(value, int) else None


def _retry(answer: Answer | None) -> int | None:
    error = None if answer is None else answer.body.get("error")
    return error["retry_ms"] if isinstance(error, dict) else None
