"""One's own account: tokens for programs, and the password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import SCOPES, Anyone, Visitor, has_role
from dashboard.form_fields import Form
from dashboard.passwords import hash_password, is_password, weakness
from dashboard.showing import Site
from warehouse.accounts import blocked_for_s, count_failure, credentials, set_password
from warehouse.sessions import add_token, list_tokens, revoke_token

LONGEST_TOKEN_DAYS = 365


def account_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

    def account_page(request: Request, visitor: Visitor, *, new: str | None = None, problem: str = "") -> Response:
        values = {
            "tokens": list_tokens(database, user_id=visitor.user.id),
            "scopes": scopes_of(visitor),
            "new": new,
            "problem": problem,
        }
        return site.show(request, "account.html", values, status_code=400 if problem else 200)

    @router.get("/account")
    def account(request: Request, visitor: Anyone) -> Response:
        return account_page(request, visitor)

    @router.post("/account/tokens")
    def new_token(request: Request, visitor: Anyone, form: Form) -> Response:
        chosen = [scope for scope in scopes_of(visitor) if f"scope.{scope}" in form]
        name, days = form.get("name", "").strip(), form.get("days", "90")
        if not (name and chosen and days.isdecimal() and 1 <= int(days) <= LONGEST_TOKEN_DAYS):
            problem = f"A token needs a name, at least one scope, and an end in 1 to {LONGEST_TOKEN_DAYS} days."
            return account_page(request, visitor, problem=problem)
        return account_page(request, visitor, new=add_token(database, visitor.user, name=name, scopes=chosen, days=int(days)))

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
        response = RedirectResponse("/login?changed=1", status_code=303)
        response.delete_cookie(site.cookie, path="/")
        return response

    return router


def scopes_of(visitor: Visitor) -> list[str]:
    """What a token of this person may be allowed to do: no more than the person."""
    return [scope for scope, role in SCOPES.items() if has_role(visitor.user, role)]
