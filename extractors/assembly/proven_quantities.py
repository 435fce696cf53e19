"""Quantities that the rest of the table tells of: in front of a price, or read as those of the other items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import SET_BY_ARITHMETIC, Row, agrees, first_number
from extractors.assembly.numbers import NumberHabit, other_reading
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.total_options import has_cents

ZERO, THOUSAND = Decimal(0), Decimal(1000)
_QUANTITY = LABEL_INDEX["line.quantity"]
_PRICE = LABEL_INDEX["line.unit_price"]
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]


def part_quantities_from_prices(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> None:
    """In items that show no quantity, of two numbers that were taken for one price ("1 348.20") the first is the quantity where the two make the item's
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
    """The items, with quantities that may mean thousands or three decimals ("6,250") read as those of the items whose amounts prove theirs, where their own
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
