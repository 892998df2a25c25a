"""Which pages may act for the person in front of them: ours, and nobody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import CrossSiteError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """Refuses WebSockets and unsafe requests that a page of another origin makes, before anything reads them.

    Browsers always say who asks: by Origin, and on a secure connection by Sec-Fetch-Site as well. What is no browser
    says nothing, and nobody's cookies can be abused through it.
    """

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with 403."""
        if scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in SAFE_METHODS):
            connection = HTTPConnection(scope)
            site = connection.headers.get("sec-fetch-site", "same-origin")
            if site not in {"same-origin", "none"} or not self._is_ours(connection):
                await CrossSiteError().response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, connection: HTTPConnection) -> bool:
        origin = connection.headers.get("origin")
        if origin is None or origin.lower() in self._allowed:
            return True
        try:
            page, here = urlsplit(origin), urlsplit(f"//{connection.headers.get('host', '')}")
            port = page.port or _DEFAULT_PORTS.get(page.scheme)
            same_host = page.hostname is not None and page.hostname == here.hostname
            same_port = port == (here.port or _DEFAULT_PORTS.get(page.scheme))
        except ValueError:
            return False
        # Behind a proxy that does not tell, what is https outside looks like http here, but never the reverse.
        secure = connection.url.scheme in {"https", "wss"}
        return same_host and same_port and page.scheme in ({"https"} if secure else _DEFAULT_PORTS)
