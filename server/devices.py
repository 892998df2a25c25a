"""Devices from which somebody has logged in before: they have a budget of wrong passwords of their own.

Otherwise whoever types wrong passwords from the same address, on purpose, would keep an honest user out (OWASP, "Slow
Down Online Guessing Attacks with Device Cookies"). The cookie is no way in: the password is asked for all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import partial

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server import agents
from server.access import Caller
from server.addresses import address_of

NAME = "rebond_device"
LIFETIME = 400 * 24 * 60 * 60
"""Seconds; browsers keep a cookie no longer (RFC 6265bis, section 5.5)."""


class Devices:
    """Marks devices and knows them again. ``key`` is the server's secret."""

    def __init__(self, key: str) -> None:
        self._key = hmac.digest(key.encode(), b"known devices", hashlib.sha256)

    def caller(self, connection: HTTPConnection, code: str | None = None) -> Caller:
        """Return who wants to come in, with what join code."""
        agent = agents.device(connection.headers.get("user-agent", ""))
        return Caller(address_of(connection), partial(self.known, connection), agent, code)

    def mark(self, connection: HTTPConnection, response: Response, account: str) -> None:
        """Have the browser remember that ``account`` has logged in here."""
        if self.known(connection, account) is not None:
            return
        value = f"{account}.{secrets.token_urlsafe(9)}"
        secure = connection.url.scheme in {"https", "wss"}
        cookie = f"{value}.{self._sign(value)}"
        response.set_cookie(NAME, cookie, max_age=LIFETIME, path="/", secure=secure, httponly=True, samesite="strict")

    def known(self, connection: HTTPConnection, account: str) -> str | None:
        """Return the name of the device if ``account`` has logged in there, None if not."""
        value, _, signature = connection.cookies.get(NAME, "").rpartition(".")
        owner, _, name = value.partition(".")
        good = hmac.compare_digest(signature.encode(errors="replace"), self._sign(value).encode())
        return name if good and owner == account else None

    def _sign(self, value: str) -> str:
        return hmac.new(self._key, value.encode(errors="replace"), hashlib.sha256).hexdigest()
