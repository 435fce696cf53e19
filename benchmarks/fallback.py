"""What a foundation model is worth, and what a bad one can do: ``python -m benchmarks.fallback [FOLDER] [--count N] [--fault NAME …]``.

Documents with truth (generated ones unless FOLDER is given) are extracted once. Then a whole batch runs over them for each fault, through OpenAI's client,
HTTP, warehouse and budgets, against an endpoint on this machine that answers from the truth, well or as badly as the fault says.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.replayed import Replay, record
from benchmarks.scripted_answers import Script
from benchmarks.scripted_endpoint import Endpoint, serve
from extractors.scoring import score
from extractors.words import Document
from flows.composition import batch_options, run_batch
from flows.evaluate import truth_pairs
from flows.settings import Settings
from schemas.invoice import Invoice, Status

FIRST_SEED = 870_000  # of the exam family, apart from the documents that constants were chosen on
PRICES = 'models: [{model: scripted, input: "0.15", output: "0.60"}]'


@dataclass(frozen=True, slots=True)
class Fault:
    """How an endpoint answers, and the budget of the batch in USD."""

    name: str
    wrong: float = 0.0
    invent: float = 0.0
    drop: float = 0.0
    transport: str = ""  # one of `benchmarks.scripted_endpoint.FAULTS`, in every answer
    budget: str = "5"
    rounds: int = 3


FAULTS = (
    Fault("answers from the truth"),
    Fault("the same, with a budget of 0.02 USD", budget="0.02"),
    Fault("10 % wrong values, 5 % invented, 5 % lost rows", wrong=0.1, invent=0.05, drop=0.05),
    Fault("the same, one round of correction", wrong=0.1, invent=0.05, drop=0.05, rounds=1),
    Fault("30 % wrong values, 15 % invented, 15 % lost rows", wrong=0.3, invent=0.15, drop=0.15),
    Fault("a row invented in every answer", invent=1.0),
    Fault("refuses", transport="refuse"),
    Fault("times out", transport="hang"),
    Fault("broken JSON", transport="broken json"),
    Fault("instructions", transport="instructions"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One batch. ``accepted`` and ``wrong`` count documents about which the endpoint was asked; costs in USD."""

    fault: str
    documents: int
    review_before: int
    asked: int
    accepted: int
    wrong: int
    spent: Decimal
    limit: Decimal
    seconds: float
    ended: bool


def measure(
    fault: Fault, folder: Path, read: Mapping[str, tuple[Invoice, Document | None]], truths: Mapping[str, Any], kept: Path
) -> Measured:
    """One whole batch over ``folder`` with the extraction that was ``kept``."""
    known = [
        (truth, frozenset(w for page in (read[name][1] or ()).pages for w in page.texts)) for name, truth in truths.items() if read[name][1]
    ]
    with tempfile.TemporaryDirectory(prefix="lineitem-fallback-") as scratch:
        prices = Path(scratch) / "prices.yaml"
        prices.write_text(PRICES)
        script = Script(wrong=fault.wrong, invent=fault.invent, drop=fault.drop)
        patience_s = 3.0 if fault.transport == "hang" else 60.0  # on a busy machine an honest answer may take its time
        with serve(Endpoint(known, script, fault=fault.transport)) as endpoint:
            settings = Settings(
                database=f"sqlite:///{Path(scratch) / 'lineitem.db'}", workers=1, orchestrator="none", settle_s=0, ignore_xml=True,
                fallback_provider="openai", fallback_endpoint=endpoint.url, fallback_model="scripted", fallback_prices=prices,
                fallback_budget_batch=Decimal(fault.budget), fallback_timeout_s=patience_s, fallback_latency_s=10 * patience_s, fallback_rounds=fault.rounds,
            )  # fmt: skip
            options = batch_options(settings)
            options = replace(options, order=replace(options.order, extract=Replay(kept)))
            begun = time.perf_counter()
            summary = run_batch(str(folder), settings, options=options)
            seconds = time.perf_counter() - begun
        return _measured(fault, settings, read, truths, seconds, ended=summary.processed == len(read))


def _measured(
    fault: Fault, settings: Settings, read: Mapping[str, tuple[Invoice, Any]], truths: Mapping[str, Any], seconds: float, *, ended: bool
) -> Measured:
    from warehouse.database import open_database
    from warehouse.documents import load_many
    from warehouse.fallback import calls_for, spent_usd
    from warehouse.queries import list_documents

    with open_database(settings.database) as database:
        found = load_many(database, [document.id for document in list_documents(database)])
        asked = [invoice for invoice in found if calls_for(database, invoice.sha256)]
        spent = spent_usd(database)
    result = score([(truths[invoice.id], invoice.to_json()) for invoice in asked])
    for entry in result.wrong if result.accepted_wrong else ():
        if any(invoice.id == entry[0] and invoice.status is Status.ACCEPTED for invoice in asked):
            print(f"    accepted and wrong: {entry}")
    return Measured(
        fault.name,
        len(read),
        sum(invoice.status is Status.REVIEW for invoice, _ in read.values()),
        len(asked),
        result.accepted,
        result.accepted_wrong,
        spent,
        Decimal(fault.budget),
        seconds,
        ended,
    )


def table(measured: Sequence[Measured]) -> str:
    """The batches in Markdown."""
    lines = [
        "| the endpoint | documents | doubtful | asked | accepted | wrong among accepted | USD spent / limit | seconds | batch ended |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for m in measured:
        share = f"{m.accepted} = {m.accepted / m.asked:.1%}" if m.asked else "0"
        wrong = f"{m.wrong} = {m.wrong / m.accepted:.2%}" if m.accepted else "–"
        ended = "yes" if m.ended else "NO"
        lines.append(
            f"| {m.fault} | {m.documents} | {m.review_before} | {m.asked} | {share} | {wrong} | {m.spent:.4f} / {m.limit} | {m.seconds:.0f} | {ended} |"
        )
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.fallback", description=__doc__)
    options.add_argument(
        "folder", nargs="?", type=Path, help="documents with their truth (default: generated invoices, which needs the train extra)"
    )
    options.add_argument("--count", type=int, default=200, help="how many documents (default 200)")
    options.add_argument(
        "--fault", nargs="+", type=int, choices=range(len(FAULTS)), help="; ".join(f"{n}: {f.name}" for n, f in enumerate(FAULTS))
    )
    options.add_argument("--keep", type=Path, help="keep what was extracted here, and take it from here the next time")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="lineitem-fallback-") as scratch:
        folder, kept = Path(scratch) / "documents", given.keep or Path(scratch) / "kept"
        folder.mkdir()
        truths: dict[str, Any] = {}
        for path, truth in _documents(given.folder, given.count, Path(scratch) / "generated"):
            (folder / path.name).symlink_to(path.resolve())
            truths[path.stem] = truth
        specialist = batch_options(Settings(ignore_xml=True, orchestrator="none"))
        read = record(sorted(folder.iterdir()), kept.resolve(), options=specialist)
        alone = score([(truths[name], invoice.to_json()) for name, (invoice, _) in read.items()])
        print(f"{len(read)} documents; the specialist alone accepts {alone.accepted}, {alone.accepted_wrong} of them wrong", flush=True)
        measured: list[Measured] = []
        for number in given.fault if given.fault is not None else range(len(FAULTS)):
            measured.append(measure(FAULTS[number], folder, read, truths, kept.resolve()))
            print(table(measured).splitlines()[-1], flush=True)
    print(table(measured))
    if any(m.spent > m.limit or not m.ended or m.wrong > 0.005 * m.accepted for m in measured):
        raise SystemExit(1)


def _documents(folder: Path | None, count: int, scratch: Path) -> list[tuple[Path, dict[str, Any]]]:
    if folder is not None:
        return truth_pairs(folder)[:count]
    from extractors.training.synthesis import write_documents

    scratch.mkdir()
    for _ in write_documents(scratch, count=count, seed=FIRST_SEED, family="exam"):
        pass
    return truth_pairs(scratch)


if __name__ == "__main__":
    main()
