"""Access tokens: short-lived JWTs that name an account and one of its sessions."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import jwt

from server.errors import BadTokenError

ALGORITHM = "HS256"
AUDIENCE = "rebond"
CLAIMS = ("sub", "sid", "iat", "exp", "jti", "aud")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says: whose it is, of which session, and for how many seconds more."""

    account: str
    session: str
    expires_in: float


class Tokens:
    """Makes and checks access tokens. ``lifetime`` is in seconds."""

    def __init__(self, key: str, lifetime: int) -> None:
        self._key = key
        self.lifetime = lifetime

    def make(self, account: str, session: str) -> str:
        """Return a token for a session of an account."""
        now = int(time.time())
        claims = {
            "sub": account,
            "sid": session,
            "iat": now,
            "exp": now + self.lifetime,
            "jti": secrets.token_urlsafe(9),
            "aud": AUDIENCE,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def check(self, token: str) -> Claims:
        """Return what a token says. Raises BadTokenError unless it was made here, for here, and is not too old.

        Only one algorithm is accepted, whatever the token's header asks for (RFC 8725, section 3.1).
        """
        try:
            claims = jwt.decode(token, self._key, [ALGORITHM], audience=AUDIENCE, options={"require": list(CLAIMS)})
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise BadTokenError from error
        if not isinstance(claims["sid"], str):
            raise BadTokenError
        return Claims(claims["sub"], claims["sid"], claims["exp"] - time.time())
