"""Printed numbers in the habits of many countries."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.assembly.numbers import NumberHabit, infer_habit, parse_number, parse_percent

COMMA, POINT = NumberHabit(","), NumberHabit(".")


@pytest.mark.parametrize(
    ("text", "habit", "expected"),
    [
        ("1.234,56", COMMA, "1234.56"),
        (".3475", POINT, "0.3475"),
        ("$.80", POINT, "0.80"),
        ("Nr.3475", POINT, "3475"),
        ("1,234.56", POINT, "1234.56"),
        ("1'234.50", POINT, "1234.50"),
        ("1 234,56 €", COMMA, "1234.56"),
        ("1\u202f234,56", COMMA, "1234.56"),
        ("12,00-", COMMA, "-12.00"),
        ("(12.00)", POINT, "-12.00"),
        ("-5,00", COMMA, "-5.00"),
        ("EUR -5,00", COMMA, "-5.00"),
        ("−5,00 €", COMMA, "-5.00"),
        ("1.200,-", COMMA, "1200"),
        ("€12", POINT, "12"),
        ("3 Stk", COMMA, "3"),
        ("1.000", COMMA, "1000"),
        ("1.000", POINT, "1.000"),
        ("12.50", COMMA, "12.50"),
        ("0,0525", COMMA, "0.0525"),
        ("12.345.678", COMMA, "12345678"),
        ("٣٬٨٠٠٫٥٠", POINT, "3800.50"),
        ("A-12", POINT, "12"),
    ],
)
def test_parse_number(text: str, habit: NumberHabit, expected: str) -> None:
    assert parse_number(text, habit) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "EUR", "n/a", "-", "2 x 4,00 m / 3"])
def test_text_without_one_number_gives_none(text: str) -> None:
    assert parse_number(text, COMMA) is None


def test_habit_is_taken_from_the_whole_document() -> None:
    assert infer_habit([("1.200", 1.0), ("12,50", 1.0), ("3.000", 1.0)]).decimal_mark == ","
    assert infer_habit([("1,200", 1.0), ("12.50", 1.0)]).decimal_mark == "."
    assert infer_habit([], language="de").decimal_mark == ","
    assert infer_habit([("1,200", 1.0), ("3,500", 1.0)], language="en").decimal_mark == "."


def test_percent() -> None:
    assert parse_percent("(19,00 %)", COMMA) == Decimal("19.00")
    assert parse_percent("7.7%", POINT) == Decimal("7.7")
    assert parse_percent("250", POINT) is None


@given(st.decimals(min_value=0, max_value=9999999, places=2), st.sampled_from([(",", "."), (".", ","), (".", "'"), (",", " ")]))
def test_every_grouped_amount_reads_back_exactly(value: Decimal, marks: tuple[str, str]) -> None:
    decimal_mark, group = marks
    printed = f"{value:,.2f}".replace(",", "\0").replace(".", decimal_mark).replace("\0", group)
    assert parse_number(printed, NumberHabit(decimal_mark)) == value


@pytest.mark.parametrize(
    ("text", "value"), [("BRL-10,71", "-10.71"), ("EUR -10,71", "-10.71"), ("BRL10,71", "10.71"), ("REF-1071", "1071"), ("KW-9,5", "9.5")]
)
def test_a_minus_behind_the_code_of_a_currency_is_a_minus(text: str, value: str) -> None:
    assert parse_number(text, NumberHabit(",")) == Decimal(value)
