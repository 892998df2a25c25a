"""Databases old, new, newer and broken."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from server import migrations, schema, sqlite
from server.migrations import MigrationError, migrate

REVISIONS = [script.revision for script in ScriptDirectory(str(migrations.SCRIPTS)).walk_revisions()]


def make(path: Path, revision: str) -> None:
    """Make a database as an older version made it."""
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    engine = sqlite.writer(url(path))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def differences(connection: Connection) -> list[object]:
    """Return what the tables have that the schema has not, and the other way round, but for SQLite's own index."""

    def include(item: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name is None or not name.startswith("search")

    options: dict[str, object] = {"include_object": include}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata))


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    migrate(url(tmp_path / "new.sqlite3"))
    engine = create_engine(url(tmp_path / "new.sqlite3"))
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_newest_migration_is_the_one_the_schema_names() -> None:
    scripts = ScriptDirectory(str(migrations.SCRIPTS))
    assert scripts.get_current_head() == schema.REVISION


def test_database_that_is_up_to_date_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(url(tmp_path / "same.sqlite3"))
    monkeypatch.setattr(migrations, "_upgrade", lambda _: pytest.fail("it was migrated"))
    migrate(url(tmp_path / "same.sqlite3"))


def test_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite3"
    migrate(url(path))
    engine = create_engine(url(path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(MigrationError, match="made by a newer version"):
        migrate(url(path))


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite3"
    path.write_text("not a database at all " * 1_000)
    with pytest.raises(MigrationError, match="file is not a database"):
        migrate(url(path))


def test_old_database_keeps_all_it_holds_and_a_copy_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    make(path, "0001")
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO account VALUES ('u2', 'Bob', 'bob', 'hash', 2)")
        old.execute("INSERT INTO account VALUES ('u1', 'Ada', 'ada', 'hash', 1)")
        old.execute("INSERT INTO room VALUES ('general', 'general', 'general', 1)")
        old.execute("INSERT INTO stream VALUES ('room:general', 1)")
        old.execute("INSERT INTO event VALUES ('room:general', 1, 'message', '{}', 5)")
        old.execute("INSERT INTO message VALUES ('u1', 'message-1', 'general', 1, 1, 'hello', 5)")
    migrate(url(path))
    with closing(sqlite3.connect(path)) as new:
        assert new.execute("SELECT * FROM operation").fetchall() == [("u1", "message-1", "general", 1, 5)]
        found = new.execute("SELECT room, seq, id, author, text, at, changed_seq, edited_at, deleted_at FROM message")
        assert found.fetchall() == [("general", 1, "message-1", "u1", "hello", 5, 1, None, None)]
        assert new.execute("SELECT id, role FROM account ORDER BY id").fetchall() == [("u1", "owner"), ("u2", "member")]
        assert new.execute("PRAGMA foreign_key_check").fetchall() == []
        assert new.execute("SELECT rowid FROM search WHERE search MATCH 'héllo'").fetchall() == [(1,)]
        assert new.execute("SELECT value FROM meta WHERE key = 'indexed'").fetchall() == [("1",)]
    with closing(sqlite3.connect(tmp_path / f"old.sqlite3.before-{schema.REVISION}")) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert kept.execute("SELECT text FROM message").fetchall() == [("hello",)]


def test_what_was_muted_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    make(path, "0004")
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO account (id, name, folded, password, made_at) VALUES ('u1', 'Ada', 'ada', 'hash', 1)")
        for room in ("quiet", "loud"):
            old.execute("INSERT INTO room VALUES (?, 'public', ?, ?, '', 1, NULL)", (room, room, room))
            old.execute("INSERT INTO membership VALUES ('u1', ?, 1, 0, ?)", (room, room == "quiet"))
    migrate(url(path))
    with closing(sqlite3.connect(path)) as new:
        found = new.execute("SELECT room, heed FROM membership ORDER BY room").fetchall()
        assert found == [("loud", "normal"), ("quiet", "muted")]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_older_database_gets_the_tables_of_the_schema(tmp_path: Path, revision: str) -> None:
    make(tmp_path / "old.sqlite3", revision)
    migrate(url(tmp_path / "old.sqlite3"))
    engine = create_engine(url(tmp_path / "old.sqlite3"))
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "half.sqlite3"
    whole = migrations._upgrade

    def upgrade(connection: Connection) -> None:
        whole(connection)
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(migrations, "_upgrade", upgrade)
    with pytest.raises(RuntimeError):
        migrate(url(path))
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == []
    database.close()
