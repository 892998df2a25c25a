"""A server that most of the tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.company import Company, company
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


@pytest.fixture(scope="session")
def orderly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run a server for all tests that leave its owner the owner."""
    with RunningServer(tmp_path_factory.mktemp("orderly")) as server:
        yield server


@pytest.fixture
async def place(orderly: RunningServer) -> AsyncIterator[Company]:
    """Yield a place with somebody of each role."""
    async with company(orderly) as made:
        yield made


@pytest.fixture
async def new_place(tmp_path: Path) -> AsyncIterator[Company]:
    """Yield a place of one's own, with somebody of each role."""
    with RunningServer(tmp_path) as server:
        async with company(server) as made:
            yield made
