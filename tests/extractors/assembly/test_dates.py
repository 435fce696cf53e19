"""Printed dates in many languages and orders."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.assembly.dates import DateHabit, infer_date_habit, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "12.03.26", "12.03.2026", "2026-03-12", "12/03/2026", "12 mars 2026", "Mar 12, 2026", "12-Mar-26", "12. März 2026", "12 de marzo de 2026",
        "12 marca 2026", "12 marzo 2026", "12 maart 2026", "12 Mart 2026", "12. března 2026", "20260312", "den 12 mars 2026", "12 março 2026",
    ],
)  # fmt: skip
def test_dates_of_many_habits(text: str) -> None:
    assert parse_date(text, DateHabit(day_first=True)) == date(2026, 3, 12)


def test_month_first_only_where_the_document_says_so() -> None:
    assert parse_date("03/12/2026", DateHabit(day_first=False)) == date(2026, 3, 12)
    assert infer_date_habit(["03/28/2026"]) == DateHabit(day_first=False)
    assert infer_date_habit(["28/03/2026"], currency="USD") == DateHabit(day_first=True)
    assert infer_date_habit(["03/04/2026"], currency="USD", language="en") == DateHabit(day_first=False)
    assert infer_date_habit(["03/04/2026"], currency="GBP", country="GB") == DateHabit(day_first=True)


@pytest.mark.parametrize("text", ["31.02.2026", "99/99/2026", "no date", "12345", ""])
def test_what_is_no_date_gives_none(text: str) -> None:
    assert parse_date(text, DateHabit()) is None


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31)))
def test_every_date_reads_back(day: date) -> None:
    assert parse_date(day.isoformat(), DateHabit()) == day
    assert parse_date(day.strftime("%d.%m.%Y"), DateHabit()) == day
    assert parse_date(day.strftime("%m/%d/%Y"), DateHabit(day_first=False)) == day
    assert parse_date(day.strftime("%d %B %Y"), DateHabit()) == day


def test_other_dates_of_the_page_tell_the_order_where_the_invoices_own_do_not() -> None:
    assert infer_date_habit(["04-09-2024"], others=["delivered 03-28-2024"], country="GB") == DateHabit(day_first=False)
    assert infer_date_habit(["04-28-2024"], others=["28/03/2024", "29/03/2024"]) == DateHabit(day_first=False)


@pytest.mark.parametrize(
    ("texts", "others", "day_first"),
    [
        (["6/11/2025", "7/11/2025"], ["Net", "30"], False),  # 30 days only from the 11th of June
        (["6/11/2025", "7/11/2025"], [], False),  # a month is a usual term, a day is none
        (["9/2/2025", "9/3/2025"], [], True),
        (["11/8/2025"], ["11/1/2025", "–", "11/8/2025"], False),  # a week before, or ten months
        (["8/11/2025"], ["1/11/2025", "–", "8/11/2025"], True),
        (["11/12/2025"], ["2025-11-10"], False),
    ],
)
def test_terms_and_near_dates_tell_the_order(texts: list[str], others: list[str], *, day_first: bool) -> None:
    habit = infer_date_habit(texts, others=others, country="CA", language="fr")
    assert habit == DateHabit(day_first) and not habit.assumed


@pytest.mark.parametrize(
    ("country", "language", "currency", "day_first", "assumed"),
    [
        ("CA", "fr", "CAD", True, True),
        ("US", "en", "USD", False, False),
        ("US", "en", "EUR", True, True),  # a country that only an item tells of
        ("US", "fr", None, True, False),  # no country writes French with the month first but Canada
        (None, "en", "GBP", True, True),
        (None, "de", "EUR", True, False),
        ("GB", "en", "GBP", True, False),
    ],
)
def test_an_order_that_nothing_tells_is_said_to_be_assumed(
    country: str | None, language: str, currency: str | None, *, day_first: bool, assumed: bool
) -> None:
    habit = infer_date_habit(["03/04/2026"], country=country, language=language, currency=currency)
    assert (habit.day_first, habit.assumed) == (day_first, assumed)


def test_a_sort_code_is_no_date_with_the_day_first() -> None:
    assert infer_date_habit(["03/04/2026"], others=["40-12-76"], country="US", language="en") == DateHabit(day_first=False)


def test_the_month_never_comes_first_in_a_language_that_is_not_written_so() -> None:
    texts = ["06/08/23", "05/08/23"]  # 31 days apart with the month first
    assert infer_date_habit(texts, language="it") == DateHabit(day_first=True)
    assert infer_date_habit(texts, language="en") == DateHabit(day_first=False)
    assert infer_date_habit(["08/23/23"], language="it") == DateHabit(day_first=False), "unless a date says so itself"


def test_a_year_that_the_edge_of_a_cell_breaks_is_read() -> None:
    assert parse_date("05.Februar.202 4", DateHabit()) == date(2024, 2, 5)
    assert parse_date("15.12.201 4", DateHabit()) == date(2014, 12, 15)


def test_dates_that_lie_close_do_not_outweigh_a_country_that_writes_the_month_first() -> None:
    assert infer_date_habit(["05/02/2023"], others=["12/03/2023"], country="US", currency="USD", language="en") == DateHabit(
        day_first=False
    )


@pytest.mark.parametrize(
    ("country", "currency", "day_first"), [("FR", "EUR", True), (None, "CHF", True), ("CA", "CAD", False), (None, None, False)]
)
def test_the_month_never_comes_first_in_french_outside_canada(country: str | None, currency: str | None, *, day_first: bool) -> None:
    texts = ["02/04/17", "05/05/17"]  # ninety days apart with the month first
    assert infer_date_habit(texts, language="fr", country=country, currency=currency) == DateHabit(day_first=day_first)


def test_the_digits_of_a_telephone_number_tell_no_order() -> None:
    assert infer_date_habit(["02/10/2017"], others=["01.16.32.89.44"], country="IT", language="it") == DateHabit()
    assert infer_date_habit(["02/10/2017"], others=["01.16.32"], country="IT", language="it") == DateHabit(day_first=False)


def test_dates_with_spaces_tell_the_order_too() -> None:
    assert infer_date_habit(["26. 6. 2015", "3. 4. 2015"], country="US", language="en") == DateHabit(day_first=True)


@pytest.mark.parametrize(("country", "day_first"), [("US", False), ("GB", True), (None, True)])
def test_dates_with_dots_tell_nothing_of_american_ones(country: str | None, *, day_first: bool) -> None:
    found = infer_date_habit(["5/7/23"], others=["5/7/23", "19.02.23", "07.05.2023"], currency="USD", country=country, language="en")
    assert found.day_first == day_first
