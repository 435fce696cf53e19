"""The REST API under /api/v1: what the pages do, for programs. Every request brings a token; each route names the scope it needs."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dashboard.api_changing import changing_routes
from dashboard.api_models import Problem
from dashboard.api_reading import document_routes, figure_routes
from dashboard.showing import Site
from schemas.errors import LineitemError, ReviewConflictError, StillBrokenError, WarehouseError

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


def make_api(site: Site) -> FastAPI:
    """The API as an application of its own, so that its description holds nothing else."""
    api = FastAPI(title="Lineitem", version="1", docs_url=None, redoc_url=None, responses=PROBLEMS)
    for routes in (document_routes, figure_routes, changing_routes):
        api.include_router(routes(site))

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


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = Problem(title={409: "Conflict", 422: "Not taken"}.get(status, "Refused"), status=status, detail=detail).model_dump()
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")
