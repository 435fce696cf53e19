"""Pieces of line text that name items: runs of words without a gap between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.spans import LABEL_INDEX, Words
from extractors.assembly.text_segments import SURE_NOTE

NAME = LABEL_INDEX["line.description"]
NOTE = LABEL_INDEX["line.note"]
_NUMBERS = frozenset(LABEL_INDEX[f"line.{n}"] for n in ("quantity", "unit_price", "net_amount", "gross_amount", "tax_rate"))
_QUANTITY = LABEL_INDEX["line.quantity"]
UNIT, CODE, POSITION = (LABEL_INDEX[f"line.{n}"] for n in ("unit", "item_code", "position"))
SURELY = 0.9  # probability from which the network's label of a word stands against what its neighbours say
_FREE = frozenset({0, NOTE, UNIT})  # what a word between words of a name may have been taken for
ALIKE = 0.15  # sizes that differ by less are one size
EDGE_PT = 1.5  # texts that begin this close to each other begin at one edge
LEADING_EM = 1.75  # lines of one text are closer than this from baseline to baseline; chosen on generated layouts
STAMP = 1.8  # times the usual size of items' words, from which letters are a stamp
HOLE = 2  # words of another label between words of a name that still belong to it
_LEADER = re.compile(r"[.·…_]{4,}")  # dots that lead the eye from a name to its amount
_BULLETS = frozenset("- – — • · ▪ ◦ ‣ *".split())  # noqa: SIM905
_TIMES = frozenset({"x", "×", "X"})
_OPENING, _CLOSING = "[({", "])}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand side by side and name an item, with the row that they were linked to and the network's own mean probability.
    ``column``: from where the text begins that they stand in (it may begin with a code) to their right edge, in points."""

    words: tuple[int, ...]
    page: int
    line: int
    box: tuple[float, float, float, float]
    size: float
    row: int
    probability: float
    column: tuple[float, float]

    @property
    def weight(self) -> float:
        """How much speaks for the piece."""
        return self.probability * len(self.words)


def make_piece(words: Words, members: Sequence[int], row: int, *, left_pt: float | None = None) -> Piece:
    """A piece of the words ``members`` of one line; ``left_pt``: where the text begins that it stands in."""
    first = members[0]
    box = words.box_of(members)
    own = float(words.tagged.labels[list(members), NAME].mean())
    column = (box[0] if left_pt is None else left_pt, box[2])
    return Piece(tuple(members), int(words.page[first]), words.line_list[first], box, words.size_list[first], row, own, column)


def name_pieces(words: Words, best: Sequence[int], rows: NDArray[np.int32]) -> list[Piece]:
    """All pieces that are labelled as names and linked to a row, in reading order."""
    row_list: list[int] = rows.tolist()
    shown = Counter(zip(row_list, best, strict=True))

    def spare(i: int, neighbour: int) -> bool:
        """Whether a word has nothing to say but the name: a number may be part of it where the row shows another one of its kind."""
        return best[i] in _FREE or (best[i] in _NUMBERS and shown[row_list[neighbour], best[i]] > (row_list[i] == row_list[neighbour]))

    lines = sorted({words.line_list[i] for i in np.flatnonzero((np.asarray(best) == NAME) & (rows >= 0)).tolist()})
    result: list[Piece] = []
    for line in lines:
        for run in runs(words, words.words_of_line[line]):
            foreign = _in_foreign_brackets(words, best, run)
            named = [
                k
                for k, i in enumerate(run)
                if best[i] == NAME and row_list[i] >= 0 and i not in foreign and not _LEADER.fullmatch(words.texts[i])
            ]
            start = 0
            for stop, k in enumerate(named):
                after = named[stop + 1] if stop + 1 < len(named) else None
                if after is None or after - k > HOLE + 1 or not all(spare(i, run[k]) for i in run[k + 1 : after]):
                    left = words.box_list[
                        next(i for i in run if best[i] == NAME or (best[i] not in _NUMBERS and not _is_noted_number(words, i)))
                    ][0]
                    result.append(make_piece(words, run[named[start] : k + 1], row_list[run[named[start]]], left_pt=left))
                    start = stop + 1
    return result


def without_stamps(words: Words, rows: NDArray[np.int32], pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those set much larger than the words of items usually are: a stamp or a watermark across the page."""
    usual = float(np.median(words.size[rows >= 0]))
    return [piece for piece in pieces if piece.size <= STAMP * usual]


def without_marks(words: Words, best: Sequence[int], piece: Piece) -> Sequence[int]:
    """The words of a piece without a dash or bullet in front of its text, or the sign of multiplication behind its quantity ("2 x Soup")."""
    line = words.words_of_line[piece.line]
    before = line[: line.index(piece.words[0])]
    counted = bool(before) and best[before[-1]] == _QUANTITY and words.texts[piece.words[0]] in _TIMES
    bulleted = not before and words.texts[piece.words[0]] in _BULLETS
    return piece.words[1:] if piece.words[1:] and (counted or bulleted) else piece.words


def whole_run(words: Words, best: Sequence[int], piece: Piece, *, left_pt: float) -> Piece:
    """A piece with the words directly beside it, not left of ``left_pt``, that are set alike and carry no other value."""
    run = run_of(words, piece)
    first, last = run.index(piece.words[0]), run.index(piece.words[-1])

    def goes_on(i: int) -> bool:
        free = best[i] in _FREE and not _LEADER.fullmatch(words.texts[i]) and not _is_noted_number(words, i)
        return free and abs(words.size_list[i] - piece.size) <= ALIKE * piece.size

    while (
        first > 0
        and goes_on(run[first - 1])
        and not is_surely(words, run[first - 1], UNIT)
        and words.box_list[run[first - 1]][0] >= left_pt
    ):
        first -= 1
    while last + 1 < len(run) and goes_on(run[last + 1]):
        last += 1
    return replace(piece, words=tuple(run[first : last + 1]), box=words.box_of(run[first : last + 1]))


def is_surely(words: Words, i: int, *labels: int) -> bool:
    """Whether the network is sure that a word carries one of the labels."""
    return float(words.tagged.labels[i, list(labels)].max()) >= SURELY


def runs(words: Words, line: Sequence[int]) -> list[list[int]]:
    """The words of a line in pieces between gaps."""
    return words.once(_runs, tuple(line))


def run_of(words: Words, piece: Piece) -> list[int]:
    """The words between gaps that a piece stands among."""
    return next(run for run in runs(words, words.words_of_line[piece.line]) if piece.words[0] in run)


def _runs(words: Words, line: Sequence[int]) -> list[list[int]]:
    result: list[list[int]] = []
    for i in line:
        if result and _gap(words, result[-1][-1], i) <= words.piece_gap_em:
            result[-1].append(i)
        else:
            result.append([i])
    return result


def _is_noted_number(words: Words, i: int) -> bool:
    """Whether a word is surely a number beside the name, such as a date in a column of its own."""
    return words.has_digit[i] and float(words.tagged.labels[i, NOTE]) >= SURE_NOTE


def _gap(words: Words, left: int, right: int) -> float:
    """Distance of two words of a line, in em of the smaller one."""
    return (words.box_list[right][0] - words.box_list[left][2]) / min(words.size_list[left], words.size_list[right])


def _in_foreign_brackets(words: Words, best: Sequence[int], run: Sequence[int]) -> set[int]:
    """Words in brackets most of whose words are no name: "[AB 123 45]" is one code."""
    result: set[int] = set()
    group: list[int] = []
    for i in run:
        if not group and words.texts[i][:1] not in _OPENING:
            continue
        group.append(i)
        if words.texts[i][-1:] in _CLOSING:
            if 2 * sum(best[k] == NAME for k in group) < len(group):
                result.update(group)
            group = []
    return result
