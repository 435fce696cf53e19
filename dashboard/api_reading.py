"""The routes of the API that read: documents, pages, figures, exports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from dashboard.alerts import touchless_rate
from dashboard.api_access import DocumentId, Reader, Since, StatusName, Until, Watcher, sane, stored_of
from dashboard.api_models import DayFigures, Document, DocumentLine, DocumentList, Metrics
from dashboard.periods import period_of
from dashboard.showing import Site
from schemas.errors import DocumentError, DocumentStoreError
from schemas.invoice import Invoice
from warehouse.document_lists import Conditions, page_of_documents
from warehouse.documents import decisions, load_many, sources
from warehouse.exports import DOCUMENT_COLUMNS, LINE_COLUMNS, csv_text, document_row, line_rows
from warehouse.monitoring import days, failing_rules, latencies_s, quantile, review_figures
from warehouse.review_queue import queue_length
from warehouse.reviews import reviews_of, version_of

EXPORT_PAGE = 200


def document_routes(site: Site) -> APIRouter:
    """Lists, single documents, pages."""
    router = APIRouter()
    database, services = site.database, site.services

    @router.get("/documents", response_model=DocumentList, operation_id="list_documents")
    def list_documents(
        _visitor: Reader,
        status: StatusName | None = None,
        seller: Annotated[str | None, Query(max_length=500)] = None,
        rule: Annotated[str | None, Query(max_length=64)] = None,
        batch: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
        since: Since = None,
        until: Until = None,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> DocumentList:
        """Finished documents, newest first, page by page."""
        conditions = Conditions(status=status, seller=seller, rule=rule, batch=batch, since=sane(since), until=sane(until))
        found = page_of_documents(database, conditions, before=cursor, limit=limit)
        items = [
            DocumentLine(
                id=each.id,
                name=each.name,
                sha256=each.sha256,
                status=each.state,
                route=each.route,
                confidence=each.confidence,
                pages=each.pages,
                finished_at=each.finished_at,
                invoice_number=each.invoice_number,
                seller_name=each.seller_name,
                currency=each.currency,
                gross_total=None if each.gross_total is None else format(each.gross_total, "f"),
                reasons=list(each.reasons),
            )
            for each in found.documents
        ]
        return DocumentList(items=items, next=found.next)

    @router.get("/documents/{document_id}", response_model=Document, operation_id="get_document")
    def get_document(_visitor: Reader, document_id: DocumentId) -> Document:
        """One document: its invoice, the decisions on it and every correction."""
        invoice = stored_of(database, document_id)
        return Document(
            id=document_id,
            version=version_of(database, document_id),
            invoice=invoice.to_json(),
            decisions=[
                {
                    "at": when.isoformat(),
                    "status": status.value,
                    "by": made.decided_by,
                    "strategy": made.strategy,
                    "reasons": list(made.reasons),
                }
                for when, status, made in decisions(database, document_id)
            ],
            corrections=[
                {"at": review.at.isoformat(), "by": review.reviewer, "field": each.field, "before": each.before, "after": each.after}
                for review in reviews_of(database, document_id)
                if not review.undone
                for each in review.corrections
            ],
        )

    @router.get(
        "/documents/{document_id}/pages/{page}",
        operation_id="get_page_image",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}, "description": "The page as PNG at 144 dpi."}},
    )
    def get_page_image(_visitor: Reader, document_id: DocumentId, page: Annotated[int, Path(ge=1, le=100_000)]) -> Response:
        """A page as people see it."""
        sha256 = stored_of(database, document_id).sha256
        try:
            paths = sources(database, document_id)
            data = site.pictures.picture(sha256, page, lambda: services.original(sha256, paths), sources=paths)
        except (DocumentError, DocumentStoreError) as exc:
            raise HTTPException(404, str(exc)) from exc
        return Response(data, media_type="image/png")

    return router


def figure_routes(site: Site) -> APIRouter:
    """Figures of a period, and exports."""
    router = APIRouter()
    database, services = site.database, site.services

    @router.get("/metrics", response_model=Metrics, operation_id="get_metrics")
    def get_metrics(_visitor: Watcher, since: Since = None, until: Until = None) -> Metrics:
        """Figures of a period, by default of the last 30 days."""
        asked = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
        chosen = period_of(asked, today=services.today())
        span = {"since": chosen.since, "until": chosen.until}
        found, latencies, reviewed = days(database, **span), latencies_s(database, **span), review_figures(database, **span)
        return Metrics(
            since=chosen.since.isoformat(),
            until=chosen.until.isoformat(),
            days=[
                DayFigures(
                    day=d.day.isoformat(),
                    touchless=d.touchless,
                    approved=d.approved,
                    review=d.review,
                    rejected=d.rejected,
                    foundation=d.foundation,
                )
                for d in found
                if d.all
            ],
            touchless_rate=round(touchless_rate(found), 4),
            waiting=queue_length(database)[0],
            reviewed=reviewed.decided,
            wrong_when_reviewed=reviewed.wrong,
            latency_p50_s=quantile(latencies, 0.5),
            latency_p95_s=quantile(latencies, 0.95),
            failing_rules=failing_rules(database, since=chosen.since, until=chosen.until),
        )

    @router.get(
        "/export",
        operation_id="export_documents",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"application/x-ndjson": {}, "text/csv": {}}, "description": "All documents that meet the conditions."}
        },
    )
    def export(
        _visitor: Reader,
        format: Literal["jsonl", "documents.csv", "line_items.csv"] = "jsonl",
        status: StatusName | None = None,
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Finished documents as JSON Lines, or as a table whose cells no spreadsheet takes for formulas."""
        conditions = Conditions(status=status, since=sane(since), until=sane(until))

        def invoices() -> Iterator[tuple[int, Invoice]]:
            before: int | None = None
            while True:
                page = page_of_documents(database, conditions, before=before, limit=EXPORT_PAGE)
                ids = [each.id for each in page.documents]
                yield from zip(ids, load_many(database, ids), strict=True)
                if (before := page.next) is None:
                    return

        if format == "jsonl":
            lines = (json.dumps(invoice.to_json(), ensure_ascii=False) + "\n" for _, invoice in invoices())
            return StreamingResponse(lines, media_type="application/x-ndjson")
        if format == "documents.csv":
            rows = csv_text(DOCUMENT_COLUMNS, (document_row(id, invoice) for id, invoice in invoices()))
        else:
            rows = csv_text(LINE_COLUMNS, (row for id, invoice in invoices() for row in line_rows(id, invoice)))
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8")

    return router
