"""A server that most of the tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.running import RunningServer
from tests.support.visitor import Visitor


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run one server for all tests that need nothing special of it."""
    with RunningServer(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
async def ada(server: RunningServer) -> AsyncIterator[Visitor]:
    """Yield someone."""
    async with Visitor.registered(server, "ada") as visitor:
        yield visitor


@pytest.fixture
async def bob(server: RunningServer) -> AsyncIterator[Visitor]:
    """Yield someone else."""
    async with Visitor.registered(server, "bob") as visitor:
        yield visitor
