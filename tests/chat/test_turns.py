"""What is asked for while something else is being done."""

import asyncio

import pytest

from chat.turns import Turns

pytestmark = pytest.mark.anyio


class Work:
    """Takes as long as it is made to, and notes what is done."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.gate = asyncio.Event()

    async def act(self, whom: str) -> None:
        self.begun.append(whom)
        await self.gate.wait()
        self.done.append(whom)

    async def fail(self) -> None:
        raise ValueError("a fault")

    async def pause(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


async def test_nothing_is_passed_over_and_the_order_stays() -> None:
    turns, work = Turns(), Work()
    for whom in ("ada", "bob", "ada"):
        turns.take(work.act, whom)
    await work.pause()
    assert (work.begun, work.done) == (["ada"], [])
    work.gate.set()
    await work.pause()
    assert work.done == ["ada", "bob", "ada"]


async def test_a_button_pressed_twice_is_one_wish() -> None:
    turns, work = Turns(), Work()
    turns.take(work.act, "ada")
    turns.take(work.act, "ada")
    turns.take(work.act, "bob")
    turns.take(work.act, "bob")
    work.gate.set()
    await work.pause()
    assert work.done == ["ada", "bob"]
    turns.take(work.act, "bob")
    await work.pause()
    assert work.done == ["ada", "bob", "bob"]


async def test_what_fails_holds_nothing_up() -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told["exception"]))
    turns, work = Turns(), Work()
    turns.take(work.fail)
    turns.take(work.act, "ada")
    work.gate.set()
    await work.pause()
    assert work.done == ["ada"]
    del turns
    await work.pause()
    assert [str(fault) for fault in faults] == ["a fault"]
