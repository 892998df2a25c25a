"""What has been seen: one cursor per stream, the last seq seen with none missing before it.

Rules 9 to 11 of docs/delivery.md: an event at or below the cursor is a double and dropped; one beyond the next opens a
gap, which is fetched before anything after it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rebond.streams import ACCOUNT, MAX_SYNC, room_stream
from rebond.wire import Event, Hole, Span, Sync

MAX_HELD = 1_000
"""The most events kept of a stream while its gap is being fetched; those beyond are fetched again later."""


@dataclass(slots=True)
class _Stream:
    seen: int
    asked: int = 0
    held: dict[int, Event] = field(default_factory=dict)
    leapt: int | None = None
    """While a hole is open: the last change to an older message that was shown."""


class Cursors:
    """The cursors of one link, and the events that wait behind a gap."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self._streams: dict[str, _Stream] = {}
        self._moved: set[str] = set()
        self._account_head = 0

    def restore(self, epoch: str, positions: Mapping[str, int]) -> None:
        """Go on from where the storage says."""
        self.epoch = epoch
        self._streams = {name: _Stream(seen) for name, seen in positions.items()}

    def moved(self) -> dict[str, int]:
        """Return the cursors that have moved since this was last asked."""
        moved = {name: self._streams[name].seen for name in sorted(self._moved) if name in self._streams}
        self._moved.clear()
        return moved

    def positions(self) -> dict[str, int]:
        """Return the cursors as ``hello`` carries them."""
        return {name: stream.seen for name, stream in self._streams.items()}

    def forget(self) -> None:
        """Start afresh: another life of the database, or another account."""
        self.epoch = None
        self._streams.clear()
        self._moved.clear()

    def disconnected(self) -> None:
        """Drop what was asked for and held: the next ``hello`` asks for it all."""
        for stream in self._streams.values():
            stream.asked = 0
            stream.held.clear()
            stream.leapt = None

    def welcome(self, epoch: str, heads: Mapping[str, int]) -> bool:
        """Take the heads of a fresh connection; return whether everything has to start afresh.

        It has to when the epoch is another, or when a head lies below what has been seen: that database is not the
        one these cursors came from. A stream not seen before begins at its head.
        """
        known = self.epoch is not None
        fresh = known and (
            epoch != self.epoch or any(heads.get(name, at) < at for name, at in self.positions().items())
        )
        if fresh:
            self.forget()
        self.epoch = epoch
        self._account_head = heads.get(ACCOUNT, 0)
        for name in self._streams.keys() - heads.keys():
            del self._streams[name]
        for name, head in heads.items():
            self._begin(name, head)
        return fresh

    def take(self, event: Event) -> Iterator[Event | Sync]:
        """Take in an event; yield the events that may be shown now, in order, or a request for those missing."""
        stream = self._begin(event.stream, event.seq - 1)
        if event.seq <= stream.seen:
            return
        if stream.leapt is not None:
            if event.seq > stream.leapt:
                stream.leapt = event.seq
                yield event
            return
        if event.seq > stream.seen + 1:
            if len(stream.held) < MAX_HELD:
                stream.held[event.seq] = event
            yield from self._ask(event.stream, stream, event.seq - 1)
            return
        yield from self._show(stream, event)

    def hole(self, hole: Hole) -> bool:
        """Too much was missed (rule 13): until the span that ends the hole, only changes to older messages come.

        Return whether the hole begins where the cursor stands; any other is of no interest. The cursor moves only with
        the span, so that a connection lost meanwhile misses nothing.
        """
        stream = self._streams.get(hole.stream)
        if stream is None or hole.from_ != stream.seen + 1:
            return False
        stream.leapt = stream.seen
        return True

    def span(self, span: Span) -> Iterator[Event | Sync]:
        """A range has been answered whole: it counts as seen, even where events were withheld (rule 11)."""
        stream = self._streams.get(span.stream)
        if stream is None:
            return
        if span.from_ <= stream.seen + 1 <= span.to + 1:
            self._see(span.stream, stream, max(stream.seen, span.to))
            stream.leapt = None
        stream.asked = 0
        yield from self._release(stream)
        if stream.held:
            yield from self._ask(span.stream, stream, min(stream.held) - 1)

    def heads(self, heads: Mapping[str, int]) -> Iterator[Sync]:
        """Compare with the heads of a ``pong``; yield requests for what was lost at the end of a stream (rule 10)."""
        for name, head in heads.items():
            stream = self._streams.get(name)
            if stream is not None and head > stream.seen:
                yield from self._ask(name, stream, head)

    def _show(self, stream: _Stream, event: Event) -> Iterator[Event]:
        yield self._seen(stream, event)
        yield from self._release(stream)

    def _release(self, stream: _Stream) -> Iterator[Event]:
        """Show what waited behind a gap that is closed now, and drop what has been seen meanwhile."""
        for seq in sorted(stream.held):
            if seq > stream.seen + 1:
                return
            event = stream.held.pop(seq)
            if seq > stream.seen:
                yield self._seen(stream, event)

    def _seen(self, stream: _Stream, event: Event) -> Event:
        self._see(event.stream, stream, event.seq)
        # What the account stream held at the welcome is counted in the heads; only what comes later changes them.
        if event.stream == ACCOUNT and event.seq > self._account_head:
            self._membership(event)
        return event

    def _see(self, name: str, stream: _Stream, seq: int) -> None:
        stream.seen = seq
        self._moved.add(name)

    def _begin(self, name: str, seen: int) -> _Stream:
        if name not in self._streams:
            self._streams[name] = _Stream(seen)
            self._moved.add(name)
        return self._streams[name]

    def _ask(self, name: str, stream: _Stream, to: int) -> Iterator[Sync]:
        if not stream.asked:
            stream.asked = min(to, stream.seen + MAX_SYNC)
            yield Sync(name, stream.seen + 1, stream.asked)

    def _membership(self, event: Event) -> None:
        """Begin a room that was joined where the joining stands, and forget one that was left."""
        room, head = event.body.get("room"), event.body.get("head")
        if event.kind == "joined" and isinstance(room, Mapping) and isinstance(head, int):
            self._begin(room_stream(str(room.get("id"))), head)
        elif event.kind == "left":
            self._streams.pop(room_stream(str(room)), None)
