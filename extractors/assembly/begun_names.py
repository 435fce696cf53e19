"""Names that the network only begins: it ends them as notes, or as the percentage of an allowance."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.name_pieces import NAME, NOTE, runs
from extractors.assembly.spans import LABEL_INDEX, Words, set_label

BEGINS = 0.5  # probability from which a text begins as a name
_CURRENCY = LABEL_INDEX["header.currency"]
_DISCOUNT = LABEL_INDEX["line.discount"]
_COUNTED = frozenset(LABEL_INDEX[f"line.{name}"] for name in ("quantity", "unit_price", "unit"))
_REFERENCE = re.compile(r"\d{3}|[:;]$|^[-–—/*·•|]$")  # a long number, the end of a label, a mark between parts


def finish_begun_names(words: Words, own: NDArray[np.float32], probabilities: NDArray[np.float32]) -> None:
    """In place: the words of a run that the network takes for names and notes, of which the first is a name, all name. ``own`` [n, 1 + fields] are the
    network's probabilities of each word by itself, ``probabilities`` those after the words of a text agreed."""
    labels: list[int] = own.argmax(1).tolist()
    agreed: list[int] = probabilities.argmax(1).tolist()
    shares: list[float] = own[:, NAME].tolist()
    for line in sorted({words.line_list[i] for i in np.flatnonzero((own[:, NAME] >= BEGINS) & (own.argmax(1) == NAME)).tolist()}):
        for run in runs(words, words.words_of_line[line]):
            texts = [words.texts[i] for i in run]
            if (
                shares[run[0]] >= BEGINS
                and all(labels[i] in (NAME, NOTE) for i in run)
                and any(agreed[i] == NOTE for i in run)
                and not any(_REFERENCE.search(text) for text in texts)
            ):
                for i in run:
                    set_label(probabilities, i, NAME)


def begin_names_with_currencies(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: the word of a currency that begins a text, and that an item's name follows in it, is part of the name ("Euro 95 E10")."""
    best: list[int] = probabilities.argmax(1).tolist()
    for i in np.flatnonzero(probabilities.argmax(1) == _CURRENCY).tolist():
        if not words.texts[i].isalpha() or words.texts[i].isupper():
            continue
        run = next(run for run in runs(words, words.words_of_line[words.line_list[i]]) if i in run)
        if run[0] == i and len(run) > 1 and all(best[k] == NAME for k in run[1:]):
            set_label(probabilities, i, NAME)


def finish_names_of_allowances(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """In place: a percentage directly behind the name of an item is a part of it ("Discount 5 %") where the item shows neither quantity nor price: there is
    nothing that it could be taken off. ``rows`` [n] is the row of each word, -1 for none."""
    best: list[int] = probabilities.argmax(1).tolist()
    counted = {int(rows[i]) for i in np.flatnonzero(rows >= 0).tolist() if best[i] in _COUNTED}
    for line in sorted(
        {words.line_list[i] for i in np.flatnonzero(rows >= 0).tolist() if best[i] == _DISCOUNT and int(rows[i]) not in counted}
    ):
        for run in runs(words, words.words_of_line[line]):
            behind = next((k for k, i in enumerate(run) if best[i] != NAME), len(run))
            rest = run[behind:]
            row = int(rows[run[0]])
            percent = all(best[i] == _DISCOUNT and rows[i] == row for i in rest) and "%" in words.texts[run[-1]]
            if behind and rest and row not in counted and percent:
                for i in rest:
                    set_label(probabilities, i, NAME)
