"""Rows with numbers and no name: the network saw none where it stands. Every item is called something, so the likeliest text beside or above it is it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.bracketed_codes import bracketed_code
from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.item_lines import is_name_heading
from extractors.assembly.name_pieces import CODE, NAME, NOTE
from extractors.assembly.spans import Words, set_label

LINES_ABOVE = 4  # of a row's first line, in which its name may stand
HEADED = 0.5  # what the heading of names over a text or in front of it adds to the network's opinion
FAINT = 0.05  # least opinion
PER_LINE = 0.01  # what each line of distance takes from it
_POSITION = re.compile(r"^\d{1,3}\.?$")
_FREE = frozenset({0, NAME, NOTE, CODE})


def name_nameless_rows(words: Words, captions: Captions, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """In place: the likeliest text on the lines of a row without a name, or on the few above it up to the row before, becomes its name. ``rows`` [n] is the
    row of each word, -1 for none."""
    best: list[int] = probabilities.argmax(1).tolist()
    inside = np.flatnonzero(rows >= 0).tolist()
    named = {int(rows[i]) for i in inside if best[i] == NAME}
    lines: dict[int, list[int]] = {}
    for i in inside:
        lines.setdefault(int(rows[i]), []).append(words.line_list[i])
    taken = {words.line_list[i] for i in inside}
    for row in sorted(lines.keys() - named):
        first, last = min(lines[row]), max(lines[row])
        above = next((k for k in range(first - 1, first - 1 - LINES_ABOVE, -1) if k in taken), first - 1 - LINES_ABOVE)
        found = [
            (opinion, text)
            for piece in _pieces(words, captions, range(above + 1, last + 1), words.page[words.words_of_line[first][0]])
            if (text := _free_words(words, piece, best, rows, row))
            and (opinion := _opinion(words, captions, probabilities, text, first)) >= FAINT
        ]
        if found:
            for i in max(found, key=lambda entry: entry[0])[1]:
                set_label(probabilities, i, NAME)
                rows[i] = row


def _pieces(words: Words, captions: Captions, lines: range, page: int) -> list[Piece]:
    on_lines = (captions.piece_of[i] for line in lines for i in words.words_of_line.get(line, ()))
    return [piece for k in dict.fromkeys(on_lines) if (piece := captions.pieces[k]).page == page]


def _free_words(words: Words, piece: Piece, best: Sequence[int], rows: NDArray[np.int32], row: int) -> list[int]:
    """The words of a piece behind a position or a code in brackets, if none of them is a value or of another row."""
    members = list(piece.words)
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
