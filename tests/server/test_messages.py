"""Storing messages: what is looked up before what is checked."""

from __future__ import annotations

from functools import partial

import pytest

from rebond import wire
from server import messages, rooms
from server.accounts import User
from server.errors import (
    BadIdError,
    EmptyTextError,
    NoSuchRoomError,
    NotAMemberError,
    PredecessorError,
    ServiceError,
)
from tests.support.store import Store


async def send(store: Store, author: User, identifier: str, **changes: str) -> wire.Ack:
    frame = wire.Send(id=identifier, **({"room": "general", "text": "hello"} | changes))
    return await store.database.write(partial(messages.store, author=author, send=frame))


async def test_look_up_comes_before_every_check(store: Store) -> None:
    ada = await store.account("ada")
    room = await store.database.write(partial(rooms.create, name="den", account=ada.id))
    first = await send(store, ada, "message-1", room=room.id)
    await store.database.write(partial(rooms.leave, room_id=room.id, account=ada.id))
    assert await send(store, ada, "message-1", room=room.id) == first
    assert await send(store, ada, "message-1", room="nowhere", text="", after="never-stored") == first


async def test_same_id_of_two_authors_is_two_messages(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    assert (await send(store, ada, "message-1")).seq == 1
    assert (await send(store, bob, "message-1")).seq == 2


async def test_message_is_an_event_with_its_seq(store: Store) -> None:
    ada = await store.account("ada")
    ack = await send(store, ada, "message-1")
    assert store.events("room:general") == [(ack.seq, "message")]


@pytest.mark.parametrize(
    ("identifier", "changes", "error"),
    [
        ("short", {}, BadIdError),
        ("message-1", {"text": " "}, EmptyTextError),
        ("message-1", {"room": "nowhere"}, NoSuchRoomError),
        ("message-1", {"after": "message-0"}, PredecessorError),
    ],
)
async def test_refused_message_leaves_nothing(
    store: Store, identifier: str, changes: dict[str, str], error: type[ServiceError]
) -> None:
    ada = await store.account("ada")
    with pytest.raises(error):
        await send(store, ada, identifier, **changes)
    assert store.events("room:general") == []
    assert (await send(store, ada, "message-1")).seq == 1


async def test_only_members_write(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.create, name="den", account=ada.id))
    with pytest.raises(NotAMemberError):
        await send(store, bob, "message-1", room=room.id)


async def test_predecessor_of_another_author_is_none(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await send(store, ada, "message-1")
    with pytest.raises(PredecessorError):
        await send(store, bob, "message-2", after="message-1")
    await send(store, ada, "message-2", after="message-1")
