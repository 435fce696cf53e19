"""Messages to other systems: signed, tried again, and only to where an admin wants them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import csrf_of
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard.webhooks import checked_address, deliver, resolved
from schemas.errors import ConfigurationError
from schemas.invoice import Invoice, Status
from warehouse.reviews import Action, store_action, version_of
from warehouse.webhook_deliveries import PAUSES_S, add_webhook, list_webhooks, note_delivery


class Receiver(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(warehouse: Callable[[Sequence[Invoice]], str], application: Callable[..., FastAPI], invoice: Callable[..., Invoice]) -> FastAPI:
    return application(warehouse([invoice("one", status=Status.REVIEW)]))


def decide(app: FastAPI) -> None:
    from datetime import date

    from dashboard.checking import PersonsJudge
    from warehouse.documents import load

    database = app.state.site.database
    judge = PersonsJudge("ann", Status.ACCEPTED, (), "agreed")
    store_action(
        database,
        1,
        load(database, 1),
        version=version_of(database, 1),
        action=Action("approve", "ann"),
        today=date(2026, 5, 4),
        judge=judge,
    )


def test_a_decision_is_told_once_and_signed(app: FastAPI, receiver: Receiver) -> None:
    database = app.state.site.database
    url = f"http://127.0.0.1:{receiver.server_port}/hook?x=1"
    add_webhook(database, url=url, secret="s3cret", events=["document.accepted"], actor="admin")
    assert deliver(database) == 0, "what was decided before is not told"
    decide(app)
    assert deliver(database) == 1
    assert deliver(database) == 0
    ((headers, body),) = receiver.taken
    parts = dict(part.split("=") for part in headers["Lineitem-Signature"].split(","))
    assert parts["v1"] == hmac.new(b"s3cret", f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    message = json.loads(body)
    assert message["event"] == "document.accepted"
    assert message["document"]["gross_total"] == "1190.00"
    assert "Torque" not in body.decode(), "nothing of the page's text"


def test_what_is_not_taken_is_tried_again_later_and_given_up_in_the_end(app: FastAPI, receiver: Receiver) -> None:
    database = app.state.site.database
    receiver.status = 302
    add_webhook(database, url=f"http://127.0.0.1:{receiver.server_port}/", secret="s", events=["document.accepted"], actor="admin")
    decide(app)
    assert deliver(database) == 1
    assert deliver(database) == 0, "not at once"
    assert len(receiver.taken) == 1, "a redirect is not followed"
    assert list_webhooks(database)[0].waiting == 1
    for _ in PAUSES_S:
        note_delivery(database, 1, delivered=False, answer="HTTP 500")
    assert (list_webhooks(database)[0].waiting, list_webhooks(database)[0].failed) == (0, 1)


def test_events_that_nobody_asked_for_are_not_told(app: FastAPI, receiver: Receiver) -> None:
    database = app.state.site.database
    add_webhook(database, url=f"http://127.0.0.1:{receiver.server_port}/", secret="s", events=["document.rejected"], actor="admin")
    decide(app)
    assert deliver(database) == 0


@pytest.mark.parametrize(
    "url",
    ["ftp://x/", "https://", "https://user:pass@host/", "file:///etc/passwd", "https://host:port/", "javascript:x", "http://h\n.example/"],
)
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        checked_address(url)


@pytest.mark.parametrize(
    ("scheme", "host"), [("https", "169.254.169.254"), ("http", "93.184.216.34"), ("https", "0.0.0.0"), ("https", "224.0.0.1")]
)
def test_addresses_that_are_not_for_webhooks_are_refused(scheme: str, host: str) -> None:
    with pytest.raises(ConfigurationError):
        resolved(scheme, host, 443)


def test_the_secret_is_shown_once(app: FastAPI, login: Callable[..., TestClient], receiver: Receiver) -> None:
    admin = login(app, "admin")
    form = {"csrf": csrf_of(admin), "url": f"http://127.0.0.1:{receiver.server_port}/", "event.document.accepted": "on"}
    page = admin.post("/admin/webhooks", data=form).text
    assert "shown this once" in page
    assert "shown this once" not in admin.get("/admin/webhooks").text
