"""How a program gives a link its tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Protocol

from rebond import events

TIMEOUT = 10.0
"""Seconds that the provider of tokens has."""


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


TokenProvider = Callable[[], Awaitable[Token | str | None]]
"""Returns a fresh token, or None when there is none to be had; raises OSError when it could not find out."""

Feed = Callable[[events.Event], None]
Spawn = Callable[[Coroutine[object, object, None]], asyncio.Task[None]]


class Report(Protocol):
    """Writes to the log."""

    def __call__(self, message: str, error: Exception | None = None) -> None: ...


def provider_of(token: str | TokenProvider) -> TokenProvider:
    """Make a provider of a token that is known beforehand. One that was refused is not offered a second time."""
    if not isinstance(token, str):
        return token
    tokens = iter([Token(token)])

    async def give() -> Token | None:
        return next(tokens, None)

    return give


class Renewal:
    """Asks the provider, once at a time, and feeds its answer: always, and in bounded time."""

    def __init__(self, provider: TokenProvider, feed: Feed, spawn: Spawn, report: Report) -> None:
        self._provider = provider
        self._feed = feed
        self._spawn = spawn
        self._report = report
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Ask, unless an answer is awaited already."""
        if self._task is None:
            self._task = self._spawn(self._ask())

    def cancel(self) -> None:
        """Want no answer any more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self._feed(events.TokenFailed())

    async def _ask(self) -> None:
        task = self._task
        # What holds if something the provider awaited was cancelled, which is not for this end to know of.
        answer: events.Event = events.TokenFailed()
        try:
            answer = await self._answer()
        finally:
            if self._task is task:
                self._task = None
                self._feed(answer)

    async def _answer(self) -> events.Event:
        try:
            async with asyncio.timeout(TIMEOUT):
                token = await self._provider()
        except Unavailable as error:
            return events.TokenFailed(error.retry_ms)
        except OSError:  # TimeoutError is one
            return events.TokenFailed()
        except Exception as error:  # noqa: BLE001 - the program's own code; the link must have its answer all the same
            self._report("the provider of tokens raised", error)
            return events.TokenFailed()
        if token is None:
            return events.TokenRefused()
        if isinstance(token, str):
            token = Token(token)
        return events.TokenRenewed(token.value, token.expires_in)
