"""What has been seen: one cursor per stream, the last seq seen with none missing before it.

Rules 9 to 11 of docs/delivery.md: an event at or below the cursor is a double and dropped; one beyond the next opens a
gap, which is fetched before anything after it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rebond.session import ACCOUNT, MAX_SYNC, room_stream
from rebond.wire import Event, Span, Sync

MAX_HELD = 1_000
"""The most events kept of a stream while its gap is being fetched; those beyond are fetched again later."""


@dataclass(slots=True)
class _Stream:
    seen: int
    asked: int = 0
    held: dict[int, Event] = field(default_factory=dict)


class Cursors:
    """The cursors of one link, and the events that wait behind a gap."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self._streams: dict[str, _Stream] = {}

    def positions(self) -> dict[str, int]:
        """Return the cursors as ``hello`` carries them."""
        return {name: stream.seen for name, stream in self._streams.items()}

    def forget(self) -> None:
        """Start afresh: another life of the database, or another account."""
        self.epoch = None
        self._streams.clear()

    def disconnected(self) -> None:
        """Drop what was asked for and held: the next ``hello`` asks for it all."""
        for stream in self._streams.values():
            stream.asked = 0
            stream.held.clear()

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
        for name in self._streams.keys() - heads.keys():
            del self._streams[name]
        for name, head in heads.items():
            self._streams.setdefault(name, _Stream(head))
        return fresh

    def take(self, event: Event) -> Iterator[Event | Sync]:
        """Take in an event; yield the events that may be shown now, in order, or a request for those missing."""
        stream = self._streams.setdefault(event.stream, _Stream(event.seq - 1))
        if event.seq <= stream.seen:
            return
        if event.seq > stream.seen + 1:
            if len(stream.held) < MAX_HELD:
                stream.held[event.seq] = event
            yield from self._ask(event.stream, stream, event.seq - 1)
            return
        yield from self._show(stream, event)

    def span(self, span: Span) -> Iterator[Event | Sync]:
        """A range has been answered whole: it counts as seen, even where events were withheld (rule 11)."""
        stream = self._streams.get(span.stream)
        if stream is None:
            return
        if span.from_ <= stream.seen + 1 <= span.to + 1:
            stream.seen = max(stream.seen, span.to)
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
        stream.seen = event.seq
        if event.stream == ACCOUNT:
            self._membership(event)
        return event

    def _ask(self, name: str, stream: _Stream, to: int) -> Iterator[Sync]:
        if not stream.asked:
            stream.asked = min(to, stream.seen + MAX_SYNC)
            yield Sync(name, stream.seen + 1, stream.asked)

    def _membership(self, event: Event) -> None:
        """Begin a room that was joined where the joining stands, and forget one that was left."""
        room, head = event.body.get("room"), event.body.get("head")
        if event.kind == "joined" and isinstance(room, Mapping) and isinstance(head, int):
            self._streams.setdefault(room_stream(str(room.get("id"))), _Stream(head))
        elif event.kind == "left":
            self._streams.pop(room_stream(str(room)), None)
