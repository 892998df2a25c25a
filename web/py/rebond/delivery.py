"""What goes over a link that is live: operations out of the outbox, events past the cursors.

The link decides when there is a connection; this decides what is said over it (docs/delivery.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from rebond import effects, events, wire
from rebond.codes import ErrorCode
from rebond.cursors import Cursors
from rebond.options import MAX_RAW
from rebond.outbox import MAX_ENTRIES, Entry, Kept, Outbox

ADOPT_EVERY = 5.0
"""Seconds between two looks for entries that other tabs have left (rule 8)."""


class Delivery:
    """The outbox and the cursors of one link.

    ``emit`` takes effects, ``transmit`` frames for the open connection. With ``durable`` there is a storage: entries
    are sent only once it has them, and it is told of every step. Times are seconds on the link's clock.
    """

    def __init__(
        self, emit: Callable[[effects.Effect], None], transmit: Callable[[str | bytes], None], *, durable: bool
    ) -> None:
        self.outbox = Outbox()
        self.cursors = Cursors()
        self._emit = emit
        self._transmit = transmit
        self._durable = durable
        self._raw: list[str | bytes] = []
        self._adopt_at: float | None = None
        self._settled: set[str] = set()
        self._asked: dict[str, int] = {}

    # Out.

    def handle(self, event: events.Outgoing) -> None:
        """Take in what the user or the storage has done.

        Raises ValueError for an id that is there already, and OverflowError if the outbox is full.
        """
        match event:
            case events.Send(operation):
                self._send(operation)
            case events.Saved():
                self._saved(event)
            case events.Relinked(identifier, behind):
                self.outbox.relinked(identifier, behind)
            case events.Release(identifier):
                entry = self.outbox.released(identifier)
                if entry is not None:
                    self._keep(entry)
            case events.Cancel(identifier):
                entry = self.outbox.cancelled(identifier)
                if entry is not None:
                    self._drop(entry)
            case events.Restored(epoch, cursors, entries):
                if epoch is not None:
                    self.cursors.restore(epoch, cursors)
                self._restore(entries)
            case _:
                # What has been settled since the storage was asked is not taken up again.
                self._restore([entry for entry in event.entries if entry.id not in self._settled], event.order)

    def _send(self, operation: wire.Operation) -> None:
        entry = self.outbox.rewrite(operation) if isinstance(operation, wire.Edit | wire.Delete) else None
        if entry is None:
            self._add(operation)
        elif self._durable:
            self._asked[entry.id] = self._asked.get(entry.id, 0) + 1
            self._keep(entry)
        else:
            self._saved(events.Saved(entry.id))

    def _add(self, operation: wire.Operation, limit: int = MAX_ENTRIES) -> None:
        entry = Entry(operation, saved=not self._durable)
        self.outbox.add(entry, limit=limit)
        self._keep(entry)

    def _saved(self, event: events.Saved) -> None:
        asked = self._asked.pop(event.id, 0)
        if asked > 1:
            self._asked[event.id] = asked - 1
            return  # Of an earlier change; a later one may find that another tab has taken the entry over meanwhile.
        entry = self.outbox.get(event.id)
        change = None if entry is None else entry.change
        kept = event.kept
        if entry is not None and change is not None and kept is Kept.REFUSED and entry.kept:
            kept = Kept.TAKEN  # It stays in the storage as it was, and may be sent from there.
        self._tell(self.outbox.saved(event.id, kept, event.behind))
        if change is not None and kept is Kept.TAKEN:
            self._add(change, limit=2 * MAX_ENTRIES)  # It was accepted once, as a change in place.
        elif entry is not None and isinstance(change, wire.Delete):
            self.outbox.dropped(entry)
            self._drop(entry)

    def _restore(self, entries: Iterable[Entry], order: Collection[str] = ()) -> None:
        for entry in self.outbox.restore(entries, order):
            self._tell(entry)

    def send_raw(self, data: str | bytes) -> None:
        """Take a frame for a plain server. Raises OverflowError if too many wait for the connection."""
        if len(self._raw) >= MAX_RAW:
            raise OverflowError(f"{MAX_RAW} frames are waiting for the connection already")
        self._raw.append(data)

    def flush(self, now: float) -> None:
        """Send what may be sent now."""
        for data in self._raw:
            self._transmit(data)
        self._raw.clear()
        for frame in self.outbox.due(now):
            self._transmit(frame)
        for entry in self.outbox.departed():
            self._tell(entry)
        if self._adopt_at is not None and now >= self._adopt_at:
            self._adopt_at = now + ADOPT_EVERY
            self._settled.clear()
            self._emit(effects.Adopt())

    @property
    def waiting(self) -> int:
        """How much is not settled yet, and, for a plain server, how many frames the connection has yet to come for."""
        return len(self.outbox) + len(self._raw)

    def next_due(self) -> float | None:
        """Return when :meth:`flush` has something to do by itself, or None."""
        times = (self.outbox.next_due(), self._adopt_at)
        return min((time for time in times if time is not None), default=None)

    # In.

    def welcomed(self, welcome: wire.Welcome, now: float) -> None:
        """Take the heads of a fresh connection."""
        if self.cursors.welcome(welcome.epoch, welcome.heads):
            self._emit(effects.Reset())
        if self._durable:
            self._adopt_at = now
        self._emit(effects.Welcomed(welcome))

    def disconnected(self, code: int | None = None) -> None:
        """Nothing is under way any more, in either direction. ``code`` is that of a close from the other side."""
        self.cursors.disconnected()
        self._adopt_at = None
        for entry in self.outbox.disconnected(code):
            if entry.parked:
                self._keep(entry)
            else:
                self._tell(entry)

    def take(self, frame: wire.Event | wire.Hole | wire.Span | wire.Ack | wire.Pong) -> None:
        """Take what the server says of messages and streams."""
        match frame:
            case wire.Event():
                self._show(self.cursors.take(frame))
            case wire.Hole(stream, from_, to):
                if self.cursors.hole(frame):
                    self._emit(effects.Skipped(stream, from_, to))
            case wire.Span():
                self._show(self.cursors.span(frame))
            case wire.Pong(heads):
                self._show(self.cursors.heads(heads))
            case _:
                if self.outbox.settled(frame.id):
                    self._forget(frame.id)
                    self._emit(effects.Acked(frame))

    def refused(self, identifier: str, error: wire.Error, now: float) -> None:
        """Take the refusal of an operation: it waits for another try, or its text goes back."""
        retry = None if error.retry_ms is None else error.retry_ms / 1_000
        refusal = self.outbox.refused(identifier, error.code, error.message, retry, now)
        if refusal is not None:
            # In this order: the program may have to keep the text before the storage forgets it.
            self._emit(effects.Refuse(refusal))
            self._forget(identifier)
        elif error.code == ErrorCode.PREDECESSOR:
            entry = self.outbox.get(identifier)
            if entry is not None and entry.behind is not None:
                self._emit(effects.Relink(identifier, entry.room))

    def advance(self) -> None:
        """Tell the storage how far the cursors have come."""
        moved: Mapping[str, int] = self.cursors.moved()
        if self._durable and moved and self.cursors.epoch is not None:
            self._emit(effects.Advance(self.cursors.epoch, moved))

    def _show(self, items: Iterable[wire.Event | wire.Sync]) -> None:
        for item in items:
            if isinstance(item, wire.Sync):
                self._transmit(wire.encode(item))
            else:
                self._emit(effects.Deliver(item))

    def _keep(self, entry: Entry) -> None:
        if self._durable:
            self._emit(effects.Persist(entry))
        self._tell(entry)

    def _tell(self, entry: Entry | None) -> None:
        if entry is not None:
            self._emit(effects.Fated(entry))

    def _drop(self, entry: Entry) -> None:
        self._forget(entry.id)
        self._emit(effects.Dropped(entry))

    def _forget(self, identifier: str) -> None:
        if self._durable:
            self._settled.add(identifier)
            self._emit(effects.Forget(identifier))
