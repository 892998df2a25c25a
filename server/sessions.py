"""Sessions: one for each log-in, kept alive by refresh tokens that change with every use.

A token belongs to a generation. It is good as long as none of a later generation has been used, so that a lost answer
or two tabs at once never sign an honest user out: both get a successor, and either may be used next. A token older
than the newest one used can only be a copy: the session ends (RFC 9700, section 4.14.2).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from rebond.codes import Close
from server.accounts import User
from server.database import Transaction
from server.errors import BannedError, NoSuchSessionError, SessionEndedError
from server.notices import AccountEnded, SessionEnded
from server.schema import account, refresh_token, session
from server.standing import COLUMNS, Standing, read

DAY = 24 * 60 * 60 * 1000
"""Milliseconds. Refresh tokens that are no longer good are forgotten after a day."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A session and the refresh token that keeps it alive."""

    user: User
    session: str
    refresh: str


def begin(transaction: Transaction, user: User, idle: int, device: str = "") -> Grant:
    """Begin a session, and forget the account's that are over or were not used for ``idle`` milliseconds.

    ``device`` says what it runs on, as :func:`server.agents.device` writes it.
    """
    now = transaction.now
    over = or_(session.c.ended_at.is_not(None), session.c.used_at < now - idle)
    transaction.connection.execute(delete(session).where(session.c.account == user.id, over))
    identifier = secrets.token_urlsafe(12)
    transaction.connection.execute(
        insert(session).values(id=identifier, account=user.id, generation=0, made_at=now, used_at=now, device=device)
    )
    return Grant(user, identifier, _issue(transaction, identifier, 1))


def renew(transaction: Transaction, refresh: str, idle: int) -> Grant | None:
    """Exchange a refresh token for its successor; None if that cannot be, for whatever reason.

    A token that must be a copy ends its session. It returns None rather than raising, since the end is to be stored.
    """
    now, connection = transaction.now, transaction.connection
    found = connection.execute(
        select(
            refresh_token.c.generation,
            session.c.id,
            session.c.generation.label("used"),
            session.c.used_at,
            session.c.ended_at,
            account.c.id.label("account"),
            account.c.name,
            account.c.banned_at,
        )
        .join(session, session.c.id == refresh_token.c.session)
        .join(account, account.c.id == session.c.account)
        .where(refresh_token.c.hash == _hash(refresh))
    ).one_or_none()
    if found is not None and found.banned_at is not None:
        raise BannedError
    if found is None or found.ended_at is not None or found.used_at < now - idle:
        return None
    if found.generation < found.used:
        end(transaction, found.id)
        return None
    connection.execute(update(session).where(session.c.id == found.id).values(generation=found.generation, used_at=now))
    connection.execute(
        delete(refresh_token).where(
            refresh_token.c.session == found.id,
            refresh_token.c.generation < found.generation,
            refresh_token.c.made_at < now - DAY,
        )
    )
    user = User(found.account, found.name)
    return Grant(user, found.id, _issue(transaction, found.id, found.generation + 1))


def end(transaction: Transaction, identifier: str) -> None:
    """End a session: its tokens are good for nothing from now on, and its sockets close."""
    transaction.connection.execute(
        update(session).where(session.c.id == identifier, session.c.ended_at.is_(None)).values(ended_at=transaction.now)
    )
    transaction.announce(SessionEnded(identifier, Close.TOKEN))


def end_all(transaction: Transaction, identifier: str, code: Close, besides: str | None = None) -> None:
    """End all sessions of an account, but for the one called ``besides``; their sockets close with ``code``."""
    mine = and_(session.c.account == identifier, session.c.ended_at.is_(None), session.c.id.is_distinct_from(besides))
    transaction.connection.execute(update(session).where(mine).values(ended_at=transaction.now))
    transaction.announce(AccountEnded(identifier, code, besides))


def forget(transaction: Transaction, identifier: str) -> None:
    """Keep nothing of the sessions of an account, which have ended."""
    transaction.connection.execute(delete(session).where(session.c.account == identifier))


def end_by_refresh(transaction: Transaction, refresh: str) -> None:
    """End the session that a refresh token belongs to, if there is one."""
    query = select(refresh_token.c.session).where(refresh_token.c.hash == _hash(refresh))
    identifier = transaction.connection.execute(query).scalar_one_or_none()
    if identifier is not None:
        end(transaction, identifier)


def owner(connection: Connection, identifier: str, claimed: str) -> Standing:
    """Return the account of a session, which must be that of the id ``claimed``. Raises SessionEndedError if not."""
    row = connection.execute(
        select(*COLUMNS)
        .join(session, session.c.account == account.c.id)
        .where(session.c.id == identifier, session.c.ended_at.is_(None), account.c.id == claimed)
    ).one_or_none()
    if row is None:
        raise SessionEndedError
    return read(row)


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as its owner sees it: what it runs on, and when it was begun and last renewed, in milliseconds."""

    id: str
    browser: str
    system: str
    made_at: int
    used_at: int
    current: bool


def every(connection: Connection, user: User, current: str, since: int) -> list[Seen]:
    """Return an account's sessions that were used after ``since``, the last used first."""
    live = and_(session.c.account == user.id, session.c.ended_at.is_(None), session.c.used_at >= since)
    found = []
    for row in connection.execute(select(session).where(live).order_by(session.c.used_at.desc(), session.c.id)):
        browser, _, system = row.device.partition("/")
        found.append(Seen(row.id, browser, system, row.made_at, row.used_at, row.id == current))
    return found


def end_one(transaction: Transaction, user: User, identifier: str) -> None:
    """End one of an account's sessions. Raises NoSuchSessionError."""
    mine = select(session.c.id).where(session.c.id == identifier, session.c.account == user.id)
    if transaction.connection.execute(mine).first() is None:
        raise NoSuchSessionError
    end(transaction, identifier)


def _issue(transaction: Transaction, identifier: str, generation: int) -> str:
    token = secrets.token_urlsafe(32)
    transaction.connection.execute(
        insert(refresh_token).values(
            hash=_hash(token), session=identifier, generation=generation, made_at=transaction.now
        )
    )
    return token


def _hash(token: str) -> bytes:
    """SHA-256 without salt is enough for what is random already: there is no dictionary to try."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
