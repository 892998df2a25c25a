"""Runs that judge a reader's code: each plays a course of events with it, and tells what held and what did not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from lesson.arrivals import AWAY, SPREAD, outage_of
from lesson.browser import NAME, WebSocket
from lesson.chronicle import Chronicle
from lesson.lanes import PlainLane
from lesson.plain import IdServer, PlainServer
from rebond.simulation.clock import Clock
from rebond.simulation.herd import BIN, Outage, Result, coming_back, others_coming_back

LATENCY = 0.03
"""Seconds that a frame takes in a trial, one way."""

BUSIEST = 30_000
"""Things that may happen in one trial: more, and the code has made a storm of it."""

STORM = 64
"""Intervals or sockets at which it has done so as well: a trial has to be over before the sandbox loses patience."""

CROWD = 1_000
"""Clients in the trial of a schedule."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that has to hold; ``values`` are for the text that tells of it."""

    id: str
    passed: bool
    values: dict[str, float | str] = field(default_factory=dict)


class Course:
    """One client, and what happens to it; ``server`` is the one it talks to."""

    def __init__(
        self, source: str, seed: int, server: Callable[[Clock], PlainServer], *, throttled: bool = False
    ) -> None:
        self.clock = Clock()
        self.server = server(self.clock)
        self.most_intervals = self.most_sockets = 0
        self.attempts_while_down = 0
        self.slowest = 0.0
        self.came_back = True
        self.said = 0
        self._happened = 0
        self.lane = PlainLane(
            "client",
            Chronicle(),
            self.server,
            source,
            latency=LATENCY,
            randomness=random.Random(seed),  # noqa: S311 - a run that can be repeated
            throttled=throttled,
        )
        self.browser = self.lane.browser

    @property
    def open(self) -> int:
        """How many sockets are open and not dead."""
        return sum(each.readyState == WebSocket.OPEN and not each.dead for each in self.browser.sockets)

    def run(self, seconds: float, *, tell: bool = True) -> None:
        """Let time go by; every second the server tells its guests something, unless it is to keep quiet."""
        until = self.clock.now + seconds
        while self.clock.now < until - 1e-9:
            self._second(min(until, math.floor(self.clock.now + 1 + 1e-9)))
            if tell and self.server.up:
                self.said += 1
                self.server.tell(str(self.said))

    def _second(self, until: float) -> None:
        while self._happened < BUSIEST and self.clock.step(until):
            self._happened += 1 if max(self.lane.intervals, self.open) < STORM else BUSIEST
            self.most_intervals = max(self.most_intervals, self.lane.intervals)
            self.most_sockets = max(self.most_sockets, self.open)
        self.clock.now = max(self.clock.now, until)

    def outage(self, seconds: float, limit: float) -> None:
        """Kill the server for so long, and see whether the client is back within ``limit`` seconds."""
        self.server.crash()
        before = self.browser.attempts
        self.run(seconds)
        self.attempts_while_down += self.browser.attempts - before
        self.server.start()
        self.wait(limit)

    def wait(self, limit: float) -> None:
        """See how long the client takes to be back."""
        began = self.clock.now
        while self.open == 0 and self.clock.now < began + limit and self._happened < BUSIEST:
            self._second(self.clock.now + 0.05)
        self.slowest = max(self.slowest, self.clock.now - began)
        self.came_back = self.came_back and self.open > 0


def _doubled(shown: list[str]) -> int:
    return len(shown) - len(set(shown))


def mend_the_article(source: str, seed: int) -> list[Check]:
    """One interval, one socket, and none of the first once the second is open."""
    course = Course(source, seed, PlainServer)
    course.run(2.0)
    left = 0
    for _ in range(3):
        course.outage(4.0, 3.0)
        course.run(3.0)
        left = max(left, course.lane.intervals)
    doubled = _doubled(course.browser.shown)
    return [
        Check("one_interval", course.most_intervals <= 1, {"n": course.most_intervals}),
        Check("comes_back", course.came_back),
        Check("none_left", left == 0, {"n": left}),
        Check("one_socket", course.most_sockets <= 1, {"n": course.most_sockets}),
        Check("heard_once", doubled == 0 and bool(course.browser.shown), {"n": doubled}),
    ]


def knock_first(source: str, seed: int) -> list[Check]:
    """While the server is down, requests and no handshakes; back at once."""
    course = Course(source, seed, PlainServer, throttled=True)
    course.run(2.0)
    probes = course.browser.probes
    course.outage(20.0, 10.0)
    course.run(2.0)
    return [
        Check("knocks", course.browser.probes > probes),
        Check("no_handshakes", course.attempts_while_down <= 1, {"n": course.attempts_while_down}),
        Check("comes_back", course.came_back),
        Check("quick", course.came_back and course.slowest <= 0.6, {"n": round(course.slowest, 1)}),
        Check("one_socket", course.most_sockets <= 1, {"n": course.most_sockets}),
    ]


def notice_silence(source: str, seed: int) -> list[Check]:
    """A dead line is noticed within 20 s, a quiet one is left alone, and nobody waits for a dead line's good-bye."""
    course = Course(source, seed, PlainServer)
    course.run(5.0)
    before = course.browser.attempts
    course.run(60.0, tell=False)
    patient = course.browser.attempts == before and course.open == 1
    course.lane.lose()
    began, opened = course.clock.now, course.browser.attempts
    while course.open == 0 and course.clock.now < began + 90.0:
        course.run(0.25)
    noticed = course.clock.now - began
    closing = any(each.readyState == WebSocket.CLOSING for each in course.browser.sockets)
    course.outage(3.0, 3.0)
    course.run(70.0)
    return [
        Check("notices", course.browser.attempts > opened and noticed < 90.0),
        Check("soon", noticed <= 20.0, {"n": round(noticed, 1), "closing": int(closing)}),
        Check("patient", patient),
        Check("comes_back", course.came_back and course.open > 0),
        Check("one_socket", course.most_sockets <= 1, {"n": course.most_sockets}),
    ]


def keep_an_outbox(source: str, seed: int) -> list[Check]:
    """What is typed is stored once, in that order, whatever happens between commit and ack."""
    course = Course(source, seed, IdServer)
    server = course.server
    if not isinstance(server, IdServer):
        raise TypeError("this trial needs a server that knows ids")
    course.run(1.0)
    typed: list[str] = []

    def send() -> None:
        typed.append(f"message {len(typed) + 1}")
        course.browser.call(course.browser.names["send"], typed[-1])  # type: ignore[arg-type]

    for committed in (None, False, True):
        send()
        if committed is not None:
            course.clock.run(LATENCY + server.COMMIT / 2)
            server.crash(committed=committed)
            course.run(0.5)
            send()
            server.start()
        course.run(3.0)
    send()
    course.clock.run(1.5 * LATENCY + server.COMMIT)
    course.lane.reset()
    course.run(3.0)
    stored, missing = server.stored, [text for text in typed if text not in server.stored]
    once = list(dict.fromkeys(stored))
    return [
        Check("arrives", not missing, {"n": len(missing)}),
        Check("once", len(once) == len(stored), {"n": len(stored) - len(once)}),
        Check("order", [text for text in typed if text in once] == once),
    ]


# Schedules.

AWAY_BRIEFLY = 10.0
"""Seconds for which the server is away in the trial of a window."""

LEAST = 0.2
"""Seconds between two tries of one client that a server should not be asked to bear less than."""

FOR_EVER = 999.0
"""Seconds that stand for never."""


def _function(source: str, name: str) -> Callable[..., object]:
    names: dict[str, object] = {"math": math}
    exec(compile(source, NAME, "exec"), names)  # noqa: S102 - this is what the lesson is for
    function = names.get(name)
    if not callable(function):
        raise NameError(f"{name} is not defined")  # noqa: TRY004 - for what is missing, too
    return function


class _NoSecondsError(Exception):
    """The reader's function returned something else than seconds. Its arguments are its name and what that was."""

    def checks(self) -> list[Check]:
        """Return what is to be said of it."""
        name, returned = self.args
        return [Check("returns", passed=False, values={"name": name, "returned": repr(returned)})]


def _seconds(found: object, what: str) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 3_600:
        raise _NoSecondsError(what, found)
    return float(found)


def _peak(result: Result, since: float) -> int:
    counts: dict[int, int] = {}
    for moment in result.arrivals:
        if moment >= since:
            counts[int(moment / BIN + 1e-9)] = counts.get(int(moment / BIN + 1e-9), 0) + 1
    return max(counts.values(), default=0)


def choose_delays(source: str, seed: int) -> list[Check]:
    """A crowd that knows nothing of its size comes back spread out, soon, and without pestering a dead server."""
    delay = _function(source, "delay")

    def delays(number: int, randomness: random.Random) -> float:
        return max(_seconds(delay(number, randomness), "delay"), 0.1)

    outage, result = outage_of(CROWD), Result([], [])
    try:
        for _ in others_coming_back(outage, delays, seed, result):
            pass
    except _NoSecondsError as error:
        return error.checks()
    peak, tries = _peak(result, AWAY), len(result.arrivals) / CROWD
    back = sorted(result.recoveries)[round(CROWD * 0.99) - 1]
    return [
        Check("gentle", tries <= 25, {"n": round(tries, 1)}),
        Check("spread", peak <= 4 * outage.rate * BIN, {"n": peak, "admitted": round(outage.rate * BIN)}),
        Check("prompt", back <= 35.0, {"n": round(min(back, FOR_EVER), 1)}),
    ]


def choose_a_window(source: str, seed: int) -> list[Check]:
    """Twenty are back in no time, a thousand at the rate at which they can be admitted."""
    window = _function(source, "window")
    try:
        _, few_back = _through(window, 20, 100.0, seed)
        many, many_back = _through(window, CROWD, CROWD / SPREAD, seed)
        least = min(_seconds(window(crowd, CROWD / SPREAD), "window") for crowd in (1, 20, CROWD))
    except _NoSecondsError as error:
        return error.checks()
    peak = _peak(many, AWAY_BRIEFLY + 0.2)
    return [
        Check("gentle", least >= LEAST, {"n": round(least, 2)}),
        Check("few", few_back <= 0.6, {"n": round(few_back, 1)}),
        Check("many", peak <= 3 * CROWD / SPREAD * BIN, {"n": peak, "admitted": round(CROWD / SPREAD * BIN)}),
        Check("prompt", many_back <= SPREAD + 3.0, {"n": round(many_back, 1)}),
    ]


def _through(window: Callable[..., object], clients: int, rate: float, seed: int) -> tuple[Result, float]:
    """Let a crowd come back with the reader's window; return its arrivals, and after how long the last was back."""
    randomness = random.Random(seed)  # noqa: S311 - a run that can be repeated
    outage, result = Outage(clients=clients, rate=rate, seconds=AWAY_BRIEFLY), Result([], [])
    width = max(_seconds(window(clients, rate), "window"), LEAST)
    phases = [randomness.random() for _ in range(clients)]
    for step, _ in enumerate(coming_back(outage, [width] * clients, phases, result)):
        if step > BUSIEST:
            break
    return result, max(result.recoveries) if len(result.recoveries) == clients else FOR_EVER
