"""A TCP proxy that does to connections what networks do: slow, stall, cut, reset and truncate them.

What befalls a connection is drawn from the seed and the number of the connection, so that a seed gives the same fates.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

CHUNK = 16 * 1024


class Fate(StrEnum):
    """What becomes of a connection."""

    SPARED = "spared"
    CUT = "cut"
    """Closed in good order, with what was on its way lost."""
    RESET = "reset"
    """Broken: both ends get RST."""
    TRUNCATED = "truncated"
    """Broken in the midst of a frame."""
    STALLED = "stalled"
    """Nothing comes through any more, without a word, until one end gives up."""
    SLOW = "slow"
    """Everything takes long."""


FATES = [Fate.SPARED, Fate.CUT, Fate.RESET, Fate.RESET, Fate.TRUNCATED, Fate.TRUNCATED, Fate.STALLED, Fate.SLOW]


@dataclass(slots=True)
class _Plan:
    fate: Fate
    left: int
    delay: float


class Proxy:
    """Forwards connections to ``port`` of this machine. ``calm`` spares those that are yet to come."""

    def __init__(self, port: int, seed: int) -> None:
        self.calm = False
        self.counts: Counter[Fate] = Counter()
        self.accepted = 0
        self._target = port
        self._seed = seed
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port to connect to."""
        assert self._server is not None, "the proxy is not open"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK)

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        assert self._server is not None, "the proxy is not open"
        self._server.close()
        self.cut_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_all(self) -> None:
        """End every connection there is."""
        for task in self._tasks:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError):  # Whichever end broke it: that is what a network does.
                await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # By ``cut_all``, and nobody waits for this task's result.
        finally:
            _reset(writer)
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plan = self._plan()
        opening = asyncio.ensure_future(asyncio.open_connection("127.0.0.1", self._target, limit=CHUNK))
        try:
            there, back = await asyncio.shield(opening)
        except asyncio.CancelledError:
            _reset((await opening)[1])  # It would be left open.
            raise
        ways = [(reader, back), (there, writer)]
        pumps = [asyncio.ensure_future(self._pump(source, target, plan)) for source, target in ways]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in done:
                pump.result()
            if plan.fate is Fate.CUT and plan.left <= 0:
                writer.close()
                back.close()
        finally:
            # Before waiting, which may be cancelled in its turn.
            _reset(back)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    def _plan(self) -> _Plan:
        self.accepted += 1
        chance = random.Random(f"{self._seed} {self.accepted}")
        fate = Fate.SPARED if self.calm else chance.choice(FATES)
        # Some break during the handshake already, others after many messages.
        left = round(10 ** chance.uniform(1.5, 4.8))
        return _Plan(fate, left, chance.uniform(0.02, 0.4) if fate is Fate.SLOW else 0.0)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, plan: _Plan) -> None:
        """Forward until the plan, or one of the ends, says that it is over."""
        while data := await reader.read(CHUNK):
            if plan.delay:
                if plan.left > 0:
                    self._note(plan, len(data))
                await asyncio.sleep(plan.delay)
            elif plan.fate is not Fate.SPARED:
                fits = plan.left
                self._note(plan, len(data))
                if plan.left <= 0:
                    if plan.fate is Fate.STALLED:
                        await asyncio.Event().wait()
                    if plan.fate is Fate.TRUNCATED:
                        writer.write(data[: max(0, min(fits, len(data) - 1))])
                        await writer.drain()
                    return
            writer.write(data)
            await writer.drain()

    def _note(self, plan: _Plan, length: int) -> None:
        before, plan.left = plan.left, plan.left - length
        if plan.left <= 0 < before:
            self.counts[plan.fate] += 1


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST (SO_LINGER with no time), unless it was closed in good order before."""
    if not writer.is_closing():
        sock: socket.socket = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):  # It may be gone already.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
