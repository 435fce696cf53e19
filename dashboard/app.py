"""The application: pages for people, the API for programs, and one gate before both."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from dashboard.access import API, PASSWORD_PATH, cookie_name, csrf_checked, gate
from dashboard.account_pages import account_routes
from dashboard.admin_pages import admin_routes
from dashboard.api import make_api
from dashboard.login_pages import login_routes
from dashboard.model_page import model_routes
from dashboard.monitoring_pages import monitoring_routes
from dashboard.overview_page import overview_routes
from dashboard.page_pictures import PagePictures
from dashboard.periods import link
from dashboard.picture_pages import picture_routes
from dashboard.processing_again import ProcessingAgain
from dashboard.review_pages import review_routes
from dashboard.services import Services
from dashboard.showing import HERE, Site, make_templates
from dashboard.upload_pages import upload_routes
from dashboard.webhook_pages import webhook_routes
from dashboard.webhooks import Messenger
from schemas.errors import WarehouseError
from warehouse.database import open_database


def create_app(
    database_url: str, *, services: Services, allowed_hosts: Sequence[str] = ("127.0.0.1", "localhost"), https: bool = False
) -> FastAPI:
    """The dashboard over the database at ``database_url``.

    ``allowed_hosts`` are the names under which the server may be addressed; others are refused, so that no foreign page can reach it through
    a name of its own. ``https``: it is served under HTTPS, directly or by a proxy, so the cookie is marked as such.
    Raises `WarehouseError` when the database cannot be opened.
    """
    database = open_database(database_url, create=False)
    pictures = PagePictures(passwords=services.passwords)
    site = Site(database, services, pictures, make_templates(), cookie_name(database.url), https, ProcessingAgain(services.reprocess))
    messenger = Messenger(database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        messenger.start()
        site.again.begin()  # what was asked for before this server started
        yield
        messenger.stop()
        pictures.close()

    app = FastAPI(
        title="Lineitem", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(csrf_checked)], lifespan=lifespan
    )
    app.state.site = site

    app.middleware("http")(
        gate(database, cookie=site.cookie, https=https, upload_limit_bytes=services.document_max_bytes + 100_000, refuse=refusal(site))
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.mount("/api/v1", make_api(site))
    for routes in (
        login_routes,
        account_routes,
        admin_routes,
        overview_routes,
        monitoring_routes,
        model_routes,
        review_routes,
        picture_routes,
        upload_routes,
        webhook_routes,
    ):
        app.include_router(routes(site))

    add_error_pages(app, site)
    return app


def refusal(site: Site) -> Callable[[Request, int, str], Response]:
    """How the gate says no: to people by a page or the login, to programs by a problem document."""

    def refuse(request: Request, status: int, why: str) -> Response:
        if request.url.path.startswith(API):
            detail = why or "Send an API token: Authorization: Bearer …"
            headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
            body = {"title": "Refused", "status": status, "detail": detail}
            return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")
        if why == PASSWORD_PATH:
            return RedirectResponse(PASSWORD_PATH, status_code=303)
        if status == 401 and request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(link("/login", {"to": _here(request)}), status_code=303)
        if request.headers.get("accept", "").startswith("application/json"):
            return JSONResponse({"problem": why or "You are not logged in any more. Log in again in another tab."}, status_code=status)
        return site.message(
            request, "Log in first" if status == 401 else "Not taken", why or "This is for people who are logged in.", status_code=status
        )

    return refuse


def add_error_pages(app: FastAPI, site: Site) -> None:
    """What people see when something went wrong; never a trace."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if request.headers.get("accept", "").startswith("application/json"):
            return JSONResponse({"problem": str(error.detail)}, status_code=error.status_code)
        title = {403: "Not allowed", 404: "No such page"}.get(error.status_code, "That did not work")
        return site.message(request, title, str(error.detail), status_code=error.status_code)

    @app.exception_handler(RequestValidationError)
    async def not_found(request: Request, _error: RequestValidationError) -> Response:
        return site.message(request, "No such page", "This address leads nowhere.", status_code=404)

    @app.exception_handler(WarehouseError)
    async def unavailable(request: Request, error: WarehouseError) -> Response:
        return site.message(request, "The database does not answer", str(error), status_code=503)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Response(status_code=499)  # nobody reads it: a newer check took the place of this one, or the window was closed


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
