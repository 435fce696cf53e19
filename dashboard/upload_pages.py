"""The page on which a document is handed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from dashboard.access import FORM_FIELDS, Reviewer, wants_json
from dashboard.showing import Site
from dashboard.uploads import Upload, Uploads
from schemas.errors import LineitemError
from warehouse.document_lists import ids_of_contents
from warehouse.queries import list_documents


async def files_of(request: Request) -> list[tuple[str, bytes]]:
    """Name and content of the files in a form."""
    form = await request.form(max_fields=FORM_FIELDS, max_files=50)
    return [(file.filename or "document", await file.read()) for file in form.getlist("file") if isinstance(file, UploadFile)]


async def wants_now(request: Request) -> bool:
    form = await request.form(max_fields=FORM_FIELDS, max_files=50)
    return form.get("when") == "now"


def upload_routes(site: Site) -> APIRouter:
    router = APIRouter()
    uploads = Uploads(site.database, site.services)

    def listed() -> list[tuple[Upload, int | None, str]]:
        """Each upload, its document once there is one, and how far it is: what was decided, as soon as that is known."""
        recent = uploads.recent()
        ids = ids_of_contents(site.database, [upload.sha256 for upload in recent])
        states = {each.id: each.state for each in list_documents(site.database, ids=list(ids.values()))}
        found = [(upload, ids.get(upload.sha256)) for upload in recent]
        return [(upload, id, states.get(id or 0, upload.state) if upload.state == "done" else upload.state) for upload, id in found]

    @router.get("/upload")
    def upload_page(request: Request, _visitor: Reviewer) -> Response:
        return shown(request)

    def shown(request: Request, *, problem: str = "", status: int = 200) -> Response:
        values = {
            "uploads": listed(),
            "problem": problem,
            "can_process": site.services.process is not None,
            "limit_mb": site.services.document_max_bytes / 1e6,
        }
        return site.show(request, "upload.html", values, status_code=status)

    @router.post("/upload")
    def take(
        request: Request,
        visitor: Reviewer,
        files: Annotated[list[tuple[str, bytes]], Depends(files_of)],
        now: Annotated[bool, Depends(wants_now)],
    ) -> Response:
        problems: list[str] = [] if files else ["Choose a file first."]
        for name, data in files:
            try:
                uploads.take(name, data, now=now, actor=visitor.user.name)
            except LineitemError as exc:
                problems.append(f"{name[:80]}: {exc}")
        if wants_json(request):
            return JSONResponse({"problems": problems}, status_code=422 if problems else 200)
        return shown(request, problem=" ".join(problems), status=422) if problems else RedirectResponse("/upload", status_code=303)

    @router.get("/upload/progress")
    def progress(_visitor: Reviewer) -> Response:
        return JSONResponse([{"name": u.name, "state": state, "note": u.note, "document": id} for u, id, state in listed()])

    return router
