"""Who may make an account: everybody, who has a join code, or nobody.

The code is kept as it is, not as a hash: moderators show it again, as a link and as a QR code. It opens nothing that is
there already, only the door to a new account.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from server import acts, place, standing
from server.accounts import User
from server.database import Transaction
from server.errors import BadCodeError, NoSuchCodeError, RegistrationClosedError
from server.roles import Act
from server.schema import join_code

HOUR = 60 * 60 * 1_000
"""Milliseconds."""

MAX_HOURS, MAX_USES = 365 * 24, 10_000

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is taken for a digit, and what is taken for one is understood."""

GROUP, GROUPS = 5, 2
"""Fifty bits: with the limit on tries nobody guesses one before it expires."""

_MISREAD = str.maketrans("OIL", "011")
_KEY = "registration"


class Policy(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    CODE = "code"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Code:
    """A join code. Times are in milliseconds since the Unix epoch; without ``expires_at`` or ``uses`` it has no end."""

    id: str
    code: str
    made_by: str
    made_at: int
    expires_at: int | None
    uses: int | None
    used: int
    revoked: bool
    good: bool

    def as_json(self) -> dict[str, object]:
        """Return what moderators are shown."""
        return asdict(self)


def policy(connection: Connection) -> Policy:
    """Return who may make an account."""
    return Policy(place.get(connection, _KEY) or Policy.OPEN)


def set_policy(transaction: Transaction, by: User, wanted: Policy) -> Policy:
    """Say who may make an account from now on. Raises ForbiddenError."""
    standing.check(transaction.connection, by.id, Act.SET_REGISTRATION)
    if wanted is not policy(transaction.connection):
        place.put(transaction, _KEY, wanted.value)
        acts.note(transaction, Act.SET_REGISTRATION, by.id, policy=wanted.value)
    return wanted


def check(connection: Connection, code: str | None, now: int) -> str | None:
    """Make sure that somebody may make an account, and return the id of the code that lets them in, if it is one.

    The first account of all needs none: it will own the place. Raises RegistrationClosedError and BadCodeError.
    """
    wanted = policy(connection)
    if wanted is Policy.OPEN or standing.owner(connection) is None:
        return None
    if wanted is Policy.CLOSED:
        raise RegistrationClosedError
    row = connection.execute(select(join_code).where(join_code.c.code == read(code or ""))).one_or_none()
    if row is None or not _good(row, now):
        raise BadCodeError
    return str(row.id)


def use(transaction: Transaction, code: str | None) -> None:
    """Count a use of the code, if one is needed. Raises RegistrationClosedError and BadCodeError."""
    identifier = check(transaction.connection, code, transaction.now)
    if identifier is not None:
        counted = update(join_code).where(join_code.c.id == identifier).values(used=join_code.c.used + 1)
        transaction.connection.execute(counted)


def make(transaction: Transaction, by: User, hours: int | None, uses: int | None) -> Code:
    """Make a join code that is good for so many hours and accounts. Raises ForbiddenError."""
    standing.check(transaction.connection, by.id, Act.MAKE_CODE)
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    identifier, now = secrets.token_urlsafe(9), transaction.now
    transaction.connection.execute(
        insert(join_code).values(
            id=identifier,
            code="-".join(groups),
            made_by=by.id,
            made_at=now,
            expires_at=None if hours is None else now + hours * HOUR,
            uses=uses,
            used=0,
        )
    )
    acts.note(transaction, Act.MAKE_CODE, by.id, code=identifier, hours=hours, uses=uses)
    return one(transaction.connection, by, identifier, now)


def revoke(transaction: Transaction, by: User, identifier: str) -> Code:
    """Let a code be good for nothing from now on. Raises ForbiddenError and NoSuchCodeError."""
    standing.check(transaction.connection, by.id, Act.REVOKE_CODE)
    found = one(transaction.connection, by, identifier, transaction.now)
    if not found.revoked:
        revoked = update(join_code).where(join_code.c.id == identifier).values(revoked_at=transaction.now)
        transaction.connection.execute(revoked)
        acts.note(transaction, Act.REVOKE_CODE, by.id, code=identifier)
    return one(transaction.connection, by, identifier, transaction.now)


def every(connection: Connection, by: User, now: int) -> list[Code]:
    """Return all codes, the newest first. Raises ForbiddenError."""
    standing.check(connection, by.id, Act.READ_CODES)
    query = select(join_code).order_by(join_code.c.made_at.desc(), join_code.c.id)
    return [_code(row, now) for row in connection.execute(query)]


def one(connection: Connection, by: User, identifier: str, now: int) -> Code:
    """Return a code. Raises ForbiddenError and NoSuchCodeError."""
    standing.check(connection, by.id, Act.READ_CODES)
    row = connection.execute(select(join_code).where(join_code.c.id == identifier)).one_or_none()
    if row is None:
        raise NoSuchCodeError
    return _code(row, now)


def read(typed: str) -> str:
    """Return a code as it is stored, however it was typed: in small letters, without the dash, with an O for a 0."""
    plain = re.sub(r"[\s-]", "", typed[:64]).upper().translate(_MISREAD)
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def _good(row: Row[Any], now: int) -> bool:
    fresh = row.expires_at is None or now < row.expires_at
    return fresh and row.revoked_at is None and (row.uses is None or row.used < row.uses)


def _code(row: Row[Any], now: int) -> Code:
    return Code(
        row.id,
        row.code,
        row.made_by,
        row.made_at,
        row.expires_at,
        row.uses,
        row.used,
        row.revoked_at is not None,
        _good(row, now),
    )
