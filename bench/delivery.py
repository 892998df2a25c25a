"""What delivering one message to one member of a room costs the server, and what memory it holds.

Everybody is in one room and one of them writes. The cost is the server's whole processor time, storing included, by
the number of messages that arrived at anybody. Beside it are servers that do less: they store nothing and check nobody.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import crowd
from bench.process import cpu_seconds, resident_bytes
from bench.rivals import RivalServer, install
from bench.table import multiple, table
from tests.support.running import RunningServer

ROUNDS = 3
"""Times that everything is measured; the middle one counts."""

SETTLING = 1.0
"""Seconds of rest before a measurement."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the messages come: so many right after each other, ``pause`` seconds apart, so many times."""

    name: str
    at_once: int
    pause: float
    number: int


PACES = (Pace("one by one", 1, 0.04, 125), Pace("20 at once", 20, 1.0, 5))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a server used, in seconds of processor time a delivery."""

    server: str
    pace: str
    a_delivery: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What Rebond's server holds: in bytes after its start, and in bytes more for each connection."""

    at_start: int
    a_connection: float


async def _measure(manner: crowd.Manner, pid: int, members: int) -> list[Cost]:
    costs = []
    async with crowd.gathered(manner, members) as present:
        for pace in PACES:
            await asyncio.sleep(SETTLING)
            used, arrived = cpu_seconds(pid), present.arrived
            for _ in range(pace.number):
                await present.say(pace.at_once)
                await asyncio.sleep(pace.pause)
            deliveries = pace.number * pace.at_once * members
            await present.wait(arrived + deliveries)
            costs.append(Cost(manner.name, pace.name, (cpu_seconds(pid) - used) / deliveries))
    return costs


async def _memory(manner: crowd.Manner, pid: int, members: int) -> float:
    before = resident_bytes(pid)
    async with crowd.gathered(manner, members):
        await asyncio.sleep(SETTLING)
        return (resident_bytes(pid) - before) / members


async def _all(chat: RunningServer, rivals: RivalServer, members: int) -> tuple[list[Cost], Memory]:
    at_start = resident_bytes(chat.pid)
    tokens = await crowd.register(chat.url, members)
    ours = crowd.rebond(chat.ws_url, tokens)
    memory = Memory(at_start, await _memory(ours, chat.pid, members))
    costs: list[Cost] = []
    for number in range(ROUNDS):
        print(f"  round {number + 1} of {ROUNDS} …", file=sys.stderr, flush=True)
        costs += await _measure(ours, chat.pid, members)
        for manner in (crowd.plain(rivals.url), crowd.socket_io(rivals.url)):
            costs += await _measure(manner, rivals.pid, members)
    return costs, memory


def measure(members: int) -> tuple[list[Cost], Memory]:
    """Measure with so many members in the room."""
    node = install()
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as chat,
        RivalServer(node) as rivals,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_all(chat, rivals, members))


def report(costs: Sequence[Cost], memory: Memory, members: int) -> str:
    """Return the tables."""
    servers = list(dict.fromkeys(cost.server for cost in costs))
    base = {pace.name: _middle(costs, servers[0], pace) for pace in PACES}
    rows = []
    for server in servers:
        row = [server]
        for pace in PACES:
            cost = _middle(costs, server, pace)
            row += [f"{cost * 1e6:.1f} µs", multiple(cost, base[pace.name])]
        rows.append(row)
    head = ["server", *(cell for pace in PACES for cell in (pace.name, "by Rebond's"))]
    return f"""\
Processor time of the server for one delivery, {members} members in one room:

{table(head, rows)}

Memory of Rebond's server: {memory.at_start / 2**20:.0f} MiB after the start, \
{memory.a_connection / 2**10:.0f} KiB for each connection."""


def _middle(costs: Sequence[Cost], server: str, pace: Pace) -> float:
    return statistics.median(cost.a_delivery for cost in costs if (cost.server, cost.pace) == (server, pace.name))
