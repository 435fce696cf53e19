"""The pages of the one who clears flagged invoices: the queue, and one screen per document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from dashboard.access import Visitor, needs
from dashboard.account_pages import Form
from dashboard.checking import PersonsJudge, by_severity, check
from dashboard.doubts import doubts, doubts_in_queue
from dashboard.editing import ADJUSTMENT_FIELDS, EDITABLE_LINES, TAX_FIELDS, Edited, edited
from dashboard.periods import link
from dashboard.reshaping import reshaped
from dashboard.showing import Site
from dashboard.shown_issues import shown_issues
from dashboard.wording import place, plain
from schemas.errors import DocumentError, DocumentStoreError, ReviewConflictError, StillBrokenError
from schemas.invoice import (
    CRITICAL_FIELDS,
    HEADER_FIELDS,
    SPEND_CATEGORIES,
    TAX_CATEGORIES,
    AdjustmentKind,
    DocumentType,
    Invoice,
    LineItem,
    Route,
    Status,
)
from schemas.rules_reading import DISAGREEMENT
from warehouse.documents import decisions, load_many, sources
from warehouse.reprocess_requests import ROUTES
from warehouse.review_queue import Order, next_in_queue, queue, queue_length
from warehouse.reviews import Action, last_action_of, lease, release_lease, reviews_of, send_back, store_action, undo, version_of
from warehouse.versions import Version, versions

PER_PAGE = 50
# Columns of the grid that most invoices print; the others are shown where a line has them.
LINE_COLUMNS = ("description", "quantity", "unit", "unit_price", "net_amount", "tax_rate", "tax_category", "spend_category")
RARE_COLUMNS = ("position", "item_code", "discount", "discount_percent", "gross_amount")
NUMBER_COLUMNS = ("quantity", "unit_price", "discount", "discount_percent", "net_amount", "gross_amount", "tax_rate")
LONGEST_S = 8 * 3600.0

Anyone = Annotated[Visitor, Depends(needs("viewer"))]
Reviewer = Annotated[Visitor, Depends(needs("reviewer"))]
DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def review_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    def order_of(query: Mapping[str, str]) -> Order:
        return Order(query["order"]) if query.get("order") in tuple(Order) else Order.VALUE

    def rule_of(query: Mapping[str, str]) -> str | None:
        return query.get("rule", "")[:64] or None

    def next_link(query: Mapping[str, str], visitor: Visitor, *, after: int | None) -> str:
        order, rule = order_of(query), rule_of(query)
        found = next_in_queue(database, order=order, rule=rule, reviewer=visitor.user.name, after=after)
        return link(f"/review/{found}" if found else "/review", {"order": order.value, "rule": rule})

    @router.get("/review")
    def queue_page(request: Request, visitor: Anyone, start: str = "") -> Response:
        order, rule = order_of(request.query_params), rule_of(request.query_params)
        offset = site.number(start, most=1_000_000) or 0
        found = queue(database, order=order, rule=rule, offset=offset, limit=PER_PAGE + 1)
        waiting, oldest = queue_length(database)
        values = {
            "documents": found[:PER_PAGE],
            "doubts": doubts_in_queue(database, [each.id for each in found[:PER_PAGE]]),
            "more": offset + PER_PAGE if len(found) > PER_PAGE else None,
            "order": order.value,
            "orders": {"value": "largest amount first", "age": "longest waiting first", "reason": "same reason together"},
            "rule": rule,
            "query": link("", {"order": order.value, "rule": rule}),
            "waiting": waiting,
            "oldest": oldest,
            "last": last_action_of(database, visitor.user.name),
        }
        return site.show(request, "queue.html", values)

    @router.get("/review/next")
    def go_on(request: Request, visitor: Reviewer, after: str = "") -> Response:
        number = site.number(after)
        if number:
            release_lease(database, number, reviewer=visitor.user.name)
        return RedirectResponse(next_link(request.query_params, visitor, after=number), status_code=303)

    @router.post("/review/undo")
    def take_back(request: Request, visitor: Reviewer) -> Response:
        last = last_action_of(database, visitor.user.name)
        if last is None:
            return said(request, 409, "There is nothing to undo.")
        try:
            undo(database, last.document_id, reviewer=visitor.user.name)
        except ReviewConflictError as exc:
            return said(request, 409, str(exc))
        return done(request, f"/review/{last.document_id}")

    @router.get("/review/{document_id}")
    def review(request: Request, visitor: Reviewer, document_id: DocumentId) -> Response:
        invoices = load_many(database, [document_id])
        if not invoices:
            return site.message(request, "No such document", "It is not in this database, or not finished yet.", status_code=404)
        peek = "peek" in request.query_params  # read ahead by the page before: nobody looks at it yet
        holder = None if peek else lease(database, document_id, reviewer=visitor.user.name)
        return review_page(request, visitor, document_id, invoices[0], holder=holder)

    def review_page(
        request: Request,
        visitor: Visitor,
        document_id: int,
        stored: Invoice,
        *,
        holder: str | None = None,
        form: Mapping[str, str] | None = None,
        problem: str = "",
        status: int = 200,
    ) -> Response:
        """The screen of a document, with what was typed so far in ``form``."""
        found = edited(stored, form, editor=visitor.user.name, keep_empty=True) if form else Edited(stored, {}, (), False)
        invoice = found.invoice
        issues = check(database, invoice, found.corrections, today=services.today()) if form else by_severity(stored.issues)
        query = request.query_params
        rare = [name for name in RARE_COLUMNS if any(getattr(item, name) is not None for item in invoice.line_items)]
        made, earlier = decisions(database, document_id), versions(database, document_id)
        page_now = site.number(query.get("page", ""), most=max(invoice.pages, 1)) or first_page(invoice)
        values: dict[str, Any] = {
            "id": document_id,
            "invoice": invoice,
            "version": (form or {}).get("version") or version_of(database, document_id),
            "holder": holder,
            "problem": problem,
            "errors": found.errors,
            "issues": shown_issues(issues),
            "doubts": doubts(invoice, issues),
            "reasons": [reason for reason in (made[-1][2].reasons if made else ()) if reason not in {issue.message for issue in issues}],
            "header": [(name, getattr(invoice.header, name)) for name in HEADER_FIELDS],
            "critical": CRITICAL_FIELDS,
            "columns": (
                *(name for name in ("position", "item_code") if name in rare),
                *LINE_COLUMNS,
                *(n for n in rare if n not in ("position", "item_code")),
            ),
            "lines": invoice.line_items[:EDITABLE_LINES],
            "widths": {name: width_of(name, invoice.line_items[:EDITABLE_LINES]) for name in NUMBER_COLUMNS},
            "origins": origins_of(form, len(invoice.line_items)),
            "tax_fields": TAX_FIELDS,
            "adjustment_fields": ADJUSTMENT_FIELDS,
            "spend_categories": SPEND_CATEGORIES,
            "tax_categories": TAX_CATEGORIES,
            "adjustment_kinds": tuple(AdjustmentKind),
            "document_types": tuple(DocumentType),
            "query": link("", {"order": order_of(query).value, "rule": rule_of(query)}),
            "order": order_of(query).value,
            "rule": rule_of(query),
            "next": next_link(query, visitor, after=document_id),
            "waiting": queue_length(database)[0],
            "decisions": made,
            "reviews": reviews_of(database, document_id),
            "versions": earlier,
            "sources": sources(database, document_id),
            "page_now": page_now,
            "routes": ROUTES,
            "rivals": rivals(invoice, earlier),
        }
        return site.show(request, "review.html", values, status_code=status)

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

    @router.post("/review/{document_id}")
    def act(request: Request, visitor: Reviewer, document_id: DocumentId, form: Form) -> Response:
        invoices = load_many(database, [document_id])
        if not invoices:
            return said(request, 404, "The document is not there, or is being processed at this moment.")
        stored, what, name = invoices[0], form.get("do", ""), visitor.user.name
        version = int(form["version"]) if form.get("version", "").isdecimal() and len(form["version"]) < 10 else 0

        def again(problem: str, status: int) -> Response:
            if wants_json(request):
                return JSONResponse({"problem": problem}, status_code=status)
            return review_page(request, visitor, document_id, stored, form=form, problem=problem, status=status)

        if what.partition(".")[0] in ("add", "delete", "merge", "split"):
            return review_page(request, visitor, document_id, stored, form=reshaped(form, what))
        reason = form.get("reason", "").strip()[:1000] or None
        onward = next_link(request.query_params, visitor, after=document_id)
        try:
            if what == "reprocess":
                route = form.get("route")
                send_back(database, document_id, route=route if route in ROUTES else None, version=version, reviewer=name)
                return done(request, onward)
            if what == "reject":
                if reason is None:
                    return again("Say why it is rejected.", 422)
                # Nothing that was typed is taken over into a document that is thrown out.
                action = Action("reject", name, reason=reason, seconds=seconds_of(form))
                judge = PersonsJudge(name, Status.REJECTED, (), reason)
                store_action(database, document_id, stored, version=version, action=action, today=services.today(), judge=judge)
                return done(request, onward)
            if what not in ("approve", "correct"):
                return again("Choose what to do: approve, store, reject or process again.", 422)
            found = edited(stored, form, editor=name)
            if found.errors:
                first, why = next(iter(found.errors.items()))
                return again(f"{place(first)}: {why}", 422)
            if what == "correct" and not found.corrections:
                return again("Nothing was changed.", 422)
            action = Action(what, name, found.corrections, found.critical_changed, reason, seconds_of(form))
            judge = PersonsJudge(name, Status.ACCEPTED if what == "approve" else None, found.corrections, reason)
            store_action(database, document_id, found.invoice, version=version, action=action, today=services.today(), judge=judge)
        except StillBrokenError as exc:
            return again(str(exc), 422)
        except ReviewConflictError as exc:
            return again(str(exc), 409)
        here = link(f"/review/{document_id}", {"order": order_of(request.query_params).value, "rule": rule_of(request.query_params)})
        return done(request, onward if what == "approve" else here)

    @router.get("/documents/{document_id}/pages/{page}.png")
    def picture(visitor: Anyone, document_id: DocumentId, page: Annotated[int, Path(ge=1, le=100_000)]) -> Response:
        found = load_many(database, [document_id])
        if not found:
            return Response(status_code=404)
        sha256 = found[0].sha256
        try:
            paths = sources(database, document_id)
            data = site.pictures.picture(sha256, page, lambda: services.original(sha256, paths), sources=paths)
        except (DocumentError, DocumentStoreError) as exc:
            return Response(str(exc), status_code=404, media_type="text/plain; charset=utf-8")
        # The same bytes for ever: the name of a page is its document's content.
        return Response(data, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    @router.get("/documents/{document_id}/words")
    def words(visitor: Anyone, document_id: DocumentId) -> Response:
        found = load_many(database, [document_id])
        if not found:
            return JSONResponse({"pages": []}, status_code=404)
        sha256 = found[0].sha256
        try:
            paths = sources(database, document_id)
            pages = site.pictures.words(sha256, lambda: services.original(sha256, paths), sources=paths)
        except (DocumentError, DocumentStoreError) as exc:
            return JSONResponse({"pages": [], "problem": str(exc)})
        return JSONResponse({"pages": [{"width": width, "height": height, "words": found} for width, height, found in pages]})

    def said(request: Request, status: int, problem: str) -> Response:
        if wants_json(request):
            return JSONResponse({"problem": problem}, status_code=status)
        return site.message(request, "That did not work", problem, status_code=status)

    def done(request: Request, to: str) -> Response:
        return JSONResponse({"next": to}) if wants_json(request) else RedirectResponse(to, status_code=303)

    return router


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def first_page(invoice: Invoice) -> int:
    """The page on which the first doubtful value stands, else the first."""
    for issue in invoice.issues:
        if issue.field and (found := invoice.evidence.get(issue.field)):
            return max(1, min(found.page, invoice.pages))
    return 1


def origins_of(form: Mapping[str, str] | None, count: int) -> list[str]:
    """Where each shown line comes from: the form says so, else each is itself."""
    if not form:
        return [str(number) for number in range(count)]
    numbers = sorted(int(key.split(".")[1]) for key in form if key.startswith("line_items.") and key.endswith(".origin"))
    return [form[f"line_items.{number}.origin"] for number in numbers] + [""] * count


def width_of(name: str, lines: Sequence[LineItem]) -> int:
    """How many characters a column of amounts must show: one that is cut short cannot be compared with the page."""
    return max((len(plain(getattr(item, name))) for item in lines), default=0) + 1


def seconds_of(form: Mapping[str, str]) -> float | None:
    text = form.get("seconds", "")
    return min(float(text), LONGEST_S) if text.isascii() and text.isdecimal() and len(text) < 8 else None


def rivals(invoice: Invoice, earlier: Sequence[Version]) -> dict[str, tuple[str, str]]:
    """What another reading says, where it differs from the value that stands: by path, (who read it, the value).

    Where the specialist and a foundation model disagree, that was recorded as an issue with both values; for other header fields it is the
    newest other value of an earlier result.
    """
    found: dict[str, tuple[str, str]] = {}
    for version in earlier:
        for name in HEADER_FIELDS:
            other = getattr(version.invoice.header, name)
            if other is not None and other != getattr(invoice.header, name):
                found[f"header.{name}"] = version.invoice.route.value, str(other)
    for issue in invoice.issues:
        if issue.rule != DISAGREEMENT.id or issue.field is None:
            continue
        stands = value_at(invoice, issue.field)
        for reader, value in ((Route.FOUNDATION_MODEL, issue.expected), (Route.TASK_MODEL, issue.found)):
            if value and value != stands:
                found[issue.field] = reader.value, value
                break
    return found


def value_at(invoice: Invoice, path: str) -> str | None:
    """The value at a path such as ``header.gross_total`` or ``line_items.2.quantity`` as text; None where there is none."""
    match path.split("."):
        case ["header", name]:
            value = getattr(invoice.header, name, None)
        case ["line_items", row, name] if row.isdecimal() and int(row) < len(invoice.line_items):
            value = getattr(invoice.line_items[int(row)], name, None)
        case _:
            value = None
    return None if value is None else str(value)
