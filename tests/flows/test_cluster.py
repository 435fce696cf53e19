"""A real Dask scheduler and two workers over TCP, with PostgreSQL and a shared store: the same results as here, and none lost with a worker."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stand_in
from sqlalchemy import create_engine, text

from flows.composition import open_batch, run_batch
from flows.settings import Settings
from schemas.errors import ConfigurationError
from schemas.invoice import Invoice
from warehouse.database import open_database
from warehouse.documents import decisions, load
from warehouse.queries import list_documents

pytestmark = pytest.mark.slow


@pytest.fixture
def shared_database(postgresql_url: str) -> Iterator[str]:
    name = f"cluster_{secrets.token_hex(4)}"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield re.sub(r"/[^/]*$", f"/{name}", postgresql_url)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[Any]]]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])}

    def start(*arguments: str) -> subprocess.Popen[Any]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    assert scheduler.stderr is not None
    address = next(found[1] for line in scheduler.stderr if (found := re.search(r"Scheduler at:\s+(tcp://\S+)", line)))
    workers = [start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
    yield address, workers
    for process in [*workers, scheduler]:
        process.kill()
        process.wait()


def results(url: str) -> dict[str, Invoice]:
    with open_database(url) as database:
        found = list_documents(database)
        assert all(len(decisions(database, document.id)) == 1 for document in found)
        return {document.name: load(database, document.id) for document in found}


def test_a_cluster_gives_the_local_results_and_loses_none_when_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[Any]]], inbox: Path, tmp_path: Path, shared_database: str, database_url: str
) -> None:
    address, workers = cluster
    for number in range(12):
        stand_in.write(inbox, f"d{number:02}", goes="slow", seconds=0.3)
    stand_in.write(inbox, "doubtful", confidence=0.4)
    stand_in.write(inbox, "broken", goes="broken")
    settings = Settings(database=shared_database, document_store=str(tmp_path / "shared"), runner="dask", dask_address=address)
    with open_batch(str(inbox), settings, options=stand_in.options(chunk=2)) as batch:
        deadline = time.monotonic() + 60
        while not batch.finished_count and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(workers[0].pid, signal.SIGKILL)
        for _ in batch.reports():
            pass
        summary = batch.summary()
    assert dict(summary.counts) == {"accepted": 12, "review": 1, "rejected": 1}
    local = run_batch(str(inbox), Settings(database=database_url), options=stand_in.options())
    assert dict(local.counts) == dict(summary.counts)
    assert results(shared_database) == results(database_url)


def test_what_machines_cannot_share_is_refused(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a")
    with pytest.raises(ConfigurationError, match="not SQLite"):
        run_batch(str(inbox), Settings(database=database_url, runner="dask", dask_address="tcp://127.0.0.1:1"), options=stand_in.options())
    with pytest.raises(ConfigurationError, match="--dask-address"):
        run_batch(str(inbox), Settings(database=database_url, runner="dask"), options=stand_in.options())
