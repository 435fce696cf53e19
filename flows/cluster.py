"""The same chunks on a Dask cluster: a chunk travels as names and hashes, a cluster's worker takes the bytes from the shared document store and
records each document in the shared database, by the very code that a local run uses.

The cluster's workers do not need to reach Prefect: the flow waits for the chunks here and reports them, as it does for local ones.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.chunk_work import ChunkWork
from flows.chunks import BatchOptions, ChunkReport
from flows.progress import Quiet
from flows.running_batch import RunningBatch
from flows.supervision import Worker
from flows.tally import Tally
from flows.work import Task
from schemas.errors import ConfigurationError
from warehouse.database import open_database
from warehouse.document_store import open_document_store
from warehouse.leases import new_owner


@dataclass(frozen=True, slots=True)
class ClusterChunk:
    """A chunk and all that a machine needs for it. ``database`` and ``store`` are URLs that mean the same on every machine."""

    number: int
    tasks: tuple[Task, ...]
    database: str
    store: str
    batch_id: int
    options: BatchOptions


class Cluster:
    """A connected Dask cluster that takes the place of a batch's own threads. Close it at the end."""

    def __init__(self, address: str, *, database: str, store: str) -> None:
        """Raises `ConfigurationError` when the scheduler does not answer, or database or store are of this machine only."""
        try:
            from distributed import Client
        except ImportError as exc:
            raise ConfigurationError("The runner dask needs the extra: pip install 'lineitem[dask]'.") from exc
        if database.startswith("sqlite") or "://" not in database:
            raise ConfigurationError("The runner dask needs a database that all machines reach: PostgreSQL, not SQLite.")
        try:
            self._client: Any = Client(address, timeout=30, set_as_default=False)
        except (OSError, ValueError) as exc:
            raise ConfigurationError(f"No Dask scheduler answers at {address}: {exc}.") from exc
        self._database, self._store = database, store

    @property
    def size(self) -> int:
        """How many chunks the cluster works on at once."""
        return sum(self._client.nthreads().values())

    def submit(self, batch: RunningBatch, number: int, tasks: Sequence[Task]) -> Future[ChunkReport]:
        """Send a chunk. A chunk whose worker dies is sent to another one; what was recorded by then is not done again."""
        chunk = ClusterChunk(number, tuple(tasks), self._database, self._store, batch.batch_id, replace(batch.options, workers=1))
        executor: Executor = self._client.get_executor(pure=False, retries=2)
        return executor.submit(process_on_cluster, chunk)

    def close(self) -> None:
        self._client.close()


def process_on_cluster(chunk: ClusterChunk) -> ChunkReport:
    """Lease, read and record one chunk, on whatever machine this runs. Raises what a local chunk raises."""
    from distributed import get_worker

    idle = _idle_processes(get_worker())
    try:
        worker = idle.get_nowait()
    except queue.Empty:
        worker = Worker(chunk.options.order)
    store = open_document_store(chunk.store)
    tasks = [replace(task, path=store.local_path(task.sha256) or Path(task.sha256)) for task in chunk.tasks]
    try:
        with open_database(chunk.database) as database:
            progress = Quiet()
            tally = Tally(progress.say)
            work = ChunkWork(
                database, store, chunk.options, progress, tally, batch_id=chunk.batch_id, owner=new_owner(), stop=threading.Event()
            )
            work.employ(worker)
            try:
                report = work.process(chunk.number, tasks)
            finally:
                work.close()
            return replace(report, times=dict(tally.times), notes=tuple(tally.unread))
    finally:
        idle.put(worker)


def _idle_processes(dask_worker: Any) -> queue.SimpleQueue[Worker]:
    """Reading processes of this Dask worker that wait for their next chunk, so that the model is loaded once and not per chunk."""
    found = getattr(dask_worker, "lineitem_processes", None)
    if found is None:
        found = dask_worker.lineitem_processes = queue.SimpleQueue()
    return found
