"""Tables of the foundation model: every call with its money, answers that were paid for, and how often an endpoint was wrong.

Money is kept in whole billionths of a US dollar (nano-USD), rounded up, so that every database adds it exactly.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from warehouse.tables import Table


class FallbackCallRow(Table):
    """One call. It is written as a reservation before the call (``outcome`` open) and settled after it; what stays open, because the process died,
    counts as spent in full. ``question`` is the hash of the question; neither page text nor keys are kept here."""

    __tablename__ = "fallback_calls"
    __table_args__ = (Index(None, "day"), Index(None, "batch_id"), Index(None, "sha256"), Index(None, "question"))

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    endpoint: Mapped[str]
    model: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(16))
    privacy: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(String(64))
    attempt: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    reserved_nano_usd: Mapped[int] = mapped_column(BigInteger)
    cost_nano_usd: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    detail: Mapped[str]


class FallbackAnswerRow(Table):
    """An answer by the hash of its question: the same question is never paid twice. Under the policy ``redacted`` it holds placeholders."""

    __tablename__ = "fallback_answers"

    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    answered_at: Mapped[datetime]


class FallbackOutcomeRow(Table):
    """How an endpoint's readings compared with values that the specialist was sure of."""

    __tablename__ = "fallback_outcomes"

    endpoint: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    asked: Mapped[int]
    differed: Mapped[int]
