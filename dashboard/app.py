"""The application: a start page with counts and the newest documents, and a page per document. It only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from dashboard.access import new_token, token_gate
from dashboard.pages import document_page, start_page
from dashboard.wording import FILTERS
from schemas.errors import WarehouseError
from warehouse.database import open_database

HERE = Path(__file__).parent


def create_app(database_url: str, *, token: str | None = None, allowed_hosts: Sequence[str] = ("127.0.0.1", "localhost")) -> FastAPI:
    """The dashboard over the database at ``database_url``.

    ``token`` (made anew if not given, then ``app.state.token``) is what a visitor must bring, see `dashboard.access`. ``allowed_hosts`` are
    the names under which the server may be addressed; others are refused, so that no foreign page can reach it through a name of its own.
    Raises `WarehouseError` when the database cannot be opened.
    """
    database = open_database(database_url, create=False)
    token = token or new_token()
    templates = _templates()

    def show(request: Request, template: str, values: Mapping[str, object], *, status_code: int = 200) -> Response:
        return templates.TemplateResponse(request, template, {"database": database.url, **values}, status_code=status_code)

    def message(request: Request, title: str, text: str, *, status_code: int) -> Response:
        return show(request, "message.html", {"title": title, "text": text}, status_code=status_code)

    def refuse(request: Request) -> Response:
        text = "Open the link that “lineitem dashboard” printed when it was started. Each start makes a new one."
        values = {"title": "The link is missing", "text": text, "database": None}  # not even the database's name
        return show(request, "message.html", values, status_code=401)

    app = FastAPI(title="Lineitem", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.token = token
    app.middleware("http")(token_gate(token, refuse))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))
    app.mount("/static", StaticFiles(directory=HERE / "static"))

    # Plain functions: FastAPI runs them on its threads, so a slow query does not hold up the others.
    @app.get("/")
    def start(request: Request, status: str = "", page: str = "1") -> Response:
        return show(request, "start.html", start_page(database, status=status, page=page))

    @app.get("/documents/{document_id}")
    def document(request: Request, document_id: str) -> Response:
        found = document_page(database, document_id)
        if found is None:
            return message(request, "No such document", "It is not in this database, or not finished yet.", status_code=404)
        return show(request, "document.html", found)

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> Response:
        return message(request, "No such page", str(error.detail), status_code=error.status_code)

    @app.exception_handler(WarehouseError)
    async def unavailable(request: Request, error: WarehouseError) -> Response:
        return message(request, "The database does not answer", str(error), status_code=503)

    return app


def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=PackageLoader("dashboard"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(FILTERS)
    return Jinja2Templates(env=environment)
