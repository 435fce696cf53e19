"""Tables of the people who watch and review: accounts, what they did, and what was told to other systems.

Secrets are kept as digests only: passwords as argon2 hashes, session and API tokens as SHA-256. The one exception is a webhook's secret,
with which its messages are signed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from warehouse.tables import DecisionRow, DocumentRow, InvoiceRow, Table

ROLES: tuple[str, ...] = ("viewer", "reviewer", "admin")

# What the pages of the dashboard ask for all the time: documents of a period, documents that wait. The indexes hold every column that is asked for,
# so that the rows themselves, which lie far apart, are left alone (docs/benchmarks.md has the plans).
Index(
    "ix_documents_period",
    DocumentRow.finished_at,
    DocumentRow.state,
    DocumentRow.route,
    DocumentRow.confidence,
    DocumentRow.pages,
    DocumentRow.received_at,
)
Index("ix_documents_waiting", DocumentRow.state, DocumentRow.finished_at, DocumentRow.sha256)
Index("ix_decisions_model", DecisionRow.model_version, DecisionRow.id)
Index(None, DocumentRow.batch_id, DocumentRow.state)
Index(None, InvoiceRow.issue_date)


class UserRow(Table):
    """An account. ``name`` is kept in lower case; ``must_change`` = the password was made by the program or an admin, for one login."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    must_change: Mapped[bool]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class LoginThrottleRow(Table):
    """Failed logins under a name or from an address (``key``)."""

    __tablename__ = "login_throttles"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SessionRow(Table):
    """A login in a browser, until it ends."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ApiTokenRow(Table):
    """A token with which a program uses the interface in a person's name."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditRow(Table):
    """Who did what to what. Rows are only ever added: triggers refuse any change."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    event: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class ReviewRow(Table):
    """What a person did with a document. ``before`` is the invoice's JSON as it was, so that the last action can be undone."""

    __tablename__ = "reviews"
    __table_args__ = (
        # Without it the figures of a period would read past the JSON in ``before``.
        Index(
            "ix_reviews_period",
            "at",
            "undone",
            "action",
            "critical_changed",
            "confidence",
            "before_status",
            "seconds",
            "document_id",
        ),
        Index(None, "document_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    reviewer: Mapped[str]
    action: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any]]
    before_status: Mapped[str] = mapped_column(String(16))
    after_status: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float]  # of the reading that the person judged
    critical_changed: Mapped[bool]  # a critical field was wrong in that reading
    decision_id: Mapped[int]  # the decision that the action added
    seconds: Mapped[float | None]  # from the opening of the page to the action
    undone: Mapped[bool]


class CorrectionRow(Table):
    """One value that a person changed: what the program read, and what is right. ``field`` is a path, ``before`` and ``after`` as in the JSON."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    reviewer: Mapped[str]
    field: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]


class ReviewLeaseRow(Table):
    """Who has a document open for review, and until when nobody else may change it."""

    __tablename__ = "review_leases"

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    reviewer: Mapped[str]
    until: Mapped[datetime]


class IdempotencyKeyRow(Table):
    """A request that was sent with a key, and its answer; without an answer it is at work."""

    __tablename__ = "idempotency_keys"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[dict[str, Any] | None]


class WebhookRow(Table):
    """Whom to tell of new decisions. ``seen_decision`` is the last decision that deliveries were made for."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[list[str]]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    seen_decision: Mapped[int]


class WebhookDeliveryRow(Table):
    """A message to a webhook, waiting, delivered or given up."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (UniqueConstraint("webhook_id", "decision_id"), Index(None, "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"))
    document_id: Mapped[int]
    event: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    due_at: Mapped[datetime | None]  # None: delivered or given up
    delivered_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # the last answer or error, in words
