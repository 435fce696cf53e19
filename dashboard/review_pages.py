"""The pages of the one who clears flagged invoices: a document's screen, the check while one types, the lease while it is open."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from dashboard.access import DocumentId, Reviewer
from dashboard.checking import check
from dashboard.editing import edited
from dashboard.form_fields import Form
from dashboard.queue_pages import queue_routes
from dashboard.review_actions import action_routes
from dashboard.review_screen import review_screen
from dashboard.showing import Site
from dashboard.shown_issues import shown_issues
from warehouse.documents import load_many
from warehouse.reviews import lease


def review_routes(site: Site) -> APIRouter:
    router = APIRouter()
    for routes in (queue_routes, action_routes):  # before the screen: /review/next is no document
        router.include_router(routes(site))
    database, services = site.database, site.services

    @router.get("/review/{document_id}")
    def review(request: Request, visitor: Reviewer, document_id: DocumentId) -> Response:
        invoices = load_many(database, [document_id])
        if not invoices:
            return site.message(request, "No such document", "It is not in this database, or not finished yet.", status_code=404)
        peek = "peek" in request.query_params  # read ahead by the page before: nobody looks at it yet
        holder = None if peek else lease(database, document_id, reviewer=visitor.user.name)
        return review_screen(site, request, visitor, document_id, invoices[0], holder=holder)

    @router.post("/review/{document_id}/check")
    def check_page(visitor: Reviewer, document_id: DocumentId, form: Form) -> Response:
        """What the rules say of the values in the form. Stores nothing."""
        invoices = load_many(database, [document_id])
        if not invoices:
            return JSONResponse({"problem": "The document is gone."}, status_code=404)
        found = edited(invoices[0], form, editor=visitor.user.name)
        issues = check(database, found.invoice, found.corrections, today=services.today())
        lines = [item.amount for item in found.invoice.line_items if item.amount is not None]
        return JSONResponse(
            {
                "errors": dict(found.errors),
                "changed": [correction.field for correction in found.corrections],
                "sum_of_lines": format(sum(lines), "f") if lines else "",
                "issues": [
                    {"rule": i.rule, "severity": i.severity.value, "field": i.field, "place": i.place, "message": i.message,
                     "expected": i.expected, "found": i.found}
                    for i in shown_issues(issues)
                ],
            }
        )  # fmt: skip

    @router.post("/review/{document_id}/lease")
    def keep_lease(visitor: Reviewer, document_id: DocumentId) -> Response:
        if not load_many(database, [document_id]):
            return JSONResponse({"holder": None}, status_code=404)
        return JSONResponse({"holder": lease(database, document_id, reviewer=visitor.user.name)})

    return router
