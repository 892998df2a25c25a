"""Brings a database to the newest schema when the server starts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from server import sqlite
from server.backup import copy
from server.schema import REVISION

SCRIPTS = Path(__file__).parent


class MigrationError(Exception):
    """The database cannot be used; the message is one line that says why."""


def migrate(url: str) -> None:
    """Make the tables, or change them to the newest schema: all of it, or nothing.

    What there was before a change is kept beside it, in a file named for the revision that it was changed to. Raises
    MigrationError if the file was made by a newer version, is no database, or cannot be opened or copied.
    """
    # A table is altered by copying it and dropping the old one, which must not take the rows that refer to it along
    # (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    engine = sqlite.writer(url, foreign_keys=False)
    path = Path(engine.url.database or "")
    try:
        with engine.begin() as connection:
            found = _revision(connection)
            if found == REVISION:
                return
            if found is not None:
                check(found, path)
                copy(path, path.with_name(f"{path.name}.before-{REVISION}"))
            _upgrade(connection)
    except DatabaseError as error:
        raise MigrationError(f"the database {path} cannot be opened: {error.orig}") from error
    except (OSError, sqlite3.Error) as error:
        raise MigrationError(f"the database {path} cannot be copied before it is changed: {error}") from error
    finally:
        engine.dispose()


def check(revision: str, path: Path) -> None:
    """Make sure that the revision of the database at ``path`` is known here. Raises MigrationError."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory(str(SCRIPTS)).get_revision(revision)
    except CommandError as error:
        raise MigrationError(f"the database {path} was made by a newer version; install that one") from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
