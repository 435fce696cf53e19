"""What a person set stays when a document is read again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from schemas.invoice import HEADER_FIELDS, Invoice

TABLES = ("line_items", "tax_breakdown", "document_adjustments")
SCALARS = ("document_type", "language", "seller_country", "buyer_country")
PEOPLE = ("human", "user:")


def is_set_by_person(set_by: str) -> bool:
    """Whether an evidence's ``set_by``, or a decision's ``decided_by``, names a person."""
    return set_by.startswith(PEOPLE)


def corrected_fields(invoice: Invoice) -> frozenset[str]:
    """Paths of the values whose evidence says that a person set them."""
    return frozenset(path for path, evidence in invoice.evidence.items() if is_set_by_person(evidence.set_by))


def with_corrections(fresh: Invoice, *, stored: Invoice, corrected: Collection[str]) -> Invoice:
    """``fresh`` with what a person corrected in ``stored``; ``corrected`` are paths such as ``header.due_date`` or ``line_items.2.quantity``.

    Of the header, each value stands for itself. Of a table (lines, breakdown, adjustments) in which anything was corrected all rows stay as
    the person left them: rows of another reading are not the same rows.
    """
    header = {name: getattr(stored.header, name) for name in HEADER_FIELDS if f"header.{name}" in corrected}
    tables = {name: getattr(stored, name) for name in TABLES if any(path.split(".")[0] == name for path in corrected)}
    scalars = {name: getattr(stored, name) for name in SCALARS if name in corrected}
    if not (header or tables or scalars):
        return fresh

    def is_kept(path: str) -> bool:
        return path.split(".")[0] in tables or path.removeprefix("header.") in header or path in scalars

    evidence = {path: found for path, found in fresh.evidence.items() if not is_kept(path)}
    evidence |= {path: found for path, found in stored.evidence.items() if is_kept(path)}
    return fresh.replace(header=replace(fresh.header, **header), evidence=evidence, **tables, **scalars)
