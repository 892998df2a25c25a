"""The last figure: a link and all that can befall it, its transition table drawn and alive, and the torture."""

from __future__ import annotations

import time

from chat.screens.dom import put_text
from lesson.graph import Graph
from lesson.lanes import LinkLane
from lesson.screens.painter import Painter
from lesson.screens.parts import button, make
from lesson.screens.stage import SLICE, StageFigure
from lesson.torture import FAULTS, Torture
from rebond.states import State

GLOW = 1.2
"""Seconds for which a move glows."""


class MachineFigure(StageFigure):
    """The figure of the stage ``everything``."""

    _torture: Torture | None = None

    def fill(self) -> None:
        super().fill()
        text = self.texts.text
        canvas = make("canvas", "", role="img", aria_label=text("figure.graph.picture"))
        drawn = make("div", "figure-court")
        drawn.append(canvas)
        self._graph_painter: Painter | None = None
        self._graph_canvas = canvas
        self._glowed = 0.0
        self._last: tuple[State, State] | None = None
        self._state = State.IDLE
        self._progress = make("progress", "", max=str(FAULTS), value="0", aria_label=text("figure.torture.title"))
        self._report = make("p", "figure-report", role="status")
        self._button = button("torture", text("figure.torture.start"), "figure-button main")
        box = make("div", "figure-torture")
        box.append(self._button, self._progress, self._report)
        self.root.insertBefore(drawn, self._acts.root)
        self.root.append(box)

    def resize(self) -> None:
        if self._graph_painter is None:
            self._graph_painter = Painter(self._graph_canvas)
        width = self._graph_painter.width
        if width:
            names = {state: self.texts.text(f"figure.value.{state}") for state in State}
            self._graph = Graph(width, names)
            self._graph_painter.fit(width, self._graph.height)
        super().resize()

    def theme(self) -> None:
        if self._graph_painter is not None:
            self._graph_painter.read_colours()
        super().theme()

    def draw(self, moment: float) -> None:
        super().draw(moment)
        lane = self.scene.lanes[0]
        if isinstance(lane, LinkLane) and self._graph_painter is not None and self._width:
            if lane.states[-1] is not self._state:
                self._state, self._glowed = lane.states[-1], moment
                self._last = (lane.states[-2], lane.states[-1])
            glow = 1 - (moment - self._glowed) / GLOW
            self._graph_painter.paint(self._graph.draw(self._state, self._last, glow))

    def do(self, what: str) -> None:
        if what != "torture":
            super().do(what)
        elif self._torture is None:
            self._torture = Torture(self.seed)
            put_text(self._report, self.texts.text("figure.torture.running"))

    def think(self) -> bool:
        more = super().think()
        torture = self._torture
        if torture is None:
            return more
        until = time.perf_counter() + SLICE
        while not torture.findings.done and time.perf_counter() < until:
            torture.advance(5)
        self._progress.setAttribute("value", str(torture.findings.faults))
        if torture.findings.done:
            self._tell(torture)
            self._torture = None
        return True

    def _tell(self, torture: Torture) -> None:
        found, number = torture.findings, self.texts.number
        if found.complaint is not None:
            put_text(self._report, self.texts.text("figure.torture.found", what=found.complaint))
            return
        put_text(
            self._report,
            self.texts.text(
                "figure.torture.nothing",
                faults=number(found.faults),
                minutes=number(round(found.seconds / 60)),
                typed=number(found.typed),
                stored=number(found.stored),
                lost=number(found.lost),
                doubled=number(found.doubled),
            ),
        )
