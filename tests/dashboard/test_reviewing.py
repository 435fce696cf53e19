"""What a reviewer does with a document, as the server sees it: corrections, checks, decisions, undo, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from conftest import csrf_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from paper import flagged, page_of

from dashboard.editing import edited
from dashboard.reshaping import reshaped
from dashboard.typed_values import amount_of, date_of
from schemas.invoice import Invoice, LineItem
from warehouse.audit import list_audit
from warehouse.documents import decisions, load
from warehouse.reprocess_requests import end_request, list_requests, take_request
from warehouse.reviews import reviews_of
from warehouse.versions import versions

Fill = Callable[[Sequence[Invoice]], str]
JSON = {"accept": "application/json"}


@pytest.fixture
def app(warehouse: Fill, application: Callable[..., FastAPI]) -> FastAPI:
    # Different numbers and days apart, so that they are no duplicates of each other.
    documents = [flagged(name, page_of(name), number=f"{name}-1") for name in ("first", "second", "third")]
    shifted = [d.replace(header=d.header.__class__(**{**_fields(d), "issue_date": date(2026, 5, n + 1)})) for n, d in enumerate(documents)]
    return application(warehouse(shifted))


def _fields(invoice: Invoice) -> dict[str, object]:
    return {name: getattr(invoice.header, name) for name in type(invoice.header).__dataclass_fields__}


def form_on(client: TestClient, document: int) -> dict[str, str]:
    """The fields of the review screen as a browser would send them."""
    page = client.get(f"/review/{document}?order=age").text
    form = dict(re.findall(r'<input[^>]*?name="([^"]+)" value="([^"]*)"', page))
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    return form


def act(client: TestClient, document: int, form: dict[str, str], do: str, **changes: str) -> object:
    return client.post(f"/review/{document}?order=age", data={**form, **changes, "do": do}, headers=JSON)


def test_correct_and_approve_stores_values_corrections_and_the_earlier_result(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    form = form_on(client, 1)
    answer = act(
        client,
        1,
        form,
        "approve",
        **{"header.gross_total": "1.190,00", "box:header.gross_total": "1 420 331 465 343 1.190,00", "seconds": "7"},
    )
    assert answer.json() == {"next": "/review/2?order=age"}
    stored = load(database, 1)
    assert stored.status == "accepted"
    assert stored.route == "human"
    assert stored.header.gross_total == Decimal("1190.00")
    assert stored.evidence["header.gross_total"].set_by == "user:reviewer"
    assert stored.evidence["header.gross_total"].words == "1.190,00"
    assert not [issue for issue in stored.issues if issue.severity == "error"]
    (review,) = reviews_of(database, 1)
    assert (review.reviewer, review.action, review.seconds) == ("reviewer", "approve", 7)
    assert [(c.field, c.before, c.after) for c in review.corrections] == [("header.gross_total", "1910.00", "1190.00")]
    assert versions(database, 1)[0].invoice.header.gross_total == Decimal("1910.00")
    assert decisions(database, 1)[-1][2].decided_by == "user:reviewer"
    assert "document.approve" in {entry.event for entry in list_audit(database)}


def test_approving_without_a_change_keeps_every_digit(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    before = load(database, 1)
    answer = act(client, 1, form_on(client, 1), "approve", reason="agreed with the seller")
    assert "next" in answer.json(), answer.text
    after = load(database, 1)
    assert (after.header, after.line_items, after.tax_breakdown) == (before.header, before.line_items, before.tax_breakdown)
    assert reviews_of(database, 1)[0].corrections == ()


def test_what_is_still_broken_is_not_approved_without_a_reason(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    form = form_on(client, 1)
    answer = act(client, 1, form, "approve")
    assert answer.status_code == 422
    assert "BR-CO-15" in answer.json()["problem"]
    assert load(database, 1).status == "review"
    act(client, 1, form, "approve", reason="the seller confirmed it")
    assert load(database, 1).status == "accepted"
    assert "the seller confirmed it" in " ".join(decisions(database, 1)[-1][2].reasons)


def test_the_rules_are_checked_while_one_types(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client = login(app)
    form = form_on(client, 1)
    broken = client.post("/review/1/check", data=form).json()
    assert [issue["rule"] for issue in broken["issues"]][:1] == ["BR-CO-15"]
    fine = client.post("/review/1/check", data={**form, "header.gross_total": "1.190,00"}).json()
    assert not [issue for issue in fine["issues"] if issue["severity"] == "error"]
    assert fine["changed"] == ["header.gross_total"]
    odd = client.post("/review/1/check", data={**form, "header.gross_total": "1,190"}).json()
    assert "1190 or 1.190" in odd["errors"]["header.gross_total"]
    assert load(app.state.site.database, 1).header.gross_total == Decimal("1910.00"), "a check stores nothing"


def test_a_value_that_cannot_be_understood_is_never_stored(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client = login(app)
    answer = act(client, 1, form_on(client, 1), "approve", **{"header.issue_date": "tomorrow", "reason": "x"})
    assert answer.status_code == 422
    assert "Issue date" in answer.json()["problem"]
    assert load(app.state.site.database, 1).status == "review"


def test_rejecting_needs_a_reason_and_takes_nothing_over(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    form = form_on(client, 1)
    assert act(client, 1, form, "reject").status_code == 422
    act(client, 1, form, "reject", **{"reason": "a quote", "header.invoice_number": "typed"})
    assert load(database, 1).status == "rejected"
    assert load(database, 1).header.invoice_number == "first-1"


def test_undo_takes_the_last_action_back(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    before = load(database, 1)
    act(client, 1, form_on(client, 1), "approve", **{"header.gross_total": "1190.00"})
    answer = client.post("/review/undo", data={"csrf": csrf_of(client)}, headers=JSON)
    assert answer.json() == {"next": "/review/1"}
    assert load(database, 1) == before
    assert reviews_of(database, 1)[0].undone
    assert client.post("/review/undo", data={"csrf": csrf_of(client)}, headers=JSON).status_code == 409, "only once"


def test_stored_corrections_leave_the_document_in_the_queue(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    act(client, 1, form_on(client, 1), "correct", **{"header.purchase_order": "PO-5"})
    assert load(database, 1).status == "review"
    assert load(database, 1).header.purchase_order == "PO-5"


def test_processing_again_is_asked_for_and_off_the_queue_until_it_happened(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    act(client, 1, form_on(client, 1), "reprocess", route="task_model")
    (request,) = list_requests(database)
    assert request.selection.ids == (1,)
    assert request.route == "task_model"
    assert ">first</a>" not in client.get("/review").text
    assert ">second</a>" in client.get("/review").text


def test_what_could_not_be_processed_again_is_back_in_the_queue_and_says_why(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    act(client, 1, form_on(client, 1), "reprocess")
    assert "It waits to be processed again (reviewer" in client.get("/review/1").text
    request = take_request(database, owner="somebody", lease_s=60)
    assert request
    assert "It is being processed again at this moment (reviewer" in client.get("/documents/1").text
    end_request(database, request.id, state="failed", outcome={"error": "No foundation model is configured."})
    assert ">first</a>" in client.get("/review").text
    act(client, 2, form_on(client, 2), "reprocess")
    again = take_request(database, owner="somebody", lease_s=60)
    assert again
    end_request(database, again.id, state="done", outcome={"documents": 1, "same": 1})
    assert ">second</a>" in client.get("/review").text, "nothing was decided anew, so a person decides"
    assert "and nothing changed." in client.get("/review/2").text
    page = client.get("/review/1").text
    assert "which failed: No foundation model is configured." in page
    assert act(client, 1, form_on(client, 1), "approve", **{"header.gross_total": "1190.00"}).status_code == 200


def test_the_dashboard_processes_again_at_once_where_it_can_and_offers_the_ways_it_has(
    warehouse: Fill, application: Callable[..., FastAPI], login: Callable[..., TestClient]
) -> None:
    begun, ended = Event(), Event()
    app = application(
        warehouse([flagged("first", page_of("first"), number="first-1")]),
        reprocess=lambda: (begun.set(), ended.wait(30)),
        routes=("einvoice_xml", "task_model"),
    )
    client = login(app)
    page = client.get("/review/1").text
    assert 'value="task_model"' in page
    assert 'value="foundation_model"' not in page
    act(client, 1, form_on(client, 1), "reprocess")
    assert begun.wait(30), "nobody has to start a command"
    ended.set()
    begun.clear()
    with TestClient(app, base_url="http://127.0.0.1:8420"):
        assert begun.wait(30), "what was asked for before the server started is not forgotten"


def test_two_reviewers_do_not_overwrite_each_other(app: FastAPI, login: Callable[..., TestClient]) -> None:
    one, two = login(app, "reviewer"), login(app, "other")
    mine = form_on(one, 1)
    page = two.get("/review/1").text
    assert "reviewer has this document open" in page
    theirs = {**mine, "csrf": csrf_of(two)}
    answer = act(two, 1, theirs, "approve", **{"header.gross_total": "1190.00"})
    assert answer.status_code == 409
    assert "reviewer is reviewing" in answer.json()["problem"]
    assert two.get("/review/next?order=age").headers["location"] == "/review/2?order=age", "the next one is free"


def test_who_saw_an_older_version_is_told_and_nothing_is_lost(app: FastAPI, login: Callable[..., TestClient]) -> None:
    one, two = login(app, "reviewer"), login(app, "other")
    old = form_on(one, 1)
    act(one, 1, old, "approve", **{"header.gross_total": "1190.00"})
    answer = act(two, 1, {**old, "csrf": csrf_of(two)}, "reject", reason="late")
    assert answer.status_code == 409
    assert "reviewer changed this document" in answer.json()["problem"]
    assert load(app.state.site.database, 1).status == "accepted"


def test_the_form_works_without_any_script(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client, database = login(app), app.state.site.database
    form = {**form_on(client, 1), "header.gross_total": "1190.00", "do": "add.line_items"}
    page = client.post("/review/1?order=age", data=form).text
    assert 'name="line_items.1.description"' in page
    assert 'value="1190.00"' in page, "what was typed is kept"
    answer = client.post("/review/1?order=age", data={**form, "do": "approve"})
    assert answer.headers["location"] == "/review/2?order=age"
    assert load(database, 1).status == "accepted"


def test_a_document_twice_approved_is_found_to_be_a_duplicate(app: FastAPI, login: Callable[..., TestClient]) -> None:
    client = login(app)
    act(client, 1, form_on(client, 1), "approve", **{"header.gross_total": "1190.00"})
    second = {**form_on(client, 2), "header.gross_total": "1190.00", "header.invoice_number": "first-1"}
    assert "LI-DUP" in act(client, 2, second, "approve").json()["problem"]


def invoice_with_lines(*descriptions: str) -> Invoice:
    lines = tuple(LineItem(description=d, net_amount=Decimal(n)) for n, d in enumerate(descriptions, 1))
    return flagged("x", b"x").replace(line_items=lines, evidence={}, issues=())


def rows(*cells: tuple[str, str, str]) -> dict[str, str]:
    form = {"line_items.shown": "3"}
    for number, (origin, description, amount) in enumerate(cells):
        form |= {
            f"line_items.{number}.origin": origin,
            f"line_items.{number}.description": description,
            f"line_items.{number}.net_amount": amount,
        }
    return form


def test_corrections_follow_rows_that_were_taken_out_moved_and_added() -> None:
    found = edited(invoice_with_lines("a", "b", "c"), rows(("2", "c", "3"), ("0", "a!", "1"), ("", "new", "9")), editor="ann")
    assert [item.description for item in found.invoice.line_items] == ["c", "a!", "new"]
    assert [(c.field, c.before, c.after) for c in found.corrections] == [
        ("line_items.0.description", "a", "a!"),
        ("line_items.+2", None, "description: new; net_amount: 9"),
        ("line_items.1", "description: b; net_amount: 2", None),
    ]


def test_an_empty_new_row_is_no_row() -> None:
    found = edited(
        invoice_with_lines("a"),
        {"line_items.shown": "1", "line_items.0.origin": "0", "line_items.1.origin": "", "line_items.1.description": " "},
        editor="ann",
    )
    assert len(found.invoice.line_items) == 1
    assert not found.corrections


def test_rows_are_joined_and_split_by_the_server_too() -> None:
    form = rows(("0", "a", "1"), ("1", "b", "2"), ("2", "c", "3"))
    joined = edited(invoice_with_lines("a", "b", "c"), reshaped(form, "merge.line_items.1"), editor="ann").invoice
    assert [(i.description, i.net_amount) for i in joined.line_items] == [("a b", Decimal(1)), ("c", Decimal(3))]
    assert "line_items.3.origin" in reshaped(form, "split.line_items.0")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.190,00", "1190.00"), ("1,190.00", "1190.00"), ("1190", "1190"), ("1 190,5", "1190.5"), ("-3,50", "-3.50"), ("12-", "-12"),
        ("EUR 7,10", "7.10"), ("1.234.567", "1234567"), ("0,125", "0.125"), ("19 %", "19"), ("", None),
    ],
)  # fmt: skip
def test_amounts_are_taken_as_people_write_them(typed: str, value: str | None) -> None:
    assert amount_of(typed) == (Decimal(value) if value is not None else None)


@pytest.mark.parametrize("typed", ["1,234", "1.2.3", "1,2,3", "abc", "1e5", "--1", "NaN", "9" * 30, "١٢", "1.000,00,0"])
def test_amounts_that_could_be_read_twice_or_not_at_all_are_asked_about(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        amount_of(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-05-04", date(2026, 5, 4)), ("4.5.2026", date(2026, 5, 4)), ("13/05/26", date(2026, 5, 13)),
        ("05/13/2026", date(2026, 5, 13)), ("", None),
    ],
)  # fmt: skip
def test_dates_are_taken_as_people_write_them(typed: str, value: date | None) -> None:
    assert date_of(typed) == value


@pytest.mark.parametrize("typed", ["04/05/2026", "31.2.2026", "soon", "2026"])
def test_dates_that_could_be_read_twice_or_not_at_all_are_asked_about(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        date_of(typed)
