"""Which documents an export takes: by status, seller and date of issue, of each content the newest result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from warehouse.database import Database
from warehouse.tables import FINAL_STATES, DocumentRow, InvoiceRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every condition given must hold. ``seller`` is part of the name, in any case; the dates are inclusive and leave out documents without one."""

    status: str | None = None
    seller: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None


def documents_wanted(database: Database, wanted: Wanted) -> list[int]:
    """The ids of the finished documents that ``wanted`` describes, in the order of arrival."""
    newer = aliased(DocumentRow)
    conditions: list[ColumnElement[bool]] = [
        DocumentRow.state.in_((wanted.status,) if wanted.status else FINAL_STATES),
        ~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id).exists(),
    ]
    if wanted.seller is not None:
        conditions.append(func.lower(InvoiceRow.seller_name).contains(wanted.seller.lower(), autoescape=True))
    if wanted.issued_from is not None:
        conditions.append(InvoiceRow.issue_date >= wanted.issued_from)
    if wanted.issued_to is not None:
        conditions.append(InvoiceRow.issue_date <= wanted.issued_to)
    with database.read() as session:
        return list(session.scalars(select(DocumentRow.id).join(InvoiceRow).where(*conditions).order_by(DocumentRow.id)))
