"""Measure Lineitem on this machine: ``python -m benchmarks.run [FOLDER] [--count N] [--workers 1 2] [--write]``.

In one run and on the same documents: whole batches (``lineitem run``) with each number of workers, the same without Prefect and database
(``lineitem extract``), the share of each stage, peak memory, and the bare readers for comparison. ``--write`` renews docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.batches import Batch, run_batch, run_extract
from benchmarks.documents import DocumentSet, generated, of_folder
from benchmarks.readers import READERS, Reading, measure

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MARK = "<!-- measured -->"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description="Measure pages per second, stages and memory on this machine.")
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of PDF files (default: generated invoices)")
    parser.add_argument("--count", type=int, default=100, help="how many invoices to generate (default 100)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of worker processes to try (default 1 2)")
    parser.add_argument("--write", action="store_true", help="write the result into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its remarks on odd fonts are not what is measured

    with tempfile.TemporaryDirectory(prefix="lineitem-bench-") as scratch:
        if options.folder:
            documents = of_folder(options.folder)
        else:
            (inbox := Path(scratch) / "inbox").mkdir()
            print(f"generating {options.count} invoices", flush=True)
            documents = generated(inbox, count=options.count)
        readings: list[Reading] = []
        for name, read in READERS:
            print(f"reading with {name}", flush=True)
            readings.append(measure(name, read, (path.read_bytes() for path in documents.files)))
        batches: list[Batch] = []
        for workers in options.workers:
            print(f"lineitem run --workers {workers}", flush=True)
            batches.append(run_batch(documents, Path(scratch), workers=workers))
        print("lineitem extract", flush=True)
        batches.append(run_extract(documents, Path(scratch)))

    result = report(documents, readings, batches)
    print("\n" + result)
    if options.write:
        head = PAGE.read_text().split(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{result}")
        print(f"written: {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")


def report(documents: DocumentSet, readings: Sequence[Reading], batches: Sequence[Batch]) -> str:
    """The tables, as Markdown that is readable in a terminal too."""
    pages = max((reading.pages for reading in readings), default=0)
    when = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    parts = [f"{documents.title}, {pages} pages. {when}, {machine}; load {_load()} at the end."]
    parts.append(
        _table(
            [
                "whole run",
                "pages/s in the batch",
                "pages/s with start-up",
                "seconds in all",
                "peak memory, MiB",
                "accepted / review / rejected",
            ],
            [
                [
                    batch.name,
                    _figure(batch.pages / batch.batch_s if batch.batch_s else None),
                    _figure(batch.pages / batch.wall_s),
                    _figure(batch.wall_s),
                    _figure(batch.peak_mib, digits=0),
                    " / ".join(str(batch.counts.get(status, 0)) for status in ("accepted", "review", "rejected")),
                ]
                for batch in batches
            ],
        )
    )
    if staged := [batch for batch in batches if batch.stage_s]:
        stages = list(dict.fromkeys(stage for batch in staged for stage in batch.stage_s))
        rows: list[list[str]] = []
        for stage in stages:
            row = [stage]
            for batch in staged:
                total = sum(batch.stage_s.values())
                spent = batch.stage_s.get(stage, 0.0)
                row.append(f"{spent:.1f} s ({spent / total:.0%})" if total else "")
            rows.append(row)
        parts.append(_table(["stage, summed over workers", *(batch.name for batch in staged)], rows))
    parts.append(
        _table(
            ["words with boxes, one process", "pages/s", "words", "documents it could not read"],
            [[reading.name, _figure(reading.pages_per_s), f"{reading.words}", f"{reading.failed}"] for reading in readings],
        )
    )
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths, strict=True)))
        + " |"
        for line in lines
    )


def _figure(value: float | None, *, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main()
