"""From an inbox to tasks: originals go into the document store, get a row in the warehouse, and what is not done becomes a task."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from flows.inbox import Inbox, content_hash
from flows.originals import Original
from flows.patience import Patience
from flows.work import Task
from schemas.errors import DocumentStoreError
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.leases import Arrival, register

REGISTER_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Registration:
    """``ids`` are the rows of all documents, ``tasks`` those of them that are not done, ``unread`` says which originals could not be read."""

    tasks: list[Task] = field(default_factory=list[Task])
    ids: set[int] = field(default_factory=set[int])
    done: set[int] = field(default_factory=set[int])
    unread: list[str] = field(default_factory=list[str])


def register_documents(
    inbox: Inbox,
    database: Database,
    store: DocumentStore,
    *,
    pipeline_version: str,
    batch_id: int,
    max_bytes: int,
    patience: Patience,
) -> Registration:
    """Store and register everything in ``inbox``, one task per content that is not done.

    Files above ``max_bytes`` are not stored: they are rejected for their size. Raises `DocumentStoreError` and `WarehouseError`.
    """
    registration = Registration(unread=list(inbox.unread))
    tasks: dict[int, Task] = {}
    for start in range(0, len(inbox.documents), REGISTER_AT_ONCE):
        arrived: list[tuple[Original, Path, Arrival]] = []
        for original in inbox.documents[start : start + REGISTER_AT_ONCE]:
            try:
                arrived.append((original, *_arrive(original, store, max_bytes)))
            except OSError as exc:
                registration.unread.append(f"{original.source} cannot be read: {exc.strerror or exc}")
        arrivals = [arrival for _, _, arrival in arrived]
        rows = patience(lambda arrivals=arrivals: register(database, arrivals, pipeline_version=pipeline_version, batch_id=batch_id))
        for (original, path, arrival), row in zip(arrived, rows, strict=True):
            registration.ids.add(row.id)
            if row.done:
                registration.done.add(row.id)
            else:
                tasks.setdefault(row.id, Task(row.id, original.name, original.source, path, arrival.sha256, arrival.size_bytes or 0))
    registration.tasks.extend(tasks.values())
    return registration


def _arrive(original: Original, store: DocumentStore, max_bytes: int) -> tuple[Path, Arrival]:
    """The original, now in the store, and where a worker of this machine finds it. Raises `OSError` when it cannot be read."""
    if original.path is not None:
        size = original.path.stat().st_size
        if size > max_bytes:
            return original.path, Arrival(content_hash(original.path), original.name, original.source, size)
        data = original.path.read_bytes()
    else:
        assert original.read is not None
        data = original.read()
    sha256 = store.put(data)
    return stored_path(store, sha256), Arrival(sha256, original.name, original.source, len(data), stored=True)


def stored_path(store: DocumentStore, sha256: str) -> Path:
    """The document's file in a store on this machine; a name only, to be fetched by `fetched`, in one elsewhere."""
    return store.local_path(sha256) or Path(sha256)


@contextmanager
def fetched(store: DocumentStore, tasks: Sequence[Task]) -> Generator[list[Task]]:
    """The tasks with files that workers can open: copies for the time of the chunk where the store is not a folder of this machine.

    A document that the store does not hold any more stays without a file; the worker says so.
    """
    if all(task.path != Path(task.sha256) for task in tasks):
        yield list(tasks)
        return
    with tempfile.TemporaryDirectory(prefix="lineitem-") as folder:
        ready: list[Task] = []
        for task in tasks:
            if task.path == Path(task.sha256):
                path = Path(folder) / task.sha256
                try:
                    path.write_bytes(store.get(task.sha256))
                except DocumentStoreError:
                    if store.holds(task.sha256):
                        raise
                ready.append(replace(task, path=path))
            else:
                ready.append(task)
        yield ready
