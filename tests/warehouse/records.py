"""Documents on record, made in a line."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.invoice import Header, Invoice, LineItem, Status
from schemas.rules_types import RuleContext
from warehouse.batches import begin_batch
from warehouse.database import Database
from warehouse.documents import Decision, Judgement, finish
from warehouse.leases import Arrival, claim, register

TODAY = date(2026, 6, 1)
VERSION = "test-1"
OWNER = "elsewhere|1|1|aa"


def sha256_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def invoice_of(content: str, *, name: str | None = None, status: Status = Status.ACCEPTED, **header: Any) -> Invoice:
    fields: dict[str, Any] = {
        "invoice_number": "R-1", "issue_date": date(2026, 5, 4), "currency": "EUR", "seller_name": "Muster GmbH",
        "gross_total": Decimal("119.00"), **header,
    }  # fmt: skip
    name = name or content
    return Invoice(
        id=name, sha256=sha256_of(content), source=f"inbox/{name}.pdf", pages=1, status=status, header=Header(**fields),
        line_items=(LineItem(description="Ware", quantity=Decimal("1.000")),), confidence=0.97,
    )  # fmt: skip


def accept_as_is(invoice: Invoice, _context: RuleContext) -> Judgement:
    return Judgement(invoice, Decision("task_model", ("as it is",), "model-1", "rules-1"))


def new_batch(database: Database) -> int:
    return begin_batch(database, source="inbox", owner=OWNER, pipeline_version=VERSION, documents=1, ignored=0)


def registered(database: Database, content: str, *, name: str | None = None, version: str = VERSION) -> int:
    name = name or content
    arrival = Arrival(sha256_of(content), name, f"inbox/{name}.pdf")
    return register(database, [arrival], pipeline_version=version, batch_id=new_batch(database))[0].id


def record(database: Database, invoice: Invoice, *, content: str | None = None, version: str = VERSION, judge: Any = accept_as_is) -> int:
    """Register, lease and finish ``invoice``; returns the row's id."""
    batch_id = new_batch(database)
    arrival = Arrival(invoice.sha256, invoice.id, invoice.source)
    document_id = register(database, [arrival], pipeline_version=version, batch_id=batch_id)[0].id
    assert claim(database, [document_id], owner=OWNER, lease_s=60) == {document_id}
    assert finish(database, document_id, invoice, owner=OWNER, batch_id=batch_id, today=TODAY, judge=judge) is not None
    return document_id
