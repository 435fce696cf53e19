"""Bank accounts that the network does not tag, and numbers that only look like one."""

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble

ACCOUNT, GROUPS = "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"


def iban(*lines: tuple[float, float, str], language: str = "en", **opinions: dict[str, float]) -> str | None:
    return assemble(tagged(*lines, opinions=opinions, language=language)).header.iban


@pytest.mark.parametrize("sentence", [f"Please pay within 14 days to {GROUPS}, quoting the number.", f"Transfer to IBAN: {ACCOUNT}."])
def test_an_account_in_a_sentence_is_known_by_its_check_digits(sentence: str) -> None:
    assert iban((50, 80, sentence)) == ACCOUNT
    assert iban((50, 80, sentence.replace("89", "98"))) is None


def test_an_account_in_a_sentence_may_go_on_in_the_next_line() -> None:
    assert iban((50, 80, "I ask you to transfer the amount to DE89"), (50, 92, "3704 0044 0532 0130 00 at my bank.")) == ACCOUNT


@pytest.mark.parametrize("notice", ["Mandate reference 4711-3", "The sum is taken by direct debit on 2 May.", "Prélèvement SEPA"])
def test_where_a_debit_is_spoken_of_the_only_account_may_be_the_buyers(notice: str) -> None:
    assert iban((50, 80, f"IBAN {GROUPS}"), (50, 100, notice)) is None


def test_an_account_with_the_buyers_address_is_not_paid_to() -> None:
    assert iban((50, 80, "Bill to"), (50, 92, "Example Trading Ltd"), (50, 104, GROUPS)) is None


@pytest.mark.parametrize("caption", ["CUPS:", "Zählpunkt", "POD"])
def test_the_number_of_a_point_of_supply_is_no_account(caption: str) -> None:
    number = "AT0010000000000000123456789012345"[:24]
    assert iban((50, 80, f"{caption} {number}"), **{number: {"header.iban": 0.7}}) is None
    assert iban((50, 80, f"Konto {number}"), **{number: {"header.iban": 0.7}}) == number
