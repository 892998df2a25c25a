"""The part of the page that scrolls and the rows in it: a ``chat.view.Pane``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chat.reel import ABOVE, BELOW, Gap
from chat.rows import Row
from chat.screens.dom import Element, around, attribute, by_id, chosen, copy_of, document, given
from chat.screens.keyed import KeyedList
from chat.screens.messages import MessageNodes

_PRECEDING = 2
"""``Node.DOCUMENT_POSITION_PRECEDING``."""


class TimelinePane:
    """Has rows and gaps in the page. ``shown`` is called when other ones are there than were."""

    def __init__(self, nodes: MessageNodes, shown: Callable[[], None]) -> None:
        self._view = by_id("timeline")
        self._list = by_id("messages")
        self._nodes = nodes
        self._shown = shown
        self.rows: KeyedList[Row | Gap] = KeyedList(self._list, self._make, self._update)

    @property
    def scroll(self) -> float:
        """See ``chat.view.Pane``; so for the others."""
        return self._view.scrollTop

    @scroll.setter
    def scroll(self, scroll: float) -> None:
        self._view.scrollTop = scroll

    @property
    def height(self) -> float:
        return self._view.clientHeight

    @property
    def width(self) -> float:
        return self._view.clientWidth

    @property
    def length(self) -> float:
        return self._view.scrollHeight

    def show(self, items: Sequence[Row | Gap]) -> None:
        before = self.rows.keys
        self.rows.show(items)
        if self.rows.keys is not before:
            self._shown()

    def places(self) -> list[float]:
        # In fractions of pixels: what is rounded row by row adds up.
        start = self._view.getBoundingClientRect().top - self._view.scrollTop
        found = [self.rows[key].getBoundingClientRect().top - start for key in self.rows.keys]
        found.append(self._list.getBoundingClientRect().bottom - start)
        return found

    def kept(self) -> list[tuple[str, str]]:
        active = given(document.activeElement)
        focused = None if active is None else self._row(active)
        found = [] if focused is None else [(focused, focused)]
        marked = self._marked()
        return found if marked is None else [*found, marked]

    def _marked(self) -> tuple[str, str] | None:
        """Return where what is being marked begins and ends, or the other way round."""
        ends = [self._end(element) for element in chosen()]
        return (ends[0], ends[-1]) if any(end not in {ABOVE, BELOW} for end in ends) else None

    def _end(self, element: Element) -> str:
        """Return the key of the row that an element is in. One drags beyond the edge, too, for the rows to come."""
        above = self._list.compareDocumentPosition(element) & _PRECEDING
        return self._row(element) or (ABOVE if above else BELOW)

    def node(self, key: str) -> Element | None:
        """Return a row, if it is in the page."""
        return self.rows.node(key)

    def _row(self, element: Element) -> str | None:
        """Return the key of the row that an element is in."""
        row = around(element, "#messages > [data-row]")
        return None if row is None else attribute(row, "data-row")

    def _make(self, item: Row | Gap) -> Element:
        node = copy_of("row-gap") if isinstance(item, Gap) else self._nodes.make(item)
        node.setAttribute("data-row", item.key)
        return node

    def _update(self, node: Element, item: Row | Gap) -> None:
        if isinstance(item, Gap):
            node.style.height = f"{item.height}px"
        else:
            self._nodes.update(node, item)
