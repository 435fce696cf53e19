"""What a reviewer does with a document: approve, store, reject, send back, take back. Each names the version that the reviewer saw."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from dashboard.access import DocumentId, Reviewer, wants_json
from dashboard.checking import PersonsJudge
from dashboard.editing import edited
from dashboard.form_fields import Form
from dashboard.periods import link
from dashboard.queue_pages import next_link, order_of, rule_of
from dashboard.reshaping import reshaped
from dashboard.review_screen import review_screen
from dashboard.showing import Site
from dashboard.wording import place
from schemas.errors import ReviewConflictError, StillBrokenError
from schemas.invoice import Status
from warehouse.documents import load_many
from warehouse.reviews import Action, last_action_of, send_back, store_action, undo

LONGEST_S = 8 * 3600.0


def action_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

    @router.post("/review/undo")
    def take_back(request: Request, visitor: Reviewer) -> Response:
        last = last_action_of(database, visitor.user.name)
        if last is None:
            return said(request, 409, "There is nothing to undo.")
        try:
            undo(database, last.document_id, reviewer=visitor.user.name)
        except ReviewConflictError as exc:
            return said(request, 409, str(exc))
        return done(request, where(request, last.document_id))

    @router.post("/review/{document_id}")
    def act(request: Request, visitor: Reviewer, document_id: DocumentId, form: Form) -> Response:
        invoices = load_many(database, [document_id])
        if not invoices:
            return said(request, 404, "The document is not there, or is being processed at this moment.")
        stored, what, name = invoices[0], form.get("do", ""), visitor.user.name
        version = int(form["version"]) if form.get("version", "").isdecimal() and len(form["version"]) < 10 else 0

        def again(problem: str, status: int, *, field: str | None = None) -> Response:
            """The same screen with ``problem``; ``field`` is what the person has to type into."""
            if wants_json(request):
                return JSONResponse({"problem": problem, "field": field}, status_code=status)
            return review_screen(site, request, visitor, document_id, stored, form=form, problem=problem, status=status)

        if what.partition(".")[0] in ("add", "delete", "merge", "split"):
            return review_screen(site, request, visitor, document_id, stored, form=reshaped(form, what))
        reason = form.get("reason", "").strip()[:1000] or None
        onward = next_link(site, request.query_params, visitor, after=document_id)
        try:
            if what == "reprocess":
                route = form.get("route")
                send_back(database, document_id, route=route if route in services.routes else None, version=version, reviewer=name)
                site.again.begin()
                return done(request, onward)
            if what == "reject":
                if reason is None:
                    return again("Say why it is rejected.", 422, field="reason")
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
                return again(f"{place(first)}: {why}", 422, field=first)
            if what == "correct" and not found.corrections:
                return again("Nothing was changed.", 422)
            action = Action(what, name, found.corrections, found.critical_changed, reason, seconds_of(form))
            judge = PersonsJudge(name, Status.ACCEPTED if what == "approve" else None, found.corrections, reason)
            store_action(database, document_id, found.invoice, version=version, action=action, today=services.today(), judge=judge)
        except StillBrokenError as exc:
            return again(str(exc), 422, field="reason")
        except ReviewConflictError as exc:
            return again(str(exc), 409)
        return done(request, onward if what == "approve" else where(request, document_id))

    def said(request: Request, status: int, problem: str) -> Response:
        if wants_json(request):
            return JSONResponse({"problem": problem}, status_code=status)
        return site.message(request, "That did not work", problem, status_code=status)

    return router


def where(request: Request, document_id: int) -> str:
    """The screen of a document, in the order and under the rule in which the queue is gone through."""
    query = request.query_params
    return link(f"/review/{document_id}", {"order": order_of(query).value if "order" in query else None, "rule": rule_of(query)})


def done(request: Request, to: str) -> Response:
    return JSONResponse({"next": to}) if wants_json(request) else RedirectResponse(to, status_code=303)


def seconds_of(form: Mapping[str, str]) -> float | None:
    text = form.get("seconds", "")
    return min(float(text), LONGEST_S) if text.isascii() and text.isdecimal() and len(text) < 8 else None
