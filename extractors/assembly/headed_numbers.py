"""Quantities and prices that the heading of their column, or the label before them, names where the network took them for something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.line_items import agrees, first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, set_label, whole_number

_QUANTITY = LABEL_INDEX["line.quantity"]
_PRICE = LABEL_INDEX["line.unit_price"]
_NAME_OF = {_QUANTITY: "quantity", _PRICE: "unit_price"}
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]
_MISTAKEN_FOR = {  # what quantities and prices are taken for
    _QUANTITY: frozenset({0, *(LABEL_INDEX[f"line.{n}"] for n in ("unit_price", "position", "note", "discount"))}),
    _PRICE: frozenset({0, LABEL_INDEX["line.note"]}),
}
_PLAIN_NUMBER = {
    _QUANTITY: re.compile(r"^[-−–]?\d{1,6}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$"),  # a unit may be glued to it
    # a label and a sign of the currency may be glued to it
    _PRICE: re.compile(r"^(?:[^\d:]*:)?[^\w\s]?[-−–]?(?:\d{1,3}(?:[.,'’]\d{3})+|\d{1,7})(?:[.,]\d{1,4})?[^\w\s]?$"),
}
_GROUP = re.compile(r"\d{1,3}$")
BESIDE_EM = 0.5  # a number reaches no further beyond its heading


def take_numbers_under_headings(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit
) -> None:
    """In rows [n] that show an amount but no quantity, the only number below a heading such as "Qty" becomes the quantity, a price only where the
    heading stands directly above or in front of it. So does what is called a price in rows that show none: a list price is the price where no other is
    printed, unless quantity and amount tell otherwise. ``probabilities`` and ``rows`` are changed in place."""
    for label in (_QUANTITY, _PRICE):
        best = probabilities.argmax(1)
        inside = rows >= 0
        without = sorted(set(rows[inside & np.isin(best, _AMOUNTS)].tolist()) - set(rows[inside & (best == label)].tolist()))
        if not without:
            continue
        name = _NAME_OF[label]
        headings = [piece for piece in captions.pieces if match("column", piece.text, whole=True) == name]
        lines = sorted({words.line_list[i] for i in np.flatnonzero(inside & np.isin(rows, without)).tolist()})
        named = [
            i
            for line in lines
            for i in words.words_of_line[line]
            if best[i] in _MISTAKEN_FOR[label]
            and (rows[i] == -1 or rows[i] in without)
            and _PLAIN_NUMBER[label].match(words.texts[i])
            and (
                name in (captions.over("column", i), match("column", captions.before(i), whole=True))
                if best[i] == _PRICE
                else _is_named(words, captions, i, name, headings if label == _QUANTITY else ())
            )
        ]
        if label == _PRICE:
            named = _that_fit(words, named, best, rows, habit)
        for row, i in _row_of_each(words, named, rows, without):
            for k in _with_groups(words, i) if label == _PRICE else [i]:
                set_label(probabilities, k, label)
                rows[k] = row


def _row_of_each(words: Words, named: Sequence[int], rows: NDArray[np.int32], without: Sequence[int]) -> list[tuple[int, int]]:
    """Row and word of the numbers that are the only one of their row. As many numbers as rows, each on a line of its own, follow the rows' order."""
    if len(named) == len(without) and len({words.line_list[i] for i in named}) == len(named):
        return list(zip(without, named, strict=True))
    rows_of_line: dict[int, set[int]] = {}
    for i in np.flatnonzero(np.isin(rows, without)).tolist():
        rows_of_line.setdefault(words.line_list[i], set()).add(int(rows[i]))
    found: dict[int, list[int]] = {}
    for i in named:
        for row in [int(rows[i])] if rows[i] >= 0 else sorted(rows_of_line[words.line_list[i]]):
            found.setdefault(row, []).append(i)
    return [(row, members[0]) for row, members in found.items() if len(members) == 1]


def _that_fit(words: Words, prices: Sequence[int], best: NDArray[np.int64], rows: NDArray[np.int32], habit: NumberHabit) -> list[int]:
    """Of the prices, each for one unit or for 10, 100 or 1000, those that make the amount of their row with its quantity, or whose row shows
    only one of them."""
    values: dict[tuple[int, bool], set[Decimal]] = {}
    for i in np.flatnonzero((rows >= 0) & np.isin(best, [_QUANTITY, *_AMOUNTS])).tolist():
        value = first_number(words.texts[i], habit)
        if value is not None:
            values.setdefault((int(rows[i]), bool(best[i] == _QUANTITY)), set()).add(value)
    found: list[int] = []
    for i in prices:
        price = first_number(" ".join(words.texts[k] for k in _with_groups(words, i)), habit)
        quantities, amounts = (values.get((int(rows[i]), counted), set()) for counted in (True, False))
        pairs = [(q, a) for q in quantities for a in amounts]
        if price is not None and (not pairs or any(agrees(a, q, price.scaleb(-base), None, None) for q, a in pairs for base in range(4))):
            found.append(i)
    return found


def _is_named(words: Words, captions: Captions, i: int, name: str, headings: Iterable[Piece]) -> bool:
    """Whether the label in front of a number, the heading directly above it or one of the ``headings`` further above calls it ``name``."""
    if match("column", captions.before(i), whole=True) == name or captions.over("column", i) == name:
        return True
    x0, y0, x1, _ = words.box_list[i]
    reach = BESIDE_EM * words.size_list[i]
    return any(
        piece.page == words.page[i] and piece.box[3] < y0 + reach and x0 >= piece.box[0] - reach and x1 <= piece.box[2] + reach
        for piece in headings
    )


def _with_groups(words: Words, i: int) -> list[int]:
    """A number with the groups of digits in front of it."""
    return whole_number(words, i, lambda k: _GROUP.match(words.texts[k]) is not None)
