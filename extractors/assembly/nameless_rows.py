"""Rows with numbers and no name: the network saw none where it stands. Every item is called something, so the likeliest text beside or above it is it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.bracketed_codes import bracketed_code
from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.item_lines import CELLS, is_name_heading
from extractors.assembly.name_pieces import CODE, NAME, NOTE
from extractors.assembly.spans import Words, set_label
from extractors.assembly.table_charges import edges_of_names

LINES_ABOVE = 4  # of a row's first line, in which its name may stand
HEADED = 0.5  # what the heading of names over a text or in front of it adds to the network's opinion
EXPECTED = 0.04  # what it adds that a text stands as the names of other rows do
FAINT = 0.05  # least opinion
PER_LINE = 0.01  # what each line of distance takes from it
_POSITION = re.compile(r"^\d{1,3}\.?$")
_FREE = frozenset({0, NAME, NOTE, CODE})


def name_nameless_rows(words: Words, captions: Captions, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """In place: the likeliest text on the lines of a row without a name, or on the few above it up to the row before, becomes its name; where names stand
    below their numbers, also on those below it. A remark on the line of its numbers is no other row's. ``rows`` [n] is the row of each word, -1 for none."""
    best: list[int] = probabilities.argmax(1).tolist()
    inside = np.flatnonzero(rows >= 0).tolist()
    named = {int(rows[i]) for i in inside if best[i] == NAME}
    lines: dict[int, list[int]] = {}
    for i in inside:
        lines.setdefault(int(rows[i]), []).append(words.line_list[i])
    taken = {words.line_list[i] for i in inside}
    below = _names_stand_below(words, best, rows)
    edges = edges_of_names(words, np.array(best)) if below else frozenset[int]()
    for row in sorted(lines.keys() - named):
        first, last = min(lines[row]), max(lines[row])
        under = next((k for k in range(last + 1, last + 1 + LINES_ABOVE) if k in taken), last + 1 + LINES_ABOVE) if below else last + 1
        begin_below = {i for k in range(last + 1, under) for i in words.words_of_line.get(k, ()) if round(words.box_list[i][0]) in edges}
        above = next((k for k in range(first - 1, first - 1 - LINES_ABOVE, -1) if k in taken), first - 1 - LINES_ABOVE)
        found = [
            (opinion, text)
            for piece in _pieces(words, captions, range(above + 1, under), words.page[words.words_of_line[first][0]])
            if (text := _free_words(words, piece, best, rows, row))
            and (opinion := _opinion(words, captions, probabilities, text, first) + EXPECTED * (text[0] in begin_below)) >= FAINT
        ]
        if found:
            for i in max(found, key=lambda entry: entry[0])[1]:
                set_label(probabilities, i, NAME)
                rows[i] = row


def _names_stand_below(words: Words, best: Sequence[int], rows: NDArray[np.int32]) -> bool:
    """Whether the names of most items begin under the last line of their numbers."""
    names: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        row, line = int(rows[i]), words.line_list[i]
        if best[i] == NAME:
            names[row] = min(names.get(row, line), line)
        elif best[i] in CELLS:
            numbers[row] = max(numbers.get(row, line), line)
    both = names.keys() & numbers.keys()
    return 2 * sum(names[row] > numbers[row] for row in both) > len(both)


def _pieces(words: Words, captions: Captions, lines: range, page: int) -> list[Piece]:
    on_lines = (captions.piece_of[i] for line in lines for i in words.words_of_line.get(line, ()))
    return [piece for k in dict.fromkeys(on_lines) if (piece := captions.pieces[k]).page == page]


def _free_words(words: Words, piece: Piece, best: Sequence[int], rows: NDArray[np.int32], row: int) -> list[int]:
    """The words of a piece behind a position or a code in brackets, if none of them is a value or of another row, remarks on the line of this one aside."""
    members = list(piece.words)
    line = words.words_of_line[piece.line]
    other = {int(rows[i]) for i in line if best[i] != NOTE} - {-1, row}
    if not other and any(rows[i] == row and best[i] in CELLS for i in line):
        for i in members:
            if best[i] == NOTE:
                rows[i] = row
    while members and rows[members[0]] in (-1, row) and (best[members[0]] not in _FREE or _POSITION.match(words.texts[members[0]])):
        members.pop(0)
    if code := bracketed_code(words, members):
        members = members[len(code) :] or members
    return members if all(best[i] in _FREE and rows[i] in (-1, row) for i in members) else []


def _opinion(words: Words, captions: Captions, probabilities: NDArray[np.float32], text: Sequence[int], first: int) -> float:
    """How likely a text is the name of the row whose first line is ``first``; 0 for labels, headings and what holds no letters."""
    said = " ".join(words.texts[i] for i in text)
    headed = any(is_name_heading(heading) for heading in (captions.before(text[0]), *captions.above(text[0])))
    label = (
        said.endswith(":")
        or is_name_heading(said)
        or match("column", captions.pieces[captions.piece_of[text[0]]].text, whole=True) is not None
    )
    if label or not (headed or sum(map(str.isalpha, said)) > 1):
        return 0.0
    return float(probabilities[list(text), NAME].mean()) + HEADED * headed - PER_LINE * max(first - words.line_list[text[0]], 0)
