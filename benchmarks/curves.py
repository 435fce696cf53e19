"""How time and memory grow: with the number of documents in a batch, and with the number of rows in one invoice."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batches import Batch, run_batch, run_extract
from benchmarks.documents import FIRST_SEED, DocumentSet

ROWS_SEED = FIRST_SEED + 100_000


@dataclass(frozen=True, slots=True)
class LongInvoice:
    """One invoice of ``rows`` lines: pages, rows that came back, seconds of the whole ``lineitem extract``, peak memory of its worker."""

    rows: int
    pages: int
    found: int
    seconds: float
    cpu_s: float
    worker_mib: float | None


def with_truth(folder: Path, *, count: int, seed: int = FIRST_SEED, rows: int | None = None, language: str | None = None) -> DocumentSet:
    """Write ``count`` generated invoices and their truth into ``folder``, by one process per core."""
    from extractors.training.synthesis import write_documents

    folder.mkdir(parents=True, exist_ok=True)
    workers = os.cpu_count() or 1
    for _ in write_documents(folder, count=count, seed=seed, family="exam", rows=rows, language=language, workers=workers):
        pass
    return DocumentSet(f"{count} generated invoices", folder, tuple(sorted(folder.glob("*.pdf"))))


def by_documents(sizes: Sequence[int], scratch: Path, *, workers: int) -> list[Batch]:
    """One ``lineitem run`` for each number of documents, all different ones."""
    batches: list[Batch] = []
    for size in sizes:
        print(f"lineitem run over {size} documents", flush=True)
        documents = with_truth(scratch / f"documents-{size}", count=size)
        batches.append(run_batch(documents, scratch, workers=workers, name=f"{size}"))
    return batches


def by_rows(sizes: Sequence[int], scratch: Path) -> list[LongInvoice]:
    """One ``lineitem extract`` for each number of rows."""
    found: list[LongInvoice] = []
    for rows in sizes:
        print(f"lineitem extract of an invoice of {rows} rows", flush=True)
        documents = with_truth(scratch / f"rows-{rows}", count=1, seed=ROWS_SEED, rows=rows, language="en")
        batch, out = run_extract(documents, scratch)
        (invoice,) = (json.loads(path.read_text()) for path in out.glob("*.json"))
        worker_mib = batch.peaks.worker if batch.peaks else None
        found.append(LongInvoice(rows, batch.pages, len(invoice["line_items"]), batch.wall_s, batch.cpu_s, worker_mib))
    return found
