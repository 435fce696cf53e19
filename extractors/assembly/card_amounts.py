"""Amounts of items whose values stand each behind or under a label of its own: the last one before the totals is easily taken for a total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.captions import Captions
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.total_options import has_cents, printed_amounts

LINES_ABOVE = 8  # in which the item's name stands
LEAST = 2  # amounts of items that have the label
NAMED = 0.6  # probability from which a word surely names an item
_NAME = LABEL_INDEX["line.description"]
_AMOUNTS = (LABEL_INDEX["line.net_amount"], LABEL_INDEX["line.gross_amount"])
_TAKEN_FOR = frozenset(
    {0, LABEL_INDEX["line.note"], LABEL_INDEX["line.tax_amount"], LABEL_INDEX["total.line_total"]}
    | {LABEL_INDEX[f"header.{name}"] for name in ("net_total", "tax_total", "gross_total", "amount_due")}
    | {LABEL_INDEX[f"tax.{name}"] for name in ("taxable_amount", "tax_amount")}
    | {LABEL_INDEX[f"adjustment.{name}"] for name in ("charge", "allowance")}
)


def take_amounts_of_cards(words: Words, captions: Captions, probabilities: NDArray[np.float32]) -> None:
    """A number that was taken for a total, or for nothing, becomes an item's amount where its label is that of other items' amounts, and the nearest item
    above it has none. ``probabilities`` [n, 1 + fields] is changed in place."""
    best = probabilities.argmax(1)
    runs = printed_amounts(words)
    known = [(_label(captions, run[0]), int(best[run[-1]])) for run in runs if best[run[-1]] in _AMOUNTS]
    labelled = Counter(label for label, _ in known if label)
    if not labelled or labelled.most_common(1)[0][1] < LEAST:
        return
    in_cents = all(has_cents(words.texts[run[-1]]) for run in runs if best[run[-1]] in _AMOUNTS)
    for run in runs:
        if in_cents and not has_cents(words.texts[run[-1]]):
            continue
        if best[run[-1]] not in _TAKEN_FOR or labelled[label := _label(captions, run[0])] < LEAST or not label:
            continue
        if _lacks_its_amount(words, probabilities, best, run):
            kind = Counter(found for other, found in known if other == label).most_common(1)[0][0]
            for i in run:
                set_label(probabilities, i, kind)
            best[list(run)] = kind


def _label(captions: Captions, first: int) -> str:
    """The text in front of a number or, where another value stands there, directly above it, if it holds letters; empty where there is none."""
    before = captions.before(first)
    if _is_label(before):
        return before
    above = next(iter(captions.above(first)), "")
    return above if _is_label(above) else ""


def _is_label(text: str) -> bool:
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _lacks_its_amount(words: Words, probabilities: NDArray[np.float32], best: NDArray[np.int64], run: Sequence[int]) -> bool:
    """Whether the lines above a number lead to the name of an item and to no amount of one."""
    own = words.line_list[run[0]]
    for line in range(own, own - LINES_ABOVE - 1, -1):
        members = [k for k in words.words_of_line.get(line, ()) if words.page[k] == words.page[run[0]]]
        if any(best[k] in _AMOUNTS for k in members):
            return False
        if any(best[k] == _NAME and probabilities[k, _NAME] >= NAMED for k in members):
            return True
    return False
