"""How well the model does: how sure it is, how often it is right, and whether what comes in is still what it was trained for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from dashboard.access import Anyone
from dashboard.charts import HALF, bars, points
from dashboard.drift import Drift, drift
from dashboard.periods import Period, link, period_of
from dashboard.showing import Site
from schemas.observed import FEATURES, spreads
from warehouse.model_health import (
    Outcome,
    confidence_histogram,
    model_since,
    observations,
    outcomes_by,
    reliability,
)
from warehouse.monitoring import BINS

MONTHS = 6  # columns of the tables over time


@dataclass(frozen=True, slots=True)
class OverTime:
    """Groups with their share of right documents by month."""

    what: str
    groups: Sequence[Outcome]
    months: Sequence[str]


def model_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    @router.get("/model")
    def model(request: Request, _visitor: Anyone) -> Response:
        chosen = period_of(request.query_params, today=services.today())
        span = {"since": chosen.since, "until": chosen.until}
        outcomes = reliability(database, **span)
        names = [f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}" for number in range(BINS)]
        links = {name: link("/documents", span, confidence=number) for number, name in enumerate(names)}
        histogram = list(zip(names, confidence_histogram(database, since=chosen.since, until=chosen.until), strict=True))
        values = {
            "period": chosen,
            "before": chosen.before(),
            "model": model_since(database),
            "reference": services.reference,
            "histogram": histogram,
            "links": links,
            "histogram_chart": bars(histogram, title="Documents by confidence", links=links, width=HALF),
            "outcomes": outcomes,
            "reliability_chart": points(
                [(each.confidence, each.right / each.reviewed, float(each.reviewed)) for each in outcomes],
                title="Share of right documents by confidence",
            ),
            "drifts": drifts(site, chosen),
            "over_time": over_time(site, chosen),
        }
        return site.show(request, "model.html", values)

    return router


def drifts(site: Site, chosen: Period) -> list[Drift]:
    """Each watched feature of the period against training; without a reference beside the model against the period before."""
    reference = site.services.reference
    current = observations(site.database, since=chosen.since, until=chosen.until)
    if reference is not None:
        now, then = spreads(current, known_words=reference.words), reference.spreads
    else:
        before = chosen.before()
        now, then = spreads(current), spreads(observations(site.database, since=before.since, until=before.until))
    return [drift(name, then[name], now[name]) for name in FEATURES if name in now and name in then]


def over_time(site: Site, chosen: Period) -> list[OverTime]:
    """What reviewers found, by seller and by language, each by month."""
    found = outcomes_by(site.database, since=chosen.since, until=chosen.until)
    return [OverTime(what, groups, sorted({month for each in groups for month in each.months})[-MONTHS:]) for what, groups in found.items()]
