"""The scenes of the first stages, in which naive clients play alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from lesson import clients
from lesson.lanes import LinkLane, PlainLane
from lesson.plain import PlainServer
from lesson.scene import Counter, Scene, Value

Lane = PlainLane | LinkLane


def sockets(lane: Lane) -> int:
    """Return how many WebSockets of a lane are open, as the page sees it."""
    return sum(strand.open for strand in lane.strands())


class Plain(Scene):
    """Naive clients and a server that tells them the score every second."""

    def set_up(self) -> None:
        self.plain = PlainServer(self.clock)
        self.every(1.0, self._tell)
        self.add_lanes()

    def add_lanes(self) -> None:
        """Add the clients."""
        raise NotImplementedError

    def _tell(self) -> None:
        self.said += 1
        if self.plain is not None:
            self.plain.tell(str(self.said))


class Silence(Plain):
    """A WebSocket dies, and nobody tells you."""

    ACTS: ClassVar[tuple[str, ...]] = ("kill", "start", "stall", "flow")

    def add_lanes(self) -> None:
        self.add_plain("page", clients.PLAIN)

    def counters(self) -> list[Counter]:
        return [
            self.count("ready", self._ready),
            self.count("told", lambda _: self.said),
            self.count("heard", lambda lane: lane.heard),
            self.count("silent", self._silent),
        ]

    def _ready(self, lane: Lane) -> Value:
        return "open" if sockets(lane) else "connecting" if lane.strands() else "closed"

    def _silent(self, lane: Lane) -> Value:
        marks = [mark.at for mark in self.chronicle.rows[lane.name].marks if mark.sign == "heard"]
        return self.clock.now - (marks[-1] if marks else 0.0)


class Article(Plain):
    """The snippet as printed."""

    ACTS: ClassVar[tuple[str, ...]] = ("kill", "start")
    latency = 0.03
    speed = 0.5

    def add_lanes(self) -> None:
        self.add_plain("article", clients.ARTICLE)

    def counters(self) -> list[Counter]:
        return [
            self.count("intervals", lambda lane: lane.intervals),
            self.count("sockets", sockets),
            self.count("attempts", lambda lane: lane.attempts),
            self.count("heard", lambda lane: lane.heard),
            self.count("doubled", doubled),
        ]


def doubled(lane: Lane) -> Value:
    """Return how many messages too many the page has shown."""
    if isinstance(lane, LinkLane):
        return lane.heard - len(set(seen(lane)))
    return len(lane.browser.shown) - len(set(lane.browser.shown))


def seen(lane: Lane) -> Sequence[str]:
    """Return the messages that the page has shown, in that order."""
    if isinstance(lane, PlainLane):
        return lane.browser.shown
    view = lane.tab.view
    stretches = [s for s in (*view.past, *view.stretches.values()) if s.stream.startswith("room:")]
    return [str(event.body["text"]) for stretch in stretches for event in stretch.events]


class Single(Article):
    """One interval, one attempt: alone, or fifty of them."""

    latency = 0.12
    speed = 1.0

    def add_lanes(self) -> None:
        for number in range(self.clients):
            self.add_plain("single" if self.clients == 1 else f"client {number + 1}", clients.SINGLE)


class Probe(Plain):
    """Polling by WebSocket, which Chromium slows down, and knocking first, which it does not."""

    ACTS: ClassVar[tuple[str, ...]] = ("kill", "start")
    latency = 0.06

    def add_lanes(self) -> None:
        self.add_plain("polling", clients.POLLING, throttled=True)
        self.add_plain("knocking", clients.KNOCKING, throttled=True)

    def counters(self) -> list[Counter]:
        return [
            self.count("attempts", lambda lane: lane.attempts),
            self.count("probes", lambda lane: lane.probes),
            self.count("sockets", sockets),
            self.count("back", lambda lane: lane.back_after),
        ]
