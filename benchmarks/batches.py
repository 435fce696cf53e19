"""Whole runs of the command line, in a process of their own as a user starts them."""

from __future__ import annotations

import json
import statistics
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.documents import DocumentSet
from benchmarks.memory import Finished, Peaks, run_measured

COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Batch:
    """One whole run. Times in seconds; ``batch_s`` leaves out the start of the program and of Prefect; ``None`` where unknown."""

    name: str
    workers: int
    documents: int
    pages: int
    wall_s: float
    cpu_s: float
    batch_s: float | None
    peaks: Peaks | None
    counts: Mapping[str, int]
    stage_s: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def pages_per_s(self) -> float:
        """From the command's first moment to its last: Prefect, reading, model, rules, database."""
        return self.pages / self.wall_s

    @property
    def batch_pages_per_s(self) -> float | None:
        return self.pages / self.batch_s if self.batch_s else None

    @property
    def beside_stages(self) -> float | None:
        """Share of the workers' time in the batch that went to no stage: worker start, orchestration, queues, database."""
        if not self.batch_s or not self.stage_s:
            return None
        return max(0.0, 1 - sum(self.stage_s.values()) / (self.workers * self.batch_s))


def run_batch(documents: DocumentSet, scratch: Path, *, workers: int, name: str | None = None) -> Batch:
    """``lineitem run`` over the documents into a fresh SQLite file. Raises `SystemExit` when the batch itself fails."""
    from warehouse.batches import list_batches
    from warehouse.database import open_database
    from warehouse.queries import count_by_status

    url = f"sqlite:///{scratch / f'{documents.folder.name}-{workers}.db'}"
    finished = _lineitem("run", str(documents.folder), "--database", url, "--workers", str(workers), folder=scratch)
    with open_database(url, create=False) as database:
        (batch,) = list_batches(database, limit=1)
        counts = count_by_status(database)
    return Batch(
        name or f"lineitem run --workers {workers}",
        workers,
        sum(counts.values()),
        batch.pages,
        finished.seconds,
        finished.cpu_s,
        batch.seconds,
        finished.peaks,
        counts,
        batch.stage_seconds,
    )


def run_extract(documents: DocumentSet, scratch: Path) -> tuple[Batch, Path]:
    """``lineitem extract`` over the documents: no database, no Prefect, one process. With the folder of what it wrote."""
    out = scratch / f"{documents.folder.name}-extracted"
    finished = _lineitem("extract", str(documents.folder), "--out", str(out), folder=scratch)
    invoices = [json.loads(path.read_text()) for path in sorted(out.glob("*.json"))]
    counts = Counter(str(invoice["status"]) for invoice in invoices)
    pages = sum(invoice["pages"] for invoice in invoices)
    return Batch("lineitem extract", 1, len(invoices), pages, finished.seconds, finished.cpu_s, None, finished.peaks, counts), out


def start_seconds(*arguments: str, folder: Path, repeats: int = 3) -> float:
    """Median seconds of a command in a new process each time, as a user waits for it."""
    return statistics.median(_lineitem(*arguments, folder=folder).seconds for _ in range(repeats))


def _lineitem(*arguments: str, folder: Path) -> Finished:
    finished = run_measured([*COMMAND, *arguments], folder=folder)
    if finished.code not in (0, 1):  # 1: some documents were flagged
        raise SystemExit(f"benchmarks: lineitem {arguments[0]} ended with {finished.code}:\n{finished.errors[-2000:]}")
    return finished
