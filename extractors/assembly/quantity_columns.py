"""Quantities that the other items' quantities tell of: numbers in their column that were taken for something else, and how to read them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import SET_BY_ARITHMETIC, Row, agrees, first_number
from extractors.assembly.numbers import NumberHabit, other_reading
from extractors.assembly.spans import LABEL_INDEX, Words, carries, set_label
from extractors.assembly.total_options import has_cents

LEAST = 2  # items whose quantities make a column
MOST = 0.5  # share of the items that show a quantity, from which each is expected to
WIDEST_EM = 8.0  # of such a column
BESIDE_EM = 0.5  # a number reaches no further out of it
APART_EM = 0.9  # white space in front of the number
LINES_BELOW = 8  # of an item's amount, up to the next one's, in which its quantity may stand
ZERO, THOUSAND = Decimal(0), Decimal(1000)
_PLAIN = re.compile(r"^[-−–]?\d{1,6}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$")  # a unit may be glued to it
_QUANTITY = LABEL_INDEX["line.quantity"]
_PRICE = LABEL_INDEX["line.unit_price"]
_POSITION = LABEL_INDEX["line.position"]
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]
_MISTAKEN_FOR = frozenset({0, _POSITION, LABEL_INDEX["line.note"]})


def take_quantities_of_the_column(
    words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], built: Mapping[int, Row]
) -> bool:
    """In items that show an amount but no quantity, where others show one, the only number between the edges of these becomes the quantity; a position
    does not where other items count theirs. ``built``: the items by their number in ``rows`` [n]. ``probabilities`` and ``rows`` are changed in place; True
    where anything was."""
    shown = {k: row.evidence["quantity"] for k, row in built.items() if "quantity" in row.evidence}
    without = [k for k, row in built.items() if row.item.quantity is None and row.item.amount is not None]
    if not without or len(shown) < LEAST or len(shown) < MOST * len(built):
        return False
    left, right = min(e.box[0] for e in shown.values()), max(e.box[2] for e in shown.values())
    best = probabilities.argmax(1)
    members = np.flatnonzero(rows >= 0)
    size = float(np.median(words.size[members]))
    if right - left > WIDEST_EM * size:
        return False
    counted = any("position" in built[k].evidence and built[k].evidence["position"].box != evidence.box for k, evidence in shown.items())
    changed = False
    for row, lines in _lines_of_items(words, best, rows, without).items():
        found = [
            i
            for line in lines
            for i in words.words_of_line.get(line, ())
            if rows[i] in (-1, row)
            and int(best[i]) in _MISTAKEN_FOR
            and not (counted and best[i] == _POSITION)
            and _PLAIN.match(words.texts[i])
            and words.box_list[i][0] >= left - BESIDE_EM * size
            and words.box_list[i][2] <= right + BESIDE_EM * size
            and _begins_cell(words, i)
        ]
        if len(found) == 1:
            set_label(probabilities, found[0], _QUANTITY)
            rows[found[0]] = row
            changed = True
    return changed


def part_quantities_from_prices(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> None:
    """In items that show no quantity, of two numbers that were taken for one price ("1 716.90") the first is the quantity where the two make the item's
    amount. ``probabilities`` is changed in place; ``rows`` [n] is the row of each word."""
    best = probabilities.argmax(1)
    inside = rows >= 0
    shown = set(rows[inside & (best == _QUANTITY)].tolist())
    prices: dict[int, list[int]] = {}
    amounts: dict[int, set[Decimal]] = {}
    for i in np.flatnonzero(inside).tolist():
        if best[i] == _PRICE and words.has_digit[i]:
            prices.setdefault(int(rows[i]), []).append(i)
        elif best[i] in _AMOUNTS and (value := first_number(words.texts[i], habit)) is not None:
            amounts.setdefault(int(rows[i]), set()).add(abs(value))
    for row, pair in prices.items():
        if row in shown or len(pair) != 2 or words.line_list[pair[0]] != words.line_list[pair[1]]:
            continue
        first, second = sorted(pair, key=lambda i: words.box_list[i][0])
        quantity, price = (first_number(words.texts[i], habit) for i in (first, second))
        counts = has_cents(words.texts[second]) and not has_cents(words.texts[first])  # "5.00 1" is a price and what it is for
        if counts and quantity and price and abs(quantity * price) in amounts.get(row, ()):
            set_label(probabilities, first, _QUANTITY)
            words.tagged.starts[second] = 1.0


def read_as_the_others(built: Mapping[int, Row], habit: NumberHabit) -> dict[int, Row]:
    """The items, with quantities that may mean thousands or three decimals ("4,750") read as those of the items whose amounts prove theirs, where their own
    amount, nought or none, proves nothing."""
    proven: set[bool] = set()
    open_rows: list[int] = []
    for k, row in built.items():
        text = row.evidence["quantity"].words if "quantity" in row.evidence else ""
        if row.item.quantity is None or other_reading(text, habit) is None:
            continue
        item = row.item
        if (
            item.amount
            and item.unit_price
            and agrees(item.amount, item.quantity or ZERO, item.unit_price, item.discount, item.discount_percent)
        ):
            proven.add(abs(item.quantity or ZERO) >= THOUSAND)
        elif not item.amount or not item.unit_price:
            open_rows.append(k)
    if len(proven) != 1:
        return dict(built)
    in_thousands = proven.pop()
    result = dict(built)
    for k in open_rows:
        item, source = built[k].item, built[k].evidence["quantity"]
        if (abs(item.quantity or ZERO) >= THOUSAND) != in_thousands:
            value = other_reading(source.words, habit)
            evidence = {**built[k].evidence, "quantity": replace(source, set_by=SET_BY_ARITHMETIC)}
            result[k] = Row(replace(item, quantity=value), evidence)
    return result


def _lines_of_items(words: Words, best: NDArray[np.int64], rows: NDArray[np.int32], wanted: list[int]) -> dict[int, list[int]]:
    """The lines of each item that is ``wanted``, and those below its amount up to the next item's, but for lines that several items share."""
    lines: dict[int, set[int]] = {}
    owners: dict[int, set[int]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        lines.setdefault(int(rows[i]), set()).add(words.line_list[i])
        owners.setdefault(words.line_list[i], set()).add(int(rows[i]))
    amounts = sorted(words.line[(rows >= 0) & carries(best, _AMOUNTS)].tolist())
    result: dict[int, list[int]] = {}
    for row in wanted:
        own = lines[row]
        last = max(own)
        k = bisect_right(amounts, last)
        below = range(last + 1, min([*amounts[k : k + 1], last + 1 + LINES_BELOW]))
        page = words.page[words.words_of_line[last][0]]
        result[row] = [
            line
            for line in (*sorted(own), *below)
            if owners.get(line, {row}) == {row} and line in words.words_of_line and words.page[words.words_of_line[line][0]] == page
        ]
    return result


def _begins_cell(words: Words, i: int) -> bool:
    """Whether nothing stands close in front of a word."""
    line = words.words_of_line[words.line_list[i]]
    before = line[: line.index(i)][-1:]
    return not before or words.box_list[i][0] - words.box_list[before[0]][2] > APART_EM * words.size_list[i]
