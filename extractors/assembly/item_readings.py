"""How the numbers of an item are read: with the sign that stands beside them, and for how many units a price is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.numbers import MINUS
from extractors.assembly.spans import LABEL_INDEX, Span, Words, groups_touch, make_span

CREDIT = "CR"  # behind an amount that is credited
CREDIT_GAP_EM = 1.5
ONE = (1,)
UNIT_LETTERS = {"C": 100, "M": 1000}  # behind a price of American dealers
UNITS_OF_PRICE = {"100": 100, "1000": 1000, "1.000": 1000, "1,000": 1000, "1'000": 1000}
WORDS_BEHIND = 4  # a price, among which the number of its units is looked for
_MINUS_AND_UNIT = re.compile(r"^\d[\d.,'’ ]*[-–−]\s?[^\W\d_]")
_COUNTED = frozenset(LABEL_INDEX[f"line.{name}"] for name in ("quantity", "net_amount", "gross_amount", "tax_rate", "discount"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a field: its value, its words and how likely the network finds it."""

    value: Decimal | None
    span: Span | None
    probability: float


def take_minus_of_quantity(words: Words, probabilities: NDArray[np.float32], picked: dict[str, Reading], amount_name: str) -> None:
    """A minus that stands apart in front of a quantity, or behind it with the unit glued to it ("2-pcs"), is its sign where the amount has one and the price
    has none; in place."""
    quantity, price, amount = (picked.get(name) for name in ("quantity", "unit_price", amount_name))
    if quantity is None or quantity.span is None or amount is None or not (quantity.value or 0) > 0 or not (amount.value or 0) < 0:
        return
    if price is not None and amount.span is not None and CREDIT in amount.span.text:
        return  # what is credited is so many pieces at such a price
    line = words.words_of_line[words.line_list[quantity.span.first]]
    before = line[line.index(quantity.span.first) - 1 : line.index(quantity.span.first)]
    beside = bool(before) and words.texts[before[0]] in MINUS and groups_touch(words, before[0], quantity.span.first)
    behind = _MINUS_AND_UNIT.match(quantity.span.text) is not None
    if (beside or behind) and quantity.value is not None and (price is None or (price.value or 0) >= 0):
        span = make_span(words, quantity.span.label, (*(before if beside else ()), *quantity.span.words), probabilities)
        picked["quantity"] = Reading(-quantity.value, span, quantity.probability)


def take_credit_marks(words: Words, probabilities: NDArray[np.float32], picked: dict[str, Reading]) -> None:
    """An amount with "CR" behind it is negative; in place."""
    for name in ("net_amount", "gross_amount"):
        reading = picked.get(name)
        if reading is None or reading.span is None or not (reading.value or 0) > 0:
            continue
        last = reading.span.words[-1]
        line = words.words_of_line[words.line_list[last]]
        after = next(iter(line[line.index(last) + 1 :]), None)
        near = after is not None and words.box_list[after][0] - words.box_list[last][2] < CREDIT_GAP_EM * words.size_list[last]
        apart = (after,) if after is not None and near and words.texts[after] == CREDIT else ()
        if reading.value is not None and (apart or words.texts[last].endswith(CREDIT)):
            span = make_span(words, reading.span.label, (*reading.span.words, *apart), probabilities)
            picked[name] = Reading(-reading.value, span, reading.probability)


def units_of_price(words: Words, probabilities: NDArray[np.float32], price: Reading | None) -> tuple[int, ...]:
    """For how many units a price may be: one, or what its line prints behind it ("94.20 / 1000", "22,72 100", "612.40 M")."""
    if price is None or price.span is None:
        return ONE
    line = words.words_of_line[words.line_list[price.span.words[-1]]]
    behind = line[line.index(price.span.words[-1]) + 1 :][:WORDS_BEHIND]
    numbers = (words.texts[i].strip("/()") for i in behind if int(probabilities[i].argmax()) not in _COUNTED)
    letters = [UNIT_LETTERS[words.texts[i]] for i in behind[:1] if words.texts[i] in UNIT_LETTERS]
    return (*ONE, *dict.fromkeys([*letters, *(UNITS_OF_PRICE[text] for text in numbers if text in UNITS_OF_PRICE)]))
