"""What is put on a schedule, whom a failure is told, and what Prometheus fetches."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from flows.metrics_endpoint import metrics_server
from flows.notifications import notify
from flows.prefect_server import let_bulk_inserts_pass
from flows.schedules import deployment_of
from flows.settings import Settings
from schemas.errors import ConfigurationError, WarehouseError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict]]]:
    received: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", received
        server.shutdown()


def test_a_failure_is_told_to_the_webhook(webhook: tuple[str, list[dict]]) -> None:
    url, received = webhook
    assert notify(Settings(notify_url=url), "batch_failed", "The disk is full.", say=pytest.fail, source="inbox")
    (body,) = received
    assert (body["event"], body["message"], body["source"], body["text"]) == (
        "batch_failed", "The disk is full.", "inbox", "Lineitem: The disk is full.",
    )  # fmt: skip


def test_nobody_is_told_unless_the_setting_says_whom() -> None:
    assert not notify(Settings(), "batch_failed", "x", say=pytest.fail)


def test_a_webhook_that_does_not_answer_is_said_and_does_no_harm() -> None:
    said: list[str] = []
    assert not notify(Settings(notify_url="http://127.0.0.1:9/x"), "nothing_arrived", "x", say=said.append)
    assert "was not delivered" in said[0]


def test_runs_of_one_source_never_overlap() -> None:
    keywords = deployment_of("inbox/new", Settings(database="sqlite:///x.db"), cron="0 2 * * *", timezone="Europe/Berlin", timeout_s=60)
    assert (keywords["global_limit"].limit, keywords["limit"]) == (1, 1)
    assert keywords["schedules"][0].cron == "0 2 * * *"
    assert keywords["parameters"] == {"source": "inbox/new", "database": "sqlite:///x.db", "timeout_s": 60}
    assert "/" not in keywords["name"]


@pytest.mark.parametrize(("cron", "zone"), [("every night", None), ("0 2 * * *", "Moon/Base")])
def test_a_schedule_that_cannot_be_read_is_explained(cron: str, zone: str | None) -> None:
    with pytest.raises(ConfigurationError, match="--cron"):
        deployment_of("inbox", Settings(), cron=cron, timezone=zone, timeout_s=60)


def test_every_deployment_names_a_flow_with_these_parameters() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    assert {d["name"] for d in deployments} >= {"nightly-batch", "reprocess-flagged", "health-report", "retraining"}
    for deployment in deployments:
        path, _, name = deployment["entrypoint"].partition(":")
        flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
        assert set(deployment["parameters"]) <= set(flow.parameters.properties)


def test_prometheus_fetches_the_figures() -> None:
    def text() -> str:
        return "lineitem_documents 7\n"

    with metrics_server(text, address="127.0.0.1:0") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with urllib.request.urlopen(f"{url}/metrics") as answer:
            assert answer.read().decode() == "lineitem_documents 7\n"
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}/")
        server.shutdown()


def test_a_database_that_is_away_is_an_answer_and_not_an_end() -> None:
    def text() -> str:
        raise WarehouseError("The database cannot be opened.")

    with metrics_server(text, address="127.0.0.1:0") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics")
        server.shutdown()


@pytest.mark.parametrize("address", ["9108", "host:", "127.0.0.1:99999", "no.such.host.invalid:1"])
def test_an_address_that_cannot_be_listened_on_is_explained(address: str) -> None:
    with pytest.raises(ConfigurationError):
        metrics_server(str, address=address)


def test_a_server_of_our_own_inserts_the_runs_of_a_schedule() -> None:
    from prefect.server.database.orm_models import FlowRun
    from sqlalchemy import create_engine, insert, select
    from sqlalchemy.orm import Session

    let_bulk_inserts_pass()
    engine = create_engine("sqlite://")
    FlowRun.__table__.create(engine)
    run = {
        "id": uuid4(),
        "flow_id": uuid4(),
        "name": "a",
        "idempotency_key": "a",
        "state": {"type": "SCHEDULED"},
        "state_name": "Scheduled",
    }
    with Session(engine) as session:
        session.execute(insert(FlowRun), [run])
        assert session.scalars(select(FlowRun.state_name)).all() == ["Scheduled"]


def test_scheduled_flows_can_travel_to_their_process() -> None:
    import cloudpickle

    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]:
        path, _, name = deployment["entrypoint"].partition(":")
        flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
        assert cloudpickle.loads(cloudpickle.dumps(flow)).name == flow.name
