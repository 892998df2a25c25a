"""The transition table of a link, drawn from the table itself (:data:`rebond.states.TRANSITIONS`)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from lesson.shapes import Item, Shape, Word, rounded
from rebond.states import TRANSITIONS, Move, State

PLACES: Mapping[State, tuple[float, float]] = {
    State.IDLE: (0.0, 0.0),
    State.WAITING: (0.5, 0.0),
    State.PROBING: (1.0, 0.0),
    State.OPENING: (1.0, 0.5),
    State.GREETING: (1.0, 1.0),
    State.LIVE: (0.5, 1.0),
    State.SIGNED_OUT: (0.0, 0.5),
    State.STOPPED: (0.0, 1.0),
}
"""Where each state stands, as parts of the width and the height."""

QUIET = frozenset({Move.STOP, Move.REFUSED, Move.START, Move.SIGN_IN})
"""Moves drawn fainter: they are not part of coming back."""

HEIGHT = 250.0


def move_between(before: State, after: State) -> Move | None:
    """Return the move that leads from one state to the other, None if the table has none."""
    return next((move for move, to in TRANSITIONS[before].items() if to is after), None)


class Graph:
    """Draws the table for a width in pixels. ``names`` are the states' as the reader knows them."""

    height = HEIGHT

    def __init__(self, width: float, names: Mapping[State, str]) -> None:
        self._names = names
        self._size = 12.5 if width >= 560 else 11.0
        self._box = (112.0 if width >= 560 else 84.0, 34.0)
        w, h = self._box
        self._left, self._top = 14 + w / 2, 14 + h / 2
        self._across, self._down = width - 28 - w, HEIGHT - 28 - h

    def draw(self, state: State, last: tuple[State, State] | None, glow: float) -> list[Item]:
        """Return one frame: ``state`` is lit, ``last`` is the last move, ``glow`` how fresh that is, 1 to 0."""
        edges: dict[str, list[str]] = defaultdict(list)
        for before, moves in TRANSITIONS.items():
            for move, after in moves.items():
                edges["quiet" if move in QUIET else "way"].append(self._edge(before, after))
        items: list[Item] = [
            Shape("line", "".join(edges["quiet"]), 1.0, 0.8),
            Shape("ink-2", "".join(edges["way"]), 1.5, 0.65),
        ]
        if last is not None:
            items.append(Shape("ball", self._edge(*last), 2.5, max(0.35, glow)))
        boxes = {each: self._rounded(each) for each in State}
        items.append(Shape("on", "".join(d for each, d in boxes.items() if each is not state)))
        items.append(Shape("ink-2", "".join(d for each, d in boxes.items() if each is not state), 1.25))
        items.append(Shape("ball", boxes[state]))
        for each in State:
            x, y = self._point(each)
            paint = "on-ball" if each is state else "ink"
            items.append(Word(self._names[each], x, y + 4, paint, self._size, "center", each is state))
        return items

    def _point(self, state: State) -> tuple[float, float]:
        x, y = PLACES[state]
        return self._left + x * self._across, self._top + y * self._down

    def _rounded(self, state: State) -> str:
        x, y = self._point(state)
        w, h = self._box
        return rounded(x - w / 2, y - h / 2, w, h, 9)

    def _edge(self, before: State, after: State) -> str:
        """An arrow from border to border, bent to its left, so that there and back are two lines."""
        (x0, y0), (x1, y1) = self._point(before), self._point(after)
        far = math.hypot(x1 - x0, y1 - y0)
        bend = min(26.0, far * 0.12)
        cx, cy = (x0 + x1) / 2 + (y1 - y0) / far * bend, (y0 + y1) / 2 - (x1 - x0) / far * bend
        sx, sy = self._border(x0, y0, cx, cy)
        ex, ey = self._border(x1, y1, cx, cy)
        turn = math.atan2(ey - cy, ex - cx)
        tips = [(ex - 8 * math.cos(turn + side), ey - 8 * math.sin(turn + side)) for side in (0.42, -0.42)]
        head = f"M{tips[0][0]:.1f} {tips[0][1]:.1f}L{ex:.1f} {ey:.1f}L{tips[1][0]:.1f} {tips[1][1]:.1f}"
        return f"M{sx:.1f} {sy:.1f}Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}{head}"

    def _border(self, x: float, y: float, to_x: float, to_y: float) -> tuple[float, float]:
        """Where a line from the middle of a box leaves it, and two pixels more."""
        w, h = self._box[0] / 2 + 3, self._box[1] / 2 + 3
        dx, dy = to_x - x, to_y - y
        part = min(w / abs(dx) if abs(dx) > 1e-6 else math.inf, h / abs(dy) if abs(dy) > 1e-6 else math.inf)
        return x + dx * part, y + dy * part
