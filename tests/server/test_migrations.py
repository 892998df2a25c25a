"""Databases old, new, newer and broken."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from server import migrations, schema
from server.migrations import MigrationError, migrate


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    migrate(url(tmp_path / "new.sqlite3"))
    engine = create_engine(url(tmp_path / "new.sqlite3"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()


def test_newest_migration_is_the_one_the_schema_names() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
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
