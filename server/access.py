"""Who comes in: registering, logging in, staying logged in, logging out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from server import accounts, sessions
from server.accounts import User
from server.database import Database, Transaction
from server.errors import BadTokenError, SessionEndedError, WrongCredentialsError
from server.guard import Guard, Guesser
from server.limits import Limits
from server.names import MAX_NAME, account_name, fold
from server.passwords import Passwords
from server.sessions import Grant
from server.tokens import Claims, Tokens


@dataclass(frozen=True, slots=True)
class Identity:
    """Who speaks, and in which session."""

    user: User
    session: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who wants to come in: from what address, and how to tell whether an account knows their device."""

    address: str
    device: Callable[[str], str | None]


class Access:
    """Turns names and passwords into sessions, and tokens into accounts. ``idle`` is in milliseconds."""

    def __init__(self, database: Database, passwords: Passwords, tokens: Tokens, idle: int, limits: Limits) -> None:
        self._database = database
        self._passwords = passwords
        self._tokens = tokens
        self._idle = idle
        self._limits = limits
        self.guard = Guard(limits)

    async def register(self, name: str, password: str, caller: Caller) -> Grant:
        """Make an account and begin its first session.

        Raises BadNameError, BadPasswordError, NameTakenError, SlowDownError and BusyError.
        """
        account_name(name)  # before the costly hash
        self._limits.registrations.spend(caller.address)
        password_hash = await self._passwords.hash(password)

        def store(transaction: Transaction) -> Grant:
            user = accounts.create(transaction, name, password_hash)
            return sessions.begin(transaction, user, self._idle)

        return await self._database.write(store)

    async def log_in(self, name: str, password: str, caller: Caller) -> Grant:
        """Begin a session. Raises WrongCredentialsError, SlowDownError and BusyError."""
        account = await self._database.read(lambda connection: accounts.find(connection, name))
        known = account.user.id if account else fold(name[:MAX_NAME])
        device = caller.device(known)
        async with self.guard.watch(Guesser(known, caller.address, device)):
            hashed = account.password_hash if account else None
            right = await self._passwords.verify(hashed, password, reserved=device is not None)
            if account is None or not right:
                raise WrongCredentialsError
        user, renewed = account.user, None
        if self._passwords.outdated(account.password_hash):
            renewed = await self._passwords.hash(password)

        def store(transaction: Transaction) -> Grant:
            if renewed is not None:
                accounts.change_password_hash(transaction, user, renewed)
            return sessions.begin(transaction, user, self._idle)

        return await self._database.write(store)

    async def renew(self, refresh: str) -> Grant:
        """Exchange a refresh token for its successor. Raises SessionEndedError and BusyError."""
        grant = await self._database.write(lambda transaction: sessions.renew(transaction, refresh, self._idle))
        if grant is None:
            raise SessionEndedError
        return grant

    async def log_out(self, token: str | None, refresh: str | None) -> None:
        """End the session that the refresh token belongs to, or else the access token. Raises BusyError.

        It always succeeds: what belongs to no session has nothing to end.
        """
        if refresh is not None:
            await self._database.write(lambda transaction: sessions.end_by_refresh(transaction, refresh))
        if token is not None:
            try:
                session = self._tokens.check(token).session
            except BadTokenError:
                return
            await self._database.write(lambda transaction: sessions.end(transaction, session))

    def claims(self, token: str | None) -> Claims:
        """Return what a token says, without a look whether its session has ended. Raises BadTokenError."""
        if token is None:
            raise BadTokenError
        return self._tokens.check(token)

    async def identify(self, token: str | None) -> Identity:
        """Return whose token this is. Raises BadTokenError, SessionEndedError, SlowDownError, BusyError."""
        claims = self.claims(token)
        self._limits.requests.spend(claims.account)
        owner = partial(sessions.owner, identifier=claims.session, claimed=claims.account)
        user = await self._database.read(owner)
        return Identity(user, claims.session)

    def token(self, grant: Grant) -> tuple[str, int]:
        """Return a fresh access token for a session, and for how many seconds it is good."""
        return self._tokens.make(grant.user.id, grant.session), self._tokens.lifetime
