"""The shelf below the timeline: a row of messages for each lane, and what has become of each of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from lesson.court import FEW, WIDE
from lesson.fate import Fate
from lesson.lanes import LinkLane, PlainLane
from lesson.scene import Scene
from lesson.shapes import Item, Shape, Word, line, rounded

HEAD = 24.0
"""Pixels above the rows, for what they are."""

FILLED: Mapping[Fate, tuple[str, float]] = {Fate.THERE: ("live", 1.0), Fate.DOUBLED: ("warn", 1.0)}
"""How a box is filled: its paint and alpha."""

EMPTY: Mapping[Fate, tuple[str, float, tuple[float, ...]]] = {
    Fate.COMING: ("ink-2", 1.0, (2, 3)),
    Fate.LOST: ("bad", 1.75, ()),
    Fate.DOUBLED: ("warn", 1.25, ()),
}
"""How a box is outlined: paint, width, dash."""


class Shelf:
    """Draws the messages of a scene, where it has any to show. ``title`` says what stands on the shelf."""

    def __init__(self, scene: Scene, width: float, names: Mapping[str, str], title: str) -> None:
        self._scene = scene
        self._names = names
        self._title = title
        self._wide = width >= WIDE
        self._left = 118.0 if self._wide else 100.0
        self._box, self._step = (20.0, 24.0) if self._wide else (9.0, 11.5)
        self._line = max(1, int((width - 14 - self._left) / self._step))
        self._lines = math.ceil(scene.shelved / self._line) if len(scene.lanes) <= FEW else 0
        self._row_height = self._step * self._lines + 8
        self.height = HEAD + self._row_height * len(scene.lanes) + 4 if self._lines else 0.0
        self._items: list[Item] = []
        self._top = -1.0

    def look(self, top: float) -> None:
        """See what stands there now; drawn ``top`` pixels below the edge."""
        self._top = top
        self._items = []
        if self.height:
            self._items.append(Word(self._title, self._left if self._wide else 14.0, top + 15, "ink-2", 11.5))
            for place, lane in enumerate(self._scene.lanes):
                self._items += self._row(lane, top + HEAD + self._row_height * place)

    def draw(self, top: float) -> list[Item]:
        """Return one frame, as it was at the last look."""
        if top != self._top:
            self.look(top)
        return self._items

    def _row(self, lane: PlainLane | LinkLane, top: float) -> list[Item]:
        filled: dict[Fate, list[str]] = defaultdict(list)
        empty: dict[Fate, list[str]] = defaultdict(list)
        size, crossed = self._box, ""
        middle = top + max(self._step, 16.0) / 2
        words: list[Item] = [Word(self._names[lane.name], self._left - 14, middle + 4, "ink-2", 11.5, "right")]
        pieces = self._scene.shelf(lane)
        gone = max(0, len(pieces) - self._line)
        if self._lines > 1:  # whole lines go, and the others move up
            gone = max(0, math.ceil(len(pieces) / self._line) - self._lines) * self._line
        free = ""
        for place in range(self._line * self._lines):
            x = self._left + place % self._line * self._step
            y = middle + place // self._line * self._step
            box = rounded(x, y - size / 2, size, size, size / 5)
            if gone + place >= len(pieces):
                free += box
                continue
            piece = pieces[gone + place]
            if piece.fate in FILLED:
                filled[piece.fate].append(box)
            if piece.fate is Fate.DOUBLED:
                empty[piece.fate].append(rounded(x + 2.5, y - size / 2 - 2.5, size, size, size / 5))
            elif piece.fate in EMPTY:
                empty[piece.fate].append(box)
            if piece.fate is Fate.LOST:
                crossed += line(x + 2, y + size / 2 - 2, x + size - 2, y - size / 2 + 2)
            if self._wide and piece.fate is not Fate.COMING:
                paint = "bad" if piece.fate is Fate.LOST else "on-ball"
                words.append(Word(piece.number, x + size / 2, y + 3.5, paint, 10.5, "center"))
        if not self._wide:
            empty[Fate.LOST].append(crossed)
        outlines = [Shape(EMPTY[fate][0], "".join(d), EMPTY[fate][1], 1, EMPTY[fate][2]) for fate, d in empty.items()]
        fills = [Shape(FILLED[fate][0], "".join(d), 0, FILLED[fate][1]) for fate, d in filled.items()]
        return [*(each for each in (Shape("line", free, 1.0, 0.6), *outlines, *fills) if each.d), *words]
