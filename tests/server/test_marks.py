"""How accounts stand in their rooms."""

from __future__ import annotations

from functools import partial

import pytest

from rebond import wire
from server import marks, messages, people, rooms
from server.accounts import User
from server.errors import NotAMemberError
from server.marks import MAX_UNREAD, Heed, Mark
from server.notices import Marked
from tests.support.store import Store


async def say(store: Store, author: User, identifier: str, text: str = "hello", room: str = "general") -> None:
    await store.database.write(partial(messages.store, author=author, asked=wire.Send(identifier, room, text)))


async def read(store: Store, user: User, seq: int, room: str = "general") -> None:
    await store.database.write(partial(marks.read, user=user, room=room, seq=seq))


async def standing(store: Store, user: User) -> dict[str, Mark]:
    return {mark.room: mark for mark in await store.database.read(partial(marks.every, account=user.id))}


def announced(store: Store) -> list[tuple[str, int, bool]]:
    return [(each.account, each.mark.read, each.others) for each in store.notices if isinstance(each, Marked)]


async def test_what_others_have_said_is_unread_until_it_is_read(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await say(store, ada, "message-1", "hello @bob")
    await say(store, bob, "message-2", "hello @ada")
    await say(store, ada, "message-3")
    await say(store, ada, "message-4", "gone @bob")
    delete = wire.Delete("delete-04", "general", "message-4")
    await store.database.write(partial(messages.store, author=ada, asked=delete))
    assert await standing(store, bob) == {"general": Mark("general", 0, unread=2, mentions=1, heed=Heed.NORMAL)}
    await read(store, bob, 2)
    assert await standing(store, bob) == {"general": Mark("general", 2, unread=1, mentions=0, heed=Heed.NORMAL)}
    assert await standing(store, ada) == {"general": Mark("general", 0, unread=1, mentions=1, heed=Heed.NORMAL)}


async def test_a_mark_goes_up_and_never_beyond_what_has_happened(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    for number in range(1, 4):
        await say(store, ada, f"message-{number}")
    for seq in (2, 2, 1, 99, 99):
        await read(store, bob, seq)
    assert announced(store) == [(bob.id, 2, True), (bob.id, 3, True)]


async def test_there_is_no_mark_in_a_room_one_is_not_in(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    await say(store, ada, "message-1", room=room.id)
    await read(store, bob, 1, room.id)
    assert announced(store) == []
    with pytest.raises(NotAMemberError):
        await store.database.write(partial(marks.heed, room_id=room.id, user=bob, how=Heed.MUTED))


async def test_unread_messages_are_counted_to_a_bound(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    for number in range(MAX_UNREAD + 5):
        await say(store, ada, f"message-{number}", "@bob")
    mark = (await standing(store, bob))["general"]
    assert (mark.unread, mark.mentions) == (MAX_UNREAD, MAX_UNREAD)


async def test_in_a_large_room_nobody_else_is_told(store: Store) -> None:
    ada = await store.account("ada")
    for number in range(marks.SMALL):
        await store.account(f"other {number}")
    await say(store, ada, "message-1")
    await read(store, ada, 1)
    assert announced(store) == [(ada.id, 1, False)]
    found = await store.database.read(partial(people.members, room="general", reader=ada.id, limit=100))
    assert {person.read for person in found} == {None}


async def test_members_of_a_small_room_see_how_far_each_has_read(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await say(store, ada, "message-1")
    await read(store, bob, 1)
    found = await store.database.read(partial(people.members, room="general", reader=ada.id, limit=100))
    assert [(person.name, person.read) for person in found] == [("ada", 0), ("bob", 1)]


async def test_a_room_is_followed_muted_and_neither(store: Store) -> None:
    ada = await store.account("ada")
    for how in (Heed.FOLLOWED, Heed.MUTED, Heed.NORMAL):
        await store.database.write(partial(marks.heed, room_id="general", user=ada, how=how))
        assert (await standing(store, ada))["general"].heed is how
    assert announced(store) == [(ada.id, 0, False)] * 3


async def test_what_was_said_before_one_came_is_not_unread(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    await say(store, ada, "message-1", room=room.id)
    await store.database.write(partial(rooms.join, room_id=room.id, user=bob))
    assert (await standing(store, bob))[room.id].unread == 0


async def test_who_was_there_when_the_server_stopped_is_expected(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    assert await store.database.write(people.expect) == {}
    await store.database.write(partial(people.keep_seen, account_id=ada.id, at=None))
    await say(store, bob, "message-1")
    assert await store.database.write(people.expect) == {ada.id: ["general"]}
    [person, _] = await store.database.read(partial(people.everyone, named="", limit=10))
    assert person.seen_at is not None
    assert await store.database.write(people.expect) == {}
