"""Asks by HTTP whether the server is there, in one small request over asyncio's streams."""

from __future__ import annotations

import asyncio
import io
import ssl
from contextlib import suppress
from http.client import HTTPException, parse_headers

from rebond import events
from rebond.asyncio.address import Address
from rebond.face.token import Feed, Spawn
from rebond.probe import reading

MAX_BODY = 64 * 1024
"""The largest answer that is read, in bytes; of a larger one only the status counts."""


class Probe:
    """One request at a time to ``address``, which need not know anything of Rebond."""

    def __init__(self, address: Address, context: ssl.SSLContext | None, feed: Feed, spawn: Spawn) -> None:
        self._address = address
        self._context = context
        self._feed = feed
        self._spawn = spawn
        self._task: asyncio.Task[None] | None = None

    def send(self, attempt: int) -> None:
        """Ask; the answer is fed as ProbeAnswered or ProbeFailed of ``attempt``."""
        self.abandon()
        self._task = self._spawn(self._ask(attempt))

    def abandon(self) -> None:
        """Want no answer any more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def _ask(self, attempt: int) -> None:
        event: events.Event
        try:
            event = reading(attempt, *await get(self._address, self._context))
        except (OSError, EOFError, ValueError, HTTPException, asyncio.LimitOverrunError):
            event = events.ProbeFailed(attempt)
        # What feeding leads to may abandon the probe, which must not cancel the task that this is.
        self._task = None
        self._feed(event)


async def get(address: Address, context: ssl.SSLContext | None) -> tuple[int, str]:
    """Return the status of what is at ``address``, and its body if that is JSON and its length is told.

    Raises OSError, EOFError, ValueError, HTTPException or LimitOverrunError if there is no answer in HTTP.
    """
    reader, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    try:
        writer.write(
            f"GET {address.target} HTTP/1.1\r\nHost: {address.authority}\r\nUser-Agent: rebond\r\n"
            "Accept: application/json\r\nConnection: close\r\n\r\n".encode("ascii")
        )
        version, status, *_ = (await reader.readuntil(b"\n")).decode("ascii").split(None, 2)
        if not version.startswith("HTTP/"):
            raise ValueError(f"{version} is not HTTP")
        return int(status), await _body(reader)
    finally:
        # Nobody waits for the rest of the answer, nor for the other end of a dead network.
        writer.transport.abort()
        with suppress(OSError):  # Whatever broke on the way, the answer was read before or has failed by itself.
            await writer.wait_closed()


async def _body(reader: asyncio.StreamReader) -> str:
    head = bytearray()
    while (line := await reader.readuntil(b"\n")).strip():
        head += line
    headers = parse_headers(io.BytesIO(head))
    length = headers.get("Content-Length", "")
    if headers.get_content_subtype() != "json" or not length.isdecimal() or int(length) > MAX_BODY:
        return ""
    return (await reader.readexactly(int(length))).decode()
