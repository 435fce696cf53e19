"""What admins see: accounts and the audit log."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import Admin
from dashboard.form_fields import Form
from dashboard.passwords import hash_password, one_time_password
from dashboard.showing import Site
from schemas.errors import WarehouseError
from warehouse.accounts import add_user, change_user, forget_failures, list_users, set_password
from warehouse.audit import list_audit
from warehouse.sessions import list_tokens
from warehouse.tables_review import ROLES

NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_@")


def admin_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

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
