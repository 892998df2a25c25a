"""Drives a link by hand on a virtual clock, and keeps what it wanted done."""

from __future__ import annotations

import random
from typing import TypeVar

from rebond import effects, events, wire
from rebond.link import Link
from rebond.options import TICK, Options
from rebond.outbox import Entry
from rebond.states import State

E = TypeVar("E")


class Phase(random.Random):
    """A generator that always draws ``value``: the phase of the window, as a share of it."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = value

    def random(self) -> float:
        return self._value


class Driver:
    """One link at one time, which only moves when told to."""

    def __init__(
        self,
        *,
        phase: float = 0.5,
        plain: bool = False,
        ping: str | bytes | None = None,
        probe: bool = True,
        token: bool = True,
        durable: bool = False,
        account: str | None = None,
    ) -> None:
        options = Options("tab", plain=plain, ping=ping, probe=probe, token=token, durable=durable, account=account)
        self.link = Link(options, Phase(phase))
        self.now = 100.0
        self.effects: list[effects.Effect] = []

    @property
    def state(self) -> State:
        return self.link.state

    @property
    def attempt(self) -> int:
        """The number of the last try, as the effects name it."""
        numbers = [effect.attempt for effect in self.effects if isinstance(effect, effects.Probe | effects.Open)]
        return numbers[-1]

    def feed(self, event: events.Event, after: float = 0.0) -> list[effects.Effect]:
        """Give the link an event ``after`` seconds from now; return what that made it want."""
        self.now += after
        wanted = self.link.handle(event, self.now)
        self.effects.extend(wanted)
        return wanted

    def tick_until(self, kind: type[E], limit: float = 120.0) -> float:
        """Tick until the link wants something of ``kind``; return the seconds it took."""
        start = self.now
        while self.now - start < limit:
            if of(kind, self.feed(events.Tick(), TICK)):
                return self.now - start
        raise AssertionError(f"no {kind.__name__} within {limit} s")

    def connect(self, *, window_ms: int = 250, beat_ms: int = 10_000, heads: dict[str, int] | None = None) -> None:
        """Go from anywhere to live."""
        self.feed(events.Start())
        if self.state is State.WAITING:
            self.feed(events.RetryNow())
        if self.state is State.PROBING and of(effects.Probe, self.effects[-4:]):
            self.feed(events.ProbeAnswered(self.attempt))
        if self.state is State.PROBING:
            self.feed(events.TokenRenewed("token", 900.0))
        self.feed(events.Opened(self.attempt))
        if not self.link.options.plain:
            self.say(welcome(window_ms=window_ms, beat_ms=beat_ms, heads=heads))
        assert self.state is State.LIVE

    def say(self, *frames: wire.Frame, after: float = 0.0) -> list[effects.Effect]:
        """Let the server say something."""
        text = wire.join([wire.encode(frame) for frame in frames])
        return self.feed(events.Received(self.attempt, text), after)

    def close(self, code: int = 1006, after: float = 0.0) -> list[effects.Effect]:
        """Let the connection close."""
        return self.feed(events.Closed(self.attempt, code), after)


def welcome(
    *, window_ms: int = 250, beat_ms: int = 10_000, heads: dict[str, int] | None = None, epoch: str = "epoch"
) -> wire.Welcome:
    """Return a welcome to one who may see the room ``r``."""
    return wire.Welcome(epoch, heads or {"room:r": 0}, window_ms, beat_ms, {"id": "u", "name": "Ada"}, "build")


def event(seq: int, stream: str = "room:r", kind: str = "message", **body: object) -> wire.Event:
    """Return an event of a stream."""
    return wire.Event(stream, seq, kind, 1_000 + seq, body)


def of(kind: type[E], wanted: list[effects.Effect]) -> list[E]:
    """Return the effects of one kind."""
    return [effect for effect in wanted if isinstance(effect, kind)]


def frames(wanted: list[effects.Effect]) -> list[wire.Frame | wire.Fault]:
    """Return the frames a link wants to transmit, decoded."""
    texts = [effect.data for effect in of(effects.Transmit, wanted)]
    return [frame for text in texts if isinstance(text, str) for frame in wire.decode_client(text)]


def fates(wanted: list[effects.Effect]) -> list[Entry]:
    """Return the entries of which the program is told how they stand."""
    return [effect.entry for effect in of(effects.Fated, wanted)]


def delivered(wanted: list[effects.Effect]) -> list[int]:
    """Return the seqs of the events handed on."""
    return [effect.event.seq for effect in of(effects.Deliver, wanted)]
