from __future__ import annotations

import pytest
from records import invoice_of, record, registered, sha256_of

from schemas.errors import WarehouseError
from schemas.invoice import Issue, Severity, Status
from warehouse.batches import begin_batch, end_batch, list_batches
from warehouse.database import Database
from warehouse.queries import count_by_rule, count_by_status, find_document, list_documents

BROKEN = (
    Issue("BR-07", Severity.WARNING, None, None, None, "No buyer."),
    Issue("BR-02", Severity.ERROR, None, None, None, "No number."),
)


def test_lists_show_newest_first_with_reasons_errors_first(database: Database) -> None:
    record(database, invoice_of("a", invoice_number="1"))
    record(database, invoice_of("b", invoice_number="2", status=Status.REVIEW).replace(issues=BROKEN))
    waiting = registered(database, "c")
    found = list_documents(database)
    assert [(d.name, d.state) for d in found] == [("c", "received"), ("b", "review"), ("a", "accepted")]
    assert found[1].reasons == ("No number.", "No buyer.")
    assert (found[1].invoice_number, found[1].line_items) == ("2", 1)
    assert [d.name for d in list_documents(database, status="accepted")] == ["a"]
    assert [d.id for d in list_documents(database, limit=1)] == [waiting]


def test_counts(database: Database) -> None:
    first = record(database, invoice_of("a", status=Status.REVIEW).replace(issues=BROKEN))
    record(database, invoice_of("b", status=Status.REJECTED).replace(issues=BROKEN[1:]))
    record(database, invoice_of("c", status=Status.ACCEPTED).replace(issues=BROKEN[:1]))
    assert count_by_status(database) == {"review": 1, "rejected": 1, "accepted": 1}
    assert count_by_status(database, [first]) == {"review": 1}
    assert count_by_rule(database) == {"BR-02": 2}
    assert count_by_rule(database, [first], severities=("error", "warning")) == {"BR-02": 1, "BR-07": 1}


def test_the_newest_pipeline_version_is_shown(database: Database) -> None:
    record(database, invoice_of("a", status=Status.REVIEW), version="older")
    newest = record(database, invoice_of("a"))
    assert [(d.id, d.state) for d in list_documents(database)] == [(newest, "accepted")]
    assert count_by_status(database) == {"accepted": 1}


def test_documents_are_found_by_id_name_path_and_hash(database: Database) -> None:
    document_id = record(database, invoice_of("content", name="R 7"))
    for reference in (str(document_id), "R 7", "inbox/R 7.pdf", sha256_of("content")[:8], sha256_of("content").upper()):
        assert find_document(database, reference).id == document_id
    for reference in ("nothing", "99", "%", "______", "9" * 40):
        with pytest.raises(WarehouseError, match="No document"):
            find_document(database, reference)


def test_an_ambiguous_name_is_refused_with_the_ids(database: Database) -> None:
    ids = [record(database, invoice_of(content, name="same")) for content in ("one", "two")]
    with pytest.raises(WarehouseError, match=f"{ids[0]}, {ids[1]}"):
        find_document(database, "same")


def test_batches_are_recorded(database: Database) -> None:
    batch_id = begin_batch(database, source="inbox", owner="me", pipeline_version="1", documents=3, ignored=1)
    assert list_batches(database)[0].outcome == "running"
    end_batch(database, batch_id, outcome="finished", processed=3, pages=5, seconds=1.5, stage_seconds={"read": 0.5}, notes=["note"])
    (batch,) = list_batches(database)
    assert (batch.id, batch.outcome, batch.pages, batch.stage_seconds, batch.notes) == (batch_id, "finished", 5, {"read": 0.5}, ("note",))
    with pytest.raises(WarehouseError):
        end_batch(database, 99, outcome="finished", processed=0, pages=0, seconds=0, stage_seconds={})
