"""What the user has sent and the server has not yet acknowledged.

Entries leave in the order typed. Each carries ``after``, the id of the entry before it in its room that is not settled
yet, and the server stores it only once that one is stored (rule 1 of docs/delivery.md): a message that has to wait is
never overtaken by the next. The server's key (author, id) makes sending one again harmless (rule 2), so after a loss
all are sent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from rebond.codes import PASSING, ErrorCode
from rebond.text import MAX_RESEND
from rebond.wire import Send, encode, join

DEFAULT_RETRY = 0.5
"""Seconds until the next try of an entry that was refused for now by a server that did not say for how long."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on its way. ``not_before`` is in seconds on the link's clock."""

    id: str
    room: str
    text: str
    in_flight: bool = False
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message the server will never take: its text goes back to the user, with the reason."""

    id: str
    room: str
    text: str
    code: str
    message: str


class Outbox:
    """The entries of one account, in the order typed."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def add(self, entry: Entry) -> None:
        """Append an entry. Raises ValueError if its id is there already."""
        if entry.id in self._entries:
            raise ValueError(f"the id {entry.id} is in the outbox already")
        self._entries[entry.id] = entry

    def settled(self, identifier: str) -> bool:
        """Remove an entry that the server has stored; return whether it was there."""
        return self._entries.pop(identifier, None) is not None

    def refused(self, identifier: str, code: str, message: str, retry: float | None, now: float) -> Refusal | None:
        """Take in a refusal. One that passes by itself leaves the entry to wait; any other removes and returns it.

        ``retry`` is the number of seconds after which the server wants to see the entry again, or None.
        """
        entry = self._entries.get(identifier)
        if entry is None:
            return None
        if retry is not None or code in PASSING:
            predecessor = self._predecessor(entry)
            # What follows an entry that waits or is gone needs no time of its own: the order holds it back, or nothing.
            follows = code == ErrorCode.PREDECESSOR and (predecessor is None or not predecessor.in_flight)
            not_before = 0.0 if follows else now + (DEFAULT_RETRY if retry is None else retry)
            self._entries[identifier] = replace(entry, in_flight=False, not_before=not_before)
            return None
        del self._entries[identifier]
        return Refusal(entry.id, entry.room, entry.text, code, message)

    def disconnected(self) -> None:
        """Nothing is in flight any more: what was may have been stored or not, and is sent again."""
        self._entries = {key: replace(entry, in_flight=False) for key, entry in self._entries.items()}

    def due(self, now: float) -> Iterator[str]:
        """Yield the frames to send now, as JSON text; what they hold is in flight from then on."""
        batch: list[str] = []
        size = 0
        for send in self._take(now):
            frame = encode(send)
            length = len(frame.encode()) + 1
            if batch and size + length > MAX_RESEND:
                yield join(batch)
                batch, size = [], 0
            batch.append(frame)
            size += length
        if batch:
            yield join(batch)

    def next_due(self) -> float | None:
        """Return when the next entry that waits for its time may go, in seconds, or None if none waits."""
        # Only the first that waits in a room counts: it holds back those behind it.
        first: dict[str, float] = {}
        for entry in self:
            if not entry.in_flight:
                first.setdefault(entry.room, entry.not_before)
        return min(first.values(), default=None)

    def _take(self, now: float) -> Iterator[Send]:
        predecessors: dict[str, str] = {}
        waiting: set[str] = set()
        for entry in list(self):
            if not entry.in_flight:
                if entry.not_before > now:
                    waiting.add(entry.room)
                if entry.room not in waiting:
                    self._entries[entry.id] = replace(entry, in_flight=True)
                    yield Send(entry.id, entry.room, entry.text, predecessors.get(entry.room))
            predecessors[entry.room] = entry.id

    def _predecessor(self, entry: Entry) -> Entry | None:
        earlier = takewhile(lambda other: other.id != entry.id, self)
        return next((other for other in reversed(list(earlier)) if other.room == entry.room), None)
