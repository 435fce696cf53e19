"""Figures of a period: outcomes per day, how long documents took, which rules fail, what reviewers found. Days are those of processing, in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, case, cast, func, select
from sqlalchemy.orm import Session

from warehouse.batches import Batch, list_batches
from warehouse.database import Database
from warehouse.document_lists import Conditions, decided_reviews
from warehouse.tables import FINAL_STATES, DocumentRow, IssueRow
from warehouse.tables_review import ReviewRow

BINS = 10
LATENCY_SAMPLE = 1_000  # newest documents of the period: quantiles of all would need all


@dataclass(frozen=True, slots=True)
class Day:
    """Documents processed on one day. ``touchless``: accepted by the program alone; ``approved``: accepted by a person since."""

    day: date
    touchless: int
    approved: int
    review: int
    rejected: int
    foundation: int

    @property
    def all(self) -> int:
        return self.touchless + self.approved + self.review + self.rejected


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """What people did in the period. ``wrong`` counts reviewed documents in which a critical field had to be changed; ``wrong_accepted`` those
    of them that the program had accepted. ``median_s``: from opening a document to deciding on it."""

    decided: int
    wrong: int
    wrong_accepted: int
    median_s: float | None


def days(database: Database, *, since: date, until: date) -> list[Day]:
    """One entry for every day of the period, also for those without documents."""
    counted: dict[date, dict[str, int]] = {}
    with database.read() as session:
        groups = (day_of(session, DocumentRow.finished_at), DocumentRow.state, DocumentRow.route)
        query = select(*groups, func.count()).where(*Conditions(since=since, until=until).where()).group_by(*groups)
        for when, state, route, count in session.execute(query):
            kind = {"accepted": "approved" if route == "human" else "touchless"}.get(state, state)
            found = counted.setdefault(_date(when), {})
            found[kind] = found.get(kind, 0) + count
            if route == "foundation_model":
                found["foundation"] = found.get("foundation", 0) + count
    kinds = ("touchless", "approved", "review", "rejected", "foundation")
    length = (until - since).days + 1
    every = [since + timedelta(days=number) for number in range(length)]
    return [Day(when, **{kind: counted.get(when, {}).get(kind, 0) for kind in kinds}) for when in every]


def latencies_s(database: Database, *, since: date, until: date) -> list[float]:
    """Seconds from registration to decision of the newest documents of the period, sorted."""
    query = (
        select(DocumentRow.received_at, DocumentRow.finished_at)
        .where(*Conditions(since=since, until=until).where())
        .order_by(DocumentRow.finished_at.desc())
        .limit(LATENCY_SAMPLE)
    )
    with database.read() as session:
        return sorted((finished - received).total_seconds() for received, finished in session.execute(query) if finished)


def slowest(database: Database, *, since: date, until: date, limit: int = 50) -> dict[int, float]:
    """The ids of those of the same documents that took longest, with their seconds."""
    query = (
        select(DocumentRow.id, DocumentRow.received_at, DocumentRow.finished_at)
        .where(*Conditions(since=since, until=until).where())
        .order_by(DocumentRow.finished_at.desc())
        .limit(LATENCY_SAMPLE)
    )
    with database.read() as session:
        took = {id: (finished - received).total_seconds() for id, received, finished in session.execute(query) if finished}
    return dict(sorted(took.items(), key=lambda entry: -entry[1])[:limit])


def failing_rules(database: Database, *, since: date, until: date, limit: int = 10) -> dict[str, int]:
    """How many flagged or rejected documents of the period break each rule, most frequent first."""
    documents = func.count(IssueRow.document_id.distinct())
    query = (
        select(IssueRow.rule, documents)
        .join(DocumentRow, DocumentRow.id == IssueRow.document_id)
        .where(
            *Conditions(since=since, until=until).where()[1:], DocumentRow.state.in_(("review", "rejected")), IssueRow.severity == "error"
        )
        .group_by(IssueRow.rule)
        .order_by(documents.desc(), IssueRow.rule)
        .limit(limit)
    )
    with database.read() as session:
        return dict(session.execute(query).all())


def review_figures(database: Database, *, since: date, until: date) -> ReviewFigures:
    with database.read() as session:
        rows = session.execute(
            select(ReviewRow.critical_changed, ReviewRow.before_status, ReviewRow.seconds).where(*decided_reviews(since, until))
        ).all()
    seconds = sorted(took for _, _, took in rows if took is not None)
    return ReviewFigures(
        decided=len(rows),
        wrong=sum(changed for changed, _, _ in rows),
        wrong_accepted=sum(changed and status == "accepted" for changed, status, _ in rows),
        median_s=seconds[len(seconds) // 2] if seconds else None,
    )


def batches_with_outcomes(database: Database, *, limit: int = 50) -> list[tuple[Batch, Mapping[str, int]]]:
    """The newest runs, each with how many of the documents that it finished are in which state now."""
    found = list_batches(database, limit=limit)
    counted: dict[int, dict[str, int]] = {}
    with database.read() as session:
        query = (
            select(DocumentRow.batch_id, DocumentRow.state, func.count())
            .where(DocumentRow.batch_id.in_([batch.id for batch in found]), DocumentRow.state.in_(FINAL_STATES))
            .group_by(DocumentRow.batch_id, DocumentRow.state)
        )
        for batch_id, state, count in session.execute(query):
            counted.setdefault(batch_id or 0, {})[state] = count
    return [(batch, counted.get(batch.id, {})) for batch in found]


def first_and_last_day(database: Database) -> tuple[date, date] | None:
    """Days of the first and the newest processed document; None where there is none."""
    with database.read() as session:
        first, last = session.execute(select(func.min(DocumentRow.finished_at), func.max(DocumentRow.finished_at))).one()
    return (first.date(), last.date()) if first and last else None


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which ``share`` (0 to 1) of the sorted values lie."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def bin_of(column: Any) -> ColumnElement[Any]:
    """The step of a probability, 0 to `BINS` - 1."""
    # A cast rounds on PostgreSQL and cuts on SQLite: take half a step off before the first.
    return case((column >= 1, BINS - 1), else_=cast(func.round(column * BINS - 0.5), Integer))


def day_of(session: Session, column: Any) -> ColumnElement[Any]:
    """The UTC day of an instant, in each database's words."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("UTC", column), Date)
    return func.substr(column, 1, 10)  # as it is stored; func.date would parse and format every instant


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
