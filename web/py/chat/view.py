"""The view of a long list of rows: what of it is in the page, and the place one reads at, which never jumps.

Nothing here knows a browser: a pane shows what it is told to, and says where things came to stand. At the end of the
list the view stays at the end, whatever arrives. Anywhere else it holds on to the first row that one sees: wherever
rows come, go, or grow, that row is back in its place before the next frame.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import Enum
from typing import Generic, Protocol, TypeVar

from chat.reel import ABOVE, BELOW, Gap, R, Reel

BOTTOM = 48.0
"""Pixels from the end within which one is at the end."""

AHEAD = 1.5
"""Screens on either side of the view for which rows are put into the page."""

ENOUGH = 0.5
"""Screens on either side of the view for which rows are in the page at least, or more are put in."""

_TRIES = 4
"""How often rows are put in and measured before the view is taken as it is: guesses come true at the second time."""


class Hold(Enum):
    """What a row is to who looks for a place to hold on to."""

    FIRM = "firm"
    LOOSE = "loose"
    """It may go, as the line of a day does when older messages come."""
    HOLE = "hole"
    """More rows come in its place: those on its other side are to stand."""


Shown_contra = TypeVar("Shown_contra", contravariant=True)


class Pane(Protocol[Shown_contra]):
    """The part of the page that scrolls. All lengths are pixels."""

    scroll: float
    """How far it is scrolled. It takes what it is given as far as it goes."""

    @property
    def height(self) -> float:
        """How much of it can be seen."""
        ...

    @property
    def width(self) -> float:
        """How wide it is."""
        ...

    @property
    def length(self) -> float:
        """How far it goes."""
        ...

    def show(self, items: Sequence[Shown_contra | Gap]) -> None:
        """Have these in the page, and nothing else."""
        ...

    def places(self) -> list[float]:
        """Return where each item that is shown begins, and at last where they end."""
        ...

    def kept(self) -> list[tuple[str, str]]:
        """Return the runs of rows, each by its ends, that have the focus, or are being marked.

        An end is the key of a row, or ABOVE or BELOW: one marks whatever comes into view there.
        """
        ...


class View(Generic[R]):
    """Shows rows in a pane. ``kind`` tells which are about as high as one another, ``hold`` which ones hold."""

    def __init__(self, pane: Pane[R], kind: Callable[[R], Hashable], hold: Callable[[R], Hold]) -> None:
        self._pane = pane
        self._hold = hold
        self._reel: Reel[R] = Reel(kind)
        self._items: list[R | Gap] = []
        self._places: list[float] = [0.0]
        self._held: list[tuple[str, float]] = []
        self._size = (0.0, 0.0, 0.0)
        self.pinned = True
        """Whether one is at the end, and stays there."""
        self.kept: list[tuple[str, str]] = []
        """What was kept in the page when it was last arranged, wherever it is."""

    # What happens.

    def clear(self) -> None:
        """Another list begins, at its end."""
        self._reel.clear()
        self._held, self._places = [], [0.0]
        self.pinned = True
        self._show([])

    def put(self, rows: Sequence[R]) -> None:
        """The rows are these now."""
        self._reel.put(rows)
        self._arrange()
        self._look_again()

    def scrolled(self) -> None:
        """The reader has moved the view, or the browser has."""
        scroll, height = self._pane.scroll, self._pane.height
        self.pinned = self._pane.length - height - scroll < BOTTOM
        self._take(scroll)
        if not self._covered(scroll, height):
            self._arrange(scrolling=True)
            self._take(self._pane.scroll)

    def resized(self) -> None:
        """The pane, or something in it, has another size."""
        pane = self._pane
        width, _, _ = self._size
        if (pane.width, pane.height, pane.length) == self._size:
            return
        if pane.width != width:
            self._reel.forget()
        self._measure()
        self._settle()
        if not self._covered(pane.scroll, pane.height):
            self._arrange()
        self._look_again()

    def to_end(self) -> None:
        """Go to the last row, and stay there."""
        self.pinned = True
        self._arrange()

    def to_start(self) -> None:
        """Go to the first row."""
        if self._reel.rows:
            self.lead_to(self._reel.rows[0].key, 0.0)
            self._pane.scroll = 0.0  # to what stands above the rows

    def lead_to(self, key: str, share: float) -> None:
        """Show a row with ``share`` of the free part of the view above it. Raises KeyError."""
        self.pinned = False
        for _ in range(2):  # Its height is known once it is in the page.
            height = self._reel.bottom(key) - self._reel.top(key)
            self._held = [(key, share * max(0.0, self._pane.height - height) + height)]
            self._arrange()
        self._take(self._pane.scroll)

    # Where things are.

    def __contains__(self, key: str) -> bool:
        return key in self._reel

    @property
    def rows(self) -> Sequence[R]:
        """All rows, whether they are in the page or not."""
        return self._reel.rows

    def row(self, key: str) -> R | None:
        """Return a row, None if there is none of that key."""
        return self._reel.rows[self._reel.index(key)] if key in self._reel else None

    def between(self, one: str, other: str) -> Sequence[R]:
        """Return the rows from one to another, whichever is first; none if one of them is gone."""
        if one not in self._reel or other not in self._reel:
            return []
        first, last = sorted((self._reel.index(one), self._reel.index(other)))
        return self._reel.rows[first : last + 1]

    def reach(self, key: str) -> tuple[float, float]:
        """Return from where to where a row goes, from the top of what can be seen. Raises KeyError."""
        start = self._start - self._pane.scroll
        return start + self._reel.top(key), start + self._reel.bottom(key)

    @property
    def held(self) -> str | None:
        """The key of the row that the view holds on to; None at the end, or where there is nothing."""
        return None if self.pinned else next((key for key, _ in self._held if key in self._reel), None)

    # What is in the page.

    def _arrange(self, *, scrolling: bool = False) -> None:
        """Have in the page what is near the view, and the view where it was."""
        for _ in range(_TRIES):
            scroll, height = self._pane.scroll, self._pane.height
            top = self._top(height)
            # What has been learnt of the rows above does not move those in the view while one scrolls.
            self._reel.slack = scroll - self._places[0] - top if scrolling and not self.pinned else 0.0
            start, end = top - AHEAD * height, top + (1 + AHEAD) * height
            self.kept = self._keep(start, end)
            self._show(self._reel.items(start, end, self.kept))
            self._measure()
            self._settle(scroll if scrolling else None)
            if self._covered(self._pane.scroll, self._pane.height):
                break

    def _keep(self, start: float, end: float) -> list[tuple[str, str]]:
        """Return which rows are to be in the page besides those from one offset to another."""
        if not self._reel.rows:
            return []
        edges = {ABOVE: self._reel.rows[self._reel.at(start)].key, BELOW: self._reel.rows[self._reel.at(end)].key}
        return [(edges.get(one, one), edges.get(other, other)) for one, other in self._pane.kept()]

    def _top(self, height: float) -> float:
        """Return at which offset of the rows the view is to begin."""
        if not self.pinned:
            for key, at in self._held:
                if key in self._reel:
                    return min(self._reel.bottom(key) - at, self._reel.length - height)
        return self._reel.length - height

    def _show(self, items: list[R | Gap]) -> None:
        self._items = items
        self._pane.show(items)

    def _measure(self) -> None:
        self._places = self._pane.places()
        for item, top, bottom in self._shown():
            if not isinstance(item, Gap):
                self._reel.measured(item.key, bottom - top)
        self._note_size()

    def _note_size(self) -> None:
        self._size = (self._pane.width, self._pane.height, self._pane.length)

    def _shown(self) -> Iterator[tuple[R | Gap, float, float]]:
        return zip(self._items, self._places, self._places[1:], strict=False)

    def _covered(self, scroll: float, height: float) -> bool:
        """Tell whether there is no gap in the view, nor near it."""
        start, end = scroll - ENOUGH * height, scroll + (1 + ENOUGH) * height
        return not any(isinstance(item, Gap) and top < end and bottom > start for item, top, bottom in self._shown())

    # The place one reads at.

    def _settle(self, scroll: float | None = None) -> None:
        """Have what is held where it was.

        While one scrolls, and is at ``scroll``, the gap above takes up what rows were guessed wrongly: to set how far
        the pane is scrolled may end a movement of the browser's own.
        """
        if self.pinned:
            self._pane.scroll = self._pane.length
            return
        wanted = self._pane.scroll if scroll is None else scroll
        off = self._off(wanted)
        above = self._items[0] if self._items else None
        if scroll is not None and off and isinstance(above, Gap) and above.key == ABOVE:
            taken = min(off, above.height)
            self._show([Gap(ABOVE, above.height - taken), *self._items[1:]])
            self._places = [self._places[0], *(place - taken for place in self._places[1:])]
            off -= taken
        if self._pane.scroll != wanted + off:
            self._pane.scroll = wanted + off
        self._note_size()

    def _off(self, scroll: float) -> float:
        """Return how far below its place the first row stands that was held and is still there."""
        bottoms = {item.key: bottom for item, _, bottom in self._shown()}
        for key, at in self._held:
            if key in bottoms:
                return bottoms[key] - scroll - at
        return 0.0

    def _take(self, scroll: float) -> None:
        """Hold on to the rows that can be seen, the first one foremost, each by its end."""
        self._held = [(key, bottom - scroll) for key, bottom in self._seen(scroll)]
        if not self._held and self._reel.rows:
            # None of them is in the page: one has gone far at once.
            offset = self._offset(scroll)
            there = self._reel.rows[self._reel.at(offset) :]
            key = next((row for row in there if self._hold(row) is Hold.FIRM), there[0]).key
            self._held = [(key, self._reel.bottom(key) - offset)]

    def _look_again(self) -> None:
        """Hold on to what is the first row now. One that still is keeps its place, or roundings would add up."""
        first = next(iter(self._seen(self._pane.scroll)), None)
        if first is not None and (not self._held or first[0] != self._held[0][0]):
            self._take(self._pane.scroll)

    def _seen(self, scroll: float) -> list[tuple[str, float]]:
        """Return the firm rows in the view and where they end; of those above and below a hole, the greater part.

        Without any the first one below it, unless it is a gap that one sees.
        """
        end = scroll + self._pane.height
        found: list[tuple[str, float]] = []
        gap = False
        for item, top, bottom in list(self._shown())[bisect_right(self._places, scroll, 1) - 1 :]:
            if top >= end and (found or gap):
                break
            if isinstance(item, Gap):
                gap = True
            elif self._hold(item) is Hold.FIRM:
                found.append((item.key, bottom))
            elif self._hold(item) is Hold.HOLE and top < (scroll + end) / 2:
                found.clear()
        return found

    def _offset(self, scroll: float) -> float:
        """Return at which offset of the rows the view begins. A gap may be higher or lower than its rows."""
        done = min(0.0, scroll - self._places[0])
        for number, (item, top, bottom) in enumerate(self._shown()):
            if not isinstance(item, Gap):
                done = self._reel.top(item.key) + min(scroll, bottom) - top
            elif top <= scroll < bottom:
                last = number + 1 == len(self._items)
                end = self._reel.length if last else self._reel.top(self._items[number + 1].key)
                return done + (scroll - top) / (bottom - top) * (end - done)
            if scroll < bottom:
                break
        return done

    @property
    def _start(self) -> float:
        """Where the first of all rows would be if the gap above were as high as the rows that it stands for."""
        if self._items and self._items[0].key == ABOVE:
            return self._places[1] - self._reel.top(self._items[1].key)
        return self._places[0]
