"""One bad document costs itself and no other."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stand_in

import flows.supervision
from flows.inbox import content_hash
from flows.supervision import Stopped, Worker
from flows.work import Task, Verdict, WorkOrder
from schemas.errors import LineitemError, ModelError


def tasks(*paths: Path) -> list[Task]:
    return [Task(number, path.stem, str(path), path, content_hash(path)) for number, path in enumerate(paths)]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(flows.supervision, "FURTHER_DOCUMENT_S", 0.1)
    worker = Worker(WorkOrder(extract=stand_in.extract_many, options=None, document_timeout_s=3.0, document_max_bytes=10_000))
    yield worker
    worker.kill()


def outcome(worker: Worker, *paths: Path) -> list[Any]:
    invoices = [result.invoice for result in worker.run(tasks(*paths)).results]
    return [invoice.issues[0].rule if invoice and invoice.issues else "read" for invoice in invoices]


@pytest.mark.parametrize(
    ("goes", "rule", "words"),
    [
        ("crash", "LI-DOC", "SIGABRT"),
        ("raise", "LI-DOC", "ZeroDivisionError: a defect"),
        ("eat memory", "LI-DOC-LIMIT", "memory"),
        ("hang", "LI-DOC-LIMIT", "longer than 3 s"),
        ("broken", "LI-DOC-DAMAGED", "damaged"),
        ("be killed", "LI-DOC-LIMIT", "memory ran out"),
    ],
)
def test_only_the_document_at_fault_is_rejected(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, inbox: Path, goes: str, rule: str, words: str
) -> None:
    paths = [stand_in.write(inbox, "a"), stand_in.write(inbox, "bad", goes=goes), stand_in.write(inbox, "c")]
    results = worker.run(tasks(*paths)).results
    invoices = [result.invoice for result in results]
    assert all(invoices)
    assert [invoice.id for invoice in invoices if invoice] == ["a", "bad", "c"]
    bad = invoices[1]
    assert bad is not None
    assert bad.issues[0].rule == rule
    assert words in bad.issues[0].message
    assert bad.sha256 == content_hash(paths[1])
    assert not any(invoice.issues for invoice in (invoices[0], invoices[2]) if invoice)
    assert outcome(worker, stand_in.write(inbox, "later")) == ["read"]


def test_stage_times_are_reported(worker: Worker, inbox: Path) -> None:
    answer = worker.run(tasks(stand_in.write(inbox, "a"), stand_in.write(inbox, "b")))
    assert answer.times == {"read": pytest.approx(0.02)}


def test_a_file_above_the_limit_is_rejected_unread(worker: Worker, inbox: Path) -> None:
    path = inbox / "large.pdf"
    path.write_bytes(b"x" * 20_000)
    assert outcome(worker, path) == ["LI-DOC-LIMIT"]


def test_a_file_that_changes_or_goes_is_left_for_the_next_run(worker: Worker, inbox: Path) -> None:
    changed, gone = stand_in.write(inbox, "changed"), stand_in.write(inbox, "gone")
    listed = tasks(changed, gone, stand_in.write(inbox, "stays"))
    stand_in.write(inbox, "changed", number="other")
    gone.unlink()
    results = worker.run(listed).results
    assert [result.verdict for result in results] == [Verdict.CHANGED, Verdict.CHANGED, Verdict.DONE]
    assert "was changed" in results[0].reason
    assert "gone.pdf" in results[1].reason


def test_a_missing_model_ends_the_batch(worker: Worker, inbox: Path) -> None:
    with pytest.raises(ModelError, match="model is missing"):
        worker.run(tasks(stand_in.write(inbox, "a", goes="no model")))


def test_an_extraction_that_cannot_be_loaded_is_an_error(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Worker(WorkOrder(extract=stand_in.extract_many, options=None))
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if Path(entry) != Path(__file__).parent])
    try:
        with pytest.raises(LineitemError, match="cannot be loaded"):
            broken.run(tasks(stand_in.write(inbox, "a")))
    finally:
        broken.kill()


def test_workers_do_not_import_prefect_or_the_database() -> None:
    code = "import sys; import flows.worker; print([n for n in ('prefect', 'sqlalchemy', 'fastapi', 'torch', 'typer') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_stopping_does_not_wait_for_the_document(inbox: Path) -> None:
    stop = threading.Event()
    worker = Worker(WorkOrder(extract=stand_in.extract_many, options=None), stopped=stop.is_set)
    threading.Timer(1.0, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Stopped):
        worker.run(tasks(stand_in.write(inbox, "a", goes="hang")))
    assert time.monotonic() - begun < 10


def test_a_worker_that_was_ended_while_idle_costs_no_document(worker: Worker, inbox: Path) -> None:
    assert outcome(worker, stand_in.write(inbox, "a")) == ["read"]
    assert worker._process is not None
    worker._process.process.kill()
    worker._process.process.wait()
    assert outcome(worker, stand_in.write(inbox, "b")) == ["read"]


def test_one_that_hangs_costs_its_own_time_and_no_more(worker: Worker, inbox: Path) -> None:
    paths = [stand_in.write(inbox, f"{number}", goes="slow", seconds=0.3) for number in range(8)]
    paths.insert(4, stand_in.write(inbox, "bad", goes="hang"))
    assert outcome(worker, stand_in.write(inbox, "first")) == ["read"]  # the worker is up
    begun = time.monotonic()
    assert outcome(worker, *paths) == ["read"] * 4 + ["LI-DOC-LIMIT"] + ["read"] * 4
    assert time.monotonic() - begun < 3.0 + 12 * 0.3 + 4.0  # its limit, what was read twice, a new process


def test_slow_documents_together_may_take_longer_than_one_may(worker: Worker, inbox: Path) -> None:
    paths = [stand_in.write(inbox, f"{number}", goes="slow", seconds=1.2) for number in range(4)]
    begun = time.monotonic()
    assert outcome(worker, *paths) == ["read"] * 4
    assert time.monotonic() - begun < 4 * 1.2 + 4.0  # in one go, not stopped and done again


def test_a_result_that_would_fill_the_coordinator_is_refused(inbox: Path) -> None:
    order = WorkOrder(extract=stand_in.extract_many, options=None, answer_max_bytes=100_000)
    worker = Worker(order)
    try:
        paths = [
            stand_in.write(inbox, "a"),
            stand_in.write(inbox, "long", goes="answer at length", characters=500_000),
            stand_in.write(inbox, "c"),
        ]
        assert outcome(worker, *paths) == ["read", "LI-DOC-LIMIT", "read"]
    finally:
        worker.kill()


def test_a_document_that_killed_its_worker_is_tried_once_more_alone(worker: Worker, inbox: Path) -> None:
    once = stand_in.write(inbox, "once", goes="crash once", mark=str(inbox / "tried"))
    assert outcome(worker, stand_in.write(inbox, "a"), once, stand_in.write(inbox, "c")) == ["read"] * 3


@pytest.mark.parametrize(
    ("ending", "rule", "words"),
    [("SIGXCPU", "LI-DOC-LIMIT", "processor time"), ("SIGSEGV", "LI-DOC-DAMAGED", "crash"), ("exit code 1", "LI-DOC", "exit code 1")],
)
def test_the_reason_says_how_the_process_ended(inbox: Path, ending: str, rule: str, words: str) -> None:
    order = WorkOrder(extract=stand_in.extract_many, options=None)
    invoice = flows.supervision._rejection(tasks(stand_in.write(inbox, "a"))[0], ending, order).invoice
    assert invoice is not None
    assert invoice.issues[0].rule == rule
    assert words in invoice.issues[0].message
