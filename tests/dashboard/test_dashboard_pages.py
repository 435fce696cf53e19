"""What a person sees in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dashboard.app import create_app
from schemas.errors import WarehouseError
from schemas.invoice import Invoice, Issue, Severity, Status

Fill = Callable[[Sequence[Invoice]], str]
Make = Callable[..., Invoice]


def visitor(url: str) -> TestClient:
    app = create_app(url, token="let-me-in")
    client = TestClient(app, base_url="http://127.0.0.1:8420")
    assert client.get("/?token=let-me-in").status_code == 200
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_start_page_counts_by_status_and_says_why(warehouse: Fill, invoice: Make, doubtful: Issue) -> None:
    client = visitor(warehouse([invoice("first"), invoice("second", status=Status.REVIEW, issues=(doubtful,)), invoice("third")]))
    text = text_of(client.get("/").text)
    assert "3 all documents" in text
    assert "2 accepted" in text
    assert "1 review" in text
    assert "0 rejected" in text
    assert "The total is not net plus tax." in text
    assert "Nordwind Werkzeuge GmbH" in text
    assert "1190.00 EUR" in text
    assert text.index("third") < text.index("first"), "newest first"


def test_a_status_filters_the_list(warehouse: Fill, invoice: Make, doubtful: Issue) -> None:
    client = visitor(warehouse([invoice("good-one"), invoice("odd-one", status=Status.REVIEW, issues=(doubtful,))]))
    text = client.get("/?status=review").text
    assert "odd-one" in text
    assert "good-one" not in text


def test_a_document_that_breaks_no_rule_says_why_it_is_flagged_all_the_same(warehouse: Fill, invoice: Make) -> None:
    client = visitor(warehouse([invoice("unsure", status=Status.REVIEW)]))
    assert "Confidence 0.40 is below the threshold of 0.90." in client.get("/").text


def test_each_document_in_the_list_leads_to_its_values_places_and_reasons(warehouse: Fill, invoice: Make, doubtful: Issue) -> None:
    client = visitor(warehouse([invoice("odd-one", status=Status.REVIEW, issues=(doubtful,))]))
    link = re.search(r'href="(/documents/\d+)">odd-one', client.get("/").text)
    assert link
    text = text_of(client.get(link[1]).text)
    assert "BR-CO-15" in text
    assert "Gross total" in text
    assert "page 2: “1.190,00”, 98 %, task_model+arithmetic" in text
    assert "Torque wrench" in text
    assert "99.9 % sure" in text, "what is not certain is not shown as 100 %"
    assert "inbox/odd-one.pdf" in text


def test_text_of_a_page_is_never_markup(warehouse: Fill, invoice: Make) -> None:
    script = "<script>alert(1)</script>"
    issue = Issue("LI-INJECT", Severity.ERROR, script, script, script, f"Found {script}")
    client = visitor(warehouse([invoice(f"x{script}\" onload='1", status=Status.REVIEW, seller=script, issues=(issue,))]))
    for path in ("/", "/documents/1", "/?status=" + script):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "onload='" not in answer.text


def test_long_lists_have_pages(warehouse: Fill, invoice: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.pages.DOCUMENTS_PER_PAGE", 5)
    client = visitor(warehouse([invoice(f"document-{number:03d}") for number in range(12)]))
    pages = [client.get(f"/?page={number}").text for number in (1, 2, 3, 4)]
    assert [page.count('href="/documents/') for page in pages] == [5, 5, 2, 0]
    assert 'href="/?page=2"' in pages[0]
    assert 'href="/?page=1"' in pages[1]
    assert 'href="/?page=4"' not in pages[2]


def test_an_empty_warehouse_says_what_to_do(warehouse: Fill) -> None:
    assert "lineitem run" in visitor(warehouse([])).get("/").text


@pytest.mark.parametrize(
    "path", ["/documents/99", "/documents/abc", "/documents/-1", "/documents/9" + "9" * 30, "/documents/../../etc", "/nothing"]
)
def test_what_is_not_there_is_a_plain_404(warehouse: Fill, invoice: Make, path: str) -> None:
    answer = visitor(warehouse([invoice("only")])).get(path)
    assert answer.status_code == 404
    assert "No such" in answer.text


@pytest.mark.parametrize("query", ["page=0", "page=-3", "page=x", "page=99999999999999", "page=²", "status=nonsense", "status='--"])
def test_odd_questions_get_the_start_page(warehouse: Fill, invoice: Make, query: str) -> None:
    assert visitor(warehouse([invoice("only")])).get(f"/?{query}").status_code == 200


def test_a_database_that_does_not_exist_is_not_created_by_looking(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        create_app(f"sqlite:///{tmp_path / 'missing.db'}")
    assert not (tmp_path / "missing.db").exists()
