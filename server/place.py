"""The place as a whole: what a fresh database begins with, and which life of it this is."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from server import rooms, streams
from server.database import Transaction
from server.rules import GENERAL
from server.schema import meta

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Life:
    """The epoch names the life of a database: cursors given in another one mean nothing.

    ``starts`` counts in it; ``peak`` is the crowd that the server before this one knew of.
    """

    epoch: str
    starts: int
    peak: float = 0.0


def start(transaction: Transaction, counted: int | None) -> Life:
    """Count a start of the server, and lay out what a fresh database needs.

    ``counted`` is what the counter beside the database says. If it does not say the same as the database, one of the
    two was put there from elsewhere, and another life begins (rule 16 of docs/delivery.md).
    """
    connection = transaction.connection
    if get(connection, "epoch") is None:
        connection.execute(meta.insert(), [{"key": "epoch", "value": ""}, {"key": "starts", "value": "0"}])
        streams.create(transaction, streams.PLACE)
        rooms.open_up(transaction, GENERAL, GENERAL)
    epoch, starts = get(connection, "epoch") or "", int(get(connection, "starts") or 0)
    if not epoch or counted != starts:
        epoch = secrets.token_urlsafe(12)
        connection.execute(meta.update().where(meta.c.key == "epoch").values(value=epoch))
    connection.execute(meta.update().where(meta.c.key == "starts").values(value=str(starts + 1)))
    return Life(epoch, starts + 1, float(get(connection, "peak") or 0))


def keep_peak(transaction: Transaction, peak: float) -> None:
    """Keep the crowd that the next start has to expect."""
    put(transaction, "peak", str(round(peak, 1)))


def put(transaction: Transaction, key: str, value: str | None) -> None:
    """Keep a fact about the place, or forget it."""
    transaction.connection.execute(meta.delete().where(meta.c.key == key))
    if value is not None:
        transaction.connection.execute(meta.insert().values(key=key, value=value))


class Counter:
    """The count of starts in a file beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int | None:
        """Return the count, None if there is none that can be read."""
        try:
            return int(self._path.read_text())
        except (OSError, ValueError):
            return None

    def write(self, starts: int) -> None:
        """Keep the count. Where that is not possible, the next start begins another epoch."""
        try:
            part = self._path.with_name(f"{self._path.name}.part")
            part.write_text(str(starts))
            part.replace(self._path)
        except OSError as error:
            logger.warning("the starts cannot be counted in %s: %s", self._path, error.strerror)


def get(connection: Connection, key: str) -> str | None:
    """Return a fact about the place, None if it was never said."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
