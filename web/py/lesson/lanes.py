"""Lanes: a client with its line to the server, as the figures show it and as the reader breaks it.

A lane is either a naive client's text in a simulated browser, or a tab with the link that ships.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from lesson.browser import Browser, WebSocket
from lesson.chronicle import Chronicle, Look, Sign
from lesson.plain import PlainServer
from rebond.simulation.connection import Socket
from rebond.simulation.network import Block, Parcel, Path
from rebond.simulation.page import Page
from rebond.simulation.tab import Tab
from rebond.simulation.throttler import Throttler
from rebond.simulation.trace import Kind, Note
from rebond.states import State

SIGNS = {
    "open": Sign.ATTEMPT,
    "opened": Sign.OPENED,
    "closed": Sign.CLOSED,
    "failed": Sign.FAILED,
    "probe": Sign.PROBE,
    "shown": Sign.HEARD,
}
"""What a browser tells, as marks."""

QUIET = frozenset({Sign.HEARD, Sign.OPENED, Sign.FAILED})
"""What goes without saying: it is to be seen, or told by the turn that follows."""


@dataclass(frozen=True, slots=True)
class Strand:
    """One WebSocket of a lane."""

    socket: Socket
    open: bool
    dead: bool


class Lane(ABC):
    """``name`` says which client it is. ``back_after``: seconds from the server's last return until it was live."""

    def __init__(self, name: str, chronicle: Chronicle, page: Page, path: Path) -> None:
        self.name = name
        self.page = page
        self.path = path
        self.back_after: float | None = None
        self.attempts = 0
        self.probes = 0
        self.dead: list[Socket] = []
        self.blocked_at = 0.0
        self._chronicle = chronicle
        self._returned_at: float | None = None
        chronicle.row(name, Look.LOST)

    @property
    def look(self) -> Look:
        """How it stands, and whether the page is right about it."""
        if self.page.asleep:
            return Look.ASLEEP
        look = self._look()
        if look is Look.LIVE:
            strands = self.strands()
            if self.path.blocks or all(strand.dead for strand in strands if strand.open):
                return Look.FALSE
        return look

    def changed(self) -> None:
        """Something may have changed: write it down."""
        look, now = self.look, self.path.clock.now
        if look is Look.LIVE and self._returned_at is not None:
            self.back_after = now - self._returned_at
            self._returned_at = None
        self._chronicle.turn(self.name, look, now)

    def server_returned(self) -> None:
        """The server is back: measure from now."""
        self.back_after = None
        self._returned_at = None if self.look is Look.LIVE else self.path.clock.now

    def mark(self, sign: Sign, at: float) -> None:
        """Something happened that takes no time."""
        self._chronicle.mark(self.name, sign, at, told=sign not in QUIET)

    @abstractmethod
    def strands(self) -> list[Strand]:
        """Return its WebSockets that are open or being opened, as far as the page knows."""

    @abstractmethod
    def _look(self) -> Look:
        """Return how it stands as the page believes."""

    @property
    @abstractmethod
    def intervals(self) -> int:
        """How many intervals are alive."""

    @property
    @abstractmethod
    def heard(self) -> int:
        """How many messages the page has shown."""

    def shots(self) -> Iterator[tuple[Parcel, Socket | None]]:
        """Yield all that is on its way, and the WebSocket that it belongs to."""
        owners = {pipe: strand.socket for strand in self.strands() for pipe in strand.socket.pipes}
        for pipe in self.path.pipes():
            owner = owners.get(pipe)
            for parcel in pipe.parcels():
                yield parcel, owner

    # What befalls it.

    def block(self, reason: Block) -> None:
        """Let nothing through."""
        self.blocked_at = self.path.clock.now
        self.path.block(reason)

    def cut(self) -> None:
        """The network is gone."""
        self.block(Block.CUT)

    def mend(self) -> None:
        """The network is back."""
        self.path.free(Block.CUT)

    def sleep(self) -> None:
        """The laptop's lid is closed."""
        self.page.sleep(clock_stops=True)
        self.block(Block.SLEEP)

    def wake(self) -> None:
        """The lid is opened."""
        self.page.wake()
        self.path.free(Block.SLEEP)

    def lose(self) -> None:
        """The open connections are gone without a word to the page."""
        for strand in self.strands():
            if strand.open:
                self.dead.append(strand.socket)
                strand.socket.lose()

    def reset(self) -> None:
        """The open connections break, and both ends know."""
        for strand in self.strands():
            if strand.open:
                strand.socket.reset()


class PlainLane(Lane):
    """A naive client. ``latency`` is in seconds, one way."""

    def __init__(
        self,
        name: str,
        chronicle: Chronicle,
        server: PlainServer,
        source: str,
        *,
        latency: float,
        randomness: random.Random,
        throttled: bool = False,
    ) -> None:
        path = Path(server.clock, randomness, latency)
        super().__init__(name, chronicle, Page(server.clock), path)
        self.browser = Browser(self.page, path, server, randomness, Throttler(randomness) if throttled else None)
        self.browser.watch = self._happened
        self.browser.run(source)
        self.changed()

    def _happened(self, what: str) -> None:
        sign = SIGNS.get(what)
        self.attempts, self.probes = self.browser.attempts, self.browser.probes
        if sign is not None:
            self.mark(sign, self.path.clock.now)
        self.changed()

    def strands(self) -> list[Strand]:
        return [
            Strand(socket.socket, socket.readyState == WebSocket.OPEN, socket.socket in self.dead)
            for socket in self.browser.sockets
        ]

    def lose(self) -> None:
        for socket in self.browser.sockets:
            socket.dead = socket.dead or socket.readyState == WebSocket.OPEN
        super().lose()

    def _look(self) -> Look:
        browser = self.browser
        if not browser.signed_in:
            return Look.OUT
        if any(socket.readyState == WebSocket.OPEN for socket in browser.sockets):
            return Look.LIVE
        return Look.TRYING if browser.sockets or browser.requests or self.page.intervals else Look.LOST

    @property
    def intervals(self) -> int:
        return self.page.intervals

    @property
    def heard(self) -> int:
        return len(self.browser.shown)


class LinkLane(Lane):
    """A tab with the link that ships."""

    def __init__(self, name: str, chronicle: Chronicle, tab: Tab, *, latency: float) -> None:
        super().__init__(name, chronicle, tab.page, tab.path)
        self.tab = tab
        self._heard = 0
        self.states = deque([tab.link.state], maxlen=8)
        tab.path.latency = latency
        tab.link.watch = self.changed
        tab.start()

    def listen(self) -> None:
        """Look whether the page has shown something since it was last asked."""
        heard = self.heard
        if heard > self._heard:
            self.mark(Sign.HEARD, self.path.clock.now)
        self._heard = heard

    def noted(self, note: Note) -> None:
        """The trace has something about it."""
        match note.kind:
            case Kind.PROBE:
                self.probes += 1
                self.mark(Sign.PROBE, note.at)
            case Kind.OPEN:
                self.attempts += 1
                self.mark(Sign.ATTEMPT, note.at)
            case Kind.CLOSED:
                self.mark(Sign.CLOSED, note.at)
            case Kind.STATE:
                self.states.append(State(note.detail))
                if note.detail == State.LIVE:
                    self.mark(Sign.OPENED, note.at)
            case _:
                pass

    def strands(self) -> list[Strand]:
        return [Strand(socket, socket.open, socket in self.dead) for socket in self.tab.link.sockets]

    def _look(self) -> Look:
        match self.tab.link.state:
            case State.LIVE:
                return Look.LIVE
            case State.SIGNED_OUT:
                return Look.OUT
            case State.STOPPED | State.IDLE:
                return Look.LOST
            case _:
                return Look.TRYING

    @property
    def intervals(self) -> int:
        return self.page.intervals

    @property
    def heard(self) -> int:
        view = self.tab.view
        return sum(
            len(stretch.events)
            for stretch in (*view.past, *view.stretches.values())
            if stretch.stream.startswith("room:")
        )

    def cut(self) -> None:
        self.blocked_at = self.path.clock.now
        self.tab.cut(told=True)

    def mend(self) -> None:
        self.tab.mend(told=True)

    def wake(self) -> None:
        self.tab.wake(told=True)
