"""What rounding can explain on one page: to which decimals its amounts are printed, how far a sum of rounded amounts may lie off, and totals
rounded to what coins can pay.

`CASH_STEPS` are the smallest coins, or the units to which totals are usually rounded, of currencies in which invoices are rounded so whoever pays them
and however: SNB and Riksbank, Norges Bank, Danmarks Nationalbank, MNB (act III of 2008), ČNB, RBA, RBNZ, Royal Canadian Mint, Bank Negara
Malaysia, MAS; India: CGST Act s. 170. Read 2026-11-29 from general knowledge. The euro is left out: there only payments in cash are rounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from schemas.arithmetic import decimals, half_unit, significant_decimals
from schemas.countries import minor_units
from schemas.invoice import Invoice

CASH_STEPS: dict[str, Decimal] = {
    currency: Decimal(step)
    for step, currencies in {
        "0.05": ("CHF", "AUD", "CAD", "MYR", "SGD"),
        "0.10": ("NZD",),
        "0.50": ("DKK",),
        "1": ("SEK", "NOK", "CZK", "INR"),
        "5": ("HUF",),
    }.items()
    for currency in currencies
}

CASH_PLACES = 2  # decimals that a price or an amount is taken to have unless the whole page shows otherwise


def _amounts(invoice: Invoice) -> Iterator[Decimal]:
    header = invoice.header
    for value in (header.net_total, header.tax_total, header.gross_total, header.amount_due):
        if value is not None:
            yield value
    for item in invoice.line_items:
        if item.amount is not None:
            yield item.amount


def printed_places(invoice: Invoice) -> int:
    """The decimals at which this page rounds its amounts: 2, 3 where the currency has three, 0 where it prints whole amounts only.

    Forints, yen and kronor are often printed whole although their prices are not; no amount on such a page shows a decimal.
    """
    found = [decimals(value) for value in _amounts(invoice)]
    if found and max(found) == 0:
        return 0
    return max(minor_units(invoice.header.currency), CASH_PLACES)


def finer_than_currency(invoice: Invoice) -> bool:
    """Whether line amounts are printed with more decimals than totals can have: then the printed total is a rounded one."""
    places = max(minor_units(invoice.header.currency), CASH_PLACES)
    return any(item.amount is not None and significant_decimals(item.amount) > places for item in invoice.line_items)


def sum_slack(invoice: Invoice) -> Decimal:
    """How far a sum of as many rounded numbers as the page has lines may lie off the rounded sum: half a unit each, and one for the total."""
    return half_unit(printed_places(invoice)) * (len(invoice.line_items) + 1)


def is_cash_rounded(value: Decimal, exact: Decimal, *, currency: str | None) -> bool:
    """Whether ``value`` is ``exact`` rounded to a coin of the currency: a multiple of its step, at most half a step away, and not the same."""
    step = CASH_STEPS.get((currency or "").upper())
    return step is not None and value % step == 0 and 0 < abs(value - exact) * 2 <= step
