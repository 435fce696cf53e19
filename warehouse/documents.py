"""The record of one document: written whole in one transaction, read back as the same `Invoice`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Insert, bindparam, delete, insert, select, update
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
    Table,
    TaxLineRow,
)
from warehouse.tax_sums import put_in, take_out

Row = TypeVar("Row", LineItemRow, TaxLineRow, AdjustmentRow, EvidenceRow, IssueRow)

# Everything of one kind is fetched at once: 500 identifiers keep the statement below every database's limit of parameters.
PAGE_SIZE = 500

# Made once, and rows are inserted as plain values, many with one statement: objects that the session tracks cost three times the processor time.
_HELD = (
    select(DocumentRow.id)
    .where(DocumentRow.id == bindparam("document_id"), DocumentRow.state == "leased", DocumentRow.lease_owner == bindparam("owner"))
    .with_for_update()
)
_DONE = update(DocumentRow).where(DocumentRow.id == bindparam("document_id"))


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
        connection = session.connection()
        if connection.execute(_HELD, {"document_id": document_id, "owner": owner}).first() is None:
            return None
        one_at_a_time(connection, FINISH_LOCK)  # else two duplicates finished at the same moment would not see each other
        judgement = judge(invoice, known_before(session, invoice, today=today))
        now = datetime.now(UTC)
        done = {**_standing(judgement.invoice), "lease_owner": None, "lease_until": None, "finished_at": now, "batch_id": batch_id}
        connection.execute(_DONE, {"document_id": document_id, **done})
        _write(session, document_id, judgement, now=now)
        return judgement.invoice


def _standing(invoice: Invoice) -> dict[str, Any]:
    """What the document's own row tells of its result."""
    return {"state": invoice.status.value, "pages": invoice.pages, "route": invoice.route.value, "confidence": invoice.confidence}


def _write(session: Session, document_id: int, judgement: Judgement, *, now: datetime) -> None:
    """Everything that hangs on the document's row, which already tells the state."""
    connection, invoice, decision = session.connection(), judgement.invoice, judgement.decision
    rows: list[tuple[type[Table], list[dict[str, Any]]]] = [
        (InvoiceRow, [_invoice_values(invoice)]),
        (SellerKeyRow, stored_keys(invoice)),
        (LineItemRow, [{**_values(item), "tax_codes": dict(item.tax_codes)} for item in invoice.line_items]),
        (TaxLineRow, [_values(line) for line in invoice.tax_breakdown]),
        (AdjustmentRow, [_values(item) for item in invoice.document_adjustments]),
        (IssueRow, [_values(issue) for issue in invoice.issues]),
        (EvidenceRow, [_evidence_values(path, evidence) for path, evidence in invoice.evidence.items()]),
    ]
    for table, found in rows:
        numbered = [
            {"document_id": document_id, **values} if table is InvoiceRow else {"document_id": document_id, "row": i, **values}
            for i, values in enumerate(found)
        ]
        if numbered:
            connection.execute(_insert_into(table), numbered)
    decided = {
        "document_id": document_id,
        "decided_at": now,
        "decided_by": decision.decided_by,
        "status": invoice.status.value,
        "strategy": decision.strategy,
        "reasons": list(decision.reasons),
        "confidence": invoice.confidence,
        "model_version": decision.model_version,
        "rules_version": decision.rules_version,
    }
    connection.execute(_insert_into(DecisionRow), decided)
    if invoice.status is Status.ACCEPTED:  # others have no share
        put_in(session, document_id)


@cache
def _insert_into(table: type[Table]) -> Insert:
    return insert(table)  # SQLAlchemy remembers on the statement under which key it was compiled


def _invoice_values(invoice: Invoice) -> dict[str, Any]:
    return {
        "document_type": invoice.document_type.value,
        "language": invoice.language,
        "seller_country": invoice.seller_country,
        "buyer_country": invoice.buyer_country,
        "notes": list(invoice.notes),
        **{name: getattr(invoice.header, name) for name in HEADER_FIELDS},
    }


def _evidence_values(path: str, evidence: Evidence) -> dict[str, Any]:
    x0, y0, x1, y1 = (float(edge) for edge in evidence.box)
    box = {"x0_pt": x0, "y0_pt": y0, "x1_pt": x1, "y1_pt": y1}
    return {
        "field": path,
        "page": evidence.page,
        "words": evidence.words,
        "confidence": float(evidence.confidence),
        "set_by": evidence.set_by,
        **box,
    }


def replace_result(session: Session, document: DocumentRow, judgement: Judgement) -> None:
    """Put another result in the place of a finished document's, and add its decision. Batch and time of processing stay as they were."""
    take_out(session, document.id)
    for table in (InvoiceRow, SellerKeyRow, LineItemRow, TaxLineRow, AdjustmentRow, IssueRow, EvidenceRow):
        session.execute(delete(table).where(table.document_id == document.id).execution_options(synchronize_session=False))
    document.lease_owner = document.lease_until = None
    for name, value in _standing(judgement.invoice).items():
        setattr(document, name, value)
    session.flush()
    _write(session, document.id, judgement, now=datetime.now(UTC))


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
    values = {name: getattr(value, name) for name in _names(type(value))}
    return {name: v.value if isinstance(v, StrEnum) else v for name, v in values.items()}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _values_of(row: Any, kind: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _names(kind)}


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
