"""The figure of a scene: the court, the timeline below it, counters and a story."""

from __future__ import annotations

import time

from chat.screens.dom import Element
from chat.texts import Texts
from lesson.chronicle import SERVER
from lesson.court import FEW, Court
from lesson.predictions import PREDICTIONS, Playing
from lesson.scene import Counter, Scene, Value
from lesson.scenes import SCENES
from lesson.screens.figure import Figure
from lesson.screens.loop import Loop
from lesson.screens.parts import Acts, Story, Table, legend, make
from lesson.shelf import Shelf
from lesson.strip import Strip

SLICE = 0.008
"""Seconds of a frame that may go into working out an answer."""

CROWDS = frozenset({"single", "everything"})
"""The stages that can be played with fifty clients."""

CROWD = 50

LENGTH = 9.0
"""Seconds that a script takes about, before the reader's eyes."""

LEGENDS = {
    "silence": ("message", "refusal", "live", "false"),
    "article": ("handshake", "message", "refusal", "live", "trying"),
    "single": ("handshake", "message", "refusal", "live", "trying"),
    "probe": ("handshake", "probe", "message", "refusal", "live", "trying"),
    "halfopen": ("message", "beat", "probe", "handshake", "live", "trying", "false"),
    "cursors": ("message", "probe", "handshake", "live", "trying", "there", "missing", "twice"),
    "outbox": ("message", "ack", "probe", "handshake", "refusal", "live", "trying", "there", "missing", "twice"),
    "tokens": ("handshake", "probe", "message", "refusal", "live", "trying", "out"),
    "everything": ("message", "beat", "probe", "handshake", "refusal", "live", "trying", "false"),
}
"""What there is to see at each stage: on the wires, then on the timeline, then of the messages."""


class StageFigure(Figure):
    """The figure of every stage but the herd's."""

    def __init__(self, element: Element, stage: str, texts: Texts, loop: Loop) -> None:
        self._clients = 1
        self._asked: tuple[Playing, int] | None = None
        self._shown: Playing | None = None
        self._resting = False
        super().__init__(element, stage, texts, loop, PREDICTIONS[stage].choices)

    def fill(self) -> None:
        text = self.texts.text
        self.court.append(legend(LEGENDS[self.stage], self.texts))
        crowd = ("crowd", "alone") if self.stage in CROWDS else ()
        self._acts = Acts((*SCENES[self.stage].ACTS, *crowd), self.texts, text("figure.acts"))
        self._numbers = make("div", "figure-numbers", tabindex="0", role="group", aria_label=text("figure.counters"))
        self._below = make("div", "figure-below")
        self.root.append(self._acts.root, self._numbers, self._below)

    def begin(self) -> None:
        if self._resting:
            self.play()
        self._shown = self._asked = None
        self._take(SCENES[self.stage](self.seed, self._clients))
        self.set_speed(self.scene.speed)

    def _take(self, scene: Scene) -> None:
        self.scene = scene
        texts = self.texts
        self.names = {SERVER: texts.text("figure.lane.server")}
        for place, lane in enumerate(self.scene.lanes):
            key = f"figure.lane.{lane.name}"
            self.names[lane.name] = (
                texts.text(key) if texts.has(key) else texts.text("figure.client", n=texts.number(place + 1))
            )
        lanes = [self.names[lane.name] for lane in self.scene.lanes]
        columns = lanes if len(lanes) <= FEW else [texts.text("figure.together")]
        self._table = Table(texts, texts.text("figure.counters"), columns)
        self._numbers.replaceChildren(self._table.root)
        self.story = Story(texts, self.names)
        self._below.replaceChildren(self.story.root, self.story.aloud)
        self._width = 0.0
        self.resize()

    def resize(self) -> None:
        width = self.painter.width
        if width and width != self._width:
            self._width = width
            self._court = Court(self.scene, width, self.names)
            self._strip = Strip(self.scene, width, self.names)
            title = f"figure.shelf.{self.stage}"
            title = self.texts.text(title) if self.texts.has(title) else ""
            self._shelf = Shelf(self.scene, width, self.names, title)
            self.painter.fit(width, self._court.height + self._strip.height + self._shelf.height)
            self.touch()

    # Playing.

    def advance(self, seconds: float) -> None:
        if self._shown is None:
            self.scene.advance(seconds)
        else:
            self._shown.advance(seconds)
            if self._shown.over:
                self._rest()
        if self.scene.full:
            self.pause()
            self.story.say_text(self.texts.text("figure.full"))

    def _rest(self) -> None:
        """The script is over: what it has come to is to be seen, until the reader does something."""
        self._shown = None
        self.pause()
        self.set_speed(self.scene.speed)
        self._resting = True

    def play(self, speed: float | None = None) -> None:
        self._resting = False
        super().play(speed)

    def step(self) -> None:
        self._resting = False
        before = self.scene.chronicle.told
        if self._shown is not None and not self._shown.over:
            self._shown.step()
        else:
            self._shown = None
            self.scene.step()
        told = self.scene.chronicle.told - before
        self.story.say(list(self.scene.chronicle.story)[-max(told, 1) :])

    def draw(self, moment: float) -> None:
        if self._width:
            top = self._court.height
            below = top + self._strip.height
            self.painter.paint(
                self._court.draw(moment), self._strip.draw(top), self._strip.frame(top), self._shelf.draw(below)
            )

    def refresh(self) -> None:
        enabled = {act.name for act in self.scene.acts() if act.enabled}
        enabled.add("crowd" if self._clients == 1 else "alone")
        self._acts.refresh(enabled)
        self._table.refresh(self._counters())
        if self._width:
            self._shelf.look(self._court.height + self._strip.height)
        self.root.toggleAttribute("data-full", self.scene.full)
        if not self.playing:
            self.story.show(list(self.scene.chronicle.story))

    def _counters(self) -> list[Counter]:
        counters = self.scene.counters()
        if len(self.scene.lanes) <= FEW:
            return counters
        return [Counter(counter.name, (_together(counter.values),)) for counter in counters]

    # What the reader does.

    def do(self, what: str) -> None:
        if what in ("crowd", "alone"):
            self._clients = CROWD if what == "crowd" else 1
            self.begin()
        else:
            self._shown = None
            self.scene.act(what)
            if self._resting:
                self.play()

    def guess(self, choice: int) -> None:
        if self._asked is None:
            self._asked = Playing(self.stage, self.seed), choice
            self.question.wait(choice)

    def think(self) -> bool:
        if self._asked is None:
            return False
        playing, choice = self._asked
        until = time.perf_counter() + SLICE
        while not playing.over and time.perf_counter() < until:
            playing.advance(0.1)
        if playing.over:
            self._asked = None
            self.question.answer(choice, playing.answer())
            self._reveal()
        return True

    def _reveal(self) -> None:
        """Play before the reader's eyes what was played out of sight."""
        self._clients = 1
        shown = Playing(self.stage, self.seed)
        self._take(shown.scene)
        self._shown = shown
        self.set_speed(max(self.scene.speed, shown.prediction.until / LENGTH))
        if not self.loop.calm:
            self.play()


def _together(values: tuple[Value, ...]) -> Value:
    """What fifty clients come to: the sum of numbers, the longest of times, and of words the one they all have."""
    whole = [value for value in values if isinstance(value, int)]
    times = [value for value in values if isinstance(value, float)]
    words = {value for value in values if isinstance(value, str)}
    if whole:
        return sum(whole)
    if times:
        return max(times)
    return words.pop() if len(words) == 1 else None
