"""The REST API under /api/v1: what the pages do, for programs. Every request brings a token; each route names the scope it needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, File, Header, Path, Query, Request, Response, Security, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.exceptions import HTTPException

from dashboard.access import SCOPES, Visitor, has_role
from dashboard.alerts import touchless_rate
from dashboard.api_models import (
    Approval,
    Changes,
    DayFigures,
    Document,
    DocumentLine,
    DocumentList,
    Metrics,
    Problem,
    Rejection,
    Reprocessing,
    Requested,
    Stored,
    Uploaded,
    form_of,
)
from dashboard.checking import PersonsJudge
from dashboard.editing import edited
from dashboard.periods import period_of
from dashboard.showing import Site
from dashboard.uploads import Uploads
from schemas.errors import DocumentError, DocumentStoreError, LineitemError, ReviewConflictError, StillBrokenError, WarehouseError
from schemas.invoice import Invoice, Status
from warehouse.document_lists import Conditions, page_of_documents
from warehouse.documents import decisions, load_many, sources
from warehouse.exports import DOCUMENT_COLUMNS, LINE_COLUMNS, csv_text, document_row, line_rows
from warehouse.idempotency import begin_request, drop_request, end_request
from warehouse.monitoring import days, failing_rules, latencies_s, quantile, review_figures
from warehouse.review_queue import queue_length
from warehouse.reviews import Action, reviews_of, send_back, store_action, version_of

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request cannot be understood."},
    401: {"model": Problem, "description": "No valid token."},
    403: {"model": Problem, "description": "The token does not have the scope."},
    404: {"model": Problem, "description": "There is no such document."},
    409: {"model": Problem, "description": "The document changed since, or somebody is at work on it."},
    413: {"model": Problem, "description": "The body is too large."},
    422: {"model": Problem, "description": "A value cannot be taken."},
    503: {"model": Problem, "description": "The database does not answer."},
}
EXPORT_PAGE = 200

DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again within a day, it gets the first answer.",
    ),
]
StatusName = Literal["accepted", "review", "rejected"]
Since = Annotated[date | None, Query(description="First day of processing (UTC).")]
Until = Annotated[date | None, Query(description="Last day of processing (UTC).")]

bearer = HTTPBearer(auto_error=False, description="An API token, made on the page of one's account.")


def visitor_with(request: Request, needed: SecurityScopes, _shown: Annotated[object, Depends(bearer)]) -> Visitor:
    """The token's owner, if token and owner may do what the route needs; raises 403."""
    visitor: Visitor | None = request.state.visitor
    if visitor is None:
        raise HTTPException(401, "Send an API token.")
    for scope in needed.scopes:
        if scope not in visitor.scopes or not has_role(visitor.user, SCOPES[scope]):
            raise HTTPException(403, f"This needs the scope {scope}.")
    return visitor


Reader = Annotated[Visitor, Security(visitor_with, scopes=["documents:read"])]
Writer = Annotated[Visitor, Security(visitor_with, scopes=["documents:write"])]
Sender = Annotated[Visitor, Security(visitor_with, scopes=["documents:upload"])]
Watcher = Annotated[Visitor, Security(visitor_with, scopes=["metrics:read"])]


def make_api(site: Site) -> FastAPI:
    """The API as an application of its own, so that its description holds nothing else."""
    api = FastAPI(title="Lineitem", version="1", docs_url=None, redoc_url=None, responses=PROBLEMS)
    database, services = site.database, site.services
    uploads = Uploads(database, services)

    def stored_of(document_id: int) -> Invoice:
        found = load_many(database, [document_id])
        if not found:
            raise HTTPException(404, f"There is no finished document {document_id}.")
        return found[0]

    def stored_answer(document_id: int, version: int) -> dict[str, Any]:
        return Stored(id=document_id, version=version, status=stored_of(document_id).status.value).model_dump()

    def once(visitor: Visitor, key: str | None, path: str, body: bytes, work: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
        """Do ``work`` once per key, and answer alike every time."""
        if key is None:
            status, answer = work()
            return JSONResponse(answer, status_code=status)
        key_hash = hashlib.sha256(f"{visitor.token_id} {key}".encode()).hexdigest()
        earlier = begin_request(database, key_hash, hashlib.sha256(path.encode() + b"\0" + body).hexdigest())
        if earlier is not None:
            if not earlier.same:
                raise HTTPException(422, "This idempotency key was used for another request.")
            if earlier.status is None or earlier.answer is None:
                raise HTTPException(409, "The request with this idempotency key is at work.")
            return JSONResponse(dict(earlier.answer), status_code=earlier.status, headers={"Idempotent-Replay": "true"})
        try:
            status, answer = work()
        except BaseException:
            drop_request(database, key_hash)
            raise
        end_request(database, key_hash, status=status, answer=answer)
        return JSONResponse(answer, status_code=status)

    @api.get("/documents", response_model=DocumentList, operation_id="list_documents")
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
        conditions = Conditions(status=status, seller=seller, rule=rule, batch=batch, since=_sane(since), until=_sane(until))
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

    @api.get("/documents/{document_id}", response_model=Document, operation_id="get_document")
    def get_document(_visitor: Reader, document_id: DocumentId) -> Document:
        """One document: its invoice, the decisions on it and every correction."""
        invoice = stored_of(document_id)
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

    @api.get(
        "/documents/{document_id}/pages/{page}",
        operation_id="get_page_image",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}, "description": "The page as PNG at 144 dpi."}},
    )
    def get_page_image(_visitor: Reader, document_id: DocumentId, page: Annotated[int, Path(ge=1, le=100_000)]) -> Response:
        """A page as people see it."""
        sha256 = stored_of(document_id).sha256
        try:
            paths = sources(database, document_id)
            data = site.pictures.picture(sha256, page, lambda: services.original(sha256, paths), sources=paths)
        except (DocumentError, DocumentStoreError) as exc:
            raise HTTPException(404, str(exc)) from exc
        return Response(data, media_type="image/png")

    def change(
        visitor: Visitor, document_id: int, body: Changes, *, status: Status | None, reason: str | None
    ) -> tuple[int, dict[str, Any]]:
        stored, person = stored_of(document_id), visitor.user.name
        found = edited(stored, form_of(body), editor=person)
        if found.errors:
            raise HTTPException(422, "; ".join(f"{field}: {why}" for field, why in found.errors.items())[:2_000])
        name = "approve" if status else "correct"
        action = Action(name, person, found.corrections, found.critical_changed, reason)
        judge = PersonsJudge(person, status, found.corrections, reason)
        version = store_action(
            database, document_id, found.invoice, version=body.version, action=action, today=services.today(), judge=judge
        )
        return 200, stored_answer(document_id, version)

    @api.post("/documents/{document_id}/correct", response_model=Stored, operation_id="correct_document")
    def correct(request: Request, visitor: Writer, document_id: DocumentId, body: Changes, key: Key = None) -> Response:
        """Store corrected values. The document still waits for a decision."""
        work = lambda: change(visitor, document_id, body, status=None, reason=None)  # noqa: E731
        return once(visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @api.post("/documents/{document_id}/approve", response_model=Stored, operation_id="approve_document")
    def approve(request: Request, visitor: Writer, document_id: DocumentId, body: Approval, key: Key = None) -> Response:
        """Approve a document, with corrections or as it is. Where a rule is still broken, say why in ``reason``."""
        work = lambda: change(visitor, document_id, body, status=Status.ACCEPTED, reason=(body.reason or "").strip() or None)  # noqa: E731
        return once(visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @api.post("/documents/{document_id}/reject", response_model=Stored, operation_id="reject_document")
    def reject(request: Request, visitor: Writer, document_id: DocumentId, body: Rejection, key: Key = None) -> Response:
        """Reject a document."""

        def work() -> tuple[int, dict[str, Any]]:
            action = Action("reject", visitor.user.name, reason=body.reason)
            judge = PersonsJudge(visitor.user.name, Status.REJECTED, (), body.reason)
            stored = stored_of(document_id)
            version = store_action(database, document_id, stored, version=body.version, action=action, today=services.today(), judge=judge)
            return 200, stored_answer(document_id, version)

        return once(visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @api.post("/documents/{document_id}/reprocess", response_model=Requested, status_code=202, operation_id="reprocess_document")
    def reprocess(request: Request, visitor: Writer, document_id: DocumentId, body: Reprocessing, key: Key = None) -> Response:
        """Ask for a document to be processed again by the next run."""

        def work() -> tuple[int, dict[str, Any]]:
            stored_of(document_id)
            made = send_back(database, document_id, route=body.route, version=body.version, reviewer=visitor.user.name)
            return 202, Requested(id=document_id, request=made).model_dump()

        return once(visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @api.post("/documents", response_model=Uploaded, status_code=202, operation_id="upload_document")
    def upload(
        request: Request,
        visitor: Sender,
        file: Annotated[UploadFile, File(description="A PDF, an e-invoice XML or an image.")],
        now: Annotated[bool, Query(description="Process it at once instead of with the next batch.")] = False,
        key: Key = None,
    ) -> Response:
        """Hand in a document."""
        data = file.file.read(services.document_max_bytes + 1)

        def work() -> tuple[int, dict[str, Any]]:
            try:
                taken = uploads.take(file.filename or "document", data, now=now, actor=visitor.user.name)
            except DocumentError as exc:
                raise HTTPException(422, str(exc)) from exc
            return 202, Uploaded(sha256=taken.sha256, name=taken.name, size_bytes=taken.size_bytes, state=taken.state).model_dump()

        return once(visitor, key, request.url.path, hashlib.sha256(data).digest(), work)

    @api.get("/metrics", response_model=Metrics, operation_id="get_metrics")
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

    @api.get(
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
        conditions = Conditions(status=status, since=_sane(since), until=_sane(until))

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

    def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
        body = Problem(title={409: "Conflict", 422: "Not taken"}.get(status, "Refused"), status=status, detail=detail).model_dump()
        return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")

    @api.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @api.exception_handler(RequestValidationError)
    async def not_taken(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return problem(422, "; ".join(first)[:2_000])

    @api.exception_handler(LineitemError)
    async def failed(_request: Request, error: LineitemError) -> JSONResponse:
        if isinstance(error, StillBrokenError):
            return problem(422, str(error))
        return problem(409 if isinstance(error, ReviewConflictError) else 503 if isinstance(error, WarehouseError) else 422, str(error))

    return api


def _sane(day: date | None) -> date | None:
    """Days outside of what databases and time zones can reckon with are as good as none."""
    return day if day is None or 1900 <= day.year <= 2200 else None
