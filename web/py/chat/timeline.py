"""The messages of one room, put together from pages of history, live events and what one has just sent.

The three arrive in any order and overlap. What is shown never has a gap: messages beyond one stay back until the
page that closes it has come.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from chat.messages import Message, Outgoing
from chat.spans import Spans


class Edge(StrEnum):
    """What stands above the oldest message that is shown."""

    UNKNOWN = "unknown"
    """Nobody has asked for what is older."""
    LOADING = "loading"
    FAILED = "failed"
    START = "start"
    """The room begins here."""


class Timeline:
    """One room's messages in the order of their seq, each once."""

    def __init__(self) -> None:
        self._messages: dict[int, Message] = {}
        self._order: list[int] = []
        self._known = Spans()
        self._outgoing: dict[str, Outgoing] = {}
        self._shown: list[Message] | None = None
        self.version = 0
        """Counts the changes, so that who shows the timeline need not look for them."""
        self.loaded = False
        """Whether a page of history has come."""
        self.busy = False
        """Whether a page is on its way."""
        self.failed = False
        """Whether the last page could not be had."""

    # What arrives.

    def add(self, message: Message, *, own: bool) -> bool:
        """Take a live message; return whether it is new here."""
        self._known.add(message.seq, message.seq)
        self._changed()
        return self._keep(message, own=own)

    def pass_over(self, seq: int) -> None:
        """Take note of a live event that is no message."""
        self._known.add(seq, seq)
        self._changed()

    def add_page(self, messages: Iterable[Message], *, before: int | None, head: int, more: bool, me: str) -> None:
        """Take a page of history: all messages there are below ``before``, back to the oldest in the page.

        ``before`` is what was asked for, None meaning the newest there are, up to ``head``. Without ``more`` the
        page reaches the beginning of the room. ``me`` is the reader's id.
        """
        page = list(messages)
        for message in page:
            self._keep(message, own=message.author.id == me)
        top = head if before is None else before - 1
        # Seqs begin at 1; that 0 is known means that nothing is missing before it, even in an empty room.
        start = 0 if not more else min((message.seq for message in page), default=top + 1)
        self._known.add(start, top)
        self.loaded = True
        self.failed = False
        self._changed()

    def _keep(self, message: Message, *, own: bool) -> bool:
        if own:
            self._outgoing.pop(message.id, None)
        if message.seq in self._messages:
            return False
        self._messages[message.seq] = message
        insort(self._order, message.seq)
        return True

    # What one sends.

    def sent(self, outgoing: Outgoing) -> None:
        """Show a message of one's own at once."""
        self._outgoing[outgoing.id] = outgoing
        self._changed()

    def acked(self, identifier: str) -> None:
        """The server has stored it: nothing more to wait for, though its event may still be on the way."""
        if identifier in self._outgoing:
            self._outgoing[identifier] = replace(self._outgoing[identifier], acked=True)
            self._changed()

    def refuse(self, outgoing: Outgoing) -> None:
        """The server will never take it: it stays, with its ``refusal``, until it is taken back."""
        self._outgoing[outgoing.id] = outgoing
        self._changed()

    def take_back(self, identifier: str) -> str | None:
        """Take a refused message away and return its text; None if there is none of that id."""
        outgoing = self._outgoing.get(identifier)
        if outgoing is None or outgoing.refusal is None:
            return None
        del self._outgoing[identifier]
        self._changed()
        return outgoing.text

    def _changed(self) -> None:
        self._shown = None
        self.version += 1

    # What is shown.

    @property
    def messages(self) -> list[Message]:
        """The messages to show, oldest first: those up to the first gap."""
        if self._shown is None:
            start, end = self._known.first if self._known else (0, -1)
            order = self._order[bisect_left(self._order, start) : bisect_right(self._order, end)]
            self._shown = [self._messages[seq] for seq in order]
        return self._shown

    @property
    def outgoing(self) -> list[Outgoing]:
        """One's own messages that are not in the room yet, in the order in which they were written."""
        return list(self._outgoing.values())

    @property
    def refused(self) -> bool:
        """Whether one of them was refused."""
        return any(entry.refusal is not None for entry in self._outgoing.values())

    @property
    def edge(self) -> Edge:
        """What is above the oldest message."""
        if self.failed:
            return Edge.FAILED
        if self._known and self._known.first[0] == 0:
            return Edge.START
        return Edge.LOADING if self.busy else Edge.UNKNOWN

    @property
    def top(self) -> int:
        """The highest seq that is known; 0 if none is."""
        return self._known.top

    @property
    def wanted(self) -> int | None:
        """The ``before`` of the page that closes the first gap, or None if there is none."""
        gap = self._known.gap
        return None if gap is None else gap[1] + 1

    @property
    def older(self) -> int | None:
        """The ``before`` of the page above what is shown; None for the newest page there is."""
        return self._known.first[0] if self._known else None
