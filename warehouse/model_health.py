"""How well the model does and whether what it sees has changed: confidences, what reviewers found, and distributions to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select

from warehouse.database import Database
from warehouse.document_lists import Conditions, start_of
from warehouse.tables import DecisionRow, DocumentRow, EvidenceRow, InvoiceRow
from warehouse.tables_review import ReviewRow

BINS = 10
SAMPLE = 2_500  # documents of a period, at least: chance then moves a stability index by less than 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """Reviewed documents of one group; ``right``: no critical field had to be changed. ``confidence``: their mean."""

    group: str
    reviewed: int
    right: int
    confidence: float


def confidence_histogram(database: Database, *, since: date, until: date) -> list[int]:
    """Documents by confidence in ``BINS`` equal steps from 0 to 1."""
    step = _bin(DocumentRow.confidence)
    query = (
        select(step, func.count()).where(*Conditions(since=since, until=until).where(), DocumentRow.confidence.is_not(None)).group_by(step)
    )
    found = [0] * BINS
    with database.read() as session:
        for number, count in session.execute(query):
            found[min(max(int(number), 0), BINS - 1)] += count
    return found


def reliability(database: Database, *, since: date, until: date) -> list[Outcome]:
    """Reviewed documents by the confidence of the reading that was reviewed: of those at 0.8, eight in ten should have been right."""
    step = _bin(ReviewRow.confidence)
    with database.read() as session:
        rows: list[Any] = list(session.execute(_reviewed(step, since, until)))
    return [Outcome(f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}", count, right, mean) for number, count, right, mean in rows]


def outcomes_by(database: Database, what: str, *, since: date, until: date, limit: int = 12) -> list[Outcome]:
    """Reviewed documents by ``what``: seller, language or month; the largest groups first."""
    with database.read() as session:
        month = (
            func.to_char(ReviewRow.at, "YYYY-MM")
            if session.get_bind().dialect.name == "postgresql"
            else func.strftime("%Y-%m", ReviewRow.at)
        )
        group = {"seller": InvoiceRow.seller_name, "language": InvoiceRow.language, "month": month}[what]
        query = _reviewed(group, since, until).join(InvoiceRow, InvoiceRow.document_id == ReviewRow.document_id)
        order = [group] if what == "month" else [func.count().desc(), group]
        rows: list[Any] = list(session.execute(query.order_by(None).order_by(*order).limit(limit)))
    return [Outcome(str(name or "unknown"), count, right, mean) for name, count, right, mean in rows]


def distributions(database: Database, *, since: date, until: date) -> dict[str, Mapping[str, int]]:
    """How the documents of a period are spread: confidence, language, pages, currency, and where on the page the total stands (in tenths).

    Of more than twice ``SAMPLE`` documents every n-th is taken: an even sample, the same at each call.
    """
    where = Conditions(since=since, until=until).where()
    names = ("confidence", "pages", "language", "currency", "place of the total")
    values = (DocumentRow.confidence, DocumentRow.pages, InvoiceRow.language, InvoiceRow.currency, EvidenceRow.y0_pt)
    total_at = (EvidenceRow.document_id == DocumentRow.id) & (EvidenceRow.field == "header.gross_total")
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    with database.read() as session:
        total = session.scalar(select(func.count()).select_from(DocumentRow).where(*where)) or 0
        sample = (
            select(*values)
            .join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
            .outerjoin(EvidenceRow, total_at)
            .where(*where, DocumentRow.id % max(1, total // SAMPLE) == 0)
        )
        rows: Any = session.execute(sample)  # outer-joined columns may be None, whatever their type says
        for confidence, pages, language, currency, y0_pt in rows:
            if confidence is not None:
                found["confidence"][str(min(max(int(confidence * BINS), 0), BINS - 1))] += 1
            if pages is not None:
                found["pages"][str(min(pages, 5))] += 1
            found["language"][str(language or "unknown")] += 1
            found["currency"][str(currency or "unknown")] += 1
            if y0_pt is not None:
                found["place of the total"][str(int(y0_pt // 85))] += 1
    return dict(found)


def model_since(database: Database) -> tuple[str, date] | None:
    """The model in use, and the first day on which it decided."""
    with database.read() as session:
        newest = session.execute(
            select(DecisionRow.model_version).where(DecisionRow.model_version != "").order_by(DecisionRow.id.desc()).limit(1)
        ).scalar()
        if newest is None:
            return None
        first = session.execute(
            select(DecisionRow.decided_at).where(DecisionRow.model_version == newest).order_by(DecisionRow.id).limit(1)
        ).scalar_one()
        return newest, first.date()


def _bin(column: Any) -> ColumnElement[Any]:
    # A cast rounds on PostgreSQL and cuts on SQLite: take half a step off before the first.
    return case((column >= 1, BINS - 1), else_=cast(func.round(column * BINS - 0.5), Integer))


def _reviewed(group: Any, since: date, until: date) -> Any:
    right = func.sum(case((ReviewRow.critical_changed, 0), else_=1))
    return (
        select(group, func.count(), right, func.avg(ReviewRow.confidence))
        .where(
            ~ReviewRow.undone,
            ReviewRow.action.in_(("approve", "reject")),
            ReviewRow.at >= start_of(since),
            ReviewRow.at < start_of(until + timedelta(days=1)),
        )
        .group_by(group)
        .order_by(group)
    )
