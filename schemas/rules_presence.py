"""Rules for what an invoice must show, and rules for its dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from schemas.arithmetic import significant_decimals
from schemas.countries import minor_units
from schemas.invoice import CRITICAL_FIELDS, HEADER_FIELDS, DocumentType, Route, Severity
from schemas.rules_types import HOLDS, SILENT, Finding, Row, Rule, Table, Verdict, broken

LONGEST_PREPAYMENT = timedelta(days=31)  # a debit or an instalment of the month before the invoice
TOTAL_FIELDS = ("net_total", "tax_total", "gross_total", "amount_due")


def _shown(name: str, *, label: str) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        value = getattr(row.invoice.header, name)
        if value is None or not str(value).strip():
            return broken(
                field=f"header.{name}", expected=label, detail=f"The page shows no {label.split(' ', 1)[1]}, or it was not found."
            )
        return HOLDS

    return judge


def _incomplete_on_paper(name: str, *, label: str, detail: str) -> Callable[[Row], Verdict]:
    """Structured invoices must hold the value. Paper may not print it: that is incomplete, and the confidence says whether it was overlooked."""
    shown = _shown(name, label=label)

    def judge(row: Row) -> Verdict:
        verdict = shown(row)
        if not verdict or row.invoice.route is Route.EINVOICE_XML:
            return verdict
        return broken(field=f"header.{name}", expected=label, detail=detail, severity=Severity.WARNING)

    return judge


shows_currency = _incomplete_on_paper(
    "currency", label="a currency", detail="The page shows no currency, or it was not found; domestic invoices often print none."
)
shows_issue_date = _incomplete_on_paper(
    "issue_date", label="an issue date", detail="The page shows no issue date, or it was not found; rates and tax codes cannot be checked."
)


def has_lines(row: Row) -> Verdict:
    return HOLDS if row.invoice.line_items else broken(field="line_items", expected="at least one line", detail="No line was found.")


def has_net_total(row: Row) -> Verdict:
    header = row.invoice.header
    if header.net_total is None and header.gross_total is None and header.amount_due is None:
        return SILENT  # BR-14 says so already
    return (
        HOLDS
        if header.net_total is not None
        else broken(field="header.net_total", expected="a total without tax", detail="No total without tax was found.")
    )


def has_gross_total(row: Row) -> Verdict:
    header = row.invoice.header
    if header.gross_total is not None:
        return HOLDS
    if header.amount_due is not None or header.net_total is not None:
        return broken(
            field="header.gross_total", expected="a total with tax", detail="No total with tax was found.", severity=Severity.WARNING
        )
    return broken(field="header.gross_total", expected="a total", detail="No total was found.")


def totals_have_minor_units(row: Row) -> Verdict:
    """Totals are an error; the finer amounts of a breakdown, which programs print unrounded, a warning."""
    places = max(minor_units(row.invoice.header.currency), 2)
    values = [(f"header.{name}", getattr(row.invoice.header, name), None) for name in TOTAL_FIELDS]
    for index, line in enumerate(row.invoice.tax_breakdown):
        values += [(f"tax_breakdown.{index}.{name}", getattr(line, name), Severity.WARNING) for name in ("taxable_amount", "tax_amount")]
    return tuple(
        Finding(path, f"at most {places} decimals", f"{value:f}", _too_fine(value, path), severity)
        for path, value, severity in values
        if value is not None and significant_decimals(value) > places
    )


def _too_fine(value: Decimal, path: str) -> str:
    name = path.rpartition(".")[2].replace("_", " ")
    return f"The {name} {value:f} has more decimals than the currency; its point may be one of thousands."


def dates_fit(row: Row) -> Verdict:
    header, context = row.invoice.header, row.context
    if header.issue_date is None:
        return SILENT
    found: list[Finding] = []
    if header.issue_date > context.today:
        found.append(
            Finding("header.issue_date", f"not after {context.today}", str(header.issue_date), "The issue date lies in the future.")
        )
    if header.issue_date < context.today - timedelta(days=context.max_age_days):
        oldest = context.today - timedelta(days=context.max_age_days)
        detail = f"The invoice is older than {context.max_age_days} days."
        found.append(Finding("header.issue_date", f"not before {oldest}", str(header.issue_date), detail, Severity.WARNING))
    if header.due_date is not None and header.due_date < header.issue_date:
        misread = _other_order(header.issue_date, header.due_date) or header.issue_date - header.due_date > LONGEST_PREPAYMENT
        detail = "The invoice would be due before it was issued" + ("." if misread else ", as where it was paid or collected before.")
        severity = None if misread else Severity.WARNING
        found.append(Finding("header.due_date", f"not before {header.issue_date}", str(header.due_date), detail, severity))
    return tuple(found)


def _other_order(issued: date, due: date) -> bool:
    """Whether day and month of one date, exchanged, would put the two in order: then one of them was probably read the wrong way round."""
    return any(
        (swapped_due or due) >= (swapped_issued or issued)
        for swapped_issued, swapped_due in ((_swapped(issued), None), (None, _swapped(due)), (_swapped(issued), _swapped(due)))
    )


def _swapped(day: date) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 else None


def values_have_evidence(row: Row) -> Verdict:
    """A value that no word of the page carries. Silent where evidence is not kept at all: values from embedded XML, or typed by a person."""
    invoice = row.invoice
    if not invoice.evidence and invoice.route is not Route.FOUNDATION_MODEL:
        return SILENT
    if invoice.route in (Route.EINVOICE_XML, Route.HUMAN):
        return SILENT
    found: list[Finding] = []
    for name in HEADER_FIELDS:
        value = getattr(invoice.header, name)
        if value is None or f"header.{name}" in invoice.evidence:
            continue
        grave = invoice.route is Route.FOUNDATION_MODEL and name in CRITICAL_FIELDS
        severity = Severity.ERROR if grave else Severity.WARNING
        found.append(
            Finding(
                f"header.{name}", "words on the page", str(value), f"No words on the page carry the {name.replace('_', ' ')}.", severity
            )
        )
    return tuple(found)


def line_quantity(row: Row) -> Verdict:
    return _column_value(row, "quantity")


def line_amount(row: Row) -> Verdict:
    item = row.invoice.line_items[row.index]
    return (
        HOLDS
        if item.amount is not None
        else broken(field=f"line_items.{row.index}.net_amount", expected="an amount", detail=f"Line {row.index + 1} has no amount.")
    )


def line_name(row: Row) -> Verdict:
    item = row.invoice.line_items[row.index]
    return (
        HOLDS
        if item.description and item.description.strip()
        else broken(
            field=f"line_items.{row.index}.description", expected="a name", detail=f"Line {row.index + 1} does not say what was supplied."
        )
    )


def line_price(row: Row) -> Verdict:
    return _column_value(row, "unit_price")


def _column_value(row: Row, name: str) -> Verdict:
    """A value missing in one line is incomplete; missing in every line, the page has no such column, which is worth no more than a remark."""
    items = row.invoice.line_items
    if getattr(items[row.index], name) is not None:
        return HOLDS
    column_exists = any(getattr(item, name) is not None for item in items)
    severity = Severity.WARNING if column_exists else Severity.INFO
    detail = f"Line {row.index + 1} has no {name.replace('_', ' ')}."
    return broken(field=f"line_items.{row.index}.{name}", expected="a number", detail=detail, severity=severity)


def price_not_negative(row: Row) -> Verdict:
    price = row.invoice.line_items[row.index].unit_price
    if price is None or row.invoice.document_type is DocumentType.CREDIT_NOTE:
        return SILENT
    if price < 0:
        return broken(
            field=f"line_items.{row.index}.unit_price",
            expected="0 or more",
            found=price,
            detail=f"Line {row.index + 1} has a negative unit price.",
        )
    return HOLDS


def line_amount_has_minor_units(row: Row) -> Verdict:
    amount = row.invoice.line_items[row.index].amount
    if amount is None:
        return SILENT
    places = max(minor_units(row.invoice.header.currency), 2)
    if significant_decimals(amount) <= places:
        return HOLDS
    path = f"line_items.{row.index}.{'net_amount' if row.invoice.line_items[row.index].net_amount is not None else 'gross_amount'}"
    detail = f"The amount {amount:f} of line {row.index + 1} has more decimals than the currency."
    return broken(field=path, expected=f"at most {places} decimals", found=amount, detail=detail)


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_DOC, _LINE = Table.DOCUMENTS, Table.LINES

PRESENCE_RULES: tuple[Rule, ...] = (
    Rule("BR-02", "EN 16931 BR-02", _ERROR, _DOC, "The invoice shows its number.", _shown("invoice_number", label="an invoice number")),
    Rule("BR-03", "EN 16931 BR-03", _ERROR, _DOC, "The invoice shows its issue date.", shows_issue_date),
    Rule("BR-05", "EN 16931 BR-05", _ERROR, _DOC, "The currency of the amounts is known.", shows_currency),
    Rule("BR-06", "EN 16931 BR-06", _ERROR, _DOC, "The invoice names its seller.", _shown("seller_name", label="a seller's name")),
    Rule("BR-07", "EN 16931 BR-07", _WARNING, _DOC, "The invoice names its buyer.", _shown("buyer_name", label="a buyer's name")),
    Rule("BR-13", "EN 16931 BR-13", _WARNING, _DOC, "The invoice shows its total without tax.", has_net_total),
    Rule("BR-14", "EN 16931 BR-14", _ERROR, _DOC, "The invoice shows its total; with tax, where tax is charged.", has_gross_total),
    Rule("BR-16", "EN 16931 BR-16", _ERROR, _DOC, "The invoice has at least one line.", has_lines),
    Rule(
        "BR-DEC",
        "EN 16931 BR-DEC-01 to BR-DEC-28, ISO 4217",
        _ERROR,
        _DOC,
        "Totals have no more decimals than the currency; more are a sign of a misread separator.",
        totals_have_minor_units,
    ),
    Rule(
        "LI-DATE",
        "Directive 2006/112/EC art. 226 (1), (7)",
        _ERROR,
        _DOC,
        "The issue date is not in the future and not older than policy allows, and the due date does not lie before it.",
        dates_fit,
    ),
    Rule("LI-GROUND", "Lineitem", _ERROR, _DOC, "Every value was read from words on the page.", values_have_evidence),
    Rule("BR-22", "EN 16931 BR-22", _WARNING, _LINE, "Each line shows its quantity.", line_quantity),
    Rule("BR-24", "EN 16931 BR-24", _WARNING, _LINE, "Each line shows its amount.", line_amount),
    Rule("BR-25", "EN 16931 BR-25", _WARNING, _LINE, "Each line names what was supplied.", line_name),
    Rule("BR-26", "EN 16931 BR-26", _WARNING, _LINE, "Each line shows its unit price.", line_price),
    Rule(
        "BR-27",
        "EN 16931 BR-27",
        _WARNING,
        _LINE,
        "The unit price is not negative; a negative price is usually a discount.",
        price_not_negative,
    ),
    Rule(
        "BR-DEC-23",
        "EN 16931 BR-DEC-23",
        _WARNING,
        _LINE,
        "Line amounts have no more decimals than the currency.",
        line_amount_has_minor_units,
    ),
)
