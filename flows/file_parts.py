"""Invoices that came in one file: each becomes a document of its own, in the store and in the warehouse, and is processed like any other.

A part's bytes and name follow from the whole's, so that taking a file apart twice gives the same documents. All parts are registered in one
transaction, before the whole is recorded as done: a run that is killed in between leaves the whole to be done again, and one that is killed
afterwards leaves parts that the next run finds beside the whole.
"""

from __future__ import annotations

from collections.abc import Collection

from extractors.several_invoices import FilePart
from flows.registration import stored_path
from flows.work import Task
from warehouse.database import Database
from warehouse.document_store import DocumentStore
from warehouse.leases import Arrival, register, unfinished

_INSIDE = "!/"  # as in the sources of documents from archives and e-mails


def register_parts(
    whole: Task, parts: Collection[FilePart], database: Database, store: DocumentStore, *, pipeline_version: str, batch_id: int
) -> list[Task]:
    """Store and register the parts of a file; the tasks of those that are not done. Raises `DocumentStoreError` and `WarehouseError`."""
    arrivals: list[Arrival] = []
    for part in parts:
        name = f"{whole.name}-pages-{part.first_page}-{part.last_page}"
        source = f"{whole.source}{_INSIDE}pages-{part.first_page}-{part.last_page}.pdf"
        arrivals.append(Arrival(store.put(part.data), name, source, len(part.data), stored=True))
    rows = register(database, arrivals, pipeline_version=pipeline_version, batch_id=batch_id)
    tasks = {
        row.id: Task(row.id, arrival.name, arrival.source, stored_path(store, arrival.sha256), arrival.sha256, arrival.size_bytes or 0)
        for arrival, row in zip(arrivals, rows, strict=True)
        if not row.done
    }
    return list(tasks.values())


def parts_left(wholes: Collection[str], database: Database, store: DocumentStore, *, pipeline_version: str) -> list[Task]:
    """The parts of the files with these sources that an earlier run registered and did not finish."""
    if not wholes:
        return []
    found = unfinished(database, pipeline_version=pipeline_version, inside=_INSIDE + "pages-")
    return [
        Task(row.id, name, source, stored_path(store, row.sha256), row.sha256)
        for row, name, source in found
        if source.rpartition(_INSIDE)[0] in wholes
    ]
