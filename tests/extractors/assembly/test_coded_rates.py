"""Lines that print a code for their tax rate have the rate that the page explains it by."""

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble

D = Decimal
NAME, NET, CODE, RATE = {"line.description": 0.97}, {"line.net_amount": 0.97}, {"line.tax_category": 0.97}, {"line.tax_rate": 0.9}
TAX_RATE, BASE, TAX = {"tax.rate": 0.97}, {"tax.taxable_amount": 0.97}, {"tax.tax_amount": 0.97}
WORDS = {
    "Bread": NAME, "Vase": NAME, "40.00": NET, "70.00": NET,
    "2.80": TAX, "13.30": TAX, "7%": TAX_RATE, "19%": TAX_RATE, "40,00": BASE, "70,00": BASE,
}  # fmt: skip


def rates(*legend: str, bread: str, vase: str, **opinions: dict[str, float]) -> list[Decimal | None]:
    rows = [(50, 100, "Bread"), (300, 100, "40.00"), (400, 100, bread), (50, 120, "Vase"), (300, 120, "70.00"), (400, 120, vase)]
    below = [(50.0, 200.0 + 20 * k, text) for k, text in enumerate(legend)]
    found = assemble(linked_by_line(tagged(*rows, *below, opinions={**WORDS, **opinions})))
    return [item.tax_rate for item in found.line_items]


def test_a_table_of_taxes_explains_codes() -> None:
    assert rates("A 7% 40,00 2.80", "B 19% 70,00 13.30", bread="A", vase="B", A=CODE, B=CODE) == [D(7), D(19)]


def test_a_code_that_was_taken_for_a_rate_is_explained_too() -> None:
    found = rates("4 7% 40,00 2.80", "5 19% 70,00 13.30", bread="4", vase="5", **{"4": RATE, "5": CODE})
    assert found == [D(7), D(19)]


def test_letters_in_the_column_of_the_rates_are_codes() -> None:
    assert rates("LOW 7% 40,00 2.80", "STD 19% 70,00 13.30", bread="LOW", vase="STD", LOW=RATE, STD=RATE) == [D(7), D(19)]


def test_a_legend_without_amounts_explains_codes() -> None:
    assert rates("A = 7 % B = 19 %", bread="A", vase="B", A=CODE, B=CODE) == [D(7), D(19)]


@pytest.mark.parametrize("legend", [("A 7% 2.80", "A 19% 13.30"), ("7% 2.80", "19% 13.30")])
def test_a_code_of_two_rates_or_of_none_is_not_explained(legend: tuple[str, ...]) -> None:
    assert rates(*legend, bread="A", vase="A", A=CODE) == [None, None]
