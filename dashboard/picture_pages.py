"""Pages as pictures, and the words on them with their places."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from dashboard.access import Anyone, DocumentId
from dashboard.showing import Site
from schemas.errors import DocumentError, DocumentStoreError
from warehouse.documents import load_many, sources


def picture_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database, services = site.database, site.services

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

    return router
