"""Quantities that the heading of their column names where the network took them for something else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.spans import LABEL_INDEX, Words, set_label

_QUANTITY = LABEL_INDEX["line.quantity"]
_PRICE = LABEL_INDEX["line.unit_price"]
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]
_MISTAKEN = frozenset({0, *(LABEL_INDEX[f"line.{n}"] for n in ("unit_price", "position", "note", "discount"))})
_PLAIN_NUMBER = re.compile(r"^[-−–]?\d{1,6}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$")  # a unit may be glued to it
BESIDE_EM = 0.5  # a number reaches no further beyond its heading


def take_quantities_under_headings(words: Words, captions: Captions, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """In rows [n] that show an amount but no quantity, the only number below a heading such as "Qty" becomes the quantity, a price only where the
    heading stands directly above it; ``probabilities`` and ``rows`` are changed in place."""
    best = probabilities.argmax(1)
    inside = rows >= 0
    without = set(rows[inside & np.isin(best, _AMOUNTS)].tolist()) - set(rows[inside & (best == _QUANTITY)].tolist())
    headings = [piece for piece in captions.pieces if match("column", piece.text, whole=True) == "quantity"] if without else []
    if not headings:
        return
    lines_of: dict[int, set[int]] = {}
    for i in np.flatnonzero(inside & np.isin(rows, sorted(without))).tolist():
        lines_of.setdefault(int(rows[i]), set()).add(words.line_list[i])
    for row, lines in lines_of.items():
        numbers = [
            i for line in sorted(lines) for i in words.words_of_line[line] if best[i] in _MISTAKEN and _PLAIN_NUMBER.match(words.texts[i])
        ]
        named = [
            i
            for i in numbers
            if rows[i] in (-1, row)
            and (
                captions.over("column", i) == "quantity" if best[i] == _PRICE else _is_under(words, i, headings) or _is_behind(captions, i)
            )
        ]
        if len(named) == 1:
            set_label(probabilities, named[0], _QUANTITY)
            rows[named[0]] = row


def _is_behind(captions: Captions, i: int) -> bool:
    """Whether what stands in front of a number is the heading: rows that are printed as a list of labels and values."""
    return match("column", captions.before(i), whole=True) == "quantity"


def _is_under(words: Words, i: int, headings: Iterable[Piece]) -> bool:
    x0, y0, x1, _ = words.box_list[i]
    reach = BESIDE_EM * words.size_list[i]
    return any(
        piece.page == words.page[i] and piece.box[3] < y0 + reach and x0 >= piece.box[0] - reach and x1 <= piece.box[2] + reach
        for piece in headings
    )
