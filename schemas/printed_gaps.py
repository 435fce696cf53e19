"""What closes a gap in a page's sums and was printed, but not read: discounts of lines, price units, payments made before.

Where quantity × price is not the amount, and the page prints a percentage or a signed amount that closes the gap exactly, that is the line's
discount: two independent readings agree. So does a deposit or levy that a word introduces, and an amount that the page calls the least it charges.
A number of units printed beside a price that closes the gap is what the price is for. A printed amount that lies between the total and the amount due
was paid before, or is still owed from before. Nothing else is changed; a gap that no printed number closes stays one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from functools import cache
from itertools import combinations

import yaml

from schemas.arithmetic import EXACT, HUNDRED, ZERO, decimals, plausible, rounded
from schemas.document_sums import sole_rate, steps
from schemas.invoice import Adjustment, AdjustmentKind, Invoice, LineItem
from schemas.price_bases import note_of, printed_bases
from schemas.rounding import printed_places
from schemas.rules_lines import multiplies
from schemas.tables import shipped

INTRODUCED = "introduced_amounts.yaml"
LATE_KINDS = (AdjustmentKind.PREPAID, AdjustmentKind.ROUNDING, AdjustmentKind.WITHHOLDING)
MOST_AMOUNTS = 40  # signed amounts of a page that are tried in pairs
_NUMBER = r"(?<!\d)(?:\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d+)(?:[.,]\d{1,4})?(?!\d)"
_PERCENT = re.compile(rf"(?<![\d.,])({_NUMBER})\s?%")
_SIGNED = re.compile(
    rf"(?P<sign>[-−–+])\s?(?:[€$£]|[A-Z]{{3}})?\s?(?P<a>{_NUMBER})(?![\d.,]*\s?%)|(?<![\d.,])(?P<b>{_NUMBER})\s?(?:[€$£])?(?P<after>[-−])(?=\s|$)"
)


@dataclass(frozen=True, slots=True)
class PrintedDiscounts:
    """What a page prints that can be a discount: percentages, and amounts with a sign (negative: taken off) or behind the name of a deposit or
    levy (added). ``least`` are amounts that the page says are charged at least."""

    percents: tuple[Decimal, ...]
    amounts: tuple[Decimal, ...]
    least: tuple[Decimal, ...] = ()


def printed_discounts(text: str) -> PrintedDiscounts:
    """The percentages, signed and introduced amounts of a page's text. Amounts without decimals are left out: they are dates and numbers with
    hyphens."""
    percents = [value for match in _PERCENT.finditer(text) if (value := _number(match[1])) is not None and 0 < value < HUNDRED]
    amounts: list[Decimal] = []
    for match in _SIGNED.finditer(text):
        value = _number(match["a"] or match["b"])
        if value is not None and value.as_tuple().exponent != 0:
            amounts.append(value if match["sign"] == "+" else -value)
    amounts += _introduced("added", text)
    return PrintedDiscounts(tuple(dict.fromkeys(percents)), tuple(dict.fromkeys(amounts)), tuple(dict.fromkeys(_introduced("least", text))))


def _introduced(kind: str, text: str) -> list[Decimal]:
    values = (_number(match[1]) for match in _introductions(kind).finditer(text))
    return [value for value in values if value is not None and decimals(value)]


@cache
def _introductions(kind: str) -> re.Pattern[str]:
    """A word of that kind and the amount right behind it, at most a currency, a colon or a count of units between them."""
    languages: dict[str, str] = yaml.safe_load(shipped(INTRODUCED))[kind]
    words = {word.strip() for text in languages.values() for word in text.split(",")}
    either = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    between = r"[:.]?\s{0,3}(?:\d{1,4}\s?[x×]\s?)?(?:[€$£]|[A-Z]{3})?\s{0,3}"
    return re.compile(rf"(?<!\w)(?i:{either}){between}({_NUMBER})(?![\d.,]*\s?%)")


def _number(printed: str) -> Decimal | None:
    """A printed number in either convention: the last point or comma before other than three digits is the decimal one."""
    digits = re.sub(r"[ '\u00a0\u202f]", "", printed)
    match = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}|\d{4}))?", digits)
    if match is None:
        return None
    whole = re.sub(r"[.,]", "", match[1])
    value = Decimal(f"{whole or 0}.{match[2]}" if match[2] else whole or "0")
    return value if plausible(value) else None


def with_printed_gaps(invoice: Invoice, page_text: str) -> Invoice:
    """The invoice with the discounts and earlier payments that its page prints where its numbers leave a gap."""
    return _with_earlier_payment(_with_discounts(invoice, page_text), page_text)


def _with_earlier_payment(invoice: Invoice, page_text: str) -> Invoice:
    """A prepayment where the page prints exactly what lies between the total with tax and the amount due; negative: an open amount of before.

    A gap that is itself a total or a line of this page explains nothing: then one of the two totals is another number of the page.
    """
    header = invoice.header
    gross, due = header.gross_total, header.amount_due
    if gross is None or due is None or not (plausible(gross) and plausible(due)) or abs(due) == abs(gross) or steps(invoice, *LATE_KINDS):
        return invoice
    with localcontext(EXACT):
        gap = gross - due
        others = {header.net_total, header.tax_total, *(item.amount for item in invoice.line_items)}
        if due and (gap in others or -gap in others):
            return invoice
        printed = {abs(value) for text in re.findall(_NUMBER, page_text) if (value := _number(text)) is not None}
        rounding = {value for value in printed if value < 1 and decimals(value) > 0}  # a total rounded to what cash can pay
        if abs(gap) not in printed and not any({abs(gap) - r, abs(gap) + r} & printed for r in rounding):
            return invoice
    return invoice.replace(document_adjustments=(*invoice.document_adjustments, Adjustment(AdjustmentKind.PREPAID, gap)))


def _with_discounts(invoice: Invoice, page_text: str) -> Invoice:
    """``discount`` or ``discount_percent`` on lines whose gap a printed number closes."""
    with localcontext(EXACT):
        rate, places = sole_rate(invoice), printed_places(invoice)
        gaps = [
            index for index, item in enumerate(invoice.line_items) if _readable(item) and not multiplies(item, rate=rate, places=places)
        ]
        if not gaps:
            return invoice
        printed = printed_discounts(page_text)
        items = list(invoice.line_items)
        for index in gaps:
            if not items[index].discount and not items[index].discount_percent:
                items[index] = _explained(items[index], printed, places=places)
        notes = [note for index in gaps if (note := _price_base(items[index], page_text, rate=rate, places=places))]
    return invoice.replace(line_items=tuple(items), notes=tuple(dict.fromkeys((*invoice.notes, *notes))))


def _price_base(item: LineItem, page_text: str, *, rate: Decimal | None, places: int) -> str | None:
    """The note of the units that the line's price is for, where those that the page prints beside it close the gap."""
    if item.unit_price is None or multiplies(item, rate=rate, places=places):
        return None
    bases = printed_bases(item, page_text)
    return next((note_of(item.unit_price, units) for units in bases if multiplies(item, rate=rate, units=units, places=places)), None)


def _readable(item: LineItem) -> bool:
    values = (item.quantity, item.unit_price, item.amount)
    return all(value is not None and plausible(value) and value != 0 for value in values)


def _explained(item: LineItem, printed: PrintedDiscounts, *, places: int) -> LineItem:
    for percent in (*printed.percents, *(-percent for percent in printed.percents)):  # negative: a surcharge, such as insurance tax
        candidate = replace(item, discount_percent=percent)
        if multiplies(candidate, rate=None, places=places, directions=(1,)):
            return candidate
    for discount in _sums(printed.amounts):
        candidate = replace(item, discount=discount)
        if discount and multiplies(candidate, rate=None, places=places, directions=(1,)):
            return candidate
    return _charged_at_least(item, printed.least, places=places) or item


def _charged_at_least(item: LineItem, least: Sequence[Decimal], *, places: int) -> LineItem | None:
    """The line with what a minimum adds to quantity × price, where its amount is one that the page says is charged at least."""
    if item.quantity is None or item.unit_price is None or item.amount is None:
        return None
    amount, product = abs(item.amount), abs(item.quantity * item.unit_price)
    return replace(item, discount=rounded(product - amount, max(places, 2))) if amount in least and product < amount else None


def _sums(amounts: Sequence[Decimal]) -> list[Decimal]:
    """Each signed amount, then each pair, as discounts: positive is taken off."""
    singles = [-amount for amount in amounts]
    return singles + [a + b for a, b in combinations(singles[:MOST_AMOUNTS], 2) if a + b != ZERO]
