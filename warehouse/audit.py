"""The audit log: written in the transaction of the change that it records, read by admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from warehouse.database import Database
from warehouse.tables_review import AuditRow


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: dict[str, Any]


def record(session: Session, *, actor: str, event: str, subject: str, **detail: Any) -> None:
    """Add an entry. ``event`` names what happened (``login``, ``document.approve``), ``subject`` to what; no secret belongs into ``detail``."""
    session.add(AuditRow(at=datetime.now(UTC), actor=actor, event=event, subject=subject, detail=detail))


def record_alone(database: Database, *, actor: str, event: str, subject: str, **detail: Any) -> None:
    """Add an entry on something that changes nothing else, such as a refused login."""
    with database.write() as session:
        record(session, actor=actor, event=event, subject=subject, **detail)


def list_audit(database: Database, *, before: int | None = None, actor: str | None = None, limit: int = 100) -> list[AuditEntry]:
    """The newest entries first; ``before`` is the id after which an earlier page ended."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.id < before)
    if actor:
        query = query.where(AuditRow.actor == actor)
    with database.read() as session:
        return [AuditEntry(row.id, row.at, row.actor, row.event, row.subject, row.detail) for row in session.scalars(query)]
