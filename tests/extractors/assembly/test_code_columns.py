"""Codes for tax rates in a column of the items that the network does not know for what it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble
from schemas.invoice import LineItem

D = Decimal
NAME, NET, QUANTITY = {"line.description": 0.97}, {"line.net_amount": 0.97}, {"line.quantity": 0.9}
WORDS = {"Bread": NAME, "Vase": NAME, "Stamp": NAME, "40.00": NET, "70.00": NET, "5.00": NET}


def items(*legend: str, codes: tuple[str, str, str], **opinions: dict[str, float]) -> tuple[LineItem, ...]:
    names = (("Bread", "40.00"), ("Vase", "70.00"), ("Stamp", "5.00"))
    rows = [cell for k, (name, net) in enumerate(names) for cell in ((50, 100 + 20 * k, name), (300, 100 + 20 * k, net))]
    rows += [(400.0, 100.0 + 20 * k, code) for k, code in enumerate(codes)]
    below = [(50.0, 200.0 + 20 * k, text) for k, text in enumerate(legend)]
    return assemble(linked_by_line(tagged(*rows, *below, opinions={**WORDS, **opinions}))).line_items


def rates(*legend: str, codes: tuple[str, str, str], **opinions: dict[str, float]) -> list[Decimal | None]:
    return [item.tax_rate for item in items(*legend, codes=codes, **opinions)]


def test_letters_that_are_explained_and_stand_beside_all_items_are_their_codes() -> None:
    assert rates("R = 7 % S = 19 % Z = zero rated", codes=("R", "S", "Z")) == [D(7), D(19), D(0)]


@pytest.mark.parametrize(("first", "expected"), [("40,00", [D(7), D(19), D(0)]), ("41,00", [None, None, None])])
def test_digits_are_codes_where_the_legend_shows_what_their_items_add_up_to(first: str, expected: list[Decimal | None]) -> None:
    legend = (f"1 = 7 % VAT {first} 2.80", "2 = 19 % VAT 70,00 13.30", "3 = outside the scope 5,00 0.00")
    assert rates(*legend, codes=("1", "2", "3")) == expected


def test_a_proven_code_is_no_quantity() -> None:
    legend = ("1= 7 % VAT 40,00 2.80", "2= 19 % VAT 75,00 14.25")
    found = items(*legend, codes=("1", "2", "2"), **{"1": QUANTITY, "2": QUANTITY})
    assert [(item.tax_rate, item.quantity) for item in found] == [(D(7), None), (D(19), None), (D(19), None)]


def test_the_table_of_taxes_explains_codes_too() -> None:
    opinions = {
        "K": {"tax.category": 0.9},
        "7%": {"tax.rate": 0.9},
        "45,00": {"tax.taxable_amount": 0.9},
        "70,00": {"tax.taxable_amount": 0.9},
    }
    legend = ("K 7% 45,00 3.15", "M 19% 70,00 13.30")
    assert rates(*legend, codes=("K", "M", "K"), **opinions) == [D(7), D(19), D(7)]


@pytest.mark.parametrize("legend", [("R = red", "S = small"), ("R = 7 % S = 19 %", "R = 9 %"), ()])
def test_codes_of_something_else_or_of_two_rates_are_none(legend: tuple[str, ...]) -> None:
    assert rates(*legend, codes=("R", "R", "R")) == [None, None, None]


def test_the_line_that_explains_a_code_is_no_item() -> None:
    found = items("R = 7 % 40,00 2.80", "S = 19 % 75,00 14.25", codes=("R", "S", "S"), **{"2.80": NET, "14.25": NET})
    assert [item.description for item in found] == ["Bread", "Vase", "Stamp"]


def test_a_quantity_beside_the_column_of_codes_stays() -> None:
    cells = (
        (50, 100, "Bread"),
        (200, 100, "1"),
        (300, 100, "40.00"),
        (400, 100, "1"),
        (50, 200, "1= 7 % VAT 40,00 2.80"),
        (50, 760, "1= 7 % VAT"),
    )
    found = assemble(linked_by_line(tagged(*cells, opinions=WORDS | {"1": QUANTITY}))).line_items
    assert [(item.quantity, item.tax_rate) for item in found] == [(D(1), D(7))]
