"""Storing messages: what is looked up before what is checked."""

from __future__ import annotations

from functools import partial

import pytest

from rebond import wire
from server import history, messages, rooms, standing, streams
from server.accounts import User
from server.errors import (
    BadIdError,
    BannedError,
    EmptyTextError,
    NoSuchMessageError,
    NoSuchRoomError,
    NotAMemberError,
    PredecessorError,
    ServiceError,
    SlowDownError,
)
from server.history import Where
from tests.support.store import Store


async def send(store: Store, author: User, identifier: str, **changes: str) -> wire.Ack:
    frame = wire.Send(id=identifier, **({"room": "general", "text": "hello"} | changes))
    return await store.database.write(partial(messages.store, author=author, asked=frame))


async def test_look_up_comes_before_every_check(store: Store) -> None:
    ada = await store.account("ada")
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    first = await send(store, ada, "message-1", room=room.id)
    await store.database.write(partial(rooms.leave, room_id=room.id, user=ada))
    assert await send(store, ada, "message-1", room=room.id) == first
    assert await send(store, ada, "message-1", room="nowhere", text="", after="never-stored") == first


async def test_who_may_store_nothing_new_still_gets_the_ack_of_what_is_stored(store: Store) -> None:
    ada = await store.account("ada")
    first = await send(store, ada, "message-1")

    async def refused(identifier: str) -> wire.Ack:
        frame = wire.Send(id=identifier, room="general", text="hello")
        asked = partial(messages.store, author=ada, asked=frame, refusal=SlowDownError(retry_ms=500))
        return await store.database.write(asked)

    assert await refused("message-1") == first
    with pytest.raises(SlowDownError):
        await refused("message-2")
    assert store.events("room:general") == [(1, "message")]


async def test_what_waited_behind_the_ban_of_its_author_is_refused(store: Store) -> None:
    ada = await store.account("ada")
    first = await send(store, ada, "message-1")
    await store.database.write(lambda transaction: standing.change(transaction, ada.id, banned_at=transaction.now))
    with pytest.raises(BannedError):
        await send(store, ada, "message-2")
    assert await send(store, ada, "message-1") == first
    assert store.events("room:general") == [(1, "message")]


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
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    with pytest.raises(NotAMemberError):
        await send(store, bob, "message-1", room=room.id)


async def test_predecessor_of_another_author_is_none(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await send(store, ada, "message-1")
    with pytest.raises(PredecessorError):
        await send(store, bob, "message-2", after="message-1")
    await send(store, ada, "message-2", after="message-1")


async def edit(store: Store, author: User, identifier: str, target: str, text: str, room: str = "general") -> wire.Ack:
    frame = wire.Edit(id=identifier, room=room, target=target, text=text)
    return await store.database.write(partial(messages.store, author=author, asked=frame))


async def delete(store: Store, author: User, identifier: str, target: str, room: str = "general") -> wire.Ack:
    frame = wire.Delete(id=identifier, room=room, target=target)
    return await store.database.write(partial(messages.store, author=author, asked=frame))


async def texts(store: Store, reader: User) -> list[tuple[object, ...]]:
    page = partial(history.page, room="general", reader=reader.id, where=Where(), limit=50)
    found = await store.database.read(page)
    shown = [row | {"edited": row["edited"] is not None} for row in found.messages]
    return [tuple(row[name] for name in ("seq", "text", "changed", "edited", "deleted")) for row in shown]


async def log(store: Store) -> list[tuple[str, object, object]]:
    found = await store.database.read(partial(streams.fetch, name="room:general", from_=1, to=wire.MAX_INTEGER))
    return [(item.event.kind, item.event.body["id"], item.event.body.get("text")) for item in found.events]


async def test_edit_is_an_event_and_changes_what_the_history_tells(store: Store) -> None:
    ada = await store.account("ada")
    await send(store, ada, "message-1", text="helo")
    ack = await edit(store, ada, "edit-0001", "message-1", "hello")
    assert ack == await edit(store, ada, "edit-0001", "message-1", "something else")
    assert (ack.id, ack.seq) == ("edit-0001", 2)
    assert await texts(store, ada) == [(1, "hello", 2, True, False)]
    assert await log(store) == [("message", "message-1", "helo"), ("edited", "message-1", "hello")]


async def test_deletion_blanks_the_text_wherever_it_stands(store: Store) -> None:
    ada = await store.account("ada")
    await send(store, ada, "message-0", text="stays")
    await send(store, ada, "message-1", text="first secret")
    await edit(store, ada, "edit-0001", "message-1", "second secret")
    await edit(store, ada, "edit-0002", "message-0", "stays too")
    ack = await delete(store, ada, "delete-01", "message-1")
    assert await texts(store, ada) == [(1, "stays too", 4, True, False), (2, "", 5, True, True)]
    assert await log(store) == [
        ("message", "message-0", "stays"),
        ("message", "message-1", ""),
        ("edited", "message-1", ""),
        ("edited", "message-0", "stays too"),
        ("deleted", "message-1", None),
    ]
    assert await delete(store, ada, "delete-01", "message-1") == ack


async def test_what_is_not_there_not_ones_own_or_deleted_cannot_be_changed(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    await send(store, ada, "message-1")
    await edit(store, ada, "edit-0001", "message-1", "hello")
    with pytest.raises(NoSuchMessageError):
        await edit(store, bob, "edit-0001", "message-1", "mine now")
    with pytest.raises(NoSuchMessageError):
        await delete(store, ada, "delete-01", "edit-0001")
    with pytest.raises(NoSuchMessageError):
        await delete(store, ada, "delete-01", "message-1", room.id)
    await delete(store, ada, "delete-01", "message-1")
    with pytest.raises(NoSuchMessageError):
        await edit(store, ada, "edit-0002", "message-1", "back again")
    with pytest.raises(NoSuchMessageError):
        await delete(store, ada, "delete-02", "message-1")
    with pytest.raises(EmptyTextError):
        await edit(store, ada, "edit-0003", "message-1", " ")


async def test_changes_of_older_messages_are_found_in_a_range(store: Store) -> None:
    ada = await store.account("ada")
    for number in range(1, 5):
        await send(store, ada, f"message-{number}")
    await edit(store, ada, "edit-0001", "message-4", "known too late")
    await edit(store, ada, "edit-0002", "message-1", "hello")
    await delete(store, ada, "delete-01", "message-2")
    found = await store.database.read(partial(streams.skim, name="room:general", from_=4, to=7, known=3))
    assert [(item.event.seq, item.event.kind) for item in found.events] == [(6, "edited"), (7, "deleted")]
    assert not found.more
