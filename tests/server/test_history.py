"""Pages of history: where they begin and end, and what hangs on their messages."""

from __future__ import annotations

import itertools
import time
from functools import partial

import pytest

from rebond import wire
from server import history, messages, rooms
from server.accounts import User
from server.errors import BadEmojiError, NoSuchMessageError, ServiceError, TooManyReactionsError
from server.history import History, Where
from tests.support.store import Store

_numbers = itertools.count(1)
THUMB, HEART = "\U0001f44d", "\u2764\ufe0f"


async def do(store: Store, who: User, operation: wire.Operation) -> int:
    return (await store.database.write(partial(messages.store, author=who, asked=operation))).seq


async def send(store: Store, who: User, identifier: str, text: str = "hello", re: str | None = None) -> int:
    return await do(store, who, wire.Send(identifier, "general", text, re=re))


async def react(
    store: Store, who: User, target: str, emoji: str = THUMB, *, on: bool = True, room: str = "general"
) -> int:
    return await do(store, who, wire.React(f"reaction-{next(_numbers)}", room, target, emoji, on))


async def read(store: Store, who: User, where: Where | None = None, limit: int = 50, room: str = "general") -> History:
    page = partial(history.page, room=room, reader=who.id, where=where or Where(), limit=limit)
    return await store.database.read(page)


@pytest.mark.parametrize(
    ("where", "limit", "seqs", "more", "newer"),
    [
        (Where(), 3, [8, 9, 10], True, False),
        (Where(before=4), 3, [1, 2, 3], False, True),
        (Where(before=5), 3, [2, 3, 4], True, True),
        (Where(before=11), 10, list(range(1, 11)), False, False),
        (Where(after=0), 3, [1, 2, 3], False, True),
        (Where(after=7), 3, [8, 9, 10], True, False),
        (Where(after=10), 3, [], True, False),
        (Where(around=5), 1, [5], True, True),
        (Where(around=5), 4, [3, 4, 5, 6], True, True),
        (Where(around=5), 5, [3, 4, 5, 6, 7], True, True),
        (Where(around=1), 3, [1, 2], False, True),
        (Where(around=10), 3, [9, 10], True, False),
        (Where(around=99), 3, [9, 10], True, False),
    ],
)
async def test_pages_begin_and_end_where_asked(
    store: Store, where: Where, limit: int, seqs: list[int], more: bool, newer: bool
) -> None:
    ada = await store.account("ada")
    for number in range(1, 11):
        await send(store, ada, f"message-{number}")
    page = await read(store, ada, where, limit)
    assert [message["seq"] for message in page.messages] == seqs
    assert (page.more, page.newer, page.head) == (more, newer, 10)


async def test_a_reply_shows_what_it_is_about_as_it_stands_now(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await send(store, ada, "message-1", "x" * 300)
    await send(store, bob, "message-2", re=f"{ada.id}/message-1")
    await send(store, ada, "message-3", re="message-1")
    quote = {"id": "message-1", "seq": 1, "author": ada.as_json(), "text": "x" * 200, "deleted": False}
    assert [message.get("re") for message in (await read(store, bob)).messages] == [None, quote, quote]
    await do(store, ada, wire.Edit("edit-0001", "general", "message-1", "shorter"))
    assert (await read(store, bob)).messages[1]["re"] == quote | {"text": "shorter"}
    await do(store, ada, wire.Delete("delete-01", "general", "message-1"))
    assert (await read(store, bob)).messages[1]["re"] == quote | {"text": "", "deleted": True}
    # Whoever was about to send it loses nothing.
    assert await send(store, bob, "message-4", re=f"{ada.id}/message-1") == 6


async def test_a_reply_to_what_is_not_there_is_refused(store: Store) -> None:
    ada = await store.account("ada")
    room = await store.database.write(partial(rooms.create, name="den", user=ada))
    await do(store, ada, wire.Send("message-1", room.id, "elsewhere"))
    for name in ("message-1", f"{ada.id}/message-1", "nobody/message-1", "", "/", "reaction-0"):
        with pytest.raises(NoSuchMessageError):
            await send(store, ada, "message-2", re=name)


async def test_reactions_are_counted_with_who_and_never_toggle(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await send(store, ada, "message-1")
    target = f"{ada.id}/message-1"
    for _ in range(2):
        await react(store, bob, target)
    await react(store, ada, target)
    last = await react(store, ada, target, HEART)
    await send(store, ada, "message-2")
    [first, second] = (await read(store, bob)).messages
    assert first["reactions"] == [
        {"emoji": THUMB, "count": 2, "mine": True, "who": [bob.as_json(), ada.as_json()]},
        {"emoji": HEART, "count": 1, "mine": False, "who": [ada.as_json()]},
    ]
    assert (first["changed"], first["edited"], second["reactions"]) == (last, None, [])
    for _ in range(2):
        await react(store, bob, target, on=False)
    [first, _] = (await read(store, bob)).messages
    assert first["reactions"] == [
        {"emoji": THUMB, "count": 1, "mine": False, "who": [ada.as_json()]},
        {"emoji": HEART, "count": 1, "mine": False, "who": [ada.as_json()]},
    ]
    counts = [notice.body["count"] for notice in store.reactions()]
    assert counts == [1, 1, 2, 1, 1, 1]


async def test_reactions_stand_as_they_came_even_in_the_same_millisecond(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    await send(store, ada, "message-1")
    emojis = [THUMB, HEART, "\u2615", "\U0001f389"]
    for emoji in emojis + emojis[::-1]:
        await react(store, ada if emoji in {THUMB, HEART} else bob, f"{ada.id}/message-1", emoji)
    reactions = (await read(store, bob)).messages[0]["reactions"]
    assert isinstance(reactions, list)
    assert [each["emoji"] for each in reactions] == emojis


async def test_reactions_go_with_their_message(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    await send(store, ada, "message-1")
    await react(store, bob, f"{ada.id}/message-1")
    await do(store, ada, wire.Delete("delete-01", "general", "message-1"))
    assert (await read(store, ada)).messages[0]["reactions"] == []
    with pytest.raises(NoSuchMessageError):
        await react(store, bob, f"{ada.id}/message-1")


async def test_reactions_of_a_message_are_bounded(store: Store) -> None:
    ada = await store.account("ada")
    await send(store, ada, "message-1")
    for number in range(messages.MAX_EMOJI):
        await react(store, ada, "message-1", chr(0x1F600 + number))
    with pytest.raises(TooManyReactionsError):
        await react(store, ada, "message-1", HEART)
    await react(store, ada, "message-1", chr(0x1F600))
    await react(store, ada, "message-1", HEART, on=False)


@pytest.mark.parametrize(
    ("emoji", "target", "error"),
    [
        ("ok", "message-1", BadEmojiError),
        (THUMB, "message-2", NoSuchMessageError),
        (THUMB, "a/b/c", NoSuchMessageError),
    ],
)
async def test_what_is_no_reaction_is_refused(store: Store, emoji: str, target: str, error: type[ServiceError]) -> None:
    ada = await store.account("ada")
    await send(store, ada, "message-1")
    with pytest.raises(error):
        await react(store, ada, target, emoji)


async def test_a_message_of_before_ones_time_cannot_be_quoted_or_reacted_to(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")
    room = await store.database.write(partial(rooms.create, name="den", user=ada, private=True))
    await do(store, ada, wire.Send("message-1", room.id, "a secret"))
    await store.database.write(partial(rooms.invite, room_id=room.id, user=ada, invited=bob.id))
    await do(store, ada, wire.Send("message-2", room.id, "well", re="message-1"))
    with pytest.raises(NoSuchMessageError):
        await react(store, bob, f"{ada.id}/message-1", room=room.id)
    with pytest.raises(NoSuchMessageError):
        await do(store, bob, wire.Send("message-1", room.id, "what?", re=f"{ada.id}/message-1"))
    [message] = (await read(store, bob, room=room.id)).messages
    assert message["re"] == {"seq": 1, "hidden": True}
    await react(store, bob, f"{ada.id}/message-2", room=room.id)


async def test_mentions_are_those_of_the_text_as_it_is_now(store: Store) -> None:
    ada, bob = await store.account("ada"), await store.account("bob")

    async def found() -> list[object]:
        return [message["mentions"] for message in (await read(store, ada)).messages]

    await send(store, ada, "message-1", "hello @bob and @ada")
    assert await found() == [[bob.id, ada.id]]
    await do(store, ada, wire.Edit("edit-0001", "general", "message-1", "hello @ada"))
    assert await found() == [[ada.id]]
    await do(store, ada, wire.Delete("delete-01", "general", "message-1"))
    assert await found() == [[]]
    told = [notice.body.get("mentions") for notice in store.told("room:general")]
    assert told == [[bob.id, ada.id], [ada.id], None]
    logged = await store.log("room:general")
    assert [body.get("mentions") for body in logged] == [None, None, None]
