"""Keeps the search up to date: soon after messages are stored, and before somebody searches."""

from __future__ import annotations

import asyncio
import logging

from server import search
from server.database import Database
from server.errors import BusyError

logger = logging.getLogger(__name__)

DELAY = 1.0
"""Seconds for which messages are gathered: putting many into the index at once costs a fraction."""


class Indexer:
    """Puts messages into the index while the server runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._working: asyncio.Task[None] | None = None
        self.wanted()

    def wanted(self) -> None:
        """There is a new message."""
        if self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._due)

    async def catch_up(self) -> None:
        """Return once all that is stored by now can be found. Raises BusyError."""
        while await self._database.write(search.index):
            pass

    async def close(self) -> None:
        """Work no more; what is not in the index gets there after the next start."""
        if self._timer is not None:
            self._timer.cancel()
        if self._working is not None:
            await asyncio.wait([self._working])

    def _due(self) -> None:
        self._timer = None
        if self._working is None or self._working.done():
            self._working = self._loop.create_task(self._work())
        else:
            self.wanted()

    async def _work(self) -> None:
        try:
            await self.catch_up()
        except BusyError:
            logger.warning("the search waits: the database is busy")
            self.wanted()
