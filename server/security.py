"""The headers of a careful site, on every answer, and what the pages of the lesson need instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # Pyodide compiles WebAssembly; nothing needs eval
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",  # the WebSocket of the same host included (CSP level 3, section 6.7.2.8)
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "rebond",  # the one policy there is, which lets the service worker be registered
}

_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?|\[[0-9a-f:.]+\](:[0-9]+)?", re.IGNORECASE)


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def page_policy(page: str, host: str) -> str:
    """Return the content security policy of a page; ``host`` is what the request was sent to.

    The lesson may hold the sandbox in a frame. The sandbox, in which code runs that its reader may have been given by
    anybody, is of no origin, and reaches nothing but files that are public.
    """
    if page == "learn":
        return _written({**_POLICY, "frame-src": "'self'"})
    if page == "sandbox":
        # Nothing runs for a host that cannot be one. A source of http lets the same in over https (CSP 3, 6.7.2.8).
        files = f"http://{host}/static/" if _HOST.fullmatch(host) else "'none'"
        return _written(
            {
                "default-src": "'none'",
                "script-src": f"{files} 'wasm-unsafe-eval'",
                "connect-src": files,
                "worker-src": "blob:",
                "base-uri": "'none'",
                "form-action": "'none'",
                "frame-ancestors": "'self'",
                "sandbox": "allow-scripts",
            }
        )
    return HEADERS["content-security-policy"]


_UNUSED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")

HEADERS = {
    "content-security-policy": _written(_POLICY),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    # Not no-referrer: under it browsers give `Origin: null` to the plain forms (the Fetch standard, section 3.2).
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

OPENER = "cross-origin-opener-policy"
_OWN_MACHINE = re.compile(r"(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?", re.IGNORECASE)

STRICT_TRANSPORT_SECURITY = f"max-age={365 * 24 * 60 * 60}"
"""Said over https only. A host that goes back to http within the year would lock its people out: hence not longer."""


def _is_plain(scope: Scope) -> bool:
    """Whether it came over plain http from another machine: browsers trust no such page (Secure Contexts, 3.1)."""
    host = Headers(scope=scope).get("host", "")
    return scope["scheme"] in {"http", "ws"} and not _OWN_MACHINE.fullmatch(host)


class SecurityHeaders:
    """Adds the headers to every answer, those that refuse a WebSocket included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # Of the one that they ignore there, browsers complain in the console.
                    if name != OPENER or not _is_plain(scope):
                        headers.setdefault(name, value)
                if scope["scheme"] in {"https", "wss"}:
                    headers["strict-transport-security"] = STRICT_TRANSPORT_SECURITY
                if scope["path"].startswith("/api/"):
                    headers["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] in {"http", "websocket"} else send)
