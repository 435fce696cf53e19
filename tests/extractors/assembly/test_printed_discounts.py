"""Discounts that the network did not see: printed on the row, and proven by its numbers."""

from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from schemas.invoice import LineItem

OPINIONS = {
    "Minibar": {"line.description": 0.97},
    "2": {"line.quantity": 0.97},
    "8.94": {"line.unit_price": 0.97},
    "15.20": {"line.net_amount": 0.97},
    "Rebate": {"line.note": 0.97},
}


def item_with(note: str) -> LineItem:
    page = tagged((50, 100, "Minibar 2 8.94 15.20"), (50, 112, f"Rebate {note}"), opinions=OPINIONS)
    (item,) = assemble(page).line_items
    return item


@pytest.mark.parametrize(("note", "discount", "percent"), [("2.68", "2.68", None), ("15 %", None, "15"), ("15%", None, "15")])
def test_a_number_that_explains_the_amount_is_the_discount(note: str, discount: str | None, percent: str | None) -> None:
    item = item_with(note)
    assert item.discount == (Decimal(discount) if discount else None)
    assert item.discount_percent == (Decimal(percent) if percent else None)


@pytest.mark.parametrize("note", ["2.86", "16 %", "3", "8.94"])
def test_other_numbers_are_no_discount(note: str) -> None:
    item = item_with(note)
    assert item.discount is None and item.discount_percent is None
    assert (item.quantity, item.unit_price, item.net_amount) == (2, Decimal("8.94"), Decimal("15.20"))


def test_a_number_that_is_something_else_is_no_discount() -> None:
    page = tagged((50, 100, "Minibar 2 8.94 15.20 2.68"), opinions={**OPINIONS, "2.68": {"line.tax_amount": 0.9}})
    (item,) = assemble(page).line_items
    assert item.discount is None


def test_a_discount_that_was_proven_says_so() -> None:
    page = tagged((50, 100, "Minibar 2 8.94 15.20"), (50, 112, "Rebate 2.68"), opinions=OPINIONS)
    assert assemble(page).evidence["line_items.0.discount"].set_by == "task_model+arithmetic"


@pytest.mark.parametrize(
    ("off", "left", "price"),
    [("- 1.34", "= 7.60", "7.60"), ("- 1.34", "7.60", "8.94"), ("- 1.30", "= 7.60", "8.94"), ("1.34", "=7.60", "7.60")],
)
def test_a_price_that_is_worked_out_in_its_column_is_the_last_one(off: str, left: str, price: str) -> None:
    row = ((50, 100, "Minibar"), (200, 100, "2"), (300, 100, "8.94"), (400, 100, "14.70"))  # with fifty cents off the line
    below = tuple((320 - 5 * len(text.split()[-1]) - (8 if " " in text else 0), y, text) for y, text in ((112, off), (124, left)))
    notes = {text: {"line.note": 0.9} for text in ("1.34", "1.30")}
    (item,) = assemble(tagged(*row, *below, opinions=OPINIONS | notes | {"14.70": {"line.net_amount": 0.97}})).line_items
    assert (item.unit_price, item.net_amount) == (Decimal(price), Decimal("14.70"))
