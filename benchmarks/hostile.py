"""What damaged and hostile files cost: ``python -m benchmarks.hostile FOLDER [--good FOLDER] [--workers 2] [--timeout-s 60]``.

One worker process, as in a batch, reads each file of FOLDER: its verdict, seconds and the peak memory of the process meanwhile (Linux).
With ``--good``, two batches of these documents follow, one of them with a fifth of hostile files mixed in: when the last good one was done, what that
makes in documents per second, and whether any was lost. ``--batches-only`` leaves the table out; ``--ocr none`` reads no scans.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.composition import batch_options, run_batch
from flows.inbox import DOCUMENT_SUFFIXES, content_hash
from flows.settings import Settings
from flows.supervision import Worker
from flows.work import Task
from schemas.invoice import Invoice, Severity
from warehouse.batches import list_batches
from warehouse.database import open_database
from warehouse.queries import list_documents

SHARE = 0.2  # of hostile files in the mixed batch


@dataclass(frozen=True, slots=True)
class Line:
    """One file's row of the table; ``peak_mib`` is the most memory that the process held meanwhile, None where that is unknown."""

    name: str
    status: str
    rule: str
    reason: str
    seconds: float
    peak_mib: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.hostile", description="Measure what damaged and hostile files cost.")
    parser.add_argument("folder", type=Path, help="a folder of damaged and hostile files")
    parser.add_argument("--good", type=Path, help="a folder of good documents for the mixed batch")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of the batches (default 2)")
    parser.add_argument("--timeout-s", type=float, default=60.0, help="setting document_timeout_s (default 60)")
    parser.add_argument("--ocr", choices=("rapidocr", "tesseract", "none"), default="rapidocr", help="setting ocr (default rapidocr)")
    parser.add_argument("--batches-only", action="store_true", help="only the two batches")
    options = parser.parse_args(arguments)
    settings = Settings(workers=options.workers, document_timeout_s=options.timeout_s, orchestrator="none", ocr=options.ocr)
    files = _documents(options.folder)
    if not options.batches_only:
        lines = measure_each(files, settings)
        print(table(lines))
        print("\n" + by_cause(lines))
        print(
            f"\n{len(lines)} of {len(files)} files ended; slowest {max(line.seconds for line in lines):.1f} s (limit {options.timeout_s:g} s); "
            f"highest peak {max((line.peak_mib or 0) for line in lines):.0f} MiB (limit {settings.worker_memory_mb} MB of address space)"
        )
    if options.good:
        print("\n" + mixed_batch(_documents(options.good), files, settings))


def measure_each(files: Sequence[Path], settings: Settings) -> list[Line]:
    """Each file through a worker process, one after another."""
    order = batch_options(settings, today=date.today()).order
    worker = Worker(order)
    lines: list[Line] = []
    try:
        for number, path in enumerate(files):
            peak = _Peak(worker)
            worker.start()
            begun = time.perf_counter()
            with peak:
                (result,) = worker.run([Task(number, path.stem, str(path), path, content_hash(path))]).results
            seconds = time.perf_counter() - begun
            lines.append(_line(path, result.invoice, seconds, peak.mib))
    finally:
        worker.kill()
    return lines


def mixed_batch(good: Sequence[Path], hostile: Sequence[Path], settings: Settings) -> str:
    """Good documents alone, then the same with a fifth of hostile files among them."""
    count = round(len(good) * SHARE / (1 - SHARE))
    chosen = [hostile[number * len(hostile) // count % len(hostile)] for number in range(count)]  # from all over the folder
    rows: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="lineitem-hostile-") as scratch:
        for name, extra in (("good documents alone", []), (f"with {count} hostile files", chosen)):
            inbox = Path(scratch) / name.replace(" ", "-")
            inbox.mkdir()
            for number, path in enumerate(good):
                shutil.copyfile(path, inbox / f"{number:05d}-good{path.suffix}")
            for number, path in enumerate(extra):
                place = round((number + 0.5) * len(good) / len(extra))
                data = path.read_bytes()
                # The same file twice is one document: a comment behind its end makes another of it.
                (inbox / f"{place:05d}-hostile-{number}{path.suffix}").write_bytes(data + b"\n%" + str(number).encode() if data else data)
            summary = run_batch(str(inbox), replace_database(settings, inbox.with_suffix(".db")))
            done = sum(summary.counts.values())
            rows.append((_until_last_good(inbox.with_suffix(".db"), settings), summary.seconds))
            if summary.unread or done != summary.documents:
                print(f"LOST: {summary.documents - done} of {summary.documents} documents in {name}")
    (clean, clean_whole), (mixed, mixed_whole) = rows
    return (
        f"{len(good)} good documents alone: {clean:.1f} s until the last is done, {len(good) / clean:.2f} documents/s (the batch {clean_whole:.1f} s)\n"
        f"with {count} hostile files: {mixed:.1f} s until the last good one is done, {len(good) / mixed:.2f} good documents/s ({clean / mixed - 1:+.1%}; "
        f"the batch {mixed_whole:.1f} s)"
    )


def _until_last_good(database: Path, settings: Settings) -> float:
    """Seconds from the batch's beginning until its last good document was done."""
    with open_database(replace_database(settings, database).database) as opened:
        (batch,) = list_batches(opened)
        ends = [document.finished_at for document in list_documents(opened) if "-good" in document.name and document.finished_at]
    return (max(ends) - batch.started_at).total_seconds()


def replace_database(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"database": f"sqlite:///{path}"})


def table(lines: Sequence[Line]) -> str:
    """The rows as a Markdown table."""
    head = "| file | verdict | reason | seconds | peak MiB |\n|---|---|---|---:|---:|"
    rows = (
        f"| {line.name} | {line.status} {line.rule} | {line.reason[:90].replace('|', '/')} | {line.seconds:.2f} | {line.peak_mib or 0:.0f} |"
        for line in lines
    )
    return "\n".join([head, *rows])


def by_cause(lines: Sequence[Line]) -> str:
    """The rows gathered by verdict and rule, the commonest first, as a Markdown table without names."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.status, line.rule), []).append(line)
    rows = [
        f"| {status} | {rule} | {len(group)} | {sum(line.seconds for line in group) / len(group):.2f} | {max(line.seconds for line in group):.2f} "
        f"| {max(line.peak_mib or 0 for line in group):.0f} |"
        for (status, rule), group in sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    ]
    return "\n".join(["| verdict | rule | files | mean s | slowest s | peak MiB |", "|---|---|---:|---:|---:|---:|", *rows])


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in DOCUMENT_SUFFIXES)


def _line(path: Path, invoice: Invoice | None, seconds: float, peak_mib: float | None) -> Line:
    if invoice is None:
        return Line(path.name, "lost", "", "", seconds, peak_mib)
    issue = next((issue for issue in invoice.issues if issue.severity is Severity.ERROR), None)
    return Line(path.name, invoice.status.value, issue.rule if issue else "", issue.message if issue else "", seconds, peak_mib)


class _Peak:
    """The peak of the worker's resident memory, read from /proc while it works; it may be another process at the end."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.mib: float | None = None

    def __enter__(self) -> None:
        pid = self._worker.pid
        if pid is not None:
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # begin a new peak
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._sample()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self._sample()

    def _sample(self) -> None:
        pid = self._worker.pid
        try:
            status = Path(f"/proc/{pid}/status").read_text() if pid is not None else ""
        except OSError:
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.mib = max(self.mib or 0.0, int(line.split()[1]) / 1024)


if __name__ == "__main__":
    main()
