"""Coming in and going out, one's own password and tokens, and what admins see: accounts and the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import FORM_FIELDS, SCOPES, Admin, Anyone, has_role
from dashboard.passwords import hash_password, is_outdated, is_password, one_time_password, weakness
from dashboard.showing import Site
from schemas.errors import WarehouseError
from warehouse.accounts import (
    ADDRESS_KEY,
    add_user,
    blocked_for_s,
    change_user,
    count_failure,
    credentials,
    forget_failures,
    list_users,
    renew_hash,
    set_password,
)
from warehouse.audit import list_audit
from warehouse.sessions import SESSION_LIFE, add_token, close_session, list_tokens, open_session, revoke_token
from warehouse.tables_review import ROLES

LONGEST_TOKEN_DAYS = 365
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_@")


async def form_of(request: Request) -> dict[str, str]:
    """The text fields of a form."""
    form = await request.form(max_fields=FORM_FIELDS, max_files=50)
    return {key: value for key, value in form.items() if isinstance(value, str)}


Form = Annotated[dict[str, str], Depends(form_of)]


def account_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

    def login_page(request: Request, *, problem: str = "", name: str = "", to: str = "/", status: int = 200) -> Response:
        values = {"problem": problem, "name": name, "to": to, "database": None}
        return site.show(request, "login.html", values, status_code=status)

    @router.get("/login")
    def login(request: Request, to: str = "/") -> Response:
        if request.state.visitor is not None:
            return RedirectResponse(local_path(to), status_code=303)
        return login_page(request, to=local_path(to))

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

    @router.get("/account")
    def account(request: Request, visitor: Anyone) -> Response:
        scopes = [scope for scope, role in SCOPES.items() if has_role(visitor.user, role)]
        return site.show(request, "account.html", {"tokens": list_tokens(database, user_id=visitor.user.id), "scopes": scopes, "new": None})

    @router.post("/account/tokens")
    def new_token(request: Request, visitor: Anyone, form: Form) -> Response:
        allowed = [scope for scope, role in SCOPES.items() if has_role(visitor.user, role)]
        chosen = [scope for scope in allowed if f"scope.{scope}" in form]
        name, days = form.get("name", "").strip(), form.get("days", "90")
        token = None
        if name and chosen and days.isdecimal() and 1 <= int(days) <= LONGEST_TOKEN_DAYS:
            token = add_token(database, visitor.user, name=name, scopes=chosen, days=int(days))
        values = {"tokens": list_tokens(database, user_id=visitor.user.id), "scopes": allowed, "new": token}
        return site.show(request, "account.html", values, status_code=200 if token else 400)

    @router.post("/account/tokens/{token_id}/revoke")
    def end_token(visitor: Anyone, token_id: int) -> Response:
        revoke_token(database, token_id, actor=visitor.user)
        return RedirectResponse("/account", status_code=303)

    @router.get("/account/password")
    def password(request: Request, visitor: Anyone) -> Response:
        return site.show(request, "password.html", {"problem": "", "must": visitor.user.must_change})

    @router.post("/account/password")
    def new_password(request: Request, visitor: Anyone, form: Form) -> Response:
        user = visitor.user
        keys = [f"name:{user.name}"]
        found = credentials(database, user.name)
        old, new = form.get("old", ""), form.get("new", "")
        problem = None
        if blocked_for_s(database, keys) > 0:
            problem = "Too many attempts failed. Wait a minute."
        elif found is None or not is_password(old, found[1]):
            count_failure(database, keys, actor=user.name)
            problem = "The present password is wrong."
        elif new != form.get("again", ""):
            problem = "The two new passwords are not the same."
        else:
            problem = weakness(new, name=user.name, old=old)
        if problem:
            return site.show(request, "password.html", {"problem": problem, "must": user.must_change}, status_code=400)
        set_password(database, user.id, hash_password(new), must_change=False, actor=user.name)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(site.cookie, path="/")
        return response

    @router.get("/admin/accounts")
    def accounts(request: Request, _visitor: Admin) -> Response:
        return accounts_page(request)

    def accounts_page(request: Request, *, problem: str = "", made: tuple[str, str] | None = None, status: int = 200) -> Response:
        values = {"users": list_users(database), "roles": ROLES, "problem": problem, "made": made, "tokens": list_tokens(database)}
        return site.show(request, "accounts.html", values, status_code=status)

    @router.post("/admin/accounts")
    def new_account(request: Request, visitor: Admin, form: Form) -> Response:
        name, role = form.get("name", "").strip().lower(), form.get("role", "")
        if not name or len(name) > 64 or not set(name) <= NAME_CHARACTERS or role not in ROLES:
            return accounts_page(request, problem="A name has letters, digits and . - _ @, at most 64.", status=400)
        password = one_time_password()
        try:
            add_user(database, name, password_hash=hash_password(password), role=role, must_change=True, actor=visitor.user.name)
        except WarehouseError as exc:
            return accounts_page(request, problem=str(exc), status=409)
        return accounts_page(request, made=(name, password))

    @router.post("/admin/accounts/{user_id}")
    def change_account(request: Request, visitor: Admin, form: Form, user_id: int) -> Response:
        user = next((user for user in list_users(database) if user.id == user_id), None)
        if user is None:
            return accounts_page(request, problem="There is no such account.", status=404)
        if form.get("do") == "password":
            password = one_time_password()
            set_password(database, user_id, hash_password(password), must_change=True, actor=visitor.user.name)
            forget_failures(database, [f"name:{user.name}"])
            return accounts_page(request, made=(user.name, password))
        role = form.get("role", user.role)
        try:
            change_user(database, user_id, role=role if role in ROLES else user.role, disabled="disabled" in form, actor=visitor.user.name)
        except WarehouseError as exc:
            return accounts_page(request, problem=str(exc), status=409)
        return RedirectResponse("/admin/accounts", status_code=303)

    @router.get("/admin/audit")
    def audit(request: Request, _visitor: Admin, before: str = "", actor: str = "") -> Response:
        entries = list_audit(database, before=site.number(before), actor=actor[:64] or None, limit=101)
        return site.show(request, "audit.html", {"entries": entries[:100], "more": len(entries) > 100, "actor": actor})

    return router


def local_path(to: str) -> str:
    """``to`` if it is a path of this server, else the start page: no link may lead through the login to elsewhere."""
    plain = to.isascii() and to.isprintable() and "\\" not in to
    return to if plain and to.startswith("/") and not to.startswith("//") else "/"
