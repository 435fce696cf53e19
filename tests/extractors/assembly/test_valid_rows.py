"""Which rows are items: the sums of a document judge, and what a row shows beside its neighbours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.assembly.line_items import Row
from extractors.assembly.valid_rows import valid_rows
from schemas.invoice import LineItem


def row(name: str, quantity: str | None, price: str | None, amount: str, position: str | None = None) -> Row:
    item = LineItem(
        position=position,
        description=name,
        quantity=Decimal(quantity) if quantity else None,
        unit_price=Decimal(price) if price else None,
        net_amount=Decimal(amount),
    )
    return Row(item, {})


def names(rows: list[Row], *totals: str) -> list[str | None]:
    return [r.item.description for r in valid_rows(rows, [Decimal(t) for t in totals])]


def test_headings_of_bundles_go_where_their_parts_add_up_to_the_total() -> None:
    rows = [row("Display", "2", "108", "216"), row("Kenya", "6", "5", "30"), row("Bundle", "6", "21", "126")]
    rows += [row("Dark roast", "18", "5", "90"), row("Cup", "18", "2", "36"), row("Light roast", "12", "5", "60")]
    assert names(rows, "216", "235.44") == ["Kenya", "Dark roast", "Cup", "Light roast"]


def test_sums_of_the_rows_above_go_where_the_rest_adds_up_to_the_total() -> None:
    rows = [row("Lamp", "1", "10", "10"), row("Chair", "2", "15", "30"), row("Furniture", "1", "40", "40"), row("Freight", "1", "7", "7")]
    assert names(rows, "47") == ["Lamp", "Chair", "Freight"]


def test_a_bundle_stays_where_the_total_counts_it() -> None:
    rows = [row("Display", "1", "30", "30"), row("Kenya", "2", "5", "10"), row("Dark roast", "2", "10", "20")]
    assert names(rows, "60") == ["Display", "Kenya", "Dark roast"]


def test_free_components_below_a_numbered_item_are_no_items() -> None:
    rows = [row("Set", "10", "45", "450", "01"), row("Rucksack", "10", "0", "0", "01.01"), row("Helmet", "10", "0", "0")]
    assert names(rows, "450") == ["Set"]


def test_a_free_item_of_its_own_stays() -> None:
    rows = [row("Sugar", "10", "2", "20", "1"), row("Sample", "1", "0", "0", "2")]
    assert names(rows, "20") == ["Sugar", "Sample"]


def test_a_row_of_nothing_without_price_is_a_line_of_the_tax_breakdown() -> None:
    rows = [row("Lamp", "1", "10", "10"), row("Chair", "2", "15", "30"), row("exempt by § 4", None, None, "0")]
    assert names(rows, "40") == ["Lamp", "Chair"]


def test_a_row_of_nothing_goes_only_where_it_names_a_tax_a_sum_or_nothing() -> None:
    rows = [row("Rent", "2", "50", "100"), row("Water", "1", "20", "20")]
    for name, stays in (
        ("Return of empties", True),
        ("VAT 0 %", False),
        ("0 %", False),
        ("Subtotal", False),
        ("nach § 4 Nr. 14", False),
        ("Goods free of VAT", False),
        ("Mehrwertsteuerbefreiung innerhalb der Union", False),
    ):
        assert (name in names([*rows, row(name, None, None, "0.00")], "120")) == stays, name


@pytest.mark.parametrize(
    ("name", "amount", "quantity", "stays"),
    [
        ("Endbetrag", "45", None, False),
        ("Freight", "45", None, False),  # the others show a quantity
        ("Freight", "45", "1", True),
        ("Endbetrag", "46", None, True),
    ],
)
def test_the_sum_of_all_rows_above_it_is_no_item_even_if_no_total_is_printed_for_it(
    name: str, amount: str, quantity: str | None, stays: bool
) -> None:
    rows = [row("Lamp", "1", "12", "12"), row("Chair", "3", "11", "33"), row(name, quantity, quantity and "45", amount)]
    assert names(rows, "53.55") == ["Lamp", "Chair", *([name] if stays else [])]


@pytest.mark.parametrize(
    ("name", "stays"), [("Importe sin IVA:", False), ("Przeniesienie", False), ("Suma y sigue", False), ("Desk", True)]
)
def test_rows_of_amounts_alone_end_in_a_sum_only_where_it_is_called_one(name: str, stays: bool) -> None:
    rows = [row("Lamp", None, None, "12"), row("Chair", None, None, "33"), row(name, None, None, "45")]
    assert names(rows, "53.55") == ["Lamp", "Chair", *([name] if stays else [])]


@pytest.mark.parametrize(
    ("name", "total", "stays"), [("VAT seminar for starters", "57", True), ("VAT 21 %", "57", False), ("VAT seminar", "45", False)]
)
def test_a_row_that_begins_with_the_name_of_a_tax_is_an_item_where_the_total_counts_it(name: str, total: str, stays: bool) -> None:
    rows = [row("Lamp", None, None, "12"), row("Chair", None, None, "33"), row(name, None, None, "12")]
    assert names(rows, total) == ["Lamp", "Chair", *([name] if stays else [])]


@pytest.mark.parametrize("tax", ["Output GST 9 %", "9%"])
def test_taxes_under_the_items_go_where_the_rest_makes_the_total_without_tax(tax: str) -> None:
    rows = [row("Paper", "25", "4", "100"), row(tax, None, None, "9"), row("SGST", None, None, "9")]
    assert names(rows, "100", "118") == ["Paper"]


def test_what_is_charged_with_tax_is_no_tax() -> None:
    rows = [row("Deeds", "2", "50", "100"), row("Copies of the plan (plus VAT)", None, None, "14")]
    assert names(rows, "100", "114") == ["Deeds", "Copies of the plan (plus VAT)"]
