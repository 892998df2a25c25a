"""The way between one browser and the server: how long it takes, and whether anything comes through.

TCP is kept to: what is sent over one pipe arrives in the order sent, or not at all. While a path is blocked everything
on it waits, and afterwards every pipe goes on after a pause of its own, as retransmission timers do. So of two
connections the older may well be the later one to be heard.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rebond.simulation.clock import Action, Clock, Timer

LATENCY = 0.02
"""Seconds that a frame takes, one way."""

RETRANSMISSION = 2.0
"""Seconds after which a pipe goes on at the latest, once its path is free again."""


class Block(StrEnum):
    """Why nothing comes through. A path can be blocked for several reasons at once."""

    CUT = "cut"
    """The network is gone and the browser's machine knows: new connections fail at once."""
    STALL = "stall"
    """Nothing comes through, and nothing says so."""
    SLEEP = "sleep"
    """The browser's machine sleeps."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something on its way: a frame, or one of the steps of opening and closing. Times in seconds.

    ``up``: to the server.
    """

    label: str
    sent: float
    due: float
    up: bool


class Path:
    """The way of one browser to the server and back. ``latency`` and ``jitter`` are seconds, one way."""

    def __init__(self, clock: Clock, randomness: random.Random, latency: float = LATENCY, jitter: float = 0.0) -> None:
        self.clock = clock
        self.randomness = randomness
        self.latency = latency
        self.jitter = jitter
        self.blocks: set[Block] = set()
        self._pipes: dict[Pipe, None] = {}

    def block(self, reason: Block) -> None:
        """Let nothing through."""
        self.blocks.add(reason)

    def free(self, reason: Block) -> None:
        """End one reason for letting nothing through."""
        self.blocks.discard(reason)
        if not self.blocks:
            for pipe in list(self._pipes):
                pipe.go_on()

    def transit(self) -> float:
        """Return how many seconds something sent now will take."""
        return self.latency + (self.jitter * self.randomness.random() if self.jitter else 0.0)

    def pipe(self, *, up: bool) -> Pipe:
        """Return a new pipe on this path, for one direction of one connection; ``up``: to the server."""
        pipe = Pipe(self, up=up)
        self._pipes[pipe] = None
        return pipe

    def forget(self, pipe: Pipe) -> None:
        """The pipe is done with."""
        self._pipes.pop(pipe, None)

    def pipes(self) -> tuple[Pipe, ...]:
        """Return the pipes through which something may still come, the oldest first."""
        return tuple(self._pipes)


class Pipe:
    """One direction of one connection: what goes in comes out in order, unless it is severed."""

    def __init__(self, path: Path, *, up: bool) -> None:
        self._path = path
        self._up = up
        self._queue: deque[tuple[Parcel, Action]] = deque()
        self._timer: Timer | None = None
        self._last = 0.0
        self._severed = False

    def send(self, label: str, arrive: Callable[[], None]) -> None:
        """Send something: ``arrive`` is called at the other end. ``label`` says what it is, for whoever looks on."""
        if self._severed:
            return
        now = self._path.clock.now
        self._last = max(self._last, now + self._path.transit())
        self._queue.append((Parcel(label, now, self._last, self._up), arrive))
        self._arm()

    def sever(self) -> None:
        """Let nothing out any more, now or ever: neither what is under way nor what is still sent."""
        self._severed = True
        self._queue.clear()
        self._path.forget(self)
        if self._timer is not None:
            self._timer.cancel()

    def go_on(self) -> None:
        """The path is free again: the first that waits is sent anew, and the others follow it."""
        path = self._path
        now = path.clock.now
        if self._queue and self._queue[0][0].due <= now:
            restart = now + path.transit() + RETRANSMISSION * path.randomness.random()
            self._queue = deque(
                (replace(parcel, due=max(parcel.due, restart)), arrive) for parcel, arrive in self._queue
            )
            self._last = max(self._last, restart)
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._arm()

    def parcels(self) -> Iterator[Parcel]:
        """Yield what is on its way, the first to arrive first."""
        return (parcel for parcel, _ in self._queue)

    def _arm(self) -> None:
        if self._queue and self._timer is None:
            self._timer = self._path.clock.at(self._queue[0][0].due, self._arrive)

    def _arrive(self) -> None:
        self._timer = None
        if self._path.blocks:
            return
        _, arrive = self._queue.popleft()
        arrive()
        self._arm()
