"""One tab of one person: a page with a link in it, a way to the server, and everything that can befall them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from rebond import events
from rebond.shell import Listeners
from rebond.simulation.network import Block, Path
from rebond.simulation.page import Page
from rebond.simulation.server import Server
from rebond.simulation.shell import SimulatedShell
from rebond.simulation.throttler import Throttler
from rebond.simulation.trace import Kind, Trace
from rebond.simulation.view import View
from rebond.states import State


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was typed in this tab."""

    id: str
    room: str
    text: str


class Tab:
    """``name`` is the tab's, and that of its session; ``user`` whose it is. Durations are seconds."""

    def __init__(
        self,
        name: str,
        user: str,
        server: Server,
        randomness: random.Random,
        trace: Trace,
        *,
        throttler: Throttler | None = None,
        lazy: bool = True,
    ) -> None:
        self.name = name
        self.user = user
        self.page = Page(server.clock)
        self.path = Path(server.clock, randomness)
        self.view = View()
        self.sent: list[Sent] = []
        self.listening = False
        self._server = server
        self._trace = trace
        view = self.view
        self.link = SimulatedShell(
            name,
            user,
            self.page,
            self.path,
            server,
            Listeners(
                event=view.shown,
                ack=view.acks.append,
                refused=view.refusals.append,
                welcome=view.welcomed,
                reset=view.reset,
            ),
            seed=randomness.getrandbits(64),
            trace=trace,
            throttler=throttler,
            lazy=lazy,
        )

    @property
    def live(self) -> bool:
        """Whether the link is live."""
        return self.link.state is State.LIVE

    # What the person does.

    def start(self) -> None:
        """Start the link."""
        self.listening = True
        if self.page.hidden:
            self.link.feed(events.Hidden())
        if Block.CUT in self.path.blocks:
            self.link.feed(events.Offline())
        self.link.start()

    def stop(self) -> None:
        """Stop the link."""
        self.listening = False
        self.link.stop()

    def sign_in(self) -> None:
        """Begin a session, after one that was ended."""
        self._server.ended.discard(self.name)
        self.link.signed_in()

    def say(self, room: str, text: str) -> None:
        """Send a message."""
        self.sent.append(Sent(self.link.send(room, text), room, text))

    def hide(self, throttle: float) -> None:
        """Put the page out of sight: its timers go off at whole multiples of ``throttle`` only."""
        self._fault(f"hidden, timers every {throttle:g} s")
        self.page.hidden = True
        self.page.throttle(throttle)
        self._signal(events.Hidden())

    def look(self) -> None:
        """Look at the page again."""
        self._fault("looked at")
        self.page.hidden = False
        self.page.throttle(0.0)
        self._signal(events.Woke())

    def sleep(self, *, clock_stops: bool) -> None:
        """Close the laptop's lid."""
        self._fault("asleep")
        self.page.sleep(clock_stops=clock_stops)
        self.path.block(Block.SLEEP)

    def wake(self, *, told: bool) -> None:
        """Open the lid. ``told``: the browser tells the page; otherwise only the clocks show it."""
        self._fault("awake")
        self.page.wake()
        self.path.free(Block.SLEEP)
        if told:
            self._signal(events.Woke())

    # What the network does.

    def cut(self, *, told: bool) -> None:
        """Pull the plug. ``told``: the browser says ``offline``."""
        self._fault("cut")
        self.path.block(Block.CUT)
        if told:
            self._signal(events.Offline())

    def mend(self, *, told: bool) -> None:
        """Put the plug in again."""
        self._fault("mended")
        self.path.free(Block.CUT)
        if told:
            self._signal(events.Online())

    def stall(self) -> None:
        """Let nothing through, without a word."""
        self._fault("stalled")
        self.path.block(Block.STALL)

    def flow(self) -> None:
        """Let everything through again."""
        self._fault("flows")
        self.path.free(Block.STALL)

    def slow(self, latency: float, jitter: float) -> None:
        """Let everything take longer from now on: seconds, one way."""
        self._fault(f"slow: {latency:g} s")
        self.path.latency, self.path.jitter = latency, jitter

    def reset(self) -> None:
        """Break the connections; both ends know."""
        self._fault("reset")
        for socket in self.link.sockets.copy():
            socket.reset()

    def drop(self) -> None:
        """Have a proxy close the connections in good order."""
        self._fault("dropped")
        for socket in self.link.sockets.copy():
            socket.drop()

    def lose(self) -> None:
        """Lose the connections without a word: they look open, and nothing comes through."""
        self._fault("half-open")
        for socket in self.link.sockets:
            socket.lose()

    def _signal(self, event: events.Event) -> None:
        if self.listening and not self.page.asleep:
            self.link.feed(event)

    def _fault(self, what: str) -> None:
        self._trace.note(Kind.FAULT, self.name, what)
