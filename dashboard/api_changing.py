"""The routes of the API that change something: correct, approve, reject, process again, hand in."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from starlette.exceptions import HTTPException

from dashboard.access import Visitor
from dashboard.api_access import DocumentId, Key, Sender, Writer, once, stored_of
from dashboard.api_models import Approval, Changes, Rejection, Reprocessing, Requested, Stored, Uploaded, form_of
from dashboard.checking import PersonsJudge
from dashboard.editing import edited
from dashboard.showing import Site
from dashboard.uploads import Uploads
from schemas.errors import DocumentError
from schemas.invoice import Status
from warehouse.reviews import Action, send_back, store_action


def changing_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services
    uploads = Uploads(database, services)

    def stored_answer(document_id: int, version: int) -> dict[str, Any]:
        return Stored(id=document_id, version=version, status=stored_of(database, document_id).status.value).model_dump()

    def change(
        visitor: Visitor, document_id: int, body: Changes, *, status: Status | None, reason: str | None
    ) -> tuple[int, dict[str, Any]]:
        stored, person = stored_of(database, document_id), visitor.user.name
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

    @router.post("/documents/{document_id}/correct", response_model=Stored, operation_id="correct_document")
    def correct(request: Request, visitor: Writer, document_id: DocumentId, body: Changes, key: Key = None) -> Response:
        """Store corrected values. The document still waits for a decision."""
        work = lambda: change(visitor, document_id, body, status=None, reason=None)  # noqa: E731
        return once(database, visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @router.post("/documents/{document_id}/approve", response_model=Stored, operation_id="approve_document")
    def approve(request: Request, visitor: Writer, document_id: DocumentId, body: Approval, key: Key = None) -> Response:
        """Approve a document, with corrections or as it is. Where a rule is still broken, say why in ``reason``."""
        work = lambda: change(visitor, document_id, body, status=Status.ACCEPTED, reason=(body.reason or "").strip() or None)  # noqa: E731
        return once(database, visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @router.post("/documents/{document_id}/reject", response_model=Stored, operation_id="reject_document")
    def reject(request: Request, visitor: Writer, document_id: DocumentId, body: Rejection, key: Key = None) -> Response:
        """Reject a document."""

        def work() -> tuple[int, dict[str, Any]]:
            action = Action("reject", visitor.user.name, reason=body.reason)
            judge = PersonsJudge(visitor.user.name, Status.REJECTED, (), body.reason)
            stored = stored_of(database, document_id)
            version = store_action(database, document_id, stored, version=body.version, action=action, today=services.today(), judge=judge)
            return 200, stored_answer(document_id, version)

        return once(database, visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @router.post("/documents/{document_id}/reprocess", response_model=Requested, status_code=202, operation_id="reprocess_document")
    def reprocess(request: Request, visitor: Writer, document_id: DocumentId, body: Reprocessing, key: Key = None) -> Response:
        """Ask for a document to be processed again: at once where the dashboard can do it, else by the next run."""

        def work() -> tuple[int, dict[str, Any]]:
            stored_of(database, document_id)
            made = send_back(database, document_id, route=body.route, version=body.version, reviewer=visitor.user.name)
            site.again.begin()
            return 202, Requested(id=document_id, request=made).model_dump()

        return once(database, visitor, key, request.url.path, body.model_dump_json().encode(), work)

    @router.post("/documents", response_model=Uploaded, status_code=202, operation_id="upload_document")
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

        return once(database, visitor, key, request.url.path, hashlib.sha256(data).digest(), work)

    return router
