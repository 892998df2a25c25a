"""What a link needs of a storage that outlives the page.

The calls return at once; a write is issued within the call itself, and answers come later, through the functions
given. A storage that fails says so in its answer: it never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from rebond.events import Adopted, Restored
from rebond.outbox import Entry, Kept


class Storage(Protocol):
    """The outbox of one account, shared by all its tabs."""

    def persist(self, entry: Entry, answer: Callable[[Kept, str | None], None]) -> None:
        """Store the entry. If it has a ``change``, apply that, but only to an entry that is still there and this tab's.

        ``answer`` gets what became of it, and when it is new the id of the entry just before it in its room, parked
        ones left aside, if that is another tab's.
        """

    def forget(self, identifier: str) -> None:
        """Take the entry out."""

    def relink(self, identifier: str, room: str, answer: Callable[[str | None], None]) -> None:
        """Answer anew what comes just before an entry in its room, as :meth:`persist` did."""

    def adopt(self, answer: Callable[[Adopted], None]) -> None:
        """Take over the entries of other tabs that have made no progress for a while, and answer them in order.

        Each is ``behind`` the entry just before it in its room, if that is another tab's.
        """

    def advance(self, epoch: str, cursors: Mapping[str, int]) -> None:
        """Keep the cursors, only ever upwards within an epoch, in one transaction with what the events brought."""


class TabStorage(Storage, Protocol):
    """The same, as one tab has opened it."""

    @property
    def tab(self) -> str:
        """The name under which the tab writes."""

    async def load(self) -> Restored:
        """Return what was kept: the cursors, and the entries of this tab and of those that have left."""
