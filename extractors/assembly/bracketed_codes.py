"""Codes in square brackets before a name, as shop systems print them ("[A-113] Desk"): the seller's code, whatever else they look like."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.spans import LABEL_INDEX, Words, set_label

_NAME, _CODE = LABEL_INDEX["line.description"], LABEL_INDEX["line.item_code"]
_BRACKETED = re.compile(r"^\[(?=[^\]]*\d)[\w./-]{2,}(?: [\w./-]+){0,3}\]$")
LONGEST = 4  # words of a code
NAMED = 0.5  # probability of the following word to be part of a name
GAP_EM = 1.5
BELOW_EM = 1.0  # a name in the next line begins no further below the code, and where it begins
EDGE_PT = 2.0


def mark_bracketed_codes(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: a bracketed code directly before a word that names an item, or alone over it, is an item code. ``probabilities`` [n, 1 + fields]."""
    for code, following in words.once(_codes):
        beside = bool(following) and words.box_list[following[0]][0] - words.box_list[code[-1]][2] <= GAP_EM * words.size_list[code[0]]
        named = probabilities[following[0], _NAME] > NAMED if beside else _is_over_a_name(words, probabilities, code)
        if named:
            for j in code:
                if probabilities[j, _CODE] < NAMED:
                    set_label(probabilities, j, _CODE)


def _codes(words: Words) -> list[tuple[list[int], list[int]]]:
    """Every bracketed code, and the word behind it where one stands there."""
    found: list[tuple[list[int], list[int]]] = []
    for members in words.words_of_line.values():
        for k, i in enumerate(members):
            code = bracketed_code(words, members[k : k + LONGEST]) if words.texts[i].startswith("[") else []
            if code:
                found.append((code, members[k + len(code) : k + len(code) + 1]))
    return found


def bracketed_code(words: Words, members: list[int]) -> list[int]:
    """The first of the words that are together a bracketed code; none where there is no such code."""
    for count in range(1, len(members) + 1):
        if words.texts[members[count - 1]].endswith("]"):
            text = " ".join(words.texts[j] for j in members[:count])
            return members[:count] if _BRACKETED.match(text) else []
    return []


def _is_over_a_name(words: Words, probabilities: NDArray[np.float32], code: list[int]) -> bool:
    x0, _, _, bottom = words.box_list[code[0]]
    return any(
        abs(words.box_list[j][0] - x0) <= EDGE_PT
        and words.box_list[j][1] - bottom < BELOW_EM * words.size_list[code[0]]
        and probabilities[j, _NAME] > NAMED
        and words.page[j] == words.page[code[0]]
        for j in words.words_of_line.get(words.line_list[code[0]] + 1, ())
    )
