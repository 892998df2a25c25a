"""Waits for what a link says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rebond import State, Status
from tests.support.running import PATIENCE


class Watch:
    """A listener for ``on_status`` that keeps all it is told."""

    def __init__(self) -> None:
        self.seen: list[Status] = []
        self._changed = asyncio.Event()

    def __call__(self, status: Status) -> None:
        self.seen.append(status)
        self._changed.set()

    async def until(self, holds: Callable[[Status], bool]) -> Status:
        """Return the last status once ``holds`` is true of it."""
        async with asyncio.timeout(PATIENCE):
            while not (self.seen and holds(self.seen[-1])):
                self._changed.clear()
                await self._changed.wait()
        return self.seen[-1]

    async def state(self, state: State) -> Status:
        """Return the last status once the link stands at ``state``."""
        return await self.until(lambda status: status.state is state)
