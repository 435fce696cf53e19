"""Which values of a document a person should look at, and in which order: broken rules first, then what was read least surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.invoice import CRITICAL_FIELDS, Invoice, Issue, Severity
from warehouse.database import Database
from warehouse.review_queue import unsure_values

# On 49 generated flagged invoices 15 of 27 wrong header values were read less surely than this, at 1.3 values to look at per invoice; at 0.95 it
# is 16 of 27 at 2.4 values, at 0.8 it is 11 of 27 (docs/decisions/0028-what-a-reviewer-sees-first.md).
UNSURE = 0.9
MOST = 5  # more of them would be skipped over
# Columns of a line on which an amount or a booking depends.
LINE_FIELDS = frozenset({"description", "quantity", "unit_price", "net_amount", "gross_amount", "tax_rate"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value to look at. ``sure``: calibrated probability, 0 to 1, that it was read right; None where nothing was found."""

    field: str
    sure: float | None


def doubts(invoice: Invoice, issues: Sequence[Issue]) -> tuple[Doubt, ...]:
    """The values that no issue above the level of information names, least sure first: critical ones that are missing, and those read
    less surely than `UNSURE`. At most `MOST`."""
    named = {issue.field for issue in issues if issue.severity is not Severity.INFO}
    missing = [Doubt(f"header.{name}", None) for name in CRITICAL_FIELDS if getattr(invoice.header, name) is None]
    read = sorted((seen.confidence, path) for path, seen in invoice.evidence.items() if seen.confidence < UNSURE and matters(path))
    unsure = [Doubt(path, confidence) for confidence, path in read]
    return tuple(doubt for doubt in (*missing, *unsure) if doubt.field not in named)[:MOST]


def doubts_in_queue(database: Database, ids: Sequence[int], *, most: int = 2) -> dict[int, list[Doubt]]:
    """The least sure values of each document of a list."""
    found = unsure_values(database, ids, below=UNSURE)
    return {id: [Doubt(path, sure) for path, sure in values if matters(path)][:most] for id, values in found.items()}


def matters(path: str) -> bool:
    """Whether a wrong value at this path would be booked or paid."""
    table, _, name = path.partition(".")
    return table == "header" or (table == "line_items" and name.rpartition(".")[2] in LINE_FIELDS)
