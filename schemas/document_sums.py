"""Sums of one document that several rules compare: adjustments as amounts to add, the tax charged, what lines add up to and should add up to."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from schemas.arithmetic import ZERO, half_unit, percent, rounded, total
from schemas.countries import minor_units
from schemas.invoice import AdjustmentKind, DocumentType, Invoice, LineItem
from schemas.rounding import finer_than_currency

_SIGNS = {
    AdjustmentKind.ALLOWANCE: -1,
    AdjustmentKind.CHARGE: 1,
    AdjustmentKind.PREPAID: -1,
    AdjustmentKind.ROUNDING: 1,
    AdjustmentKind.WITHHOLDING: -1,
}


def steps(invoice: Invoice, *kinds: AdjustmentKind) -> list[Decimal]:
    """The adjustments of these kinds (all when none is named) as amounts to add."""
    return [_SIGNS[a.kind] * a.amount for a in invoice.document_adjustments if a.amount and (not kinds or a.kind in kinds)]


def tax_of_breakdown(invoice: Invoice) -> Decimal | None:
    """Sum of the breakdown's tax amounts; None when a row with a rate prints none."""
    if not invoice.tax_breakdown:
        return None
    amounts: list[Decimal] = []
    for line in invoice.tax_breakdown:
        if line.tax_amount is not None:
            amounts.append(line.tax_amount)
        elif line.rate is None or line.rate != 0:
            return None
    return total(amounts)


def tax_charged(invoice: Invoice) -> Decimal | None:
    """The document's tax: the printed total, else the breakdown's sum, else what the breakdown's bases and rates give at minor units."""
    if invoice.header.tax_total is not None:
        return invoice.header.tax_total
    printed = tax_of_breakdown(invoice)
    if printed is not None:
        return printed
    places = minor_units(invoice.header.currency)
    amounts = [
        rounded(percent(row.taxable_amount, row.rate), places)
        for row in invoice.tax_breakdown
        if row.taxable_amount is not None and row.rate is not None
    ]
    return total(amounts) if amounts and len(amounts) == len(invoice.tax_breakdown) else None


def sole_rate(invoice: Invoice) -> Decimal | None:
    """The document's only tax rate, None where it has none or several."""
    rates = {row.rate for row in invoice.tax_breakdown if row.rate is not None}
    rates |= {item.tax_rate for item in invoice.line_items if item.tax_rate is not None}
    return rates.pop() if len(rates) == 1 else None


def tax_of_rates(invoice: Invoice, net: Decimal) -> Decimal | None:
    """The tax that the printed rates give on the total without tax, unrounded: the document's only rate, else each line's rate on its net amount
    where the lines alone make that total. None where the page tells neither."""
    rate = sole_rate(invoice)
    if rate is not None:
        return percent(net, rate)
    pairs = [(item.net_amount, item.tax_rate) for item in invoice.line_items]
    known = [(amount, line_rate) for amount, line_rate in pairs if amount is not None and line_rate is not None]
    if not known or len(known) < len(pairs) or total(amount for amount, _ in known) != net:
        return None
    return total(percent(amount, line_rate) for amount, line_rate in known)


def line_sums(invoice: Invoice) -> list[Decimal]:
    """The sums that the lines can be meant to have: of net amounts, of gross amounts, with printed discounts taken off or not."""
    items = invoice.line_items
    sums = [total(_amounts(item.amount for item in items))]
    for column in ("net_amount", "gross_amount"):
        values = [getattr(item, column) for item in items]
        if all(value is not None for value in values):
            sums.append(total(values))
    if any(item.discount for item in items):
        sums.append(total(_amount_after_discount(item) for item in items))
    return list(dict.fromkeys(sums))


def _amounts(values: Iterable[Decimal | None]) -> list[Decimal]:
    return [value for value in values if value is not None]


def _amount_after_discount(item: LineItem) -> Decimal:
    amount = item.amount or ZERO
    if item.discount and item.quantity is not None and item.unit_price is not None and amount == item.quantity * item.unit_price:
        return amount - abs(item.discount)
    return amount


def line_targets(invoice: Invoice) -> list[Decimal]:
    """The totals that the lines can be meant to add up to."""
    header = invoice.header
    tax = tax_charged(invoice)
    targets = [value for value in (header.net_total, header.gross_total) if value is not None]
    if header.gross_total is not None and tax is not None:
        targets.append(header.gross_total - tax)
    if header.net_total is not None and tax is not None:
        targets.append(header.net_total + tax)
    if not targets and header.amount_due is not None:
        targets.append(header.amount_due)
    return list(dict.fromkeys(targets))


def total_slack(invoice: Invoice) -> Decimal:
    """Zero, unless line amounts are printed finer than the currency: then the printed total is a rounded one."""
    return half_unit(max(minor_units(invoice.header.currency), 2)) if finer_than_currency(invoice) else ZERO


def steps_in_force(invoice: Invoice) -> list[list[Decimal]]:
    """The adjustments as amounts to add; on a credit note, and where the totals are negative, also with the other sign, as such pages print an allowance
    that is taken back."""
    found = steps(invoice)
    totals = (invoice.header.net_total, invoice.header.gross_total)
    if found and (invoice.document_type is DocumentType.CREDIT_NOTE or any(value is not None and value < 0 for value in totals)):
        return [found, [-step for step in found]]
    return [found]
