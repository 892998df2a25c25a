"""What has been acknowledged is there after ``kill -9``."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tests.support.running import RunningServer
from tests.support.visitor import PASSWORD, Visitor


class Writer:
    """Sends messages until the connection breaks, with some of them always in flight."""

    def __init__(self) -> None:
        self.acked: dict[str, int] = {}
        self.enough = asyncio.Event()

    async def write(self, visitor: Visitor, name: str) -> None:
        """Send for one life of the server; ``enough`` is set at the hundredth ack."""
        try:
            async with visitor.connected() as socket:
                for number in range(10_000):
                    await socket.send(f"{name}-{number}")
                    if number >= 20:
                        ack = await socket.hear("ack")
                        self.acked[str(ack["id"])] = int(str(ack["seq"]))
                    if number == 120:
                        self.enough.set()
        except ConnectionClosed:
            return


async def test_acknowledged_messages_survive_a_kill_while_others_are_written(tmp_path: Path) -> None:
    acked: dict[str, int] = {}
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada, Visitor.registered(server, "bob") as bob:
            for life in range(2):
                writers = {visitor: Writer() for visitor in (ada, bob)}
                writing = [
                    asyncio.create_task(writer.write(visitor, f"life-{life}-{visitor.name}"))
                    for visitor, writer in writers.items()
                ]
                await asyncio.gather(*(writer.enough.wait() for writer in writers.values()))
                server.kill()
                await asyncio.gather(*writing)
                for writer in writers.values():
                    acked |= writer.acked
                with sqlite3.connect(server.database) as database:
                    stored = dict(database.execute("SELECT id, seq FROM message").fetchall())
                database.close()
                assert {identifier: stored[identifier] for identifier in acked} == acked
                assert sorted(stored.values()) == list(range(1, len(stored) + 1))
                server.start()


async def test_sessions_rooms_and_epoch_outlive_a_restart(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            room = (await ada.post("/api/rooms", name="Salon")).json()["room"]
            async with ada.connected() as socket:
                epoch = socket.welcome["epoch"]
            server.restart()
            assert (await ada.get("/api/me")).status_code == 200
            assert (await ada.post("/api/refresh")).status_code == 200
            assert (await ada.post("/api/login", name=ada.name, password=PASSWORD)).status_code == 200
            assert room in (await ada.get("/api/rooms")).json()["rooms"]
            async with ada.connected() as socket:
                assert socket.welcome["epoch"] == epoch
        with sqlite3.connect(server.database) as database:
            assert database.execute("SELECT value FROM meta WHERE key = 'starts'").fetchone() == ("2",)
        database.close()


async def test_message_of_a_lost_answer_is_stored_once_across_a_restart(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        async with Visitor.registered(server, "ada") as ada:
            async with ada.connected() as socket:
                await socket.send("the-message")
                first = await socket.acked("the-message")
            server.restart()
            async with ada.connected() as socket:
                await socket.send("the-message")
                assert await socket.acked("the-message") == first
