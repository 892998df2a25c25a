"""The transition table of a link, drawn from the table itself (:data:`rebond.states.TRANSITIONS`).

The way to a live connection is a chain of boxes, from left to right or, on a phone, downwards. What ends it lies along
its two sides, as bars: from every box it is one step there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from lesson.shapes import Item, Shape, Word, rounded
from rebond.states import TRANSITIONS, Move, State

CHAIN = (State.IDLE, State.WAITING, State.PROBING, State.OPENING, State.GREETING, State.LIVE)
"""The boxes, in their order."""

BARS = (State.STOPPED, State.SIGNED_OUT)
"""What lies above and below them; on a phone to the right and to the left."""

QUIET = frozenset({Move.STOP, Move.REFUSED, Move.START, Move.SIGN_IN})
"""Moves drawn fainter: they are not part of coming back."""

WIDE = 680.0
"""Pixels from which the chain lies."""

EDGE = 14.0
"""Pixels from the edge to the boxes."""

TAIL = 26.0
"""Pixels beyond the chain, for the way from bar to bar."""

ARROW = 26.0
"""Pixels between two boxes at least."""

AIR = 3.0
"""Pixels between a box and what leads to it."""

Point = tuple[float, float]


def move_between(before: State, after: State) -> Move | None:
    """Return the move that leads from one state to the other, None if the table has none."""
    return next((move for move, to in TRANSITIONS[before].items() if to is after), None)


class Graph:
    """Draws the table for a width in pixels. ``names`` are the states' as the reader knows them.

    Points are reckoned along the chain and across it, from the side of ``stopped``, and turned for a phone at the end.
    """

    def __init__(self, width: float, names: Mapping[State, str]) -> None:
        self._names = names
        self._lies = width >= WIDE
        self._width = width
        self.height = 256.0 if self._lies else 372.0
        self._size = 12.5 if self._lies else 11.0
        self._long, self._thick = 32.0, 84.0
        if self._lies:  # with room for an arrow between two boxes
            self._long, self._thick = min(112.0, (width - 2 * EDGE - TAIL) / len(CHAIN) - ARROW), 34.0
        self._bar = 30.0 if self._lies else 74.0
        along, self._across = (width, self.height) if self._lies else (self.height, width)
        self._first = EDGE + self._long / 2
        self._last = along - EDGE - TAIL - self._long / 2
        self._end = along - EDGE

    def draw(self, state: State, last: tuple[State, State] | None, glow: float) -> list[Item]:
        """Return one frame: ``state`` is lit, ``last`` is the last move, ``glow`` how fresh that is, 1 to 0."""
        edges: dict[str, list[str]] = defaultdict(list)
        for before, moves in TRANSITIONS.items():
            for move, after in moves.items():
                edges["quiet" if move in QUIET else "way"].append(self._edge(before, after))
        items: list[Item] = [
            Shape("ink-2", "".join(edges["quiet"]), 1.0, 0.38),
            Shape("ink-2", "".join(edges["way"]), 1.75, 0.85),
        ]
        if last is not None and move_between(*last) is not None:
            items.append(Shape("ball", self._edge(*last), 2.75, max(0.35, glow)))
        boxes = {each: self._box(each) for each in State}
        items.append(Shape("on", "".join(d for each, d in boxes.items() if each is not state)))
        items.append(Shape("ink-2", "".join(d for each, d in boxes.items() if each is not state), 1.25))
        items.append(Shape("ball", boxes[state]))
        for each in State:
            x, y = self._middle(each)
            paint = "on-ball" if each is state else "ink"
            items.append(Word(self._names[each], x, y + 4, paint, self._size, "center", each is state))
        return items

    # Where things are.

    def _turned(self, along: float, across: float) -> Point:
        return (along, across) if self._lies else (self._width - across, along)

    def _along(self, state: State) -> float:
        return self._first + CHAIN.index(state) * (self._last - self._first) / (len(CHAIN) - 1)

    def _middle(self, state: State) -> Point:
        if state in CHAIN:
            return self._turned(self._along(state), self._across / 2)
        side = EDGE + self._bar / 2
        return self._turned((EDGE + self._end) / 2, side if state is State.STOPPED else self._across - side)

    def _box(self, state: State) -> str:
        x, y = self._middle(state)
        along, across = (self._long, self._thick) if state in CHAIN else (self._end - EDGE, self._bar)
        w, h = (along, across) if self._lies else (across, along)
        return rounded(x - w / 2, y - h / 2, w, h, 9)

    # What leads from one to the other.

    def _edge(self, before: State, after: State) -> str:
        if before in BARS and after in BARS:
            place = self._end - TAIL / 2 + AIR
            return self._arrow(place, self._side(before, inner=True), place, self._side(after, inner=True))
        if before in BARS or after in BARS:
            return self._aside(before, after)
        ahead = CHAIN.index(after) - CHAIN.index(before)
        half = self._long / 2 + AIR
        if ahead == 1:
            middle = self._across / 2
            return self._arrow(self._along(before) + half, middle, self._along(after) - half, middle)
        return self._back(before, after, -ahead)

    def _aside(self, before: State, after: State) -> str:
        """From a box straight to a bar, or back: side by side where there are both."""
        bar, box = (before, after) if before in BARS else (after, before)
        both = move_between(after, before) is not None
        shift = -0.36 if bar is State.STOPPED else -0.12 if both else 0.0
        if before is bar:
            shift += 0.16 if bar is State.STOPPED else 0.24
        place = self._along(box) + shift * self._long
        ends = self._side(box, inner=bar is State.STOPPED), self._side(bar, inner=True)
        start, end = ends if before is box else ends[::-1]
        return self._arrow(place, start, place, end)

    def _side(self, state: State, *, inner: bool) -> float:
        """Where, across, one leaves a bar towards the chain; or a box, towards ``stopped`` if ``inner``."""
        if state is State.STOPPED:
            return EDGE + self._bar + AIR
        if state is State.SIGNED_OUT:
            return self._across - EDGE - self._bar - AIR
        half = self._thick / 2 + AIR
        return self._across / 2 + (-half if inner else half)

    def _back(self, before: State, after: State, steps: int) -> str:
        """An arc over the boxes between, the higher the more of them there are."""
        side = self._side(before, inner=True)
        room = side - self._side(State.STOPPED, inner=True)
        start = self._along(before) + 0.1 * self._long
        end = self._along(after) + (0.48 - 0.12 * steps) * self._long
        return self._arrow(start, side, end, side, (0.1 + 0.2 * steps) * room)

    def _arrow(self, along: float, across: float, to_along: float, to_across: float, rise: float = 0.0) -> str:
        """A line with a head, or an arc that rises so many pixels towards ``stopped``."""
        bend = ((along + to_along) / 2, (across + to_across) / 2 - 2 * rise)
        (x, y), (cx, cy), (ex, ey) = (self._turned(*point) for point in ((along, across), bend, (to_along, to_across)))
        turn = math.atan2(ey - cy, ex - cx)
        size = 8.0 if self._lies else 6.0
        tips = [(ex - size * math.cos(turn + side), ey - size * math.sin(turn + side)) for side in (0.42, -0.42)]
        head = f"M{tips[0][0]:.1f} {tips[0][1]:.1f}L{ex:.1f} {ey:.1f}L{tips[1][0]:.1f} {tips[1][1]:.1f}"
        return f"M{x:.1f} {y:.1f}Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}{head}"
