"""Rows that were read as two: quantity and price in one, the amount that they make in the one before or after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.headed_numbers import makes
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import Words, find_spans

_AMOUNTS = frozenset({"line.net_amount", "line.gross_amount"})
_FACTORS = frozenset({"line.quantity", "line.unit_price"})
_Numbers = Mapping[str, Sequence[Decimal]]  # of one row, by label


def join_parts(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> NDArray[np.int32]:
    """Rows [n] with each row that shows a quantity or price and no amount joined to the one beside it that lacks them, if its amount is their product.
    Where both rows beside it are such, none is."""
    numbers: dict[int, dict[str, list[Decimal]]] = {}
    for span in find_spans(words, probabilities, rows=rows):
        row = int(rows[span.first])
        if row >= 0 and span.label in _AMOUNTS | _FACTORS and (value := first_number(span.text, habit)) is not None:
            numbers.setdefault(row, {}).setdefault(span.label, []).append(value)
    target: dict[int, int] = {}
    taken: set[int] = set()
    for row, own in numbers.items():
        beside = [k for k in (row - 1, row + 1) if k in numbers and k not in taken and _is_whole((own, numbers[k]))]
        if not own.keys() & _AMOUNTS and len(beside) == 1:
            target[row] = beside[0]
            taken.add(beside[0])
    if not target:
        return rows
    return np.array([target.get(row, row) for row in rows.tolist()], np.int32)


def _is_whole(parts: Iterable[_Numbers]) -> bool:
    """Whether the numbers of two rows are one quantity, one price (of 1, 10, 100 or 1000) and the amount that they make."""
    found = [(label, value) for part in parts for label, values in part.items() for value in values]
    if len(found) != 3 or len({label for label, _ in found}) != 3 or not {label for label, _ in found} >= _FACTORS:
        return False
    values = dict(found)
    amount = next(value for label, value in found if label in _AMOUNTS)
    return bool(amount) and makes(values["line.unit_price"], values["line.quantity"], amount)
