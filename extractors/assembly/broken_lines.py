"""Names that are cut off where they cannot end: a hyphen, a joining word, half a period or an open bracket leads on to the next words or the next line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.assembly.name_pieces import CODE, EDGE_PT, LEADING_EM, NAME, NOTE, Piece, make_piece, run_of, runs
from extractors.assembly.spans import LABEL_INDEX, NUMERIC_LABELS, Words

_NUMBERS = frozenset(LABEL_INDEX[n] for n in NUMERIC_LABELS)
_BROKEN = re.compile(r"\w[-‐]$")
_UNTIL = re.compile(r"^(?:[-–—]|bis|to|au|al|hasta|a|tot|t/m|till|til|do|až)$")  # between the days of a period
_LONG_NUMBER = re.compile(r"\d{5}")  # a code, no date
_JOINS = re.compile(  # at the end of a line, after which the text goes on
    r"^(?:[-–—/&+]|für|for|pour|para|per|voor|dla|för|pro|mit|with|avec|con|met|med|und|and|et|og|och|oder|or|ou|of|von|de|di|du|des|der|del|della|"
    r"zu|to|bis|au|al|hasta|tot|till|til|do|až|in|im|aus|auf|on|by|nach|laut|na|od|z)$"
)
_DATED = re.compile(r"^(?:vom|am|du|le|dated|from|del|dal|dd|d\.d\.|van|från|fra|den|z|ze|dnia|ze dne|pvm|din)$")  # words before a date
_LONGEST = 4  # words behind the end of a name that still belong to it
_FREE = frozenset({0, NAME, NOTE, CODE})


def with_broken_lines(words: Words, best: Sequence[int], pieces: list[Piece]) -> list[Piece]:
    """With the lines that a hyphen, a joining word or the first half of a period at the end of a line leads on to, whatever their label."""
    result = [*pieces[:-1], _with_open_end(words, best, pieces[-1])]
    last = result[-1]
    while (following := _line_below(words, last)) is not None and not any(best[i] in _NUMBERS for i in following):
        ends = words.texts[last.words[-1]]
        open_ended = _BROKEN.search(ends) or (last.words[1:] and _JOINS.match(ends) and not _LONG_NUMBER.search(words.texts[following[0]]))
        dated = any(words.has_digit[i] for i in last.words[-3:]) and any(words.has_digit[i] for i in following)
        closed = _is_open(words, last.words) and not _is_open(words, (*last.words, *following))
        if not open_ended and not closed and not (dated and _UNTIL.match(words.texts[following[0]])):
            break
        last = make_piece(words, following, last.row)
        result.append(last)
    return result


def _with_open_end(words: Words, best: Sequence[int], piece: Piece) -> Piece:
    """A piece with the words directly behind it that close its bracket, or are the date that its last word leads to."""
    run = run_of(words, piece)
    rest = run[run.index(piece.words[-1]) + 1 :][:_LONGEST]
    if _is_open(words, piece.words):
        count = next((k for k in range(1, len(rest) + 1) if not _is_open(words, (*piece.words, *rest[:k]))), 0)
    elif piece.words[1:] and _DATED.match(words.texts[piece.words[-1]]):
        count = next((k for k, i in enumerate(rest) if best[i] != NOTE), len(rest))
        count = count if any(words.has_digit[i] for i in rest[:count]) else 0
    else:
        count = 0
    added = rest[:count]
    return make_piece(words, (*piece.words, *added), piece.row) if added and all(best[i] in _FREE for i in added) else piece


def _is_open(words: Words, members: Sequence[int]) -> bool:
    """Whether a bracket is opened and not closed."""
    text = "".join(words.texts[i] for i in members)
    return text.count("(") > text.count(")")


def _line_below(words: Words, piece: Piece) -> list[int] | None:
    """The run that begins directly below a piece."""
    for line in range(piece.line + 1, piece.line + 4):
        members = words.words_of_line.get(line, ())
        if not members or words.page[members[0]] != piece.page:
            return None
        for run in runs(words, members):
            box = words.box_list[run[0]]
            if abs(box[0] - piece.column[0]) <= EDGE_PT and 0 < box[3] - piece.box[3] <= LEADING_EM * piece.size:
                return run
    return None
