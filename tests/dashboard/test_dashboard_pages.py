"""What a person sees in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard.app import create_app
from dashboard.services import Services
from schemas.errors import WarehouseError
from schemas.invoice import Invoice, Issue, Severity, Status

Fill = Callable[[Sequence[Invoice]], str]
Make = Callable[..., Invoice]
Visit = Callable[[Sequence[Invoice]], TestClient]

PERIOD = "since=2020-01-01&until=2200-01-01"


@pytest.fixture
def visit(warehouse: Fill, application: Callable[..., FastAPI], login: Callable[..., TestClient]) -> Visit:
    return lambda invoices: login(application(warehouse(invoices)), "reviewer")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_overview_shows_outcomes_and_leads_to_the_documents_behind_them(visit: Visit, invoice: Make, doubtful: Issue) -> None:
    client = visit([invoice("first"), invoice("second", status=Status.REVIEW, issues=(doubtful,)), invoice("third")])
    # Documents are stamped with the real day, which the test's clock need not know.
    day = re.search(r"\d{4}-\d\d-\d\d", text_of(client.get("/documents").text))
    assert day
    page = client.get(f"/?since={day[0]}&until={day[0]}").text
    text = text_of(page)
    assert "Documents 3" in text
    assert "Touchless 66.6 %" in text
    assert "Waiting for review 1" in text
    assert "BR-CO-15" in text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/documents\?[^"]*)"', page)]
    assert len(links) > 3
    flagged = next(link for link in links if "rule=BR-CO-15" in link)
    assert "second" in client.get(flagged).text
    assert "first" not in client.get(flagged).text


def test_a_filter_in_the_address_filters_the_list(visit: Visit, invoice: Make, doubtful: Issue) -> None:
    client = visit([invoice("good-one"), invoice("odd-one", status=Status.REVIEW, issues=(doubtful,), seller="Zucker AG")])
    for query in ("status=review", "rule=BR-CO-15", "seller=Zucker+AG", "words=zucker"):
        text = client.get(f"/documents?{query}").text
        assert "odd-one" in text, query
        assert "good-one" not in text, query
    assert "good-one" in client.get("/documents?batch=1").text
    assert "good-one" not in client.get("/documents?batch=2").text


def test_a_document_that_breaks_no_rule_says_why_it_is_flagged_all_the_same(visit: Visit, invoice: Make) -> None:
    assert "Confidence 0.40 is below the threshold of 0.90." in visit([invoice("unsure", status=Status.REVIEW)]).get("/documents").text


def test_each_document_in_the_list_leads_to_its_values_places_and_reasons(visit: Visit, invoice: Make, doubtful: Issue) -> None:
    client = visit([invoice("odd-one", status=Status.REVIEW, issues=(doubtful,))])
    link = re.search(r'href="(/documents/\d+)">odd-one', client.get("/documents").text)
    assert link
    text = text_of(client.get(link[1]).text)
    assert "BR-CO-15" in text
    assert "Gross total" in text
    assert "page 2: “1.190,00”, 98 %, task model and arithmetic" in text
    assert "Torque wrench" in text
    assert "99.9 % sure" in text, "what is not certain is not shown as 100 %"
    assert "inbox/odd-one.pdf" in text


def test_text_of_a_page_is_never_markup(visit: Visit, invoice: Make) -> None:
    script = "<script>alert(1)</script>"
    issue = Issue("LI-INJECT", Severity.ERROR, script, script, script, f"Found {script}")
    client = visit([invoice(f"x{script}\" onload='1", status=Status.REVIEW, seller=script, issues=(issue,))])
    pages = ["/", "/documents", "/documents/1", "/review", "/review/1", "/sellers", "/tax", "/model", f"/documents?seller={script}"]
    for path in [*pages, *(f"{page}?{PERIOD}" for page in pages[:-1])]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<script>" not in answer.text, path
        assert "onload='" not in answer.text, path
    assert "&lt;script&gt;" in client.get("/review/1").text


def test_long_lists_have_pages(visit: Visit, invoice: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.monitoring_pages.PER_PAGE", 5)
    client = visit([invoice(f"document-{number:03d}") for number in range(12)])
    path, seen = "/documents", []
    while path:
        page = client.get(path).text
        seen.append(len(re.findall(r"document-\d{3}", page)))
        following = re.search(r'href="([^"]*)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [5, 5, 2]


def test_an_empty_warehouse_says_what_to_do(visit: Visit) -> None:
    client = visit([])
    for path in ("/", "/documents", "/batches"):
        page = client.get(path)
        assert page.status_code == 200
    assert "lineitem run" in client.get("/documents").text
    for path in ("/review", "/model", "/sellers", "/tax", "/upload"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    ["/documents/99", "/documents/abc", "/documents/-1", "/documents/9" + "9" * 30, "/documents/../../etc", "/nothing", "/review/99"],
)
def test_what_is_not_there_is_a_plain_404(visit: Visit, invoice: Make, path: str) -> None:
    answer = visit([invoice("only")]).get(path)
    assert answer.status_code == 404
    assert "No such" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "before=0",
        "before=-3",
        "before=x",
        "before=99999999999999",
        "before=²",
        "status='--",
        "since=x",
        "since=9999-12-31",
        "batch=x",
        "rule=%00",
    ],
)
def test_odd_questions_get_an_answer(visit: Visit, invoice: Make, query: str) -> None:
    client = visit([invoice("only")])
    for path in ("/", "/documents", "/model", "/sellers", "/tax", "/review"):
        assert client.get(f"{path}?{query}").status_code == 200, path


def test_charts_have_their_numbers_as_a_table(visit: Visit, invoice: Make) -> None:
    client = visit([invoice("one")])
    for path in (f"/?until={datetime.now(UTC).date()}", "/model"):  # stamped with the real day, whatever the test's clock says
        page = client.get(path).text
        assert '<svg class="chart' in page
        assert 'aria-label="Documents ' in page
        assert "As a table" in page


def test_a_table_for_a_spreadsheet_holds_no_formula(visit: Visit, invoice: Make) -> None:
    from dataclasses import replace

    paid = invoice("one")
    evil = "=HYPERLINK(1)"
    line = replace(paid.tax_breakdown[0], category=evil)
    client = visit([paid.replace(tax_breakdown=(line,), header=replace(paid.header, currency=evil))])
    answer = client.get("/tax?since=2026-01-01&until=2026-12-31&export=rate")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert "'=HYPERLINK" in answer.text
    assert not re.search(r"(^|,)\"?=", answer.text, re.MULTILINE)


def test_tax_totals_add_up_exactly_and_credit_notes_count_against(visit: Visit, invoice: Make) -> None:
    from dataclasses import replace
    from decimal import Decimal

    from schemas.invoice import DocumentType

    def priced(name: str, net: str) -> Invoice:
        made = invoice(name)
        line = replace(made.tax_breakdown[0], taxable_amount=Decimal(net), tax_amount=Decimal("0.01"))
        return made.replace(tax_breakdown=(line,))

    documents = [priced(f"d{n}", "0.10") for n in range(10)]
    documents.append(priced("credit", "0.30").replace(document_type=DocumentType.CREDIT_NOTE))
    text = visit(documents).get("/tax?since=2026-01-01&until=2026-12-31&export=rate").text
    assert "S,19,EUR,11,0.70,0.09" in text


def test_a_database_that_does_not_exist_is_not_created_by_looking(tmp_path: Path) -> None:
    services = Services(original=lambda _sha256, _sources: b"", upload_folder=tmp_path)
    with pytest.raises(WarehouseError):
        create_app(f"sqlite:///{tmp_path / 'missing.db'}", services=services)
    assert not (tmp_path / "missing.db").exists()


def test_a_window_that_closes_while_it_sends_is_no_error_of_the_server(visit: Visit, invoice: Make) -> None:
    import asyncio

    client = visit([invoice("one", status=Status.REVIEW)])
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    sent: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            sent.append(int(str(message["status"])))

    headers = {"host": "127.0.0.1:8420", "cookie": cookie, "content-type": "application/x-www-form-urlencoded", "content-length": "9"}
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/review/1/check", "raw_path": b"/review/1/check",
        "query_string": b"", "root_path": "", "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8420),
    }  # fmt: skip
    asyncio.run(client.app(scope, receive, send))
    assert sent == [499], "answered quietly; it raised before"
