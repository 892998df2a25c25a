"""Who comes in: registering, logging in, staying logged in, logging out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from rebond.codes import Close
from server import accounts, registration, sessions, standing
from server.accounts import User
from server.database import Database, Transaction
from server.errors import BadTokenError, BannedError, MutedError, SessionEndedError, WrongCredentialsError
from server.guard import Guard, Guesser
from server.limits import Limits
from server.names import MAX_NAME, account_name, fold
from server.passwords import Passwords
from server.roles import Role
from server.sessions import Grant
from server.standing import Standing
from server.tokens import Claims, Tokens

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who speaks, and in which session."""

    user: User
    session: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who wants to come in: from what address, how to tell whether an account knows their device, and what
    that runs, as :func:`server.agents.device` writes it, and which join code they bring.
    """

    address: str
    device: Callable[[str], str | None]
    agent: str = ""
    code: str | None = None


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
        """Make an account, with a join code where one is needed, and begin its first session.

        The first account owns the place. Raises BadNameError, BadPasswordError, NameTakenError, BadCodeError,
        RegistrationClosedError, SlowDownError and BusyError.
        """
        account_name(name)  # before the costly hash
        self._limits.registrations.spend(caller.address)
        now = time.time_ns() // 1_000_000
        await self._database.read(partial(registration.check, code=caller.code, now=now))
        password_hash = await self._passwords.hash(password)

        def store(transaction: Transaction) -> Grant:
            first = standing.owner(transaction.connection) is None
            registration.use(transaction, caller.code)
            user = accounts.create(transaction, name, password_hash, Role.OWNER if first else Role.MEMBER)
            return sessions.begin(transaction, user, self._idle, caller.agent)

        return await self._database.write(store)

    async def log_in(self, name: str, password: str, caller: Caller) -> Grant:
        """Begin a session. Raises WrongCredentialsError, BannedError, SlowDownError and BusyError."""
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

        def store(transaction: Transaction) -> Grant | None:
            # Should there be another password since, then all sessions begun with this one have been ended already.
            if accounts.hash_of(transaction.connection, user) != account.password_hash:
                return None
            if renewed is not None:
                accounts.change_password_hash(transaction, user, renewed)
            found = standing.of(transaction.connection, user.id)
            if found.left:
                raise WrongCredentialsError
            if found.banned:
                raise BannedError
            return sessions.begin(transaction, user, self._idle, caller.agent)

        # Or else the same password has been hashed anew, by a log-in at the same time: so it is tried again.
        return await self._database.write(store) or await self.log_in(name, password, caller)

    async def check_password(self, user: User, password: str) -> None:
        """Make sure that it is still the same person. Raises WrongCredentialsError, SlowDownError and BusyError."""
        async with self.guard.watch(Guesser(user.id, user.id, "someone logged in")):
            hashed = await self._database.read(partial(accounts.hash_of, user=user))
            if not await self._passwords.verify(hashed, password, reserved=True):
                raise WrongCredentialsError

    async def change_password(self, identity: Identity, before: str, password: str) -> None:
        """Give an account another password, and end its other sessions.

        Raises WrongCredentialsError, BadPasswordError, SlowDownError and BusyError.
        """
        await self.check_password(identity.user, before)
        password_hash = await self._passwords.hash(password)

        def store(transaction: Transaction) -> None:
            accounts.change_password_hash(transaction, identity.user, password_hash)
            sessions.end_all(transaction, identity.user.id, Close.TOKEN, besides=identity.session)

        await self.write(identity, store)

    async def renew(self, refresh: str) -> Grant:
        """Exchange a refresh token for its successor. Raises SessionEndedError, BannedError and BusyError."""
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
        found = await self._database.read(owner)
        return Identity(found.user, claims.session, found)

    async def write(self, identity: Identity, change: Callable[[Transaction], T], *, words: bool = False) -> T:
        """Carry out a change on somebody's behalf, if their session has not ended since they were identified.

        The rest of a request may come, or what goes before the change may last, as long as it likes. ``words`` are for
        others to read: of somebody muted they are not taken. Raises SessionEndedError, MutedError, BusyError, and what
        ``change`` raises.
        """

        def checked(transaction: Transaction) -> T:
            found = sessions.owner(transaction.connection, identity.session, identity.user.id)
            if words and transaction.now < found.muted_until:
                raise MutedError
            return change(transaction)

        return await self._database.write(checked)

    def token(self, grant: Grant) -> tuple[str, int]:
        """Return a fresh access token for a session, and for how many seconds it is good."""
        return self._tokens.make(grant.user.id, grant.session), self._tokens.lifetime
