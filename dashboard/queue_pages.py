"""The queue of flagged documents, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboard.access import Anyone, Reviewer, Visitor
from dashboard.doubts import doubts_in_queue
from dashboard.periods import link
from dashboard.showing import Site
from warehouse.review_queue import Order, next_in_queue, queue, queue_length
from warehouse.reviews import last_action_of, release_lease

PER_PAGE = 50


def queue_routes(site: Site) -> APIRouter:
    router = APIRouter()
    database = site.database

    @router.get("/review")
    def queue_page(request: Request, visitor: Anyone, start: str = "") -> Response:
        order, rule = order_of(request.query_params), rule_of(request.query_params)
        offset = site.number(start, most=1_000_000) or 0
        found = queue(database, order=order, rule=rule, offset=offset, limit=PER_PAGE + 1)
        waiting, oldest = queue_length(database)
        values = {
            "documents": found[:PER_PAGE],
            "doubts": doubts_in_queue(database, [each.id for each in found[:PER_PAGE]]),
            "more": offset + PER_PAGE if len(found) > PER_PAGE else None,
            "order": order.value,
            "orders": {"value": "largest amount first", "age": "longest waiting first", "reason": "same reason together"},
            "rule": rule,
            "query": link("", {"order": order.value, "rule": rule}),
            "waiting": waiting,
            "oldest": oldest,
            "last": last_action_of(database, visitor.user.name),
        }
        return site.show(request, "queue.html", values)

    @router.get("/review/next")
    def go_on(request: Request, visitor: Reviewer, after: str = "") -> Response:
        number = site.number(after)
        if number:
            release_lease(database, number, reviewer=visitor.user.name)
        return RedirectResponse(next_link(site, request.query_params, visitor, after=number), status_code=303)

    return router


def order_of(query: Mapping[str, str]) -> Order:
    """The order that an address asks for; by value where it asks for none."""
    return Order(query["order"]) if query.get("order") in tuple(Order) else Order.VALUE


def rule_of(query: Mapping[str, str]) -> str | None:
    """The broken rule to which an address limits the queue."""
    return query.get("rule", "")[:64] or None


def next_link(site: Site, query: Mapping[str, str], visitor: Visitor, *, after: int | None) -> str:
    """Where the document that comes next in the visitor's queue is shown, or the queue when none is left."""
    order, rule = order_of(query), rule_of(query)
    found = next_in_queue(site.database, order=order, rule=rule, reviewer=visitor.user.name, after=after)
    return link(f"/review/{found}" if found else "/review", {"order": order.value, "rule": rule})
