"""Questions about the stored documents: lists, counts, reasons, look-up by id, name or hash.

Where a document was processed by several pipeline versions, lists show the newest row of each content hash only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from schemas.errors import WarehouseError
from warehouse.database import Database
from warehouse.documents import PAGE_SIZE
from warehouse.tables import DocumentRow, InvoiceRow, IssueRow, LineItemRow


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One line of a document list. ``state`` is received, leased, accepted, review or rejected; ``reasons`` are the broken rules'
    messages, errors first."""

    id: int
    name: str
    source: str
    sha256: str
    state: str
    route: str | None
    confidence: float | None
    pages: int | None
    finished_at: datetime | None
    invoice_number: str | None
    issue_date: date | None
    seller_name: str | None
    currency: str | None
    gross_total: Decimal | None
    line_items: int
    reasons: tuple[str, ...]


def list_documents(
    database: Database, *, status: str | None = None, ids: Sequence[int] | None = None, limit: int | None = None
) -> list[DocumentSummary]:
    """Documents, newest first; ``status`` is one of the states, ``ids`` restricts to those rows (any version)."""
    conditions: list[ColumnElement[bool]] = [_is_newest()] if ids is None else []
    if status is not None:
        conditions.append(DocumentRow.state == status)
    with database.read() as session:
        lines = select(func.count()).where(LineItemRow.document_id == DocumentRow.id).scalar_subquery()
        query = select(DocumentRow, InvoiceRow, lines).outerjoin(InvoiceRow).where(*conditions).order_by(DocumentRow.id.desc()).limit(limit)
        if ids is None:
            found = list(session.execute(query))
        else:
            found = []
            for start in range(0, len(ids), PAGE_SIZE):
                found += session.execute(query.where(DocumentRow.id.in_(ids[start : start + PAGE_SIZE])))
    reasons = _reasons(database, [document.id for document, _, _ in found])
    return [
        DocumentSummary(
            id=document.id,
            name=document.name,
            source=document.source,
            sha256=document.sha256,
            state=document.state,
            route=document.route,
            confidence=document.confidence,
            pages=document.pages,
            finished_at=document.finished_at,
            invoice_number=invoice.invoice_number if invoice else None,
            issue_date=invoice.issue_date if invoice else None,
            seller_name=invoice.seller_name if invoice else None,
            currency=invoice.currency if invoice else None,
            gross_total=invoice.gross_total if invoice else None,
            line_items=count,
            reasons=tuple(reasons.get(document.id, ())),
        )
        for document, invoice, count in found
    ]


def _is_newest() -> ColumnElement[bool]:
    newer = aliased(DocumentRow)
    return ~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id).exists()


def _reasons(database: Database, ids: Sequence[int]) -> dict[int, list[str]]:
    ranks = {"error": 0, "warning": 1}
    reasons: dict[int, list[tuple[int, str]]] = {}
    with database.read() as session:
        for start in range(0, len(ids), PAGE_SIZE):
            query = (
                select(IssueRow.document_id, IssueRow.severity, IssueRow.message)
                .where(IssueRow.document_id.in_(ids[start : start + PAGE_SIZE]), IssueRow.severity.in_(tuple(ranks)))
                .order_by(IssueRow.document_id, IssueRow.row)
            )
            for document_id, severity, message in session.execute(query):
                reasons.setdefault(document_id, []).append((ranks[severity], message))
    return {id: list(dict.fromkeys(message for _, message in sorted(found, key=lambda r: r[0]))) for id, found in reasons.items()}


def count_by_status(database: Database, ids: Sequence[int] | None = None) -> dict[str, int]:
    """How many documents are in each state; with ``ids``, among those rows."""
    query = select(DocumentRow.state, func.count()).group_by(DocumentRow.state)
    counts: dict[str, int] = {}
    with database.read() as session:
        pages = [query.where(_is_newest())] if ids is None else [query.where(DocumentRow.id.in_(page)) for page in _pages(ids)]
        for page in pages:
            for state, count in session.execute(page):
                counts[state] = counts.get(state, 0) + count
    return counts


def count_by_rule(database: Database, ids: Sequence[int] | None = None, *, severities: Sequence[str] = ("error",)) -> dict[str, int]:
    """How many flagged or rejected documents break each rule, most frequent first."""
    query = (
        select(IssueRow.rule, func.count(IssueRow.document_id.distinct()))
        .join(DocumentRow)
        .where(IssueRow.severity.in_(severities), DocumentRow.state.in_(("review", "rejected")))
        .group_by(IssueRow.rule)
    )
    counts: dict[str, int] = {}
    with database.read() as session:
        pages = [query.where(_is_newest())] if ids is None else [query.where(DocumentRow.id.in_(page)) for page in _pages(ids)]
        for page in pages:
            for rule, count in session.execute(page):
                counts[rule] = counts.get(rule, 0) + count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def find_document(database: Database, reference: str) -> DocumentSummary:
    """The document with this id, name (file stem), source path, or beginning of the content hash.

    Raises `WarehouseError` when none or several match.
    """
    reference = reference.strip()
    conditions: list[ColumnElement[bool]] = []
    if reference.isdecimal() and len(reference) <= 18:
        conditions.append(DocumentRow.id == int(reference))
    conditions.append(DocumentRow.name == reference)
    conditions.append(DocumentRow.source == reference)
    if len(reference) >= 6:
        conditions.append(DocumentRow.sha256.startswith(reference.lower(), autoescape=True))
    for condition in conditions:
        newest = [] if condition is conditions[0] and reference.isdecimal() else [_is_newest()]
        with database.read() as session:
            ids = list(session.scalars(select(DocumentRow.id).where(condition, *newest).limit(10)))
        if len(ids) > 1:
            raise WarehouseError(f"{len(ids)} documents match {reference!r}: use one of the ids {', '.join(map(str, sorted(ids)))}.")
        if ids:
            return list_documents(database, ids=ids)[0]
    raise WarehouseError(f"No document {reference!r} in {database.url}. `lineitem list` shows all documents.")


def _pages(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + PAGE_SIZE] for start in range(0, len(ids), PAGE_SIZE)]
