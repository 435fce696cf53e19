"""A date that stands behind a number, or ends a period, is the date of that number or period."""

from datetime import date

import pytest
from tagged_pages import tagged

from extractors.assembly.caption_words import match, plain
from extractors.assembly.dates import DateHabit, infer_date_habit
from extractors.assembly.document import assemble

ISSUED = "header.issue_date"


@pytest.mark.parametrize(
    "order", ["Purchase order 4711-20 of 02.03.2024", "PO no. 4711-20 dated 02.03.2024", "N° de BC: 4711-20 en date du 02.03.2024"]
)
def test_the_date_behind_an_order_number_is_the_orders(order: str) -> None:
    sure, doubtful = {ISSUED: 0.96}, {ISSUED: 0.15}
    found = assemble(tagged((50, 80, order), (50, 110, "Date: 20.03.2024"), opinions={"02.03.2024": sure, "20.03.2024": doubtful}))
    assert found.header.issue_date == date(2024, 3, 20)


def test_the_date_of_an_order_may_stand_in_the_next_line() -> None:
    lines = ((50.0, 80.0, "Your order 4711-20 of"), (120.0, 92.0, "02.03.2024"), (50.0, 140.0, "Date: 20.03.2024"))
    found = assemble(tagged(*lines, opinions={"02.03.2024": {ISSUED: 0.96}, "20.03.2024": {ISSUED: 0.15}}))
    assert found.header.issue_date == date(2024, 3, 20)


def test_the_date_behind_the_invoices_own_number_is_its_own() -> None:
    lines = ((50.0, 80.0, "Invoice no. 4711-20 dated 02.03.2024"), (50.0, 110.0, "20.03.2024"))
    found = assemble(tagged(*lines, opinions={"02.03.2024": {ISSUED: 0.3}, "20.03.2024": {ISSUED: 0.6}}))
    assert found.header.issue_date == date(2024, 3, 2)


def test_the_end_of_a_period_is_no_date_of_issue() -> None:
    lines = ((50.0, 80.0, "Period:"), (200.0, 80.0, "01.03.2024 / 31.03.2024"), (50.0, 110.0, "Date: 02.04.2024"))
    found = assemble(tagged(*lines, opinions={"31.03.2024": {ISSUED: 0.96}, "02.04.2024": {ISSUED: 0.5}}))
    assert found.header.issue_date == date(2024, 4, 2)
    twice = assemble(
        tagged(
            (50, 80, "Date / Due date: 01.03.2024 / 31.03.2024"),
            opinions={"01.03.2024": {ISSUED: 0.9}, "31.03.2024": {"header.due_date": 0.9}},
        )
    )
    assert (twice.header.issue_date, twice.header.due_date) == (date(2024, 3, 1), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fecha de facturación", "issue_date"),
        ("Laadittu:", "issue_date"),
        ("Fecha prevista de cargo", "due_date"),
        ("Last date of payment", "due_date"),
        ("Einzug am", "due_date"),
        ("Fecha de intervención:", "other_date"),
        ("Fecha del pedido", "other_date"),
        ("Date de début", "other_date"),
    ],
)
def test_captions_of_dates_are_told_apart(text: str, kind: str) -> None:
    assert match("date", plain(text)) == kind


def test_the_code_of_an_article_is_no_date() -> None:
    dates = ("05/10/2022", "05/09/2022")
    assert infer_date_habit(dates, others=(*dates, "10-27-0412", "24-1-3"), country="ES", language="es") == DateHabit(True)
    assert infer_date_habit(dates, others=(*dates, "10-27-2021"), country="ES", language="es") == DateHabit(False)


def test_a_quantity_of_days_is_no_term_of_payment() -> None:
    dates = ("05/09/2022", "05/10/2022")
    assert infer_date_habit(dates, others=(*dates, "1", "day", "24,50"), language="es") == DateHabit(True)
    assert infer_date_habit(("05/06/2020", "12/06/2020"), others=("Net", "7"), language="en", country="US") == DateHabit(True)


@pytest.mark.parametrize(("below", "year"), [("22", 2022), ("Kg", 2020), ("7", 2020)])
@pytest.mark.parametrize("seen", [0.95, 0.4])
def test_a_year_that_a_narrow_column_broke_is_read_whole(below: str, year: int, seen: float) -> None:
    lines = ((50.0, 80.0, "Date:"), (90.0, 80.0, "14.05.20"), (90.0, 92.0, below))
    found = assemble(tagged(*lines, opinions={"14.05.20": {ISSUED: 0.95}, below: {ISSUED: seen}}))
    assert found.header.issue_date == date(year, 5, 14)


@pytest.mark.parametrize(("lead", "issued"), [("fecha", date(2024, 3, 20)), ("Paid", date(2024, 3, 2))])
def test_the_words_that_lead_to_the_date_of_an_order_may_stand_in_two_lines(lead: str, issued: date) -> None:
    lines = ((50.0, 80.0, "Purchase order 4711-20 of"), (50.0, 92.0, f"{lead} 02.03.2024"), (50.0, 140.0, "Date: 20.03.2024"))
    found = assemble(tagged(*lines, opinions={"02.03.2024": {ISSUED: 0.985}, "20.03.2024": {ISSUED: 0.15}}))
    assert found.header.issue_date == issued


def test_the_word_date_alone_behind_a_number_is_a_caption() -> None:
    lines = ((50.0, 80.0, "Customer no. 4711-20 Date 02.03.2024"), (50.0, 140.0, "20.03.2024"))
    found = assemble(tagged(*lines, opinions={"02.03.2024": {ISSUED: 0.9}, "20.03.2024": {ISSUED: 0.35}}))
    assert found.header.issue_date == date(2024, 3, 2)


def test_a_date_at_the_beginning_of_a_line_is_what_the_line_above_ends_with() -> None:
    lines = ((50.0, 80.0, "Date: 02.03.2024"), (200.0, 80.0, "Please pay until"), (50.0, 92.0, "16.03.2024"))
    found = assemble(tagged(*lines, opinions={"02.03.2024": {ISSUED: 0.5}, "16.03.2024": {ISSUED: 0.99}})).header
    assert (found.issue_date, found.due_date) == (date(2024, 3, 2), date(2024, 3, 16))


@pytest.mark.parametrize(("caption", "issued"), [("Rok plačila", None), ("Apmaksāt līdz", None), ("Datum", date(2024, 3, 16))])
def test_what_is_called_the_due_date_is_no_date_of_issue(caption: str, issued: date | None) -> None:
    found = assemble(tagged((50.0, 80.0, f"{caption}: 16.03.2024"), opinions={"16.03.2024": {ISSUED: 0.86}})).header
    assert found.issue_date == issued


@pytest.mark.parametrize("text", ["2024 m. kovo 16 d.", "2024. gada 16. martā"])
def test_dates_that_begin_with_the_year(text: str) -> None:
    opinions = {word: {ISSUED: 0.9} for word in text.split() if word not in ("m.", "d.", "gada")}
    assert assemble(tagged((50.0, 80.0, text), opinions=opinions)).header.issue_date == date(2024, 3, 16)
