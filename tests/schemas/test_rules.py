"""Every rule: one invoice that keeps it and one that breaks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from invoices import TODAY, adjustment, invoice, line, tax
from rule_cases import CASES, CONTEXT, RAISED_BY_READING, C, two

from schemas.errors import DocumentError
from schemas.invoice import AdjustmentKind, DocumentType, Invoice, LineItem, Route, Severity
from schemas.rules import RULES, RuleContext, validate
from schemas.rules_types import Table
from schemas.tax_treatment import assign_tax_categories


def rules_broken(document: Invoice, *, context: RuleContext = CONTEXT) -> list[str]:
    return [issue.rule for issue in validate([document], context=context)[0]]


def errors(document: Invoice) -> list[str]:
    return [issue.rule for issue in validate([document], context=CONTEXT)[0] if issue.severity is Severity.ERROR]


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_is_kept(rule: str) -> None:
    assert rule not in rules_broken(CASES[rule][0])


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_is_broken(rule: str) -> None:
    found = [issue for issue in validate([CASES[rule][1]], context=CONTEXT)[0] if issue.rule == rule]
    assert found
    assert all(issue.message.endswith(".") for issue in found)


def test_every_rule_has_both_cases() -> None:
    judged = {rule.id for rule in RULES if rule.table is not Table.READING}
    assert judged == set(CASES)
    raised = {*RAISED_BY_READING, *(error.rule for error in (DocumentError, *DocumentError.__subclasses__()))}
    assert {rule.id for rule in RULES if rule.table is Table.READING} == raised
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RAISED_BY_READING)
def test_reading_issues_carry_their_rule(rule: str) -> None:
    issue = RAISED_BY_READING[rule]
    flagging = Severity.WARNING if rule == "LI-TWICE" else Severity.ERROR  # the confidence flags what two networks read differently
    assert (issue.rule, issue.severity) == (rule, flagging)
    assert next(known for known in RULES if known.id == rule).severity is flagging


@pytest.mark.parametrize("rule", [error.rule for error in (DocumentError, *DocumentError.__subclasses__())])
def test_a_refused_file_carries_its_rule(rule: str) -> None:
    definition = next(known for known in RULES if known.id == rule)
    assert (definition.severity, definition.table) == (Severity.ERROR, Table.READING)


def test_a_clean_invoice_has_no_issue() -> None:
    assert rules_broken(invoice()) == []


def test_a_chunk_gives_what_each_document_gives_alone() -> None:
    documents = [case for pair in CASES.values() for case in pair]
    together = validate(documents, context=CONTEXT)
    assert together == [validate([document], context=CONTEXT)[0] for document in documents]
    assert validate([], context=CONTEXT) == []


def test_issues_come_in_the_order_of_the_rules() -> None:
    order = [rule.id for rule in RULES]
    document = invoice(header={"invoice_number": None, "gross_total": "1.00", "iban": "DE00"}, lines=(line("9"), line("8")))
    found = rules_broken(document)
    assert found == sorted(found, key=order.index)


ARITHMETIC = {
    "price rounded to cents": invoice(lines=(line("3", "33.33", "100.00"),)),
    "hours rounded to two decimals": invoice(lines=(line("1.67", "60.00", "100.00"),)),
    "discount as an amount": invoice(lines=(line("2", "55.00", "100.00", discount=Decimal("10.00")),)),
    "discount in percent": invoice(lines=(line("2", "62.50", "100.00", discount_percent=Decimal("20")),)),
    "lines with tax": invoice(lines=(replace(line(price="59.50"), net_amount=None, gross_amount=Decimal("119.00")),)),
    "price with tax, amount without": invoice(lines=(line("2", "59.50", "100.00"),)),
    "allowance, charge": CASES["BR-CO-13"][0],
    "shipping after the printed net total": invoice(
        header={"gross_total": "124.00", "amount_due": "124.00"}, document_adjustments=(adjustment(C, "5.00"),)
    ),
    "cash rounding in the gross total": invoice(
        header={"gross_total": "119.05", "amount_due": "119.05"}, document_adjustments=(adjustment(AdjustmentKind.ROUNDING, "0.05"),)
    ),
    "withheld tax": invoice(
        header={"gross_total": "104.00", "amount_due": "104.00"}, document_adjustments=(adjustment(AdjustmentKind.WITHHOLDING, "15.00"),)
    ),
    "withheld tax below the gross total": invoice(
        header={"amount_due": "104.00"}, document_adjustments=(adjustment(AdjustmentKind.WITHHOLDING, "15.00"),)
    ),
    "partly paid": CASES["BR-CO-16"][0],
    "a free line": invoice(lines=(line(), line("1", "0.00", "0.00"))),
    "credit note, negative": invoice(
        document_type=DocumentType.CREDIT_NOTE,
        lines=(line("-2", "50.00", "-100.00"),),
        breakdown=(tax(base="-100.00", amount="-19.00"),),
        header={"net_total": "-100.00", "tax_total": "-19.00", "gross_total": "-119.00", "amount_due": "-119.00"},
    ),
    "credit note, positive lines under negative totals": invoice(
        document_type=DocumentType.CREDIT_NOTE,
        breakdown=(tax(base="-100.00", amount="-19.00"),),
        header={"net_total": "-100.00", "tax_total": "-19.00", "gross_total": "-119.00", "amount_due": "-119.00"},
    ),
    "sales tax on a part": invoice(
        lines=(line(rate=None), line("1", "40.00", "40.00", rate=None)),
        breakdown=(tax("8", None, "8.00", None),),
        header={"net_total": "140.00", "tax_total": "8.00", "gross_total": "148.00", "amount_due": "148.00", "seller_vat_id": None},
    ),
    "two taxes on one base": invoice(
        lines=(line(rate=None),),
        breakdown=(tax("9", "100.00", "9.00"), tax("9", "100.00", "9.00")),
        header={"tax_total": "18.00", "gross_total": "118.00", "amount_due": "118.00", "seller_vat_id": None},
    ),
    "three decimals in Kuwait": invoice(
        lines=(line("1", "1.125", "1.125", rate=None),),
        breakdown=(),
        header={"currency": "KWD", "net_total": "1.125", "tax_total": None, "gross_total": "1.125", "amount_due": "1.125"},
    ),
    "lines without amounts": invoice(lines=(LineItem(description="Part of the set"), line())),
    "a discount column that holds percentages": invoice(lines=(line("2", "62.50", "100.00", discount=Decimal("20")),)),
    "whole forints": invoice(
        lines=(line("8.301", "154", "1278", rate=None),),
        breakdown=(),
        header={
            "currency": "HUF",
            "net_total": "1278",
            "tax_total": None,
            "gross_total": "1278",
            "amount_due": "1278",
            "seller_vat_id": None,
        },
    ),
    "lines with tax, each rounded": invoice(
        lines=tuple(replace(line("1", "0.42", "0.42"), net_amount=None, gross_amount=Decimal("0.50")) for _ in range(3)),
        breakdown=(tax(base="1.26", amount="0.24"),),
        header={"net_total": "1.26", "tax_total": "0.24", "gross_total": "1.50", "amount_due": "1.50"},
    ),
    "an allowance without tax under lines with tax": invoice(
        lines=(replace(line("2", "59.50"), net_amount=None, gross_amount=Decimal("119.00")),),
        breakdown=(tax(base="90.00", amount="17.10"),),
        header={"net_total": "90.00", "tax_total": "17.10", "gross_total": "107.10", "amount_due": "107.10"},
        document_adjustments=(adjustment(AdjustmentKind.ALLOWANCE, "10.00"),),
    ),
    "credit note that takes back an allowance": invoice(
        document_type=DocumentType.CREDIT_NOTE,
        lines=(line("-2", "60.00", "-120.00"),),
        breakdown=(tax(base="-100.00", amount="-19.00"),),
        header={"net_total": "-100.00", "tax_total": "-19.00", "gross_total": "-119.00", "amount_due": "-119.00"},
        document_adjustments=(adjustment(AdjustmentKind.ALLOWANCE, "20.00"),),
    ),
    "negative invoice that takes back an allowance": invoice(
        lines=(line("-2", "60.00", "-120.00"),),
        breakdown=(tax(base="-100.00", amount="-19.00"),),
        header={"net_total": "-100.00", "tax_total": "-19.00", "gross_total": "-119.00", "amount_due": "-119.00"},
        document_adjustments=(adjustment(AdjustmentKind.ALLOWANCE, "20.00"),),
    ),
    "credit note whose allowance stands behind the net total": invoice(
        document_type=DocumentType.CREDIT_NOTE,
        lines=(line("-2", "60.00", "-120.00"),),
        breakdown=(tax(base="-100.00", amount="-19.00"),),
        header={"net_total": "-120.00", "tax_total": "-19.00", "gross_total": "-119.00", "amount_due": "-119.00"},
        document_adjustments=(adjustment(AdjustmentKind.ALLOWANCE, "20.00"),),
    ),
    "two taxes of different rates, lines with the first": invoice(
        lines=(line(rate="5"),),
        breakdown=(tax("5", "100.00", "5.00"), tax("7", "100.00", "7.00")),
        header={"tax_total": "12.00", "gross_total": "112.00", "amount_due": "112.00", "seller_vat_id": None},
    ),
    "two taxes on one base that the page does not repeat": invoice(
        lines=(line(rate="5"),),
        breakdown=(tax("5", None, "5.00"), tax("7", None, "7.00")),
        header={"tax_total": "12.00", "gross_total": "112.00", "amount_due": "112.00", "seller_vat_id": None},
    ),
    "tax per rate unrounded, their total rounded": invoice(
        lines=(line("1", "33.33", "33.33"), line("1", "66.67", "66.67", rate="7")),
        breakdown=(tax("19", "33.33", "6.3327"), tax("7", "66.67", "4.6669")),
        header={"tax_total": "11.00", "gross_total": "111.00", "amount_due": "111.00"},
    ),
    "no totals but the amount due": invoice(
        breakdown=(), header={"net_total": None, "tax_total": None, "gross_total": None, "amount_due": "100.00"}
    ),
}


@pytest.mark.parametrize("habit", ARITHMETIC)
def test_printing_habits_are_no_errors(habit: str) -> None:
    assert errors(ARITHMETIC[habit]) == []


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (invoice(header={"tax_total": "-19.00", "gross_total": "119.00"}), "BR-CO-15"),
        (invoice(header={"tax_total": None}, breakdown=(), lines=(line(rate=None),)), "BR-CO-15"),
        (invoice(header={"tax_total": None}, breakdown=(), lines=(line(rate="7"),)), "BR-CO-15"),
        (invoice(header={"tax_total": None, "gross_total": "119.50"}, breakdown=()), "BR-CO-15"),
        (invoice(lines=(line(), line())), "BR-CO-10"),
        (invoice(header={"issue_date": date(2026, 7, 1), "due_date": None}), "LI-DATE"),
        (invoice(lines=(line("1", "1.00", "100.00"),)), "LI-LINE"),
        (invoice(lines=(line("10000", "0.0520", "52.00"), line("1", "48.00", "48.00"))), "LI-LINE"),
        (
            invoice(
                lines=(line(rate="5"),),
                breakdown=(tax("5", None, "5.00"), tax("7", None, "7.50")),
                header={"tax_total": "12.50", "gross_total": "112.50", "amount_due": "112.50", "seller_vat_id": None},
            ),
            "LI-TAX",
        ),
    ],
)
def test_contradictions_are_errors(document: Invoice, rule: str) -> None:
    assert rule in errors(document)


def test_unrounded_tax_per_rate_explains_no_more_than_rounding() -> None:
    good = ARITHMETIC["tax per rate unrounded, their total rounded"]
    assert "BR-CO-14" in errors(good.replace(header=replace(good.header, tax_total=Decimal("11.01"))))


def test_a_price_per_hundred_is_only_remarked() -> None:
    document = invoice(lines=(line("200", "50.00", "100.00"),))
    issues = validate([document], context=CONTEXT)[0]
    assert [(issue.rule, issue.severity) for issue in issues] == [("LI-LINE", Severity.INFO)]


@pytest.mark.parametrize("rates", [("19", "19"), ("19", "7")])
def test_rates_without_an_amount_of_tax_are_a_warning(rates: tuple[str, str]) -> None:
    gross = {("19", "19"): "119.00", ("19", "7"): "111.40"}[rates]
    lines = (line("2", "18.33", "36.67", rate=rates[0]), line("1", "63.33", "63.33", rate=rates[1]))
    document = invoice(lines=lines, breakdown=(), header={"tax_total": None, "gross_total": gross, "amount_due": gross})
    issues = validate([document], context=CONTEXT)[0]
    assert [(issue.rule, issue.severity) for issue in issues if issue.rule == "BR-CO-15"] == [("BR-CO-15", Severity.WARNING)]
    assert errors(document) == []


@pytest.mark.parametrize(
    ("currency", "totals", "severity"),
    [
        ("CHF", {"gross_total": "119.15", "amount_due": "119.15"}, Severity.WARNING),
        ("CHF", {"gross_total": "119.13", "amount_due": "119.15"}, Severity.WARNING),
        ("SEK", {"gross_total": "119.00", "amount_due": "119.00"}, Severity.WARNING),
        ("CHF", {"gross_total": "119.20", "amount_due": "119.20"}, Severity.ERROR),  # more than half a coin away
        ("CHF", {"gross_total": "119.14", "amount_due": "119.14"}, Severity.ERROR),  # no multiple of a coin
        ("EUR", {"gross_total": "119.15", "amount_due": "119.15"}, Severity.ERROR),
    ],
)
def test_a_total_rounded_to_coins_without_saying_so_is_a_warning(currency: str, totals: dict[str, str], severity: Severity) -> None:
    header = {"currency": currency, "tax_total": "19.13", "seller_vat_id": None, **totals}
    document = invoice(header=header, breakdown=(tax(base=None, amount="19.13"),), lines=(line(rate=None),))
    issues = [issue for issue in validate([document], context=CONTEXT)[0] if issue.rule in ("BR-CO-15", "BR-CO-16")]
    assert [issue.severity for issue in issues] == [severity]
    assert ("coins" in issues[0].message) == (severity is Severity.WARNING)


def test_a_printed_amount_of_rounding_must_be_the_right_one() -> None:
    rounding = (adjustment(AdjustmentKind.ROUNDING, "0.07"),)
    header = {"currency": "CHF", "tax_total": "19.13", "gross_total": "119.15", "amount_due": "119.15"}
    assert "BR-CO-15" in errors(invoice(header=header, breakdown=(tax(base=None, amount="19.13"),), document_adjustments=rounding))


def test_a_missing_column_is_a_remark_a_missing_cell_a_warning() -> None:
    column = validate([invoice(lines=tuple(replace(item, quantity=None) for item in two()))], context=CONTEXT)[0]
    cell = validate([CASES["BR-22"][1]], context=CONTEXT)[0]
    assert {issue.severity for issue in column if issue.rule == "BR-22"} == {Severity.INFO}
    assert {issue.severity for issue in cell if issue.rule == "BR-22"} == {Severity.WARNING}


def test_same_seller_amount_and_date_is_a_warning() -> None:
    header = {"net_total": "200.00", "tax_total": "38.00", "gross_total": "238.00", "amount_due": "238.00"}
    document = invoice(lines=(line("4", amount="200.00"),), breakdown=(tax(base="200.00", amount="38.00"),), header=header)
    issues = validate([document], context=CONTEXT)[0]
    assert [(issue.rule, issue.severity) for issue in issues] == [("LI-DUP", Severity.WARNING)]


def test_numbers_no_page_can_hold_are_reported_not_raised() -> None:
    for value in ("Infinity", "1E+400", "1E-400", "9" * 60, "NaN", "-0." + "3" * 80):
        found = rules_broken(invoice(header={"net_total": Decimal(value)}, lines=(line(price=value),)))
        assert found.count("LI-NUMBER") == 2


@pytest.mark.parametrize("name", ["currency", "issue_date"])
def test_what_paper_does_not_print_is_incomplete_and_what_a_structured_invoice_lacks_is_wrong(name: str) -> None:
    rule = {"currency": "BR-05", "issue_date": "BR-03"}[name]
    document = invoice(header={name: None})
    assert rule in rules_broken(document)
    assert errors(document) == []
    assert errors(document.replace(route=Route.EINVOICE_XML)) == [rule]


def test_a_due_date_just_before_the_invoice_is_a_prepayment_and_one_in_the_wrong_order_an_error() -> None:
    assert errors(invoice(header={"issue_date": date(2026, 5, 30), "due_date": date(2026, 5, 20)})) == []
    assert errors(invoice(header={"issue_date": date(2026, 5, 30), "due_date": date(2026, 1, 20)})) == ["LI-DATE"]
    assert errors(invoice(header={"issue_date": date(2026, 5, 4), "due_date": date(2026, 4, 6)})) == ["LI-DATE"]  # 6 April or 4 June


def test_a_gap_in_the_numbering_is_an_error_only_where_amounts_are_missing_too() -> None:
    complete = invoice(lines=two(position="3", first="1"))
    assert errors(complete) == []
    assert "LI-ROWS" in rules_broken(complete)
    assert "LI-ROWS" in errors(CASES["LI-ROWS"][1])
    for first, second in (("10", "20"), ("5", "4"), ("1", "1"), ("A1", "A3"), ("1", "90"), ("7", "8")):
        assert "LI-ROWS" not in errors(invoice(lines=two(position=second, first=first)))


def test_old_invoices_are_a_warning_and_the_age_is_policy() -> None:
    document = invoice(header={"issue_date": date(2012, 1, 2), "due_date": None})
    assert errors(document) == []
    assert "LI-DATE" in rules_broken(document)
    assert "LI-DATE" not in rules_broken(document, context=RuleContext(TODAY, max_age_days=9000))


def test_a_charged_tax_and_a_small_business_contradict_each_other() -> None:
    document = assign_tax_categories(invoice(), "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.")
    assert "BR-S-10" in errors(document)


@pytest.mark.parametrize(("country", "tax_total", "broken"), [("US", "6.60", False), ("US", "9.90", True), ("DE", "6.60", True)])
def test_a_tax_on_sales_may_leave_lines_untaxed(country: str, tax_total: str, broken: bool) -> None:
    gross = str(Decimal("100.00") + Decimal(tax_total))
    document = invoice(
        lines=(line("1", "80.00", "80.00", rate="8.25"), line("1", "20.00", "20.00", rate="8.25")),
        breakdown=(tax("8.25", None, tax_total),),
        header={"tax_total": tax_total, "gross_total": gross, "amount_due": gross, "seller_vat_id": None, "iban": None},
        seller_country=country,
    )
    found = {"BR-CO-17", "BR-S-09", "LI-TAX"} & {
        issue.rule for issue in validate([document], context=CONTEXT)[0] if issue.severity is Severity.ERROR
    }
    assert bool(found) == broken
