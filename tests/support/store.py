"""A database on a file, for tests of what stands on it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rebond.wire import MAX_INTEGER
from server import accounts, streams
from server.accounts import User
from server.database import Database
from server.limits import Limits
from server.notices import Event, Notice
from server.settings import Settings


def unlimited() -> Limits:
    """Return limits that never refuse anything."""
    settings = Settings(
        login_failures_per_address=0,
        login_failures_per_account=0,
        registrations_per_address=0,
        rooms_per_account=0,
        messages_per_second=0,
        requests_per_account=0,
        requests_per_address=0,
    )
    return Limits(settings, time.monotonic)


@dataclass
class Store:
    """A database, and what it announced."""

    url: str
    database: Database
    notices: list[Notice] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The file of the database."""
        return Path(self.url.removeprefix("sqlite:///"))

    async def account(self, name: str) -> User:
        """Return an account that was made for the test."""
        return await self.database.write(lambda transaction: accounts.create(transaction, name, "no hash"))

    def told(self, stream: str) -> list[Event]:
        """Return the events announced in a stream."""
        return [notice for notice in self.notices if isinstance(notice, Event) and notice.stream == stream]

    def reactions(self) -> list[Event]:
        """Return the events that told of reactions."""
        return [notice for notice in self.notices if isinstance(notice, Event) and notice.kind == "reacted"]

    async def log(self, stream: str) -> list[Mapping[str, object]]:
        """Return what the events of a stream hold now."""
        found = await self.database.read(partial(streams.fetch, name=stream, from_=1, to=MAX_INTEGER))
        return [each.event.body for each in found.events]

    def events(self, stream: str) -> list[tuple[int, str]]:
        """Return seq and kind of the events announced in a stream."""
        return [(n.seq, n.kind) for n in self.notices if isinstance(n, Event) and n.stream == stream]
