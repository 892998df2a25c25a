"""The cookie that keeps a browser signed in: only the server reads it, and only its own pages send it.

Beside it goes a mere sign that it is there and of whom it is, which the page can read: it then shows the chat from the
first moment, with what it has kept of this account and of no other, and does not ask in vain for a session that nobody
has.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

NAME = "rebond_refresh"
PATH = "/api"
SIGN = "rebond_here"


class RefreshCookie:
    """Writes and reads the refresh token. ``lifetime`` is in seconds."""

    def __init__(self, lifetime: int) -> None:
        self._lifetime = lifetime

    def set(self, request: Request, response: Response, refresh: str, account: str) -> None:
        """Have the browser keep the refresh token, and the id of its account as the sign."""
        self._write(request, response, refresh, account, self._lifetime)

    def clear(self, request: Request, response: Response) -> None:
        """Have the browser forget the refresh token."""
        self._write(request, response, "", "", 0)

    def get(self, request: Request) -> str | None:
        """Return the refresh token that the browser sent along."""
        return request.cookies.get(NAME)

    def _write(self, request: Request, response: Response, value: str, sign: str, max_age: int) -> None:
        secure = request.url.scheme == "https"
        response.set_cookie(SIGN, sign, max_age=max_age, path="/", secure=secure, samesite="lax")
        response.set_cookie(NAME, value, max_age=max_age, path=PATH, secure=secure, httponly=True, samesite="strict")
