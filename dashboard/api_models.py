"""Bodies of the REST API, as its OpenAPI description shows them. Amounts are decimal strings, dates ISO 8601."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Value = Annotated[str, Field(max_length=2_000)] | None
Cells = Annotated[dict[str, Value], Field(max_length=30)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str


class DocumentLine(BaseModel):
    id: int
    name: str
    sha256: str
    status: str
    route: str | None
    confidence: float | None
    pages: int | None
    finished_at: datetime | None
    invoice_number: str | None
    seller_name: str | None
    currency: str | None
    gross_total: str | None
    reasons: list[str]


class DocumentList(BaseModel):
    """``next`` is the ``cursor`` of the following page; null at the end."""

    items: list[DocumentLine]
    next: int | None


class Document(BaseModel):
    """``version`` must come back with every change; ``invoice`` is the invoice's JSON."""

    id: int
    version: int
    invoice: dict[str, Any]
    decisions: list[dict[str, Any]]
    corrections: list[dict[str, Any]]


class Changes(Strict):
    """Values to set. Rows of a table are given whole: ``origin`` is the index of the row that one comes from, without it the row is new."""

    version: int = Field(ge=0, le=2**31 - 1, description="The version of the document that the change is meant for.")
    document_type: Literal["invoice", "credit_note"] | None = None
    header: Cells = Field(default_factory=dict, description="Header fields by name; null empties one.")
    line_items: list[Cells] | None = Field(None, max_length=400)
    tax_breakdown: list[Cells] | None = Field(None, max_length=100)
    document_adjustments: list[Cells] | None = Field(None, max_length=100)


class Approval(Changes):
    reason: str | None = Field(None, max_length=1_000, description="Why it is approved although a rule is broken.")


class Rejection(Strict):
    version: int = Field(ge=0, le=2**31 - 1)
    reason: str = Field(min_length=1, max_length=1_000)


class Reprocessing(Strict):
    version: int = Field(ge=0, le=2**31 - 1)
    route: Literal["einvoice_xml", "task_model", "foundation_model"] | None = None


class Stored(BaseModel):
    """The document's new version and status."""

    id: int
    version: int
    status: str


class Requested(BaseModel):
    id: int
    request: int


class Uploaded(BaseModel):
    sha256: str
    name: str
    size_bytes: int
    state: str


class DayFigures(BaseModel):
    day: str
    touchless: int
    approved: int
    review: int
    rejected: int
    foundation: int


class Metrics(BaseModel):
    since: str
    until: str
    days: list[DayFigures]
    touchless_rate: float
    waiting: int
    reviewed: int
    wrong_when_reviewed: int
    latency_p50_s: float | None
    latency_p95_s: float | None
    failing_rules: dict[str, int]


def form_of(changes: Changes) -> dict[str, str]:
    """The same changes as the fields of the review form."""
    form = {f"header.{name}": value or "" for name, value in changes.header.items()}
    if changes.document_type:
        form["document_type"] = changes.document_type
    for table in ("line_items", "tax_breakdown", "document_adjustments"):
        rows: list[dict[str, str | None]] | None = getattr(changes, table)
        if rows is None:
            continue
        form[f"{table}.shown"] = "1000000"
        for number, row in enumerate(rows):
            form[f"{table}.{number}.origin"] = row.get("origin") or ""
            form |= {f"{table}.{number}.{name}": value or "" for name, value in row.items() if name != "origin"}
    return form
