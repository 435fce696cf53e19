"""Prices that are worked out in their column: the list price, below it what is taken off, and below that the net price."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.numbers import NumberHabit, parse_number
from extractors.assembly.spans import Span, Words, make_span

LINES_BELOW = 3  # in which the net price stands
EDGE_PT = 1.5
_MONEY = re.compile(r"^[^\w]*\d[\d.,'’]*[.,]\d{2,4}[^\w]*$")


def net_price_below(words: Words, probabilities: NDArray[np.float32], price: Span, habit: NumberHabit) -> Span | None:
    """The last of three numbers one below the other, right edges aligned, that begin with ``price``: it must be printed behind an equals sign and be what
    the second leaves of the first. None where nothing of the kind stands there."""
    edge, last = words.box_list[price.words[-1]][2], words.line_list[price.words[-1]]
    below: list[int] = []
    for line in range(last + 1, last + 1 + LINES_BELOW):
        members = words.words_of_line.get(line, ())
        below += [
            i
            for i in members
            if abs(words.box_list[i][2] - edge) <= EDGE_PT and words.page[i] == price.page and _MONEY.match(words.texts[i])
        ]
    if len(below) < 2:
        return None
    whole, off, left = (parse_number(text, habit) for text in (price.text, words.texts[below[0]], words.texts[below[1]]))
    if whole is None or not off or left is None or left not in (whole - abs(off), whole + abs(off)) or not _follows_equals(words, below[1]):
        return None
    return make_span(words, "line.unit_price", [below[1]], probabilities)


def _follows_equals(words: Words, i: int) -> bool:
    line = words.words_of_line[words.line_list[i]]
    k = line.index(i)
    return words.texts[i].startswith("=") or (k > 0 and words.texts[line[k - 1]] == "=")
