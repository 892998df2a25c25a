"""Fan-out: who is told of what is published in which stream."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from rebond.exchange import Published, Told
from server import streams
from server.notices import Event


class Subscriber(Protocol):
    """Whoever is told. It must not raise, lest the others miss the event."""

    def deliver(self, event: Published) -> None:
        """Take in an event of a stream that was subscribed to."""

    def tell(self, told: Told) -> None:
        """Take in something that is only state."""


class Hub:
    """Hands every published event to all who subscribed to its stream, encoded once.

    This is the seam at which a broker would join several processes.
    """

    def __init__(self) -> None:
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._last: dict[str, int] = {}
        self.handed_out = 0
        """Events handed to subscribers since the start: one told to a hundred counts a hundred times."""

    def subscribe(self, stream: str, subscriber: Subscriber) -> None:
        """Tell ``subscriber`` of what is published in ``stream`` from now on."""
        self._subscribers.setdefault(stream, set()).add(subscriber)

    def unsubscribe(self, stream: str, subscriber: Subscriber) -> None:
        """Tell it no more, if it was told."""
        subscribers = self._subscribers.get(stream, set())
        subscribers.discard(subscriber)
        if not subscribers:
            self._subscribers.pop(stream, None)

    def publish(self, event: Event) -> None:
        """Tell everyone who subscribed to the event's stream."""
        self._last[event.stream] = event.seq
        subscribers = self._subscribers.get(event.stream)
        if subscribers:
            published = streams.published(event)
            self.handed_out += len(subscribers)
            for subscriber in tuple(subscribers):
                subscriber.deliver(published)

    def followers(self, stream: str) -> Collection[Subscriber]:
        """Return who subscribed to a stream."""
        return self._subscribers.get(stream, ())

    def last(self, stream: str) -> int:
        """Return the seq of the last event published in ``stream`` since the server started, 0 if none was."""
        return self._last.get(stream, 0)
