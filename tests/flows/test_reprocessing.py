"""Documents processed again, with a stand-in whose second version reads differently."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stand_in

from flows.composition import run_batch
from flows.progress import Quiet
from flows.reprocess_requests import reprocess_selected, reprocess_waiting
from flows.reprocessing import Change
from flows.settings import Settings
from schemas.errors import ConfigurationError
from schemas.invoice import Evidence, Invoice, Status
from warehouse.batches import list_batches
from warehouse.database import Database, open_database
from warehouse.documents import Decision, Judgement, decisions, load, replace_result
from warehouse.queries import find_document, list_documents
from warehouse.reprocess_requests import list_requests, request_reprocessing
from warehouse.selections import Selection
from warehouse.tables import DocumentRow
from warehouse.versions import keep_version, versions


def newer(sources: Sequence[Any], *, options: Any, **more: Any) -> list[Invoice]:
    """A newer model: it reads every confident value as before, and reads the text in capitals."""
    found = stand_in.extract_many(sources, options=options, **more)
    return [
        invoice.replace(
            confidence=0.99, line_items=tuple(replace(line, description=(line.description or "").upper()) for line in invoice.line_items)
        )
        for invoice in found
    ]


def new_options(_settings: Settings) -> Any:
    return stand_in.options(extract=newer, pipeline_version="stand-in-2")


def again(url: str, selection: Selection, **more: Any) -> list[Change]:
    return reprocess_selected(
        selection, Settings(database=url), requested_by="a test", progress=Quiet(),
        **{"route": None, "replace_corrections": False, "make_options": new_options, **more},
    )  # fmt: skip


@pytest.fixture
def processed(inbox: Path, database_url: str) -> str:
    stand_in.write(inbox, "good")
    stand_in.write(inbox, "doubtful", confidence=0.5)
    run_batch(str(inbox), Settings(database=database_url), options=stand_in.options())
    return database_url


def corrected_by_anna(database: Database, name: str, *, status: Status = Status.ACCEPTED) -> int:
    """What the dashboard does when a person sets the gross total and decides."""
    document_id = find_document(database, name).id
    invoice = load(database, document_id)
    changed = invoice.replace(
        header=replace(invoice.header, gross_total=Decimal("777.00")),
        evidence={**invoice.evidence, "header.gross_total": Evidence(1, (0.0, 0.0, 1.0, 1.0), "777", 1.0, "user:anna")},
        status=status,
    )
    with database.write() as session:
        keep_version(session, document_id, reason="anna: approve")
        document = session.get(DocumentRow, document_id)
        assert document is not None
        replace_result(session, document, Judgement(changed, Decision("person", ("anna approved it.",), "", "1", decided_by="user:anna")))
    return document_id


def test_flagged_documents_are_read_again_and_the_earlier_result_is_kept(processed: str) -> None:
    (change,) = again(processed, Selection(flagged=True))
    assert (change.name, change.outcome, change.version) == ("doubtful", "changed", 1)
    assert {(d.path, d.before, d.after) for d in change.differences} >= {
        ("status", "review", "accepted"), ("line_items.0.description", "Ware", "WARE"), ("confidence", "0.5", "0.99"),
    }  # fmt: skip
    with open_database(processed) as database:
        (kept,) = versions(database, change.document_id)
        assert (kept.invoice.status, kept.invoice.line_items[0].description) == (Status.REVIEW, "Ware")
        assert "a test" in kept.reason
        assert load(database, change.document_id).line_items[0].description == "WARE"
        assert [d.decided_by for _, _, d in decisions(database, change.document_id)] == ["pipeline", "pipeline"]
        (request,) = list_requests(database)
        assert (request.state, request.outcome) == ("done", {"documents": 1, "changed": 1})
        assert list_batches(database)[0].source == f"reprocess request {request.id}"


def test_a_dry_run_shows_the_same_and_changes_nothing(processed: str) -> None:
    with open_database(processed) as database:
        before = [(d, load(database, d.id)) for d in list_documents(database)]
    (dry,) = again(processed, Selection(flagged=True), dry_run=True)
    with open_database(processed) as database:
        assert [(d, load(database, d.id)) for d in list_documents(database)] == before
        assert list_requests(database) == []
        assert versions(database, dry.document_id) == []
    (real,) = again(processed, Selection(flagged=True))
    assert dry.differences == real.differences != ()


def test_after_reprocessing_a_run_with_the_new_version_has_nothing_to_do(processed: str, inbox: Path) -> None:
    again(processed, Selection(model_older_than="zzz"))
    summary = run_batch(str(inbox), Settings(database=processed), options=new_options(Settings()))
    assert (summary.already_done, summary.processed) == (2, 0)


def test_the_same_result_again_makes_no_version(processed: str) -> None:
    again(processed, Selection(flagged=True))
    with open_database(processed) as database:
        document_id = find_document(database, "doubtful").id
    (change,) = again(processed, Selection(ids=(document_id,)))
    assert (change.outcome, change.version) == ("same", None)
    with open_database(processed) as database:
        assert len(versions(database, document_id)) == 1


def test_what_a_person_corrected_and_decided_stays(processed: str) -> None:
    with open_database(processed) as database:
        document_id = corrected_by_anna(database, "doubtful", status=Status.REJECTED)
    again(processed, Selection(ids=(document_id,)))
    with open_database(processed) as database:
        now = load(database, document_id)
        assert (now.header.gross_total, now.status) == (Decimal("777.00"), Status.REJECTED)
        assert now.evidence["header.gross_total"].set_by == "user:anna"
        assert now.line_items[0].description == "WARE", "what nobody corrected is read anew"
        _, status, decision = decisions(database, document_id)[-1]
        assert (status, decision.decided_by) == (Status.REJECTED, "user:anna")
        assert "stays" in decision.reasons[0]
        assert versions(database, document_id)[0].reason == "anna: approve"


def test_corrections_are_replaced_when_that_is_said(processed: str) -> None:
    with open_database(processed) as database:
        document_id = corrected_by_anna(database, "good", status=Status.REJECTED)
    again(processed, Selection(ids=(document_id,)), replace_corrections=True)
    with open_database(processed) as database:
        now = load(database, document_id)
        assert (now.status, now.header.gross_total == Decimal("777.00")) == (Status.ACCEPTED, False)
        assert versions(database, document_id)[-1].invoice.header.gross_total == Decimal("777.00")


def test_requests_from_the_dashboard_are_carried_out_in_order(processed: str) -> None:
    with open_database(processed) as database, database.write() as session:
        ids = [
            request_reprocessing(session, Selection(flagged=True), requested_by="user:anna"),
            request_reprocessing(session, Selection(sellers=("muster",)), requested_by="user:ben", route="foundation_model"),
            request_reprocessing(session, Selection(rules=("BR-CO-15",)), requested_by="user:ben", route="task_model"),
        ]
    done = reprocess_waiting(Settings(database=processed), progress=Quiet(), make_options=new_options)
    assert {request_id: len(changes) for request_id, changes in done.items()} == {ids[0]: 1, ids[1]: 0, ids[2]: 0}
    with open_database(processed) as database:
        outcomes = {request.id: (request.state, request.outcome) for request in list_requests(database)}
    assert outcomes[ids[0]] == ("done", {"documents": 1, "changed": 1})
    assert outcomes[ids[1]][0] == "failed"
    assert "No foundation model" in outcomes[ids[1]][1]["error"]
    assert outcomes[ids[2]] == ("done", {"documents": 0})
    assert reprocess_waiting(Settings(database=processed), progress=Quiet(), make_options=new_options) == {}


def test_an_original_that_is_gone_is_said(processed: str, inbox: Path) -> None:
    for path in Path(processed.removeprefix("sqlite:///").replace("test.db", "test-documents")).rglob("*"):
        if path.is_file():
            path.unlink()
    assert {change.outcome for change in again(processed, Selection(flagged=True))} == {"changed"}, "still found in the inbox"
    (inbox / "good.pdf").unlink()
    with open_database(processed) as database:
        document_id = find_document(database, "good").id
    assert [change.outcome for change in again(processed, Selection(ids=(document_id,)))] == ["unread"]
    with open_database(processed) as database:
        assert load(database, document_id).status is Status.ACCEPTED


def test_the_present_result_is_readable_while_another_is_made(inbox: Path, database_url: str) -> None:
    stand_in.write(inbox, "slow", goes="slow", seconds=1.5)
    run_batch(str(inbox), Settings(database=database_url), options=stand_in.options())
    thread = threading.Thread(target=again, args=(database_url, Selection(ids=(1,))))
    thread.start()
    time.sleep(0.8)
    with open_database(database_url) as database:
        assert load(database, 1).line_items[0].description == "Ware"
        assert [d.state for d in list_documents(database)] == ["accepted"]
    assert [change.outcome for change in again(database_url, Selection(ids=(1,)))] == ["held"]
    thread.join()
    with open_database(database_url) as database:
        assert load(database, 1).line_items[0].description == "WARE"


def test_nothing_selected_is_an_error(processed: str) -> None:
    with pytest.raises(ConfigurationError, match="Nothing is selected"):
        again(processed, Selection())


def test_the_history_command_tells_what_changed(processed: str) -> None:
    again(processed, Selection(flagged=True))
    command = [sys.executable, "-c", "from flows.cli import main; main()", "history", "doubtful", "--database", processed]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "version 1  review" in told
    assert "version 2 (now)  accepted" in told
    assert "line_items.0.description: Ware → WARE" in told
    first = subprocess.run([*command, "--version", "1"], capture_output=True, text=True, check=True).stdout
    assert Invoice.from_json(json.loads(first)).status is Status.REVIEW
    missing = subprocess.run([*command, "--version", "9"], capture_output=True, text=True, check=False)
    assert (missing.returncode, "no version 9" in missing.stderr) == (2, True)
