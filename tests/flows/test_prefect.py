"""The flow on a real Prefect server, temporary and on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import stand_in

import flows.composition
from flows.composition import run_batch
from flows.settings import Settings
from schemas.errors import ModelError
from warehouse.batches import list_batches
from warehouse.database import open_database
from warehouse.documents import load
from warehouse.queries import list_documents

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Type object")]  # Prefect's column types, beside SQLAlchemy 2.1


def flow_run_ids() -> list[str]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return [str(run.id) for run in client.read_flow_runs()]


def flow_runs() -> list[tuple[str, str, str, int]]:
    """(flow run's name, state, message, task runs) of all flow runs, oldest first."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import FlowRunSort

    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(sort=FlowRunSort.START_TIME_ASC)
        counts = [len(client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run.id])))) for run in found]
        return [
            (run.name, run.state_name or "", run.state.message or "" if run.state else "", n) for run, n in zip(found, counts, strict=True)
        ]


def test_a_batch_is_one_flow_run_with_a_task_run_per_chunk(prefect_server: None, inbox: Path, database_url: str) -> None:
    for number in range(7):
        stand_in.write(inbox, f"d{number}", **({"confidence": 0.1} if number == 6 else {}))
    summary = run_batch(str(inbox), Settings(database=database_url, orchestrator="prefect"), options=stand_in.options(chunk=3))
    assert dict(summary.counts) == {"accepted": 6, "review": 1}
    name, state, message, _ = flow_runs()[-1]
    assert (name, state, message) == (str(inbox), "Completed", "6 accepted, 1 review")
    with open_database(database_url) as database:
        assert {load(database, document.id).notes for document in list_documents(database)} == {()}, "workers imported Prefect"
        assert list_batches(database)[0].flow_run_id in flow_run_ids(), "pages can lead from the batch to its flow run"


RUN_WITHOUT_A_SERVER = """
import sys
import stand_in
from flows.composition import run_batch
from flows.settings import Settings
run_batch(sys.argv[1], Settings(database=sys.argv[2], orchestrator="prefect"), options=stand_in.options(chunk=3))
"""


def test_where_no_server_is_named_everything_is_recorded_before_the_run_ends(prefect_server: None, inbox: Path, database_url: str) -> None:
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    for number in range(7):
        stand_in.write(inbox, f"d{number}")
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent)])
    own = {"PYTHONPATH": path, "PREFECT_API_DATABASE_CONNECTION_URL": str(PREFECT_API_DATABASE_CONNECTION_URL.value())}
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | own
    done = subprocess.run(
        [sys.executable, "-c", RUN_WITHOUT_A_SERVER, str(inbox), database_url], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    three_chunks_and_what_others_hold = 4
    assert flow_runs()[-1] == (str(inbox), "Completed", "7 accepted", three_chunks_and_what_others_hold)
    with open_database(database_url) as database:
        assert list_batches(database)[0].flow_run_id in flow_run_ids()


def test_the_summary_is_an_artifact(prefect_server: None, inbox: Path, database_url: str) -> None:
    from prefect.artifacts import Artifact

    stand_in.write(inbox, "a")
    run_batch(str(inbox), Settings(database=database_url, orchestrator="prefect"), options=stand_in.options())
    artifact = Artifact.get("lineitem-batch")
    assert artifact is not None
    assert str(inbox) in (artifact.description or "")
    assert '"accepted"' in str(artifact.data)


def test_the_flow_runs_by_itself_as_a_deployment_does(
    prefect_server: None, inbox: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.batch import lineitem_batch

    monkeypatch.setattr(flows.composition, "batch_options", lambda _settings: stand_in.options())
    stand_in.write(inbox, "a")
    lineitem_batch(str(inbox), database_url)
    with open_database(database_url) as database:
        assert [document.state for document in list_documents(database)] == ["accepted"]


def test_errors_of_the_batch_come_through_and_the_flow_run_fails(prefect_server: None, inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a", goes="no model")
    with pytest.raises(ModelError, match="model is missing"):
        run_batch(str(inbox), Settings(database=database_url, orchestrator="prefect"), options=stand_in.options())
    assert flow_runs()[-1][1] == "Failed"


def test_no_document_depends_on_prefect(inbox: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.batch

    def fail(*_: object) -> None:
        raise RuntimeError("Timed out while attempting to connect to ephemeral Prefect API server.")

    monkeypatch.setattr(flows.batch, "lineitem_batch", fail)
    stand_in.write(inbox, "a")
    summary = run_batch(str(inbox), Settings(database=database_url, orchestrator="prefect"), options=stand_in.options())
    assert dict(summary.counts) == {"accepted": 1}


def test_prefect_is_offline_and_quiet_unless_the_user_wants_otherwise(tmp_path: Path) -> None:
    code = (
        "import os; os.environ['PREFECT_LOGGING_LEVEL'] = 'INFO'; os.environ['PREFECT_HOME'] = '/dev/null/x';"
        "from flows.prefect_runtime import prepare_environment as p; del os.environ['PREFECT_HOME']; os.environ['HOME'] = '/dev/null'; p();"
        "print(os.environ['DO_NOT_TRACK'], os.environ['PREFECT_SERVER_ANALYTICS_ENABLED'], os.environ['PREFECT_LOGGING_LEVEL'],"
        " os.path.isdir(os.environ['PREFECT_HOME']))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert found == ["1", "false", "INFO", "True"]
