"""Lists of finished documents under conditions: what stands behind a figure, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, case, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from warehouse.database import Database
from warehouse.queries import DocumentSummary, list_documents
from warehouse.tables import FINAL_STATES, DocumentRow, InvoiceRow, IssueRow
from warehouse.tables_review import ReviewRow


class Holds(FunctionElement[bool]):
    """Whether a text holds a part, whatever the case of its letters. SQLite's LIKE is blind to case by itself (of ASCII letters, as its lower()
    is), and half as fast behind lower()."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, text: Any, part: str) -> None:
        escaped = part.replace("/", "//").replace("%", "/%").replace("_", "/_")
        super().__init__(text, literal(f"%{escaped}%"))


@compiles(Holds)
def _holds(element: Holds, compiler: Any, **options: Any) -> str:
    text, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    word = "ILIKE" if compiler.dialect.name == "postgresql" else "LIKE"
    return f"{text} {word} {pattern} ESCAPE '/'"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Documents that meet every condition given. Days are those of processing, in UTC, both included. ``words`` = part of name, number or seller.

    ``reviewed`` keeps documents on which a person decided in those days (then they are days of the decision): ``any``, ``wrong`` (a critical
    field had to be changed) or ``wrong_accepted`` (those of them that the program had accepted). ``confidence`` is a tenth, 0 to 9.
    """

    status: str | None = None
    route: str | None = None
    since: date | None = None
    until: date | None = None
    rule: str | None = None
    seller: str | None = None
    batch: int | None = None
    words: str | None = None
    language: str | None = None
    reviewed: str | None = None
    confidence: int | None = None
    ids: tuple[int, ...] | None = None

    @property
    def needs_invoice(self) -> bool:
        """Whether a query must be joined with the invoices."""
        return self.seller is not None or self.language is not None or bool(self.words)

    def of(self, *columns: Any) -> Any:
        """A query of ``columns`` over the documents that meet the conditions."""
        query = select(*columns).where(*self.where())
        if self.needs_invoice:
            query = query.join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
        return query

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [DocumentRow.state == self.status if self.status else DocumentRow.state.in_(FINAL_STATES)]
        if self.route:
            found.append(DocumentRow.route == self.route)
        if self.reviewed:
            found.append(DocumentRow.id.in_(select(ReviewRow.document_id).where(*self._decided())))
        else:
            found += within(DocumentRow.finished_at, self.since, self.until)
        if self.ids is not None:
            found.append(DocumentRow.id.in_(self.ids))
        if self.confidence is not None:
            found.append(DocumentRow.confidence >= self.confidence / 10)
            if self.confidence < 9:
                found.append(DocumentRow.confidence < (self.confidence + 1) / 10)
        if self.language is not None:
            found.append(InvoiceRow.language == self.language)
        if self.batch is not None:
            found.append(DocumentRow.batch_id == self.batch)
        if self.rule:
            broken = select(IssueRow.document_id).where(IssueRow.rule == self.rule, IssueRow.severity == "error")
            found.append(DocumentRow.id.in_(broken))
        if self.seller is not None:
            found.append(InvoiceRow.seller_name == self.seller)
        if self.words:
            texts = (DocumentRow.name, InvoiceRow.invoice_number, InvoiceRow.seller_name)
            found.append(or_(*(Holds(text, self.words) for text in texts)))
        return found

    def _decided(self) -> list[ColumnElement[bool]]:
        found = decided_reviews(self.since, self.until)
        if self.reviewed in ("wrong", "wrong_accepted"):
            found.append(ReviewRow.critical_changed.is_(True))
        if self.reviewed == "wrong_accepted":
            found.append(ReviewRow.before_status == "accepted")
        return found


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """``next`` is the ``before`` of the following page, None at the end."""

    documents: tuple[DocumentSummary, ...]
    next: int | None


def page_of_documents(database: Database, conditions: Conditions, *, before: int | None = None, limit: int = 50) -> DocumentPage:
    """The newest documents first; ``before`` is the id at which an earlier page ended."""
    query = conditions.of(DocumentRow.id).order_by(DocumentRow.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(DocumentRow.id < before)
    with database.read() as session:
        ids = list(session.scalars(query))
    found = {document.id: document for document in list_documents(database, ids=ids[:limit])}
    return DocumentPage(tuple(found[id] for id in ids[:limit] if id in found), ids[limit - 1] if len(ids) > limit else None)


def counts(database: Database, conditions: Conditions, *, first: DocumentPage | None = None) -> Mapping[str, int]:
    """How many documents meet the conditions, by status. Where their ``first`` page holds all of them they are not looked for again."""
    if first is not None and first.next is None:
        return Counter(document.state for document in first.documents)
    # Neither grouped nor chosen by the state: either would read the rows in the order of an index instead of that in which they lie.
    each = [func.sum(case((DocumentRow.state == state, 1), else_=0)) for state in FINAL_STATES]
    query = select(*each).select_from(DocumentRow).where(*conditions.where()[0 if conditions.status else 1 :])
    if conditions.needs_invoice:
        query = query.join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
    with database.read() as session:
        found = session.execute(query).one()
    return {state: int(count) for state, count in zip(FINAL_STATES, found, strict=True) if count}


def decided_reviews(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Conditions of reviews that decided on a document in those days and were not taken back."""
    return [~ReviewRow.undone, ReviewRow.action.in_(("approve", "reject")), *within(ReviewRow.at, since, until)]


def within(column: Any, since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """Conditions that an instant lies in those days, both included; None leaves that side open."""
    found: list[ColumnElement[bool]] = []
    if since:
        found.append(column >= start_of(since))
    if until:
        found.append(column < start_of(until + timedelta(days=1)))
    return found


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def ids_of_contents(database: Database, hashes: Sequence[str]) -> dict[str, int]:
    """The newest finished document of each content that has one."""
    query = select(DocumentRow.sha256, func.max(DocumentRow.id)).where(DocumentRow.sha256.in_(hashes), DocumentRow.state.in_(FINAL_STATES))
    with database.read() as session:
        return dict(session.execute(query.group_by(DocumentRow.sha256)).all())
