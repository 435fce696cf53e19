"""Tables of batch operation: earlier versions of results, requests to process again, and the figures of each run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warehouse.tables import Table


class DocumentVersionRow(Table):
    """A result as it was before another one took its place: the invoice's JSON and the decision that belonged to it. Only ever added."""

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    number: Mapped[int]  # from 1, oldest first
    kept_at: Mapped[datetime]
    reason: Mapped[str]
    pipeline_version: Mapped[str] = mapped_column(String(128))
    invoice: Mapped[dict[str, Any]]
    decision: Mapped[dict[str, Any]]


class ReprocessRequestRow(Table):
    """Documents that somebody wants processed again. ``state``: waiting, running, done, failed."""

    __tablename__ = "reprocess_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    selection: Mapped[dict[str, Any]]
    route: Mapped[str | None] = mapped_column(String(32))
    replace_corrections: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None]
    owned_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    outcome: Mapped[dict[str, Any]]


class MetricRow(Table):
    """One figure of one run, kept for the charts of a month's runs. Units stand in the name: ``pages_per_s``, ``latency_p95_s``."""

    __tablename__ = "metrics"
    __table_args__ = (UniqueConstraint("batch_id", "name"), Index(None, "name", "measured_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    measured_at: Mapped[datetime]
    value: Mapped[float]
