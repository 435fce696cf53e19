"""Who may do what: every request is refused unless it brings a session or an API token; roles, CSRF tokens and security headers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from warehouse.accounts import User
from warehouse.database import Database
from warehouse.sessions import user_of_session, user_of_token
from warehouse.tables_review import ROLES

CallNext = Callable[[Request], Awaitable[Response]]

API = "/api/"
OPEN_PATHS = ("/static/", "/login")  # what somebody without a session needs in order to get one
PASSWORD_PATH = "/account/password"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT_BYTES = 4_000_000
FORM_FIELDS = 20_000

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# What a token may do, and the least role of its owner.
SCOPES: Mapping[str, str] = {
    "documents:read": "viewer",
    "metrics:read": "viewer",
    "documents:write": "reviewer",
    "documents:upload": "reviewer",
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request. ``session`` is the secret of a person's session, ``scopes`` are those of a program's token."""

    user: User
    session: str = ""
    scopes: tuple[str, ...] = ()
    token_id: int = 0

    @property
    def csrf(self) -> str:
        """What a form must bring back: known to pages of this session only."""
        return hmac.new(self.session.encode(), b"csrf", hashlib.sha256).hexdigest()


def has_role(user: User, role: str) -> bool:
    return ROLES.index(user.role) >= ROLES.index(role)


def gate(
    database: Database, *, cookie: str, https: bool, upload_limit_bytes: int, refuse: Callable[[Request, int, str], Response]
) -> Callable[[Request, CallNext], Awaitable[Response]]:
    """Middleware: sets ``request.state.visitor``, refuses whoever is nobody, and puts the security headers on every answer.

    ``refuse(request, status, why)`` makes the answers of refusal.
    """

    async def answer(request: Request, call_next: CallNext) -> Response:
        path = request.url.path
        if why := too_large(request, upload_limit_bytes if path in ("/upload", "/api/v1/documents") else FORM_LIMIT_BYTES):
            return refuse(request, 413, why)
        if path.startswith(API):
            visitor = await run_in_threadpool(token_visitor, database, request.headers.get("authorization", ""))
        else:
            visitor = await run_in_threadpool(session_visitor, database, request.cookies.get(cookie, ""))
        request.state.visitor = visitor
        if path.startswith(OPEN_PATHS):
            return await call_next(request)
        if visitor is None:
            return refuse(request, 401, "")
        if visitor.user.must_change and path not in (PASSWORD_PATH, "/logout"):
            return refuse(request, 403, PASSWORD_PATH)
        return await call_next(request)

    async def guarded(request: Request, call_next: CallNext) -> Response:
        response = await answer(request, call_next)
        response.headers.update(SECURITY_HEADERS)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if not request.url.path.startswith("/static/") and "cache-control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def too_large(request: Request, limit_bytes: int) -> str | None:
    """Why a body is refused before it is read, or None."""
    if "transfer-encoding" in request.headers:
        return "Send the length of the body; chunks without one are not taken."
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit_bytes:
        return f"This is more than the {limit_bytes / 1e6:.0f} MB that are taken."
    return None


def session_visitor(database: Database, session: str) -> Visitor | None:
    user = user_of_session(database, session) if 0 < len(session) < 200 else None
    return Visitor(user, session=session) if user else None


def token_visitor(database: Database, header: str) -> Visitor | None:
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not 0 < len(token) < 200:
        return None
    found = user_of_token(database, token.strip())
    return Visitor(found[0], scopes=found[1], token_id=found[2]) if found else None


async def csrf_checked(request: Request) -> None:
    """Refuse a change that does not come from a page of ours. A dependency of every route for people; raises 403."""
    if request.method in SAFE_METHODS:
        return
    if not same_origin(request):
        raise HTTPException(403, "This request came from another site.")
    if request.url.path == "/login":
        return
    visitor: Visitor | None = request.state.visitor
    token = request.headers.get("x-csrf-token")
    if token is None:
        form = await request.form(max_fields=FORM_FIELDS, max_files=50)
        token = str(form.get("csrf") or "")
    if visitor is None or not hmac.compare_digest(token.encode(), visitor.csrf.encode()):
        raise HTTPException(403, "The page was too old, or this request did not come from it. Load it again.")


def same_origin(request: Request) -> bool:
    """Whether a browser says that a page of this server sent the request; browsers that say nothing are believed (the token decides)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def needs(role: str) -> Callable[[Request], Visitor]:
    """A dependency that gives the visitor, and raises 403 for roles below ``role``."""

    def visitor(request: Request) -> Visitor:
        found: Visitor | None = request.state.visitor
        if found is None or not has_role(found.user, role):
            raise HTTPException(403, f"This is for the role {role} and above. Ask an admin.")
        return found

    return visitor


Anyone = Annotated[Visitor, Depends(needs("viewer"))]
Reviewer = Annotated[Visitor, Depends(needs("reviewer"))]
Admin = Annotated[Visitor, Depends(needs("admin"))]
DocumentId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def wants_json(request: Request) -> bool:
    """Whether one of our scripts asks, rather than a browser that shows the answer."""
    return request.headers.get("accept", "").startswith("application/json")


def cookie_name(database_url: str) -> str:
    """Browsers share cookies between the ports of a host: dashboards of different databases need names of their own."""
    return "lineitem-" + hashlib.sha256(database_url.encode()).hexdigest()[:8]
