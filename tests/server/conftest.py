"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from server import place
from server.database import Database
from server.migrations import migrate
from server.notices import Notice
from tests.support.store import Store


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio, the only loop the server knows."""
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Yield a fresh database with the room of everybody."""
    url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    migrate(url)
    notices: list[Notice] = []
    database = Database(url, notices.append)
    await database.write(partial(place.start, counted=None))
    yield Store(url, database, notices)
    await database.close()
