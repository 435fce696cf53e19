"""The queue: flagged documents that nobody has decided on, in the order in which a person wants to take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, Float, Select, cast, func, select
from sqlalchemy.orm import Session, aliased

from warehouse.database import Database
from warehouse.tables import DecisionRow, DocumentRow, EvidenceRow, InvoiceRow, IssueRow
from warehouse.tables_review import ReviewLeaseRow, ReviewRow


class Order(StrEnum):
    """value: largest total first; age: longest waiting first; reason: documents with the same first broken rule together."""

    VALUE = "value"
    AGE = "age"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. ``reason`` is the first broken rule's sentence, or None where only the confidence is low."""

    id: int
    name: str
    seller_name: str | None
    invoice_number: str | None
    gross_total: Decimal | None
    currency: str | None
    confidence: float | None
    finished_at: datetime | None
    rule: str | None
    reason: str | None
    held_by: str | None


def unsure_values(database: Database, ids: Sequence[int], *, below: float) -> dict[int, list[tuple[str, float]]]:
    """The values of each document that were read less surely than ``below`` (0 to 1), as (path, confidence), least sure first."""
    query = (
        select(EvidenceRow.document_id, EvidenceRow.field, EvidenceRow.confidence)
        .where(EvidenceRow.document_id.in_(ids), EvidenceRow.confidence < below)
        .order_by(EvidenceRow.confidence)
    )
    found: dict[int, list[tuple[str, float]]] = {id: [] for id in ids}
    with database.read() as session:
        for id, field, confidence in session.execute(query):
            found[id].append((field, confidence))
    return found


def queue(database: Database, *, order: Order = Order.VALUE, rule: str | None = None, offset: int = 0, limit: int = 50) -> list[Waiting]:
    """A page of the queue. ``rule`` keeps documents that break it."""
    with database.read() as session:
        ids = list(session.scalars(_ordered(session, order, rule).offset(offset).limit(limit)))
        rows = {
            document.id: (document, invoice)
            for document, invoice in session.execute(select(DocumentRow, InvoiceRow).join(InvoiceRow).where(DocumentRow.id.in_(ids)))
        }
        issues: dict[int, IssueRow] = {}
        errors = select(IssueRow).where(IssueRow.document_id.in_(ids), IssueRow.severity == "error").order_by(IssueRow.row.desc())
        for issue in session.scalars(errors):
            issues[issue.document_id] = issue
        held = select(ReviewLeaseRow).where(ReviewLeaseRow.document_id.in_(ids), ReviewLeaseRow.until > datetime.now(UTC))
        holders = {row.document_id: row.reviewer for row in session.scalars(held)}
        return [
            Waiting(
                id,
                document.name,
                invoice.seller_name,
                invoice.invoice_number,
                invoice.gross_total,
                invoice.currency,
                document.confidence,
                document.finished_at,
                issues[id].rule if id in issues else None,
                issues[id].message if id in issues else None,
                holders.get(id),
            )
            for id in ids
            if id in rows
            for document, invoice in [rows[id]]
        ]


def queue_length(database: Database) -> tuple[int, datetime | None]:
    """How many documents wait, and since when the oldest does."""
    with database.read() as session:
        count, oldest = session.execute(select(func.count(), func.min(DocumentRow.finished_at)).where(*_waiting(session))).one()
        return count, oldest


def next_in_queue(
    database: Database, *, order: Order, reviewer: str, rule: str | None = None, after: int | None = None, skip: Collection[int] = ()
) -> int | None:
    """The document that ``reviewer`` should see next: the first one behind ``after`` that nobody else has open; from the start when none is left."""
    with database.read() as session:
        ids = list(session.scalars(_ordered(session, order, rule)))
        held = select(ReviewLeaseRow.document_id).where(ReviewLeaseRow.until > datetime.now(UTC), ReviewLeaseRow.reviewer != reviewer)
        taken = {*session.scalars(held), *skip}
    start = ids.index(after) + 1 if after in ids else 0
    return next((id for id in ids[start:] + ids[:start] if id not in taken and id != after), None)


def _waiting(session: Session) -> tuple[ColumnElement[bool], ...]:
    newer = aliased(DocumentRow)
    # Sent to be processed again and not decided anew since: whoever asked for it need not see it meanwhile.
    newest = select(func.max(DecisionRow.id)).where(DecisionRow.document_id == ReviewRow.document_id).scalar_subquery()
    sent_back = select(ReviewRow.document_id).where(ReviewRow.action == "reprocess", ~ReviewRow.undone, ReviewRow.decision_id == newest)
    found: list[ColumnElement[bool]] = [DocumentRow.state == "review", DocumentRow.id.not_in(sent_back)]
    # Under one version of the pipeline each content has one row. To look for newer ones takes longer than all the rest.
    # Two queries: SQLite finds one end of an index at once, but for both in one query it reads all of it.
    if session.scalar(select(func.min(DocumentRow.pipeline_version))) != session.scalar(select(func.max(DocumentRow.pipeline_version))):
        found.append(~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id).exists())
    return tuple(found)


def _ordered(session: Session, order: Order, rule: str | None) -> Select[int]:
    query = select(DocumentRow.id).where(*_waiting(session)).join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
    if rule is not None:
        query = query.where(DocumentRow.id.in_(select(IssueRow.document_id).where(IssueRow.rule == rule, IssueRow.severity == "error")))
    match order:
        case Order.VALUE:
            # A float is good enough to sort by; currencies are not converted. A large credit note weighs as much as a large invoice.
            return query.order_by(func.abs(cast(InvoiceRow.gross_total, Float)).desc().nulls_last(), DocumentRow.id)
        case Order.AGE:
            return query.order_by(DocumentRow.finished_at, DocumentRow.id)
        case Order.REASON:
            first = (
                select(func.min(IssueRow.rule))
                .where(IssueRow.document_id == DocumentRow.id, IssueRow.severity == "error")
                .scalar_subquery()
            )
            return query.order_by(first.nulls_last(), DocumentRow.id)
