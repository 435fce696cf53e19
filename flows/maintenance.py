"""Prefect flows beside the batch: requests to process again, the health report, retraining. prefect.yaml deploys them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.states import Completed

from flows.notifications import notify
from flows.progress import Quiet
from flows.reprocess_requests import reprocess_selected, reprocess_waiting
from flows.settings import load_settings
from schemas.errors import LineitemError
from warehouse.database import open_database
from warehouse.operating_figures import MEANINGS, figures
from warehouse.selections import Selection


@flow(name="lineitem-reprocess", persist_result=False)
def lineitem_reprocess(database: str | None = None, flagged: bool = False) -> Any:
    """Carry out the requests that wait, such as the dashboard's; with ``flagged``, process all flagged documents again as well."""
    settings = load_settings({"database": database})
    try:
        done = reprocess_waiting(settings, progress=Quiet())
        if flagged:
            selection = Selection(flagged=True)
            changes = reprocess_selected(
                selection, settings, requested_by="schedule", route=None, replace_corrections=False, progress=Quiet()
            )
            done[0] = changes
    except LineitemError as exc:
        notify(settings, "batch_failed", str(exc), say=get_run_logger().error, source="reprocessing")
        raise
    changed = sum(change.outcome == "changed" for changes in done.values() for change in changes)
    return Completed(message=f"{sum(map(len, done.values()))} documents, {changed} changed")


@flow(name="lineitem-health-report", persist_result=False)
def lineitem_health_report(database: str | None = None, hours: float = 24.0) -> Any:
    """Publish the figures of the last ``hours`` hours as an artifact."""
    settings = load_settings({"database": database})
    with open_database(settings.database, create=False) as opened:
        found = asdict(figures(opened, window=timedelta(hours=hours)))
    rows = [{"figure": MEANINGS[name], "value": "—" if value is None else str(round(value, 4))} for name, value in found.items()]
    create_table_artifact(rows, key="lineitem-health", description=f"The last {hours:g} hours")
    return Completed(message=f"{found['documents']} documents, {found['flagged']} wait for a person")


@flow(name="lineitem-retrain", persist_result=False)
def lineitem_retrain(config: str, out: str) -> Any:
    """Train a model by ``lineitem train``, in a process of its own. Nothing is put into use: compare it first (`lineitem evaluate`)."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "train", "--config", config, "--out", out]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise LineitemError(f"Training failed: {finished.stderr.strip()[-500:]}")
    return Completed(message=f"model in {Path(out) / 'model'}")
