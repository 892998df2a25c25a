"""Copies of the database: made while the server runs, and put in its place while it does not."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


class BackupError(Exception):
    """A copy cannot be made or used; the message is one line that says why."""


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use; ``target`` appears complete, checked and on disk, or not at all.

    It is for its owner alone, who is that of its folder if root makes it: of what root puts back the server is to be
    able to write. Raises OSError and sqlite3.Error.
    """
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600, exist_ok=False)
        if os.geteuid() == 0:
            folder = target.parent.stat()
            os.chown(part, folder.st_uid, folder.st_gid)
        # All pages in one step are one state of the source; its writer goes on meanwhile (sqlite.org/wal.html).
        with closing(_read_only(source)) as original, closing(sqlite3.connect(part)) as duplicate:
            original.backup(duplicate)
            duplicate.execute("PRAGMA journal_mode = DELETE")  # a copy is one file, with no log beside it
            (verdict,) = duplicate.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    finally:
        part.unlink(missing_ok=True)


def backup(database: Path, target: Path) -> None:
    """Make a backup of a database, whether its server runs or not. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} is there already: choose another name")
    try:
        copy(database, target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise BackupError(f"{database} cannot be copied: {error}") from error


def restore(database: Path, source: Path, check: Callable[[str, Path], None]) -> Path | None:
    """Put a backup in the place of a database that no server uses, and begin a new epoch in it.

    ``check`` is told the backup's revision and may raise. Returns where the replaced database is kept, None if there
    was none. Raises BackupError.
    """
    fresh = database.with_name(f"{database.name}.restored")
    kept = database.with_name(f"{database.name}.replaced-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        copy(source, fresh)
        with closing(sqlite3.connect(fresh)) as restored, restored:
            # Cursors of the life that ends here mean nothing in this one (rule 16 of docs/delivery.md).
            restored.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (secrets.token_urlsafe(12),))
            (revision,) = restored.execute("SELECT version_num FROM alembic_version").fetchone()
        check(revision, source)
        there = database.exists()
        if there:
            _set_aside(database, kept)
        fresh.replace(database)
        _flush(database.parent)
    except OSError as error:
        raise BackupError(f"{database} cannot be replaced: {error.strerror}") from error
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be restored: {error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return kept if there else None


def _set_aside(database: Path, kept: Path) -> None:
    """Copy a database and end its log, lest the log be taken for that of the next file of its name."""
    try:
        copy(database, kept)
        with closing(sqlite3.connect(database)) as old:
            old.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        # It is broken. It is kept as it is, with its log: somebody may know how to mend it.
        for suffix in ("", "-wal", "-shm"):
            part = database.with_name(database.name + suffix)
            if part.exists():
                part.replace(kept.with_name(kept.name + suffix))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _flush(path: Path) -> None:
    """Have the system write a file or a folder through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
