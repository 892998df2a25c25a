"""A list of rows in the page that follows a list of values, touching only what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from chat.screens.dom import Element, document


class HasKey(Protocol):
    """A value that can be told from the others."""

    @property
    def key(self) -> str: ...


R = TypeVar("R", bound=HasKey)


class KeyedList(Generic[R]):
    """Rows below ``parent``: ``make`` makes one for a value, ``update`` brings it up to another value of its key."""

    def __init__(self, parent: Element, make: Callable[[R], Element], update: Callable[[Element, R], None]) -> None:
        self._parent = parent
        self._make = make
        self._update = update
        self._nodes: dict[str, Element] = {}
        self._values: dict[str, R] = {}
        self.keys: list[str] = []
        """The keys in the order of the rows."""

    def __getitem__(self, key: str) -> Element:
        return self._nodes[key]

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def node(self, key: str) -> Element | None:
        """Return a row, if there is one for the key."""
        return self._nodes.get(key)

    def value(self, key: str) -> R:
        """Return the value that a row shows."""
        return self._values[key]

    def clear(self) -> None:
        """Take all rows away."""
        self._parent.replaceChildren()
        self._nodes.clear()
        self._values.clear()
        self.keys = []

    def refresh(self) -> None:
        """Bring every row up to its value again: the language has changed."""
        for key, value in self._values.items():
            self._update(self._nodes[key], value)

    def show(self, values: Sequence[R]) -> bool:
        """Show these values, whose keys all differ; return whether anything changed."""
        new = [value.key for value in values]
        changed = new != self.keys
        if changed:
            start, end = _common(self.keys, new)
            self._rearrange(self.keys[start : len(self.keys) - end], values[start : len(new) - end], end)
            self.keys = new
        for value in values:
            known = self._values[value.key]
            if known is not value and known != value:
                self._values[value.key] = value
                self._update(self._nodes[value.key], value)
                changed = True
        return changed

    def _rearrange(self, old: Sequence[str], values: Sequence[R], end: int) -> None:
        """Make the rows between the ``end`` last and the common first ones those of ``values``."""
        wanted = {value.key for value in values}
        for key in old:
            if key not in wanted:
                self._nodes.pop(key).remove()
                del self._values[key]
        standing = [key for key in old if key in wanted]
        after = self._nodes[self.keys[-end]] if end else None
        batch = document.createDocumentFragment()
        for value in values:
            key = value.key
            if standing and standing[0] == key:
                standing.pop(0)
                self._parent.insertBefore(batch, self._nodes[key])
                continue
            if key in self._nodes:
                standing.remove(key)
            else:
                self._nodes[key] = self._make(value)
                self._values[key] = value
                self._update(self._nodes[key], value)
            batch.append(self._nodes[key])
        self._parent.insertBefore(batch, after)


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many keys are the same at the start, and how many of the others at the end."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end
