"""A fresh database for each test, on SQLite and on PostgreSQL; on PostgreSQL each test has a schema of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from warehouse.database import Database, open_database
from warehouse.tables import Table


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = str(request.getfixturevalue("postgresql_url"))
    schema = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{server}?options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> Iterator[Database]:
    """One migrated schema for all tests that ask for no more than an empty database."""
    with open_database(postgresql_url) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        with open_database(f"sqlite:///{tmp_path / 'test.db'}") as opened:
            yield opened
        return
    opened = request.getfixturevalue("migrated_postgresql")
    yield opened
    with opened.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # the audit log lets nobody else empty it
        session.execute(text(f"TRUNCATE {', '.join(Table.metadata.tables)} RESTART IDENTITY CASCADE"))
