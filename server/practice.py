"""A WebSocket to practise on: it answers, and makes trouble for whoever asks for it, on their own line alone.

It needs no account and touches nothing of the chat. A *line* is what one reader plays with; its name, drawn at random
by their page and given in the address, ties its connections together, so that trouble can outlast one of them. Whatever
is asked for is bounded: connections in all and by address, the size and the rate of frames, how long anything lasts.

A frame is JSON, ``{"do": …}``:

    say {text}   comes back as {"did": "say", "text": …}
    ping         comes back as {"did": "ping"}
    cut          the connection ends without a word of farewell, as when a cable is pulled
    ignore       nothing is answered any more on this connection, which stays open
    refuse       the connection ends, and for 5 s neither it nor a probe gets in
    late         for 10 s every further answer comes 1.5 s late
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import DecodeError, Meta, Struct, json
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from rebond.codes import Close
from rebond.text import well_formed
from server.addresses import address_of
from server.errors import BadRequestError, BusyError, ServiceError, TooManyError

NAME = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST = 500
"""Connections in all."""
MOST_FROM_ADDRESS = 100
"""Connections from one address: a class often shares one."""
LIFE = 15 * 60.0
"""Seconds that a connection lives."""
MAX_FRAME = 2_048
"""Bytes."""
MAX_TEXT = 500
"""Characters."""
BURST, RATE = 20, 10.0
"""Frames that may come at once, and how many a second in the long run."""
IGNORING = 60.0
REFUSING = 5.0
BEING_LATE = 10.0
LATENESS = 1.5
"""Seconds."""

Do = Literal["say", "ping", "cut", "ignore", "refuse", "late"]


class Asked(Struct, frozen=True):
    """What a frame asks for."""

    do: Do
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""


class Practice:
    """All lines. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._addresses: Counter[str] = Counter()
        self._refused: dict[str, float] = {}

    def routes(self) -> list[BaseRoute]:
        """Return where to connect, and where to knock."""
        return [WebSocketRoute("/practice", self.connect), Route("/practice", self.alive)]

    async def alive(self, request: Request) -> Response:
        """Say that the line is there; it costs nothing to ask."""
        self._admit(request)
        return JSONResponse({"ok": True}, headers={"cache-control": "no-store"})

    async def connect(self, websocket: WebSocket) -> None:
        """Serve a connection from its handshake to its end."""
        address = address_of(websocket)
        try:
            line = self._admit(websocket)
            if self._addresses.total() >= MOST or self._addresses[address] >= MOST_FROM_ADDRESS:
                raise TooManyError
        except ServiceError as error:
            await websocket.send_denial_response(error.response())
            return
        self._addresses[address] += 1
        try:
            async with asyncio.timeout(LIFE):
                await _Connection(websocket, self._clock).serve()
        except TimeoutError:
            await websocket.close(Close.GOING_AWAY, "long enough")
        except _RefusalAskedError:
            self.refuse(line)
            await websocket.close(Close.TRY_LATER, "as you wished")
        except WebSocketDisconnect:
            return  # the other end has gone: that is what this place is for
        finally:
            self._addresses[address] -= 1
            self._addresses += Counter()  # drops those that hold none any more

    def refuse(self, line: str) -> None:
        """Let a line not in for a while."""
        now = self._clock()
        self._refused = {name: until for name, until in self._refused.items() if until > now}
        if len(self._refused) < MOST:
            self._refused[line] = now + REFUSING

    def _admit(self, connection: HTTPConnection) -> str:
        """Return the name of a line. Raises BadRequestError if it is none, and BusyError if it wished not to get in."""
        line = connection.query_params.get("line", "")
        if NAME.fullmatch(line) is None:
            raise BadRequestError("?line= has 8 to 64 of the characters A-Z a-z 0-9 _ -")
        if self._refused.get(line, 0.0) > self._clock():
            error = BusyError("as you wished")
            error.retry_ms = None  # so that one sees the link's own schedule
            raise error
        return line


class _RefusalAskedError(Exception):
    """The line wants not to get in for a while."""


class _Connection:
    def __init__(self, websocket: WebSocket, clock: Callable[[], float]) -> None:
        self._websocket = websocket
        self._clock = clock
        self._late_until = 0.0
        self._allowance = float(BURST)
        self._counted_at = clock()

    async def serve(self) -> None:
        """Answer until the connection is cut, which is to return."""
        await self._websocket.accept()
        while True:
            asked = self._read(await self._receive())
            if asked is None:
                await self._websocket.close(Close.POLICY, "this is not for practising")
                return
            late = self._clock() < self._late_until
            match asked.do:
                case "cut":
                    return
                case "refuse":
                    raise _RefusalAskedError
                case "ignore":
                    await self._ignore()
                    return
                case "late":
                    self._late_until = self._clock() + BEING_LATE
                case "say" | "ping":
                    pass
            if late:
                await asyncio.sleep(LATENESS)
            said = {"text": asked.text} if asked.do == "say" else {}
            await self._websocket.send_text(json.encode({"did": asked.do, **said}).decode())

    async def _ignore(self) -> None:
        """Take whatever comes and say nothing, until the other end goes or it has been long enough."""
        try:
            async with asyncio.timeout(IGNORING):
                while True:
                    await self._receive()
        except TimeoutError:
            return

    async def _receive(self) -> str | None:
        """Return the next frame, None for a binary one. Raises WebSocketDisconnect."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text: str | None = message.get("text")
        return text

    def _read(self, frame: str | None) -> Asked | None:
        """Return what a frame asks for, None if it may not be asked, or not so fast."""
        now = self._clock()
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * RATE) - 1
        self._counted_at = now
        if frame is None or self._allowance < 0 or len(frame) > MAX_FRAME or not well_formed(frame):
            return None
        try:
            asked = json.decode(frame, type=Asked)
        except DecodeError:
            return None
        return asked if well_formed(asked.text) else None
