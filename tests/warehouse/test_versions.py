from __future__ import annotations

import pytest
from records import VERSION, invoice_of, record, registered

from schemas.errors import WarehouseError
from warehouse.database import Database
from warehouse.documents import load
from warehouse.versions import keep_version, versions


def test_a_kept_version_is_the_whole_result_with_its_decision(database: Database) -> None:
    invoice = invoice_of("a")
    document_id = record(database, invoice)
    with database.write() as session:
        assert keep_version(session, document_id, reason="processed again by flow") == 1
    (version,) = versions(database, document_id)
    assert version.invoice == invoice == load(database, document_id)
    assert (version.number, version.reason, version.pipeline_version) == (1, "processed again by flow", VERSION)
    assert (version.decision["status"], version.decision["model_version"], version.decision["reasons"]) == (
        "accepted",
        "model-1",
        ["as it is"],
    )


def test_versions_are_numbered_per_document_and_never_replaced(database: Database) -> None:
    first, second = record(database, invoice_of("a", invoice_number="1")), record(database, invoice_of("b", invoice_number="2"))
    for document_id, reason in ((first, "one"), (second, "two"), (first, "three")):
        with database.write() as session:
            keep_version(session, document_id, reason=reason)
    assert [(v.number, v.reason) for v in versions(database, first)] == [(1, "one"), (2, "three")]
    assert [(v.number, v.reason) for v in versions(database, second)] == [(1, "two")]


def test_a_version_is_not_kept_when_the_replacement_fails(database: Database) -> None:
    document_id = record(database, invoice_of("a"))
    with pytest.raises(ZeroDivisionError), database.write() as session:
        keep_version(session, document_id, reason="x")
        raise ZeroDivisionError
    assert versions(database, document_id) == []


def test_what_has_no_result_has_no_version(database: Database) -> None:
    for document_id in (registered(database, "a"), 99):
        with pytest.raises(WarehouseError, match="no result"), database.write() as session:
            keep_version(session, document_id, reason="x")
