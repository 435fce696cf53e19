"""Tables: one row per document and pipeline version, and everything that was read from it or decided about it.

A document moves ``received`` → ``leased`` → ``accepted`` | ``review`` | ``rejected``. Its rows in the other tables are written in the
transaction that sets the final state, so a document has all of them or none.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from warehouse.columns import CleanText, ExactDecimal, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

STATES: tuple[str, ...] = ("received", "leased", "accepted", "review", "rejected")
FINAL_STATES: tuple[str, ...] = ("accepted", "review", "rejected")


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this attribute from the class
        str: CleanText,
        Decimal: ExactDecimal,
        datetime: UtcDateTime,
        list[str]: JSON,
        dict[str, Any]: JSON,
    }


class BatchRow(Table):
    """One run over a folder, a glob or a file. ``outcome``: running, finished, interrupted, failed."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    owner: Mapped[str]
    pipeline_version: Mapped[str] = mapped_column(String(128))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(16))
    documents: Mapped[int]
    ignored: Mapped[int]
    processed: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    stage_seconds: Mapped[dict[str, Any]]
    notes: Mapped[list[str]]
    flow_run_id: Mapped[str | None] = mapped_column(String(36))  # of the Prefect flow run that reported it


class DocumentRow(Table):
    """One document's bytes under one version of the pipeline. ``source`` is the first path it was seen under, ``name`` its stem."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("sha256", "pipeline_version"),
        CheckConstraint("state IN ('received', 'leased', 'accepted', 'review', 'rejected')", name="state"),
        Index(None, "name"),
        Index(None, "pipeline_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    pipeline_version: Mapped[str] = mapped_column(String(128))
    name: Mapped[str]
    source: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    pages: Mapped[int | None]
    route: Mapped[str | None] = mapped_column(String(32))
    confidence: Mapped[float | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    stored_at: Mapped[datetime | None]  # when the bytes were known to be in the document store


class SourceRow(Table):
    """Every path under which a document's bytes were seen."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("document_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    path: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    seen_at: Mapped[datetime]


class InvoiceRow(Table):
    """What the document says outside its tables."""

    __tablename__ = "invoices"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    document_type: Mapped[str] = mapped_column(String(16))
    language: Mapped[str | None]
    seller_country: Mapped[str | None]
    buyer_country: Mapped[str | None]
    notes: Mapped[list[str]]
    invoice_number: Mapped[str | None]
    issue_date: Mapped[date | None]
    due_date: Mapped[date | None]
    purchase_order: Mapped[str | None]
    currency: Mapped[str | None]
    seller_name: Mapped[str | None]
    seller_vat_id: Mapped[str | None]
    buyer_name: Mapped[str | None]
    buyer_vat_id: Mapped[str | None]
    iban: Mapped[str | None]
    net_total: Mapped[Decimal | None]
    tax_total: Mapped[Decimal | None]
    gross_total: Mapped[Decimal | None]
    amount_due: Mapped[Decimal | None]


class SellerKeyRow(Table):
    """A key under which the document's seller is known (`schemas.business_keys`), beside the number's: where duplicates are looked up."""

    __tablename__ = "seller_keys"
    __table_args__ = (Index(None, "key"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    number_key: Mapped[str | None]


class LineItemRow(Table):
    """One line of the invoice. Amounts as the page prints them; empty = the page does not show it."""

    __tablename__ = "line_items"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)  # from 0, in the order of the page
    position: Mapped[str | None]
    item_code: Mapped[str | None]
    description: Mapped[str | None]
    quantity: Mapped[Decimal | None]
    unit: Mapped[str | None]
    unit_price: Mapped[Decimal | None]
    discount: Mapped[Decimal | None]
    discount_percent: Mapped[Decimal | None]
    net_amount: Mapped[Decimal | None]
    gross_amount: Mapped[Decimal | None]
    tax_rate: Mapped[Decimal | None]
    tax_category: Mapped[str | None]
    spend_category: Mapped[str | None]
    spend_category_probability: Mapped[float | None]
    tax_codes: Mapped[dict[str, Any]]


class TaxLineRow(Table):
    """One row of the tax breakdown."""

    __tablename__ = "tax_lines"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str | None]
    rate: Mapped[Decimal | None]
    taxable_amount: Mapped[Decimal | None]
    tax_amount: Mapped[Decimal | None]


class AdjustmentRow(Table):
    """An allowance, a charge or an earlier payment that concerns the document as a whole."""

    __tablename__ = "adjustments"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Decimal]
    description: Mapped[str | None]


class EvidenceRow(Table):
    """Where a value was read. Box in points, origin top left; ``page`` counts from 1."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("document_id", "field"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str]
    page: Mapped[int]
    x0_pt: Mapped[float]
    y0_pt: Mapped[float]
    x1_pt: Mapped[float]
    y1_pt: Mapped[float]
    words: Mapped[str]
    confidence: Mapped[float]
    set_by: Mapped[str]


class IssueRow(Table):
    """A rule that does not hold, with what it expected and found."""

    __tablename__ = "issues"
    __table_args__ = (Index(None, "rule"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(16))
    field: Mapped[str | None]
    expected: Mapped[str | None]
    found: Mapped[str | None]
    message: Mapped[str]


class DecisionRow(Table):
    """Who or what set a document's status, when, why, and with which versions. Rows are only ever added."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    strategy: Mapped[str] = mapped_column(String(32))
    reasons: Mapped[list[str]]
    confidence: Mapped[float]
    model_version: Mapped[str] = mapped_column(String(128))
    rules_version: Mapped[str] = mapped_column(String(128))
