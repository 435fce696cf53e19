"""Webhooks, as admins set them up."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import Admin
from dashboard.form_fields import Form
from dashboard.showing import Site
from dashboard.webhooks import checked_address, resolved
from schemas.errors import ConfigurationError
from warehouse.webhook_deliveries import EVENTS, add_webhook, list_webhooks, remove_webhook


def webhook_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

    def page(request: Request, *, problem: str = "", secret: str = "", status: int = 200) -> Response:
        values = {"webhooks": list_webhooks(database), "events": list(EVENTS.values()), "problem": problem, "secret": secret}
        return site.show(request, "webhooks.html", values, status_code=status)

    @router.get("/admin/webhooks")
    def webhooks(request: Request, _visitor: Admin) -> Response:
        return page(request)

    @router.post("/admin/webhooks")
    def add(request: Request, visitor: Admin, form: Form) -> Response:
        url = form.get("url", "").strip()[:500]
        events = [event for event in EVENTS.values() if f"event.{event}" in form]
        try:
            scheme, host, port, _ = checked_address(url)
            resolved(scheme, host, port)
        except ConfigurationError as exc:
            return page(request, problem=str(exc), status=422)
        if not events:
            return page(request, problem="Choose what to tell.", status=422)
        secret = secrets.token_urlsafe(32)
        add_webhook(database, url=url, secret=secret, events=events, actor=visitor.user.name)
        return page(request, secret=secret)

    @router.post("/admin/webhooks/{webhook_id}/remove")
    def remove(visitor: Admin, webhook_id: int) -> Response:
        remove_webhook(database, webhook_id, actor=visitor.user.name)
        return RedirectResponse("/admin/webhooks", status_code=303)

    return router
