"""Which numbers of a stream are known: a set of whole numbers kept as spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Spans:
    """Disjoint spans, both ends included, in ascending order and never touching."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._starts)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)

    def add(self, start: int, end: int) -> None:
        """Put in the numbers ``start`` to ``end``; none if ``end`` lies before ``start``."""
        if end < start:
            return
        first = bisect_left(self._ends, start - 1)
        last = bisect_right(self._starts, end + 1)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def cut(self, start: int, end: int) -> None:
        """Take out the numbers ``start`` to ``end``."""
        spans = list(self)
        self._starts, self._ends = [], []
        for first, last in spans:
            self.add(first, min(last, start - 1))
            self.add(max(first, end + 1), last)

    @property
    def first(self) -> tuple[int, int]:
        """The lowest span. Raises IndexError if there is none."""
        return self._starts[0], self._ends[0]

    @property
    def top(self) -> int:
        """The highest number; 0 if there is none."""
        return self._ends[-1] if self._ends else 0

    def __contains__(self, number: int) -> bool:
        index = bisect_right(self._starts, number) - 1
        return index >= 0 and number <= self._ends[index]
