"""A full disk: busy, acknowledged nothing, recovered from without a restart."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.running import RunningServer
from tests.support.visitor import Visitor


@contextmanager
def full_disk(server: RunningServer) -> Iterator[None]:
    """Let no file of the server's grow: to its writes the system answers as it does on a full disk (EFBIG)."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


def stored(server: RunningServer) -> list[str]:
    with closing(sqlite3.connect(server.database)) as database:
        return [row[0] for row in database.execute("SELECT id FROM message ORDER BY seq")]


async def test_full_disk_is_busy_acks_nothing_and_passes_by_itself(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, ada.connected() as socket:
            await socket.send("before-it-was-full")
            await socket.acked("before-it-was-full")
            with full_disk(server):
                for _ in range(3):
                    await socket.send("while-it-was-full")
                    error = await socket.refused()
                    assert (error["code"], error["id"]) == ("busy", "while-it-was-full")
                    assert error["retry_ms"]
                answer = await ada.post("/api/rooms", name="No room for a room")
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
                assert answer.headers["retry-after"]
                assert (await ada.get("/api/rooms")).status_code == 200
                assert stored(server) == ["before-it-was-full"]
            await socket.send("while-it-was-full")
            assert (await socket.acked("while-it-was-full"))["seq"] == 2
            server.kill()
    assert stored(server) == ["before-it-was-full", "while-it-was-full"]
