"""Who is let in."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import dashboard.serve
from dashboard.app import create_app
from dashboard.serve import serve
from schemas.errors import ConfigurationError
from schemas.invoice import Invoice

BASE = "http://127.0.0.1:8420"

Fill = Callable[[Sequence[Invoice]], str]
Make = Callable[..., Invoice]


@pytest.fixture
def client(warehouse: Fill, invoice: Make) -> TestClient:
    return TestClient(create_app(warehouse([invoice("secret-name")]), token="let-me-in"), base_url=BASE, follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/documents/1", "/nothing", "/?token=wrong", "/?token=", "/?token=é", "/docs", "/openapi.json"])
def test_without_the_token_nothing_is_shown(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert "secret-name" not in answer.text
    assert "lineitem.db" not in answer.text
    assert "set-cookie" not in answer.headers


def test_the_link_becomes_a_cookie_and_leaves_the_address(client: TestClient) -> None:
    answer = client.get("/?status=review&token=let-me-in")
    assert answer.status_code == 303
    assert answer.headers["location"] == BASE + "/?status=review"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200


def test_the_redirect_stays_on_this_server(client: TestClient) -> None:
    answer = client.get(BASE + "//evil.example/?token=let-me-in")
    assert answer.headers["location"].startswith(BASE + "/")


def test_a_cookie_of_another_start_does_not_open(warehouse: Fill, invoice: Make) -> None:
    url = warehouse([invoice("one")])
    client = TestClient(create_app(url, token="first"), base_url=BASE)
    client.get("/?token=first")
    later = TestClient(create_app(url, token="second"), base_url=BASE, cookies=client.cookies)
    assert later.get("/").status_code == 401


def test_each_start_has_its_own_token(warehouse: Fill) -> None:
    url = warehouse([])
    tokens = {create_app(url).state.token for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 40 for token in tokens)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_for_this_machine_is_refused(client: TestClient, host: str) -> None:
    client.get("/?token=let-me-in")
    assert client.get("/", headers={"host": host}).status_code == 400


def test_pages_allow_no_script_no_frame_and_no_copy(client: TestClient) -> None:
    client.get("/?token=let-me-in")
    for path in ("/", "/documents/1", "/nothing", "/static/lineitem.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert client.get("/").headers["cache-control"] == "no-store"


def test_templates_hold_neither_scripts_nor_styles_nor_foreign_addresses() -> None:
    templates = sorted((Path(dashboard.serve.__file__).parent / "templates").glob("*.html"))
    assert templates
    for template in templates:
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://|\|\s*safe", template.read_text()), template.name


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    client.get("/?token=let-me-in")
    assert client.request(method, "/").status_code == 405


def test_a_taken_port_is_said_before_a_link_is_shown(warehouse: Fill) -> None:
    shown: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="port"):
        serve(warehouse([]), announce=shown.append, port=taken.getsockname()[1])
    assert not shown


def test_it_listens_on_this_machine_only(warehouse: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    listening: list[tuple[str, int]] = []
    shown: list[str] = []

    def run(_self: object, sockets: list[socket.socket]) -> None:
        listening.extend(each.getsockname() for each in sockets)
        sockets[0].close()

    monkeypatch.setattr("uvicorn.Server.run", run)
    serve(warehouse([]), announce=shown.append, port=0)
    assert [host for host, _ in listening] == ["127.0.0.1"]
    assert re.fullmatch(rf"http://127\.0\.0\.1:{listening[0][1]}/\?token=[\w-]{{40,}}", shown[0])
