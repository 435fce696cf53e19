"""Coming in and going out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import Anyone
from dashboard.form_fields import Form
from dashboard.passwords import hash_password, is_outdated, is_password
from dashboard.showing import Site
from warehouse.accounts import ADDRESS_KEY, blocked_for_s, count_failure, credentials, forget_failures, renew_hash
from warehouse.sessions import SESSION_LIFE, close_session, open_session


def login_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

    def login_page(
        request: Request, *, problem: str = "", name: str = "", to: str = "/", status: int = 200, changed: bool = False
    ) -> Response:
        values = {"problem": problem, "name": name, "to": to, "changed": changed}
        return site.show(request, "login.html", values, status_code=status)

    @router.get("/login")
    def login(request: Request, to: str = "/", changed: str = "") -> Response:
        if request.state.visitor is not None:
            return RedirectResponse(local_path(to), status_code=303)
        return login_page(request, to=local_path(to), changed=bool(changed))

    @router.post("/login")
    def log_in(request: Request, form: Form) -> Response:
        name, to = form.get("name", "").strip().lower()[:64], local_path(form.get("to", "/"))
        keys = [f"name:{name}", f"{ADDRESS_KEY}{request.client.host if request.client else ''}"[:128]]
        wait_s = blocked_for_s(database, keys)
        if wait_s > 0:
            return login_page(
                request, problem=f"Too many attempts failed. Try again in {round(wait_s) + 1} seconds.", name=name, to=to, status=429
            )
        found = credentials(database, name)
        password = form.get("password", "")
        if not is_password(password, found[1] if found else None) or found is None or found[0].disabled:
            count_failure(database, keys, actor=name or "nobody")
            return login_page(request, problem="Name or password is wrong.", name=name, to=to, status=401)
        user, stored = found
        forget_failures(database, keys)
        if is_outdated(stored):
            renew_hash(database, user.id, hash_password(password))
        response = RedirectResponse("/account/password" if user.must_change else to, status_code=303)
        # A token of its own for each login: whoever planted a cookie before gains nothing.
        token = open_session(database, user)
        age_s = int(SESSION_LIFE.total_seconds())
        response.set_cookie(site.cookie, token, max_age=age_s, httponly=True, samesite="lax", secure=site.https, path="/")
        return response

    @router.post("/logout")
    def log_out(visitor: Anyone) -> Response:
        close_session(database, visitor.session, actor=visitor.user.name)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(site.cookie, path="/")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return router


def local_path(to: str) -> str:
    """``to`` if it is a path of this server, else the start page: no link may lead through the login to elsewhere."""
    plain = to.isascii() and to.isprintable() and "\\" not in to
    return to if plain and to.startswith("/") and not to.startswith("//") else "/"
