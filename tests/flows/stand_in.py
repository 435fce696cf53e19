"""A stand-in for the extraction: a document is a small JSON text that says what the invoice is, or how reading it goes wrong."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.pipeline import SourceFile
from extractors.strategy import decide
from schemas.errors import ModelError
from schemas.invoice import Evidence, Header, Invoice, Issue, LineItem, Severity

if TYPE_CHECKING:
    from flows.chunks import BatchOptions
    from flows.settings import Settings

TODAY = date(2026, 6, 1)


def extract_many(
    sources: Sequence[SourceFile],
    *,
    options: Any,
    times: dict[str, float] | None = None,
    begun: Callable[[int | None], None] = lambda _: None,
    words: object = None,  # neither words nor parts are ever found
    parts: object = None,
) -> list[Invoice]:
    if times is not None:
        times["read"] = times.get("read", 0.0) + 0.01 * len(sources)
    invoices: list[Invoice] = []
    for position, source in enumerate(sources):
        begun(position)
        invoices.append(_invoice(source))
    begun(None)
    return [invoice.replace(status=decide(invoice, accept_threshold=0.9).status) for invoice in invoices]


def _invoice(source: SourceFile) -> Invoice:
    wanted = json.loads(source.data)
    match wanted.get("goes"):
        case "crash":
            os.abort()
        case "crash once":
            mark = Path(wanted["mark"])
            if not mark.exists():
                mark.touch()
                os.abort()
        case "be killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(3600)
        case "slow":
            time.sleep(wanted["seconds"])
        case "raise":
            raise ZeroDivisionError("a defect")
        case "eat memory":
            raise MemoryError
        case "answer at length":
            return Invoice(id=source.id, sha256="", source=source.source, pages=1, notes=("x" * wanted["characters"],))
        case "no model":
            raise ModelError("The model is missing.")
        case _:
            pass
    blank = Invoice(id=source.id, sha256=hashlib.sha256(source.data).hexdigest(), source=source.source, pages=1)
    if wanted.get("goes") == "broken":
        return blank.replace(pages=0, issues=(Issue("LI-DOC-DAMAGED", Severity.ERROR, None, None, None, "The file is damaged."),))
    gross = Decimal(wanted.get("gross", "119.00"))
    return blank.replace(
        header=Header(
            invoice_number=wanted["number"],
            issue_date=date.fromisoformat(wanted.get("date", "2026-05-04")),
            currency="EUR",
            seller_name=wanted.get("seller", "Muster GmbH"),
            iban=wanted.get("iban"),
            gross_total=gross,
        ),
        line_items=(LineItem(description=wanted.get("text", "Ware"), quantity=Decimal("1"), net_amount=gross),),
        confidence=wanted.get("confidence", 0.99),
        notes=tuple(name for name in ("prefect", "fastapi", "typer") if name in sys.modules),
        evidence={"header.gross_total": Evidence(1, (1.0, 2.0, 3.0, 4.0), str(gross), 0.99, "stand-in")},
    )


def invoice_of(wanted: dict[str, Any]) -> Invoice:
    """The invoice that a document with this content is read as."""
    return _invoice(SourceFile("a", "a.pdf", json.dumps(wanted).encode()))


def extract_read_again(
    sources: Sequence[SourceFile], *, options: Any, read_again: dict[int, tuple[str, ...]] | None = None, **more: Any
) -> list[Invoice]:
    """As `extract_many`, and the other reader read the first document."""
    if read_again is not None:
        read_again[0] = ("A rule is broken.", "The first reading stands.")
    return extract_many(sources, options=options, **more)


def extract_with_words(sources: Sequence[SourceFile], *, options: Any, words: dict[int, Any] | None = None, **more: Any) -> list[Invoice]:
    """As `extract_many`, and the page's words: one line for each value."""
    invoices = extract_many(sources, options=options, **more)
    for number, invoice in enumerate(invoices):
        header, line = invoice.header, invoice.line_items[0]
        texts = (
            f"{header.seller_name}", f"Invoice {header.invoice_number}", f"Date {header.issue_date}", "Total EUR",
            f"{line.description} {line.quantity} {line.amount}", f"Total {header.gross_total}",
        )  # fmt: skip
        if words is not None:
            words[number] = _page(texts)
        places = {
            f"header.{name}": Evidence(1, (1.0, 2.0, 3.0, 4.0), "x", 0.99, "stand-in")
            for name in ("invoice_number", "issue_date", "currency", "seller_name", "gross_total")
        }
        rows = {
            f"line_items.0.{name}": Evidence(1, (1.0, 2.0, 3.0, 4.0), "x", 0.99, "stand-in")
            for name in ("description", "quantity", "net_amount")
        }
        invoices[number] = invoice.replace(evidence={**places, **rows})
    return invoices


def _page(lines: Sequence[str]) -> Any:
    import numpy as np

    from extractors.words import Document, Page

    found = [(word, 50.0 + 60 * x, 20.0 * y) for y, line in enumerate(lines, start=1) for x, word in enumerate(line.split())]
    boxes = np.array([(x, y, x + 50, y + 10) for _, x, y in found], np.float32)
    n = len(found)
    page = Page(
        1, 595, 842, tuple(w for w, _, _ in found), boxes, np.full(n, 10, np.float32), np.zeros(n, np.bool_), np.ones(n, np.float32)
    )
    return Document((page,), "stand-in")


def options(**changes: Any) -> BatchOptions:
    from flows.chunks import BatchOptions
    from flows.judging import Judge  # here, because worker processes load this file for the extraction alone
    from flows.work import WorkOrder

    order = WorkOrder(
        extract=changes.pop("extract", extract_many), options=None, document_timeout_s=changes.pop("document_timeout_s", 60.0)
    )
    judge = Judge(accept_threshold=0.9, model_version="stand-in")
    given: dict[str, Any] = {"workers": 2, "chunk": 3, "lease_s": 30.0, "pipeline_version": "stand-in-1", **changes}
    return BatchOptions(order=order, judge=judge, today=TODAY, **given)


def write(folder: Path, name: str, **content: Any) -> Path:
    """One document; the number is the file's name unless given, so that each is another invoice of another amount."""
    path = folder / f"{name}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    number = str(content.pop("number", name))
    gross = content.pop("gross", f"{int(hashlib.sha256(number.encode()).hexdigest()[:6], 16) / 100:.2f}")
    path.write_text(json.dumps({"number": number, "gross": gross, **content}))
    return path


def run_with_opinions(inbox: Path, settings: Settings) -> dict[str, int]:
    """Documents by outcome of a batch whose doubtful ones are asked about; each document's values are its page's words."""
    from flows.composition import open_batch
    from flows.fallback import SecondOpinionsOf, opinion_options
    from schemas.bookkeeping import Bookkeeping

    given = options(extract=extract_with_words, workers=1)
    ways = opinion_options(settings, today=TODAY, accept_threshold=0.9, bookkeeping=Bookkeeping())
    given = replace(given, order=replace(given.order, words=True), second_opinions=SecondOpinionsOf(settings, ways))
    with open_batch(str(inbox), settings, options=given) as batch:
        for _ in batch.reports():
            pass
        return dict(batch.summary().counts)
