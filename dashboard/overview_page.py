"""The page that opens first: figures of a period, each with the documents behind it, and what needs attention."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from dashboard.access import Anyone
from dashboard.alerts import alerts, touchless_rate
from dashboard.charts import stacked_bars
from dashboard.drift import Drift, drift
from dashboard.periods import Period, link, period_of
from dashboard.showing import Site
from dashboard.wording import dollars
from schemas.observed import CONFIDENCE
from schemas.rules import RULES
from warehouse.fallback import cost_between
from warehouse.model_health import confidence_histogram
from warehouse.monitoring import batches_with_outcomes, days, failing_rules, latencies_s, quantile, review_figures
from warehouse.review_queue import queue_length

KINDS = ("touchless", "approved", "review", "rejected")
SENTENCES = {rule.id: rule.sentence for rule in RULES}


def overview_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    @router.get("/")
    def overview(request: Request, _visitor: Anyone) -> Response:
        chosen = period_of(request.query_params, today=services.today())
        span = {"since": chosen.since, "until": chosen.until}
        found = days(database, **span)
        waiting, oldest = queue_length(database)
        runs = batches_with_outcomes(database, limit=5)
        latencies = latencies_s(database, **span)
        total = sum(day.all for day in found)
        columns = [(day.day.isoformat(), {kind: getattr(day, kind) for kind in KINDS}) for day in found]
        links = {name: link("/documents", {}, since=name, until=name) for name, _ in columns}
        values = {
            "period": chosen,
            "days": found,
            "total": total,
            "touchless": touchless_rate(found) if total else None,
            "fallback": sum(day.foundation for day in found) / total if total else None,
            "reviews": review_figures(database, **span),
            "latency": {share: quantile(latencies, share) for share in (0.5, 0.95, 0.99)},
            "cost": dollars(cost_between(database, chosen.since, chosen.until)),
            "waiting": waiting,
            "oldest": oldest,
            "rules": [
                (rule, SENTENCES.get(rule, ""), count)
                for rule, count in failing_rules(database, since=chosen.since, until=chosen.until).items()
            ],
            "alerts": alerts(found, oldest=oldest, batches=[batch for batch, _ in runs], drifts=[confidence_drift(site, chosen)]),
            "chart": stacked_bars(columns, KINDS, title="Documents per day by outcome", links=links),
            "kinds": KINDS,
            "run": runs[0][0] if runs else None,
        }
        return site.show(request, "overview.html", values)

    return router


def confidence_drift(site: Site, chosen: Period) -> Drift:
    """Against training, or else the period before. The other features are on the model's page, where they may take longer."""

    def spread(of: Period) -> dict[str, int]:
        found = confidence_histogram(site.database, since=of.since, until=of.until, model_only=True)
        return {str(step): count for step, count in enumerate(found) if count}

    reference = site.services.reference
    return drift(CONFIDENCE, reference.spreads.get(CONFIDENCE, {}) if reference else spread(chosen.before()), spread(chosen))
