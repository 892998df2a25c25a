"""What an account is in this place: how it is shown, its role, and what it may not do at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from server import roles, streams
from server.accounts import User
from server.database import Transaction
from server.errors import NoSuchPersonError
from server.notices import StandingChanged
from server.roles import Act, Role
from server.schema import account

COLUMNS = (
    account.c.id,
    account.c.name,
    account.c.display,
    account.c.role,
    account.c.muted_until,
    account.c.banned_at,
    account.c.left_at,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as the place knows it. ``muted_until`` is in milliseconds since the Unix epoch, 0 if it is not."""

    user: User
    display: str
    role: Role
    muted_until: int = 0
    banned: bool = False
    left: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what everybody may know: an empty ``display`` means that the name is shown.

        Who has left has neither of them.
        """
        return {
            **self.user.as_json(),
            "display": self.display,
            "role": self.role.value,
            "banned": self.banned,
            "left": self.left,
        }


def read(row: Row[*tuple[Any, ...]]) -> Standing:
    """Make one of a row with :data:`COLUMNS`."""
    return Standing(
        User(row.id, row.name),
        row.display,
        Role(row.role),
        row.muted_until or 0,
        row.banned_at is not None,
        row.left_at is not None,
    )


def of(connection: Connection, identifier: str) -> Standing:
    """Return the standing of an account, also of one that has left. Raises NoSuchPersonError."""
    row = connection.execute(_query().where(account.c.id == identifier)).one_or_none()
    if row is None:
        raise NoSuchPersonError
    return read(row)


def here(connection: Connection, identifier: str) -> Standing:
    """Return the standing of an account that has not left. Raises NoSuchPersonError."""
    found = of(connection, identifier)
    if found.left:
        raise NoSuchPersonError
    return found


def owner(connection: Connection) -> Standing | None:
    """Return whose place this is, None while there is nobody."""
    row = connection.execute(_query().where(account.c.role == Role.OWNER)).one_or_none()
    return None if row is None else read(row)


def check(connection: Connection, by: str, act: Act) -> Standing:
    """Make sure that an account may do ``act``, and return its standing. Raises ForbiddenError."""
    found = of(connection, by)
    roles.check(found.role, act)
    return found


def check_above(connection: Connection, by: str, act: Act, whom: str) -> Standing:
    """Make sure that an account may do ``act`` to another, whose standing is returned.

    Raises ForbiddenError and NoSuchPersonError.
    """
    role = check(connection, by, act).role
    found = here(connection, whom)
    roles.check_above(role, act, found.role)
    return found


def change(transaction: Transaction, identifier: str, **values: object) -> Standing:
    """Store other ``values`` of an account's columns, and tell everybody who it is now."""
    transaction.connection.execute(update(account).where(account.c.id == identifier).values(**values))
    return tell_all(transaction, identifier)


def tell_all(transaction: Transaction, identifier: str) -> Standing:
    """Tell everybody who an account is now."""
    now = tell(transaction, identifier)
    streams.publish(transaction, streams.PLACE, "person", {"user": now.as_json()})
    return now


def change_quietly(transaction: Transaction, identifier: str, **values: object) -> Standing:
    """Do the same for what is nobody else's concern."""
    transaction.connection.execute(update(account).where(account.c.id == identifier).values(**values))
    return tell(transaction, identifier)


def tell(transaction: Transaction, identifier: str) -> Standing:
    """Let the account's own connections know its standing."""
    now = of(transaction.connection, identifier)
    transaction.announce(StandingChanged(now.user, now.muted_until))
    return now


def _query() -> Select[Any]:
    return select(*COLUMNS)
