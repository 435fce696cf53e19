"""Prices in components, as steel and cable are sold: under an item's name and quantity stand its base price, surcharges and discounts, each with an amount, and
on the last line what they add up to, which is what the item costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.line_items import EXACT, first_number, is_telling
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.total_options import PrintedAmount, has_cents, is_percent, read_amounts

EDGE_PT = 8.0  # between right edges of one column, where a minus may stand behind the number
PRICED_PER = (1, 10, 100, 1000)  # pieces that a price is for
FEWEST = 2  # components
MOST_BEHIND, LONGEST_CODE = 2, 4  # words behind an amount, and their letters
MOST_LINES = 16  # from the line of the quantity to that of the sum
_NET, _PRICE, _QUANTITY, _POSITION, _NOTE = (LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "unit_price", "quantity", "position", "note"))
_NAME, _CODE, _DISCOUNT = (LABEL_INDEX[f"line.{n}"] for n in ("description", "item_code", "discount"))
_OF_ITEM = frozenset({_QUANTITY, _POSITION, _CODE, _PRICE})
_AMOUNTS = frozenset({_NET, LABEL_INDEX["line.gross_amount"]})
_COUNTS = frozenset({_QUANTITY, _POSITION})


@dataclass(frozen=True, slots=True)
class Priced:
    """An item that is priced in components: the line of its quantity, the words of its name, the lines of the components below it, their sum and the price
    that makes it, if it is printed. At the end of the items a discount and a total look the same: there another item has a sum of the same caption."""

    line: int
    name: tuple[int, ...]
    components: tuple[int, ...]
    base: PrintedAmount | None  # beside the quantity
    total: PrintedAmount
    price: PrintedAmount | None
    discounts: tuple[PrintedAmount, ...]  # where nothing but discounts stands between base and sum


def take_sums_of_components(words: Words, probabilities: NDArray[np.float32], habit: NumberHabit) -> list[Priced]:
    """Items of which the amounts below the quantity add up to the last of them, and one of them is the quantity times a printed price: ``probabilities`` are
    changed in place so that the last is the item's amount and the others are no items."""
    best: list[int] = probabilities.argmax(1).tolist()
    by_line: dict[int, list[PrintedAmount]] = {}
    for amount in words.once(read_amounts, habit):
        if amount.value is not None and not is_percent(words, amount.words):
            by_line.setdefault(words.line_list[amount.words[0]], []).append(amount)
    found: list[Priced] = []
    last = -1
    for line, members in words.words_of_line.items():
        labels = {best[i] for i in members}
        if _QUANTITY not in labels:
            continue
        counts = [value for i in members if best[i] == _QUANTITY and (value := first_number(words.texts[i], habit)) is not None]
        item = _components(words, best, by_line, line, counts, habit)
        last = line
        if item is not None:
            found.append(item)
    captions = {_caption(words, item) for item in found if words.line_list[item.total.words[0]] < last}
    result = [item for item in found if item.base is None or item.price is not None or _caption(words, item) in captions]
    for item in result:
        _take(words, probabilities, item)
    return result


def _caption(words: Words, item: Priced) -> str:
    return plain(" ".join(words.texts[i] for i in words.words_of_line[words.line_list[item.total.words[0]]] if not words.has_digit[i]))


def settle_components(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], items: Sequence[Priced]) -> None:
    """In place: such an item is one row, with the sum of its components, and is called what stands on the line of its quantity and below it, down to these."""
    for item in items:
        first = words.words_of_line[item.line]
        best: dict[int, int] = {i: int(probabilities[i].argmax()) for i in first}
        row = next((int(rows[i]) for i in first if best[i] == _QUANTITY and rows[i] >= 0), int(rows[item.total.words[-1]]))
        if row < 0:
            continue
        members = words.words_of_line[words.line_list[item.total.words[0]]]
        for i in (
            *(item.base.words if item.base is not None else ()),
            *(i for line in item.components for i in words.words_of_line[line]),
            *members,
        ):
            if i not in item.total.words and int(probabilities[i].argmax()) not in (_PRICE, _DISCOUNT):
                set_label(probabilities, i, 0)
                rows[i] = -1
        for i in np.flatnonzero((rows == row) & (probabilities.argmax(1) == _NAME)).tolist() if item.name else ():
            set_label(probabilities, i, 0)
            rows[i] = -1
        for i in item.name:
            set_label(probabilities, i, _NAME)
            rows[i] = row
        taken_off = (i for amount in item.discounts for i in amount.words)
        priced = item.price.words if item.price is not None else ()
        for i in (*(i for i in first if best[i] in _OF_ITEM), *taken_off, *item.total.words, *priced):
            rows[i] = row


def _components(
    words: Words,
    best: Sequence[int],
    by_line: Mapping[int, Sequence[PrintedAmount]],
    line: int,
    counts: Sequence[Decimal],
    habit: NumberHabit,
) -> Priced | None:
    page = words.page_list[words.words_of_line[line][0]]
    found: list[PrintedAmount] = []
    left, proven = Decimal(0), False
    if any(best[i] in _AMOUNTS for i in words.words_of_line[line]):  # the base price stands beside the quantity
        base = _amount_at_end(words, by_line.get(line, ()), line)
        if base is None or _price(by_line[line], counts, base.value or Decimal(0)) is None:
            return None
        found, left, proven = [base], base.value or Decimal(0), True
    beside = len(found)
    raised = not beside  # what only takes off is a discount of the item
    for k in range(line + 1, line + MOST_LINES):
        members = words.words_of_line.get(k, ())
        if not members or words.page_list[members[0]] != page or any(_counts(words, best, i, habit) for i in members):
            return None
        last = _amount_at_end(words, by_line.get(k, ()), k)
        if last is None or (found and abs(words.box_list[last.words[-1]][2] - words.box_list[found[0].words[-1]][2]) > EDGE_PT):
            if len(found) > beside:
                return None
            continue  # the name goes on
        value = last.value or Decimal(0)
        price = _price(by_line[k], counts, value)
        if any(a.value in counts and a is not last and a is not price for a in by_line[k]):
            return None  # it counts as many pieces of something else
        proven = proven or price is not None
        if len(found) >= FEWEST and abs(value - left) <= EXACT and proven:
            lines = tuple(words.line_list[a.words[0]] for a in found[beside:])
            name = tuple(i for n in range(line, lines[0]) for i in words.words_of_line[n] if best[i] == _NAME)
            return Priced(line, name, lines, found[0] if beside else None, last, price, () if raised else tuple(found[beside:]))
        change = _change(words, last, left, found[0].value or Decimal(0), habit) if found else value
        if beside and not change and price is None:
            return None  # an item for itself
        left += change or value
        raised = raised or (change or value) > 0
        found.append(last)
    return None


def _change(words: Words, condition: PrintedAmount, left: Decimal, whole: Decimal, habit: NumberHabit) -> Decimal:
    """What a condition adds to the amount: as signed, or taken off where a percentage on its line makes it; nought where it is none."""
    value = condition.value or Decimal(0)
    line = words.words_of_line[words.line_list[condition.words[0]]]
    if value < 0:
        return value
    for i in line:
        if i not in condition.words and words.has_digit[i] and is_percent(words, (i,)):
            percent = first_number(words.texts[i], habit)
            if percent is not None and any(abs(base * abs(percent) / 100 - value) <= 2 * EXACT for base in (left, whole)):
                return -value
    return Decimal(0)


def _amount_at_end(words: Words, amounts: Sequence[PrintedAmount], line: int) -> PrintedAmount | None:
    """The last amount of money on a line, if no more than a currency or a code stands behind it."""
    last = next((a for a in reversed(amounts) if has_cents(a.text.rstrip("-–−"))), None)
    members = words.words_of_line[line]
    behind = members[members.index(last.words[-1]) + 1 :] if last is not None else ()
    return last if len(behind) <= MOST_BEHIND and not any(len(words.texts[i]) > LONGEST_CODE for i in behind) else None


def _counts(words: Words, best: Sequence[int], i: int, habit: NumberHabit) -> bool:
    """Whether a word is the position or quantity of another item, and not what a price is for."""
    return best[i] in _COUNTS and first_number(words.texts[i], habit) not in PRICED_PER


def _price(on_line: Sequence[PrintedAmount], counts: Sequence[Decimal], amount: Decimal) -> PrintedAmount | None:
    """The number on the line of an amount that makes it with the quantity, as the price of one piece, or of ten, a hundred or a thousand."""
    return next(
        (
            number
            for number in on_line
            for q in counts
            for per in PRICED_PER
            if number.value
            and number.value != amount
            and is_telling(q, number.value)
            and abs(q * number.value / per - amount) <= _rounding(q, per)
        ),
        None,
    )


def _rounding(quantity: Decimal, per: int) -> Decimal:
    """How far the amount may be from the product of a price with two decimals."""
    return abs(quantity) / per * EXACT + 2 * EXACT


def _take(words: Words, probabilities: NDArray[np.float32], item: Priced) -> None:
    taken_off = {i for amount in item.discounts for i in amount.words}
    for line in item.components:
        for i in words.words_of_line[line]:
            set_label(probabilities, i, _DISCOUNT if i in taken_off else _NOTE)
    priced = item.price.words if item.price is not None else ()
    for i in words.words_of_line[item.line]:
        if item.base is not None and (i in item.base.words or (priced and int(probabilities[i].argmax()) == _PRICE)):
            set_label(probabilities, i, _NOTE)
    for i in words.words_of_line[words.line_list[item.total.words[0]]]:
        set_label(probabilities, i, _NET if i in item.total.words else _PRICE if i in priced else _NOTE)
