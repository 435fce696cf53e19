"""How well the model does and whether what it sees has changed: confidences, what reviewers found, and distributions to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from schemas.observed import Observed
from warehouse.database import Database
from warehouse.document_lists import Conditions, decided_reviews
from warehouse.monitoring import BINS, bin_of
from warehouse.tables import DecisionRow, DocumentRow, EvidenceRow, InvoiceRow, LineItemRow
from warehouse.tables_review import ReviewRow

SAMPLE = 1_000  # documents of a period, at least: chance then moves an index of ten groups by less than 0.02

UNKNOWN = "unknown"  # the group of documents that name no seller or language


@dataclass(frozen=True, slots=True)
class Outcome:
    """Reviewed documents of one group; ``right``: no critical field had to be changed. ``confidence``: their mean. ``months``: how many of
    them were reviewed and how many of these were right, by month (``2026-05``), where that was asked for."""

    group: str
    reviewed: int
    right: int
    confidence: float
    months: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


def confidence_histogram(database: Database, *, since: date, until: date, model_only: bool = False) -> list[int]:
    """Documents by confidence in `BINS` equal steps from 0 to 1; ``model_only``: without e-invoices, which no model reads."""
    step = bin_of(DocumentRow.confidence)
    where = (*Conditions(since=since, until=until).where(), DocumentRow.confidence.is_not(None))
    query = select(step, func.count()).where(*where, *([DocumentRow.route != "einvoice_xml"] if model_only else [])).group_by(step)
    found = [0] * BINS
    with database.read() as session:
        for number, count in session.execute(query):
            found[min(max(int(number), 0), BINS - 1)] += count
    return found


def reliability(database: Database, *, since: date, until: date) -> list[Outcome]:
    """Reviewed documents by the confidence of the reading that was reviewed: of those at 0.8, eight in ten should have been right."""
    step = bin_of(ReviewRow.confidence)
    with database.read() as session:
        rows: list[Any] = list(session.execute(_reviewed(step, since, until)))
    return [Outcome(f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}", count, right, mean) for number, count, right, mean in rows]


def outcomes_by(database: Database, *, since: date, until: date, limit: int = 12) -> Mapping[str, list[Outcome]]:
    """Reviewed documents by ``seller`` and by ``language``, of each the ``limit`` largest groups, by month."""
    seller, language = InvoiceRow.seller_name, InvoiceRow.language
    with database.read() as session:
        month = _month(session)
        # One pass for both: what costs is to find the invoices of the reviews, not to add them up.
        query = (
            _reviewed(seller, since, until)
            .add_columns(language, month)
            .join(InvoiceRow, InvoiceRow.document_id == ReviewRow.document_id)
            .order_by(None)
            .group_by(language, month)
        )
        rows: list[Any] = list(session.execute(query))
    groups: dict[str, dict[str, Outcome]] = {"seller": {}, "language": {}}
    for name_of_seller, count, right, mean, name_of_language, when in rows:
        for what, name in (("seller", name_of_seller or UNKNOWN), ("language", name_of_language or UNKNOWN)):
            one = Outcome(name, count, right, mean, {when: (count, right)})
            groups[what][name] = _together(groups[what][name], one) if name in groups[what] else one
    return {what: sorted(found.values(), key=lambda each: (-each.reviewed, each.group))[:limit] for what, found in groups.items()}


def _together(one: Outcome, other: Outcome) -> Outcome:
    reviewed = one.reviewed + other.reviewed
    months = dict(one.months)
    for when, (count, right) in other.months.items():
        before = months.get(when, (0, 0))
        months[when] = before[0] + count, before[1] + right
    confidence = (one.confidence * one.reviewed + other.confidence * other.reviewed) / reviewed
    return Outcome(one.group, reviewed, one.right + other.right, confidence, months)


def _month(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", ReviewRow.at), "YYYY-MM")
    return func.strftime("%Y-%m", ReviewRow.at)


def observations(database: Database, *, since: date, until: date) -> list[Observed]:
    """What is watched of the documents of a period that the model read, not of e-invoices.

    Of more than twice ``SAMPLE`` documents every n-th is taken: an even sample, the same at each call.
    """
    where = (*Conditions(since=since, until=until).where(), DocumentRow.route != "einvoice_xml")
    total_at, number_at, first = aliased(EvidenceRow), aliased(EvidenceRow), aliased(LineItemRow)
    lines = select(func.count()).select_from(LineItemRow).where(LineItemRow.document_id == DocumentRow.id).correlate(DocumentRow)
    with database.read() as session:
        count = session.scalar(select(func.count()).select_from(DocumentRow).where(*where)) or 0
        sample = (
            select(
                DocumentRow.confidence,
                DocumentRow.pages,
                InvoiceRow.language,
                InvoiceRow.currency,
                lines.scalar_subquery(),
                total_at.y0_pt,
                number_at.x0_pt,
                number_at.y0_pt,
                first.description,
            )
            .join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
            .outerjoin(total_at, (total_at.document_id == DocumentRow.id) & (total_at.field == "header.gross_total"))
            .outerjoin(number_at, (number_at.document_id == DocumentRow.id) & (number_at.field == "header.invoice_number"))
            .outerjoin(first, (first.document_id == DocumentRow.id) & (first.row == 0))
            .where(*where, DocumentRow.id % max(1, count // SAMPLE) == 0)
        )
        rows: Any = session.execute(sample)  # outer-joined columns may be None, whatever their type says
        return [Observed(*row) for row in rows]


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


def _reviewed(group: Any, since: date, until: date) -> Any:
    right = func.sum(case((ReviewRow.critical_changed, 0), else_=1))
    return (
        select(group, func.count(), right, func.avg(ReviewRow.confidence))
        .where(*decided_reviews(since, until))
        .group_by(group)
        .order_by(group)
    )
