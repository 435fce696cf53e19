"""The record of each run: what it looked at, how long it took, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from schemas.errors import WarehouseError
from warehouse.database import Database
from warehouse.tables import BatchRow


@dataclass(frozen=True, slots=True)
class Batch:
    """One run. ``outcome`` is running, finished, interrupted or failed; ``stage_seconds`` sums over all worker processes; ``flow_run_id`` is that
    of the Prefect flow run that reported it, None where there was none."""

    id: int
    source: str
    pipeline_version: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    documents: int
    ignored: int
    processed: int
    pages: int
    seconds: float
    stage_seconds: Mapping[str, float]
    notes: tuple[str, ...]
    flow_run_id: str | None = None


def begin_batch(database: Database, *, source: str, owner: str, pipeline_version: str, documents: int, ignored: int) -> int:
    """Record that a run begins. Returns its id."""
    row = BatchRow(
        source=source,
        owner=owner,
        pipeline_version=pipeline_version,
        started_at=datetime.now(UTC),
        outcome="running",
        documents=documents,
        ignored=ignored,
        stage_seconds={},
        notes=[],
    )
    with database.write() as session:
        session.add(row)
        session.flush()
        return row.id


def record_flow_run(database: Database, batch_id: int, flow_run_id: str) -> None:
    """Remember which Prefect flow run reports a run, so that pages can lead there."""
    with database.write() as session:
        session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(flow_run_id=flow_run_id))


def end_batch(
    database: Database,
    batch_id: int,
    *,
    outcome: str,
    processed: int,
    pages: int,
    seconds: float,
    stage_seconds: Mapping[str, float],
    notes: Sequence[str] = (),
) -> None:
    """Record how a run ended. ``processed`` counts the documents that this run finished itself, ``pages`` theirs."""
    with database.write() as session:
        row = session.get(BatchRow, batch_id)
        if row is None:
            raise WarehouseError(f"Batch {batch_id} is not in {database.url}.")
        row.finished_at = datetime.now(UTC)
        row.outcome, row.processed, row.pages, row.seconds = outcome, processed, pages, seconds
        row.stage_seconds, row.notes = dict(stage_seconds), list(notes)


def list_batches(database: Database, *, limit: int = 20) -> list[Batch]:
    """The newest runs first."""
    with database.read() as session:
        rows = session.scalars(select(BatchRow).order_by(BatchRow.id.desc()).limit(limit))
        return [
            Batch(
                row.id,
                row.source,
                row.pipeline_version,
                row.started_at,
                row.finished_at,
                row.outcome,
                row.documents,
                row.ignored,
                row.processed,
                row.pages,
                row.seconds,
                row.stage_seconds,
                tuple(row.notes),
                row.flow_run_id,
            )
            for row in rows
        ]
