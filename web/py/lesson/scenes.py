"""The scenes of the stages, but for the herd, which is drawn as arrivals (:mod:`lesson.arrivals`)."""

from __future__ import annotations

from typing import ClassVar

from lesson import clients
from lesson.chronicle import Look
from lesson.fate import Fate, Piece, count, followed
from lesson.lanes import LinkLane, PlainLane
from lesson.naive import Article, Lane, Probe, Silence, Single, doubled, seen, sockets
from lesson.plain import GateServer, PlainServer, PostServer, StampServer
from lesson.scene import Counter, Scene, Value
from rebond.simulation.server import COMMIT
from rebond.simulation.world import GENERAL, World
from rebond.streams import room_stream


def logged(world: World | None) -> list[str]:
    """Return the messages that the links' server has stored, in their order."""
    assert world is not None, "there are links in the scene"
    log = world.server.database.logs[room_stream(GENERAL)]
    return [str(published.event.body["text"]) for published in log]


class Paired(Scene):
    """A naive client or two, and beside them the link that ships; somebody else writes every ``pace`` seconds."""

    settling = 2.0
    """Seconds after which everybody is there and the writing begins."""
    pace = 1.0

    def make_world(self) -> World:
        return World(self.seed, throttled=True)

    def set_up(self) -> None:
        assert self.world is not None, "made above"
        self.plain = self.make_plain()
        self._zoe = self.world.tab("zoe")
        self._zoe.start()
        self.add_lanes()
        self.clock.after(self.settling, lambda: self.every(self.pace, self.write))

    def make_plain(self) -> PlainServer:
        """Make the naive clients' server."""
        return PlainServer(self.clock)

    def add_lanes(self) -> None:
        """Add the clients."""
        raise NotImplementedError

    def write(self) -> None:
        """Somebody else writes a message to everybody."""
        if self.up:
            self.said += 1
            self._zoe.say(GENERAL, str(self.said))
            self.publish(str(self.said))

    def publish(self, text: str) -> None:
        """Let the naive clients' server tell it."""
        if self.plain is not None:
            self.plain.tell(text)


class HalfOpen(Paired):
    """A connection that is gone without a word, for a client that waits and for one that asks."""

    ACTS: ClassVar[tuple[str, ...]] = ("lose", "sleep", "wake", "stall", "flow")
    speed = 2.0

    def add_lanes(self) -> None:
        self.add_plain("trusting", clients.KNOCKING, throttled=True)
        self.add_link("link")

    def counters(self) -> list[Counter]:
        return [
            self.count("believes", lambda lane: "live" if sockets(lane) else "lost"),
            self.count("heard", lambda lane: lane.heard),
            self.count("deceived", self._deceived),
        ]

    def _deceived(self, lane: Lane) -> Value:
        """Return for how many seconds the page has taken a dead line for a live one, the last time."""
        spans = [*self.chronicle.rows[lane.name].spans]
        ends = [span.since for span in spans[1:]] + [self.clock.now]
        lasted = [end - span.since for span, end in zip(spans, ends, strict=True) if span.look is Look.FALSE]
        return lasted[-1] if lasted else None


class Cursors(Paired):
    """Catching up by time-stamps, and by cursors."""

    ACTS: ClassVar[tuple[str, ...]] = ("cut", "mend")
    speed = 1.0
    pace = 0.25
    shelved = 70

    def make_plain(self) -> PlainServer:
        self._stamps = StampServer(self.clock, self.randomness)
        return self._stamps

    def add_lanes(self) -> None:
        self.add_plain("stamps", clients.STAMPS)
        self.add_link("link")

    def publish(self, text: str) -> None:
        self._stamps.write(text)

    def do_cut(self) -> None:
        super().do_cut()
        for lane in self.lanes:
            lane.reset()

    def counters(self) -> list[Counter]:
        return [
            self.count("written", lambda _: self.said),
            self.count("heard", lambda lane: lane.heard),
            self.count("lost", lambda lane: count(self.shelf(lane), Fate.LOST)),
            self.count("doubled", doubled),
        ]

    def shelf(self, lane: Lane) -> list[Piece]:
        if isinstance(lane, PlainLane):
            return followed([str(message["text"]) for message in self._stamps.stored], seen(lane))
        return followed(logged(self.world), seen(lane))


class Outbox(Paired):
    """Sending and hoping, sending again, and an outbox with ids and acks."""

    ACTS: ClassVar[tuple[str, ...]] = ("say", "kill_before", "kill_after", "lose_ack", "start")
    shelved = 16
    latency = 0.3
    speed = 0.5

    def make_plain(self) -> PlainServer:
        self._post = PostServer(self.clock)
        return self._post

    def add_lanes(self) -> None:
        self.add_plain("forget", clients.FORGET)
        self.add_plain("resend", clients.RESEND)
        self.add_link("link")

    def write(self) -> None:
        """Nobody else writes here."""

    def do_kill_before(self) -> None:
        """A message is sent, and the server dies before it is stored."""
        self.do_say()
        self.clock.after(self.latency + COMMIT / 2, lambda: self.crash(committed=False))

    def do_kill_after(self) -> None:
        """A message is sent, and the server dies after it was stored and before it could say so."""
        self.do_say()
        self.clock.after(self.latency + COMMIT / 2, lambda: self.crash(committed=True))

    def do_lose_ack(self) -> None:
        """A message is sent, and the connection breaks while the answer is on its way."""
        self.do_say()
        self.clock.after(1.5 * self.latency + COMMIT, self._break)

    def _break(self) -> None:
        for lane in self.lanes:
            lane.reset()

    def stored(self, lane: Lane) -> list[str]:
        """Return what the server has stored of a lane's messages."""
        if isinstance(lane, PlainLane):
            return [text for text in self._post.stored if text.startswith(lane.name)]
        return logged(self.world)

    def shelf(self, lane: Lane) -> list[Piece]:
        return [Piece(str(number), self._fate(lane, f"{lane.name} {number}")) for number in range(1, self.said + 1)]

    def _fate(self, lane: Lane, text: str) -> Fate:
        times = self.stored(lane).count(text)
        if times:
            return Fate.DOUBLED if times > 1 else Fate.THERE
        if isinstance(lane, PlainLane):
            waiting = lane.browser.names.get("waiting")
            flying = {parcel.label for parcel, _ in lane.shots()} | {*self._post.committing}
            return Fate.COMING if text in flying or (isinstance(waiting, list) and text in waiting) else Fate.LOST
        return Fate.COMING  # it is in the outbox

    def counters(self) -> list[Counter]:
        return [
            self.count("typed", lambda _: self.said),
            self.count("stored", lambda lane: len(set(self.stored(lane)))),
            self.count("waiting", self._waiting),
            self.count("lost", lambda lane: count(self.shelf(lane), Fate.LOST)),
            self.count("doubled", lambda lane: len(self.stored(lane)) - len(set(self.stored(lane)))),
        ]

    def _waiting(self, lane: Lane) -> Value:
        if isinstance(lane, LinkLane):
            return lane.tab.link.status.queued
        waiting = lane.browser.names.get("waiting")
        return len(waiting) if isinstance(waiting, list) else 0


class Tokens(Paired):
    """A token that expires while the line is down."""

    ACTS: ClassVar[tuple[str, ...]] = ("kill", "start", "expire", "end", "sign_in")
    speed = 1.0

    def make_plain(self) -> PlainServer:
        return GateServer(self.clock)

    def add_lanes(self) -> None:
        self.add_plain("kept", clients.KEPT)
        self.add_plain("hasty", clients.HASTY)
        self.add_link("link")

    def do_end(self) -> None:
        """The session is ended by its owner, elsewhere."""
        assert self.world is not None, "made above"
        self.world.server.end_session(self.world.tab("link").name)

    def do_sign_in(self) -> None:
        """The user signs in again."""
        assert self.world is not None, "made above"
        for lane in self.lanes:
            if lane.look is Look.OUT and isinstance(lane, LinkLane):
                lane.tab.sign_in()
            elif lane.look is Look.OUT and isinstance(lane, PlainLane):
                lane.browser.signed_in = True
                lane.browser.run("interval = None\nrenew()")

    def counters(self) -> list[Counter]:
        return [
            self.count("attempts", lambda lane: lane.attempts),
            self.count("session", lambda lane: "out" if lane.look is Look.OUT else "in"),
            self.count("sockets", sockets),
            self.count("back", lambda lane: lane.back_after),
        ]


class Everything(Paired):
    """One link, and all that can befall it."""

    ACTS: ClassVar[tuple[str, ...]] = (
        "kill",
        "start",
        "restart",
        "cut",
        "mend",
        "stall",
        "flow",
        "lose",
        "sleep",
        "wake",
        "expire",
        "end",
        "sign_in",
    )
    latency = 0.25
    speed = 1.0
    shelved = 16

    def shelf(self, lane: Lane) -> list[Piece]:
        return followed(logged(self.world), seen(lane))

    def add_lanes(self) -> None:
        for number in range(self.clients):
            self.add_link("link" if self.clients == 1 else f"client {number + 1}")

    def do_end(self) -> None:
        """The session is ended by its owner, elsewhere."""
        assert self.world is not None, "made above"
        for lane in self.lanes:
            if isinstance(lane, LinkLane):
                self.world.server.end_session(lane.tab.name)

    def do_sign_in(self) -> None:
        """The user signs in again."""
        for lane in self.lanes:
            if isinstance(lane, LinkLane):
                lane.tab.sign_in()

    def counters(self) -> list[Counter]:
        return [
            self.count("state", lambda lane: lane.tab.link.state if isinstance(lane, LinkLane) else None),
            self.count("intervals", lambda lane: lane.intervals),
            self.count("sockets", sockets),
            self.count("heard", lambda lane: lane.heard),
            self.count("doubled", doubled),
        ]


SCENES: dict[str, type[Scene]] = {
    "silence": Silence,
    "article": Article,
    "single": Single,
    "probe": Probe,
    "halfopen": HalfOpen,
    "cursors": Cursors,
    "outbox": Outbox,
    "tokens": Tokens,
    "everything": Everything,
}
"""The scene of each stage."""
