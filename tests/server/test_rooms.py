"""Rooms of every kind, and what is told of them to whom."""

from __future__ import annotations

from functools import partial

import pytest

from rebond import wire
from server import departures, history, messages, people, rooms, stays, streams
from server.accounts import User
from server.errors import (
    ArchivedError,
    BadPeopleError,
    NameTakenError,
    NoSuchPersonError,
    NoSuchRoomError,
    NotAllowedError,
    NotAMemberError,
)
from server.history import Where
from server.rooms import Room
from tests.support.store import Store

Told = list[tuple[str, dict[str, object]]]


async def make(store: Store, maker: User, name: str = "den", *, private: bool = False) -> Room:
    return await store.database.write(partial(rooms.create, name=name, user=maker, private=private))


async def invite(store: Store, host: User, room: Room, guest: User) -> None:
    await store.database.write(partial(rooms.invite, room_id=room.id, user=host, invited=guest.id))


async def leave(store: Store, user: User, room: Room) -> Room | None:
    return await store.database.write(partial(rooms.leave, room_id=room.id, user=user))


async def write(store: Store, author: User, room: Room, text: str) -> int:
    identifier = f"message-{author.id}-{text.replace(' ', '-')}"
    send = wire.Send(identifier[:64], room.id, text)
    return (await store.database.write(partial(messages.store, author=author, asked=send))).seq


NEW = {"display": "", "role": "member", "banned": False, "left": False}


async def told(store: Store, stream: str, after: int = 0) -> Told:
    found = await store.database.read(partial(streams.fetch, name=stream, from_=after + 1, to=wire.MAX_INTEGER))
    return [(each.event.kind, dict(each.event.body)) for each in found.events]


async def texts(store: Store, reader: User, room: Room) -> list[object]:
    page = partial(history.page, room=room.id, reader=reader.id, where=Where(), limit=50)
    return [message["text"] for message in (await store.database.read(page)).messages]


async def known(store: Store, reader: User) -> list[str]:
    return [room.id for room in await store.database.read(partial(rooms.every, user=reader.id))]


async def test_the_place_tells_of_people_and_of_what_becomes_of_public_rooms(store: Store) -> None:
    ada = await store.account("ada")
    room = await make(store, ada)
    await store.database.write(partial(rooms.rename, room_id=room.id, user=ada, name="cave"))
    await store.database.write(partial(rooms.rename, room_id=room.id, user=ada, name="cave"))
    for on in (True, True, False):
        await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=on))
    assert await told(store, "place") == [
        ("person", {"user": ada.as_json() | NEW}),
        ("room", {"room": {"id": room.id, "name": "den"}}),
        ("renamed", {"room": {"id": room.id, "name": "cave"}}),
        ("archived", {"room": room.id, "on": True}),
        ("archived", {"room": room.id, "on": False}),
    ]


async def test_the_room_tells_of_its_changes_and_of_who_comes_and_goes(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada)
    await store.database.write(partial(rooms.join, room_id=room.id, user=bob))
    await store.database.write(partial(rooms.rename, room_id=room.id, user=bob, name="cave"))
    for topic in ("bears", "bears"):
        await store.database.write(partial(rooms.describe, room_id=room.id, user=ada, topic=topic))
    await leave(store, bob, room)
    await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=True))
    assert await told(store, f"room:{room.id}") == [
        ("joined", {"user": bob.as_json()}),
        ("renamed", {"name": "cave", "author": bob.as_json()}),
        ("topic", {"topic": "bears", "author": ada.as_json()}),
        ("left", {"user": bob.as_json()}),
        ("archived", {"on": True, "author": ada.as_json()}),
    ]


async def test_of_a_private_room_nobody_learns_who_is_not_in_it(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    head = len(await told(store, "place"))
    room = await make(store, ada, private=True)
    await store.database.write(partial(rooms.rename, room_id=room.id, user=ada, name="cave"))
    await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=True))
    assert len(await told(store, "place")) == head
    assert room.id not in await known(store, bob)
    with pytest.raises(NoSuchRoomError):
        await store.database.write(partial(rooms.join, room_id=room.id, user=bob))
    # Nor that there is one of this name.
    assert (await make(store, bob, "cave", private=True)).name == "cave"
    assert (await make(store, bob, "cave")).kind == "public"


async def test_a_private_room_is_made_once_by_one_who_asks_twice(store: Store) -> None:
    ada = await store.account("ada")
    await make(store, ada, private=True)
    with pytest.raises(NameTakenError):
        await make(store, ada, "DEN", private=True)


async def test_who_is_invited_is_told_by_whom_and_sees_what_happens_from_then_on(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada, private=True)
    await write(store, ada, room, "before")
    for _ in range(2):
        await invite(store, ada, room, bob)
    await write(store, ada, room, "after")
    joined = (await told(store, f"user:{bob.id}"))[-1]
    body = {
        "room": {"id": room.id, "kind": "private", "name": "den", "topic": ""},
        "head": 1,
        "by": ada.as_json(),
        "sight": [[2, wire.MAX_INTEGER]],
    }
    assert joined == ("joined", body)
    came = [body for kind, body in await told(store, f"room:{room.id}") if kind == "joined"]
    assert came == [{"user": bob.as_json(), "by": ada.as_json()}]
    assert await texts(store, bob, room) == ["after"]
    assert await texts(store, ada, room) == ["before", "after"]


async def test_of_a_private_room_one_sees_the_times_one_was_in_it(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada, private=True)
    await invite(store, ada, room, bob)
    await write(store, ada, room, "while there")
    assert await leave(store, bob, room) is None
    await write(store, ada, room, "while away")
    assert room.id not in await known(store, bob)
    assert await store.database.read(partial(stays.every, account=bob.id)) == {}
    with pytest.raises(NoSuchRoomError):
        await texts(store, bob, room)
    await invite(store, ada, room, bob)
    await write(store, ada, room, "back again")
    assert await texts(store, bob, room) == ["while there", "back again"]
    seen = await store.database.read(partial(stays.of, room=room.id, account=bob.id))
    assert seen == ((1, 2), (5, wire.MAX_INTEGER))
    assert (await told(store, f"user:{bob.id}"))[-1][1]["sight"] == [[1, 2], [5, wire.MAX_INTEGER]]


async def test_who_comes_into_a_public_room_sees_all_of_it(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada)
    await write(store, ada, room, "before")
    await store.database.write(partial(rooms.join, room_id=room.id, user=bob))
    assert await texts(store, bob, room) == ["before"]


async def test_a_conversation_is_the_same_whoever_begins_it(store: Store) -> None:
    ada, bob, eve = [await store.account(name) for name in ("ada", "bob", "eve")]
    first = await store.database.write(partial(rooms.direct, user=ada, others=[bob.id]))
    second = await store.database.write(partial(rooms.direct, user=bob, others=[ada.id, bob.id]))
    three = await store.database.write(partial(rooms.direct, user=bob, others=[ada.id, eve.id]))
    assert first == second
    assert three.id != first.id
    assert (first.kind, first.name, first.members) == ("direct", "", 2)
    assert first.people == [ada.as_json(), bob.as_json()]
    for user in (ada, bob):
        joined = [body for kind, body in await told(store, f"user:{user.id}") if kind == "joined"]
        assert [body["room"] for body in joined if body.get("by") == ada.as_json()] == [first.named()]
    assert first.id not in await known(store, eve)
    assert await write(store, bob, first, "hello") == 1
    assert await texts(store, ada, first) == ["hello"]


async def test_with_whom_one_cannot_talk(store: Store) -> None:
    ada = await store.account("ada")
    with pytest.raises(BadPeopleError):
        await store.database.write(partial(rooms.direct, user=ada, others=[ada.id]))
    with pytest.raises(BadPeopleError):
        await store.database.write(partial(rooms.direct, user=ada, others=[str(number) for number in range(9)]))
    with pytest.raises(NoSuchPersonError):
        await store.database.write(partial(rooms.direct, user=ada, others=["nobody"]))
    room = await make(store, ada, private=True)
    with pytest.raises(NoSuchPersonError):
        await store.database.write(partial(rooms.invite, room_id=room.id, user=ada, invited="nobody"))


async def test_a_conversation_stays_what_it_is(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.direct, user=ada, others=[bob.id]))
    with pytest.raises(NotAllowedError):
        await store.database.write(partial(rooms.rename, room_id=room.id, user=ada, name="us"))
    with pytest.raises(NotAllowedError):
        await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=True))


async def test_what_is_still_on_its_way_of_one_who_has_left_for_good_is_not_stored(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    talk = await store.database.write(partial(rooms.direct, user=ada, others=[bob.id]))
    den = await make(store, ada)
    await store.database.write(partial(rooms.join, room_id=den.id, user=bob))
    await write(store, bob, talk, "farewell")
    await store.database.write(partial(departures.close, user=bob, wish="keep"))
    for room, error in ((talk, NoSuchRoomError), (den, NotAMemberError)):
        with pytest.raises(error):
            await write(store, bob, room, "too late")
        assert "too late" not in await texts(store, ada, room)
    assert await write(store, bob, talk, "farewell") == 1  # it was stored, and stays so


async def test_an_archived_room_can_be_read_and_no_more(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada)
    await write(store, ada, room, "hello")
    archived = await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=True))
    assert archived.archived
    assert await texts(store, ada, room) == ["hello"]
    for act in (
        partial(rooms.join, room_id=room.id, user=bob),
        partial(rooms.rename, room_id=room.id, user=ada, name="cave"),
        partial(rooms.describe, room_id=room.id, user=ada, topic="bears"),
        partial(messages.store, author=ada, asked=wire.Send("message-1", room.id, "too late")),
    ):
        with pytest.raises(ArchivedError):
            await store.database.write(act)
    await store.database.write(partial(rooms.archive, room_id=room.id, user=ada, on=False))
    await write(store, ada, room, "again")


async def test_people_are_found_by_the_beginning_of_their_names(store: Store) -> None:
    for name in ("Ada", "adam", "Bob", "a_b"):
        await store.account(name)

    async def named(beginning: str, limit: int = 10) -> list[str]:
        found = await store.database.read(partial(people.everyone, named=beginning, limit=limit))
        return [person.name for person in found]

    assert await named("") == ["a_b", "Ada", "adam", "Bob"]
    assert await named("AD") == ["Ada", "adam"]
    assert await named("a_") == ["a_b"]
    assert await named("", 2) == ["a_b", "Ada"]


async def test_members_are_told_to_members(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await make(store, ada, private=True)
    found = await store.database.read(partial(people.members, room=room.id, reader=ada.id, limit=10))
    assert [person.name for person in found] == ["ada"]
    with pytest.raises(NoSuchRoomError):
        await store.database.read(partial(people.members, room=room.id, reader=bob.id, limit=10))
