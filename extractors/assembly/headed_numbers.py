"""Quantities and prices that the heading of their column, or the label before them, names where the network took them for something else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.line_items import agrees, first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, carries, set_label, whole_number
from extractors.assembly.total_options import printed_amounts

_QUANTITY = LABEL_INDEX["line.quantity"]
_PRICE = LABEL_INDEX["line.unit_price"]
_NAME_OF = {_QUANTITY: "quantity", _PRICE: "unit_price"}
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]
_MISTAKEN_FOR = {  # what quantities and prices are taken for
    _QUANTITY: frozenset({0, *(LABEL_INDEX[f"line.{n}"] for n in ("unit_price", "position", "note", "discount"))}),
    _PRICE: frozenset({0, LABEL_INDEX["line.note"]}),
}
_TOTALS = frozenset(LABEL_INDEX[n] for n in ("header.net_total", "header.gross_total", "total.line_total"))
_PLAIN_NUMBER = {
    _QUANTITY: re.compile(r"^[-−–]?\d{1,6}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$"),  # a unit may be glued to it
    # a label and a sign of the currency may be glued to it
    _PRICE: re.compile(r"^(?:[^\d:]*:)?[^\w\s]?[-−–]?(?:\d{1,3}(?:[.,'’]\d{3})+|\d{1,7})(?:[.,]\d{1,4})?[^\w\s]?$"),
}
_GROUP = re.compile(r"\d{1,3}$")
HALF = Decimal("0.5")
BESIDE_EM = 0.5  # a number reaches no further beyond its heading
SURE = 0.9  # probability from which a price is one, whatever stands above it
UNCLAIMED = 0.5  # probability of its likeliest label below which a number may be anything but an amount
LONGEST_LABEL = 3  # words above a number that may be a label of its own
LINES_BELOW = 3  # of an item, in which a label in front of a number or above it speaks for it


def take_numbers_under_headings(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit
) -> None:
    """In rows [n] that show an amount but no quantity, the only number below a heading such as "Qty" becomes the quantity, a price only where the
    heading stands directly above or in front of it. So does what is called a price in rows that show none: a list price is the price where no other is
    printed, unless quantity and amount tell otherwise. ``probabilities`` and ``rows`` are changed in place."""
    for label in (_QUANTITY, _PRICE):
        best = probabilities.argmax(1)
        inside = rows >= 0
        without = sorted(set(rows[inside & carries(best, _AMOUNTS)].tolist()) - set(rows[inside & (best == label)].tolist()))
        if not without:
            continue
        name = _NAME_OF[label]
        headings = [piece for piece in captions.pieces if match("column", piece.text, whole=True) == name]
        rows_of_line, below = _lines_of_rows(words, rows, without)
        named = [
            i
            for line in sorted({*rows_of_line, *below})
            for i in words.words_of_line[line]
            if _may_be(label, int(best[i]), float(probabilities[i].max()))
            and (best[i] != _PRICE or probabilities[i, _PRICE] < SURE)
            and (rows[i] == -1 or rows[i] in without)
            and _PLAIN_NUMBER[label].match(words.texts[i])
            and (
                name in (_heading(captions, i), match("column", captions.before(i), whole=True))
                if best[i] == _PRICE
                else _is_named(words, captions, i, name, headings if label == _QUANTITY and line in rows_of_line else ())
            )
        ]
        rows_of_line |= below
        pairs = (
            _prices_of_rows(words, named, best, rows, habit, rows_of_line, without)
            if label == _PRICE
            else [(row, i) for i in named for row in ([int(rows[i])] if rows[i] >= 0 else sorted(rows_of_line[words.line_list[i]]))]
        )
        for row, i in _one_of_each(words, named, pairs, without):
            for k in _with_groups(words, i) if label == _PRICE else [i]:
                set_label(probabilities, k, label)
                rows[k] = row


def _may_be(label: int, taken_for: int, probability: float) -> bool:
    """Whether a number may be another one than it was taken for. A price may be taken for a total or half for an amount: what it makes tells."""
    if taken_for in _AMOUNTS or (label == _PRICE and taken_for in _TOTALS):
        return label == _PRICE and (taken_for in _TOTALS or probability < UNCLAIMED)
    return taken_for in _MISTAKEN_FOR[label] or probability < UNCLAIMED


def _lines_of_rows(
    words: Words, rows: NDArray[np.int32], without: Sequence[int]
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """The rows among ``without`` on each line, and for the lines of no row that follow closely on one of theirs that row."""
    own: dict[int, set[int]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        own.setdefault(words.line_list[i], set()).add(int(rows[i]))
    on_line = {line: frozenset(found & set(without)) for line, found in own.items()}
    below: dict[int, frozenset[int]] = {}
    for line in sorted(own):
        for k in range(line + 1, line + 1 + LINES_BELOW):
            if (
                k in own
                or k not in words.words_of_line
                or words.page[words.words_of_line[k][0]] != words.page[words.words_of_line[line][0]]
            ):
                break
            below[k] = on_line[line]
    return {line: found for line, found in on_line.items() if found}, {line: found for line, found in below.items() if found}


def _one_of_each(words: Words, named: Sequence[int], pairs: Sequence[tuple[int, int]], without: Sequence[int]) -> list[tuple[int, int]]:
    """Row and word of the numbers that are the only one of their row. As many numbers as rows, each on a line of its own, follow the rows' order."""
    found: dict[int, list[int]] = {}
    for row, i in pairs:
        found.setdefault(row, []).append(i)
    fitting = {i for _, i in pairs}
    in_order = [i for i in named if i in fitting]
    if len(in_order) == len(without) and len({words.line_list[i] for i in in_order}) == len(in_order):
        return list(zip(without, in_order, strict=True))
    return [(row, members[0]) for row, members in found.items() if len(members) == 1]


def _prices_of_rows(
    words: Words,
    prices: Sequence[int],
    best: NDArray[np.int64],
    rows: NDArray[np.int32],
    habit: NumberHabit,
    rows_of_line: Mapping[int, frozenset[int]],
    without: Sequence[int],
) -> list[tuple[int, int]]:
    """Row and word of the prices, each for one unit or for 10, 100 or 1000, that make the amount of their row, or of the one before or after it, with its
    quantity, or whose row shows only one of them."""
    values = _quantities_and_amounts(words, best, rows, habit)
    found: list[tuple[int, int]] = []
    for i in prices:
        price = first_number(" ".join(words.texts[k] for k in _with_groups(words, i)), habit)
        if price is None:
            continue
        own = [int(rows[i])] if rows[i] >= 0 else sorted(rows_of_line[words.line_list[i]])
        near = [row + step for row in own for step in (-1, 1) if row + step in without and row + step not in own]
        told = best[i] in _TOTALS or best[i] in _AMOUNTS
        itself = {price} if best[i] in _AMOUNTS else set[Decimal]()  # a row keeps another amount
        fitting = [
            row for row in (*own, *near) if any(makes(price, q, a) for q, a in product(values[row, True], values[row, False] - itself))
        ]
        unproven = [row for row in own if not told and (not values[row, True] or not values[row, False])]
        found += [(row, i) for row in fitting[:1] or unproven]
    return found


def _quantities_and_amounts(
    words: Words, best: NDArray[np.int64], rows: NDArray[np.int32], habit: NumberHabit
) -> defaultdict[tuple[int, bool], set[Decimal]]:
    """The values of each row that are its quantity (True) or its amounts (False)."""
    values: defaultdict[tuple[int, bool], set[Decimal]] = defaultdict(set)
    inside = set(np.flatnonzero((rows >= 0) & carries(best, [_QUANTITY, *_AMOUNTS])).tolist())
    grouped = [run for run in printed_amounts(words) if len(run) > 1 and inside.issuperset(run)]
    single = [(i,) for i in sorted(inside.difference(*grouped))]
    for run in (*grouped, *single):
        value = first_number(" ".join(words.texts[i] for i in run), habit)
        if value is not None:
            values[int(rows[run[-1]]), bool(best[run[-1]] == _QUANTITY)].add(value)
    return values


def makes(price: Decimal, quantity: Decimal, amount: Decimal) -> bool:
    """Whether the price of 1, 10, 100 or 1000 makes the amount, which may be rounded to whole units."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= 0 and abs(abs(quantity * price) - abs(amount)) <= HALF:
        return True
    return any(agrees(amount, quantity, price.scaleb(-base), None, None) for base in range(4))


def _is_named(words: Words, captions: Captions, i: int, name: str, headings: Iterable[Piece]) -> bool:
    """Whether the label in front of a number, the heading directly above it or one of the ``headings`` further above calls it ``name``."""
    heading = _heading(captions, i)
    if match("column", captions.before(i), whole=True) == name or heading == name:
        return True
    label = next(iter(captions.above(i)), "")
    is_label = label.replace(" ", "").isalpha() and len(label.split()) <= LONGEST_LABEL
    if heading == "unit_price" or (is_label and match("column", label, whole=True) is None):
        return False  # "Price per" above "piece"; a label of its own
    x0, y0, x1, _ = words.box_list[i]
    reach = BESIDE_EM * words.size_list[i]
    return any(
        piece.page == words.page[i] and piece.box[3] < y0 + reach and x0 >= piece.box[0] - reach and x1 <= piece.box[2] + reach
        for piece in headings
    )


def _heading(captions: Captions, i: int) -> str | None:
    """What the heading directly above a number calls it; one of two lines is read as a whole first, also where it is broken within a word."""
    lines = captions.above(i)
    if len(lines) == 2 and not any(map(str.isdigit, "".join(lines))):
        below, above = lines
        whole = next((kind for text in (f"{above} {below}", above + below) if (kind := match("column", text, whole=True))), None)
        if whole is not None:
            return whole
    return captions.over("column", i)


def _with_groups(words: Words, i: int) -> list[int]:
    """A number with the groups of digits in front of it."""
    return whole_number(words, i, lambda k: _GROUP.match(words.texts[k]) is not None)
