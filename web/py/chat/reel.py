"""Which rows of a long list are in the page, and how much room the others take.

Only what is near the view is in the page; for every run of other rows stands a gap, as high as they are. How high a row
is, is known once it has been in the page. Until then it is taken to be as high as others of its kind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

FEW = 60
"""So many rows are all in the page: it is not worth while to put them in and take them out."""

GUESS = 48.0
"""Pixels that a row is taken to be high before one has been measured."""

_FORGET = 4
"""Heights are kept of so many times as many rows as there are: some that went come back."""


class HasKey(Protocol):
    """A row that can be told from the others."""

    @property
    def key(self) -> str: ...


R = TypeVar("R", bound=HasKey)


@dataclass(frozen=True, slots=True)
class Gap:
    """The place of rows that are not in the page, ``height`` pixels high. ``key`` names it for as long as it stands."""

    key: str
    height: float


ABOVE, BELOW = "gap/above", "gap/below"


class Reel(Generic[R]):
    """The rows and their heights. ``kind`` tells which rows are about as high as one another.

    All lengths are pixels; offsets count from the top of the first row.
    """

    def __init__(self, kind: Callable[[R], Hashable]) -> None:
        self._kind = kind
        self._heights: dict[str, float] = {}
        self._of_kind: dict[Hashable, tuple[float, int]] = {}
        self._index: dict[str, int] = {}
        self._ends: list[float] | None = None
        self.rows: Sequence[R] = ()
        self.slack = 0.0
        """Pixels by which the gap above the first row in the page is higher than the rows that it stands for."""

    def __contains__(self, key: str) -> bool:
        return key in self._index

    def clear(self) -> None:
        """Another list begins. What is known of kinds of rows holds for it too."""
        self._heights.clear()
        self.slack = 0.0
        self.put(())

    def put(self, rows: Sequence[R]) -> None:
        """The rows are these now; their keys all differ."""
        self.rows = rows
        self._index = {row.key: number for number, row in enumerate(rows)}
        self._ends = None
        if len(self._heights) > _FORGET * max(len(rows), FEW):
            self._heights = {key: height for key, height in self._heights.items() if key in self._index}

    def forget(self) -> None:
        """Every row may be higher or lower than it was: the list is wider or narrower, or its letters are."""
        self._heights.clear()
        self._of_kind.clear()
        self._ends = None

    def measured(self, key: str, height: float) -> None:
        """A row has been measured in the page."""
        if self._heights.get(key) == height:
            return
        if key not in self._heights:
            kind = self._kind(self.rows[self._index[key]])
            total, number = self._of_kind.get(kind, (0.0, 0))
            self._of_kind[kind] = (total + height, number + 1)
        self._heights[key] = height
        self._ends = None

    def index(self, key: str) -> int:
        """Return which row of all it is, the first being 0. Raises KeyError."""
        return self._index[key]

    def top(self, key: str) -> float:
        """Return where a row begins."""
        number = self._index[key]
        return self._sums[number - 1] if number else 0.0

    def bottom(self, key: str) -> float:
        """Return where a row ends."""
        return self._sums[self._index[key]]

    def at(self, offset: float) -> int:
        """Return which row is at an offset, the nearest one if there is none. Raises ValueError without any row."""
        if not self.rows:
            raise ValueError("there are no rows")
        return min(bisect_right(self._sums, offset), len(self.rows) - 1)

    @property
    def length(self) -> float:
        """How high all rows are together."""
        return self._sums[-1] if self.rows else 0.0

    def items(self, start: float, end: float, kept: Iterable[tuple[str, str]] = ()) -> list[R | Gap]:
        """Return what is to be in the page: the rows that reach into ``start`` to ``end``, gaps for the others.

        ``kept`` are runs of rows, each by its first and its last, that are not to leave the page wherever they are.
        """
        count = len(self.rows)
        if count <= FEW:
            return list(self.rows)
        runs = [(self.at(start), self.at(end))]
        for one, other in kept:
            if one in self and other in self:
                runs.append((min(self._index[one], self._index[other]), max(self._index[one], self._index[other])))
        found: list[R | Gap] = []
        done = 0
        for first, last in sorted(runs):
            if first > done:
                key = f"gap/{self.rows[first].key}" if done else ABOVE
                found.append(self._gap(key, done, first))
            found += self.rows[max(first, done) : last + 1]
            done = max(done, last + 1)
        if done < count:
            found.append(self._gap(BELOW, done, count))
        return found

    def _gap(self, key: str, first: int, after: int) -> Gap:
        height = self._sums[after - 1] - (self._sums[first - 1] if first else 0.0)
        return Gap(key, max(0.0, height + self.slack) if key == ABOVE else height)

    @property
    def _sums(self) -> list[float]:
        if self._ends is None:
            known = self._heights
            self._ends = list(accumulate(known[row.key] if row.key in known else self._guess(row) for row in self.rows))
        return self._ends

    def _guess(self, row: R) -> float:
        total, number = self._of_kind.get(self._kind(row), (0.0, 0))
        if not number:
            total, number = map(sum, zip(*self._of_kind.values(), strict=True)) if self._of_kind else (GUESS, 1)
        return total / number
