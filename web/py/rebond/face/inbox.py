"""What has arrived and waits for the program's ``async for``."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

MAX_UNREAD = 10_000
"""The most items kept for a program that does not take them."""

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue with an end. It never holds more than ``limit`` items, and never loses one in silence."""

    def __init__(self, limit: int = MAX_UNREAD) -> None:
        self._items: deque[T] = deque()
        self._limit = limit
        self._lost = 0
        self._ended = False
        self._changed = asyncio.Event()

    def put(self, item: T) -> None:
        """Add an item; one that finds no room is lost, and counted."""
        if self._lost or len(self._items) >= self._limit:
            self._lost += 1
        else:
            self._items.append(item)
            self._changed.set()

    def close(self) -> None:
        """No more may come."""
        self._ended = True
        self._changed.set()

    def reopen(self) -> None:
        """More may come."""
        self._ended = False

    async def get(self) -> T:
        """Return the next item, waiting for it if need be.

        Raises StopAsyncIteration when nothing is left and no more may come, and OverflowError, once, where items were
        lost.
        """
        while not self._items:
            if self._lost:
                lost, self._lost = self._lost, 0
                raise OverflowError(f"{lost} items were lost: {self._limit} were waiting to be taken already")
            if self._ended:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._items.popleft()
