"""Codes in square brackets before a name, as shop systems print them ("[A-113] Desk"): the seller's code, whatever else they look like."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.spans import LABEL_INDEX, Words, set_label

_NAME, _CODE = LABEL_INDEX["line.description"], LABEL_INDEX["line.item_code"]
_BRACKETED = re.compile(r"^\[(?=[^\]]*\d)[\w./-]{2,}\]$")
NAMED = 0.5  # probability of the following word to be part of a name
GAP_EM = 1.5


def mark_bracketed_codes(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: a bracketed code directly before a word that names an item is an item code. ``probabilities`` [n, 1 + fields]."""
    boxes, lines, sizes = words.box_list, words.line_list, words.size_list
    for i, following in pairwise(words.reading_order.tolist()):
        if (
            _BRACKETED.match(words.texts[i])
            and lines[i] == lines[following]
            and boxes[following][0] - boxes[i][2] <= GAP_EM * sizes[i]
            and probabilities[following, _NAME] > NAMED
            and probabilities[i, _CODE] < NAMED
        ):
            set_label(probabilities, i, _CODE)
