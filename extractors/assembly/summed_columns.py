"""Which of several columns of amounts is the one billed: that whose numbers make the printed total.

A bill for work in progress prints the contract's amount, what was done until now and before, and what is due for the period; a carrier prints the base
charge, surcharges and their sum. Only one of these columns adds up to the total.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import agrees
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.total_options import PrintedAmount, has_cents, is_percent, read_amounts

EDGE_PT = 2.0  # numbers of one column share their right edges
FEWEST = 2  # rows from which a column is one
MOST = 0.6  # of the rows show a number in the column; the others have nothing to pay
LIKELY = 0.5  # probability of a total that the column must make
_NET, _GROSS, _PRICE, _QUANTITY = (LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount", "unit_price", "quantity"))
_TAX = LABEL_INDEX["line.tax_amount"]
_NO_AMOUNTS = frozenset(LABEL_INDEX[f"line.{n}"] for n in ("description", "item_code", "position", "unit"))
_NET_TOTAL = LABEL_INDEX["header.net_total"]
_TOTALS = (_NET_TOTAL, LABEL_INDEX["total.line_total"], LABEL_INDEX["header.gross_total"])


def take_column_that_makes_the_total(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> None:
    """In place: where what was taken for the rows' amounts makes none of the printed totals, and the numbers of another column alone do, those are the
    amounts. What shares their lines and was taken for an amount is none, nor is a price or quantity that does not lead to them."""
    best: list[int] = probabilities.argmax(1).tolist()
    lines = {words.line_list[i]: int(rows[i]) for i in np.flatnonzero(rows >= 0).tolist() if best[i] in (_NET, _GROSS)}
    if len(set(lines.values())) < max(FEWEST, len(lines)):  # each row has one line with its amounts
        return
    printed = words.once(read_amounts, habit)
    own = [a for a in printed if words.line_list[a.words[0]] in lines and a.value is not None and not is_percent(words, a.words)]
    columns = list(_columns(words, [a for a in own if best[a.words[-1]] not in _NO_AMOUNTS]))
    totals = _totals(words, probabilities, rows, printed, {_sum(column) for column in columns})
    sums = {label: _sum([a for a in own if best[a.words[-1]] == label]) for label in (_NET, _GROSS)}
    values = {value for value, _ in totals}
    if not totals or sums[_NET] in values or (sums[_GROSS] in values and (sums[_GROSS], True) not in totals):
        return
    found = {
        tuple(column)
        for column in columns
        if len(column) >= max(FEWEST, MOST * len(lines)) and _sum(column) in values and not _repeats(words, column, own, best)
    }
    if len(found) == 1:
        column = found.pop()
        mostly_gross = 2 * sum(best[a.words[-1]] == _GROSS for a in column) > len(column)
        label = _GROSS if mostly_gross and (_sum(column), True) not in totals else _NET
        _take(words, probabilities, rows, lines, own, column, label)


def _take(
    words: Words,
    probabilities: NDArray[np.float32],
    rows: NDArray[np.int32],
    lines: Mapping[int, int],
    own: Sequence[PrintedAmount],
    column: Sequence[PrintedAmount],
    label: int,
) -> None:
    chosen = {words.line_list[a.words[0]]: a for a in column}
    by_line: dict[int, list[PrintedAmount]] = {line: [] for line in lines}
    for a in own:
        by_line[words.line_list[a.words[0]]].append(a)
    best: list[int] = probabilities.argmax(1).tolist()
    others = {line for line, found in by_line.items() if any(best[a.words[-1]] in (_NET, _GROSS) and a != chosen.get(line) for a in found)}
    is_another = 2 * len(others) > len(lines)  # else the column was known, and what kind of amounts it holds was not
    for line, row in lines.items():
        numbers = by_line[line]
        amount = chosen.get(line)
        of = {
            kind: [a.value for a in numbers if best[a.words[-1]] == kind and a is not amount] for kind in (_QUANTITY, _PRICE, _NET, _GROSS)
        }
        amounts = [(amount.value, of[_QUANTITY] or [Decimal(1)])] if amount is not None else []
        amounts += [(value, of[_QUANTITY]) for value in of[_NET] + of[_GROSS]]  # a price with tax makes the amount with tax
        fits = any(agrees(value, q, p, None, None) for value, counts in amounts if value for q in counts for p in of[_PRICE] if q and p)
        counted = any(best[a.words[-1]] == _QUANTITY and not has_cents(a.text) for a in numbers)  # a discount may lie between
        fits = fits or counted or not is_another
        taken = {_NET, _GROSS, _TAX} if fits else {_NET, _GROSS, _TAX, _PRICE}
        for number in numbers:
            for i in number.words:
                if number is amount:
                    set_label(probabilities, i, label)
                    rows[i] = row
                elif best[number.words[-1]] in taken or (not fits and best[i] == _QUANTITY and has_cents(number.text)):
                    set_label(probabilities, i, 0)


def _totals(
    words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], printed: Sequence[PrintedAmount], sums: Collection[Decimal]
) -> set[tuple[Decimal, bool]]:
    """The values of what likely are totals, and whether they are without tax; without those of a line that prints the sums of several columns."""
    by_line: dict[int, set[Decimal]] = {}
    for amount in printed:
        if amount.value is not None and amount.value in sums:
            by_line.setdefault(words.line_list[amount.words[0]], set()).add(amount.value)
    found: set[tuple[Decimal, bool]] = set()
    for amount in printed:
        label = max(_TOTALS, key=lambda k: float(probabilities[amount.words[-1], k]))
        likely = probabilities[amount.words[-1], label] >= LIKELY and rows[amount.words[-1]] < 0
        if amount.value and likely and len(by_line.get(words.line_list[amount.words[0]], ())) < 2:
            found.add((amount.value, label == _NET_TOTAL))
    return found


def _columns(words: Words, numbers: Sequence[PrintedAmount]) -> Iterator[list[PrintedAmount]]:
    """Numbers that share their right edge, one a line."""
    right = {a.words: words.box_list[a.words[-1]][2] for a in numbers}
    left = sorted(numbers, key=lambda a: right[a.words])
    while left:
        column = [a for a in left if right[a.words] - right[left[0].words] <= EDGE_PT]
        left = left[len(column) :]
        if len({words.line_list[a.words[0]] for a in column}) == len(column):
            yield column


def _repeats(words: Words, column: Sequence[PrintedAmount], own: Sequence[PrintedAmount], best: Sequence[int]) -> bool:
    """Whether most numbers of a column stand beside an amount that is the same: prices of one piece make the total too."""
    inside = set(column)
    amounts = {(words.line_list[a.words[0]], a.value) for a in own if best[a.words[-1]] in (_NET, _GROSS) and a not in inside}
    return 2 * sum((words.line_list[a.words[0]], a.value) in amounts for a in column) > len(column)


def _sum(numbers: Sequence[PrintedAmount]) -> Decimal:
    return sum((a.value or Decimal(0) for a in numbers), Decimal(0))
