"""The pages of the one who watches: overview, documents, runs, model, sellers, tax."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from dashboard.access import Visitor, needs
from dashboard.alerts import alerts, touchless_rate
from dashboard.charts import HALF, bars, points, stacked_bars
from dashboard.drift import stability_index, verdict
from dashboard.periods import Period, conditions_of, link, period_of
from dashboard.showing import Site
from dashboard.wording import dollars
from schemas.invoice import HEADER_FIELDS
from schemas.rules import RULES
from schemas.tax_codes import JURISDICTIONS
from warehouse.document_lists import counts, page_of_documents
from warehouse.documents import decisions, load_many, sources
from warehouse.exports import neutral_cell
from warehouse.fallback import cost_between
from warehouse.model_health import BINS, confidence_histogram, distributions, model_since, outcomes_by, reliability
from warehouse.monitoring import batches_with_outcomes, days, failing_rules, latencies_s, quantile, review_figures
from warehouse.review_queue import queue_length
from warehouse.reviews import reviews_of
from warehouse.totals import TaxTotal, sellers, spend_by_category, spend_by_code, tax_by_month, tax_by_rate
from warehouse.versions import versions

KINDS = ("touchless", "approved", "review", "rejected")
SENTENCES = {rule.id: rule.sentence for rule in RULES}
PER_PAGE = 50

Anyone = Annotated[Visitor, Depends(needs("viewer"))]
DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def monitoring_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    def period(request: Request, **options: Any) -> Period:
        return period_of(request.query_params, today=services.today(), **options)

    def confidence_drift(chosen: Period) -> dict[str, float | None]:
        """Against the period before; the other features are on the model's page, where they may take longer."""
        before = chosen.before()
        then = confidence_histogram(database, since=before.since, until=before.until)
        now = confidence_histogram(database, since=chosen.since, until=chosen.until)
        spread = [{str(step): count for step, count in enumerate(each)} for each in (then, now)]
        return {"confidence": stability_index(spread[0], spread[1])}

    @router.get("/")
    def overview(request: Request, _visitor: Anyone) -> Response:
        chosen = period(request)
        span = {"since": chosen.since, "until": chosen.until}
        found = days(database, **span)
        waiting, oldest = queue_length(database)
        runs = batches_with_outcomes(database, limit=5)
        latencies = latencies_s(database, **span)
        total = sum(day.all for day in found)
        columns = [
            (
                day.day.isoformat(),
                {"touchless": day.touchless, "approved": day.approved, "review": day.review, "rejected": day.rejected},
            )
            for day in found
        ]
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
            "alerts": alerts(found, oldest=oldest, batches=[batch for batch, _ in runs], drift=confidence_drift(chosen)),
            "chart": stacked_bars(columns, KINDS, title="Documents per day by outcome", links=links),
            "kinds": KINDS,
            "run": runs[0][0] if runs else None,
        }
        return site.show(request, "overview.html", values)

    @router.get("/documents")
    def documents(request: Request, _visitor: Anyone, before: str = "") -> Response:
        conditions = conditions_of(request.query_params)
        found = page_of_documents(database, conditions, before=site.number(before), limit=PER_PAGE)
        filters = {
            "status": conditions.status, "route": conditions.route, "since": conditions.since, "until": conditions.until,
            "rule": conditions.rule, "seller": conditions.seller, "batch": conditions.batch, "words": conditions.words,
        }  # fmt: skip
        made = {document.id: _reasons(site, document.id, document.reasons) for document in found.documents if document.state != "accepted"}
        values = {
            "page": found,
            "filters": filters,
            "counts": counts(database, conditions, first=None if before else found),
            "reasons": made,
            "next": link("/documents", filters, before=found.next) if found.next else None,
            "first": link("/documents", filters) if before else None,
        }
        return site.show(request, "documents.html", values)

    @router.get("/documents/{document_id}")
    def document(request: Request, _visitor: Anyone, document_id: DocumentId) -> Response:
        invoices = load_many(database, [document_id])
        if not invoices:
            text = "It is not in this database, or not finished yet."
            return site.message(request, "No such document", text, status_code=404)
        invoice = invoices[0]
        values = {
            "id": document_id,
            "invoice": invoice,
            "header": [(name, getattr(invoice.header, name)) for name in HEADER_FIELDS],
            "sources": sources(database, document_id),
            "decisions": decisions(database, document_id),
            "reviews": reviews_of(database, document_id),
            "versions": versions(database, document_id),
        }
        return site.show(request, "document.html", values)

    @router.get("/batches")
    def batches(request: Request, _visitor: Anyone) -> Response:
        found = batches_with_outcomes(database, limit=60)
        shown = [(str(batch.id), dict(_kinds(outcome))) for batch, outcome in reversed(found[:30])]
        links = {str(batch.id): link("/documents", {}, batch=batch.id) for batch, _ in found}
        chart = stacked_bars(shown, ("touchless", "review", "rejected"), title="Documents per run by outcome", links=links)
        return site.show(request, "batches.html", {"runs": found, "chart": chart, "prefect_url": services.prefect_url})

    @router.get("/model")
    def model(request: Request, _visitor: Anyone) -> Response:
        chosen = period(request)
        span = {"since": chosen.since, "until": chosen.until}
        histogram = confidence_histogram(database, **span)
        outcomes = reliability(database, **span)
        before = chosen.before()
        now, then = distributions(database, **span), distributions(database, since=before.since, until=before.until)
        indices = {name: stability_index(then.get(name, {}), spread) for name, spread in now.items()}
        names = [f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}" for number in range(BINS)]
        values = {
            "period": chosen,
            "before": before,
            "model": model_since(database),
            "histogram": list(zip(names, histogram, strict=True)),
            "histogram_chart": bars(list(zip(names, histogram, strict=True)), title="Documents by confidence", width=HALF),
            "outcomes": outcomes,
            "reliability_chart": points(
                [(each.confidence, each.right / each.reviewed, float(each.reviewed)) for each in outcomes],
                title="Share of right documents by confidence",
            ),
            "drift": [(name, index, verdict(index)) for name, index in indices.items()],
            "groups": [
                (what, outcomes_by(database, what, since=chosen.since, until=chosen.until)) for what in ("seller", "language", "month")
            ],
        }
        return site.show(request, "model.html", values)

    @router.get("/sellers")
    def seller_list(request: Request, _visitor: Anyone) -> Response:
        chosen = period(request)
        found = sellers(database, since=chosen.since, until=chosen.until, limit=200)
        return site.show(request, "sellers.html", {"period": chosen, "sellers": found})

    @router.get("/tax")
    def tax(request: Request, _visitor: Anyone, jurisdiction: str = "", export: str = "") -> Response:
        chosen = period(request, days=92)
        span = {"since": chosen.since, "until": chosen.until}
        place = jurisdiction if jurisdiction in JURISDICTIONS else JURISDICTIONS[0]
        tables = {
            "rate": ("VAT by category and rate", ("Category", "Rate %"), tax_by_rate(database, **span)),
            "month": ("By month of issue", ("Month",), tax_by_month(database, **span)),
            "category": ("By what was bought", ("Category",), spend_by_category(database, **span)),
            "code": (f"By code ({place})", ("Code",), spend_by_code(database, place, **span)),
        }
        if export in tables:
            return _csv(f"tax-{export}", *tables[export][1:])
        months = [(total.group[0], float(total.net)) for total in tables["month"][2]]
        values = {
            "period": chosen,
            "tables": tables,
            "jurisdiction": place,
            "jurisdictions": JURISDICTIONS,
            "currencies": sorted({total.currency for total in tables["month"][2]}),
            "chart": bars(months, title="Net total by month of issue") if len({t.currency for t in tables["month"][2]}) == 1 else None,
        }
        return site.show(request, "tax.html", values)

    return router


def _reasons(site: Site, document_id: int, found: Sequence[str]) -> Sequence[str]:
    """Why a person should look: the broken rules, else what the last decision says, which knows of more."""
    if found:
        return found
    made = decisions(site.database, document_id)
    return made[-1][2].reasons if made else ()


def _kinds(outcome: Any) -> list[tuple[str, int]]:
    return [("touchless" if state == "accepted" else state, count) for state, count in outcome.items()]


def _csv(name: str, columns: Sequence[str], totals: Sequence[TaxTotal]) -> Response:
    """A table for a spreadsheet; text that would be a formula there is made harmless."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, "Currency", "Documents", "Net", "Tax"])
    for total in totals:
        cells = [*total.group, total.currency, str(total.documents), f"{total.net:f}", "" if total.tax is None else f"{total.tax:f}"]
        writer.writerow([neutral_cell(cell) for cell in cells])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
