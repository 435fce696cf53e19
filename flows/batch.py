"""The Prefect flow: one flow run per batch, one task run per chunk. Prefect reports what happens; the record is the warehouse.

The work itself does not wait for Prefect. An ephemeral Prefect server takes about 10 s to start (measured on 2 cores), so the batch is set
to work first, and each task then waits for its chunk and reports what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from flows.composition import open_batch
from flows.running_batch import RunningBatch
from flows.settings import load_settings
from flows.summary import BatchSummary


@dataclass(frozen=True, slots=True)
class BatchAtWork:
    """A batch that was set to work before the flow, and whom to tell when the flow begins."""

    batch: RunningBatch
    begun: Callable[[], None]


BATCH_AT_WORK: ContextVar[BatchAtWork | None] = ContextVar("batch_at_work", default=None)


@task(name="chunk", task_run_name="chunk {number}", cache_policy=NO_CACHE, persist_result=False)
def wait_for_chunk(batch: RunningBatch, number: int) -> Any:
    """One chunk of documents, from lease to record."""
    report = batch.chunk_report(number)
    return Completed(message=f"{report.sentence()}; {report.pages} pages in {report.seconds:.1f} s")


@task(name="other runs", cache_policy=NO_CACHE, persist_result=False)
def wait_for_other_runs(batch: RunningBatch) -> None:
    """Documents that another run holds, until it has done them or died."""
    batch.settle()


@flow(name="lineitem-batch", flow_run_name="{source}", validate_parameters=False, persist_result=False)
def lineitem_batch(source: str, database: str | None = None) -> Any:
    """Process the documents of ``source`` (folder, glob or file) into ``database`` (default: the setting).

    Serve it with ``lineitem_batch.serve(cron=...)``, or deploy it as ``flows/batch.py:lineitem_batch``.
    """
    with ExitStack() as stack:
        if at_work := BATCH_AT_WORK.get():
            at_work.begun()
            batch = at_work.batch
        else:
            batch = stack.enter_context(open_batch(source, load_settings({"database": database})))
        for number in range(1, len(batch.chunks) + 1):
            wait_for_chunk(batch, number)
        wait_for_other_runs(batch)
        summary = batch.summary()
        _publish(summary)
        return Completed(message=", ".join(f"{count} {status}" for status, count in sorted(summary.counts.items())))


def _publish(summary: BatchSummary) -> None:
    rows = [{"what": what, "value": value} for what, value in summary.facts()]
    rows += [{"what": f"rule {rule}", "value": f"{count} documents"} for rule, count in summary.rules.items()]
    create_table_artifact(rows, key="lineitem-batch", description=f"Batch {summary.batch_id}: {summary.source} → {summary.database}")
