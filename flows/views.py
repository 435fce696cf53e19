"""Documents on the terminal: a list, and one document with everything that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.terminal import shown
from schemas.invoice import HEADER_FIELDS, Invoice, Severity, Status

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from warehouse.documents import Decision
    from warehouse.queries import DocumentSummary

STATUS_STYLES = {"accepted": "green", "review": "yellow", "rejected": "red", "leased": "cyan", "received": "cyan"}
SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
LINE_COLUMNS = ("position", "description", "quantity", "unit", "unit_price", "amount", "tax_rate", "tax_category", "spend_category")
EVIDENCE_LIMIT = 200  # rows; the JSON export has them all


def amount(value: Decimal | None, currency: str | None = None) -> str:
    """An amount as printed, with its currency."""
    return "" if value is None else f"{value:f} {currency or ''}".strip()


def document_list(documents: Sequence[DocumentSummary]) -> RenderableType:
    """One row per document: what it is, what was decided, why."""
    table = _table(None, "id", "status", "document", "seller", "number", "date", "gross", "lines", "conf.", "first reason")
    for d in documents:
        table.add_row(
            str(d.id),
            shown(d.state, STATUS_STYLES.get(d.state, "")),
            shown(d.name),
            shown(d.seller_name),
            shown(d.invoice_number),
            shown(d.issue_date),
            shown(amount(d.gross_total, d.currency)),
            str(d.line_items or ""),
            "" if d.confidence is None else f"{d.confidence:.2f}",
            shown(_first_reason(d)),
        )
    return table


def _first_reason(document: DocumentSummary) -> str:
    """Why a document is not accepted, in one sentence; empty for those that are."""
    if document.state not in ("review", "rejected"):
        return ""
    if document.reasons:
        return document.reasons[0]
    return "No rule is broken; the reading is not sure enough." if document.route == "task_model" else f"See lineitem show {document.id}."


def document_view(
    invoice: Invoice, *, sources: Sequence[str] = (), decisions: Sequence[tuple[datetime, Status, Decision]] = (), evidence: bool = True
) -> RenderableType:
    """Header, lines, VAT, issues, evidence and decisions of one document."""
    from rich.console import Group

    parts: list[RenderableType] = [_header(invoice, sources)]
    if invoice.line_items:
        lines = _table("Line items", *LINE_COLUMNS)
        for item in invoice.line_items:
            lines.add_row(*(shown(getattr(item, name)) for name in LINE_COLUMNS))
        parts.append(lines)
    if invoice.tax_breakdown:
        taxes = _table("VAT", "category", "rate", "taxable_amount", "tax_amount")
        for line in invoice.tax_breakdown:
            taxes.add_row(shown(line.category), shown(line.rate), shown(line.taxable_amount), shown(line.tax_amount))
        parts.append(taxes)
    if invoice.document_adjustments:
        adjustments = _table("Allowances, charges, prepayments", "kind", "amount", "description")
        for item in invoice.document_adjustments:
            adjustments.add_row(shown(item.kind), shown(item.amount), shown(item.description))
        parts.append(adjustments)
    if invoice.issues:
        issues = _table("Issues", "rule", "severity", "field", "expected", "found", "message")
        for issue in invoice.issues:
            style = SEVERITY_STYLES[issue.severity]
            cells = (issue.rule, issue.severity, issue.field, issue.expected, issue.found, issue.message)
            issues.add_row(*(shown(cell, style if index < 2 else "") for index, cell in enumerate(cells)))
        parts.append(issues)
    if evidence and invoice.evidence:
        parts.append(_evidence(invoice))
    if decisions:
        table = _table("Decisions", "when", "who", "status", "reasons", "model", "rules")
        for when, status, decision in decisions:
            reasons = " ".join(decision.reasons)
            style = STATUS_STYLES[status]
            table.add_row(
                f"{when:%Y-%m-%d %H:%M} UTC",
                shown(decision.decided_by),
                shown(status, style),
                shown(reasons),
                shown(decision.model_version),
                shown(decision.rules_version),
            )
        parts.append(table)
    return Group(*(piece for part in parts for piece in (part, "")))


def _header(invoice: Invoice, sources: Sequence[str]) -> RenderableType:
    table = _table(None, "", "", show_header=False)
    table.add_row("document", shown(invoice.id, "bold"))
    for source in sources or (invoice.source,):
        table.add_row("source", shown(source))
    table.add_row("status", shown(invoice.status, STATUS_STYLES[invoice.status]))
    table.add_row("route", shown(f"{invoice.route}, confidence {invoice.confidence:.2f}"))
    facts = [invoice.document_type.value, f"{invoice.pages} page{'s' * (invoice.pages != 1)}", invoice.language]
    table.add_row("kind", shown(", ".join(fact for fact in facts if fact)))
    for name in HEADER_FIELDS:
        value = getattr(invoice.header, name)
        if value is not None:
            table.add_row(name, shown(format(value, "f") if isinstance(value, Decimal) else value))
    return table


def _evidence(invoice: Invoice) -> RenderableType:
    table = _table("Evidence", "field", "page", "box (points)", "words", "confidence", "set by")
    for field, e in list(invoice.evidence.items())[:EVIDENCE_LIMIT]:
        box = " ".join(f"{edge:.0f}" for edge in e.box)
        table.add_row(shown(field), str(e.page), box, shown(e.words), f"{e.confidence:.2f}", shown(e.set_by))
    if (hidden := len(invoice.evidence) - EVIDENCE_LIMIT) > 0:
        table.caption = f"{hidden} more in the JSON export"
    return table


def _table(title: str | None, *columns: str, show_header: bool = True) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=show_header)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
