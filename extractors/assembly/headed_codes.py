"""Codes of items that the heading of their column says are such ("Art. no."), whatever else they look like: a note, a position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.item_lines import HEADING_LINES, Band, is_name_heading, item_bands
from extractors.assembly.name_pieces import CODE, NAME, NOTE, POSITION
from extractors.assembly.page_words import PIECE_GAP_EM
from extractors.assembly.spans import Words, set_label
from extractors.data_files import read_yaml

LEAST_HEADINGS = 3  # texts that make a line the one of column headings
LONGEST = 2  # words of a code
WAVERING = 0.7  # probability of a name up to which a word may be a code
_FREE = frozenset({0, NOTE, CODE, POSITION})
_CODE = re.compile(r"^(?=.*\d)[^\W_][\w./+-]{3,24}$")
_NUMBER_OF_ROW = re.compile(r"^0*\d{1,4}$")


@dataclass(frozen=True, slots=True)
class _Column:
    """Between the headings before and after it, from where to where a column of codes stands; ``x0`` to ``x1`` its own heading."""

    left: float
    right: float
    x0: float
    x1: float


def mark_headed_codes(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """In place: what stands on the main line of an item under the heading of codes and looks like one is its code, unless the network sees another value in
    it; a page without headings has those of the page before. ``rows`` [n] is the row of each word, -1 for none."""
    if not len(rows) or rows.max() < 0:
        return
    best: list[int] = probabilities.argmax(1).tolist()
    bands = item_bands(words, best, rows)
    first: dict[int, Band] = {}
    for band in bands:
        first.setdefault(band.page, band)
    column: _Column | None = None
    for band in bands:
        if band is first[band.page]:
            column = _heading(words, band) or column
        code = _code_under(words, probabilities, best, band, column) if column is not None else []
        for i in code:
            if best[i] != CODE:
                set_label(probabilities, i, CODE)
            rows[i] = band.row


def _heading(words: Words, first: Band) -> _Column | None:
    """The column of codes by its heading, on the last lines above the first item of a page."""
    for line in range(first.line - 1, first.line - 1 - HEADING_LINES, -1):
        members = words.words_of_line.get(line, ())
        if not members or words.page[members[0]] != first.page:
            continue
        headings = _apart(words, members, first)
        texts = [" ".join(words.texts[i] for i in heading) for heading in headings]
        if len(headings) < LEAST_HEADINGS or any(words.has_digit[i] for i in members):
            continue
        for k, heading in enumerate(headings):
            told = plain(texts[k])
            named = any(is_name_heading(text) for n, text in enumerate(texts) if n != k)
            if told in _headings()["clear"] or (named and told in _headings()["ambiguous"]):
                x0, _, x1, _ = words.box_of(heading)
                left = words.box_list[headings[k - 1][-1]][2] if k else -np.inf
                right = words.box_list[headings[k + 1][0]][0] if k + 1 < len(headings) else np.inf
                return _Column(left, right, x0, x1)
    return None


def _apart(words: Words, members: Sequence[int], first: Band) -> list[list[int]]:
    """The words of a line of headings by column: one begins behind a gap, or, where widths are fixed, where it stands over another cell of the ``first`` item
    than the word before it."""
    cells = words.words_of_line[first.line]

    def under(i: int) -> set[int]:
        x0, _, x1, _ = words.box_list[i]
        return {k for k in cells if words.box_list[k][0] < x1 and words.box_list[k][2] > x0}

    result: list[list[int]] = []
    for i in members:
        near = bool(result) and words.box_list[i][0] - words.box_list[result[-1][-1]][2] <= PIECE_GAP_EM * words.size_list[i]
        if near and not (under(i) and under(result[-1][-1]) and under(i).isdisjoint(under(result[-1][-1]))):
            result[-1].append(i)
        else:
            result.append([i])
    return result


def _code_under(words: Words, probabilities: NDArray[np.float32], best: Sequence[int], band: Band, column: _Column) -> list[int]:
    """The words of a main line in the column that are together a code; none where there is no such code."""
    boxes = words.box_list
    inside = [i for i in words.words_of_line[band.line] if column.left < (boxes[i][0] + boxes[i][2]) / 2 < column.right]
    inside = [i for i in inside if any(map(str.isalnum, words.texts[i]))]
    inside = [i for i in inside if best[i] != NAME or float(probabilities[i, NAME]) < WAVERING]
    if not inside or len(inside) > LONGEST or any(best[i] not in _FREE and best[i] != NAME for i in inside):
        return []
    box, text = words.box_of(inside), "".join(words.texts[i] for i in inside)
    meets = box[0] < column.x1 and box[2] > column.x0
    counted = _NUMBER_OF_ROW.match(text) is not None and any(best[i] == POSITION for i in inside)
    return inside if meets and not counted and _CODE.match(text) else []


def heads_codes(text: str) -> bool:
    """Whether a text (`plain`) is beyond doubt the heading or label of items' codes."""
    return text in _headings()["clear"]


@lru_cache(maxsize=1)
def _headings() -> dict[str, frozenset[str]]:
    return {kind: frozenset(texts) for kind, texts in cast("dict[str, list[str]]", read_yaml("code_headings.yaml")).items()}
