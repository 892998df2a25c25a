"""What is asked for faster than the server answers is done all the same, in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVarTuple

Wanted = TypeVarTuple("Wanted")


class Turns:
    """Does one thing after the other, in the order in which they were asked for.

    Nothing that was asked for is passed over, except the same thing again while it is still to be done: a button
    pressed twice is one wish.
    """

    def __init__(self) -> None:
        self._last: asyncio.Task[None] | None = None
        self._asked: tuple[object, ...] = ()

    def take(self, work: Callable[[*Wanted], Awaitable[None]], *args: *Wanted) -> None:
        """Do ``work(*args)`` once all that was asked for before is over, however it ended."""
        before = None if self._last is None or self._last.done() else self._last
        if before is not None and self._asked == (work, *args):
            return
        self._asked = (work, *args)

        async def do() -> None:
            if before is not None:
                await asyncio.wait([before])
            await work(*args)

        self._last = asyncio.ensure_future(do())
