"""Copies of the database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from rebond import wire
from server import backup, messages, migrations
from server.backup import BackupError
from server.migrations import MigrationError
from tests.support.store import Store


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def epoch(path: Path) -> object:
    return ask(path, "SELECT value FROM meta WHERE key = 'epoch'")[0][0]


def ids(path: Path) -> list[object]:
    return [row[0] for row in ask(path, "SELECT id FROM message ORDER BY seq")]


def names(folder: Path, pattern: str) -> list[str]:
    return [path.name for path in folder.glob(pattern)]


async def write(store: Store, *identifiers: str) -> None:
    ada = await store.account("ada")
    for identifier in identifiers:
        send = wire.Send(id=identifier, room="general", text="hello")
        await store.database.write(partial(messages.store, author=ada, asked=send))


async def test_backup_of_a_database_in_use_holds_all_that_was_committed(store: Store, tmp_path: Path) -> None:
    await write(store, "message-1", "message-2")
    backup.backup(store.path, tmp_path / "copy")
    assert ids(tmp_path / "copy") == ["message-1", "message-2"]
    assert names(tmp_path, "copy*") == ["copy"]


async def test_nobody_else_can_read_a_copy(store: Store, tmp_path: Path) -> None:
    backup.backup(store.path, tmp_path / "copy")
    await store.database.close()
    kept = backup.restore(store.path, tmp_path / "copy", migrations.check)
    assert kept is not None
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "copy", kept, store.path)} == {
        "copy": 0o600,
        kept.name: 0o600,
        store.path.name: 0o600,
    }


async def test_what_root_restores_is_its_servers(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, tuple[int, int]] = {}

    def give(path: Path, owner: int, group: int) -> None:
        given[path.name] = owner, group

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", give)
    (tmp_path / "elsewhere").mkdir()
    backup.backup(store.path, tmp_path / "elsewhere" / "copy")
    await store.database.close()
    backup.restore(store.path, tmp_path / "elsewhere" / "copy", migrations.check)
    folder = store.path.parent.stat()
    assert given[f"{store.path.name}.restored.part"] == (folder.st_uid, folder.st_gid)


async def test_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(BackupError, match="is there already"):
        backup.backup(store.path, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"


def test_what_cannot_be_copied_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be copied"):
        backup.backup(tmp_path / "nowhere", tmp_path / "copy")
    (tmp_path / "text").write_text("no database " * 1_000)
    with pytest.raises(BackupError, match="file is not a database"):
        backup.backup(tmp_path / "text", tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


async def test_backup_to_nowhere_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"unable to open|cannot be written"):
        backup.backup(store.path, tmp_path / "no" / "such" / "folder")


async def test_restored_database_is_the_backup_with_another_epoch(store: Store, tmp_path: Path) -> None:
    await write(store, "message-1")
    backup.backup(store.path, tmp_path / "copy")
    await store.database.close()
    before = epoch(store.path)
    kept = backup.restore(store.path, tmp_path / "copy", migrations.check)
    assert kept is not None
    assert ids(store.path) == ids(kept) == ["message-1"]
    assert epoch(kept) == epoch(tmp_path / "copy") == before
    assert epoch(store.path) != before


async def test_log_of_the_replaced_database_is_not_taken_for_that_of_the_restored(store: Store, tmp_path: Path) -> None:
    await write(store, "message-1")
    backup.backup(store.path, tmp_path / "copy")
    with closing(sqlite3.connect(store.path)) as held:  # whoever still has it open keeps the log from being ended
        held.execute("SELECT 1 FROM meta").fetchone()
        await store.database.write(
            lambda transaction: transaction.connection.exec_driver_sql("UPDATE message SET id = 'message-2'").close()
        )
        await store.database.close()
    kept = backup.restore(store.path, tmp_path / "copy", migrations.check)
    assert kept is not None
    assert (ids(store.path), ids(kept)) == (["message-1"], ["message-2"])


async def test_broken_database_is_kept_as_it_is_when_it_is_replaced(store: Store, tmp_path: Path) -> None:
    backup.backup(store.path, tmp_path / "copy")
    await store.database.close()
    store.path.write_text("broken " * 1_000)
    kept = backup.restore(store.path, tmp_path / "copy", migrations.check)
    assert kept is not None
    assert kept.read_text().startswith("broken")
    assert ids(store.path) == []


async def test_restore_works_where_there_is_no_database(store: Store, tmp_path: Path) -> None:
    backup.backup(store.path, tmp_path / "copy")
    assert backup.restore(tmp_path / "elsewhere.sqlite3", tmp_path / "copy", migrations.check) is None
    assert ids(tmp_path / "elsewhere.sqlite3") == []


@pytest.mark.parametrize("text", ["", "no database " * 1_000])
async def test_what_is_no_backup_replaces_nothing(store: Store, tmp_path: Path, text: str) -> None:
    await write(store, "message-1")
    (tmp_path / "file").write_text(text)
    with pytest.raises(BackupError, match="cannot be restored"):
        backup.restore(store.path, tmp_path / "file", migrations.check)
    assert ids(store.path) == ["message-1"]


async def test_backup_of_a_newer_version_replaces_nothing(store: Store, tmp_path: Path) -> None:
    await write(store, "message-1")
    backup.backup(store.path, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(MigrationError, match="newer version"):
        backup.restore(store.path, tmp_path / "copy", migrations.check)
    assert ids(store.path) == ["message-1"]
    assert names(tmp_path, "*.restored") == []
