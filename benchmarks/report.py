"""What `benchmarks.run` measured, as one page: aims first, then the tables that they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.batches import Batch
from benchmarks.curves import LongInvoice
from benchmarks.documents import DocumentSet
from benchmarks.markdown import figure, machine, table
from benchmarks.peers import Peer
from benchmarks.readers import Reading
from extractors.scoring import Score, score

PLUMBER, BARE = 0, 1  # their places among `benchmarks.readers.READERS`


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one run. ``starts``: seconds of commands that a person waits for."""

    documents: DocumentSet
    readings: Sequence[Reading]
    batches: Sequence[Batch]
    starts: Mapping[str, float] = field(default_factory=dict[str, float])
    growth: Sequence[Batch] = ()
    long_invoices: Sequence[LongInvoice] = ()
    own_score: tuple[Batch, Score] | None = None
    peer: Peer | None = None
    left_out: Sequence[str] = ()


def page(measured: Measured, *, command: str) -> str:
    """The whole report in Markdown."""
    pages = max((reading.pages for reading in measured.readings), default=0)
    parts = [f"`{command}`", f"{measured.documents.title}, {pages} pages. {machine()}."]
    parts += [text for text in _sections(measured) if text]
    parts += [f"Left out: {sentence}" for sentence in measured.left_out]
    return "\n\n".join(parts) + "\n"


def _sections(measured: Measured) -> Iterator[str]:
    if rows := list(_aims(measured)):
        yield "### Against the aims\n\n" + table(["measure", "found", "aim", ""], rows)
    yield "### Whole runs\n\n" + _runs(measured.batches)
    yield _stages(measured.batches)
    yield "### Bare readers on the same files, one process\n\n" + _readers(measured.readings)
    if measured.growth:
        yield "### Cost by the number of documents\n\n" + _growth(measured.growth)
    if measured.long_invoices:
        yield "### Cost by the number of rows in one invoice\n\n" + _long(measured.long_invoices)
    if measured.own_score is not None:
        yield "### Accuracy, beside another program\n\n" + _accuracy(*measured.own_score, measured.peer)


def _aims(measured: Measured) -> Iterator[list[str]]:
    plumber, bare = measured.readings[PLUMBER], measured.readings[BARE]
    for batch in measured.batches:
        if batch.batch_s is None:
            continue
        workers = f"{batch.workers} worker{'s' if batch.workers > 1 else ''}"
        wanted = {1: 2.5, 2: 4.0}.get(batch.workers)
        if plumber.pages_per_s:
            for what, rate in (("whole command", batch.pages_per_s), ("batch alone", batch.batch_pages_per_s or 0.0)):
                yield _aim(f"pages/s of {what} ÷ pdfplumber's, {workers}", rate / plumber.pages_per_s, "≥", wanted)
        if bare.cpu_s and batch.stage_s:
            own = batch.pages / sum(batch.stage_s.values())
            yield _aim(f"pages per second of stage time ÷ bare pypdfium2's, {workers}", own / bare.pages_per_s, "≥", 0.35)
        if batch.beside_stages is not None:
            yield _aim(f"share of the workers' time outside all stages, {workers}", batch.beside_stages, "≤", 0.15)
        if batch.peaks is not None and batch.peaks.worker is not None:
            yield _aim(f"peak memory of the largest worker, MiB, {workers}", batch.peaks.worker, "≤", 600, digits=0)
    for what, seconds in measured.starts.items():
        yield _aim(f"{what}, seconds", seconds, "<", 0.5 if "--help" in what else 2.5)
    costs = {batch.documents: (batch.batch_s or 0.0) / batch.documents for batch in measured.growth if batch.documents}
    if len(costs) > 1 and costs[min(costs)]:
        small = max((size for size in costs if size <= 200), default=min(costs))
        large = max(costs)
        yield _aim(f"time per document at {large} ÷ at {small} documents", costs[large] / costs[small], "≤", 1.1)


def _aim(what: str, found: float, sign: str, aim: float | None, *, digits: int = 2) -> list[str]:
    if aim is None:
        return [what, figure(found, digits=digits), "–", ""]
    met = {"≥": found >= aim, "≤": found <= aim, "<": found < aim}[sign]
    return [what, figure(found, digits=digits), f"{sign} {aim:g}", "met" if met else "missed"]


def _runs(batches: Sequence[Batch]) -> str:
    head = ["whole run", "pages/s", "in the batch", "seconds", "CPU ms/page", "coordinator", "largest worker", "all", "acc. / rev. / rej."]
    return (
        table(head, [_run(batch) for batch in batches]) + "\n\nMemory in MiB, at its highest; a page that two processes share counts once."
    )


def _run(batch: Batch) -> list[str]:
    memory = (batch.peaks.coordinator, batch.peaks.worker, batch.peaks.together) if batch.peaks else (None, None, None)
    return [
        batch.name,
        figure(batch.pages_per_s),
        figure(batch.batch_pages_per_s),
        figure(batch.wall_s),
        figure(1000 * batch.cpu_s / batch.pages if batch.pages else None, digits=0),
        *(figure(size, digits=0) for size in memory),
        " / ".join(str(batch.counts.get(status, 0)) for status in ("accepted", "review", "rejected")),
    ]


def _stages(batches: Sequence[Batch]) -> str:
    staged = [batch for batch in batches if batch.stage_s]
    if not staged:
        return ""
    rows: list[list[str]] = []
    for stage in dict.fromkeys(stage for batch in staged for stage in batch.stage_s):
        shares = [(batch.stage_s.get(stage, 0.0), sum(batch.stage_s.values())) for batch in staged]
        rows.append([stage, *(f"{spent:.1f} s ({spent / total:.0%})" if total else "" for spent, total in shares)])
    return table(["stage, summed over workers", *(batch.name for batch in staged)], rows)


def _readers(readings: Sequence[Reading]) -> str:
    rows = [
        [r.name, figure(r.pages_per_s), figure(1000 * r.cpu_s / r.pages if r.pages else None), f"{r.words}", f"{r.failed}"]
        for r in readings
    ]
    return table(["words with boxes", "pages/s", "CPU ms/page", "words", "documents not read"], rows)


def _growth(batches: Sequence[Batch]) -> str:
    rows = [
        [
            batch.name,
            f"{batch.pages}",
            figure(batch.wall_s),
            figure(1000 * batch.batch_s / batch.documents if batch.batch_s else None, digits=0),
            figure(1000 * batch.cpu_s / batch.documents, digits=0),
            figure(batch.peaks.coordinator if batch.peaks else None, digits=0),
            figure(batch.peaks.worker if batch.peaks else None, digits=0),
        ]
        for batch in batches
    ]
    head = [
        "documents",
        "pages",
        "seconds in all",
        "ms/document in the batch",
        "CPU ms/document",
        "coordinator, MiB",
        "largest worker, MiB",
    ]
    return table(head, rows)


def _long(invoices: Sequence[LongInvoice]) -> str:
    rows = [
        [
            f"{long.rows}",
            f"{long.pages}",
            f"{long.found}",
            figure(long.seconds),
            figure(1000 * long.cpu_s / long.rows),
            figure(long.worker_mib, digits=0),
        ]
        for long in invoices
    ]
    return table(["rows", "pages", "rows that came back", "seconds in all", "CPU ms/row", "worker, MiB"], rows)


def score_of(judged: Iterable[tuple[Path, dict[str, Any]]], out: Path) -> Score:
    """The score of what ``lineitem extract`` wrote to ``out`` for (file, truth)."""
    return score((truth, _read(out / f"{path.stem}.json")) for path, truth in judged)


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _accuracy(own: Batch, own_score: Score, peer: Peer | None) -> str:
    def row(name: str, answered: int, found: Score, seconds: float) -> list[str]:
        return [
            name,
            f"{answered} of {found.documents}",
            figure(found.header_f1, digits=3),
            figure(found.line_f1, digits=3),
            figure(found.rows.f1, digits=3),
            f"{found.perfect}",
            figure(seconds),
        ]

    rows = [row("Lineitem", own_score.extracted, own_score, own.wall_s)]
    if peer is not None:
        rows.append(row(peer.name, peer.answered, peer.score, peer.seconds))
    head = ["program", "documents answered", "header F1", "line-field F1", "exact-row F1", "without a mistake", "seconds"]
    return table(head, rows) + (
        "\n\ninvoice2data reads by templates that people write for each seller; it was run with those it ships, and nobody wrote any for these files."
        if peer is not None
        else ""
    )
