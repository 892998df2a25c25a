"""The access token of a link and when to get another. Times are seconds on the link's clock.

A token's life is counted from its receipt, never from a clock on the wall: the wall's may be wrong by years.
"""

from __future__ import annotations

MARGIN = 60.0
"""Seconds before its end at which a token is renewed; a fifth of its life if that is less."""

RETRY = 5.0
"""Seconds until the next try when a renewal on an open connection failed."""

LEAST = 1.0
"""Seconds for which a fresh token is good at least: whoever reckons its life by a wrong clock would ask without end."""

MAX_WAIT = 10.0
"""Seconds that a link waits at most between tries when the server refuses tokens that are fresh."""

GOOD = 5.0
"""Seconds for which a token has to be taken before a refusal counts as the first: a server may greet, then refuse."""

MAX_STRIKES = 10
"""Refusals of fresh tokens after which the wait grows no more."""


class Credentials:
    """What a link knows of its token. With ``needed`` false there is none, and none is asked for."""

    def __init__(self, *, needed: bool) -> None:
        self.needed = needed
        self.token: str | None = None
        self.asked = False
        self._renew_at: float | None = None
        self._not_before = 0.0
        self._strikes = 0
        self._accepted_at: float | None = None

    def stale(self, now: float) -> bool:
        """Tell whether a token has to be had before the next connection."""
        return self.needed and (self.token is None or (self._renew_at is not None and now >= self._renew_at))

    def due(self) -> float | None:
        """Return when the token of an open connection is to be renewed, or None if that is not known."""
        return None if self.asked or self._renew_at is None else max(self._renew_at, self._not_before)

    def renewed(self, token: str, expires_in: float | None, now: float) -> None:
        """Take a token; ``expires_in`` seconds, if known, are left of it."""
        self.asked = False
        self.token = token
        self._renew_at = None if expires_in is None else now + max(LEAST, expires_in - min(MARGIN, expires_in / 5))

    def failed(self, now: float, retry: float | None) -> None:
        """A renewal did not come through: try again in ``retry`` seconds, or when it seems right."""
        self.asked = False
        self._not_before = now + (RETRY if retry is None else retry)

    def forget(self) -> None:
        """The token is of no use any more."""
        self.token = None
        self._renew_at = None

    def struck(self, now: float, width: float) -> float:
        """The server refused the token. Return the seconds to wait: none at first, then longer each time."""
        self.forget()
        if self._accepted_at is not None and now - self._accepted_at >= GOOD:
            self._strikes = 0
        self._accepted_at = None
        self._strikes = min(self._strikes + 1, MAX_STRIKES)
        return 0.0 if self._strikes == 1 else min(MAX_WAIT, width * 2.0**self._strikes)

    def accepted(self, now: float) -> None:
        """The server took the token."""
        self._accepted_at = now
