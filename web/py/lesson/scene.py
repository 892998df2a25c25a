"""A scene: what one figure plays. A clock, one server or two that stand for one, lanes, and what the reader can do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from lesson.chronicle import SERVER, Chronicle, Look
from lesson.fate import Piece
from lesson.lanes import LinkLane, PlainLane
from lesson.plain import GateServer, PlainServer, PostServer
from rebond.simulation.clock import Clock
from rebond.simulation.network import Block
from rebond.simulation.world import GENERAL, World

Value = int | float | str | None
"""What a counter shows: a number of things, seconds, the key of a word, or nothing yet."""

MOST = 1_024
"""Intervals or sockets in one page at which a scene stops. A browser would go on, and the reader's machine with it."""

BUSY = 6_000
"""Things that may happen in one call of :meth:`Scene.advance`: a scene that needs more is slower than the clock."""

NEXT = 5.0
"""Seconds that one step goes at most."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something the reader can do, and whether it can be done now."""

    name: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter's name and its value for each lane."""

    name: str
    values: tuple[Value, ...]


class Scene:
    """Everything from one seed. Times are seconds; ``speed`` is how fast the figure plays it, ``latency`` one way."""

    ACTS: ClassVar[tuple[str, ...]] = ()
    speed = 1.0
    latency = 0.12
    shelved = 0
    """Of how many messages a lane there is something to show: see :meth:`shelf`."""

    def __init__(self, seed: int, clients: int = 1) -> None:
        self.seed = seed
        self.clients = clients
        self.randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
        self.chronicle = Chronicle()
        self.lanes: list[PlainLane | LinkLane] = []
        self.world = self.make_world()
        self.clock: Clock = Clock() if self.world is None else self.world.clock
        self.plain: PlainServer | None = None
        self.full = False
        self.said = 0
        self._up = True
        self.chronicle.row(SERVER, Look.UP)
        self.set_up()
        self._observe()

    # What a stage adds.

    def make_world(self) -> World | None:
        """Make the world of the links, where there are any."""
        return None

    def set_up(self) -> None:
        """Make the servers and the lanes."""
        raise NotImplementedError

    def counters(self) -> list[Counter]:
        """Return what is counted."""
        raise NotImplementedError

    def shelf(self, lane: PlainLane | LinkLane) -> list[Piece]:
        """Return what has become of each message of a lane, the newest last."""
        raise NotImplementedError

    def count(self, name: str, value: Callable[[PlainLane | LinkLane], Value]) -> Counter:
        """Return a counter of every lane."""
        return Counter(name, tuple(value(lane) for lane in self.lanes))

    # Time.

    @property
    def up(self) -> bool:
        """Whether the server is up."""
        return self._up

    def advance(self, seconds: float) -> None:
        """Let time go by, unless the scene is full."""
        until = self.clock.now + seconds
        happened = 0
        while not self.full and self.clock.step(until):
            happened += 1
            if happened > BUSY:
                break
        self._observe()

    def step(self) -> None:
        """Go on to the next thing that there is to be seen."""
        until, before = self.clock.now + NEXT, self.sight()
        while not self.full and self.clock.step(until) and self.sight() == before:
            pass
        self._observe()

    def sight(self) -> tuple[int, int]:
        """Return what changes when there is something new to be seen."""
        return self.chronicle.told, sum(1 for lane in self.lanes for _ in lane.shots())

    def _observe(self) -> None:
        if self.world is not None:
            notes = self.world.trace.notes
            lanes = {lane.tab.name: lane for lane in self.lanes if isinstance(lane, LinkLane)}
            while notes:
                note = notes.popleft()
                if note.who in lanes:
                    lanes[note.who].noted(note)
            for lane in lanes.values():
                lane.listen()
        self.full = self.full or any(lane.intervals >= MOST or lane.attempts >= 4 * MOST for lane in self.lanes)

    # What the reader can do.

    def acts(self) -> list[Act]:
        """Return what can be done, one of each pair such as cut and mend."""
        return [Act(name, self._enabled(name)) for name in self.ACTS]

    def _enabled(self, name: str) -> bool:
        blocks = self.lanes[0].path.blocks if self.lanes else set()
        match name:
            case "kill" | "restart":
                return self._up
            case "kill_before" | "kill_after" | "lose_ack":
                return self._up and all(lane.look is Look.LIVE for lane in self.lanes)
            case "start":
                return not self._up
            case "cut":
                return Block.CUT not in blocks
            case "mend":
                return Block.CUT in blocks
            case "stall":
                return Block.STALL not in blocks
            case "flow":
                return Block.STALL in blocks
            case "sleep":
                return Block.SLEEP not in blocks
            case "wake":
                return Block.SLEEP in blocks
            case "lose":
                return any(lane.look is Look.LIVE for lane in self.lanes)
            case "sign_in":
                return any(lane.look is Look.OUT for lane in self.lanes)
            case _:
                return True

    def act(self, name: str) -> None:
        """Do it. Raises LookupError for what this scene does not have."""
        if name not in self.ACTS:
            raise LookupError(f"{type(self).__name__} has no act {name}")
        self.chronicle.tell("reader", name, self.clock.now)
        getattr(self, f"do_{name}")()
        for lane in self.lanes:
            lane.changed()

    def do_kill(self) -> None:
        """The server dies."""
        self.crash()

    def crash(self, *, committed: bool = False) -> None:
        """The server dies, before the commits under way or after them."""
        self._up = False
        if isinstance(self.plain, PostServer):
            self.plain.crash(committed=committed)
        elif self.plain is not None:
            self.plain.crash()
        if self.world is not None:
            self.world.crash(committed=committed)
        self.chronicle.turn(SERVER, Look.DOWN, self.clock.now)

    def do_start(self) -> None:
        """The server is back."""
        self._up = True
        if self.plain is not None:
            self.plain.start()
        if self.world is not None:
            self.world.start()
        self.chronicle.turn(SERVER, Look.UP, self.clock.now)
        for lane in self.lanes:
            lane.server_returned()

    def do_restart(self) -> None:
        """The server is restarted as planned, which takes three seconds."""
        if self.world is not None:
            self.world.restart(3.0)
        self._up = False
        self.chronicle.turn(SERVER, Look.DOWN, self.clock.now)
        self.clock.after(3.0, self._restarted)

    def _restarted(self) -> None:
        if not self._up:
            self.do_start()

    def do_cut(self) -> None:
        """The wire is cut."""
        for lane in self.lanes:
            lane.cut()

    def do_mend(self) -> None:
        """The wire is mended."""
        for lane in self.lanes:
            lane.mend()

    def do_stall(self) -> None:
        """The network lets nothing through, and does not say so."""
        for lane in self.lanes:
            lane.block(Block.STALL)

    def do_flow(self) -> None:
        """The network lets everything through again."""
        for lane in self.lanes:
            lane.path.free(Block.STALL)

    def do_lose(self) -> None:
        """The connections are gone without a word."""
        for lane in self.lanes:
            lane.lose()

    def do_sleep(self) -> None:
        """The lids are closed."""
        for lane in self.lanes:
            lane.sleep()

    def do_wake(self) -> None:
        """The lids are opened."""
        for lane in self.lanes:
            lane.wake()

    def do_say(self) -> None:
        """Everybody sends a message."""
        self.said += 1
        for lane in self.lanes:
            if isinstance(lane, LinkLane):
                lane.tab.say(GENERAL, f"{lane.name} {self.said}")
            else:
                lane.browser.run(f"send({f'{lane.name} {self.said}'!r})")

    def do_expire(self) -> None:
        """All tokens are too old from now on."""
        if isinstance(self.plain, GateServer):
            self.plain.expire()
        if self.world is not None:
            tokens, now = self.world.server.tokens, self.clock.now
            tokens.update({text: replace(token, until=now) for text, token in tokens.items()})

    # For those who set up.

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something every so many seconds, for as long as the scene lasts."""

        def again() -> None:
            self.clock.after(seconds, again)
            action()

        self.clock.after(seconds, again)

    def add_plain(self, name: str, source: str, *, throttled: bool = False) -> PlainLane:
        """Add a naive client."""
        assert self.plain is not None, "a naive client needs a plain server"
        lane = PlainLane(
            name,
            self.chronicle,
            self.plain,
            source,
            latency=self.latency,
            randomness=random.Random(self.randomness.getrandbits(64)),  # noqa: S311 - as above
            throttled=throttled,
        )
        self.lanes.append(lane)
        return lane

    def add_link(self, name: str) -> LinkLane:
        """Add a tab with the link that ships."""
        assert self.world is not None, "a link needs a world"
        lane = LinkLane(name, self.chronicle, self.world.tab(name), latency=self.latency)
        self.lanes.append(lane)
        return lane
