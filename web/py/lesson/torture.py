"""The torture: a thousand faults at random, with the checker looking on (:mod:`rebond.simulation.checker`)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass

from rebond import wire
from rebond.codes import Close, ErrorCode
from rebond.simulation.checker import check_now, check_run, check_stopped, watch
from rebond.simulation.tab import Tab
from rebond.simulation.world import GENERAL, World

FAULTS = 1_000
"""How many things go wrong."""

TABS = (("ann", 1), ("ann", 2), ("bob", 1))
ROUND = 10.0
"""Seconds of peace, after which people try again what is left."""

ROUNDS = 30
"""Rounds within which everything must be well again."""


@dataclass(slots=True)
class Findings:
    """What a run has come to so far; ``complaint`` is what the checker said, if it said something."""

    faults: int = 0
    typed: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0
    done: bool = False
    complaint: str | None = None


class Torture:
    """A world of its own, in which everything goes wrong. ``advance`` until ``findings.done``."""

    def __init__(self, seed: int, faults: int = FAULTS) -> None:
        self.findings = Findings()
        self._randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
        self._world = World(seed, throttled=True)
        self._faults = faults
        self._steps = self._run()
        for which in TABS:
            tab = self._world.tab(*which)
            watch(tab)
            tab.start()

    @property
    def world(self) -> World:
        """Where it happens."""
        return self._world

    def advance(self, steps: int) -> None:
        """Let so many things happen."""
        for _ in range(steps):
            try:
                if next(self._steps, self) is self:
                    self.findings.done = True
            except AssertionError as complaint:
                self.findings.complaint = str(complaint)
                self.findings.done = True
            if self.findings.done:
                return

    def finish(self) -> Findings:
        """Let everything happen, at once."""
        while not self.findings.done:
            self.advance(100)
        return self.findings

    def _run(self) -> Generator[None, None, None]:
        world, findings = self._world, self.findings
        for _ in range(self._faults):
            self._randomness.choice(self._trouble())()
            findings.faults += 1
            until = world.clock.now + self._randomness.choice((0.01, 0.1, 0.5, 2.0, 7.0))
            while world.clock.step(until):
                yield
            check_now(world)
            self._count()
            yield
        world.calm()
        for tab in world.tabs.values():
            tab.look()
        until = world.clock.now + 10.0
        while world.clock.step(until):
            yield
        for _ in range(ROUNDS):
            self._encourage()
            until = world.clock.now + ROUND
            while not world.settled() and world.clock.step(until):
                yield
            if world.settled():
                break
        if not world.settled():
            raise AssertionError("the links have not come to rest")
        self._count()
        findings.lost = findings.typed - findings.stored
        check_run(world)
        for tab in world.tabs.values():
            tab.stop()
        world.run(60.0)
        check_stopped(world)

    def _encourage(self) -> None:
        """Let everybody sign in again, and try again what was parked."""
        for tab in self._world.tabs.values():
            tab.sign_in()
            for entry in [entry for entry in tab.view.outbox.values() if entry.parked]:
                tab.link.release(entry.id)

    def _count(self) -> None:
        findings, world = self.findings, self._world
        ids = Counter(event.event.body["id"] for event in world.server.database.logs[f"room:{GENERAL}"])
        findings.typed = sum(len(tab.sent) for tab in world.tabs.values())
        findings.stored = len(ids)
        findings.doubled = sum(ids.values()) - len(ids)
        findings.seconds = world.clock.now

    def _trouble(self) -> tuple[Callable[[], object], ...]:
        """What may happen next: to a tab drawn at random, or to the server."""
        draw, world = self._randomness, self._world
        tab, coin = draw.choice([*world.tabs.values()]), draw.random() < 0.5
        return (
            lambda: self._say(tab),
            lambda: self._say(tab),
            lambda: tab.cut(told=coin),
            lambda: tab.mend(told=coin),
            tab.stall,
            tab.flow,
            lambda: tab.slow(draw.choice((0.001, 0.02, 0.3)), draw.choice((0.0, 0.5))),
            tab.reset,
            tab.drop,
            tab.lose,
            lambda: tab.sleep(clock_stops=coin),
            lambda: tab.wake(told=coin),
            lambda: tab.hide(1.0),
            tab.look,
            lambda: world.crash(committed=coin),
            world.start,
            world.start,
            lambda: world.restart(draw.choice((0.5, 4.0))),
            self._busy,
            lambda: setattr(world.server, "token_life", draw.choice((1.0, 6.0, 900.0))),
            lambda: world.server.forget_one(tab.name),
            lambda: world.server.end_session(tab.name, Close.TOKEN),
            tab.sign_in,
        )

    def _say(self, tab: Tab) -> None:
        for _ in range(self._randomness.randint(1, 3)):
            tab.say(GENERAL, f"{tab.name} says {len(tab.sent)}")

    def _busy(self) -> None:
        self._world.server.moods.append(wire.Error(ErrorCode.BUSY, "busy", retry_ms=700))
