from __future__ import annotations

from datetime import date
from decimal import Decimal

from schemas.corrected_values import corrected_fields, with_corrections
from schemas.invoice import Evidence, Header, Invoice, LineItem


def evidence(set_by: str) -> Evidence:
    return Evidence(1, (1.0, 2.0, 3.0, 4.0), "x", 0.9, set_by)


STORED = Invoice(
    "a", "ab", "a.pdf", 1,
    header=Header(invoice_number="R-1", gross_total=Decimal("119.00"), due_date=date(2026, 6, 1)),
    line_items=(LineItem(description="corrected", quantity=Decimal("2")), LineItem(description="second")),
    evidence={"header.gross_total": evidence("user:anna"), "header.invoice_number": evidence("task_model"), "line_items.0.quantity": evidence("human")},
)  # fmt: skip
FRESH = Invoice(
    "a", "ab", "a.pdf", 1,
    header=Header(invoice_number="R-2", gross_total=Decimal("118.00")),
    line_items=(LineItem(description="read anew"),),
    evidence={"header.gross_total": evidence("task_model"),
        "line_items.0.description": evidence("task_model"), "header.invoice_number": evidence("task_model")},
)  # fmt: skip


def test_values_set_by_people_are_known_by_their_evidence() -> None:
    assert corrected_fields(STORED) == {"header.gross_total", "line_items.0.quantity"}


def test_corrected_values_stay_and_the_others_are_new() -> None:
    merged = with_corrections(FRESH, stored=STORED, corrected={"header.gross_total"})
    assert (merged.header.gross_total, merged.header.invoice_number) == (Decimal("119.00"), "R-2")
    assert merged.evidence["header.gross_total"].set_by == "user:anna"
    assert merged.line_items == FRESH.line_items


def test_a_value_typed_without_a_place_on_the_page_stays_too() -> None:
    assert with_corrections(FRESH, stored=STORED, corrected={"header.due_date"}).header.due_date == date(2026, 6, 1)


def test_a_table_that_a_person_touched_stays_whole() -> None:
    for path in ("line_items.0.quantity", "line_items.+1", "line_items.3"):
        merged = with_corrections(FRESH, stored=STORED, corrected={path})
        assert merged.line_items == STORED.line_items
        assert set(merged.evidence) == {"header.gross_total", "header.invoice_number", "line_items.0.quantity"}
        assert merged.header == FRESH.header


def test_without_corrections_the_fresh_reading_stands() -> None:
    assert with_corrections(FRESH, stored=STORED, corrected=()) is FRESH
