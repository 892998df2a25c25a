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
from rebond.simulation.storage import Disk, Storage
from rebond.simulation.throttler import Throttler
from rebond.simulation.trace import Kind, Trace
from rebond.simulation.view import View
from rebond.states import State


@dataclass(frozen=True, slots=True)
class Sent:
    """What was done in this tab: a message, or the change to one, which is its ``target``; ``at`` seconds.

    ``view`` is that of the page in which it was done. ``in_place``: the change was made to a message not sent yet.
    """

    id: str
    room: str
    text: str
    target: str | None
    at: float
    view: View
    in_place: bool


class Tab:
    """``name`` is the tab's, and that of its session; ``user`` whose it is. Durations are seconds.

    With a ``disk`` the outbox and the cursors outlive the page. ``view`` is what this page was told, ``views`` holds
    those of the tab's pages before it too.
    """

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
        disk: Disk | None = None,
    ) -> None:
        self.name = name
        self.user = user
        self.path = Path(server.clock, randomness)
        self.views: list[View] = []
        self.sent: list[Sent] = []
        self.listening = False
        self.closed = False
        self._server = server
        self._randomness = randomness
        self._trace = trace
        self._throttler = throttler
        self._lazy = lazy
        self._disk = disk
        self._open()

    def _open(self) -> None:
        self.page = Page(self._server.clock)
        self.view = view = View(self._server.clock)
        self.views.append(view)
        self.storage = None if self._disk is None else Storage(self._disk, self.name, view.reach)
        self.link = SimulatedShell(
            self.name,
            self.user,
            self.page,
            self.path,
            self._server,
            Listeners(
                event=view.shown,
                ack=view.acked,
                refused=view.refused,
                welcome=view.welcomed,
                reset=self._reset,
                fated=view.fated,
                dropped=view.gave_up,
                skipped=view.skipped,
            ),
            seed=self._randomness.getrandbits(64),
            trace=self._trace,
            throttler=self._throttler,
            lazy=self._lazy,
            storage=self.storage,
        )

    def _reset(self, _: None) -> None:
        self.view.reset(None)
        if self.storage is not None:
            self.storage.clear()

    @property
    def live(self) -> bool:
        """Whether the link is live."""
        return self.link.state is State.LIVE

    # What the person does.

    def start(self) -> None:
        """Start the link, unless the tab is closed."""
        if self.closed:
            return
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
        self.link.cookie = self.user
        self.link.signed_in()

    def say(self, room: str, text: str) -> None:
        """Send a message."""
        self._sent(self.link.send(room, text), room, text)

    def edit(self, room: str, target: str, text: str) -> None:
        """Give a message of the account's another text."""
        self._sent(self.link.edit(room, target, text), room, text, target)

    def delete(self, room: str, target: str) -> None:
        """Take a message of the account's back."""
        self._sent(self.link.delete(room, target), room, "", target)

    def _sent(self, identifier: str, room: str, text: str, target: str | None = None) -> None:
        in_place = identifier not in self.view.held
        self.sent.append(Sent(identifier, room, text, target, self._server.clock.now, self.view, in_place))

    def close(self, keeping: int = 0) -> None:
        """Close the tab, or let it crash: of what it was writing only ``keeping`` transactions are carried out."""
        if self.closed:
            return
        self._fault("closed")
        self.closed, self.listening = True, False
        self.link.vanish()
        self.page.close()
        if self.storage is not None:
            self.storage.abandon(keeping)

    def reopen(self, *, fresh: bool = False) -> None:
        """Open the tab again: it begins with what is kept. ``fresh``: as another one, which adopts what was left."""
        if not self.closed:
            return
        if fresh:
            self.name = f"{self.name}-again"
        self._fault("opened")
        watch = self.link.watch
        self.closed = False
        self.path.free(Block.SLEEP)
        self._open()
        self.link.watch = watch
        self.listening = True
        if self.storage is None:
            self.start()
        else:
            self.storage.load(self._loaded)

    def _loaded(self, restored: events.Restored) -> None:
        self.view.restored(restored)
        self.link.feed(restored)
        if self.listening:
            self.start()

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
            self.link.signal(event)

    def _fault(self, what: str) -> None:
        self._trace.note(Kind.FAULT, self.name, what)
