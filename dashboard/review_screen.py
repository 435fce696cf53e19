"""The screen of one document: its values, what is wrong with them, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fastapi import Request, Response
from markupsafe import Markup

from dashboard.access import Visitor
from dashboard.checking import by_severity, check
from dashboard.doubts import doubts
from dashboard.editing import ADJUSTMENT_FIELDS, EDITABLE_LINES, TAX_FIELDS, Edited, edited
from dashboard.periods import link
from dashboard.processing_again import request_made
from dashboard.queue_pages import next_link, order_of, rule_of
from dashboard.showing import Site
from dashboard.shown_issues import shown_issues
from dashboard.wording import plain, words
from schemas.invoice import (
    CRITICAL_FIELDS,
    HEADER_FIELDS,
    SPEND_CATEGORIES,
    TAX_CATEGORIES,
    AdjustmentKind,
    DocumentType,
    Invoice,
    LineItem,
    Route,
)
from schemas.rules_reading import DISAGREEMENT, READ_TWICE
from warehouse.documents import decisions, sources
from warehouse.reprocess_requests import newest_request_for
from warehouse.review_queue import queue_length
from warehouse.reviews import reviews_of, version_of
from warehouse.versions import Version, versions

# Columns of the grid that most invoices print; the others are shown where a line has them.
LINE_COLUMNS = ("description", "quantity", "unit", "unit_price", "net_amount", "tax_rate", "tax_category", "spend_category")
RARE_COLUMNS = ("position", "item_code", "discount", "discount_percent", "gross_amount")
SECOND_NETWORK = "second_network"  # of the specialist
NUMBER_COLUMNS = ("quantity", "unit_price", "discount", "discount_percent", "net_amount", "gross_amount", "tax_rate")


def review_screen(
    site: Site,
    request: Request,
    visitor: Visitor,
    document_id: int,
    stored: Invoice,
    *,
    holder: str | None = None,
    form: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The screen of a document, with what was typed so far in ``form``."""
    database = site.database
    found = edited(stored, form, editor=visitor.user.name, keep_empty=True) if form else Edited(stored, {}, (), False)
    invoice = found.invoice
    issues = check(database, invoice, found.corrections, today=site.services.today()) if form else by_severity(stored.issues)
    query = request.query_params
    rare = [name for name in RARE_COLUMNS if any(getattr(item, name) is not None for item in invoice.line_items)]
    made, earlier = decisions(database, document_id), versions(database, document_id)
    page_now = site.number(query.get("page", ""), most=max(invoice.pages, 1)) or first_page(invoice)
    values: dict[str, Any] = {
        "id": document_id,
        "invoice": invoice,
        "version": (form or {}).get("version") or version_of(database, document_id),
        "holder": holder,
        "problem": problem,
        "typed": form is not None,
        "request_made": request_made(newest_request_for(database, document_id)),
        "errors": found.errors,
        "issues": shown_issues(issues),
        "doubts": doubts(invoice, issues),
        "reasons": [reason for reason in (made[-1][2].reasons if made else ()) if reason not in {issue.message for issue in issues}],
        "header": {name: getattr(invoice.header, name) for name in HEADER_FIELDS},
        "critical": CRITICAL_FIELDS,
        "columns": (
            *(name for name in ("position", "item_code") if name in rare),
            *LINE_COLUMNS,
            *(n for n in rare if n not in ("position", "item_code")),
        ),
        "lines": invoice.line_items[:EDITABLE_LINES],
        "widths": {name: width_of(name, invoice.line_items[:EDITABLE_LINES]) for name in NUMBER_COLUMNS},
        "origins": origins_of(form, len(invoice.line_items)),
        "tax_fields": TAX_FIELDS,
        "adjustment_fields": ADJUSTMENT_FIELDS,
        "spend_categories": SPEND_CATEGORIES,
        "tax_categories": TAX_CATEGORIES,
        "adjustment_kinds": tuple(AdjustmentKind),
        "options_of": options_of,
        "document_types": tuple(DocumentType),
        "query": link("", {"order": order_of(query).value, "rule": rule_of(query)}),
        "order": order_of(query).value,
        "rule": rule_of(query),
        "next": next_link(site, query, visitor, after=document_id),
        "waiting": queue_length(database)[0],
        "decisions": made,
        "reviews": reviews_of(database, document_id),
        "versions": earlier,
        "sources": sources(database, document_id),
        "page_now": page_now,
        "routes": site.services.routes,
        "rivals": rivals(invoice, earlier),
    }
    return site.show(request, "review.html", values, status_code=status)


@cache
def options_of(options: Sequence[str], value: str | None) -> Markup:
    """The options of a choice, ``value`` chosen. Kept: a long invoice has the same ones in every row."""
    choice = Markup('<option value="{}"{}>{}</option>')
    made = [choice.format(each, Markup(" selected") * (each == value), words(each) if len(each) > 2 else each) for each in options]
    return Markup('<option value=""></option>') + Markup("").join(made)


def first_page(invoice: Invoice) -> int:
    """The page on which the first doubtful value stands, else the first."""
    for issue in invoice.issues:
        if issue.field and (found := invoice.evidence.get(issue.field)):
            return max(1, min(found.page, invoice.pages))
    return 1


def origins_of(form: Mapping[str, str] | None, count: int) -> list[str]:
    """Where each shown line comes from: the form says so, else each is itself."""
    if not form:
        return [str(number) for number in range(count)]
    numbers = sorted(int(key.split(".")[1]) for key in form if key.startswith("line_items.") and key.endswith(".origin"))
    return [form[f"line_items.{number}.origin"] for number in numbers] + [""] * count


def width_of(name: str, lines: Sequence[LineItem]) -> int:
    """How many characters a column of amounts must show: one that is cut short cannot be compared with the page."""
    return max((len(plain(getattr(item, name))) for item in lines), default=1)


def rivals(invoice: Invoice, earlier: Sequence[Version]) -> dict[str, tuple[str, str]]:
    """What another reading says, where it differs from the value that stands: by path, (who read it, the value).

    Where the specialist and a foundation model, or the specialist's two networks, disagree, that was recorded as an issue with both values; for other
    header fields it is the newest other value of an earlier result.
    """
    found: dict[str, tuple[str, str]] = {}
    for version in earlier:
        for name in HEADER_FIELDS:
            other = getattr(version.invoice.header, name)
            if other is not None and other != getattr(invoice.header, name):
                found[f"header.{name}"] = version.invoice.route.value, str(other)
    for issue in invoice.issues:
        other = {DISAGREEMENT.id: Route.FOUNDATION_MODEL.value, READ_TWICE.id: SECOND_NETWORK}.get(issue.rule)
        if other is None or issue.field is None or issue.field == "line_items":  # how many rows there are is no value to take
            continue
        stands = value_at(invoice, issue.field)
        for reader, value in ((other, issue.expected), (Route.TASK_MODEL.value, issue.found)):
            if value and value != stands:
                found[issue.field] = reader, value
                break
    return found


def value_at(invoice: Invoice, path: str) -> str | None:
    """The value at a path such as ``header.gross_total`` or ``line_items.2.quantity`` as text; None where there is none."""
    match path.split("."):
        case ["header", name]:
            value = getattr(invoice.header, name, None)
        case ["line_items", row, name] if row.isdecimal() and int(row) < len(invoice.line_items):
            value = getattr(invoice.line_items[int(row)], name, None)
        case _:
            value = None
    return None if value is None else str(value)
