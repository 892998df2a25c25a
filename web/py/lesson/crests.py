"""The herd as it is drawn: for each schedule the arrivals over time, and the line of what the server can take in."""

from __future__ import annotations

from collections.abc import Mapping

from lesson.arrivals import AWAY, SHOWN, Arrivals, Herd
from lesson.shapes import Item, Shape, Word, bar, line
from rebond.simulation.herd import BIN

ROW = 96.0
"""Pixels for one schedule."""

HIGHEST = 5.0
"""How many times what can be taken in is drawn at most; what is higher is cut off, and its number written."""

TOO_MANY = 2.5
"""How many times what can be taken in is drawn as a storm: a crowd that is spread at random has its crests."""

HEAD = 26.0
"""Pixels above the bars of a row, for its name."""


class Crests:
    """Draws a herd for a width in pixels. ``names`` are the schedules' as the reader knows them."""

    def __init__(self, herd: Herd, width: float, names: Mapping[str, str], number: Mapping[str, str]) -> None:
        self._herd = herd
        self._names = names
        self._number = number
        self.height = ROW * len(herd.arrivals) + 30
        self._left, self._right = 14.0, width - 14
        self._scale = (self._right - self._left) / SHOWN

    def draw(self, time: float) -> list[Item]:
        """Return one frame: all until ``time`` has happened, what follows is still to come."""
        items: list[Item] = []
        x0, x1 = self._x(0), self._x(AWAY)
        bottom = 8 + ROW * len(self._herd.arrivals)
        items.append(Shape("shade", bar(x0, 8, x1 - x0, bottom - 8)))
        for place, (name, arrivals) in enumerate(self._herd.arrivals.items()):
            items += self._row(name, arrivals, 8 + ROW * place, time)
        for second in range(0, int(SHOWN) + 1, 5):
            items.append(Word(f"{second} s", self._x(second), bottom + 16, "ink-2", 10.5, "center"))
        items.append(Shape("ink-2", line(x1, 8, x1, bottom), 1, 0.9, (3, 4)))
        if 0 < time < SHOWN:
            items.append(Shape("ball", line(self._x(time), 8, self._x(time), bottom), 1.5))
        return items

    def _x(self, second: float) -> float:
        return self._left + second * self._scale

    def _row(self, name: str, arrivals: Arrivals, top: float, time: float) -> list[Item]:
        base, high = top + ROW - 8, ROW - HEAD - 12
        unit = high / HIGHEST
        fine: list[str] = []
        over: list[str] = []
        coming: list[str] = []
        worst, worst_at = 0.0, 0.0
        for place, count in enumerate(arrivals.bins):
            at = place * BIN
            if not count or at >= SHOWN:
                continue
            level = count / arrivals.admitted
            height = max(min(level, HIGHEST) * unit, 0.75)
            drawn = bar(self._x(at), base - height, max(BIN * self._scale, 1.0), height)
            (coming if at > time else over if level > TOO_MANY else fine).append(drawn)
            if AWAY <= at <= time and level >= worst:
                worst, worst_at = level, at
        items: list[Item] = [
            Word(self._names[name], self._left + 8, top + 20, "ink", 12.5, bold=True),
            Shape("ink-2", "".join(coming), 0, 0.25),
            Shape("live", "".join(fine)),
            Shape("bad", "".join(over)),
            Shape("ink-2", line(self._left, base + 0.5, self._right, base + 0.5), 1, 0.5),
            Shape("ball", line(self._left, base - unit, self._right, base - unit), 1, 0.8, (2, 4)),
        ]
        if worst > HIGHEST and name in self._number:
            x, right = self._x(worst_at), self._x(worst_at) > self._right - 60
            spot, align = (x - 4, "right") if right else (x + 6, "left")
            items.append(Word(self._number[name], spot, base - high + 9, "bad", 11.5, align, bold=True))
        return [item for item in items if not isinstance(item, Shape) or item.d]
