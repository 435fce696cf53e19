from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from records import OWNER, TODAY, VERSION, accept_as_is, invoice_of, new_batch, record, registered, sha256_of
from sqlalchemy import func, select

from schemas.errors import WarehouseError
from schemas.invoice import (
    Adjustment,
    AdjustmentKind,
    DocumentType,
    Evidence,
    Header,
    Invoice,
    Issue,
    LineItem,
    Route,
    Severity,
    Status,
    TaxLine,
)
from warehouse.database import Database
from warehouse.documents import decisions, finish, load, load_many, sources
from warehouse.leases import Arrival, claim, register, states
from warehouse.tables import DocumentRow, Table

EVERYTHING = Invoice(
    id="Rechnung Nº 7",
    sha256=sha256_of("everything"),
    source="inbox/2026/Rechnung Nº 7.pdf",
    pages=3,
    language="de",
    document_type=DocumentType.CREDIT_NOTE,
    status=Status.REVIEW,
    route=Route.EINVOICE_XML,
    header=Header(
        "R-7", date(2026, 5, 4), date(2026, 6, 3), "PO-1", "EUR", "Müller & Söhne GmbH", "DE123456789", "Käufer AG", "ATU12345678",
        "DE02120300000000202051", Decimal("100.00"), Decimal("19.00"), Decimal("119.00"), Decimal("0.00"),
    ),
    tax_breakdown=(TaxLine("S", Decimal("19"), Decimal("100.00"), Decimal("19.00")), TaxLine()),
    line_items=(
        LineItem(
            "1", "A-1", "Schraube\nM8 × 40", Decimal("3.000"), "Stk", Decimal("33.333333"), Decimal("0.10"), Decimal("0.5"), Decimal("100.00"),
            Decimal("119.00"), Decimal("19.0"), "S", "materials_and_merchandise", 0.8125, {"de_skr03": "3400", "uk_sa103f": "10"},
        ),
        LineItem(),
    ),
    document_adjustments=(Adjustment(AdjustmentKind.ROUNDING, Decimal("-0.01"), "Rundung"), Adjustment(AdjustmentKind.PREPAID, Decimal("5"))),
    confidence=0.123456789,
    evidence={
        "line_items.0.quantity": Evidence(2, (1.25, 2.5, 3.75, 4.125), "3,000", 0.5, "task_model"),
        "header.gross_total": Evidence(1, (0.1, 0.2, 0.3, 0.4), "119,00 €", 1.0, "task_model+arithmetic"),
    },
    issues=(
        Issue("BR-CO-15", Severity.ERROR, "header.gross_total", "119.00", "118.00", "Gross is not net plus tax."),
        Issue("BR-07", Severity.WARNING, None, None, None, "No buyer."),
    ),
    seller_country="DE",
    buyer_country="AT",
    notes=("Steuerfreie innergemeinschaftliche Lieferung",),
)  # fmt: skip


def test_an_invoice_comes_back_as_it_was_written(database: Database) -> None:
    found = load(database, record(database, EVERYTHING))
    assert found == EVERYTHING
    assert found.to_json() == EVERYTHING.to_json()
    assert list(found.evidence) == list(EVERYTHING.evidence)


def test_an_empty_rejected_document_comes_back(database: Database) -> None:
    invoice = Invoice(id="x", sha256=sha256_of("x"), source="x.pdf", pages=0, status=Status.REJECTED)
    assert load(database, record(database, invoice)) == invoice


def test_many_are_loaded_in_the_order_asked_for(database: Database) -> None:
    ids = [record(database, invoice_of(f"doc {number}", invoice_number=str(number))) for number in range(5)]
    wanted = [ids[3], ids[0], ids[4]]
    assert [invoice.id for invoice in load_many(database, wanted)] == ["doc 3", "doc 0", "doc 4"]


def test_the_decision_is_recorded_with_its_versions(database: Database) -> None:
    document_id = record(database, invoice_of("a"))
    ((when, status, decision),) = decisions(database, document_id)
    assert when.tzinfo is not None
    assert status is Status.ACCEPTED
    assert (decision.strategy, decision.reasons, decision.model_version, decision.rules_version) == (
        "task_model", ("as it is",), "model-1", "rules-1",
    )  # fmt: skip


def rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = [table for name, table in Table.metadata.tables.items() if name not in ("documents", "batches", "sources")]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_all_or_nothing_is_written(database: Database) -> None:
    document_id, batch_id = registered(database, "a"), new_batch(database)
    claim(database, [document_id], owner=OWNER, lease_s=60)

    def half(_invoice: Invoice, context: Any) -> Any:
        judgement = accept_as_is(EVERYTHING, context)
        object.__setattr__(judgement.invoice.line_items[1], "net_amount", Decimal("NaN"))
        return judgement

    try:
        with pytest.raises(Exception, match="finite"):
            finish(database, document_id, EVERYTHING, owner=OWNER, batch_id=batch_id, today=TODAY, judge=half)
    finally:
        object.__setattr__(EVERYTHING.line_items[1], "net_amount", None)
    assert not any(rows(database).values())
    assert states(database, [document_id]) == {document_id: "leased"}


def test_whoever_lost_the_lease_writes_nothing(database: Database) -> None:
    document_id, batch_id = registered(database, "a"), new_batch(database)
    claim(database, [document_id], owner=OWNER, lease_s=-1)  # ended at once
    claim(database, [document_id], owner="another|1|1|bb", lease_s=60)
    stored = finish(database, document_id, invoice_of("a"), owner=OWNER, batch_id=batch_id, today=TODAY, judge=accept_as_is)
    assert stored is None
    assert not any(rows(database).values())


def test_a_finished_document_is_not_written_again(database: Database) -> None:
    document_id = record(database, invoice_of("a"))
    assert claim(database, [document_id], owner=OWNER, lease_s=60) == set()
    before = rows(database)
    assert finish(database, document_id, invoice_of("a"), owner=OWNER, batch_id=1, today=TODAY, judge=accept_as_is) is None
    assert rows(database) == before


def test_same_bytes_under_two_names_are_one_document_with_two_sources(database: Database) -> None:
    arrivals = [Arrival(sha256_of("same"), name, f"inbox/{name}.pdf") for name in ("first", "second", "first")]
    batch_id = new_batch(database)
    found = register(database, arrivals, pipeline_version=VERSION, batch_id=batch_id)
    assert len({row.id for row in found}) == 1
    register(database, arrivals, pipeline_version=VERSION, batch_id=batch_id)
    assert sources(database, found[0].id) == ["inbox/first.pdf", "inbox/second.pdf"]


def test_another_pipeline_version_is_another_row(database: Database) -> None:
    assert registered(database, "a") != registered(database, "a", version="test-2")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DocumentRow)) == 2


def test_an_unfinished_document_cannot_be_loaded(database: Database) -> None:
    with pytest.raises(WarehouseError, match="not processed yet"):
        load(database, registered(database, "a"))
