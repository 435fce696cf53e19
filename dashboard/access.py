"""Who may look: a token made at start, shown once as a link, then kept in a cookie that scripts and other sites cannot use."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

CallNext = Callable[[Request], Awaitable[Response]]

OPEN_PATHS = ("/static/",)  # the style sheet, which the page that asks for the token needs too

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def new_token() -> str:
    """A token that cannot be guessed: 256 random bits, fit for a URL."""
    return secrets.token_urlsafe(32)


def token_gate(token: str, refuse: Callable[[Request], Response]) -> Callable[[Request, CallNext], Awaitable[Response]]:
    """Middleware that lets a request pass only with the token, and sets the security headers on every answer.

    ``?token=…`` on any page is exchanged for the cookie by a redirect to the same page without it, so that the token
    stays out of the history and of links. ``refuse`` makes the answer for everyone else.
    """
    cookie = cookie_name(token)

    def is_token(value: str | None) -> bool:
        return value is not None and hmac.compare_digest(value.encode(), token.encode())

    async def answer(request: Request, call_next: CallNext) -> Response:
        if request.url.path.startswith(OPEN_PATHS):
            return await call_next(request)
        if is_token(request.query_params.get("token")):
            response = RedirectResponse(str(request.url.remove_query_params("token")), status_code=303)
            response.set_cookie(cookie, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
        elif is_token(request.cookies.get(cookie)):
            response = await call_next(request)
        else:
            response = refuse(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def gate(request: Request, call_next: CallNext) -> Response:
        response = await answer(request, call_next)
        response.headers.update(SECURITY_HEADERS)
        return response

    return gate


def cookie_name(token: str) -> str:
    """Browsers share cookies between ports of a host: each dashboard needs a name of its own."""
    return "lineitem-" + hashlib.sha256(token.encode()).hexdigest()[:8]
