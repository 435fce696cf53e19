"""Amounts of items that arithmetic proves where the network took them for something else.

A number that is quantity times price, or that makes the gross amount with the row's rate, is the row's amount: two numbers seldom meet like that by
chance. What one row proves tells which column the amounts stand in, and so decides rows whose quantity is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import EXACT, ROUNDED, first_number, is_telling
from extractors.assembly.numbers import NumberHabit, parse_percent
from extractors.assembly.spans import LABEL_INDEX, Words, carries, set_label
from extractors.assembly.total_options import read_amounts

_NET, _GROSS, _PRICE, _QUANTITY, _RATE, _DISCOUNT, _NAME = (
    LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount", "unit_price", "quantity", "tax_rate", "discount", "description")
)
_RATE_OF_ALL = LABEL_INDEX["tax.rate"]
_OF_ROWS = frozenset({_NET, _GROSS, _PRICE, _QUANTITY, _RATE, _DISCOUNT, *(LABEL_INDEX[f"line.{n}"] for n in ("item_code", "position"))})
_NO_PRICES = frozenset({_NAME, _QUANTITY, _RATE, *(LABEL_INDEX[f"line.{n}"] for n in ("item_code", "position", "unit"))})
_UNLABELLED = frozenset({0, LABEL_INDEX["line.note"]})
_NET_TOTAL, _GROSS_TOTAL = LABEL_INDEX["header.net_total"], LABEL_INDEX["header.gross_total"]
_OWN_AMOUNT_OF = {  # what a total is called as the amount of the only row
    _NET_TOTAL: _NET, LABEL_INDEX["total.line_total"]: _NET, _GROSS_TOTAL: _GROSS,
}  # fmt: skip
_TOTALS = frozenset({*_OWN_AMOUNT_OF, LABEL_INDEX["header.amount_due"], LABEL_INDEX["tax.taxable_amount"]})
FEWEST_IN_COLUMN = 3  # amounts whose right edge a number shares that stands in their column
LINES_BELOW = 2  # the numbers of a row may stand on lines of their own below it
EDGE_PT = 2.0
HALF_SEEN = 0.2  # probability from which a number may be the amount of an item
SURE_OF_TOTAL = 0.9


@dataclass(frozen=True, slots=True)
class _Number:
    """A printed number: its words, value, label and right edge in points. ``inside``: on a line of the row, not below it."""

    words: tuple[int, ...]
    value: Decimal
    label: int
    right: float
    inside: bool


def take_proven_amounts(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> None:
    """Label what is proven to be the net amount of a row; ``probabilities`` [n, 1 + fields] and ``rows`` [n] are changed in place."""
    numbers = _numbers_of_rows(words, probabilities, rows, habit)
    open_rows = {row: found for row, found in numbers.items() if not any(n.label == _NET for n in found)}
    proven: dict[int, _Number] = {}
    if len(numbers) == len(open_rows) == 1:
        _take_total_of_only_row(words, probabilities, rows, next(iter(open_rows.items())), habit)
    sole = _sole_rate(words, probabilities, habit)
    for row, found in open_rows.items():
        amount = _net_of_gross(found, sole) or _product(found)
        if amount is not None:
            proven[row] = amount
    edges = [n.right for n in proven.values()]
    for row, found in open_rows.items():
        if row not in proven and edges:
            amount = _in_column(found, edges)
            if amount is not None:
                proven[row] = amount
    for row, amount in proven.items():
        for i in amount.words:
            set_label(probabilities, i, _NET)
            rows[i] = row
    for row, found in numbers.items():
        if (price := _net_price(words, found)) is not None:
            for number, label in ((price.gross, 0), (price.per_unit, 0), (price.net, _PRICE), (price.discount, _DISCOUNT)):
                for i in number.words if number is not None else ():
                    set_label(probabilities, i, label)
                    rows[i] = row if label else rows[i]
        for i in _price_of_one(found):
            set_label(probabilities, i, _PRICE)
            rows[i] = row


def _take_total_of_only_row(
    words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], only: tuple[int, Sequence[_Number]], habit: NumberHabit
) -> None:
    """In place: the only row of a document has the document's total as its amount, which the network takes for the total itself; it is the row's where
    the total is printed once more elsewhere. So is another number on its lines that is the net total, alone or beside the gross total as the amount with
    tax."""
    row, found = only
    best: list[int] = probabilities.argmax(1).tolist()
    printed = Counter(
        (best[amount.words[-1]], amount.value) for amount in words.once(read_amounts, habit) if best[amount.words[-1]] in _OWN_AMOUNT_OF
    )
    gross = [n for n in found if n.label == _GROSS]
    again = [n for n in found if printed[n.label, n.value] > 1] if not gross else []
    beside = [n for n in _spare(found) if n.inside and n.label not in _OWN_AMOUNT_OF and printed[_NET_TOTAL, n.value]]
    if not again and (len(beside) > 1 or any(not printed[_GROSS_TOTAL, n.value] or printed[_NET_TOTAL, n.value] for n in gross)):
        return
    for number in (*again, *beside)[:1]:
        for i in number.words:
            set_label(probabilities, i, _OWN_AMOUNT_OF.get(number.label, _NET))
            rows[i] = row


def take_amounts_that_make_the_total(words: Words, probabilities: NDArray[np.float32], habit: NumberHabit) -> None:
    """In place: where no number is surely the amount of an item, those that may be one are, if together they are the printed total without tax or, where
    there is none, that with tax."""
    best: list[int] = probabilities.argmax(1).tolist()
    if _NET in best or _GROSS in best:
        return
    values = {amount.words: amount.value for amount in words.once(read_amounts, habit)}
    half = [run for run in values if probabilities[run[-1], [_NET, _GROSS]].sum() >= HALF_SEEN]
    total = sum((values[run] or Decimal(0) for run in half), Decimal(0))
    for printed, label in _OWN_AMOUNT_OF.items():
        sure = {values[run] for run in values if best[run[-1]] == printed and probabilities[run[-1], printed] >= SURE_OF_TOTAL}
        if total and total in sure:
            for i in (i for run in half for i in run):
                set_label(probabilities, i, label)
            return


def take_unseen_amounts(words: Words, probabilities: NDArray[np.float32], habit: NumberHabit) -> None:
    """In place: where a line shows a quantity and a price and no amount, the number that is their product is the amount, if it carries no label and stands
    in the column of the amounts, or was taken for a total in one of the next lines. Without it the row would vanish into its neighbours."""
    best: list[int] = probabilities.argmax(1).tolist()
    by_line: dict[int, list[_Number]] = {}
    for amount in words.once(read_amounts, habit):
        run, value = amount.words, amount.value
        if value is not None:
            number = _Number(run, value, best[run[-1]], words.box_list[run[-1]][2], True)
            by_line.setdefault(words.line_list[run[0]], []).append(number)
    amounts = [n for found in by_line.values() for n in found if n.label in (_NET, _GROSS)]
    for line, found in by_line.items():
        counted = [first_number(words.texts[i], habit) for i in words.words_of_line[line] if best[i] == _QUANTITY and words.has_digit[i]]
        price = _only(found, _PRICE)
        if price is None or len(counted) != 1 or counted[0] is None:
            continue
        quantity = counted[0]
        product = quantity * price.value
        following = [
            n
            for k in range(line, line + 1 + LINES_BELOW)
            for n in by_line.get(k, ())
            if words.page[n.words[0]] == words.page[price.words[0]]
        ]
        above = [n for k in range(line - LINES_BELOW, line) for n in by_line.get(k, ())]
        if not product or any(n.label in (_NET, _GROSS) and (n in following or n.value == product) for n in (*above, *following)):
            continue
        if _amount_below_conditions(words, best, by_line, line, product):
            continue
        if not (same := [n for n in following if n is not price and n.label != _QUANTITY and abs(n.value - product) <= EXACT]):
            continue
        for number in same:
            in_column = sum(abs(number.right - n.right) <= EDGE_PT for n in amounts) >= FEWEST_IN_COLUMN
            unseen = number.label in _UNLABELLED and in_column and number in found
            if unseen or (number is same[0] and _is_amount_of_card(words, number, amounts, telling=is_telling(quantity, price.value))):
                for i in number.words:
                    set_label(probabilities, i, _NET)


def _amount_below_conditions(
    words: Words, best: Sequence[int], by_line: Mapping[int, Sequence[_Number]], line: int, product: Decimal
) -> bool:
    """Whether the row that begins on ``line`` has its amount further down, before the next price: what quantity and price make once more, or what is left
    of it after a discount."""
    discounted = False
    for k in range(line, max(by_line) + 1):
        own = [n for n in by_line.get(k, ()) if words.page[n.words[0]] == words.page[words.words_of_line[line][0]]]
        if k > line and any(n.label == _PRICE for n in own):
            return False
        discounted = discounted or any(best[i] == _DISCOUNT for i in words.words_of_line.get(k, ()))
        if any(n.label in (_NET, _GROSS) and (n.value == product or (discounted and abs(n.value) <= abs(product))) for n in own):
            return True
    return False


def _is_amount_of_card(words: Words, number: _Number, amounts: Sequence[_Number], *, telling: bool) -> bool:
    """Whether what was taken for a total is the amount of an item whose numbers stand in several lines: it stands under another item's amount, or is the
    product of two numbers neither of which is one (``telling``) beside other items."""
    return number.label in _TOTALS and bool(amounts) and (telling or any(_aligned(words, number, n) for n in amounts))


def _aligned(words: Words, a: _Number, b: _Number) -> bool:
    """Whether two numbers share their left edge, their right edge or their middle."""
    left, other = words.box_list[a.words[0]][0], words.box_list[b.words[0]][0]
    return min(abs(left - other), abs(a.right - b.right), abs(left + a.right - other - b.right) / 2) <= EDGE_PT


def _numbers_of_rows(
    words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit
) -> dict[int, list[_Number]]:
    """Numbers on the lines of each row and directly below any of them, as far as they are of this row or of none."""
    best: list[int] = probabilities.argmax(1).tolist()
    lines: dict[int, set[int]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        lines.setdefault(int(rows[i]), set()).add(words.line_list[i])
    taken = {line for own in lines.values() for line in own}
    row_of_line: dict[int, list[int]] = {}
    for row, own in lines.items():
        for line in own | {k for each in own for k in range(each + 1, each + 1 + LINES_BELOW) if k not in taken}:
            row_of_line.setdefault(line, []).append(row)
    result: dict[int, list[_Number]] = {row: [] for row in lines}
    row_list: list[int] = rows.tolist()
    for amount in words.once(read_amounts, habit):
        run = amount.words
        owners = {row_list[i] for i in run} - {-1}
        candidates = row_of_line.get(words.line_list[run[0]], [])
        row = next(iter(owners)) if len(owners) == 1 else candidates[0] if not owners and len(candidates) == 1 else None
        label = best[run[-1]]
        value = parse_percent(amount.text, habit) if label == _RATE else amount.value
        if row is not None and row in result and value is not None:
            result[row].append(_Number(run, value, label, words.box_list[run[-1]][2], words.line_list[run[0]] in lines[row]))
    return result


def _only(numbers: Sequence[_Number], label: int) -> _Number | None:
    found = [n for n in numbers if n.label == label]
    return found[0] if len(found) == 1 else None


def _spare(numbers: Sequence[_Number]) -> list[_Number]:
    """Numbers that the row can do without where they are: no role among its values, or a second one in the same."""
    count: Mapping[int, int] = {label: sum(n.label == label for n in numbers) for label in {n.label for n in numbers}}
    return [n for n in numbers if n.label != _NAME and (n.label not in _OF_ROWS or (n.label in (_QUANTITY, _GROSS) and count[n.label] > 1))]


def _sole_rate(words: Words, probabilities: NDArray[np.float32], habit: NumberHabit) -> Decimal | None:
    """The tax rate of a document that prints no other one above zero."""
    shown = np.flatnonzero(carries(probabilities.argmax(1), [_RATE, _RATE_OF_ALL])).tolist()
    rates = {value for i in shown if (value := parse_percent(words.texts[i], habit)) is not None and value > 0}
    return rates.pop() if len(rates) == 1 else None


def _net_of_gross(numbers: Sequence[_Number], sole_rate: Decimal | None) -> _Number | None:
    """The number that makes the row's gross amount with its rate, or the document's where the row has none; its price only where it shows no quantity,
    or quantity times price is something else."""
    shown, quantity, price = _only(numbers, _RATE), _only(numbers, _QUANTITY), _only(numbers, _PRICE)
    rate = shown.value if shown is not None else sole_rate if all(n.label != _RATE for n in numbers) else None
    if rate is None or rate <= 0:
        return None
    for gross in (n for n in numbers if n.label == _GROSS):
        spare = [n for n in _spare(numbers) if n.inside]
        if price is not None and quantity is None:
            spare.append(price)
        elif price is not None and quantity is not None and abs(quantity.value) not in (Decimal(0), Decimal(1)):
            spare += [price] if abs(quantity.value * price.value - gross.value) > ROUNDED else []
        found = [n for n in spare if n is not gross and n.value and _makes(n.value, rate, gross.value)]
        if len({abs(n.value) for n in found}) == 1:
            return found[-1]
    return None


def _makes(net: Decimal, rate: Decimal, gross: Decimal) -> bool:
    return net * gross > 0 and abs(net * (1 + rate / 100) - gross) <= ROUNDED


def _product(numbers: Sequence[_Number]) -> _Number | None:
    """In a row without an amount, the spare number that is quantity times price, where neither is one."""
    quantity, price = _only(numbers, _QUANTITY), _only(numbers, _PRICE)
    if quantity is None or price is None or any(n.label == _GROSS for n in numbers) or not is_telling(quantity.value, price.value):
        return None
    found = [n for n in _spare(numbers) if abs(n.value - quantity.value * price.value) <= EXACT]
    return found[-1] if found else None


def _price_of_one(numbers: Sequence[_Number]) -> tuple[int, ...]:
    """Words of the price in a row without one, of one piece: a taxed row prints its net amount twice, and the left one is no gross amount."""
    net, rate, quantity, gross = _only(numbers, _NET), _only(numbers, _RATE), _only(numbers, _QUANTITY), _only(numbers, _GROSS)
    if net is None or not net.value or any(n.label == _PRICE for n in numbers) or (quantity is not None and abs(quantity.value) != 1):
        return ()
    if gross is not None and rate is not None and rate.value > 0 and gross.value == net.value:
        return gross.words
    same = [n for n in _spare(numbers) if n.inside and n is not net and n.value == net.value and n.right < net.right]
    return same[0].words if len(same) == 1 and gross is None and quantity is not None else ()


@dataclass(frozen=True, slots=True)
class _NetPrice:
    """The price that a row was billed at, the gross price and the discount per unit that it is printed with, and a discount of the row where there is one."""

    net: _Number
    gross: _Number
    per_unit: _Number
    discount: _Number | None


def _net_price(words: Words, numbers: Sequence[_Number]) -> _NetPrice | None:
    """Gross price less discount is the net price, and quantity times net price, less the row's discount, its amount (EN 16931: BT-148, BT-147, BT-146,
    BT-136); a net price behind an equals sign is one whatever else the amount holds. Only where the printed numbers fit in one way."""
    quantity, amount = _only(numbers, _QUANTITY), _only(numbers, _NET)
    if quantity is None or amount is None or not amount.value:
        return None
    others = [n for n in numbers if n.label not in _NO_PRICES and n is not amount and n.value and _has_decimals(n.value)]
    found: list[_NetPrice] = []
    for gross, net in permutations(others, 2):
        if gross.label != _PRICE or not is_telling(quantity.value, net.value):
            continue
        if _is_explained(amount.value, quantity.value * gross.value, others):
            continue  # the gross price is what was billed
        rest = [n for n in others if n is not gross and n is not net]
        missing = quantity.value * net.value - amount.value
        for per_unit in rest:
            if gross.value - abs(per_unit.value) != net.value:
                continue
            if abs(missing) <= EXACT:
                found.append(_NetPrice(net, gross, per_unit, None))
            explained = [_NetPrice(net, gross, per_unit, n) for n in rest if n is not per_unit and abs(n.value) == missing]
            found += explained or (
                [_NetPrice(net, gross, per_unit, None)] if missing > EXACT and _follows_equals(words, net.words[0]) else []
            )
    return found[0] if len(found) == 1 else None


def _follows_equals(words: Words, i: int) -> bool:
    """Whether an equals sign stands in front of a word, or begins it."""
    line = words.words_of_line[words.line_list[i]]
    k = line.index(i)
    return words.texts[i].startswith("=") or (k > 0 and words.texts[line[k - 1]] == "=")


def _has_decimals(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0


def _is_explained(amount: Decimal, product: Decimal, numbers: Sequence[_Number]) -> bool:
    """Whether a product is the amount as it is, or less one of the numbers as an amount or in percent."""
    lower = (Decimal(0), *(abs(n.value) for n in numbers), *(product * abs(n.value) / 100 for n in numbers))
    return any(abs(abs(product - less) - abs(amount)) <= ROUNDED for less in lower)


def _in_column(numbers: Sequence[_Number], edges: Sequence[float]) -> _Number | None:
    """The number of a row that stands in the column of the amounts proven in other rows, and is its quantity times price or part of its gross amount."""
    there = [n for n in numbers if min(abs(n.right - edge) for edge in edges) <= EDGE_PT and n.label != _NAME]
    if len(there) != 1:
        return None
    amount = there[0]
    rate, quantity, price = _only(numbers, _RATE), _only(numbers, _QUANTITY), _only(numbers, _PRICE)
    gross = [n for n in numbers if n.label == _GROSS and n is not amount]
    if any(rate is not None and _makes(amount.value, rate.value, n.value) for n in gross):
        return amount
    known = price is not None and quantity is not None and price is not amount and quantity is not amount and not gross
    return amount if known and abs(amount.value - quantity.value * price.value) <= EXACT else None  # type: ignore[union-attr]
