"""How many messages a second the server stores and acknowledges, each one flushed to the disk before its ack.

One client sends over one connection. Pipelined, it does not wait for acks; then what arrives while a transaction is
being flushed goes into the next. Beside it is SQLite alone, in one thread, with the same settings: what the disk and
the library would allow if there were no server, no protocol and no rules.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench import crowd
from bench.process import cpu_seconds
from bench.table import multiple, table
from rebond import wire
from tests.support.running import RunningServer

ROUNDS = 3
"""Times that everything is measured; the middle one counts."""

PIPELINED = 5_000
ALONE = 300
"""Messages sent without waiting for acks, and each after the ack of the one before."""

BATCHES = (1, 64)
"""Rows in a transaction, for SQLite alone."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a second, and the server's processor time for each in seconds."""

    manner: str
    a_second: float
    cpu: float


class Writer:
    """A client that sends messages and waits for their acks."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def hello(self, token: str) -> None:
        """Say hello, and be welcomed."""
        await self._say(wire.Hello(token, wire.VERSION, "bench", {}))
        while not any(isinstance(frame, wire.Welcome) for frame in await self._hear()):
            continue

    async def pipelined(self, messages: int) -> None:
        """Send messages as fast as they are taken, and wait for all acks."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._acks(messages))
            for _ in range(messages):
                await self._send()

    async def one_by_one(self, messages: int) -> None:
        """Send messages, each once the one before is acked."""
        for _ in range(messages):
            await self._send()
            await self._acks(1)

    async def _acks(self, number: int) -> None:
        while number > 0:
            for frame in await self._hear():
                assert not isinstance(frame, wire.Error | wire.Fault), frame
                number -= isinstance(frame, wire.Ack)

    async def _send(self) -> None:
        await self._say(wire.Send(secrets.token_urlsafe(16), crowd.ROOM, crowd.TEXT))

    async def _say(self, frame: wire.ClientFrame) -> None:
        await self._connection.send(wire.encode(frame))

    async def _hear(self) -> list[wire.ServerFrame | wire.Fault]:
        return wire.decode_server(str(await self._connection.recv()))


async def _server(chat: RunningServer, token: str) -> list[Rate]:
    rates = []
    async with connect(chat.ws_url, compression=None, ping_interval=None, max_size=None, proxy=None) as connection:
        writer = Writer(connection)
        await writer.hello(token)
        for manner, send, messages in (
            ("one by one", writer.one_by_one, ALONE),
            ("pipelined", writer.pipelined, PIPELINED),
        ):
            used, begun = cpu_seconds(chat.pid), time.perf_counter()
            await send(messages)
            lasted = time.perf_counter() - begun
            rates.append(Rate(manner, messages / lasted, (cpu_seconds(chat.pid) - used) / messages))
    return rates


def _sqlite(file: Path, batch: int) -> Rate:
    rows = 400 * batch
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE message (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT, at INTEGER)")
        used, begun = time.process_time(), time.perf_counter()
        for start in range(0, rows, batch):
            database.execute("BEGIN IMMEDIATE")
            for number in range(start, start + batch):
                row = (number, secrets.token_urlsafe(16), crowd.TEXT, number)
                database.execute("INSERT INTO message VALUES (?, ?, ?, ?)", row)
            database.execute("COMMIT")
        lasted = time.perf_counter() - begun
        return Rate(_alone(batch), rows / lasted, (time.process_time() - used) / rows)


def _alone(batch: int) -> str:
    return f"SQLite alone, {batch} in a transaction"


def measure(rounds: int) -> list[Rate]:
    """Measure the server and, on the same disk, SQLite alone."""
    rates: list[Rate] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningServer(Path(folder)) as chat,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        [token] = runner.run(crowd.register(chat.url, 1))
        for number in range(rounds):
            print(f"  round {number + 1} of {rounds} …", file=sys.stderr, flush=True)
            rates += runner.run(_server(chat, token))
            rates += [_sqlite(Path(folder) / f"{batch}-{number}.sqlite3", batch) for batch in BATCHES]
    return rates


def report(rates: Sequence[Rate]) -> str:
    """Return the table: each manner beside SQLite alone in the nearest manner."""
    beside = {"one by one": _alone(BATCHES[0]), "pipelined": _alone(BATCHES[-1])}
    rows = []
    for manner in dict.fromkeys(rate.manner for rate in rates):
        a_second, cpu = _middle(rates, manner)
        base = _middle(rates, beside[manner])[0] if manner in beside else a_second
        rows.append([manner, f"{a_second:,.0f}", f"{cpu * 1e6:.0f} µs", multiple(a_second, base)])
    return table(
        ["one client, one connection", "stored and acked a second", "processor time", "rate by SQLite's"], rows
    )


def _middle(rates: Sequence[Rate], manner: str) -> tuple[float, float]:
    mine = [rate for rate in rates if rate.manner == manner]
    return statistics.median(rate.a_second for rate in mine), statistics.median(rate.cpu for rate in mine)
