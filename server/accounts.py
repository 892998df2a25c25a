"""Accounts: a name that is unique however it is written, and the hash of a password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from server import rooms, streams
from server.database import Transaction
from server.errors import NameTakenError
from server.names import account_name, fold
from server.roles import Role
from server.rules import GENERAL
from server.schema import account


@dataclass(frozen=True, slots=True)
class User:
    """An account as others see it."""

    id: str
    name: str

    def as_json(self) -> dict[str, object]:
        """Return what is said of it on the wire and in events."""
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the door knows it: with the hash its password is checked against."""

    user: User
    password_hash: str


def create(transaction: Transaction, name: str, password_hash: str, role: Role = Role.MEMBER) -> User:
    """Make an account and let it join the room of everybody. Raises BadNameError and NameTakenError."""
    user = User(secrets.token_urlsafe(9), account_name(name))
    if find(transaction.connection, name) is not None:
        raise NameTakenError
    transaction.connection.execute(
        insert(account).values(
            id=user.id,
            name=user.name,
            folded=fold(user.name),
            password=password_hash,
            made_at=transaction.now,
            seen_at=transaction.now,
            role=role.value,
        )
    )
    streams.create(transaction, streams.account_stream(user.id))
    shown = {"display": "", "role": role.value, "banned": False, "left": False}
    streams.publish(transaction, streams.PLACE, "person", {"user": user.as_json() | shown})
    rooms.join(transaction, GENERAL, user)
    return user


def find(connection: Connection, name: str) -> Account | None:
    """Return the account of that name, in whatever case."""
    row = connection.execute(select(account).where(account.c.folded == fold(name.strip()))).one_or_none()
    return None if row is None else Account(User(row.id, row.name), row.password)


def rename(transaction: Transaction, user: User, name: str) -> None:
    """Give an account another name to log in with. Raises BadNameError and NameTakenError."""
    name = account_name(name)
    taken = select(account.c.id).where(account.c.folded == fold(name), account.c.id != user.id)
    if transaction.connection.execute(taken).first() is not None:
        raise NameTakenError
    transaction.connection.execute(update(account).where(account.c.id == user.id).values(name=name, folded=fold(name)))


def hash_of(connection: Connection, user: User) -> str | None:
    """Return the hash of an account's password, whatever it is called by now."""
    found: str | None = connection.scalar(select(account.c.password).where(account.c.id == user.id))
    return found


def change_password_hash(transaction: Transaction, user: User, password_hash: str) -> None:
    """Store another hash, of the same password or of a new one."""
    transaction.connection.execute(update(account).where(account.c.id == user.id).values(password=password_hash))
