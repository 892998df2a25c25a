"""A world in which links live: a clock, a server, people and their tabs, all from one seed."""

from __future__ import annotations

import random

from rebond.admission import Rates
from rebond.simulation.clock import Clock
from rebond.simulation.network import LATENCY, Block
from rebond.simulation.server import TOKEN_LIFE, Server
from rebond.simulation.storage import Disk
from rebond.simulation.tab import Tab
from rebond.simulation.throttler import Throttler
from rebond.simulation.trace import Kind, Trace

GENERAL = "general"
"""The room that everybody is in."""


class World:
    """Everything, from one seed: the same calls lead to the same events to the letter. Times are in seconds.

    ``throttled``: every tab has Chromium's brake on WebSocket handshakes. ``lazy``: ticks at which nothing can happen
    are left out, which changes nothing but the time that a run takes. ``durable``: the tabs of a person share a disk.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        rates: Rates | None = None,
        throttled: bool = False,
        lazy: bool = True,
        durable: bool = False,
    ) -> None:
        self.clock = Clock()
        self.trace = Trace(self.clock)
        self.tabs: dict[str, Tab] = {}
        self.disks: dict[str, Disk] = {}
        self._randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated, no secret
        self._throttled = throttled
        self._lazy = lazy
        self._durable = durable
        self.server = Server(self.clock, self._fork(), rates)
        self.server.database.make_room(GENERAL, 0.0)

    def _fork(self) -> random.Random:
        return random.Random(self._randomness.getrandbits(64))  # noqa: S311 - as above

    def tab(self, user: str, number: int = 1) -> Tab:
        """Return a tab of a person, who is in the room of everybody; it is made if it is not there yet."""
        name = f"{user}-{number}"
        if name not in self.tabs:
            self.server.change(user, lambda database: database.join(user, GENERAL, self.clock.now))
            throttler = Throttler(self._fork()) if self._throttled else None
            if self._durable and user not in self.disks:
                self.disks[user] = Disk(self.clock, self._fork())
            self.tabs[name] = Tab(
                name,
                user,
                self.server,
                self._fork(),
                self.trace,
                throttler=throttler,
                lazy=self._lazy,
                disk=self.disks.get(user),
            )
        return self.tabs[name]

    def run(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.clock.run(seconds)

    # The server.

    def crash(self, *, committed: bool = False, silent: bool = False) -> None:
        """Kill the server."""
        self._fault("crashed")
        self.server.crash(committed=committed, silent=silent)

    def start(self) -> None:
        """Start the server, unless it is up."""
        if not self.server.up:
            self._fault("started")
            self.server.start()

    def restart(self, seconds: float) -> None:
        """Restart the server as planned."""
        self._fault(f"restarts for {seconds:g} s")
        self.server.restart(seconds)

    def _fault(self, what: str) -> None:
        self.trace.note(Kind.FAULT, "server", what)

    # Peace.

    def calm(self) -> None:
        """End every fault: the server is up, the network is good, everybody is awake, who closed the page opens it."""
        self.start()
        self.server.refusing = False
        self.server.moods.clear()
        self.server.token_life = TOKEN_LIFE
        for disk in self.disks.values():
            disk.full = False
        for tab in self.tabs.values():
            # Where one tab of a person is open, what the closed ones have left is that one's to send.
            if all(other.closed for other in self.tabs.values() if other.user == tab.user):
                tab.reopen()
            tab.slow(LATENCY, 0.0)
            if Block.STALL in tab.path.blocks:
                tab.flow()
            if Block.CUT in tab.path.blocks:
                tab.mend(told=True)
            if tab.page.asleep:
                tab.wake(told=False)

    def settled(self) -> bool:
        """Tell whether every link that is to be live is so, has seen everything and has nothing left to send."""
        everybody = all(self._settled(tab) for tab in self.tabs.values() if tab.listening)
        return everybody and all(self._emptied(user, disk) for user, disk in self.disks.items())

    def _emptied(self, user: str, disk: Disk) -> bool:
        """Tell whether a disk holds nothing that somebody is to send: what it could not forget is sent some day."""
        if not any(tab.listening for tab in self.tabs.values() if tab.user == user):
            return True
        settled = {
            fate
            for tab in self.tabs.values()
            if tab.user == user
            for view in tab.views
            for fate in [ack.id for ack in view.acks] + [refusal.id for refusal in view.refusals]
        }
        return not disk.busy and all(row.id in settled for row in disk.rows.values())

    def _settled(self, tab: Tab) -> bool:
        status = tab.link.status
        heads = self.server.database.heads(tab.user)
        stretches = tab.view.stretches
        return (
            tab.live
            and status.queued == 0
            and stretches.keys() == heads.keys()
            and all(stretches[stream].seen == head for stream, head in heads.items())
        )

    def settle(self, limit: float) -> bool:
        """Go on until everything is settled; return False if it is not within ``limit`` seconds."""
        return self.clock.run_until(self.settled, limit)
