"""Why a document was flagged, in a few sentences for a reviewer: from its issues and decisions; a foundation model may phrase or translate them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.terminal import printable as shown
from schemas.invoice import CRITICAL_FIELDS, Invoice, Severity, Status
from warehouse.documents import Decision
from warehouse.tables_fallback import FallbackCallRow

WEAK = 0.95  # values less sure than this are named; a person finds most mistakes among them (docs/decisions/0015)
MOST = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences in the order of their weight."""

    sentences: tuple[str, ...]


def explain(invoice: Invoice, decision: Decision | None, calls: Sequence[FallbackCallRow] = ()) -> Explanation:
    """What stands between ``invoice`` and acceptance, where to look, and what was tried."""
    name = f"{invoice.document_type.value.replace('_', ' ').capitalize()} {shown(invoice.header.invoice_number or 'without number')}"
    seller = f" of {shown(invoice.header.seller_name)}" if invoice.header.seller_name else ""
    state = {Status.ACCEPTED: "was accepted", Status.REVIEW: "waits for a person", Status.REJECTED: "was rejected"}[invoice.status]
    sentences = [f"{name}{seller} {state}."]
    errors = [issue for issue in invoice.issues if issue.severity is Severity.ERROR]
    for issue in errors[:MOST]:
        where = f" (see {_place(invoice, issue.field)})" if issue.field and _place(invoice, issue.field) else ""
        sentences.append(f"{shown(issue.message)}{where}")
    if len(errors) > MOST:
        sentences.append(f"{len(errors) - MOST} more rules are broken.")
    weak = sorted((e.confidence, path) for path, e in invoice.evidence.items() if e.confidence < WEAK and _matters(path))
    if weak and invoice.status is Status.REVIEW:
        named = ", ".join(f"{_words(path)} “{shown(invoice.evidence[path].words)}” ({confidence:.0%})" for confidence, path in weak[:MOST])
        sentences.append(f"The reading is unsure of {named}.")
    if decision is not None:
        told = set(sentences) | {issue.message for issue in invoice.issues}
        sentences += [shown(reason) for reason in decision.reasons if reason not in told]
    cost = sum((row.cost_nano_usd if row.cost_nano_usd is not None else row.reserved_nano_usd) for row in calls)
    paid = [row for row in calls if row.outcome != "cached"]
    if paid:
        often = "once" if len(paid) == 1 else f"{len(paid)} times"
        sentences.append(f"The foundation model was called {often} for it, for {cost / 1e9:.4f} USD.")
    return Explanation(tuple(sentences))


def _matters(path: str) -> bool:
    return path.removeprefix("header.") in CRITICAL_FIELDS or path.rsplit(".", 1)[-1] in (
        "description", "quantity", "unit_price", "net_amount", "gross_amount",
    )  # fmt: skip


def _words(path: str) -> str:
    if path.startswith("line_items."):
        _, number, name = path.split(".")
        return f"{name.replace('_', ' ')} of line {int(number) + 1}"
    return path.removeprefix("header.").replace("_", " ")


def _place(invoice: Invoice, path: str) -> str:
    found = invoice.evidence.get(path)
    return f"page {found.page}, “{shown(found.words)}”" if found else ""
