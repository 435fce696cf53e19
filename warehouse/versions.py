"""Every result that a document ever had: the present one is in the tables, each earlier one is kept whole as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.errors import WarehouseError
from schemas.invoice import Invoice
from warehouse.database import Database
from warehouse.documents import load_in
from warehouse.tables import DecisionRow, DocumentRow
from warehouse.tables_operation import DocumentVersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """A result that was replaced: version ``number`` (from 1), when and why it was, and the decision that belonged to it."""

    number: int
    kept_at: datetime
    reason: str
    pipeline_version: str
    invoice: Invoice
    decision: Mapping[str, Any]


def keep_version(session: Session, document_id: int, *, reason: str) -> int:
    """Keep the stored result of ``document_id`` as a version before it is replaced. Returns the version's number, from 1.

    Call it in the transaction that replaces the result; ``reason`` says who replaces it and why. The document's row is locked until then,
    so two replacements at once get numbers of their own. Raises `WarehouseError` when there is no finished document of that id.
    """
    document = session.get(DocumentRow, document_id, with_for_update=True)
    invoices = load_in(session, [document_id])
    if document is None or not invoices:
        raise WarehouseError(f"Document {document_id} has no result that could be kept.")
    last = session.scalar(select(func.max(DocumentVersionRow.number)).where(DocumentVersionRow.document_id == document_id)) or 0
    decided = session.scalars(select(DecisionRow).where(DecisionRow.document_id == document_id).order_by(DecisionRow.id.desc()).limit(1))
    session.add(
        DocumentVersionRow(
            document_id=document_id,
            number=last + 1,
            kept_at=datetime.now(UTC),
            reason=reason,
            pipeline_version=document.pipeline_version,
            invoice=invoices[0].to_json(),
            decision=_decision(decided.one_or_none()),
        )
    )
    session.flush()
    return last + 1


def _decision(row: DecisionRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "decided_at": row.decided_at.isoformat(),
        "decided_by": row.decided_by,
        "status": row.status,
        "strategy": row.strategy,
        "reasons": list(row.reasons),
        "confidence": row.confidence,
        "model_version": row.model_version,
        "rules_version": row.rules_version,
    }


def versions(database: Database, document_id: int) -> list[Version]:
    """The replaced results of a document, oldest first. The present one is `warehouse.documents.load`'s."""
    query = select(DocumentVersionRow).where(DocumentVersionRow.document_id == document_id).order_by(DocumentVersionRow.number)
    with database.read() as session:
        return [
            Version(row.number, row.kept_at, row.reason, row.pipeline_version, Invoice.from_json(row.invoice), row.decision)
            for row in session.scalars(query)
        ]
