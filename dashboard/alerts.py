"""What the person who watches should look at first: sentences with the page that shows why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dashboard.drift import Drift
from warehouse.batches import Batch
from warehouse.monitoring import Day

# Chosen for a team that clears its queue every working day; a long weekend is no alarm.
OLDEST_WAITING = timedelta(days=4)
FALL = 0.15  # of the touchless rate against the days before
FEWEST = 30  # documents on either side of a comparison
STUCK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Alert:
    sentence: str
    link: str


def alerts(
    days: Sequence[Day],
    *,
    oldest: datetime | None,
    batches: Sequence[Batch],
    drifts: Sequence[Drift],
    now: datetime | None = None,
) -> list[Alert]:
    """``days`` of the period, ``oldest``: since when the first document of the queue waits, ``batches`` newest first."""
    now = now or datetime.now(UTC)
    found: list[Alert] = []
    if oldest is not None and now - oldest > OLDEST_WAITING:
        found.append(Alert(f"The oldest document in the queue has waited {(now - oldest).days} days.", "/review?order=age"))
    if batches and batches[0].outcome in ("failed", "interrupted"):
        found.append(Alert(f"The last run ended as {batches[0].outcome}.", "/batches"))
    found += [
        Alert(
            f"Run {batch.id} has been running for {(now - batch.started_at).seconds // 3600 + (now - batch.started_at).days * 24} hours.",
            "/batches",
        )
        for batch in batches[:5]
        if batch.outcome == "running" and now - batch.started_at > STUCK
    ]
    recent, before = days[-7:], days[:-7]
    if sum(day.all for day in recent) >= FEWEST and sum(day.all for day in before) >= FEWEST:
        fall = touchless_rate(before) - touchless_rate(recent)
        if fall > FALL:
            found.append(Alert(f"The touchless rate of the last 7 days is {fall:.0%} lower than before.", "/model"))
    found += [
        Alert(f"What comes in has changed: {each.feature} (stability index {each.index:.2f}).", "/model")
        for each in drifts
        if each.verdict == "changed"
    ]
    return found


def touchless_rate(days: Sequence[Day]) -> float:
    """The share of documents that the program accepted alone."""
    total = sum(day.all for day in days)
    return sum(day.touchless for day in days) / total if total else 0.0
