"""A model of what a browser keeps of one account: it outlives the tabs, and all of them share it.

It does what ``rebond.browser.storage`` does, transaction for transaction. A transaction takes a moment and they happen
in the order in which they were issued (w3.org/TR/IndexedDB, section 2.7.2); those of a tab that dies are lost unless
they were complete, and the browser may refuse to write at all.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from rebond.events import Adopted, Restored
from rebond.outbox import Entry, Kept
from rebond.simulation.clock import Action, Clock
from rebond.wire import Delete, Edit, Operation, Send

STALE = 5.0
"""Seconds without progress after which an entry is anybody's."""

WRITE = 0.03
"""Seconds that a transaction takes at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is kept. ``touched`` is the time at which its owner wrote it last."""

    owner: str
    touched: float
    operation: Operation
    closes: int
    parked: bool

    @property
    def id(self) -> str:
        return self.operation.id


@dataclass(slots=True)
class _Transaction:
    tab: Storage
    work: Action
    done: Callable[[bool], None]
    about: str | None
    reads: bool


class Disk:
    """What is kept for one account. ``full``: nothing more is written. ``unsure``: whose last write came to nothing."""

    def __init__(self, clock: Clock, randomness: random.Random) -> None:
        self.clock = clock
        self.full = False
        self.rows: dict[int, Row] = {}
        self.epoch: str | None = None
        self.cursors: dict[str, int] = {}
        self.unsure: set[str] = set()
        self._randomness = randomness
        self._count = 0
        self._queue: deque[_Transaction] = deque()

    @property
    def busy(self) -> bool:
        """Whether a transaction is under way."""
        return bool(self._queue)

    def add(self, row: Row) -> None:
        """Append a row."""
        self._count += 1
        self.rows[self._count] = row

    def find(self, identifier: str) -> int | None:
        """Return the number of the row of this id, or None."""
        return next((number for number, row in self.rows.items() if row.id == identifier), None)

    def issue(self, transaction: _Transaction) -> None:
        """Carry a transaction out, after those issued before it."""
        self._queue.append(transaction)
        if len(self._queue) == 1:
            self._begin()

    def lose(self, tab: Storage, keeping: int) -> None:
        """A tab is no more: of its transactions under way only the first ``keeping`` are still carried out."""
        for transaction in [transaction for transaction in self._queue if transaction.tab is tab]:
            transaction.done = _nobody
            if keeping:
                keeping -= 1
                continue
            transaction.work = _nothing
            self._note(transaction)

    def _begin(self) -> None:
        self.clock.after(WRITE * self._randomness.random(), self._complete)

    def _complete(self) -> None:
        transaction = self._queue[0]
        if self.full and not transaction.reads:
            self._note(transaction)
        else:
            transaction.work()
        # What the answer leads to is issued before the next begins.
        transaction.done(not self.full)
        self._queue.popleft()
        if self._queue:
            self._begin()

    def _note(self, transaction: _Transaction) -> None:
        if transaction.about is not None:
            self.unsure.add(transaction.about)


class Storage:
    """A disk as one tab uses it: :class:`rebond.storage.Storage`. ``shown`` tells how far a stream was shown."""

    def __init__(self, disk: Disk, tab: str, shown: Callable[[str, str], int]) -> None:
        self.tab = tab
        self.faults: list[str] = []
        self._disk = disk
        self._shown = shown
        self._written: set[str] = set()

    def persist(self, entry: Entry, answer: Callable[[Kept, str | None], None]) -> None:
        """Store an entry, or the change to one."""
        disk, known = self._disk, entry.id in self._written
        outcome: list[Kept] = [Kept.KEPT]
        behind: list[str | None] = [None]
        self._written.add(entry.id)

        def work() -> None:
            number = disk.find(entry.id) if known else None
            if known and (entry.kept if number is None else disk.rows[number].owner != self.tab):
                outcome[0] = Kept.TAKEN
            elif number is None:
                disk.add(self._row(entry))
            elif isinstance(entry.change, Delete):
                del disk.rows[number]
            else:
                disk.rows[number] = self._row(entry)
            behind[0] = None if known else self._before(entry.id, entry.room)

        self._issue(work, lambda ok: answer(*((outcome[0], behind[0]) if ok else (Kept.REFUSED, None))), entry.id)

    def forget(self, identifier: str) -> None:
        """Take an entry out."""
        self._written.discard(identifier)

        def work() -> None:
            number = self._disk.find(identifier)
            if number is not None:
                del self._disk.rows[number]

        self._issue(work, _nobody, identifier)

    def relink(self, identifier: str, room: str, answer: Callable[[str | None], None]) -> None:
        """Answer anew what comes just before an entry in its room."""
        behind: list[str | None] = [None]

        def work() -> None:
            behind[0] = self._before(identifier, room)

        self._issue(work, lambda _: answer(behind[0]), reads=True)

    def adopt(self, answer: Callable[[Adopted], None]) -> None:
        """Take over what other tabs have left."""
        adopted: list[Entry] = []
        order: list[str] = []

        def work() -> None:
            adopted.extend(self._take(lambda row: row.owner != self.tab and self._is_stale(row)))
            order.extend(row.id for row in self._disk.rows.values())

        def done(ok: bool) -> None:
            if ok and adopted:
                self._written.update(entry.id for entry in adopted)
                answer(Adopted(tuple(adopted), tuple(order)))

        self._issue(work, done)

    def load(self, answer: Callable[[Restored], None]) -> None:
        """Answer what was kept: the cursors, and the entries of this tab and of those that have left."""
        entries: list[Entry] = []
        disk = self._disk

        def work() -> None:
            entries.extend(self._take(lambda row: row.owner == self.tab or self._is_stale(row)))

        def done(_: bool) -> None:
            self._written.update(entry.id for entry in entries)
            answer(Restored(disk.epoch, dict(disk.cursors), tuple(entries)))

        # What cannot be made this tab's own is read all the same.
        self._issue(work, done, reads=True)

    def advance(self, epoch: str, cursors: Mapping[str, int]) -> None:
        """Keep the cursors, only ever upwards within an epoch."""
        disk = self._disk
        for stream, seq in cursors.items():
            if self._shown(epoch, stream) < seq:
                self.faults.append(f"the cursor {seq} of {stream} was kept before its events were shown")

        def work() -> None:
            if disk.epoch != epoch:
                disk.epoch, disk.cursors = epoch, {}
            for stream, seq in cursors.items():
                disk.cursors[stream] = max(seq, disk.cursors.get(stream, 0))

        self._issue(work, _nobody)

    def clear(self) -> None:
        """Forget the cursors, but nothing of the outbox: another life of the server's database."""

        def work() -> None:
            self._disk.epoch, self._disk.cursors = None, {}

        self._issue(work, _nobody)

    def abandon(self, keeping: int) -> None:
        """The tab is no more."""
        self._disk.lose(self, keeping)

    # How it works.

    def _issue(
        self, work: Action, done: Callable[[bool], None], about: str | None = None, *, reads: bool = False
    ) -> None:
        self._disk.issue(_Transaction(self, work, done, about, reads))

    def _take(self, wanted: Callable[[Row], bool]) -> Iterator[Entry]:
        behind: dict[str, str | None] = {}
        for number, row in self._disk.rows.items():
            room, own = row.operation.room, row.owner == self.tab
            if wanted(row):
                if not self._disk.full:
                    self._disk.rows[number] = replace(row, owner=self.tab, touched=self._disk.clock.now)
                own = True
                yield Entry(row.operation, closes=row.closes, parked=row.parked, behind=behind.get(room))
            if not row.parked:
                behind[room] = None if own else row.id

    def _before(self, identifier: str, room: str) -> str | None:
        """Return what comes just before an entry in its room, parked ones left aside, if it is another tab's."""
        rows = list(self._disk.rows.values())
        earlier = [row for row in takewhile(lambda row: row.id != identifier, rows) if row.operation.room == room]
        last = next((row for row in reversed(earlier) if not row.parked), None)
        there = self._disk.find(identifier) is not None
        return last.id if there and last is not None and last.owner != self.tab else None

    def _is_stale(self, row: Row) -> bool:
        return self._disk.clock.now - row.touched > STALE

    def _row(self, entry: Entry) -> Row:
        operation = entry.operation
        if isinstance(operation, Send) and isinstance(entry.change, Edit):
            operation = replace(operation, text=entry.change.text)
        return Row(self.tab, self._disk.clock.now, operation, entry.closes, entry.parked)


def _nothing() -> None:
    """It does not happen."""


def _nobody(_: bool) -> None:
    """Nobody waits for it."""
