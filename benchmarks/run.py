"""Measure Lineitem on this machine: ``python -m benchmarks.run [FOLDER] [--count N] [--workers 1 2] [--sizes …] [--rows …] [--write]``.

In one run and on the same documents: whole batches (``lineitem run``) with each number of workers, the same without Prefect and database
(``lineitem extract``), the share of each stage, peak memory, how long a person waits for a command, the bare readers for comparison, how cost
grows with documents and rows, and accuracy beside invoice2data where that is installed. ``--write`` renews docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import curves, peers
from benchmarks.batches import Batch, run_batch, run_extract, start_seconds
from benchmarks.documents import of_folder
from benchmarks.readers import READERS, measure
from benchmarks.report import Measured, page, score_of
from flows.evaluate import truth_pairs
from schemas.errors import ConfigurationError

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its remarks on odd fonts are not what is measured
    with tempfile.TemporaryDirectory(prefix="lineitem-bench-") as scratch:
        measured = measure_all(options, Path(scratch))
    given = sys.argv[1:] if arguments is None else list(arguments)
    result = page(measured, command=" ".join(["python -m benchmarks.run", *(word for word in given if word != "--write")]))
    print("\n" + result)
    if options.write:
        write_measured(PAGE, result)
        print(f"written: docs/{PAGE.name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description="Measure speed, memory and accuracy on this machine.")
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of PDF files (default: generated invoices)")
    parser.add_argument("--count", type=int, default=100, help="how many invoices to generate (default 100)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of worker processes to try (default 1 2)")
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 200], help="batches of so many generated documents (default 50 200)")
    parser.add_argument("--rows", type=int, nargs="*", default=[10, 100, 1000], help="invoices of so many rows (default 10 100 1000)")
    parser.add_argument("--full", action="store_true", help="the long curves: 50 200 1000 5000 documents, 10 100 1000 5000 rows")
    parser.add_argument("--write", action="store_true", help="write the result into docs/benchmarks.md")
    return parser


def measure_all(options: argparse.Namespace, scratch: Path) -> Measured:
    """Run everything that the options ask for. Raises `SystemExit` when a command of Lineitem fails."""
    sizes, rows = ([50, 200, 1000, 5000], [10, 100, 1000, 5000]) if options.full else (options.sizes, options.rows)
    left_out: list[str] = []
    if options.folder:
        documents = of_folder(options.folder.resolve())
    else:
        print(f"generating {options.count} invoices", flush=True)
        documents = curves.with_truth(scratch / "inbox", count=options.count)
    readings = []
    for name, read in READERS:
        print(f"reading with {name}", flush=True)
        readings.append(measure(name, read, (path.read_bytes() for path in documents.files)))
    batches: list[Batch] = []
    for workers in options.workers:
        print(f"lineitem run --workers {workers}", flush=True)
        batches.append(run_batch(documents, scratch, workers=workers))
    print("lineitem extract", flush=True)
    extracted, out = run_extract(documents, scratch)
    batches.append(extracted)
    print("lineitem --help; lineitem extract of one file", flush=True)
    one = str(min(documents.files, key=lambda path: path.stat().st_size))
    starts = {
        "lineitem --help": start_seconds("--help", folder=scratch),
        "lineitem extract of one small file": start_seconds("extract", one, folder=scratch),
    }
    judged = _with_truth(documents.folder)
    peer = None
    if not judged:
        left_out.append("accuracy, because no document has its truth beside it (NAME.json).")
    elif not peers.is_installed():
        left_out.append("invoice2data, because it is not installed (`pip install 'lineitem[peers]'`).")
    else:
        print("invoice2data", flush=True)
        peer = peers.run_invoice2data(judged)
    return Measured(
        documents,
        readings,
        batches,
        starts,
        curves.by_documents(sizes, scratch, workers=max(options.workers)),
        curves.by_rows(rows, scratch),
        (extracted, score_of(judged, out)) if judged else None,
        peer,
        left_out,
    )


def _with_truth(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    try:
        return truth_pairs(folder)
    except ConfigurationError:
        return []  # the folder holds no truth


def write_measured(file: Path, result: str) -> None:
    """Put ``result`` between the marks of ``file``; what stands around them stays."""
    text = file.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    file.write_text(f"{head}{BEGIN}\n\n{result}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
