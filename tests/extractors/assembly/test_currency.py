"""Currencies: names, symbols, and what only looks like one."""

import pytest
from tagged_pages import tagged

from extractors.assembly.currency import currency_code
from extractors.assembly.document import assemble


@pytest.mark.parametrize(
    ("token", "language", "country", "code"),
    [
        ("EUR", "de", None, "EUR"), ("€", "fr", None, "EUR"), ("(kr)", "sv", None, "SEK"), ("kr.", "da", None, "DKK"), ("$", "en", "CA", "CAD"),
        ("$", "en", None, "USD"), ("$", "es", None, "MXN"), ("M.N.", "es", None, "MXN"), ("A$", "en", None, "AUD"), ("Pos.", "de", None, None),
    ],
)  # fmt: skip
def test_a_token_is_read_as_its_currency(token: str, language: str, country: str | None, code: str | None) -> None:
    assert currency_code(token, language=language, country=country) == code


@pytest.mark.parametrize(
    ("line", "language", "code"),
    [
        ("Invoice FT-57199", "en", None),
        ("Ref RS-2807 KR-63", "en", None),
        ("container 20ft", "nl", None),
        ("Total 1 250,00Ft", "hu", "HUF"),
        ("Total kr1.250,00", "da", "DKK"),
        ("Totaal kr4352,14 kr261,13", "nl", "SEK"),
        ("Total EUR: 14.00", "en", "EUR"),
    ],
)
def test_letters_on_numbers_are_a_currency_only_on_amounts(line: str, language: str, code: str | None) -> None:
    assert assemble(tagged((50, 80, line), opinions={}, language=language)).header.currency == code


def test_a_mexican_tax_number_makes_the_dollar_a_peso() -> None:
    page = tagged((50, 40, "ABC010203XY9 Obras"), (50, 80, "Total $ 100.00"), opinions={"$": {"header.currency": 0.9}}, language="en")
    assert assemble(page).header.currency == "MXN"
