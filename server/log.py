"""What is logged, on standard error, a line for each thing. No query string and no token ever gets there."""

from __future__ import annotations

import logging
import re
import sys
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

access = logging.getLogger("server.access_log")

QUIET = frozenset({"/api/alive", "/healthz"})
"""Paths that are asked for all the time: they are logged at the level debug."""

_SECRET = re.compile(
    r"\?[^\s\"']+"  # a query string
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token (RFC 7519)
)


def configure(level: str) -> None:
    """Send what is logged from ``level`` up to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(redact)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Below this level uvicorn and websockets write down requests with their query, tokens and all.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    for chatty in ("asyncio", "alembic", "httptools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(record: logging.LogRecord) -> bool:
    """Take out of a record what looks like a secret, should something ever log one."""
    record.msg, record.args = _SECRET.sub("[redacted]", record.getMessage()), None
    return True


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

        async def send_and_log(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                _log(scope, message["status"], began)
            elif message["type"] == "websocket.accept":
                _log(scope, 101, began)
            await send(message)

        await self._app(scope, receive, send_and_log)


def _log(scope: Scope, status: int, began: float) -> None:
    level = logging.DEBUG if scope["path"] in QUIET else logging.INFO
    # The raw path is still encoded, so that no line break in it can forge a line of the log.
    path = scope["raw_path"].decode("ascii", "replace")
    took = (time.perf_counter() - began) * 1000
    access.log(level, "%s %s %d %.1f ms", scope.get("method", "WS"), path, status, took)
