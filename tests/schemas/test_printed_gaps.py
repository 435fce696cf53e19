"""Numbers of the page that close a gap in its sums."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from invoices import TODAY, invoice, line

from schemas.invoice import AdjustmentKind, Evidence, Invoice, Severity
from schemas.printed_gaps import printed_discounts, with_printed_gaps
from schemas.rules import RuleContext, validate

AMOUNTS = ("net_total", "tax_total", "gross_total", "amount_due")
SEEN = {"header.net_total": Evidence(1, (0, 0, 1, 1), "", 1.0, "task_model")}


def errors(document: Invoice) -> list[str]:
    return [issue.rule for issue in validate([document], context=RuleContext(TODAY))[0] if issue.severity is Severity.ERROR]


def read(price: str, amount: str, *, quantity: str = "2") -> Invoice:
    """As it was read from a page: two lines that make 100.00, the first with this price and amount."""
    rest = f"{Decimal(100) - Decimal(amount):f}"
    return invoice(lines=(line(quantity, price, amount), line("1", rest, rest)), evidence=SEEN)


@pytest.mark.parametrize(
    ("text", "percent", "amount"),
    [
        ("2 x 40,00 Rabatt 10 % = 72,00", "10", None),
        ("2 pcs 40.00 less 10% 72.00", "10", None),
        ("2 40,00 Nachlass - 8,00 72,00", None, "8.00"),
        ("2 40,00 8,00- 72,00", None, "8.00"),
        ("2 40.00 discount -9.00 handling + 1.00 72.00", None, "8.00"),
    ],
)
def test_a_printed_discount_closes_the_gap(text: str, percent: str | None, amount: str | None) -> None:
    document = read("40.00", "72.00")
    assert errors(document) == ["LI-LINE"]
    found = with_printed_gaps(document, text)
    assert errors(found) == []
    item = found.line_items[0]
    assert (item.discount_percent, item.discount) == (percent and Decimal(percent), amount and Decimal(amount))
    assert found.line_items[1] == document.line_items[1]


def test_a_surcharge_of_a_printed_percentage_is_found() -> None:
    found = with_printed_gaps(read("25.00", "58.17"), "Enthält 16,34 % Versicherungssteuer")
    assert found.line_items[0].discount_percent == Decimal("-16.34")
    assert errors(found) == []


@pytest.mark.parametrize(
    ("text", "quantity", "price", "amount", "surcharge"),
    [
        ("Mineralwasser 12 x 0,79 zzgl. Pfand 0,25 12,48", "12", "0.79", "12.48", "0.25"),
        ("Mineralwasser 12 x 0,79 Pfand: EUR 3,00 12,48", "12", "0.79", "12.48", "3.00"),
        ("Imprimante 2 x 40,00 dont éco-participation 0,42 € 80,84", "2", "40.00", "80.84", "0.42"),
        ("Koelkast 1 50,00\nRecupel 1 x 10,00\n60,00", "1", "50.00", "60.00", "10.00"),
        ("Cut to size 2 x 3.00, minimum charge 25.00", "2", "3.00", "25.00", "19.00"),
        ("Zuschnitt 2 x 3,00 (Mindestpreis EUR 25,00) 25,00", "2", "3.00", "25.00", "19.00"),
    ],
)
def test_a_deposit_a_levy_or_a_least_amount_that_the_page_names_closes_the_gap(
    text: str, quantity: str, price: str, amount: str, surcharge: str
) -> None:
    document = read(price, amount, quantity=quantity)
    assert errors(document) == ["LI-LINE"]
    found = with_printed_gaps(document, text)
    assert errors(found) == []
    assert found.line_items[0].discount == -Decimal(surcharge)


@pytest.mark.parametrize(
    "text",
    [
        "Zuschnitt 2 x 3,00 25,00",  # nothing says why
        "Zuschnitt 2 x 3,00 Mindestpreis 30,00 25,00",  # another least amount
        "Zuschnitt 2 x 3,00 Mindestbestellmenge 25,00",  # another word
        "Zuschnitt 2 x 3,00 Mindestpreis 25 25,00",
        "Zuschnitt 2 x 3,00 Pfandleihe 9,50 25,00",
    ],
)
def test_an_amount_that_no_word_explains_stays_an_error(text: str) -> None:
    assert errors(with_printed_gaps(read("3.00", "25.00"), text)) == ["LI-LINE"]


def test_a_least_amount_explains_no_line_that_comes_to_more() -> None:
    assert errors(with_printed_gaps(read("40.00", "25.00"), "2 x 40,00 Mindestpreis 25,00")) == ["LI-LINE"]


@pytest.mark.parametrize("text", ["", "2 x 40,00 = 72,00", "Skonto 2 %, Rabatt 15 %, - 3,00", "2024-08-00 8 -8 8,00"])
def test_a_gap_that_nothing_printed_closes_stays_an_error(text: str) -> None:
    document = read("40.00", "72.00")
    assert with_printed_gaps(document, text) == document
    assert errors(with_printed_gaps(document, text)) == ["LI-LINE"]


def test_a_slipped_decimal_point_is_an_error_and_a_price_per_ten_is_not() -> None:
    document = read("50.00", "20.00", quantity="4")
    assert errors(with_printed_gaps(document, "50,00 4 20,00")) == ["LI-LINE"]
    assert errors(with_printed_gaps(document, "50,00 10 4 20,00")) == []


@pytest.mark.parametrize(
    ("text", "quantity", "price", "amount"),
    [
        ("1 792.400 10 79.24", "1", "792.40", "79.24"),  # the quantity before the price is no thousands of it
        ("Schrauben 4 Stk 50,00 per 10 20,00", "4", "50.00", "20.00"),
        ("Schrauben 40 Stk je 100 50,00 20,00", "40", "50.00", "20.00"),
        ("Nägel 5000 Stk 4,00 /1.000 20,00", "5000", "4.00", "20.00"),
        ("Klebeband 50 Stk VPE 25 10,00 20,00", "50", "10.00", "20.00"),
        ("Handschuhe 24 Paar\nEUR 10,00\nPreis je:\n12\n20,00", "24", "10.00", "20.00"),
        ("Vis 4 pièces 1 234,50 10 493,80", "4", "1234.50", "493.80"),
    ],
)
def test_a_number_of_units_printed_in_the_row_is_what_the_price_is_for(text: str, quantity: str, price: str, amount: str) -> None:
    document = invoice(lines=(line(quantity, price, amount),), breakdown=(), header=dict.fromkeys(AMOUNTS), evidence=SEEN)
    found = with_printed_gaps(document, text)
    assert [i.rule for i in validate([found], context=RuleContext(TODAY))[0] if i.rule == "LI-LINE"] == []
    assert found.line_items == document.line_items


@pytest.mark.parametrize(
    "text",
    [
        "50,00 4 20,00",
        "10 Schrauben\n4 50,00 20,00",  # a position or a word of the name, not behind the price
        "4 50,00 20,00\n10 Nägel 1,00 10,00",  # the next row's
        "4 50,00 20,00 10 %",
        "4 50,00 20,00 je 10.12.2025",
        "4 50,00 20,00 per 25",
        "Zahlbar per 10 Tage\n\n\n\n4 50,00 20,00",
    ],
)
def test_a_ten_that_is_printed_elsewhere_is_not_what_the_price_is_for(text: str) -> None:
    assert errors(with_printed_gaps(read("50.00", "20.00", quantity="4"), text)) == ["LI-LINE"]


def test_the_quantity_behind_the_price_is_not_what_the_price_is_for() -> None:
    document = read("20.00", "20.00", quantity="10")
    assert errors(with_printed_gaps(document, "20,00 10 20,00")) == ["LI-LINE"]
    assert errors(with_printed_gaps(document, "10 20,00 10 20,00")) == []


def test_one_price_can_stand_in_rows_for_different_numbers_of_units() -> None:
    lines = (line("4", "50.00", "20.00"), line("160", "50.00", "80.00"))
    found = with_printed_gaps(invoice(lines=lines, evidence=SEEN), "4 50,00 10 20,00\n160 50,00 100 80,00")
    assert [i.rule for i in validate([found], context=RuleContext(TODAY))[0] if i.rule == "LI-LINE"] == []


def test_an_earlier_payment_is_found_and_another_amount_due_is_an_error() -> None:
    document = invoice(header={"amount_due": "89.00"}, evidence=SEEN)
    assert errors(document) == ["BR-CO-16"]
    assert errors(with_printed_gaps(document, "Total 119,00 Anzahlung 12,34 offen 89,00")) == ["BR-CO-16"]
    found = with_printed_gaps(document, "Total 119,00 Anzahlung 30,00 offen 89,00")
    assert [(a.kind, a.amount) for a in found.document_adjustments] == [(AdjustmentKind.PREPAID, Decimal("30.00"))]
    assert errors(found) == []


def test_the_net_total_read_as_amount_due_is_no_payment_of_the_tax() -> None:
    document = invoice(header={"amount_due": "100.00"}, evidence=SEEN)
    assert errors(with_printed_gaps(document, "Net 100,00 Tax 19,00 Total 119,00")) == ["BR-CO-16"]


def test_without_a_page_a_confirmed_amount_is_a_warning() -> None:
    typed = replace(read("40.00", "72.00"), evidence={})
    assert errors(typed) == []
    assert [issue.rule for issue in validate([typed], context=RuleContext(TODAY))[0]] == ["LI-LINE"]
    assert "LI-LINE" in errors(typed.replace(header=replace(typed.header, net_total=Decimal("98.00"))))


def test_numbers_are_read_in_both_conventions_and_dates_are_no_amounts() -> None:
    found = printed_discounts("am 12-11-2025 -1.234,50 € und - 1,234.50 sowie 3,5 % und + 0.75 bis 99%")
    assert found.percents == (Decimal("3.5"), Decimal(99))
    assert found.amounts == (Decimal("-1234.50"), Decimal("0.75"))
