"""How a program gives a link its tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and how many seconds are left of it from now, if that is known."""

    value: str
    expires_in: float | None = None


class Unavailable(OSError):  # noqa: N818 - it says what holds, as http.HTTPStatus.SERVICE_UNAVAILABLE does
    """A token cannot be had at the moment; ``retry_ms`` is when the server wants to be asked again, if it said."""

    def __init__(self, message: str = "", retry_ms: int | None = None) -> None:
        super().__init__(message)
        self.retry_ms = retry_ms


TokenProvider = Callable[[], Awaitable[Token | None]]
"""Returns a fresh token, or None when there is none to be had; raises OSError when it could not find out."""
