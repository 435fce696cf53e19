"""Conditions printed below an item: its discount on a line of its own, and what remains of its amount on the next, which is what the item costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import EXACT, first_number, is_telling
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.total_options import PrintedAmount, is_percent, read_amounts

EDGE_PT = 8.0  # between right edges of one column, where a minus may stand behind the number
PRICED_PER = (1, 10, 100, 1000)  # pieces that a price is for
MOST_CONDITIONS = 4  # discounts and surcharges of one item
_NET, _PRICE, _QUANTITY, _DISCOUNT = (LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "unit_price", "quantity", "discount"))


@dataclass(frozen=True, slots=True)
class _Conditions:
    """The amount of an item before its conditions, these, and what remains. ``caption`` is what stands before the last."""

    amount: PrintedAmount
    changes: tuple[PrintedAmount, ...]
    rest: PrintedAmount
    caption: str


def take_net_values_below(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> None:
    """In place: where lines below an item take discounts off its amount and print what remains, that is its amount. Not at the end of the items, where a
    discount and a total look the same, unless an item before has the line of the same caption."""
    best: list[int] = probabilities.argmax(1).tolist()
    amounts = [a for a in words.once(read_amounts, habit) if a.value is not None and not is_percent(words, a.words)]
    prices: dict[int, list[Decimal]] = {}
    for a in words.once(read_amounts, habit):
        if a.value and best[a.words[-1]] == _PRICE:
            prices.setdefault(words.line_list[a.words[-1]], []).append(a.value)
    proven = [
        k
        for k, a in enumerate(amounts)
        if best[a.words[-1]] == _NET and rows[a.words[-1]] >= 0 and _is_product(words, best, a, prices, habit)
    ]
    found = [c for k in proven if (c := _conditions(words, best, amounts, k, habit)) is not None]
    last = max((words.line_list[amounts[k].words[0]] for k in proven), default=-1)
    captions = {c.caption for c in found if words.line_list[c.rest.words[0]] < last}
    for conditions in found:
        if conditions.caption in captions:
            _take(words, probabilities, rows, conditions)


def _conditions(words: Words, best: Sequence[int], amounts: Sequence[PrintedAmount], k: int, habit: NumberHabit) -> _Conditions | None:
    """The next numbers in the column of an amount, if all but one of them are conditions and the last is what they leave of it."""
    amount, changes, left = amounts[k], [], amounts[k].value or Decimal(0)
    edge, line = words.box_list[amount.words[-1]][2], words.line_list[amount.words[0]]
    for n in range(k + 1, len(amounts)):
        following = amounts[n]
        i = following.words[-1]
        own = words.line_list[i]
        if own == line or abs(words.box_list[i][2] - edge) > EDGE_PT:
            continue
        labels = {best[j] for j in words.words_of_line[own]}
        if words.page_list[i] != words.page_list[amount.words[0]] or own > line + 1 or labels & {_PRICE, _QUANTITY}:
            return None
        value = following.value or Decimal(0)
        if changes and value == left:
            return _Conditions(amount, tuple(changes), following, _caption(words, own))
        if len(changes) == MOST_CONDITIONS or not (change := change_of(words, following, left, amount.value or Decimal(0), habit)):
            return None
        left += change
        changes.append(following)
        line = own
    return None


def change_of(words: Words, condition: PrintedAmount, left: Decimal, whole: Decimal, habit: NumberHabit) -> Decimal:
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


def _is_product(
    words: Words, best: Sequence[int], amount: PrintedAmount, prices: Mapping[int, Sequence[Decimal]], habit: NumberHabit
) -> bool:
    """Whether the amount is the quantity times the price of its line, which may be that of ten, a hundred or a thousand. ``prices`` by line."""
    line = words.words_of_line[words.line_list[amount.words[0]]]
    counts = [value for i in line if best[i] == _QUANTITY and (value := first_number(words.texts[i], habit)) is not None]
    own = prices.get(words.line_list[amount.words[0]], ())
    products = [q * p / per for q in counts for p in own for per in PRICED_PER if is_telling(q, p) or q == per == 1]
    return any(abs(product - (amount.value or 0)) <= 2 * EXACT for product in products)


def _caption(words: Words, line: int) -> str:
    return " ".join(words.texts[i] for i in words.words_of_line[line] if not words.has_digit[i]).casefold()


def _take(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], found: _Conditions) -> None:
    row = int(rows[found.amount.words[-1]])
    for number, label in ((found.amount, 0), *((change, _DISCOUNT) for change in found.changes), (found.rest, _NET)):
        for i in number.words:
            set_label(probabilities, i, label)
            rows[i] = row if label else -1
    best: list[int] = probabilities.argmax(1).tolist()
    for number in (*found.changes, found.rest):
        for i in words.words_of_line[words.line_list[number.words[0]]]:
            if i not in number.words and best[i] != _DISCOUNT:
                set_label(probabilities, i, 0)
                rows[i] = -1
            else:
                rows[i] = row
