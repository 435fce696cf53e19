"""How the operation stands: throughput, touchless rate, waiting work, latency, cost. For people, for charts, and for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.corrected_values import is_set_by_person
from warehouse.database import Database
from warehouse.fallback import usd_where
from warehouse.tables import FINAL_STATES, BatchRow, DecisionRow, DocumentRow
from warehouse.tables_fallback import FallbackCallRow
from warehouse.tables_operation import MetricRow, ReprocessRequestRow

QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the documents finished in a window, and of what waits now. Rates are shares from 0 to 1; None = nothing to measure.

    ``touchless_rate``: accepted without a person's decision, of all finished. ``fallback_rate``: on the route foundation_model.
    Latency runs from arrival to decision. ``cost`` sums the calls to foundation models in US dollars; None where none was made.
    """

    documents: int
    pages: int
    accepted: int
    review: int
    rejected: int
    touchless_rate: float | None
    fallback_rate: float | None
    pages_per_s: float | None
    latency_p50_s: float | None
    latency_p95_s: float | None
    latency_p99_s: float | None
    cost: float | None
    queue_length: int
    flagged: int
    oldest_flagged_s: float | None
    requests_waiting: int
    failed_batches: int


MEANINGS: Mapping[str, str] = {
    "documents": "Documents finished in the window",
    "pages": "Pages of these documents",
    "accepted": "Documents accepted",
    "review": "Documents flagged for a person",
    "rejected": "Documents rejected",
    "touchless_rate": "Share of documents accepted without a person",
    "fallback_rate": "Share of documents read by a foundation model",
    "pages_per_s": "Pages per second of batch time",
    "latency_p50_s": "Median time from arrival to decision, seconds",
    "latency_p95_s": "95th percentile of the time from arrival to decision, seconds",
    "latency_p99_s": "99th percentile of the time from arrival to decision, seconds",
    "cost": "Cost of foundation model calls in the window, US dollars",
    "queue_length": "Documents waiting or being processed now",
    "flagged": "Documents that wait for a person now",
    "oldest_flagged_s": "Age of the oldest document that waits for a person, seconds",
    "requests_waiting": "Requests to process again that wait now",
    "failed_batches": "Batches that failed in the window",
}


def figures(database: Database, *, window: timedelta, now: datetime | None = None) -> Figures:
    """The figures of the last ``window`` before ``now`` (default: this moment)."""
    now = now or datetime.now(UTC)
    since = now - window
    with database.read() as session:
        return _figures(session, since, now)


def _figures(session: Session, since: datetime, now: datetime) -> Figures:
    finished = select(
        DocumentRow.id, DocumentRow.state, DocumentRow.route, DocumentRow.pages, DocumentRow.received_at, DocumentRow.finished_at
    ).where(DocumentRow.finished_at >= since, DocumentRow.state.in_(FINAL_STATES))
    rows = session.execute(finished).all()
    by_people = {
        document_id
        for document_id, decided_by in session.execute(
            select(DecisionRow.document_id, DecisionRow.decided_by).where(DecisionRow.decided_at >= since)
        )
        if is_set_by_person(decided_by)
    }
    count = {state: sum(row.state == state for row in rows) for state in FINAL_STATES}
    latencies = sorted((row.finished_at - row.received_at).total_seconds() for row in rows)
    median, p95, p99 = (_quantile(latencies, share) for share in QUANTILES)
    pages, seconds = session.execute(
        select(func.coalesce(func.sum(BatchRow.pages), 0), func.coalesce(func.sum(BatchRow.seconds), 0.0)).where(
            BatchRow.finished_at >= since
        )
    ).one()
    waiting = dict(session.execute(select(DocumentRow.state, func.count()).group_by(DocumentRow.state)).all())
    oldest = session.scalar(select(func.min(DocumentRow.finished_at)).where(DocumentRow.state == "review"))
    if oldest is not None and oldest.tzinfo is None:
        oldest = oldest.replace(tzinfo=UTC)
    return Figures(
        documents=len(rows),
        pages=sum(row.pages or 0 for row in rows),
        accepted=count["accepted"],
        review=count["review"],
        rejected=count["rejected"],
        touchless_rate=_share(sum(row.state == "accepted" and row.id not in by_people for row in rows), len(rows)),
        fallback_rate=_share(sum(row.route == "foundation_model" for row in rows), len(rows)),
        pages_per_s=pages / seconds if seconds else None,
        latency_p50_s=median,
        latency_p95_s=p95,
        latency_p99_s=p99,
        cost=_cost(session, since),
        queue_length=waiting.get("received", 0) + waiting.get("leased", 0),
        flagged=waiting.get("review", 0),
        oldest_flagged_s=(now - oldest).total_seconds() if oldest is not None else None,
        requests_waiting=session.scalar(select(func.count()).where(ReprocessRequestRow.state == "waiting")) or 0,
        failed_batches=session.scalar(select(func.count()).where(BatchRow.outcome == "failed", BatchRow.started_at >= since)) or 0,
    )


def _cost(session: Session, since: datetime) -> float | None:
    """US dollars that were spent or are reserved for calls since then; None where none was made."""
    called = FallbackCallRow.asked_at >= since
    if not session.scalar(select(func.count()).select_from(FallbackCallRow).where(called)):
        return None
    return float(usd_where(session, called))


def _quantile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile of sorted ``values``."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def record_figures(database: Database, batch_id: int, values: Mapping[str, float | None]) -> None:
    """Keep figures of one run; those without a value, and those already kept, are left out."""
    now = datetime.now(UTC)
    with database.write() as session:
        kept = set(session.scalars(select(MetricRow.name).where(MetricRow.batch_id == batch_id)))
        session.add_all(
            MetricRow(batch_id=batch_id, name=name, measured_at=now, value=float(value))
            for name, value in values.items()
            if value is not None and name not in kept
        )


def prometheus_text(found: Figures) -> str:
    """The figures in Prometheus' text format (version 0.0.4); a figure that cannot be measured is NaN."""
    lines: list[str] = []
    for name in (f.name for f in fields(found)):
        value = getattr(found, name)
        metric = "lineitem_" + (name.removesuffix("_s") + "_seconds" if name.endswith("_s") and not name.endswith("per_s") else name)
        metric = metric.replace("per_s", "per_second")
        lines += [f"# HELP {metric} {MEANINGS[name]}.", f"# TYPE {metric} gauge", f"{metric} {'NaN' if value is None else value}"]
    return "\n".join(lines) + "\n"
