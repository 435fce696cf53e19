"""The rule that ties quantity, price, discount and amount of one line together."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from schemas.arithmetic import ZERO, decimals, half_unit, percent, significant_decimals
from schemas.invoice import TAX_CATEGORIES, Invoice, LineItem, Severity
from schemas.rules_types import HOLDS, SILENT, Row, Rule, Table, Verdict, broken

PRICE_BASES = (Decimal(100), Decimal(1000))  # prices per 100 or 1,000 units whose base quantity the page does not print


def sole_rate(invoice: Invoice) -> Decimal | None:
    """The document's only tax rate, None where it has none or several."""
    rates = {row.rate for row in invoice.tax_breakdown if row.rate is not None}
    rates |= {item.tax_rate for item in invoice.line_items if item.tax_rate is not None}
    return rates.pop() if len(rates) == 1 else None


def prices(item: LineItem) -> Iterator[Decimal]:
    """What quantity and price can come to: as printed, and less the discount as an amount per line, per unit, or in percent.

    A negative discount is a surcharge; pages print discounts with and without a minus sign, so both directions are tried."""
    if item.quantity is None or item.unit_price is None:
        return
    product = abs(item.quantity * item.unit_price)
    yield product
    for discount in (item.discount, -item.discount) if item.discount else ():
        yield product - discount
        yield product - discount * item.quantity
    for rate in (item.discount_percent, -item.discount_percent) if item.discount_percent else ():
        yield product - percent(product, rate)
        if item.discount:
            yield product - percent(product, rate) - abs(item.discount)


def rounding_of(item: LineItem, amount: Decimal) -> Decimal:
    """The largest difference that printing rounded numbers explains: half a unit of the price's last decimal (of at least two, padding zeros
    do not count) for each unit, half a unit of the quantity's last decimal where it has any, half a unit of the amount's last decimal."""
    quantity, price = item.quantity or ZERO, item.unit_price or ZERO
    slack = abs(quantity) * half_unit(max(significant_decimals(price), 2)) + half_unit(max(significant_decimals(amount), 2))
    if significant_decimals(quantity) > 0:
        slack += abs(price) * half_unit(decimals(quantity))
    return slack


def line_multiplies(row: Row) -> Verdict:
    item = row.invoice.line_items[row.index]
    amounts = [abs(value) for value in (item.net_amount, item.gross_amount) if value is not None]
    values = list(prices(item))
    if not amounts or not values:
        return SILENT
    rate = item.tax_rate if item.tax_rate is not None else sole_rate(row.invoice)
    for amount in amounts:
        slack = rounding_of(item, amount)
        if any(abs(value - amount) <= slack for value in values):
            return HOLDS
        if rate:
            with_tax = Decimal(100) + rate
            if any(abs(value * with_tax - amount * 100) <= slack * with_tax for value in values):  # price without, amount with tax
                return HOLDS
            if any(abs(value * 100 - amount * with_tax) <= slack * with_tax for value in values):  # price with, amount without tax
                return HOLDS
    amount = amounts[0]
    path = f"line_items.{row.index}"
    for base in PRICE_BASES:
        if amount and any(abs(value - amount * base) <= rounding_of(item, amount) + half_unit(2) * base for value in values):
            return broken(
                field=f"{path}.unit_price",
                expected=f"a price per {base} units",
                found=item.unit_price,
                detail=f"The amount fits a price per {base} units; the page does not print that base.",
                severity=Severity.INFO,
            )
    printed = item.amount
    expected = min(values, key=lambda value: abs(value - amount))
    discount = f" less {item.discount:f}" if item.discount else ""
    return broken(
        field=f"{path}.{'net_amount' if item.net_amount is not None else 'gross_amount'}",
        expected=expected,
        found=printed,
        detail=f"{item.quantity:f} × {item.unit_price:f}{discount} is not {printed:f}.",
    )


def line_has_category(row: Row) -> Verdict:
    category = row.invoice.line_items[row.index].tax_category
    if category in TAX_CATEGORIES:
        return HOLDS
    detail = f"The page does not tell the tax category of line {row.index + 1}."
    return broken(field=f"line_items.{row.index}.tax_category", expected=" ".join(TAX_CATEGORIES), found=category, detail=detail)


LINE_RULES: tuple[Rule, ...] = (
    Rule(
        "LI-LINE",
        "Lineitem; EN 16931 BT-131 = BT-129 × BT-146 ÷ BT-149 - BT-136 + BT-141",
        Severity.ERROR,
        Table.LINES,
        "Quantity times unit price less discount is the line's amount, within the rounding of the printed numbers.",
        line_multiplies,
    ),
    Rule("BR-CO-04", "EN 16931 BR-CO-04", Severity.WARNING, Table.LINES, "Each line has a tax category.", line_has_category),
)
