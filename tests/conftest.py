"""What several packages' tests share: a real PostgreSQL, started once for all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the package benchmarks, however pytest was started


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server: the one that ``LINEITEM_TEST_POSTGRESQL`` names (``postgresql+psycopg://user@host/database``), else one of its own."""
    if given := os.environ.get("LINEITEM_TEST_POSTGRESQL"):
        yield given
        return
    from benchmarks.postgresql import running_server

    with running_server() as server:
        yield server.url
