"""What goes over a link that is live: messages out of the outbox, events past the cursors.

The link decides when there is a connection; this decides what is said over it (docs/delivery.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rebond import effects, wire
from rebond.cursors import Cursors
from rebond.outbox import Entry, Outbox


class Delivery:
    """The outbox and the cursors of one link.

    ``emit`` takes effects, ``transmit`` frames for the open connection. Times are seconds on the link's clock.
    """

    def __init__(self, emit: Callable[[effects.Effect], None], transmit: Callable[[str], None]) -> None:
        self.outbox = Outbox()
        self.cursors = Cursors()
        self._emit = emit
        self._transmit = transmit

    def send(self, identifier: str, room: str, text: str) -> None:
        """Queue a message. Raises ValueError if its id is there already."""
        self.outbox.add(Entry(identifier, room, text))

    def flush(self, now: float) -> None:
        """Send what may be sent now."""
        for frame in self.outbox.due(now):
            self._transmit(frame)

    def disconnected(self) -> None:
        """Nothing is under way any more, in either direction."""
        self.cursors.disconnected()
        self.outbox.disconnected()

    def welcomed(self, welcome: wire.Welcome) -> None:
        """Take the heads of a fresh connection."""
        if self.cursors.welcome(welcome.epoch, welcome.heads):
            self._emit(effects.Reset())
        self._emit(effects.Welcomed(welcome))

    def take(self, frame: wire.Event | wire.Span | wire.Ack | wire.Pong) -> None:
        """Take what the server says of messages and streams."""
        match frame:
            case wire.Event():
                self._show(self.cursors.take(frame))
            case wire.Span():
                self._show(self.cursors.span(frame))
            case wire.Pong(heads):
                self._show(self.cursors.heads(heads))
            case _:
                if self.outbox.settled(frame.id):
                    self._emit(effects.Acked(frame))

    def refused(self, identifier: str, error: wire.Error, now: float) -> None:
        """Take the refusal of a message: it waits for another try, or its text goes back."""
        retry = None if error.retry_ms is None else error.retry_ms / 1_000
        refusal = self.outbox.refused(identifier, error.code, error.message, retry, now)
        if refusal is not None:
            self._emit(effects.Refuse(refusal))

    def _show(self, items: Iterable[wire.Event | wire.Sync]) -> None:
        for item in items:
            if isinstance(item, wire.Sync):
                self._transmit(wire.encode(item))
            else:
                self._emit(effects.Deliver(item))
