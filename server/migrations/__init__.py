"""Brings a database to the newest schema when the server starts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from server import sqlite
from server.schema import REVISION


class MigrationError(Exception):
    """The database cannot be used; the message is one line that says why."""


def migrate(url: str) -> None:
    """Make the tables, or change them to the newest schema: all of it, or nothing.

    Raises MigrationError if the file was made by a newer version, is no database, or cannot be opened.
    """
    # A table is altered by copying it and dropping the old one, which must not take the rows that refer to it along
    # (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    engine = sqlite.writer(url, foreign_keys=False)
    try:
        with engine.begin() as connection:
            if _revision(connection) != REVISION:
                _upgrade(connection)
    except DatabaseError as error:
        raise MigrationError(f"the database {engine.url.database} cannot be opened: {error.orig}") from error
    finally:
        engine.dispose()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        path = connection.engine.url.database
        raise MigrationError(f"the database {path} was made by a newer version; install that one") from error
