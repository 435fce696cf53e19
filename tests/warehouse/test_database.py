from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

import warehouse.database
import warehouse.tables_operation
import warehouse.tables_review
from schemas.errors import WarehouseError
from warehouse.batches import list_batches
from warehouse.database import SCHEMA_REVISION, Database, open_database
from warehouse.migrations import head, revisions, upgrade
from warehouse.queries import find_document
from warehouse.tables import Table


def test_migrations_give_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


def test_revision_in_code_is_the_newest_migration() -> None:
    assert head() == SCHEMA_REVISION


EARLIER = [revision for revision in revisions() if revision != SCHEMA_REVISION]
BATCH = """INSERT INTO batches (source, owner, pipeline_version, started_at, outcome, documents, ignored, processed, pages, seconds,
 stage_seconds, notes) VALUES ('inbox', 'me', '1', '2026-05-04 00:00:00', 'finished', 1, 0, 1, 1, 1.5, '{}', '[]')"""
DOCUMENT = """INSERT INTO documents (sha256, pipeline_version, name, source, state, received_at)
 VALUES ('ab', '1', 'R 7', 'R 7.pdf', 'received', '2026-05-04 00:00:00')"""


@pytest.mark.parametrize("revision", EARLIER)
def test_an_earlier_database_is_upgraded_with_its_contents(url: str, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, revision=revision)
        connection.execute(text(BATCH))
        connection.execute(text(DOCUMENT))
    engine.dispose()
    with open_database(url) as database:
        assert [(batch.source, batch.seconds) for batch in list_batches(database)] == [("inbox", 1.5)]
        assert find_document(database, "R 7").state == "received"
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
            assert compare_metadata(context, Table.metadata) == []


def test_connections_use_wal_and_foreign_keys(tmp_path: Path) -> None:
    with open_database(str(tmp_path / "x.db")) as database, database.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


def test_a_path_is_a_sqlite_url(tmp_path: Path) -> None:
    with open_database(str(tmp_path / "plain.db")):
        pass
    assert (tmp_path / "plain.db").exists()


def test_many_processes_may_open_a_new_database_at_once(url: str) -> None:
    code = "import sys; from warehouse.database import open_database; open_database(sys.argv[1]).close()"
    runs = [subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE) for _ in range(4)]
    assert [run.communicate()[1] for run in runs] == [b""] * 4


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda folder: folder, "is a folder"),
        (lambda folder: folder / "missing" / "x.db", "does not exist"),
        (lambda folder: "mongodb://host/x", "Not a database URL"),
        (lambda folder: "postgresql+nodriver://host/x", "Not a database URL"),
    ],
)
def test_unusable_urls_are_explained(tmp_path: Path, make, expected: str) -> None:
    with pytest.raises(WarehouseError, match=expected):
        open_database(str(make(tmp_path)))


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are only notes, long enough to be taken for a header\n" * 20)
    with pytest.raises(WarehouseError, match="not a usable SQLite file"):
        open_database(str(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everything")
def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WarehouseError, match="cannot be"):
        open_database(str(tmp_path / "x.db"))


def test_reading_commands_do_not_create_a_database(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no database"):
        open_database(str(tmp_path / "x.db"), create=False)
    assert not (tmp_path / "x.db").exists()


def test_a_newer_schema_is_refused(url: str) -> None:
    with open_database(url) as database, database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WarehouseError, match="newer version"):
        open_database(url)


def test_a_locked_database_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse.database, "BUSY_TIMEOUT_S", 0.1)
    with open_database(str(tmp_path / "x.db")) as database:
        other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WarehouseError, match="locked by another program"), database.write() as session:
            session.execute(text("SELECT 1"))
        other.close()


def test_passwords_are_not_shown() -> None:
    with pytest.raises(WarehouseError) as caught:
        open_database("mysql+pymysql://user:secret@host/x")
    assert "secret" not in str(caught.value)
