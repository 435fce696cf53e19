"""The rule that ties quantity, price, discount and amount of one line together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from schemas.arithmetic import HUNDRED, ZERO, decimals, half_unit, percent, rounded, significant_decimals, total
from schemas.document_sums import sole_rate
from schemas.invoice import TAX_CATEGORIES, Invoice, LineItem, Route, Severity
from schemas.price_bases import noted_bases
from schemas.rounding import printed_places
from schemas.rules_totals import amounts_confirmed
from schemas.rules_types import HOLDS, SILENT, Row, Rule, Table, Verdict, broken

UNPRINTED_BASES = (100, 1000)  # units that prices are for without the page saying so; a factor of ten is a slipped decimal point
GIVEAWAY_SHARE = Decimal("0.1")  # of quantity × price: an amount below is no discount but a wrong quantity or price
SURCHARGE_SHARE = Decimal(2)


def prices(item: LineItem, *, units: int = 1, directions: Sequence[int] = (1, -1)) -> Iterator[Decimal]:
    """What quantity and price per ``units`` can come to, times ``units``: as printed, and less the discount as an amount per line, per unit, or
    in percent.

    A negative discount is a surcharge; pages print discounts with and without a minus sign, so both ``directions`` are tried."""
    if item.quantity is None or item.unit_price is None:
        return
    product = abs(item.quantity * item.unit_price)
    yield product
    for discount in (sign * item.discount for sign in directions) if item.discount else ():
        yield product - discount * units
        yield product - discount * item.quantity
        if 0 < abs(discount) < HUNDRED:
            yield product - percent(product, discount)  # a column headed "discount" holds amounts or percentages
    for rate in (sign * item.discount_percent for sign in directions) if item.discount_percent else ():
        yield product - percent(product, rate)
        if item.discount:
            yield product - percent(product, rate) - abs(item.discount) * units


def rounding_of(item: LineItem, *, units: int = 1, places: int = 2) -> Decimal:
    """The largest difference, times ``units``, that printing rounded numbers explains: half a unit of the price's last decimal (of at least two,
    padding zeros do not count) for each unit, half a unit of the quantity's last decimal where it has any, half a unit of the amount's last
    decimal (``places`` as the page rounds its amounts)."""
    quantity, price = item.quantity or ZERO, item.unit_price or ZERO
    amount = item.amount or ZERO
    slack = abs(quantity) * half_unit(max(significant_decimals(price), 2)) + half_unit(max(significant_decimals(amount), places)) * units
    if significant_decimals(quantity) > 0:
        slack += abs(price) * half_unit(decimals(quantity))
    return slack


def multiplies(item: LineItem, *, rate: Decimal | None, units: int = 1, places: int = 2, directions: Sequence[int] = (1, -1)) -> bool:
    """Whether quantity and price per ``units`` lead to the amount, both without tax, both with tax, or one of each."""
    if units == 1 and item.quantity is not None and item.unit_price is not None and item.quantity * item.unit_price == item.amount:
        return True  # the common case
    slack = rounding_of(item, units=units, places=places)
    values = list(prices(item, units=units, directions=directions))
    for amount in (abs(value) * units for value in (item.net_amount, item.gross_amount) if value is not None):
        if any(abs(value - amount) <= slack for value in values):
            return True
        if rate:
            with_tax = HUNDRED + rate
            if any(abs(value * with_tax - amount * 100) <= slack * with_tax for value in values):  # price without, amount with tax
                return True
            if any(abs(value * 100 - amount * with_tax) <= slack * with_tax for value in values):  # price with, amount without tax
                return True
    return False


def line_multiplies(row: Row) -> Verdict:
    item = row.invoice.line_items[row.index]
    if item.amount is None or item.quantity is None or item.unit_price is None:
        return SILENT
    rate = item.tax_rate if item.tax_rate is not None else row.once(sole_rate)
    places = row.once(printed_places)
    if multiplies(item, rate=rate, places=places):
        return HOLDS
    path = f"line_items.{row.index}"
    if any(multiplies(item, rate=rate, units=units, places=places) for units in row.once(_noted_bases).get(item.unit_price, ())):
        return HOLDS
    for units in UNPRINTED_BASES:
        if multiplies(item, rate=rate, units=units, places=places):
            return broken(
                field=f"{path}.unit_price",
                expected=f"a price per {units} units",
                found=item.unit_price,
                detail=f"The amount fits a price per {units} units; the page does not print that base.",
                severity=Severity.INFO,
            )
    amount, values = abs(item.amount), list(prices(item))
    pack = _pack_in_name(item, amount, values[0])
    if pack:
        return broken(
            field=f"{path}.unit_price",
            expected=f"a price per {pack} {item.unit}",
            found=item.unit_price,
            detail=f"The amount fits a price per {pack} {item.unit}, which the line's name tells.",
            severity=Severity.INFO,
        )
    expected = min(values, key=lambda value: abs(value - amount))
    discount = f" less {item.discount:f}" if item.discount else ""
    detail = f"{item.quantity:f} × {item.unit_price:f}{discount} is not {item.amount:f}."
    confirmed = _may_be_discount(amount, values[0]) and row.once(_page_is_not_at_hand) and row.once(amounts_confirmed)
    if confirmed:
        what = "discount" if amount < values[0] else "surcharge"
        detail += f" The totals confirm the amount: a {what} of {abs(values[0] - amount):f} or another price base is missing."
    return broken(
        field=f"{path}.{'net_amount' if item.net_amount is not None else 'gross_amount'}",
        expected=expected,
        found=item.amount,
        detail=detail,
        severity=Severity.WARNING if confirmed else None,
    )


def _may_be_discount(amount: Decimal, product: Decimal) -> bool:
    """Whether a discount, a surcharge or a free line can lie between quantity × price and the amount; beyond that one of the numbers is another column's."""
    return amount == 0 or product * GIVEAWAY_SHARE < amount < product * SURCHARGE_SHARE


def _page_is_not_at_hand(invoice: Invoice) -> bool:
    """Whether values stand here without a page: typed by a person, or another system's. `schemas.printed_gaps` could not look for what is missing."""
    return not invoice.evidence and invoice.route is not Route.EINVOICE_XML


def _noted_bases(invoice: Invoice) -> dict[Decimal, tuple[int, ...]]:
    return noted_bases(invoice.notes)


def _pack_in_name(item: LineItem, amount: Decimal, product: Decimal) -> str | None:
    """The pack that a line's name tells and its price is for: ``Brackets (3 kg)`` sold by the kg."""
    if not item.unit or not item.description:
        return None
    for number in re.findall(rf"(?<![\d.,])(\d{{1,4}})\s?{re.escape(item.unit)}\b", item.description, re.IGNORECASE):
        if int(number) > 1 and amount * int(number) == product:
            return number
    return None


def line_gross_follows(row: Row) -> Verdict:
    """A line's amount with tax against its amount without: the rate of the line or, where two taxes lie on one base, of both together."""
    item = row.invoice.line_items[row.index]
    net, gross = item.net_amount, item.gross_amount
    if net is None or gross is None:
        return SILENT
    rates = [rate for rate in (item.tax_rate, row.once(sole_rate), row.once(_rates_together)) if rate is not None]
    if not rates:
        return SILENT
    places = row.once(printed_places)
    slack = half_unit(places) * 4  # both are rounded, the tax on the net amount as well, and cents of a price per 1,000 once more
    if any(abs(net * (HUNDRED + rate) - gross * HUNDRED) <= slack * HUNDRED for rate in rates) or abs(net) == abs(gross):
        return HOLDS
    expected = net + percent(net, rates[0])
    return broken(
        field=f"line_items.{row.index}.gross_amount",
        expected=expected,
        found=gross,
        detail=f"{net:f} with {rates[0]:f} % tax is {rounded(expected, 2):f}, not {gross:f}.",
    )


def _rates_together(invoice: Invoice) -> Decimal | None:
    rates = [row.rate for row in invoice.tax_breakdown if row.rate is not None]
    return total(rates) if len(rates) > 1 else None


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
        "Quantity times price (of as many units as the row prints) less discount is the line's amount, within the rounding of the printed numbers.",
        line_multiplies,
    ),
    Rule(
        "LI-GROSS",
        "Lineitem; Directive 2006/112/EC art. 78 and 226 (8)",
        Severity.ERROR,
        Table.LINES,
        "A line's amount with tax is its amount without tax and the tax of its rate.",
        line_gross_follows,
    ),
    Rule("BR-CO-04", "EN 16931 BR-CO-04", Severity.WARNING, Table.LINES, "Each line has a tax category.", line_has_category),
)
