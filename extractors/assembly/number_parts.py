"""The parts of a number that is printed in several words: "F-77120 / 3", "26 / 7719 / EXP", "R 2026/04 - 1193"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.spans import Span, Words

GAP_EM = 0.8  # between the parts of a number and what joins them
TOLD = 0.3  # probability from which the network takes a part for one of the number
LONGEST_LABEL = 3  # words
MOST_PARTS = 3  # on each side of the number
_SLASH = "/"
_DASHES = frozenset({"-", "–"})
_PART = re.compile(r"[A-Z\d][A-Z\d./-]{0,11}$")
_LETTERS = re.compile(r"[A-Z]{1,4}$")
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}[./-]\d{2}[./-]\d{2}\.?|\d{1,2}[./-][^\W\d]{3}[./-]\d{2,4}")


def may_be_a_label(text: str) -> bool:
    """Whether a text (`plain`) in front of a number may say what it is: some words without a number among them, as an address has one."""
    return 0 < len(text.split()) <= LONGEST_LABEL and not any(c.isdigit() for c in text)


def parts_around(words: Words, probabilities: NDArray[np.float32], span: Span, column: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The words, in printed order, that belong to a number in front of ``span`` and behind it: each beyond a slash or a dash that stands alone. Behind a
    slash letters at the end of a text ("/ EXP") need not be told by the network; a number may be another one ("invoice no. / customer no.")."""
    line = words.words_of_line[span.line]
    if words.line_list[span.words[-1]] != span.line:
        return (), ()
    behind = line[line.index(span.words[-1]) + 1 :]
    before = line[: line.index(span.first)][::-1]
    likely: list[float] = probabilities[:, column].tolist()
    return tuple(_parts(words, likely, span.first, before, forward=False)[::-1]), tuple(
        _parts(words, likely, span.words[-1], behind, forward=True)
    )


def _parts(words: Words, likely: Sequence[float], last: int, rest: Sequence[int], *, forward: bool) -> list[int]:
    members: list[int] = []
    for k in range(0, min(len(rest) - 1, 2 * MOST_PARTS), 2):
        joint, part = rest[k], rest[k + 1]
        mark, text = words.texts[joint], words.texts[part]
        if not (mark == _SLASH or mark in _DASHES) or not (_beside(words, last, joint) and _beside(words, joint, part)):
            break
        ends = k + 2 == len(rest) or not _beside(words, part, rest[k + 2])
        untold = forward and mark == _SLASH and ends and _LETTERS.match(text) is not None
        if not _PART.match(text) or DATE.fullmatch(text) or not (likely[part] >= TOLD or untold):
            break
        members += [joint, part]
        last = part
    return members


def _beside(words: Words, left: int, right: int) -> bool:
    """Whether two words of a line stand no further apart than words of a text do."""
    left, right = min(left, right), max(left, right)
    return words.box_list[right][0] - words.box_list[left][2] < GAP_EM * words.size_list[left]
