"""Real processes under faults: nothing is lost, nothing doubled, nothing reordered.

Fifty links talk in four rooms through a proxy that breaks their connections, while the server is killed every few
seconds. After every round there is peace, and everything that anybody was told is held against the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy
from tests.faults.talker import Life
from tests.faults.verdict import Book, heads_of
from tests.support.running import RunningServer
from tests.support.torture import REPORT, SEED, scaled
from tests.support.visitor import Visitor, provider_for

SECONDS = scaled("REBOND_FAULT_SECONDS", 60, 1_800)
"""How long there are faults, in all rounds together."""

ROUND = 60.0
"""Seconds of faults before everything is compared."""

PEACE = 60.0
"""Seconds within which everything is well once the faults have ended."""

PATIENCE = 120.0
"""Seconds that a start of the server may take. How soon it comes is not what this is about; the slowest is reported."""

TALKERS = 50
GENERAL = "general"


class Talker:
    """Somebody with an account, and the lives of their link."""

    def __init__(self, visitor: Visitor, rooms: list[str], number: int) -> None:
        self.visitor = visitor
        self.rooms = rooms
        self.chance = random.Random(f"{SEED} talker {number}")
        self.lives: list[Life] = []
        self.said = 0

    def begin(self, url: str) -> None:
        """Begin a life."""
        life = Life(url, provider_for(self.visitor))
        self.lives.append(life)
        life.link.start()

    @property
    def life(self) -> Life:
        """The life that is being lived."""
        return self.lives[-1]

    async def talk(self, url: str, until: float) -> None:
        """Act every now and then; once in a while begin another life."""
        clock = asyncio.get_running_loop().time
        while clock() < until:
            await asyncio.sleep(self.chance.expovariate(0.7))
            if self.chance.random() < 0.02:
                self.life.over = True
                await self.life.link.aclose()
                self.begin(url)
            self.said += 1
            with contextlib.suppress(OverflowError):  # The outbox is full, and says so.
                self.life.act(self.chance, self.rooms, f"{self.visitor.name} {self.said}")


class Field:
    """The server, the proxy before it, and everybody."""

    def __init__(self, server: RunningServer, proxy: Proxy) -> None:
        self.server, self.proxy = server, proxy
        self.talkers: list[Talker] = []
        self.kills = 0
        self.compared = Counter[str]()
        self._chance = random.Random(f"{SEED} killer")

    @property
    def url(self) -> str:
        """Where links connect."""
        return f"ws://127.0.0.1:{self.proxy.port}/ws"

    async def round(self, seconds: float) -> None:
        """Have faults for so long, then peace, then compare."""
        until = asyncio.get_running_loop().time() + seconds
        self.proxy.calm = False
        await asyncio.gather(self._kill(until), *(talker.talk(self.url, until) for talker in self.talkers))
        self.proxy.calm = True
        self.proxy.cut_all()
        async with asyncio.timeout(PEACE):
            while not self._settled():
                for talker in self.talkers:
                    for entry in [entry for entry in talker.life.sight.outbox.values() if entry.parked]:
                        talker.life.link.release(entry.id)
                await asyncio.sleep(0.1)
        self._compare()

    async def _kill(self, until: float) -> None:
        clock = asyncio.get_running_loop().time
        while clock() < until:
            await asyncio.sleep(self._chance.uniform(1.0, 4.0))
            await asyncio.to_thread(self.server.kill)
            self.kills += 1
            await asyncio.sleep(self._chance.choice([0.0, 0.0, 0.5, 2.0]))
            await asyncio.to_thread(self.server.start)

    def _settled(self) -> bool:
        if not all(talker.life.settled for talker in self.talkers):
            return False
        heads = heads_of(self.server.database)
        return all(
            stretch.seen == heads[name if name != "account" else f"user:{talker.visitor.id}"]
            for talker in self.talkers
            for name, stretch in talker.life.sight.stretches.items()
        )

    def _compare(self) -> None:
        book = Book(self.server.database)
        complaints = list(book.complaints())
        for talker in self.talkers:
            for life in talker.lives:
                complaints += [f"{talker.visitor.name}: {text}" for text in book.of(talker.visitor.id, life)]
                self._count(life)
            # What was compared is not kept: a long run tells a lot.
            talker.lives = [talker.life]
        assert not complaints, "\n".join(complaints[:20])

    def _count(self, life: Life) -> None:
        sight = life.sight
        gaps = [gap for stretch in sight.stretches.values() for gap in stretch.gaps]
        stretches = [*sight.past, *sight.stretches.values()]
        self.compared.update(
            done=len(life.done),
            acked=len(sight.acks),
            refused=len(sight.refusals),
            parked=len(sight.parked),
            lives=int(life.over),
            connections=life.connections,
            events_seen=sum(len(stretch.events) for stretch in stretches),
            holes=len(gaps),
        )
        if life.over:
            self.compared["lost with their link"] += len(sight.outbox)
            return
        life.connections = 0
        life.forget()

    def __str__(self) -> str:
        faults = ", ".join(f"{count} {fate}" for fate, count in sorted(self.proxy.counts.items()))
        counts = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in self.compared.items())
        kills = f"{self.kills} kills, the slowest start {self.server.slowest:.1f} s"
        return f"{kills}, {self.proxy.accepted} connections to the proxy ({faults}); {counts}"


@pytest.fixture
async def field(tmp_path: Path) -> AsyncIterator[Field]:
    many = 1_000_000
    settings = dict.fromkeys(("registrations_per_address", "requests_per_address", "requests_per_account"), many)
    server = RunningServer(tmp_path, beat_seconds=2, token_seconds=20, **settings)
    server.patience = PATIENCE
    with server:
        proxy = Proxy(server.port, SEED)
        await proxy.open()
        field = Field(server, proxy)
        async with contextlib.AsyncExitStack() as stack:
            rooms: list[str] = []
            for number in range(TALKERS):
                visitor = await stack.enter_async_context(Visitor.registered(server, "talker"))
                if len(rooms) < 3:
                    rooms.append((await visitor.post("/api/rooms", name=f"Room {number}")).json()["room"]["id"])
                mine = [rooms[number % len(rooms)], rooms[(number + 1) % len(rooms)]]
                for room in mine:
                    await visitor.post(f"/api/rooms/{room}/join")
                field.talkers.append(Talker(visitor, [*mine, GENERAL], number))
            for talker in field.talkers:
                talker.begin(field.url)
            yield field
            for talker in field.talkers:
                await talker.life.link.aclose()
            await proxy.close()


async def test_fifty_links_lose_double_and_reorder_nothing(field: Field) -> None:
    left = float(SECONDS)
    try:
        while left > 0:
            await field.round(min(left, ROUND))
            left -= ROUND
    finally:
        REPORT.append(f"real processes under faults for {SECONDS} s, REBOND_SEED={SEED}: {field}")
    assert field.compared["acked"] > 100
    assert field.kills > SECONDS / 20
