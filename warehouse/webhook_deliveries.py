"""Messages to other systems about new decisions: one delivery per webhook and decision, tried again until it is taken or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from warehouse.audit import record
from warehouse.database import Database
from warehouse.tables import DecisionRow, DocumentRow, InvoiceRow
from warehouse.tables_review import WebhookDeliveryRow, WebhookRow

EVENTS: dict[str, str] = {"accepted": "document.accepted", "review": "document.flagged", "rejected": "document.rejected"}
# After each failure; then it is given up. Together a little over a day, so that a receiver may be down overnight.
PAUSES_S: tuple[float, ...] = (30, 120, 600, 3_600, 6 * 3_600, 18 * 3_600)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Webhook:
    id: int
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime
    created_by: str
    waiting: int
    failed: int
    last_answer: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that is due. ``attempts`` were made before."""

    id: int
    url: str
    secret: str
    attempts: int
    event: str
    body: dict[str, Any]


def add_webhook(database: Database, *, url: str, secret: str, events: Sequence[str], actor: str) -> int:
    """Tell ``url`` of decisions from now on."""
    with database.write() as session:
        newest = session.scalar(select(func.max(DecisionRow.id))) or 0
        row = WebhookRow(
            url=url, secret=secret, events=list(events), active=True, created_at=datetime.now(UTC), created_by=actor, seen_decision=newest
        )
        session.add(row)
        record(session, actor=actor, event="webhook.add", subject=url, events=list(events))
        session.flush()
        return row.id


def remove_webhook(database: Database, webhook_id: int, *, actor: str) -> None:
    with database.write() as session:
        row = session.get(WebhookRow, webhook_id)
        if row is not None:
            record(session, actor=actor, event="webhook.remove", subject=row.url)
            session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == webhook_id))
            session.delete(row)


def list_webhooks(database: Database) -> list[Webhook]:
    found: list[Webhook] = []
    with database.read() as session:
        for row in session.scalars(select(WebhookRow).order_by(WebhookRow.id)):
            mine = select(func.count()).where(WebhookDeliveryRow.webhook_id == row.id, WebhookDeliveryRow.delivered_at.is_(None))
            waiting = session.scalar(mine.where(WebhookDeliveryRow.due_at.is_not(None))) or 0
            failed = session.scalar(mine.where(WebhookDeliveryRow.due_at.is_(None))) or 0
            last = select(WebhookDeliveryRow.answer).where(WebhookDeliveryRow.webhook_id == row.id, WebhookDeliveryRow.attempts > 0)
            answer = session.scalar(last.order_by(WebhookDeliveryRow.id.desc()).limit(1))
            found.append(Webhook(row.id, row.url, tuple(row.events), row.active, row.created_at, row.created_by, waiting, failed, answer))
    return found


def make_deliveries(database: Database) -> int:
    """A delivery for every decision that no webhook was told of yet. Returns how many."""
    with database.read() as session:  # most of the time there is nothing to do, and nothing is locked for it
        oldest = session.scalar(select(func.min(WebhookRow.seen_decision)).where(WebhookRow.active))
        if oldest is None or (session.scalar(select(func.max(DecisionRow.id))) or 0) <= oldest:
            return 0
    made = 0
    with database.write() as session:
        for row in session.scalars(select(WebhookRow).where(WebhookRow.active).with_for_update()):
            query = select(DecisionRow.id, DecisionRow.document_id, DecisionRow.status).where(DecisionRow.id > row.seen_decision)
            for decision_id, document_id, status in session.execute(query.order_by(DecisionRow.id).limit(1_000)):
                row.seen_decision = decision_id
                if EVENTS.get(status) in row.events:
                    session.add(
                        WebhookDeliveryRow(
                            webhook_id=row.id,
                            decision_id=decision_id,
                            document_id=document_id,
                            event=status,
                            attempts=0,
                            due_at=datetime.now(UTC),
                            delivered_at=None,
                            answer=None,
                        )
                    )
                    made += 1
    return made


def due_deliveries(database: Database) -> list[Delivery]:
    """Messages to send now, oldest first. They carry identifiers and totals, not the page's text."""
    query = (
        select(WebhookDeliveryRow, WebhookRow, DocumentRow, InvoiceRow, DecisionRow)
        .join(WebhookRow, WebhookRow.id == WebhookDeliveryRow.webhook_id)
        .join(DecisionRow, DecisionRow.id == WebhookDeliveryRow.decision_id)
        .join(DocumentRow, DocumentRow.id == WebhookDeliveryRow.document_id)
        .join(InvoiceRow, InvoiceRow.document_id == DocumentRow.id)
        .where(WebhookDeliveryRow.due_at <= datetime.now(UTC), WebhookRow.active)
        .order_by(WebhookDeliveryRow.id)
        .limit(AT_ONCE)
    )
    with database.read() as session:
        return [
            Delivery(
                delivery.id,
                webhook.url,
                webhook.secret,
                delivery.attempts,
                EVENTS[delivery.event],
                {
                    "id": delivery.id,
                    "event": EVENTS[delivery.event],
                    "decided_at": decision.decided_at.isoformat(),
                    "document": {
                        "id": document.id,
                        "name": document.name,
                        "sha256": document.sha256,
                        "status": decision.status,
                        "invoice_number": invoice.invoice_number,
                        "currency": invoice.currency,
                        "gross_total": None if invoice.gross_total is None else format(invoice.gross_total, "f"),
                    },
                },
            )
            for delivery, webhook, document, invoice, decision in session.execute(query)
        ]


def note_delivery(database: Database, delivery_id: int, *, delivered: bool, answer: str) -> None:
    """Record an attempt; a failed one is due again after its pause, the last is given up."""
    now = datetime.now(UTC)
    with database.write() as session:
        row = session.get(WebhookDeliveryRow, delivery_id)
        if row is None:
            return
        row.attempts += 1
        row.answer = answer[:300]
        if delivered:
            row.delivered_at, row.due_at = now, None
        else:
            row.due_at = now + timedelta(seconds=PAUSES_S[row.attempts - 1]) if row.attempts <= len(PAUSES_S) else None
