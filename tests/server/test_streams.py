"""Streams, read slice by slice."""

from __future__ import annotations

from functools import partial

import pytest

from rebond import wire
from server import streams
from server.database import Transaction
from tests.support.store import Store


async def fill(store: Store, count: int, body: dict[str, object]) -> None:
    def publish(transaction: Transaction) -> None:
        for _ in range(count):
            streams.publish(transaction, "place", "something", body)

    await store.database.write(publish)


async def read(store: Store, from_: int, to: int = wire.MAX_INTEGER) -> tuple[list[int], bool]:
    found = await store.database.read(partial(streams.fetch, name="place", from_=from_, to=to))
    return [event.event.seq for event in found.events], found.more


async def test_slice_ends_after_so_many_events(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(store, streams.PAGE_EVENTS + 1, {})
    assert await read(store, 1) == (list(range(1, streams.PAGE_EVENTS + 1)), True)
    assert await read(store, 2) == (list(range(2, streams.PAGE_EVENTS + 2)), False)


async def test_slice_ends_once_it_is_long(store: Store) -> None:
    await fill(store, 50, {"text": "x" * 16_000})
    seqs, more = await read(store, 1)
    assert more
    assert len(seqs) == 1 + streams.PAGE_CHARACTERS // 16_100


async def test_slice_holds_what_was_asked_for(store: Store) -> None:
    await fill(store, 10, {})
    assert await read(store, 3, 5) == ([3, 4, 5], False)
    assert await read(store, 11) == ([], False)


async def test_event_is_read_back_as_it_was_published(store: Store) -> None:
    await fill(store, 1, {"text": "été \U0001f600", "number": 1, "nested": {"a": [None]}})
    found = await store.database.read(partial(streams.fetch, name="place", from_=1, to=1))
    event = found.events[0].event
    assert (event.stream, event.seq, event.kind) == ("place", 1, "something")
    assert event.body == {"text": "été \U0001f600", "number": 1, "nested": {"a": [None]}}
    assert wire.decode_server(found.events[0].text) == [event]


async def test_stream_of_an_account_has_its_name_on_the_wire(store: Store) -> None:
    ada = await store.account("ada")
    name = streams.account_stream(ada.id)
    found = await store.database.read(partial(streams.fetch, name=name, from_=1, to=1))
    assert found.events[0].event.stream == "account"
