"""Habits of due dates, numbers and rows of totals that networks take for something else."""

from datetime import date
from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from schemas.invoice import Header

NUMBER, ISSUED, DUE = "header.invoice_number", "header.issue_date", "header.due_date"
GROSS, AMOUNT_DUE = "header.gross_total", "header.amount_due"


def header(*lines: tuple[float, float, str], language: str = "en", **opinions: dict[str, float]) -> Header:
    return assemble(tagged(*lines, opinions=opinions, language=language)).header


@pytest.mark.parametrize(
    ("line", "language", "due"),
    [
        ("Vencimientos: 31/08/2024", "es", True), ("Betaald op 31/08/2024", "nl", False), ("Abreise 31.08.2024", "de", False),
        ("Payé le 31/08/2024", "fr", False), ("Zahlbar bis 31.08.2024", "de", True),
    ],
)  # fmt: skip
def test_what_a_date_is_called_tells_whether_something_is_due_then(line: str, language: str, due: bool) -> None:
    told = {"01.08.2024": {ISSUED: 0.9}, line.split()[-1]: {DUE: 0.2 if due else 0.7}}
    assert (header((50, 40, "Datum 01.08.2024"), (50, 80, line), language=language, **told).due_date is not None) == due


def test_a_date_that_net_follows_is_the_due_date_behind_one_of_discount() -> None:
    line = "Zahlbar bis 09.08.2024 mit 3 % Skonto = 12,30 EUR, bis 31.08.2024 netto."
    told = {"01.08.2024": {ISSUED: 0.9}, "31.08.2024": {DUE: 0.3}, "09.08.2024": {DUE: 0.4}}
    assert header((50, 40, "Datum 01.08.2024"), (50, 80, line), language="de", **told).due_date == date(2024, 8, 31)


def test_the_number_of_a_receipt_is_not_the_invoices() -> None:
    told = {word: {NUMBER: 0.99} for word in ("#QT-3319", "#8812-4410")}
    assert header((50, 40, "Invoice #QT-3319"), (50, 60, "Receipt #8812-4410"), **told).invoice_number == "QT-3319"
    assert header((50, 60, "Receipt #8812-4410"), **told).invoice_number == "8812-4410"


def test_a_payment_reference_that_begins_with_the_number_is_not_the_number() -> None:
    told = {"70931": {NUMBER: 0.99}, "7093158": {NUMBER: 0.7}}
    assert header((50, 40, "Fakturanr 70931"), (50, 700, "# 7093158 #"), language="sv", **told).invoice_number == "70931"


def test_a_caption_in_front_of_several_amounts_speaks_for_none_alone() -> None:
    told = {"126.00": {GROSS: 0.65}, "826.00": {GROSS: 0.98, AMOUNT_DUE: 0.01}}
    assert header((50, 40, "TOTAL: 126.00"), (300, 40, "826.00"), **told).gross_total == Decimal("826.00")


def test_what_is_more_than_the_total_is_rather_not_due() -> None:
    told = {"120.00": {GROSS: 0.98, AMOUNT_DUE: 0.3}, "5000.00": {AMOUNT_DUE: 0.5}}
    assert header((50, 40, "Total 120.00"), (50, 80, "Sum insured 5000.00"), **told).amount_due == Decimal("120.00")


@pytest.mark.parametrize(
    ("lines", "order"),
    [
        (((50.0, 40.0, "Your reference"), (50.0, 52.0, "PO 7731")), "PO 7731"), (((50.0, 40.0, "Vs. ordine OA 31/24"),), "OA 31/24"),
        (((50.0, 40.0, "Delivery note"), (50.0, 52.0, "PO 7731")), None),
    ],
)  # fmt: skip
def test_the_letters_of_an_order_belong_to_its_number_under_a_caption_of_their_own(
    lines: tuple[tuple[float, float, str], ...], order: str | None
) -> None:
    told = {word: {"header.purchase_order": 0.1} for word in ("PO", "OA", "7731", "31/24")}
    assert header(*lines, **told).purchase_order == order


@pytest.mark.parametrize(("line", "number"), [("Facture n° 12 345 678 901", "12 345 678 901"), ("Facture n° 12 345 page 2", "12")])
def test_a_number_that_is_grouped_by_spaces_is_given_whole(line: str, number: str) -> None:
    assert header((50, 40, line), language="fr", **{"12": {NUMBER: 0.5}}).invoice_number == number


def test_a_number_whose_end_stands_in_the_next_line_has_no_groups_behind_its_first_line() -> None:
    told = {word: {NUMBER: 0.95} for word in ("2024/", "118")}
    assert header((50, 40, "Facture n° 2024/"), (50, 52, "118"), language="fr", **told).invoice_number is not None
