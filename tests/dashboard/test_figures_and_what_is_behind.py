"""Figures of the overview and of the model lead to the documents behind them; runs lead to Prefect."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from paper import flagged, page_of

from extractors.reference import Reference
from schemas.invoice import Invoice
from schemas.observed import FEATURES
from warehouse.batches import record_flow_run

Fill = Callable[[Sequence[Invoice]], str]
Application = Callable[..., FastAPI]
Login = Callable[..., TestClient]


def around_today() -> str:
    today = datetime.now(UTC).date()  # documents are stamped with the real day
    return f"since={today - timedelta(days=1)}&until={today + timedelta(days=1)}"


def documents_at(client: TestClient, link: str) -> set[str]:
    return set(re.findall(r'href="/documents/\d+">([\w-]+)</a>', client.get(link).text))


def link_behind(page: str, figure: str) -> str:
    """The address to which a figure of the overview leads."""
    found = re.search(rf'<a href="([^"]+)"><span>{figure}</span>', page) or re.search(
        rf'{figure}</th><td class="number"><a href="([^"]+)"', page
    )
    assert found, f"{figure} leads nowhere"
    return unescape(found[1])


@pytest.fixture
def filled(warehouse: Fill) -> str:
    documents = [flagged(name, page_of(name), number=f"{name}-1") for name in ("corrected", "confirmed", "waiting")]
    right = documents[1].replace(
        header=documents[0].header.__class__(**{**_fields(documents[1]), "gross_total": documents[1].header.amount_due})
    )
    return warehouse([documents[0], right.replace(issues=()), documents[2]])


def _fields(invoice: Invoice) -> dict[str, object]:
    return {name: getattr(invoice.header, name) for name in type(invoice.header).__dataclass_fields__}


def decide(client: TestClient, document: int, **values: str) -> None:
    page = client.get(f"/review/{document}").text
    csrf, version = (re.search(rf'name="{name}" value="(\w+)"', page) for name in ("csrf", "version"))
    assert csrf
    assert version
    form = {"csrf": csrf[1], "version": version[1], "do": "approve", "reason": "checked", **values}
    assert "next" in client.post(f"/review/{document}", data=form, headers={"accept": "application/json"}).json()


def test_figures_of_the_overview_lead_to_their_documents(filled: str, application: Application, login: Login) -> None:
    client = login(application(filled))
    decide(client, 1, **{"header.gross_total": "1190.00"})
    decide(client, 2)
    page = client.get(f"/?{around_today()}").text
    assert documents_at(client, link_behind(page, "Wrong when reviewed")) == {"corrected"}
    assert documents_at(client, link_behind(page, "Decided by people")) == {"corrected", "confirmed"}
    assert documents_at(client, link_behind(page, "Accepted untouched, found wrong later")) == set()
    slowest = link_behind(page, "Time to decision")
    assert documents_at(client, slowest) == {"corrected", "confirmed", "waiting"}
    assert "took" in client.get(slowest).text


def test_accuracy_is_shown_by_seller_and_month_and_leads_to_what_was_reviewed(filled: str, application: Application, login: Login) -> None:
    client = login(application(filled))
    decide(client, 1, **{"header.gross_total": "1190.00"})
    decide(client, 2)
    page = client.get(f"/model?{around_today()}").text
    assert f"{datetime.now(UTC):%Y-%m}" in re.findall(r'<th scope="col" class="number">([^<]*)</th>', page)
    assert "50 % of 2" in page
    links = [unescape(link) for link in re.findall(r'href="(/documents\?[^"]*seller=[^"]*)"', page)]
    assert documents_at(client, links[0]) == {"corrected", "confirmed"}


def test_the_confidence_of_a_bar_leads_to_its_documents(filled: str, application: Application, login: Login) -> None:
    client = login(application(filled), "viewer")
    page = client.get(f"/model?{around_today()}").text
    links = {name: unescape(link) for link, name in re.findall(r'<a href="(/documents\?[^"]*confidence=\d)">([\d.–]+)</a>', page)}
    assert documents_at(client, links["0.6–0.7"]) == {"corrected", "confirmed", "waiting"}
    assert documents_at(client, links["0.5–0.6"]) == set()


def test_a_model_with_a_reference_is_compared_with_its_training(warehouse: Fill, application: Application, login: Login) -> None:
    documents = [flagged(f"d{n}", page_of(f"d{n}"), number=f"N-{n}").replace(issues=()) for n in range(60)]
    url = warehouse(documents)
    spreads = {name: {"never": 500} for name in FEATURES} | {"pages": {"1": 500}}
    reference = Reference("abc123", 500, spreads, frozenset({"torque", "wrench"}))
    client = login(application(url, reference=reference), "viewer")
    page = client.get(f"/model?{around_today()}").text
    assert "500 documents that model abc123 was measured on" in page
    verdicts = dict(re.findall(r'<tr><th scope="row">([\w ]+)</th>.*?<td class="status \w+">([\w ]+)</td></tr>', page))
    assert verdicts["Pages"] == "stable"
    assert verdicts["Confidence"] == verdicts["Known words"] == verdicts["Place of the total"] == "changed"
    assert "What comes in has changed: confidence" in client.get(f"/?{around_today()}").text


def test_without_a_reference_the_period_before_is_compared_and_said_so(filled: str, application: Application, login: Login) -> None:
    page = login(application(filled), "viewer").get("/model").text
    assert "the model brings no reference of its training" in page
    assert "Known words" not in page, "there is nothing to know them from"


def test_each_run_leads_to_its_own_prefect_run(filled: str, application: Application, login: Login) -> None:
    app = application(filled, prefect_url="http://127.0.0.1:4200/")
    client = login(app, "viewer")
    assert "/runs/flow-run/" not in client.get("/batches").text
    record_flow_run(app.state.site.database, 1, "0b8f2c3e-1111-4222-8333-444455556666")
    assert 'href="http://127.0.0.1:4200/runs/flow-run/0b8f2c3e-1111-4222-8333-444455556666"' in client.get("/batches").text


def test_a_search_is_blind_to_case_and_takes_signs_as_they_are(filled: str, application: Application, login: Login) -> None:
    client = login(application(filled), "viewer")
    assert documents_at(client, "/documents?words=nordWIND") == {"corrected", "confirmed", "waiting"}
    assert documents_at(client, "/documents?words=CORRECTED-1") == {"corrected"}
    for signs in ("%25", "_", "/", "c%25d"):
        assert documents_at(client, f"/documents?words={signs}") == set(), signs
