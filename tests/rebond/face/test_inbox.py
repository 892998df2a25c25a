"""What waits for ``async for``: in order, bounded, with an end, nothing lost in silence."""

from __future__ import annotations

import asyncio

import pytest

from rebond.face.inbox import Inbox


async def test_items_come_out_in_the_order_they_came_in() -> None:
    inbox: Inbox[str] = Inbox()
    for item in "abc":
        inbox.put(item)
    assert [await inbox.get() for _ in range(3)] == ["a", "b", "c"]


async def test_one_who_waits_is_given_what_comes() -> None:
    inbox: Inbox[int] = Inbox()
    waiting = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.put(7)
    assert await waiting == 7


async def test_what_is_there_comes_before_the_end() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.close()
    assert await inbox.get() == 1
    with pytest.raises(StopAsyncIteration):
        await inbox.get()


async def test_one_who_waits_learns_of_the_end() -> None:
    inbox: Inbox[int] = Inbox()

    async def listen() -> str:
        try:
            await inbox.get()
        except StopAsyncIteration:
            return "end"
        return "item"

    waiting = asyncio.ensure_future(listen())
    await asyncio.sleep(0)
    inbox.close()
    assert await waiting == "end"


async def test_after_the_end_it_can_go_on() -> None:
    inbox: Inbox[int] = Inbox()
    inbox.close()
    inbox.reopen()
    inbox.put(1)
    assert await inbox.get() == 1


async def test_what_finds_no_room_is_told_where_it_is_missing() -> None:
    inbox: Inbox[int] = Inbox(limit=2)
    for item in range(5):
        inbox.put(item)
    assert [await inbox.get(), await inbox.get()] == [0, 1]
    inbox.put(5)
    with pytest.raises(OverflowError, match="4 items were lost: 2 were waiting"):
        await inbox.get()
    inbox.put(6)
    assert await inbox.get() == 6
