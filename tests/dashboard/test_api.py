"""The REST API as a program uses it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from paper import flagged, page_of

from dashboard.access import SCOPES
from schemas.invoice import Invoice
from warehouse.accounts import list_users
from warehouse.documents import load
from warehouse.sessions import add_token

BASE = "http://127.0.0.1:8420/api/v1"
Fill = Callable[[Sequence[Invoice]], str]


@pytest.fixture
def app(warehouse: Fill, application: Callable[..., FastAPI], originals: dict[str, bytes]) -> FastAPI:
    documents: list[Invoice] = []
    for number in range(5):
        data = page_of(f"d{number}")
        made = flagged(f"d{number}", data, number=f"N{number}")
        documents.append(made.replace(header=replace(made.header, issue_date=date(2026, 4, number + 1))))
        originals[made.sha256] = data
    return application(warehouse(documents))


def program(app: FastAPI, *scopes: str, name: str = "reviewer") -> TestClient:
    """A client with a token of that account for ``scopes`` (default: all)."""
    database = app.state.site.database
    user = next(user for user in list_users(database) if user.name == name)
    token = add_token(database, user, name="test", scopes=scopes or tuple(SCOPES), days=1)
    return TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {token}"})


def test_a_token_does_what_its_scopes_say_and_no_more(app: FastAPI) -> None:
    reader = program(app, "documents:read")
    assert reader.get("/documents").status_code == 200
    assert reader.get("/metrics").status_code == 403
    assert reader.post("/documents/1/reject", json={"version": 1, "reason": "x"}).status_code == 403
    boasting = program(app, "documents:write", name="viewer")
    assert boasting.post("/documents/1/reject", json={"version": 1, "reason": "x"}).status_code == 403, "a viewer's token writes nothing"
    assert TestClient(app, base_url=BASE, headers={"Authorization": "Bearer lineitem_wrong"}).get("/documents").status_code == 401


def test_a_session_of_a_browser_is_no_token(app: FastAPI, login: Callable[..., TestClient]) -> None:
    assert login(app, "admin").get("/api/v1/documents").status_code == 401


def test_pages_of_a_list_hold_every_document_once(app: FastAPI) -> None:
    client, seen, cursor = program(app), [], ""
    while True:
        page = client.get(f"/documents?limit=2{cursor}").json()
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["d4", "d3", "d2", "d1", "d0"]


def test_a_document_is_corrected_approved_and_shown(app: FastAPI) -> None:
    client = program(app)
    found = client.get("/documents/1").json()
    assert found["invoice"]["header"]["gross_total"] == "1910.00"
    answer = client.post("/documents/1/correct", json={"version": found["version"], "header": {"gross_total": "1190.00"}})
    assert answer.json()["status"] == "review"
    stale = client.post("/documents/1/approve", json={"version": found["version"]})
    assert stale.status_code == 409
    assert stale.headers["content-type"] == "application/problem+json"
    done = client.post("/documents/1/approve", json={"version": answer.json()["version"]})
    assert done.json()["status"] == "accepted"
    again = client.get("/documents/1").json()
    assert again["invoice"]["header"]["gross_total"] == "1190.00"
    assert again["corrections"][0] | {"at": ""} == {
        "at": "",
        "by": "reviewer",
        "field": "header.gross_total",
        "before": "1910.00",
        "after": "1190.00",
    }
    assert client.get("/documents/1/pages/1").content.startswith(b"\x89PNG")
    assert client.get("/documents/1/pages/2").status_code == 404


def test_broken_rules_need_a_reason(app: FastAPI) -> None:
    client = program(app)
    version = client.get("/documents/2").json()["version"]
    refused = client.post("/documents/2/approve", json={"version": version})
    assert refused.status_code == 422
    assert "BR-CO-15" in refused.json()["detail"]
    assert client.post("/documents/2/approve", json={"version": version, "reason": "agreed"}).status_code == 200


def test_a_request_sent_twice_with_its_key_is_done_once(app: FastAPI) -> None:
    client = program(app)
    version = client.get("/documents/3").json()["version"]
    body = {"version": version, "reason": "a quote"}
    answers = [client.post("/documents/3/reject", json=body, headers={"Idempotency-Key": "key-0001"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replay"] == "true"
    other = client.post("/documents/3/reject", json={**body, "reason": "other"}, headers={"Idempotency-Key": "key-0001"})
    assert other.status_code == 422
    assert client.post("/documents/3/reject", json=body).status_code == 409, "without the key it is another request"


def test_a_failed_request_leaves_its_key_free(app: FastAPI) -> None:
    client = program(app)
    key = {"Idempotency-Key": "key-0002"}
    assert client.post("/documents/4/reject", json={"version": 0, "reason": "x"}, headers=key).status_code == 409
    version = client.get("/documents/4").json()["version"]
    assert client.post("/documents/4/reject", json={"version": version, "reason": "x"}, headers=key).status_code == 200


@pytest.mark.parametrize("name", ["invoice.pdf", "../../etc/passwd", "..\\..\\x.pdf", "=cmd|x.pdf", "\x00.pdf", ""])
def test_uploads_are_kept_under_names_of_ours(app: FastAPI, tmp_path: Path, name: str) -> None:
    client = program(app)
    data = page_of("uploaded")
    answer = client.post("/documents", files={"file": (name or "x", data, "application/pdf")})
    assert answer.status_code == 202, answer.text
    (kept,) = (tmp_path / "uploads").iterdir()
    assert kept.read_bytes() == data
    assert kept.parent.resolve() == (tmp_path / "uploads").resolve()
    assert answer.json()["state"] == "waiting"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"<!doctype html><script>", b"just text"])
def test_what_is_no_document_is_refused(app: FastAPI, tmp_path: Path, data: bytes) -> None:
    answer = program(app).post("/documents", files={"file": ("a.pdf", data)})
    assert answer.status_code == 422
    assert not (tmp_path / "uploads").exists()


def test_exports_hold_no_formula(app: FastAPI) -> None:
    client = program(app)
    version = client.get("/documents/5").json()["version"]
    body = {"version": version, "header": {"seller_name": '=HYPERLINK("http://x")', "gross_total": "1190.00"}}
    assert client.post("/documents/5/correct", json=body).status_code == 200
    table = client.get("/export?format=documents.csv").text
    assert "'=HYPERLINK" in table
    assert ",=HYPERLINK" not in table.replace('"', "")
    lines = [json.loads(line) for line in client.get("/export").text.splitlines()]
    assert sorted(line["id"] for line in lines) == ["d0", "d1", "d2", "d3", "d4"]
    assert len(client.get("/export?format=line_items.csv").text.splitlines()) == 6


def test_figures(app: FastAPI) -> None:
    found = program(app).get("/metrics?since=2020-01-01&until=2200-12-31").json()
    assert found["waiting"] == 5
    assert found["failing_rules"].get("BR-CO-15", 5) == 5


def test_no_generated_request_ends_in_a_server_error(app: FastAPI) -> None:
    """Requests made from the OpenAPI description by schemathesis, valid ones and broken ones."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    client = program(app)
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    tried: dict[str, int] = {}
    for result in schema.get_all_operations():
        operation = result.ok()

        def send(case: Any) -> None:
            arguments = case.as_transport_kwargs(base_url=BASE)
            arguments.pop("cookies", None)
            arguments["headers"] = {k: v for k, v in dict(arguments.get("headers") or {}).items() if k.lower() != "authorization"}
            try:
                answer = client.request(
                    **{k: v for k, v in arguments.items() if k in ("method", "url", "params", "json", "data", "files", "headers")}
                )
            except (UnicodeEncodeError, ValueError):
                return  # the client cannot send it
            label = case.operation.label
            tried[label] = tried.get(label, 0) + 1
            assert answer.status_code < 500, f"{label} {arguments}: {answer.text[:300]}"
            documented = set(case.operation.definition.raw["responses"])
            assert str(answer.status_code) in documented | {"405"}, f"{label}: {answer.status_code} is not in the description"

        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)
            run = settings(
                max_examples=12,
                deadline=None,
                derandomize=True,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            )(given(strategy)(send))
            with suppress(schemathesis.errors.SchemathesisError):  # nothing invalid can be made of this operation
                run()
    assert len(tried) == 10
    assert min(tried.values()) >= 5


def test_an_approval_through_the_api_is_the_same_as_on_the_page(app: FastAPI) -> None:
    client = program(app)
    version = client.get("/documents/1").json()["version"]
    rows = [
        {"origin": "0", "quantity": "4", "net_amount": "1000.00"},
        {"description": "Freight", "net_amount": "0.00", "tax_category": "S", "tax_rate": "19"},
    ]
    body = {"version": version, "header": {"gross_total": "1190.00"}, "line_items": rows, "reason": "checked"}
    assert client.post("/documents/1/approve", json=body).status_code == 200
    stored = load(app.state.site.database, 1)
    assert [item.description for item in stored.line_items] == ["Torque wrench", "Freight"]
    assert stored.route == "human"
