"""What is logged, on standard error, a line for each thing. No query string, token or join code ever gets there.

Whatever is said while a request is answered bears the request's name, which its answer bears too.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

access = logging.getLogger("server.access_log")

REQUEST_ID = "x-request-id"

QUIET = frozenset({"/api/alive", "/healthz", "/metrics"})
"""Paths that are asked for all the time: they are logged at the level debug."""

_SECRET = re.compile(
    r"\?[^\s\"']+"  # a query string
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token (RFC 7519)
    r"|(?<=/join/)[^\s\"'/]+"  # a join code
)

_request: ContextVar[str] = ContextVar("request", default="")


def configure(level: str, style: Literal["text", "json"] = "text") -> None:
    """Send what is logged from ``level`` up to standard error, as lines to read or as JSON, an object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Below this level uvicorn and websockets write down requests with their query, tokens and all.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    for chatty in ("asyncio", "alembic", "httptools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(text: str) -> str:
    """Take out of a text what looks like a secret, should something ever log one."""
    return _SECRET.sub("[redacted]", text)


class Lines(logging.Formatter):
    """A line to read: when, how grave, what, and in the course of which request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    @override
    def format(self, record: logging.LogRecord) -> str:
        request = _request.get()
        return redact(super().format(record)) + (f" [{request}]" if request else "")


class JsonLines(Lines):
    """A JSON object a line, for programs."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": f"{self.formatTime(record, self.datefmt)}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request := _request.get():
            line["request"] = request
        fields: dict[str, object] = getattr(record, "fields", {})
        line |= fields
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class AccessLog:
    """Logs every request, without its query: method, path, status and how long the answer took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and say so."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        name = secrets.token_hex(6)
        _request.set(name)  # for this request alone: the server answers each in a context of its own

        async def send_and_log(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                MutableHeaders(scope=message)[REQUEST_ID] = name
                _log(scope, message["status"], began)
            elif message["type"] == "websocket.accept":
                _log(scope, 101, began)
            await send(message)

        await self._app(scope, receive, send_and_log)


def _log(scope: Scope, status: int, began: float) -> None:
    level = logging.DEBUG if scope["path"] in QUIET else logging.INFO
    # The raw path is still encoded, so that no line break in it can forge a line of the log.
    method, path = scope.get("method", "WS"), redact(scope["raw_path"].decode("ascii", "replace"))
    took = round((time.perf_counter() - began) * 1000, 1)
    fields = {"method": method, "path": path, "status": status, "ms": took}
    access.log(level, "%s %s %d %.1f ms", method, path, status, took, extra={"fields": fields})
