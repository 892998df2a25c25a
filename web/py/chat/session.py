"""Who is signed in, and the tokens that show it.

The access token lives in memory only; the refresh token is a cookie that no script can read. A token's life is
counted from its receipt, since the clock on the wall may be wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chat.api import Answer, Problem, Transport, Unreachable, checked
from chat.messages import Malformed, person
from chat.people import Person

MARGIN = 30.0
"""Seconds of life below which a token is not used any more."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token; ``until`` is its end, in seconds on the session's clock."""

    token: str
    until: float


def _nothing() -> None:
    """Nobody listens."""


class Session:
    """Signs in and out, and renews the token, one request at a time however many ask."""

    def __init__(self, transport: Transport, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._clock = clock
        self._grant: Grant | None = None
        self._handed = ""
        self._renewal: asyncio.Task[None] | None = None
        self.user: Person | None = None
        self.ended: Callable[[], None] = _nothing
        """Called once when the server says that the session is over."""
        self.reason = ""
        """The error code that it said so with."""

    async def register(self, name: str, password: str, code: str = "") -> Person:
        """Make an account, with a join code if there is one, and sign in. Raises Problem or Unreachable."""
        body = {"name": name, "password": password}
        return await self._enter("/api/register", body | {"code": code} if code else body)

    async def log_in(self, name: str, password: str) -> Person:
        """Sign in. Raises Problem or Unreachable."""
        return await self._enter("/api/login", {"name": name, "password": password})

    def assume(self, person: Person) -> None:
        """Take it that ``person`` is signed in, before the server has said so: any other answer ends the session."""
        self.user = person

    async def resume(self) -> Person | None:
        """Take up the session that the cookie stands for; None if there is none. Raises Unreachable."""
        try:
            await self._renew()
        except Problem:
            return None
        return self.user

    async def log_out(self) -> None:
        """End the session, at the server and here. Raises Unreachable if the server could not be told."""
        checked(await self._transport("POST", "/api/logout"))
        self._forget()

    def close(self) -> None:
        """The account is no more, so there is no session any more either."""
        self._forget()

    async def look(self) -> None:
        """Find out from the server whether the session is over, and why: ``ended`` is called if it is."""
        try:
            await self._renew()
        except (Problem, Unreachable):
            return  # What there is to say is said by ``ended``; a server that is away will be asked again.

    async def access(self, *, renew: bool = False) -> str:
        """Return a token for a request; a new one on ``renew``. Raises Problem if signed out, or Unreachable."""
        if renew or self._left() <= MARGIN:
            await self._renew()
        if self._grant is None:
            raise Problem("session_ended", 401)
        return self._grant.token

    async def fresh(self) -> tuple[str, float] | None:
        """Return a token that was not given out by this method before, and the seconds left of it.

        This is what a link asks for once it cannot use the last one. None: signed out. Raises Unreachable.
        """
        if self._grant is None or self._grant.token == self._handed or self._left() <= MARGIN:
            try:
                await self._renew()
            except Problem:
                return None
        if self._grant is None:
            return None
        self._handed = self._grant.token
        return self._grant.token, self._left()

    def _left(self) -> float:
        return 0.0 if self._grant is None else self._grant.until - self._clock()

    async def _enter(self, path: str, body: Mapping[str, str]) -> Person:
        self._forget()
        return self._take(checked(await self._transport("POST", path, body)), asked_at=self._clock())

    async def _renew(self) -> None:
        if self._renewal is None:
            self._renewal = asyncio.ensure_future(self._ask_for_renewal())
            self._renewal.add_done_callback(self._renewed)
        # One who no longer waits must not take the answer from the others.
        await asyncio.shield(self._renewal)

    async def _ask_for_renewal(self) -> None:
        before = self.user
        answer: Answer = await self._transport("POST", "/api/refresh")
        if answer.status in {401, 403}:
            self._end(answer)
        user = self._take(checked(answer), asked_at=self._clock())
        if before is not None and user.id != before.id:
            # Another account has signed in from another tab: this page is not to go on in its name.
            self._end(None)
            raise Problem("session_ended", 401)

    def _renewed(self, task: asyncio.Task[None]) -> None:
        self._renewal = None
        if not task.cancelled():
            task.exception()  # those who wait have it; asyncio must not report it again

    def _take(self, body: Mapping[str, object], *, asked_at: float) -> Person:
        match body:
            case {"user": user, "token": str(token), "expires_in": int() | float() as expires_in}:
                self.user = person(user)
                self._grant = Grant(token, asked_at + expires_in)
                return self.user
            case _:
                raise Malformed("a session has a user, a token and expires_in")

    def _end(self, answer: Answer | None) -> None:
        was_in = self.user is not None
        match None if answer is None else answer.body.get("error"):
            case {"code": str(code)}:
                self.reason = code
            case _:
                self.reason = "session_ended"
        self._forget()
        if was_in:
            self.ended()

    def _forget(self) -> None:
        self.user = None
        self._grant = None
        self._handed = ""
