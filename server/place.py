"""The place as a whole: what a fresh database begins with, and which life of it this is."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from server import rooms, streams
from server.database import Transaction
from server.schema import meta


def start(transaction: Transaction) -> str:
    """Count this start of the server, lay out what a fresh database needs, and return the epoch.

    The epoch names the database's life: cursors given in another one mean nothing (rule 16 of docs/delivery.md).
    """
    connection = transaction.connection
    epoch = _read(connection, "epoch")
    if epoch is None:
        epoch = secrets.token_urlsafe(12)
        connection.execute(meta.insert(), [{"key": "epoch", "value": epoch}, {"key": "starts", "value": "0"}])
        streams.create(transaction, streams.PLACE)
        rooms.open_up(transaction, rooms.GENERAL, rooms.GENERAL)
    starts = int(_read(connection, "starts") or 0) + 1
    connection.execute(meta.update().where(meta.c.key == "starts").values(value=str(starts)))
    return epoch


def _read(connection: Connection, key: str) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
