"""The figure of the herd: four schedules side by side, as arrivals over time."""

from __future__ import annotations

import time

from chat.screens.dom import Element
from chat.texts import Texts
from lesson.arrivals import AWAY, SHOWN, Herd
from lesson.crests import Crests
from lesson.scene import Counter
from lesson.screens.figure import Figure
from lesson.screens.loop import Loop
from lesson.screens.parts import Acts, Table, legend, make
from lesson.screens.stage import SLICE

CLIENTS = {"thousand": 1_000, "ten_thousand": 10_000}
"""How many there are, by the button that brings them."""

LEGEND = ("fine", "storm", "admitted", "away")
"""What there is to see in the drawing."""

STEP = 1.0
"""Seconds that one step goes on."""


class HerdFigure(Figure):
    """The figure of the stage ``herd``."""

    def __init__(self, element: Element, stage: str, texts: Texts, loop: Loop) -> None:
        self._clients = CLIENTS["thousand"]
        self._guess: int | None = None
        super().__init__(element, stage, texts, loop, 3)

    def fill(self) -> None:
        text = self.texts.text
        self.court.append(legend(LEGEND, self.texts))
        self._acts = Acts(tuple(CLIENTS), self.texts, text("figure.acts"))
        self._numbers = make("div", "figure-numbers", tabindex="0", role="group", aria_label=text("figure.counters"))
        self._said = make("p", "voice-only", role="status")
        self.root.append(self._acts.root, self._numbers, self._said)

    def begin(self) -> None:
        self.herd = Herd(self._clients, self.seed)
        self._time = 0.0
        self._ready = False
        texts = self.texts
        self._names = {name: texts.text(f"figure.schedule.{name}") for name in self.herd.arrivals}
        columns = [texts.text(f"figure.counter.{name}") for name in ("peak", "wait", "median")]
        self._table = Table(texts, texts.text("figure.counters"), columns, "schedule")
        self._numbers.replaceChildren(self._table.root)
        self._peaks: dict[str, str] = {}
        self._width = 0.0
        self.set_speed(4.0)
        self.resize()

    def resize(self) -> None:
        width = self.painter.width
        if width and width != self._width:
            self._width = width
            self._crests = Crests(self.herd, width, self._names, self._peaks)
            self.painter.fit(width, self._crests.height)
            self.touch()

    def think(self) -> bool:
        until = time.perf_counter() + SLICE
        steps = 20
        while not self.herd.done and time.perf_counter() < until:
            self.herd.advance(steps)
        if self.herd.done and not self._ready:
            self._ready = True
            self._peaks.update(
                (name, self.texts.number(arrivals.peak())) for name, arrivals in self.herd.arrivals.items()
            )
            self.root.setAttribute("data-clients", str(self._clients))
            if self.loop.calm:
                self._time = SHOWN
        if self._ready and self._guess is not None:
            self.question.answer(self._guess, self.herd.answer())
            self._guess = None
            self._time = AWAY - 4
            if not self.loop.calm:
                self.play()
        return not self._ready

    def advance(self, seconds: float) -> None:
        if self._ready:
            self._time = min(SHOWN, self._time + seconds)
            if self._time >= SHOWN:
                self.pause()

    def play(self, speed: float | None = None) -> None:
        if self._time >= SHOWN:
            self._time = 0.0
        super().play(speed)

    def step(self) -> None:
        self._time = min(SHOWN, self._time + STEP)
        arrived = {
            name: sum(each.bins[round((self._time - STEP) * 10) : round(self._time * 10)])
            for name, each in self.herd.arrivals.items()
        }
        self._said.textContent = ", ".join(f"{self._names[name]} {n}" for name, n in arrived.items())

    def draw(self, moment: float) -> None:
        if self._width:
            self.painter.paint(self._crests.draw(self._time))

    def refresh(self) -> None:
        self._acts.refresh({name for name, clients in CLIENTS.items() if clients != self._clients})
        done = self._ready and self._time >= AWAY
        self._table.refresh(
            Counter(name, (each.peak(), each.wait(), each.median()) if done else (None, None, None))
            for name, each in self.herd.arrivals.items()
        )

    def guess(self, choice: int) -> None:
        self.question.wait(choice)
        self._guess = choice

    def do(self, what: str) -> None:
        self._clients = CLIENTS[what]
        self.begin()
        self.play()
