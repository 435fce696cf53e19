"""The record of one document: written whole in one transaction, read back as the same `Invoice`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.errors import WarehouseError
from schemas.invoice import (
    HEADER_FIELDS,
    Adjustment,
    AdjustmentKind,
    DocumentType,
    Evidence,
    Header,
    Invoice,
    Issue,
    LineItem,
    Route,
    Severity,
    Status,
    TaxLine,
)
from schemas.rules_types import RuleContext
from warehouse.database import FINISH_LOCK, Database, one_at_a_time
from warehouse.history import known_before, stored_keys
from warehouse.tables import (
    FINAL_STATES,
    AdjustmentRow,
    DecisionRow,
    DocumentRow,
    EvidenceRow,
    InvoiceRow,
    IssueRow,
    LineItemRow,
    SellerKeyRow,
    SourceRow,
    TaxLineRow,
)
from warehouse.tax_sums import put_in, take_out

Row = TypeVar("Row", LineItemRow, TaxLineRow, AdjustmentRow, EvidenceRow, IssueRow)

# Everything of one kind is fetched at once: 500 identifiers keep the statement below every database's limit of parameters.
PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a document got its status. ``strategy`` is the route that was taken; ``reasons`` are sentences."""

    strategy: str
    reasons: tuple[str, ...]
    model_version: str
    rules_version: str
    decided_by: str = "pipeline"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The invoice as it shall be stored, and why."""

    invoice: Invoice
    decision: Decision


def finish(
    database: Database,
    document_id: int,
    invoice: Invoice,
    *,
    owner: str,
    batch_id: int,
    today: date,
    judge: Callable[[Invoice, RuleContext], Judgement],
) -> Invoice | None:
    """Write the invoice, its evidence, issues and decision, and mark the document done: all of it or nothing.

    ``judge`` sees what is on record of the same seller at this moment and returns the final invoice. Because documents are finished one
    after the other, of two duplicates in one batch the second is found. Returns None, and writes nothing, when ``owner`` does not hold
    the lease any more: another run took the document over.
    """
    with database.write() as session:
        held = select(DocumentRow).where(DocumentRow.id == document_id, DocumentRow.state == "leased", DocumentRow.lease_owner == owner)
        document = session.scalars(held.with_for_update()).one_or_none()
        if document is None:
            return None
        one_at_a_time(session.connection(), FINISH_LOCK)  # else two duplicates finished at the same moment would not see each other
        context = known_before(session, invoice, today=today)
        judgement = judge(invoice, context)
        _write(session, document, judgement, batch_id=batch_id)
        return judgement.invoice


def _write(session: Session, document: DocumentRow, judgement: Judgement, *, batch_id: int | None) -> None:
    invoice, decision, now = judgement.invoice, judgement.decision, datetime.now(UTC)
    document.state = invoice.status.value
    document.lease_owner = document.lease_until = None
    document.finished_at = now
    document.batch_id = batch_id
    document.pages = invoice.pages
    document.route = invoice.route.value
    document.confidence = invoice.confidence
    session.add(
        InvoiceRow(
            document_id=document.id,
            document_type=invoice.document_type.value,
            language=invoice.language,
            seller_country=invoice.seller_country,
            buyer_country=invoice.buyer_country,
            notes=list(invoice.notes),
            **{name: getattr(invoice.header, name) for name in HEADER_FIELDS},
        )
    )
    rows: list[Any] = list(stored_keys(invoice))
    rows += [LineItemRow(row=i, **{**_values(item), "tax_codes": dict(item.tax_codes)}) for i, item in enumerate(invoice.line_items)]
    rows += [TaxLineRow(row=i, **_values(line)) for i, line in enumerate(invoice.tax_breakdown)]
    rows += [AdjustmentRow(row=i, **_values(item)) for i, item in enumerate(invoice.document_adjustments)]
    rows += [IssueRow(row=i, **_values(issue)) for i, issue in enumerate(invoice.issues)]
    for i, (path, evidence) in enumerate(invoice.evidence.items()):
        x0, y0, x1, y1 = (float(edge) for edge in evidence.box)
        box = {"x0_pt": x0, "y0_pt": y0, "x1_pt": x1, "y1_pt": y1}
        where = {"page": evidence.page, "words": evidence.words, "confidence": float(evidence.confidence), "set_by": evidence.set_by}
        rows.append(EvidenceRow(row=i, field=path, **where, **box))
    for row in rows:
        row.document_id = document.id
    session.add_all(rows)
    session.add(
        DecisionRow(
            document_id=document.id,
            decided_at=now,
            decided_by=decision.decided_by,
            status=invoice.status.value,
            strategy=decision.strategy,
            reasons=list(decision.reasons),
            confidence=invoice.confidence,
            model_version=decision.model_version,
            rules_version=decision.rules_version,
        )
    )
    put_in(session, document.id)


def replace_result(session: Session, document: DocumentRow, judgement: Judgement) -> None:
    """Put another result in the place of a finished document's, and add its decision. Batch and time of processing stay as they were."""
    finished_at = document.finished_at
    take_out(session, document.id)
    for table in (InvoiceRow, SellerKeyRow, LineItemRow, TaxLineRow, AdjustmentRow, IssueRow, EvidenceRow):
        session.execute(delete(table).where(table.document_id == document.id).execution_options(synchronize_session=False))
    _write(session, document, judgement, batch_id=document.batch_id)
    document.finished_at = finished_at


def load(database: Database, document_id: int) -> Invoice:
    """The stored invoice, equal to the one that was written. Raises `WarehouseError` when there is no finished document of that id."""
    found = load_many(database, [document_id])
    if not found:
        raise WarehouseError(
            f"Document {document_id} is not in {database.url}, or is not processed yet. `lineitem list` shows all documents."
        )
    return found[0]


def load_many(database: Database, document_ids: list[int]) -> list[Invoice]:
    """The stored invoices of the finished ones among ``document_ids``, in that order."""
    with database.read() as session:
        return load_in(session, document_ids)


def load_in(session: Session, document_ids: Sequence[int]) -> list[Invoice]:
    """The same inside a transaction of the caller's."""
    invoices: list[Invoice] = []
    for start in range(0, len(document_ids), PAGE_SIZE):
        invoices += _load_page(session, list(document_ids[start : start + PAGE_SIZE]))
    return invoices


def _load_page(session: Session, ids: list[int]) -> list[Invoice]:
    finished = select(DocumentRow, InvoiceRow).join(InvoiceRow).where(DocumentRow.id.in_(ids), DocumentRow.state.in_(FINAL_STATES))
    found = {document.id: (document, invoice) for document, invoice in session.execute(finished)}
    items, tax_lines = _grouped(session, LineItemRow, ids), _grouped(session, TaxLineRow, ids)
    adjustments, evidence, issues = (
        _grouped(session, AdjustmentRow, ids),
        _grouped(session, EvidenceRow, ids),
        _grouped(session, IssueRow, ids),
    )
    return [
        Invoice(
            id=document.name,
            sha256=document.sha256,
            source=document.source,
            pages=document.pages or 0,
            language=invoice.language,
            document_type=DocumentType(invoice.document_type),
            status=Status(document.state),
            route=Route(document.route or Route.TASK_MODEL),
            header=Header(**_values_of(invoice, Header)),
            tax_breakdown=tuple(TaxLine(**_values_of(row, TaxLine)) for row in tax_lines.get(document.id, ())),
            line_items=tuple(LineItem(**_values_of(row, LineItem)) for row in items.get(document.id, ())),
            document_adjustments=tuple(
                Adjustment(AdjustmentKind(row.kind), row.amount, row.description) for row in adjustments.get(document.id, ())
            ),
            confidence=document.confidence or 0.0,
            evidence={
                row.field: Evidence(row.page, (row.x0_pt, row.y0_pt, row.x1_pt, row.y1_pt), row.words, row.confidence, row.set_by)
                for row in evidence.get(document.id, ())
            },
            issues=tuple(
                Issue(row.rule, Severity(row.severity), row.field, row.expected, row.found, row.message)
                for row in issues.get(document.id, ())
            ),
            seller_country=invoice.seller_country,
            buyer_country=invoice.buyer_country,
            notes=tuple(invoice.notes),
        )
        for document, invoice in (found[id] for id in ids if id in found)
    ]


def _grouped(session: Session, table: type[Row], ids: list[int]) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = {}
    for row in session.scalars(select(table).where(table.document_id.in_(ids)).order_by(table.document_id, table.row)):
        rows.setdefault(row.document_id, []).append(row)
    return rows


def _values(value: Any) -> dict[str, Any]:
    values = {f.name: getattr(value, f.name) for f in fields(value)}
    return {name: v.value if isinstance(v, StrEnum) else v for name, v in values.items()}


def _values_of(row: Any, kind: type[Any]) -> dict[str, Any]:
    return {f.name: getattr(row, f.name) for f in fields(kind)}


def sources(database: Database, document_id: int) -> list[str]:
    """Every path under which the document's bytes were seen, in the order of arrival."""
    with database.read() as session:
        return list(session.scalars(select(SourceRow.path).where(SourceRow.document_id == document_id).order_by(SourceRow.id)))


def decisions(database: Database, document_id: int) -> list[tuple[datetime, Status, Decision]]:
    """The decisions on a document, oldest first."""
    query = select(DecisionRow).where(DecisionRow.document_id == document_id).order_by(DecisionRow.id)
    with database.read() as session:
        return [
            (
                row.decided_at,
                Status(row.status),
                Decision(row.strategy, tuple(row.reasons), row.model_version, row.rules_version, row.decided_by),
            )
            for row in session.scalars(query)
        ]
