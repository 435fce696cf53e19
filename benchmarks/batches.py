"""Whole runs of the command line, in a process of their own as a user starts them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.documents import DocumentSet
from benchmarks.memory import Finished, run_measured

COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Batch:
    """One whole run. Times in seconds; ``batch_s`` leaves out the start of the program and of Prefect; ``None`` where unknown."""

    name: str
    pages: int
    wall_s: float
    batch_s: float | None
    peak_mib: float | None
    counts: Mapping[str, int]
    stage_s: Mapping[str, float] = field(default_factory=dict[str, float])


def run_batch(documents: DocumentSet, scratch: Path, *, workers: int) -> Batch:
    """``lineitem run`` over the documents into a fresh SQLite file. Raises `SystemExit` when the batch itself fails."""
    from warehouse.batches import list_batches
    from warehouse.database import open_database
    from warehouse.queries import count_by_status

    url = f"sqlite:///{scratch / f'workers-{workers}.db'}"
    finished = _lineitem("run", str(documents.folder), "--database", url, "--workers", str(workers))
    with open_database(url, create=False) as database:
        (batch,) = list_batches(database, limit=1)
        counts = count_by_status(database)
    return Batch(
        f"lineitem run --workers {workers}",
        batch.pages,
        finished.seconds,
        batch.seconds,
        finished.peak_mib,
        counts,
        batch.stage_seconds,
    )


def run_extract(documents: DocumentSet, scratch: Path) -> Batch:
    """``lineitem extract`` over the documents: no database, no Prefect, one process."""
    out = scratch / "extracted"
    finished = _lineitem("extract", *map(str, documents.files), "--out", str(out))
    invoices = [json.loads(path.read_text()) for path in sorted(out.glob("*.json"))]
    counts = Counter(str(invoice["status"]) for invoice in invoices)
    return Batch("lineitem extract", sum(invoice["pages"] for invoice in invoices), finished.seconds, None, finished.peak_mib, counts)


def _lineitem(*arguments: str) -> Finished:
    finished = run_measured([*COMMAND, *arguments])
    if finished.code not in (0, 1):  # 1: some documents were flagged
        raise SystemExit(f"benchmarks: lineitem {arguments[0]} ended with {finished.code}:\n{finished.errors[-2000:]}")
    return finished
