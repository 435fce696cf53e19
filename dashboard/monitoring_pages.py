"""Lists for the one who watches: documents, runs, sellers, tax. What stands behind the figures of the overview and of the model."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from dashboard.access import Anyone, DocumentId
from dashboard.charts import bars, stacked_bars
from dashboard.periods import Period, conditions_of, link, period_of
from dashboard.processing_again import request_made
from dashboard.showing import Site
from dashboard.wording import words
from schemas.invoice import HEADER_FIELDS
from schemas.tax_codes import JURISDICTIONS, names_of_codes
from warehouse.document_lists import counts, page_of_documents
from warehouse.documents import decisions, load_many, sources
from warehouse.exports import neutral_cell
from warehouse.monitoring import batches_with_outcomes, slowest
from warehouse.reprocess_requests import newest_request_for
from warehouse.reviews import reviews_of
from warehouse.totals import TaxTotal, sellers, spend_by_category, spend_by_code, tax_by_month, tax_by_rate
from warehouse.versions import versions

PER_PAGE = 50


def monitoring_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    def period(request: Request, **options: Any) -> Period:
        return period_of(request.query_params, today=services.today(), **options)

    @router.get("/documents")
    def documents(request: Request, _visitor: Anyone, before: str = "") -> Response:
        conditions = conditions_of(request.query_params)
        took: dict[int, float] = {}
        if "slowest" in request.query_params:
            chosen = period(request)
            took = slowest(database, since=chosen.since, until=chosen.until)
            conditions = replace(conditions, ids=tuple(took))
        found = page_of_documents(database, conditions, before=site.number(before), limit=PER_PAGE)
        filters = {
            "status": conditions.status, "route": conditions.route, "since": conditions.since, "until": conditions.until,
            "rule": conditions.rule, "seller": conditions.seller, "batch": conditions.batch, "words": conditions.words,
            "language": conditions.language, "reviewed": conditions.reviewed, "confidence": conditions.confidence,
        }  # fmt: skip
        made = {document.id: _reasons(site, document.id, document.reasons) for document in found.documents if document.state != "accepted"}
        values = {
            "page": found,
            "filters": filters,
            "counts": counts(database, conditions, first=None if before else found),
            "reasons": made,
            "took": took,
            "reviewed": {
                "any": "people decided on them",
                "wrong": "a critical field was wrong",
                "wrong_accepted": "accepted, found wrong later",
            },
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
            "request_made": request_made(newest_request_for(database, document_id)),
        }
        return site.show(request, "document.html", values)

    @router.get("/batches")
    def batches(request: Request, _visitor: Anyone) -> Response:
        found = batches_with_outcomes(database, limit=60)
        shown = [(str(batch.id), dict(_kinds(outcome))) for batch, outcome in reversed(found[:30])]
        links = {str(batch.id): link("/documents", {}, batch=batch.id) for batch, _ in found}
        chart = stacked_bars(shown, ("touchless", "review", "rejected"), title="Documents per run by outcome", links=links)
        return site.show(
            request, "batches.html", {"runs": found, "chart": chart, "prefect_url": (services.prefect_url or "").rstrip("/") or None}
        )

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
            "code": (f"By code ({words(place)})", ("Code",), spend_by_code(database, place, **span)),
        }
        if export in tables:
            return _csv(f"tax-{export}", *tables[export][1:])
        months = [(total.group[0], float(total.net)) for total in tables["month"][2]]
        values = {
            "period": chosen,
            "tables": tables,
            "jurisdiction": place,
            "labels": names_of_codes(place),
            "jurisdictions": JURISDICTIONS,
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
