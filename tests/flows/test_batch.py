"""A batch from folder to database, with a stand-in for the extraction."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stand_in

from flows import chunk_work
from flows.composition import open_batch, run_batch
from flows.settings import Settings
from flows.summary import BatchSummary
from schemas.errors import ConfigurationError, ModelError, WarehouseError
from warehouse.batches import list_batches
from warehouse.database import open_database
from warehouse.documents import decisions, load, sources
from warehouse.queries import find_document, list_documents
from warehouse.tables import FINAL_STATES


def run(inbox: Path | str, url: str, **options: Any) -> BatchSummary:
    return run_batch(str(inbox), Settings(database=url), options=stand_in.options(**options))


def states_of(url: str) -> dict[str, str]:
    with open_database(url) as database:
        return {document.name: document.state for document in list_documents(database)}


def decisions_per_document(url: str) -> dict[str, int]:
    with open_database(url) as database:
        return {document.name: len(decisions(database, document.id)) for document in list_documents(database)}


def test_workers_read_on_while_results_are_recorded(inbox: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        stand_in.write(inbox, f"document-{number}")
    second_chunk_begun = threading.Event()
    claims: list[object] = []
    read_on: list[bool] = []
    really_claim, really_finish = chunk_work.claim, chunk_work.finish

    def claim(*arguments: Any, **options: Any) -> Any:
        claims.append(arguments)
        if len(claims) == 2:
            second_chunk_begun.set()
        return really_claim(*arguments, **options)

    def finish(*arguments: Any, **options: Any) -> Any:
        read_on.append(second_chunk_begun.wait(timeout=60))
        return really_finish(*arguments, **options)

    monkeypatch.setattr(chunk_work, "claim", claim)
    monkeypatch.setattr(chunk_work, "finish", finish)
    summary = run(inbox, database_url, workers=1, chunk=1)
    assert dict(summary.counts) == {"accepted": 3}
    assert read_on == [True, True, True]


def test_every_document_is_decided(inbox: Path, database_url: str) -> None:
    for number in range(7):
        stand_in.write(inbox, f"good-{number}")
    stand_in.write(inbox, "doubtful", confidence=0.5)
    stand_in.write(inbox, "broken", goes="broken")
    stand_in.write(inbox, "crash", goes="crash")
    (inbox / "notes.txt").write_text("not a document")
    summary = run(inbox, database_url)
    assert dict(summary.counts) == {"accepted": 7, "review": 1, "rejected": 2}
    assert dict(summary.rules) == {"LI-DOC": 1, "LI-DOC-DAMAGED": 1}
    assert (summary.documents, summary.processed, summary.pages, summary.exit_code) == (10, 10, 9 - 1, 1)
    assert summary.ignored == "1 other file ignored (1 .txt)"
    assert summary.stage_seconds["read"] > 0
    with open_database(database_url) as database:
        (batch,) = list_batches(database)
        assert (batch.outcome, batch.documents, batch.ignored, batch.processed) == ("finished", 10, 1, 10)
        doubtful = find_document(database, "doubtful")
        ((_, _, decision),) = decisions(database, doubtful.id)
        assert "Confidence 50.0% is below the threshold of 90.0%." in decision.reasons


def test_a_second_reading_is_a_decision_with_its_reasons(inbox: Path, database_url: str) -> None:
    for number in (1, 2):
        stand_in.write(inbox, f"d{number}", confidence=0.5)
    given = stand_in.options(extract=stand_in.extract_read_again, workers=1, chunk=5)
    given = replace(given, order=replace(given.order, second_read=True))
    run_batch(str(inbox), Settings(database=database_url), options=given)
    with open_database(database_url) as database:
        made = [decisions(database, document.id)[0][2] for document in list_documents(database)]
    assert sorted(decision.strategy for decision in made) == ["person", "second_read"]
    (again,) = (decision for decision in made if decision.strategy == "second_read")
    assert again.reasons[-2:] == ("A rule is broken.", "The first reading stands.")
    assert any("No foundation model" in reason for reason in again.reasons), "the reader is told why nobody else was asked"


def test_all_accepted_is_exit_code_zero_and_a_rerun_changes_nothing(inbox: Path, database_url: str) -> None:
    for number in range(4):
        stand_in.write(inbox, f"good-{number}")
    first = run(inbox, database_url)
    with open_database(database_url) as database:
        before = [(document, load(database, document.id)) for document in list_documents(database)]
    second = run(inbox, database_url)
    with open_database(database_url) as database:
        assert [(document, load(database, document.id)) for document in list_documents(database)] == before
    assert (first.exit_code, first.processed, first.already_done) == (0, 4, 0)
    assert (second.exit_code, second.processed, second.already_done) == (0, 0, 4)
    assert set(decisions_per_document(database_url).values()) == {1}


def test_same_content_under_two_names_is_one_document(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a", number="1")
    stand_in.write(inbox, "b", number="1")
    summary = run(inbox, database_url)
    assert (summary.files, summary.documents, summary.processed) == (2, 1, 1)
    with open_database(database_url) as database:
        (document,) = list_documents(database)
        assert sources(database, document.id) == [str(inbox / "a.pdf"), str(inbox / "b.pdf")]


def test_duplicates_within_one_batch_are_found(inbox: Path, database_url: str) -> None:
    for name in ("original", "scan of it"):
        stand_in.write(inbox, name, number="R-77", text=name)
    assert dict(run(inbox, database_url, workers=2, chunk=1).counts) == {"accepted": 1, "review": 1}
    with open_database(database_url) as database:
        (flagged,) = list_documents(database, status="review")
        assert any(issue.rule == "LI-DUP" for issue in load(database, flagged.id).issues)


def test_changed_bank_details_are_flagged(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a", iban="DE02120300000000202051")
    assert run(inbox, database_url).exit_code == 0
    stand_in.write(inbox, "b", iban="GB33BUKB20201555555555")
    run(inbox, database_url)
    assert states_of(database_url) == {"a": "accepted", "b": "review"}


def test_a_new_pipeline_version_reads_again(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a")
    run(inbox, database_url)
    assert run(inbox, database_url, pipeline_version="stand-in-2").processed == 1
    assert states_of(database_url) == {"a": "accepted"}


def test_an_unreadable_file_is_said_and_costs_no_other(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a")
    (inbox / "b.pdf").symlink_to(inbox / "nowhere")
    summary = run(inbox, database_url)
    assert dict(summary.counts) == {"accepted": 1}
    assert "b.pdf cannot be read" in summary.unread[0]
    assert summary.exit_code == 1


def test_a_batch_that_cannot_work_leaves_its_documents_to_the_next(inbox: Path, database_url: str) -> None:
    for number in range(5):
        stand_in.write(inbox, f"d{number}", **({"goes": "no model"} if number == 3 else {}))
    with pytest.raises(ModelError, match="model is missing"):
        run(inbox, database_url, chunk=1)
    assert "leased" not in states_of(database_url).values()
    with open_database(database_url) as database:
        assert list_batches(database)[0].outcome == "failed"
        assert "model is missing" in list_batches(database)[0].notes[0]


@pytest.mark.parametrize(("source", "error"), [("missing", ConfigurationError), (".", ConfigurationError)])
def test_nothing_to_process_ends_before_anything_is_written(source: str, error: type[Exception], database_url: str) -> None:
    with pytest.raises(error):
        run(source, database_url)
    assert not Path(database_url.removeprefix("sqlite:///")).exists()


def test_a_database_that_cannot_be_written_is_said(inbox: Path) -> None:
    stand_in.write(inbox, "a")
    with pytest.raises(WarehouseError, match="does not exist"):
        run(inbox, "sqlite:///no/such/folder/x.db")


def test_values_that_the_database_cannot_hold_cost_one_document(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a", gross="NaN")
    stand_in.write(inbox, "b")
    assert run(inbox, database_url).counts == {"accepted": 1, "rejected": 1}
    with open_database(database_url) as database:
        assert "could not be recorded" in find_document(database, "a").reasons[0]


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[3])
import stand_in
from flows.composition import run_batch
from flows.settings import Settings
run_batch(sys.argv[1], Settings(database=sys.argv[2], orchestrator="none"), options=stand_in.options(chunk=2))
"""


def start(inbox: Path, url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(inbox), url, str(Path(__file__).parent)])


def finished(url: str) -> int:
    if not Path(url.removeprefix("sqlite:///")).exists():
        return 0
    return sum(state in FINAL_STATES for state in states_of(url).values())


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
        except (OSError, ValueError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_killed_and_run_again_every_document_is_processed_exactly_once(inbox: Path, database_url: str) -> None:
    for number in range(16):
        stand_in.write(inbox, f"d{number:02}", goes="slow", seconds=0.3)
    killed = start(inbox, database_url)
    deadline = time.monotonic() + 60
    while finished(database_url) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = children_of(killed.pid)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    done_before = finished(database_url)
    assert 4 <= done_before < 16
    summary = run(inbox, database_url)
    assert dict(summary.counts) == {"accepted": 16}
    assert (summary.already_done, summary.processed) == (done_before, 16 - done_before)
    assert set(decisions_per_document(database_url).values()) == {1}
    assert workers
    deadline = time.monotonic() + 10
    while (alive := [pid for pid in workers if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive, "workers outlived their coordinator"


def test_two_runs_at_once_process_each_document_once(inbox: Path, database_url: str) -> None:
    for number in range(14):
        stand_in.write(inbox, f"d{number:02}", goes="slow", seconds=0.1)
    runs = [start(inbox, database_url) for _ in range(2)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    assert states_of(database_url) == {f"d{number:02}": "accepted" for number in range(14)}
    assert set(decisions_per_document(database_url).values()) == {1}
    with open_database(database_url) as database:
        batches = list_batches(database)
    assert [batch.outcome for batch in batches] == ["finished", "finished"]
    assert sum(batch.processed for batch in batches) == 14


def test_leaving_a_batch_early_gives_the_leases_back(inbox: Path, database_url: str) -> None:
    for number in range(4):
        stand_in.write(inbox, f"d{number}", goes="hang")
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), open_batch(str(inbox), Settings(database=database_url), options=stand_in.options()):
        time.sleep(1.5)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 20
    assert set(states_of(database_url).values()) == {"received"}
    with open_database(database_url) as database:
        assert list_batches(database)[0].outcome == "interrupted"


def test_a_lease_is_kept_while_a_document_takes_long(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "slow", goes="slow", seconds=4)
    other: list[BatchSummary] = []
    thread = threading.Thread(target=lambda: other.append(run(inbox, database_url, lease_s=1.5)))
    thread.start()
    time.sleep(1)
    mine = run(inbox, database_url, lease_s=1.5)
    thread.join()
    assert mine.processed + other[0].processed == 1
    assert mine.counts == other[0].counts == {"accepted": 1}


def test_results_are_json_with_exact_amounts(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "a", gross="119.10")
    run(inbox, database_url)
    with open_database(database_url) as database:
        text = json.dumps(load(database, find_document(database, "a").id).to_json())
    assert '"gross_total": "119.10"' in text
