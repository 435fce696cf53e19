"""The Prefect flow: one flow run per batch, one task run per chunk. Prefect reports what happens; the record is the warehouse.

The work itself does not wait for Prefect. An ephemeral Prefect server takes about 10 s to start (measured on 2 cores), so the batch is set
to work first, and each task then waits for its chunk and reports what became of it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.at_work import batch_at_work
from flows.composition import open_batch
from flows.notifications import notify
from flows.running_batch import RunningBatch
from flows.settings import Settings, load_settings
from flows.summary import BatchSummary
from schemas.errors import LineitemError, NothingArrivedError, WarehouseError, WarehouseUnavailableError
from warehouse.batches import record_flow_run

DEFAULT_TIMEOUT_S = 12 * 3600.0
ATTEMPTS = 3
PAUSE_S = 60.0


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
def lineitem_batch(source: str, database: str | None = None, timeout_s: float = DEFAULT_TIMEOUT_S) -> Any:
    """Process the documents of ``source`` (folder, glob, archive, e-mail, URL) into ``database`` (default: the setting).

    ``lineitem serve`` puts it on a schedule; prefect.yaml deploys it as ``flows/batch.py:lineitem_batch``. By itself (not from ``lineitem
    run``) it starts anew when the database was away for long, tells the webhook of the settings when it fails or nothing arrived, and stops
    after ``timeout_s`` seconds, leaving the rest to the next run.
    """
    if at_work := batch_at_work():
        at_work.begun()
        return _report(at_work.batch)
    settings = load_settings({"database": database})
    try:
        return _run_patiently(source, settings, timeout_s)
    except NothingArrivedError as exc:
        notify(settings, "nothing_arrived", str(exc), say=get_run_logger().warning, source=source)
        return Completed(message="nothing arrived")
    except Exception as exc:
        notify(settings, "batch_failed", str(exc), say=get_run_logger().error, source=source)
        raise


def _run_patiently(source: str, settings: Settings, timeout_s: float) -> Any:
    """One batch; again after a pause when the database was away for longer than a batch waits by itself. Other errors are not retried."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with open_batch(source, settings) as batch:
                timer = threading.Timer(timeout_s, batch.stop)
                timer.start()
                try:
                    state = _report(batch)
                finally:
                    timer.cancel()
                if batch.is_stopped:
                    raise LineitemError(f"The batch over {source} was stopped after {timeout_s:.0f} s; the next run goes on with the rest.")
                return state
        except WarehouseUnavailableError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE_S)
    raise AssertionError("not reached: the last attempt returns or raises")


def _report(batch: RunningBatch) -> Any:
    """Wait for the chunks as task runs, and publish the summary."""
    with contextlib.suppress(WarehouseError):  # a link is no reason to stop
        record_flow_run(batch.database, batch.batch_id, str(flow_run.id))
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
