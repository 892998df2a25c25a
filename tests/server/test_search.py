"""Search: what is found, by whom, and what becomes of it when messages change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial

import pytest

from rebond import wire
from server import messages, queries, rooms, search
from server.accounts import User
from server.rooms import Room
from tests.support.store import Store


async def do(store: Store, who: User, operation: wire.Operation) -> None:
    await store.database.write(partial(messages.store, author=who, asked=operation))


async def say(store: Store, who: User, identifier: str, text: str, room: str = "general") -> None:
    await do(store, who, wire.Send(identifier, room, text))


async def find(store: Store, who: User, text: str, cursor: int | None = None, limit: int = 20) -> search.Hits:
    while await store.database.write(search.index):
        pass
    wanted = partial(search.find, reader=who.id, query=queries.parse(text), cursor=cursor, limit=limit)
    return await store.database.read(wanted)


async def ids(store: Store, who: User, text: str) -> list[object]:
    return [hit["id"] for hit in (await find(store, who, text)).hits]


def whole(store: Store) -> None:
    """Have SQLite compare its index with the messages."""
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")


@pytest.fixture
async def ada(store: Store) -> User:
    ada = await store.account("Ada")
    await say(store, ada, "message-1", "Un été à Zürich, l'ETE")
    await say(store, ada, "message-2", "the cat sat on the mat")
    await say(store, ada, "message-3", "the mat sat on the cat")
    return ada


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ete", ["message-1"]),
        ("ZURICH été", ["message-1"]),
        ("cat mat", ["message-3", "message-2"]),
        ('"cat sat"', ["message-2"]),
        ("zur*", ["message-1"]),
        ("zur", []),
        ("from:ada cat", ["message-3", "message-2"]),
        ("from:me", ["message-3", "message-2", "message-1"]),
        ("from:nobody cat", []),
        ("in:general cat", ["message-3", "message-2"]),
        ("in:nowhere cat", []),
        ("before:2000-01-01 cat", []),
        ("after:2000-01-01 cat", ["message-3", "message-2"]),
        ("before:2999-01-01 cat", ["message-3", "message-2"]),
        ("after:2999-01-01 cat", []),
        ("", []),
        ("...", []),
    ],
)
async def test_messages_are_found(store: Store, ada: User, text: str, found: list[str]) -> None:
    assert await ids(store, ada, text) == found


async def test_what_was_found_is_marked(store: Store, ada: User) -> None:
    [hit] = (await find(store, ada, "ete")).hits
    text, found = hit["text"], hit["found"]
    assert isinstance(text, str)
    assert isinstance(found, list)
    assert [text[start:end] for start, end in found] == ["été", "ETE"]
    assert (hit["room"], hit["seq"], hit["author"]) == ("general", 1, ada.as_json())


async def test_hits_come_page_by_page(store: Store, ada: User) -> None:
    first = await find(store, ada, "from:ada", limit=2)
    assert [hit["id"] for hit in first.hits] == ["message-3", "message-2"]
    await say(store, ada, "message-4", "meanwhile")
    second = await find(store, ada, "from:ada", first.cursor, limit=2)
    assert ([hit["id"] for hit in second.hits], second.cursor) == (["message-1"], None)


@pytest.mark.parametrize("indexed", [True, False])
async def test_edits_and_deletions_change_what_is_found(store: Store, ada: User, indexed: bool) -> None:
    if indexed:
        assert await ids(store, ada, "zurich") == ["message-1"]
    await do(store, ada, wire.Edit("edit-0001", "general", "message-1", "Bern"))
    await do(store, ada, wire.Delete("delete-02", "general", "message-2"))
    assert await ids(store, ada, "zurich") == []
    assert await ids(store, ada, "bern") == ["message-1"]
    assert await ids(store, ada, "cat") == ["message-3"]
    assert await ids(store, ada, "from:ada") == ["message-3", "message-1"]
    whole(store)


async def private(store: Store, host: User) -> Room:
    return await store.database.write(partial(rooms.create, name="den", user=host, private=True))


async def test_nobody_finds_what_they_may_not_see(store: Store, ada: User) -> None:
    bob = await store.account("bob")
    room = await private(store, ada)
    await say(store, ada, "message-4", "a secret", room.id)
    public = await store.database.write(partial(rooms.create, name="cave", user=ada))
    await say(store, ada, "message-5", "no secret", public.id)
    direct = await store.database.write(partial(rooms.direct, user=ada, others=[(await store.account("eve")).id]))
    await say(store, ada, "message-6", "another secret", direct.id)
    assert await ids(store, ada, "secret") == ["message-6", "message-5", "message-4"]
    for text in ("secret", "in:den secret", f'in:"{room.id}" secret', f"in:{direct.id} secret", "from:ada secret"):
        assert await ids(store, bob, text) == []
    await store.database.write(partial(rooms.join, room_id=public.id, user=bob))
    assert await ids(store, bob, "secret") == ["message-5"]


async def test_of_a_private_room_one_finds_the_times_one_was_in_it(store: Store, ada: User) -> None:
    bob = await store.account("bob")
    room = await private(store, ada)
    for number, happens in enumerate(["before", "during", "away", "back"]):
        if happens in {"during", "back"}:
            await store.database.write(partial(rooms.invite, room_id=room.id, user=ada, invited=bob.id))
        if happens == "away":
            await store.database.write(partial(rooms.leave, room_id=room.id, user=bob))
            assert await ids(store, bob, "secret") == []
        await say(store, ada, f"secret-{number}", f"secret {happens}", room.id)
    assert await ids(store, bob, "secret") == ["secret-3", "secret-1"]
    assert len(await ids(store, ada, "secret")) == 4


@pytest.mark.parametrize("limit", ["MAX_ROOMS", "FEW"])
async def test_however_it_is_looked_for_the_same_is_found(
    store: Store, ada: User, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, limit, 0)
    bob = await store.account("bob")
    await say(store, ada, "message-4", "a secret cat", (await private(store, ada)).id)
    assert await ids(store, ada, "cat") == ["message-4", "message-3", "message-2"]
    assert await ids(store, bob, "cat") == ["message-3", "message-2"]
    assert await ids(store, bob, "in:general") == ["message-3", "message-2", "message-1"]


@pytest.mark.parametrize("few", [0, search.FEW])
async def test_rooms_of_the_same_name_are_all_looked_through(
    store: Store, ada: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    bob = await store.account("bob")
    public = await store.database.write(partial(rooms.create, name="den", user=ada))
    dens = [public, await private(store, ada), await private(store, bob)]
    await store.database.write(partial(rooms.invite, room_id=dens[2].id, user=bob, invited=ada.id))
    for number, den in enumerate(dens):
        await say(store, ada, f"secret-{number}", "a secret", den.id)
    for text in ("secret", "in:den", "in:den secret", "in:den from:me"):
        assert await ids(store, ada, text) == ["secret-2", "secret-1", "secret-0"], text
    assert await ids(store, bob, "in:den") == ["secret-2"]
