"""Tax rates of lines that print none, and amounts of lines that hold the tax: as the totals tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from extractors.assembly.adjustments import CENT
from extractors.assembly.line_items import SET_BY_ARITHMETIC
from extractors.assembly.totals import HIGHEST_TAX, Totals
from schemas.invoice import AdjustmentKind, Evidence, LineItem
from schemas.vat_rates import rates_anywhere

# Between a share of a total and the tax, in units of its last digit: and half of one more for each line, which may have rounded its own.
ROUNDED = Decimal(2)
MOST_LINES = 16  # that are shared out among several rates
SIGNS = {AdjustmentKind.CHARGE: 1, AdjustmentKind.ALLOWANCE: -1}  # of what changes the total without tax
HIGHEST_RATE = 100 * HIGHEST_TAX
MOST_ADJUSTMENTS = 5  # allowances and charges, any of which may be untaxed


def with_sole_rate(items: Sequence[LineItem], totals: Totals, evidence: dict[str, Evidence]) -> tuple[LineItem, ...]:
    """A page that prints one tax rate for the whole prints it for each of its lines: for those without one, unless they are free and others show it, and
    for others where the totals prove it, for then what was read there is a discount or a part of a name. Not where the tax is none of that rate on all of
    it, for then some lines are untaxed, nor where two taxes of that rate are on the same amount."""
    rate = totals.breakdown[0].rate if len({row.rate for row in totals.breakdown}) == 1 else None
    source = totals.breakdown_evidence.get("tax_breakdown.0.rate")
    on_everything = _is_on_everything(items, totals) if rate is not None else False
    printed = any(item.tax_rate is not None for item in items)
    if rate is None or source is None or on_everything is False or (printed and not on_everything):
        return tuple(items)
    shown = any(item.tax_rate == rate for item in items)
    result: list[LineItem] = []
    for index, item in enumerate(items):
        taken = not shown or bool(item.amount) if item.tax_rate is None else rate > 0 and item.tax_rate != rate
        if taken:
            evidence[f"line_items.{index}.tax_rate"] = replace(source, set_by=SET_BY_ARITHMETIC)
        result.append(replace(item, tax_rate=rate) if taken else item)
    return tuple(result)


def _is_on_everything(items: Sequence[LineItem], totals: Totals) -> bool | None:
    """Whether the only rate of a page is on all of its lines: the tax is that share of the total without tax, or of the lines with all or some of the
    allowances and charges. Each line may have rounded its tax. None where the totals do not tell."""
    taxed = [(row.taxable_amount, row.tax_amount) for row in totals.breakdown if row.tax_amount is not None]
    if len(set(taxed)) < len(taxed):
        return False
    rate, tax, net, gross = totals.breakdown[0].rate, *(totals.values.get(n) for n in ("tax_total", "net_total", "gross_total"))
    amounts = [item.amount for item in items if item.amount is not None]
    if rate is None or tax is None or len(amounts) < len(items):
        return None
    parts = [a.amount * SIGNS[a.kind] for a in totals.adjustments if a.kind in SIGNS][:MOST_ADJUSTMENTS]
    bases = {sum((amounts + list(some)), Decimal(0)) for n in range(len(parts) + 1) for some in combinations(parts, n)}
    bases |= {base for base in (net, gross - tax if gross is not None else None) if base is not None}
    with_tax = {base * 100 / (100 + rate) for base in bases}
    exponent = tax.as_tuple().exponent
    unit = Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)
    return any(abs(abs(base * rate) / 100 - abs(tax)) <= unit * (ROUNDED + Decimal(len(items)) / 2) for base in bases | with_tax)


def with_rates_by_base(items: tuple[LineItem, ...], totals: Totals, evidence: dict[str, Evidence]) -> tuple[LineItem, ...]:
    """Lines none of which shows a rate, beside several rates each with the amount that it is on: where one way alone shares the lines out so that each of
    these amounts is the sum of its lines, the lines have these rates."""
    bases = [row.taxable_amount for row in totals.breakdown if row.taxable_amount is not None and row.rate is not None]
    places = [index for index, item in enumerate(items) if item.amount]  # a free line is of any rate
    amounts = [items[index].amount or Decimal(0) for index in places]
    several = len({row.rate for row in totals.breakdown}) == len(totals.breakdown) == len(bases) > 1
    if not several or len(places) > MOST_LINES or any(item.amount is None or item.tax_rate is not None for item in items):
        return items
    if sum(bases, Decimal(0)) != sum(amounts, Decimal(0)):
        return items
    shares = _shared_out(amounts, bases)
    sources = [totals.breakdown_evidence.get(f"tax_breakdown.{k}.rate") for k in range(len(bases))]
    if shares is None or None in sources:
        return items
    result = list(items)
    for index, k in zip(places, shares, strict=True):
        if (source := sources[k]) is not None:
            evidence[f"line_items.{index}.tax_rate"] = replace(source, set_by=SET_BY_ARITHMETIC)
        result[index] = replace(result[index], tax_rate=totals.breakdown[k].rate)
    return tuple(result)


def _shared_out(amounts: Sequence[Decimal], sums: Sequence[Decimal]) -> list[int] | None:
    """Which of the ``sums`` each of the ``amounts`` is a part of, where for each of them in turn, the smallest first, only one choice of what is left makes
    it; else None."""
    result = [-1] * len(amounts)
    order = sorted(range(len(sums)), key=lambda k: abs(sums[k]))
    for k in order[:-1]:
        left = [i for i, owner in enumerate(result) if owner < 0]
        chosen = _sole_choice([amounts[i] for i in left], sums[k])
        if chosen is None:
            return None
        for place in chosen:
            result[left[place]] = k
    return [order[-1] if owner < 0 else owner for owner in result]


def _sole_choice(amounts: Sequence[Decimal], goal: Decimal) -> tuple[int, ...] | None:
    """Places of the only amounts that make the sum ``goal``; None where none or several choices do."""
    reached: dict[Decimal, list[tuple[int, ...]]] = {Decimal(0): [()]}
    for place, amount in enumerate(amounts):
        for total, choices in [(total, choices[:2]) for total, choices in reached.items()]:
            known = reached.setdefault(total + amount, [])
            if len(known) < 2:  # two are enough to know that there are several
                known.extend([(*choice, place) for choice in choices])
    found = reached.get(goal, [])
    return found[0] if len(found) == 1 else None


def with_tax_inside(items: tuple[LineItem, ...], totals: Totals, evidence: dict[str, Evidence]) -> tuple[LineItem, ...]:
    """Amounts that make the total with tax hold the tax, whatever the network took them for, where the tax is the rate's share of that total, or the total
    without tax is printed too and the tax lies between the two: a tax that comes on top of it is another one, for then the total is the one without tax."""
    amounts = [item.net_amount for item in items if item.net_amount is not None and item.gross_amount is None]
    net, gross, tax = (totals.values.get(name) for name in ("net_total", "gross_total", "tax_total"))
    if not amounts or len(amounts) < len(items) or not tax or gross is None or gross != sum(amounts, Decimal(0)):
        return items
    rates = {row.rate for row in totals.breakdown}
    rate = rates.pop() if len(rates) == 1 else None
    is_share = rate is not None and rate > 0 and abs(gross * rate - tax * (100 + rate)) <= 100 + rate
    between = net is not None and net + tax == gross and not any(a.kind in SIGNS for a in totals.adjustments)
    if not is_share and not between and not _is_share_by_rate(items, totals):
        return items
    for index in range(len(items)):
        evidence[f"line_items.{index}.gross_amount"] = evidence.pop(f"line_items.{index}.net_amount")
    return tuple(replace(item, net_amount=None, gross_amount=item.net_amount) for item in items)


def _is_share_by_rate(items: Sequence[LineItem], totals: Totals) -> bool:
    """Whether the tax of each of several rates is that rate's share of the lines that have it."""
    taxed = [(row.rate, row.tax_amount) for row in totals.breakdown if row.rate is not None and row.rate > 0]
    if (
        not taxed
        or len({rate for rate, _ in taxed}) < len(taxed)
        or {item.tax_rate for item in items if item.tax_rate} != {r for r, _ in taxed}
    ):
        return False
    for rate, tax in taxed:
        amounts = [item.amount or Decimal(0) for item in items if item.tax_rate == rate]
        unit = CENT * (ROUNDED + Decimal(len(amounts)) / 2)
        if tax is None or abs(sum(amounts, Decimal(0)) * rate / (100 + rate) - tax) > unit:
            return False
    return True


def without_rates_of_no_tax(items: Sequence[LineItem], totals: Totals, evidence: dict[str, Evidence]) -> tuple[LineItem, ...]:
    """The lines without rates that can be none: higher than any tax on sales, and, where the page's tax is nought, all above nought if one of them is the
    rate of no country. What was read there is a degree of progress, a discount or the number of a chapter. Rates that exist stay beside a tax of nought:
    then the page contradicts itself, which is for the rules to say. What the table of taxes prints is a rate."""
    printed = {row.rate for row in totals.breakdown}
    rates = {item.tax_rate for item in items if item.tax_rate} - printed
    none = {rate for rate in rates if rate > HIGHEST_RATE}
    if totals.values.get("tax_total") == 0 and not rates <= rates_anywhere():
        none = rates
    result: list[LineItem] = []
    for index, item in enumerate(items):
        if item.tax_rate in none:
            evidence.pop(f"line_items.{index}.tax_rate", None)
        result.append(replace(item, tax_rate=None) if item.tax_rate in none else item)
    return tuple(result)
