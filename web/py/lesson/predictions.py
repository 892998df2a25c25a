"""What is asked before each stage shows it, and the answer: the stage is played out, and looked at.

A script is played twice: out of sight for the answer, and before the reader's eyes once they have guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lesson.chronicle import Look
from lesson.scene import NEXT, Scene, Value
from lesson.scenes import SCENES

Judge = Callable[[Scene], int]

BIT = 0.02
"""Seconds that a script goes on before it is looked whether there is something new."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """``choices`` answers are offered; ``script`` says what is done when, ``until`` when the answer is seen.

    ``judge`` looks at the scene then, and tells which answer is the right one, from 0. Times are seconds.
    """

    choices: int
    script: tuple[tuple[float, str], ...]
    until: float
    judge: Judge


def value(scene: Scene, counter: str, lane: int = 0) -> Value:
    """Return what a counter of the scene shows. Raises LookupError if it has no such counter."""
    for each in scene.counters():
        if each.name == counter:
            return each.values[lane]
    raise LookupError(f"{type(scene).__name__} does not count {counter}")


def number(scene: Scene, counter: str, lane: int = 0) -> float:
    """Return a counter that is a number. Raises TypeError if it shows none."""
    found = value(scene, counter, lane)
    if not isinstance(found, int | float):
        raise TypeError(f"{counter} shows {found!r}")
    return found


def _silence(scene: Scene) -> int:
    """Which readyState: open, closing, closed."""
    return {"open": 0, "connecting": 1, "closed": 2}[str(value(scene, "ready"))]


def _article(scene: Scene) -> int:
    """How many intervals: 1, 5, 32."""
    intervals = number(scene, "intervals")
    return min(range(3), key=lambda choice: abs((1, 5, 32)[choice] - intervals))


def _single(scene: Scene) -> int:
    """How many intervals after three restarts: none, 1, 3."""
    return {0: 0, 1: 1}.get(round(number(scene, "intervals")), 2)


def _probe(scene: Scene) -> int:
    """Who is back first: the one that polls, the one that knocks, both at once."""
    polling, knocking = (value(scene, "back", lane) for lane in (0, 1))
    if not isinstance(polling, float) or not isinstance(knocking, float):
        return 1 if polling is None else 0
    return 2 if abs(polling - knocking) < 0.1 else 0 if polling < knocking else 1


def _halfopen(scene: Scene) -> int:
    """When does the trusting client notice: at once, within half a minute, not at all in this time."""
    spans = scene.chronicle.rows[scene.lanes[0].name].spans
    false = [index for index, span in enumerate(spans) if span.look is Look.FALSE]
    if not false:
        return 0
    return 2 if false[-1] == len(spans) - 1 else 1


def _cursors(scene: Scene) -> int:
    """What goes wrong with time-stamps: nothing, some are lost, some come twice, both."""
    lost, doubled = number(scene, "lost") > 0, number(scene, "doubled") > 0
    return 3 if lost and doubled else 1 if lost else 2 if doubled else 0


def _outbox(scene: Scene) -> int:
    """How often is the message stored that is sent again: never, once, twice."""
    return min(2, round(number(scene, "stored", 1) + number(scene, "doubled", 1)))


def _tokens(scene: Scene) -> int:
    """What becomes of who keeps the old token: back, signed out, tries for ever."""
    return {Look.LIVE: 0, Look.OUT: 1}.get(scene.lanes[0].look, 2)


def _everything(scene: Scene) -> int:
    """How many messages are missing or doubled after all that: some are missing, some are doubled, none."""
    if number(scene, "doubled"):
        return 1
    return 2 if number(scene, "heard") == scene.said else 0


PREDICTIONS: dict[str, Prediction] = {
    "silence": Prediction(3, ((2.0, "stall"),), 32.0, _silence),
    "article": Prediction(3, ((2.0, "kill"),), 7.6, _article),
    "single": Prediction(
        3,
        ((2.0, "kill"), (5.0, "start"), (8.0, "kill"), (11.0, "start"), (14.0, "kill"), (17.0, "start")),
        20.0,
        _single,
    ),
    "probe": Prediction(3, ((2.0, "kill"), (22.0, "start")), 28.0, _probe),
    "halfopen": Prediction(3, ((5.0, "lose"),), 35.0, _halfopen),
    "cursors": Prediction(
        4, ((4.0, "cut"), (7.0, "mend"), (10.0, "cut"), (13.0, "mend"), (16.0, "cut"), (19.0, "mend")), 23.0, _cursors
    ),
    "outbox": Prediction(3, ((3.0, "kill_after"), (5.0, "start")), 9.0, _outbox),
    "tokens": Prediction(3, ((2.0, "kill"), (3.0, "expire"), (5.0, "start")), 15.0, _tokens),
    "everything": Prediction(
        3,
        (
            (3.0, "kill"),
            (6.0, "start"),
            (9.0, "lose"),
            (25.0, "sleep"),
            (28.0, "wake"),
            (32.0, "cut"),
            (35.0, "mend"),
            (38.0, "restart"),
        ),
        48.6,
        _everything,
    ),
}
"""For each stage but the herd, whose answer is counted by :mod:`lesson.arrivals`."""


class Playing:
    """A scene that a script is played in, bit by bit."""

    def __init__(self, stage: str, seed: int) -> None:
        self.prediction = PREDICTIONS[stage]
        self.scene = SCENES[stage](seed)
        self._left = list(self.prediction.script)

    @property
    def over(self) -> bool:
        """Whether the answer can be seen."""
        return self.scene.full or self.scene.clock.now >= self.prediction.until - 1e-9

    def advance(self, seconds: float) -> None:
        """Let time go by, doing what the script says."""
        until = min(self.scene.clock.now + seconds, self.prediction.until)
        while self._left and self._left[0][0] <= until:
            moment, act = self._left.pop(0)
            self.scene.advance(max(0.0, moment - self.scene.clock.now))
            self.scene.act(act)
        self.scene.advance(until - self.scene.clock.now)

    def step(self) -> None:
        """Go on to the next thing that there is to be seen, or that the script does."""
        until, before = self.scene.clock.now + NEXT, self.scene.sight()
        while not self.over and self.scene.clock.now < until and self.scene.sight() == before:
            self.advance(BIT)

    def answer(self) -> int:
        """Return the right answer, once it is over."""
        return self.prediction.judge(self.scene)


def play(stage: str, seed: int) -> Playing:
    """Play a stage out to its end."""
    playing = Playing(stage, seed)
    while not playing.over:
        playing.advance(0.5)
    return playing
