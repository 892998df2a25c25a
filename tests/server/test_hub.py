"""Fan-out."""

from __future__ import annotations

import pytest

from rebond.exchange import Published, Told
from server import streams
from server.hub import Hub
from server.notices import Event


class Listener:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[Published] = []

    def deliver(self, event: Published) -> None:
        self.heard.append(event)

    def tell(self, told: Told) -> None:
        raise AssertionError("nothing is told here")


def event(stream: str, seq: int) -> Event:
    return Event(stream, seq, "message", 0, {"text": "hello"})


def test_all_who_subscribed_are_told_and_nobody_else() -> None:
    hub, first, second, third = Hub(), Listener(), Listener(), Listener()
    hub.subscribe("room:a", first)
    hub.subscribe("room:a", second)
    hub.subscribe("room:b", third)
    hub.publish(event("room:a", 1))
    assert [len(listener.heard) for listener in (first, second, third)] == [1, 1, 0]


def test_event_is_encoded_once_for_all() -> None:
    hub, first, second = Hub(), Listener(), Listener()
    hub.subscribe("room:a", first)
    hub.subscribe("room:a", second)
    hub.publish(event("room:a", 1))
    assert first.heard[0] is second.heard[0]


def test_event_that_nobody_hears_is_not_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "published", lambda _: pytest.fail("it was encoded"))
    hub = Hub()
    hub.publish(event("room:a", 1))
    assert hub.last("room:a") == 1


def test_who_unsubscribed_is_told_no_more() -> None:
    hub, listener = Hub(), Listener()
    hub.subscribe("room:a", listener)
    hub.unsubscribe("room:a", listener)
    hub.unsubscribe("room:a", listener)
    hub.publish(event("room:a", 1))
    assert listener.heard == []
    assert hub._subscribers == {}


def test_last_is_the_seq_of_the_last_event() -> None:
    hub = Hub()
    assert hub.last("room:a") == 0
    hub.publish(event("room:a", 7))
    assert (hub.last("room:a"), hub.last("room:b")) == (7, 0)
