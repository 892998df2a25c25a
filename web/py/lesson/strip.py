"""The timeline below the court: a row for each lane and one for the server. It fills from the left, then it moves on.

What is past is drawn once, in chunks of a few seconds whose strings never change; only the last is new in every frame.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from lesson.chronicle import SERVER, Look, Row, Sign
from lesson.court import FEW, WIDE
from lesson.scene import Scene
from lesson.shapes import Item, Shape, Word, bar, circle, cross, diamond, line

CHUNK = 4.0
"""Seconds in one chunk."""

LATE = 1.0
"""Seconds after its end at which nothing of a chunk will change any more."""

OVERLAP = 0.6
"""Pixels that a bar reaches beyond its end, so that no seam shows where one chunk meets the next."""

FOOT = 20.0
"""Pixels below the rows, for the seconds."""

SPANS: Mapping[Look, tuple[str, float, float]] = {
    Look.LIVE: ("live", 1.0, 0.5),
    Look.FALSE: ("bad", 1.0, 0.5),
    Look.TRYING: ("warn", 1.0, 0.16),
    Look.LOST: ("line", 1.0, 0.16),
    Look.ASLEEP: ("ink-2", 0.5, 0.16),
    Look.OUT: ("ink-2", 1.0, 0.3),
    Look.UP: ("ink-2", 1.0, 0.3),
    Look.DOWN: ("bad", 1.0, 0.16),
}
"""How each look is drawn: its paint, its alpha, and the height of its bar as a part of the row."""

MARKS: Mapping[Sign, tuple[str, float]] = {
    Sign.PROBE: ("ink", 1.25),
    Sign.ATTEMPT: ("warn", 1.75),
    Sign.FAILED: ("bad", 1.5),
    Sign.CLOSED: ("bad", 1.75),
    Sign.OPENED: ("ball", 0.0),
    Sign.HEARD: ("ball", 0.0),
    Sign.SENT: ("ink", 0.0),
}
"""How each mark is drawn, those below first: its paint and the width of its stroke."""


class Strip:
    """Draws a scene's chronicle again and again."""

    def __init__(self, scene: Scene, width: float, names: Mapping[str, str]) -> None:
        self._scene = scene
        self._names = names
        lanes = len(scene.lanes)
        self._few = lanes <= FEW
        self._each = 24.0 if self._few else 4.0
        self.height = 10 + self._each * lanes + 24.0 + FOOT
        self.left = (118.0 if width >= WIDE else 100.0) if self._few else 76.0
        self.right = width - 14
        self._seconds = 20.0 if width >= WIDE else 12.0
        self._scale = (self.right - self.left) / self._seconds
        self._kept: dict[int, list[Shape]] = {}

    @property
    def seconds(self) -> float:
        """How many seconds it shows."""
        return self._seconds

    def draw(self, top: float) -> list[Item]:
        """Return one frame, ``top`` pixels below the edge."""
        now = self._scene.clock.now
        first = int(max(0.0, now - self._seconds) // CHUNK)
        ways = [line(self.left, top + y + each / 2, self.right, top + y + each / 2) for _, y, each in self._rows()]
        items: list[Item] = [Shape("line", "".join(ways), 1.0, 0.7)] if self._few else []
        for chunk in range(first, int(now // CHUNK) + 1):
            shapes = self._kept.get(chunk)
            if shapes is None:
                shapes = self._chunk(chunk, top, now)
                if now > (chunk + 1) * CHUNK + LATE:
                    self._kept[chunk] = shapes
            dx = self._x(0.0)
            items += [Shape(s.paint, s.d, s.width, s.alpha, s.dash, s.key, dx) for s in shapes]
        self._kept = {chunk: shapes for chunk, shapes in self._kept.items() if chunk >= first}
        return items

    def frame(self, top: float) -> list[Item]:
        """Return what stands over the rows and hides what has gone by: names, and the seconds below."""
        now = self._scene.clock.now
        rows = self._rows()
        items: list[Item] = [Shape("ground", bar(0, top, self.left - 6, self.height))]
        for name, y, each in rows:
            if self._few or name == SERVER:
                items.append(
                    Word(self._names.get(name, name), self.left - 14, top + y + each / 2 + 4, "ink-2", 11.5, "right")
                )
        foot = top + self.height - FOOT + 4
        ticks = []
        begin = max(0.0, now - self._seconds)
        for second in range(math.ceil(begin), math.floor(begin + self._seconds) + 1):
            x = self._x(second)
            ticks.append(line(x, foot - 4, x, foot - 1 if second % 5 else foot + 1))
            if second % 5 == 0 and x < self.right - 16:
                items.append(Word(f"{second} s", x, foot + 12, "ink-2", 10.5, "center"))
        items.append(Shape("ink-2", "".join(ticks), 1, 0.6))
        items.append(Shape("ink-2", line(self._x(now), top + 4, self._x(now), foot - 3), 1, 0.8))
        return items

    def _x(self, moment: float) -> float:
        """Where a moment lies."""
        return self.right + (moment - max(self._scene.clock.now, self._seconds)) * self._scale

    def _rows(self) -> list[tuple[str, float, float]]:
        rows, y = [], 8.0
        for lane in self._scene.lanes:
            rows.append((lane.name, y, self._each))
            y += self._each
        rows.append((SERVER, y, 24.0))
        return rows

    def _chunk(self, chunk: int, top: float, now: float) -> list[Shape]:
        begin, end = chunk * CHUNK, min((chunk + 1) * CHUNK, now)
        bars: dict[Look, list[str]] = defaultdict(list)
        marks: dict[Sign, list[str]] = defaultdict(list)
        for name, y, each in self._rows():
            row = self._scene.chronicle.rows[name]
            middle = top + y + each / 2
            for look, since, until in _spans(row, begin, end):
                _, _, part = SPANS[look]
                high = max(each * part, 1.5)
                bars[look].append(
                    bar(since * self._scale, middle - high / 2, (until - since) * self._scale + OVERLAP, high)
                )
            for sign, x in self._signs(row, begin, end):
                if drawn := _mark(sign, x, middle, each):
                    marks[sign].append(drawn)
        final = now > (chunk + 1) * CHUNK + LATE
        shapes = []
        for look, (paint, alpha, _) in SPANS.items():
            if look in bars:
                shapes.append(Shape(paint, "".join(bars[look]), 0, alpha, (), f"{chunk}{look}" if final else ""))
        for sign, (paint, width) in MARKS.items():
            if sign in marks:
                shapes.append(Shape(paint, "".join(marks[sign]), width, 1, (), f"{chunk}{sign}" if final else ""))
        return shapes

    def _signs(self, row: Row, begin: float, end: float) -> Iterator[tuple[Sign, float]]:
        """Yield the marks of a row, one of a kind for each pixel and a half."""
        seen = set()
        for mark in row.marks:
            if begin <= mark.at < end:
                x = mark.at * self._scale
                place = (mark.sign, int(x / 1.5))
                if place not in seen:
                    seen.add(place)
                    yield mark.sign, x


def _spans(row: Row, begin: float, end: float) -> Iterator[tuple[Look, float, float]]:
    spans = list(row.spans)
    for place, span in enumerate(spans):
        until = spans[place + 1].since if place + 1 < len(spans) else end
        since, until = max(span.since, begin), min(until, end)
        if since < until:
            yield span.look, since, until


def _mark(sign: Sign, x: float, y: float, each: float) -> str:
    small = each < 10
    match sign:
        case Sign.PROBE:
            return line(x, y - 1, x, y + 1) if small else diamond(x, y, 3)
        case Sign.ATTEMPT:
            return line(x, y - each / 2 + 0.5, x, y + each / 2 - 0.5) if small else line(x, y - 7, x, y + 7)
        case Sign.FAILED:
            return "" if small else line(x, y + 3, x, y + 8)
        case Sign.CLOSED:
            return line(x, y - 1, x, y + 1) if small else cross(x, y, 3)
        case Sign.HEARD:
            return "" if small else circle(x, y, 1.7)
        case _:
            return circle(x, y, 1.2 if small else 4)
