"""Amounts of items that stand behind labels of their own are told from totals by these labels."""

from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

NAME, NET = {"line.description": 0.97}, {"line.net_amount": 0.97}
ITEMS = ((50, 100, "Desk"), (50, 112, "Sum: 18.00"), (50, 140, "Lamp"), (50, 152, "Sum: 20.00"))
WORDS = {"Desk": NAME, "Lamp": NAME, "Chair": NAME, "18.00": NET, "20.00": NET}


def amounts(*lines: tuple[float, float, str], taken_for: str, probability: float = 0.9) -> list[Decimal | None]:
    found = assemble(tagged(*ITEMS, *lines, opinions={**WORDS, "75.00": {taken_for: probability}, "113.00": {"header.net_total": 0.97}}))
    return [item.amount for item in found.line_items][2:]


@pytest.mark.parametrize("taken_for", ["header.net_total", "header.gross_total", "total.line_total", "line.note"])
def test_the_last_items_amount_has_the_label_of_the_others(taken_for: str) -> None:
    assert amounts((50, 180, "Chair"), (50, 192, "Sum: 75.00"), (300, 300, "Net 113.00"), taken_for=taken_for) == [Decimal("75.00")]


def test_a_label_may_stand_above_its_amounts() -> None:
    items = ((50, 100, "Desk"), (50, 112, "Sum"), (50, 124, "18.00"), (50, 150, "Lamp"), (50, 162, "Sum"), (50, 174, "20.00"))
    last = ((50, 200, "Chair"), (50, 212, "Sum"), (50, 224, "75.00"), (300, 300, "Net 113.00"))
    words = {**WORDS, "75.00": {"header.net_total": 0.9}, "113.00": {"header.net_total": 0.97}}
    assert [item.amount for item in assemble(tagged(*items, *last, opinions=words)).line_items][2:] == [Decimal("75.00")]


def test_an_amount_with_another_label_is_a_total() -> None:
    assert amounts((50, 180, "Chair"), (50, 192, "Total: 75.00"), (300, 300, "Net 113.00"), taken_for="header.net_total") == []


def test_an_amount_with_no_item_waiting_for_it_is_a_total() -> None:
    assert amounts((50, 192, "Sum: 75.00"), (300, 300, "Net 113.00"), taken_for="header.net_total") == []


@pytest.mark.parametrize(
    "taken_for", ["adjustment.allowance", "adjustment.charge", "header.tax_total", "tax.tax_amount", "line.tax_amount"]
)
def test_an_amount_under_the_items_heading_is_no_charge_and_no_tax(taken_for: str) -> None:
    items = [
        line for y, name in ((100, "Desk"), (150, "Lamp")) for line in ((50, y, name), (50, y + 12, "Rate"), (200, y + 12, "Line total"))
    ]
    values = [(50, 124, "4.00"), (200, 124, "18.00"), (50, 174, "4.00"), (200, 174, "20.00")]
    last = [(50, 200, "Chair"), (50, 212, "Line total"), (50, 224, "75.00")]
    words = {**WORDS, "4.00": {"line.unit_price": 0.97}, "75.00": {taken_for: 0.6}, "113.00": {"header.net_total": 0.97}}
    found = assemble(tagged(*sorted([*items, *values], key=lambda line: line[1]), *last, (300, 300, "Net 113.00"), opinions=words))
    assert [item.amount for item in found.line_items][2:] == [Decimal("75.00")]


def test_an_allowance_under_a_heading_of_its_own_is_none_of_the_items() -> None:
    last = ((50, 200, "Chair"), (50, 212, "Allowance"), (50, 224, "75.00"))
    assert amounts(*last, (300, 300, "Net 113.00"), taken_for="adjustment.allowance") == []


def test_a_number_without_cents_behind_the_label_of_amounts_is_none() -> None:
    rows = [line for y, name in ((100, "Desk"), (150, "Lamp")) for line in ((50, y, name), (50, y + 12, "Base 1"), (200, y + 24, "Base"))]
    page = sorted([*rows, (200, 136, "18.00"), (200, 186, "20.00")], key=lambda line: line[1])
    found = assemble(tagged(*page, opinions={**WORDS, "1": {"line.note": 0.9}})).line_items
    assert [(item.description, item.amount) for item in found] == [("Desk", Decimal("18.00")), ("Lamp", Decimal("20.00"))]


@pytest.mark.parametrize(("net", "found"), [("113.00", [("Delivery", Decimal("75.00"))]), ("114.00", [])])
def test_the_amount_that_the_items_lack_of_the_total_has_the_text_above_it_as_its_name(net: str, found: list[tuple[str, Decimal]]) -> None:
    words = {**WORDS, "75.00": {"header.tax_total": 0.8}, net: {"header.net_total": 0.97}, "Delivery": {"line.note": 0.8}}
    page = tagged(*ITEMS, (50, 180, "Delivery"), (50, 192, "Sum: 75.00"), (300, 300, f"Net {net}"), opinions=words)
    assert [(item.description, item.amount) for item in assemble(page).line_items][2:] == found


def test_a_text_that_begins_elsewhere_is_no_name_of_a_missing_amount() -> None:
    words = {**WORDS, "75.00": {"header.tax_total": 0.8}, "113.00": {"header.net_total": 0.97}}
    page = tagged(*ITEMS, (90, 180, "Delivery"), (50, 192, "Sum: 75.00"), (300, 300, "Net 113.00"), opinions=words)
    assert len(assemble(page).line_items) == 2


@pytest.mark.parametrize(("label", "net", "amount"), [("Sum:", "113.00", "75.00"), ("Sum:", "38.00", None), ("Rate:", "113.00", None)])
def test_numbers_with_the_label_of_amounts_are_no_prices_where_they_make_the_total(label: str, net: str, amount: str | None) -> None:
    words = {**WORDS, "75.00": {"line.unit_price": 0.8}, net: {"header.net_total": 0.97}}
    page = tagged(*ITEMS, (50, 180, "Chair"), (50, 192, f"{label} 75.00"), (300, 300, f"Net {net}"), opinions=words)
    assert [item.amount for item in assemble(page).line_items][2:] == ([Decimal(amount)] if amount else [])


def test_amounts_in_lists_of_labels_are_told_by_the_label_directly_before_them() -> None:
    cards = ((50, 100, "Desk"), (50, 112, "Qty 2 · Unit pcs · Sum 18.00"), (50, 140, "Lamp"), (50, 152, "Qty 4 · Unit pcs · Sum 20.00"))
    page = tagged(*cards, (50, 180, "Chair"), (50, 192, "Sum 75.00"), opinions={**WORDS, "75.00": {"line.discount": 0.6}})
    assert [item.amount for item in assemble(page).line_items][2:] == [Decimal("75.00")]


@pytest.mark.parametrize(("label", "found"), [("Sum:", ["18.00", "20.00", "75.00"]), ("Total:", ["18.00"])])
def test_a_label_that_several_cards_repeat_is_that_of_their_amounts(label: str, found: list[str]) -> None:
    """The network saw only the first card's amount."""
    cards = ((50, 100, "Desk"), (50, 112, "Sum: 18.00"), (50, 140, "Lamp"), (50, 152, f"{label} 20.00"))
    page = tagged(
        *cards,
        (50, 180, "Chair"),
        (50, 192, f"{label} 75.00"),
        opinions={**WORDS, "20.00": {"header.net_total": 0.9}, "75.00": {"header.net_total": 0.7}},
    )
    assert [str(item.amount) for item in assemble(page).line_items if item.amount] == found
