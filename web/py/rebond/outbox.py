"""What the user has done and the server has not yet acknowledged.

Entries leave in the order typed. Each carries ``after``, the id of the entry before it in its room that is not settled
yet, and the server stores it only once that one is stored (rule 1 of docs/delivery.md): a message that has to wait is
never overtaken by the next. The server's key (author, id) makes sending one again harmless (rule 2), so after a loss
all are sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import dropwhile, takewhile

from rebond.codes import PASSING, Close, ErrorCode
from rebond.text import MAX_RESEND
from rebond.wire import Delete, Edit, Operation, React, Send, encode, join

DEFAULT_RETRY = 0.5
"""Seconds until the next try of an entry that was refused for now by a server that did not say for how long."""

MAX_ENTRIES = 1_000
"""The most that an outbox holds."""

MAX_FLYING = 128 * 1024
"""Code points of text in flight beyond which the next entry waits for an ack: a slow network buffers no more."""

MAX_CLOSES = 3
"""Connections that may end with an entry in flight before it is suspected of being the reason (rule 4)."""

GUILTY = frozenset({Close.INVALID_DATA, Close.TOO_BIG})
"""Close codes that blame what was sent. They park, they never retry (rule 4)."""


class Kept(StrEnum):
    """What a storage says of an entry that it was to keep."""

    KEPT = "kept"
    """It is there for good."""
    REFUSED = "refused"
    """There is no room, or no right: it lives in memory alone."""
    TAKEN = "taken"
    """Another tab has taken the entry over, and may have sent it: too late to change it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on its way. ``not_before`` is in seconds on the link's clock.

    ``saved`` tells whether the storage has answered, and only then is it sent; ``kept`` whether it took it; ``flown``
    whether the entry was ever on a socket. ``closes`` counts the connections that ended with it in flight; ``parked``
    says that it waits for the user. ``change`` is what the user wants of an entry that was never on its way, until the
    storage agrees. ``behind`` is the id of the entry in its room that it was typed after, if that is another tab's.
    """

    operation: Operation
    change: Edit | Delete | None = None
    saved: bool = True
    flown: bool = False
    in_flight: bool = False
    closes: int = 0
    parked: bool = False
    kept: bool = True
    not_before: float = 0.0
    behind: str | None = None

    @property
    def id(self) -> str:
        return self.operation.id

    @property
    def room(self) -> str:
        return self.operation.room

    @property
    def text(self) -> str:
        """The text as the user wants it."""
        operation = self.change or self.operation
        return "" if isinstance(operation, Delete | React) else operation.text

    @property
    def suspected(self) -> bool:
        """Too many connections have ended with it in flight: it is sent alone."""
        return self.closes >= MAX_CLOSES and not self.parked


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation the server will never take: its text goes back to the user, with the reason.

    ``target`` is the id of the message that was to be edited or deleted, None for a message of its own.
    """

    id: str
    room: str
    text: str
    code: str
    message: str
    target: str | None = None


class Outbox:
    """The entries of one account in one tab, in the order typed."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._departed: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, identifier: str) -> Entry | None:
        """Return the entry of this id, or None."""
        return self._entries.get(identifier)

    def add(self, entry: Entry, *, limit: int = MAX_ENTRIES) -> None:
        """Append an entry. Raises ValueError if its id is there already, and OverflowError beyond ``limit`` entries."""
        if entry.id in self._entries:
            raise ValueError(f"the id {entry.id} is in the outbox already")
        if len(self._entries) >= limit:
            raise OverflowError(f"{limit} messages are waiting already")
        self._entries[entry.id] = entry

    def restore(self, entries: Iterable[Entry], order: Collection[str] = ()) -> list[Entry]:
        """Take in what the storage holds; return what is new. It may have been on a socket.

        ``order`` has the ids of all that the storage holds, in the order typed: in it each new one is put in its place.
        """
        found = {entry.id: replace(entry, flown=True) for entry in entries if entry.id not in self._entries}
        there = set(order)
        # What the storage had and has no more, another tab has settled: in truth it comes before all that waits.
        gone = [entry for entry in self if there and entry.saved and entry.kept and entry.id not in there]
        settled = {entry.id for entry in gone}
        own = [entry for entry in self if entry.id not in settled]
        place = {entry.id: number for number, entry in enumerate(own, 1)}
        follows: dict[int, list[Entry]] = {}
        last = 0
        for identifier in order or found:
            # What was written late, such as what was refused at first, may stand there behind what was typed after it.
            last = max(last, place.get(identifier, 0))
            if identifier in found:
                follows.setdefault(last, []).append(found[identifier])
        groups = [gone, follows.get(0, []), *([entry, *follows.get(place[entry.id], [])] for entry in own)]
        self._entries = {entry.id: entry for group in groups for entry in group}
        return list(found.values())

    def saved(self, identifier: str, kept: Kept, behind: str | None) -> Entry | None:
        """The storage has answered: from now on the entry may go out. Return it, if it is still there."""
        entry = self._entries.get(identifier)
        if entry is None:
            return None
        operation = entry.operation
        if isinstance(operation, Send) and isinstance(entry.change, Edit) and kept is not Kept.TAKEN:
            operation = replace(operation, text=entry.change.text)
        return self._put(
            replace(
                entry,
                operation=operation,
                change=None,
                saved=True,
                kept=kept is not Kept.REFUSED,
                flown=entry.flown or kept is Kept.TAKEN,
                behind=behind or entry.behind,
            )
        )

    def dropped(self, entry: Entry) -> None:
        """Remove an entry that its user has taken back before it was ever sent."""
        self._remove(self._entries[entry.id])

    def rewrite(self, change: Edit | Delete) -> Entry | None:
        """Apply a change to the entry it is about, if the storage has that and no socket had; return it as it is then.

        It waits for the storage to say that no other tab has taken it over. None means that the change has to be an
        operation of its own (rule 5).
        """
        entry = self._entries.get(change.target)
        if entry is None or entry.flown or not isinstance(entry.operation, Send):
            return None
        if not entry.saved and not isinstance(entry.change, Edit):
            # Its change is not to be taken for kept when the storage answers about the entry itself; and what is being
            # taken back stays so.
            return None
        return self._put(replace(entry, change=change, saved=False))

    def settled(self, identifier: str) -> Entry | None:
        """Remove an entry that the server has stored; return it, if it was there."""
        return self._entries.pop(identifier, None)

    def refused(self, identifier: str, code: str, message: str, retry: float | None, now: float) -> Refusal | None:
        """Take in a refusal. One that passes by itself leaves the entry to wait; any other removes and returns it.

        ``retry`` is the number of seconds after which the server wants to see the entry again, or None.
        """
        entry = self._entries.get(identifier)
        if entry is None:
            return None
        if retry is not None or code in PASSING:
            predecessor = self._predecessor(entry)
            waits = entry.behind is not None or (predecessor is not None and predecessor.in_flight)
            # What follows an entry that waits, or is gone, needs no time of its own: the order holds it back.
            follows = code == ErrorCode.PREDECESSOR and not waits
            not_before = 0.0 if follows else now + (DEFAULT_RETRY if retry is None else retry)
            self._put(replace(entry, in_flight=False, not_before=not_before))
            return None
        self._remove(entry)
        operation = entry.operation
        target = None if isinstance(operation, Send) else operation.target
        return Refusal(entry.id, entry.room, entry.text, code, message, target)

    def relinked(self, identifier: str, behind: str | None) -> None:
        """The storage has looked again for what the entry was typed after."""
        entry = self._entries.get(identifier)
        if entry is not None:
            self._put(replace(entry, behind=behind, not_before=entry.not_before if behind == entry.behind else 0.0))

    def disconnected(self, code: int | None = None) -> list[Entry]:
        """Nothing is in flight any more: what was may have been stored or not, and is sent again.

        ``code`` is that of a close from the other side. Return the entries that were in flight, as they are now.
        """
        flying = [entry for entry in self if entry.in_flight]
        landed = [self._put(_landed(entry, code, alone=len(flying) == 1)) for entry in flying]
        for entry in landed:
            if entry.parked:
                self._bequeath(entry)
        return landed

    def released(self, identifier: str) -> Entry | None:
        """The user wants a parked entry tried again; return it, if it was there and parked."""
        entry = self._entries.get(identifier)
        return self._put(replace(entry, parked=False, closes=0)) if entry is not None and entry.parked else None

    def cancelled(self, identifier: str) -> Entry | None:
        """The user gives a parked entry up; return it, if it was there and parked."""
        entry = self._entries.get(identifier)
        return self._remove(entry) if entry is not None and entry.parked else None

    def due(self, now: float) -> Iterator[str]:
        """Yield the frames to send now, as JSON text; what they hold is in flight from then on."""
        batch: list[str] = []
        size = 0
        for operation in self._take(now):
            frame = encode(operation)
            length = len(frame.encode()) + 1
            if batch and size + length > MAX_RESEND:
                yield join(batch)
                batch, size = [], 0
            batch.append(frame)
            size += length
        if batch:
            yield join(batch)

    def departed(self) -> list[Entry]:
        """Return the entries that have gone out since this was last asked."""
        departed, self._departed = self._departed, []
        return departed

    def next_due(self) -> float | None:
        """Return when the next entry that waits for its time may go, in seconds, or None if none waits."""
        suspected = self._suspected()
        flying = [entry for entry in self if entry.in_flight]
        if flying and (suspected is not None or sum(len(entry.text) for entry in flying) > MAX_FLYING):
            return None  # Nothing goes before an answer comes, whatever the clock says.
        if suspected is not None:
            return suspected.not_before or None if suspected.saved else None
        # Only the first that waits in a room counts: it holds back those behind it.
        first: dict[str, float] = {}
        for entry in self:
            if not entry.in_flight and not entry.parked:
                first.setdefault(entry.room, entry.not_before if entry.saved else 0.0)
        return min((time for time in first.values() if time), default=None)

    def _take(self, now: float) -> Iterator[Operation]:
        suspected = self._suspected()
        if suspected is not None:
            # It goes alone, so that a close tells on nobody else.
            if suspected.saved and suspected.not_before <= now and not any(entry.in_flight for entry in self):
                yield self._fly(suspected, None)
            return
        predecessors: dict[str, str] = {}
        waiting: set[str] = set()
        flying = sum(len(entry.text) for entry in self if entry.in_flight)
        for entry in list(self):
            if entry.parked:
                continue
            if not entry.in_flight:
                if not entry.saved or entry.not_before > now or flying > MAX_FLYING:
                    waiting.add(entry.room)
                if entry.room not in waiting:
                    flying += len(entry.text)
                    yield self._fly(entry, predecessors.get(entry.room))
            predecessors[entry.room] = entry.id

    def _suspected(self) -> Entry | None:
        return next((entry for entry in self if entry.suspected and self._predecessor(entry) is None), None)

    def _fly(self, entry: Entry, predecessor: str | None) -> Operation:
        self._departed.append(self._put(replace(entry, in_flight=True, flown=True)))
        return replace(entry.operation, after=entry.behind or predecessor)

    def _put(self, entry: Entry) -> Entry:
        self._entries[entry.id] = entry
        return entry

    def _remove(self, entry: Entry) -> Entry:
        """Remove an entry that is never to be stored."""
        self._bequeath(entry)
        return self._entries.pop(entry.id)

    def _bequeath(self, entry: Entry) -> None:
        """Let the next in its room wait for what an entry has waited for that holds nobody back any more."""
        later = [*dropwhile(lambda other: other.id != entry.id, self)][1:]
        heir = next((other for other in later if other.room == entry.room and not other.parked), None)
        if heir is not None and heir.behind is None:
            self._put(replace(heir, behind=entry.behind))

    def _predecessor(self, entry: Entry) -> Entry | None:
        earlier = takewhile(lambda other: other.id != entry.id, self)
        candidates = (other for other in reversed(list(earlier)) if other.room == entry.room and not other.parked)
        return next(candidates, None)


def _landed(entry: Entry, code: int | None, *, alone: bool) -> Entry:
    """Return what becomes of an entry whose connection has ended: sent again, suspected, or parked (rule 4)."""
    if code is None:
        return replace(entry, in_flight=False)
    blamed = code in GUILTY
    parked = alone and (blamed or entry.closes >= MAX_CLOSES)
    return replace(entry, in_flight=False, closes=MAX_CLOSES if blamed else entry.closes + 1, parked=parked)
