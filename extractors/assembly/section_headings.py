"""Lines between the items of a table that name none of them: headings of sections, which stand out to the left or above the first line of an item's block,
and payments and sums, which show amounts of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.assembly.connected_lines import VERY_SURE
from extractors.assembly.item_lines import Band, usual_left
from extractors.assembly.name_pieces import CODE, EDGE_PT, NAME, NOTE, POSITION, Piece, is_surely, run_of
from extractors.assembly.spans import LABEL_INDEX, Words

_AMOUNT = re.compile(r"^[-–−+(]?\d[\d.,'’]*[.,]\d{2}[-)]?$")
_TEXT = frozenset({0, NAME, NOTE})
_COUNTS = frozenset({POSITION, LABEL_INDEX["line.quantity"]})
NEARLY_ALL = 0.8  # of the rows
FEWEST_SECTIONS = 2
MOST_FIRST = 0.75  # of the rows, that are the first of a section
SURELY_NAMED = 0.85  # probability from which a line further out than the names still goes on one


def without_outdented(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those that begin left of the edge at which most rows begin, where the row has others."""
    first: dict[int, float] = {}
    for piece in pieces:
        first[piece.row] = min(first.get(piece.row, piece.box[0]), piece.box[0])
    edge = usual_left(list(first.values()))
    if edge is None or 2 * sum(abs(x - edge) <= EDGE_PT for x in first.values()) <= len(first):
        return list(pieces)
    inside = {p.row for p in pieces if p.box[0] >= edge - EDGE_PT}
    return [p for p in pieces if p.box[0] >= edge - EDGE_PT or p.row not in inside]


def without_headings_below(
    words: Words, best: Sequence[int], pieces: Sequence[Piece], beside: Sequence[Piece], left_pt: float
) -> list[Piece]:
    """The pieces without those below the names ``beside`` numbers that begin left of ``left_pt``, where names begin: a name goes on at its own edge,
    further in, or below its code, and what stands further out heads the next section unless the network is sure of a name.
    ``best``: likeliest label of each word."""
    bottom = max((piece.page, piece.box[3]) for piece in beside)
    begins = [x for piece in beside for x in _edges(words, piece)]

    def heads_a_section(piece: Piece) -> bool:
        if piece.probability >= SURELY_NAMED:
            return False
        run = run_of(words, piece)
        text = [i for i in run[: run.index(piece.words[0])] if best[i] in _TEXT] or piece.words
        left = words.box_list[text[0]][0]
        goes_on = any(abs(start - x) <= EDGE_PT for start in (left, piece.box[0]) for x in begins)
        return left < left_pt - EDGE_PT and (piece.page, piece.box[3]) > bottom and not goes_on

    return [piece for piece in pieces if not heads_a_section(piece)]


def heads_sections_outside(
    words: Words, best: Sequence[int], seeds: Mapping[int, Sequence[Piece]], loose: Mapping[int, Sequence[Piece]], left_pt: float
) -> bool:
    """Whether what stands above names further out than these heads sections: nearly all rows have their name at ``left_pt`` beside their numbers
    (``seeds``), some have nothing further out above it (``loose``), and no line further out counts anything. ``best``: likeliest label of each word."""
    at_edge = sum(abs(own[0].box[0] - left_pt) <= EDGE_PT for own in seeds.values())
    outside = {row: [p for p in loose.get(row, ()) if _is_outside_above(p, seeds[row], left_pt)] for row in seeds}
    under_heading = sum(bool(found) for found in outside.values())
    if at_edge < NEARLY_ALL * len(seeds) or not FEWEST_SECTIONS <= under_heading <= MOST_FIRST * len(seeds):
        return False
    return not any(best[i] in _COUNTS for found in outside.values() for piece in found for i in words.words_of_line[piece.line])


def without_headings_above(pieces: Sequence[Piece], beside: Sequence[Piece], left_pt: float) -> list[Piece]:
    """The pieces without those above the names ``beside`` numbers that begin left of ``left_pt``."""
    return [piece for piece in pieces if not _is_outside_above(piece, beside, left_pt)]


def _is_outside_above(piece: Piece, beside: Sequence[Piece], left_pt: float) -> bool:
    return piece.box[0] < left_pt - EDGE_PT and (piece.page, piece.line) < min((own.page, own.line) for own in beside)


def without_other_entries(words: Words, best: Sequence[int], pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those on a line that shows an amount to the right of them which is no value of an item: a payment or a sum, no second line of the
    item above it, unless the network is sure of a name."""

    def shows_an_amount(piece: Piece) -> bool:
        line = words.words_of_line[piece.line]
        return any(best[i] == 0 and words.box_list[i][0] > piece.box[2] and _AMOUNT.match(words.texts[i]) for i in line)

    return [piece for piece in pieces if piece.probability >= VERY_SURE or not shows_an_amount(piece)]


def _edges(words: Words, piece: Piece) -> list[float]:
    """Where a piece begins, the text that it stands in, and the code at the beginning of its line."""
    first, text = words.words_of_line[piece.line][0], run_of(words, piece)[0]
    return [piece.box[0], *(words.box_list[i][0] for i in (text, first) if i == text or is_surely(words, i, CODE))]


def first_lines(within: Mapping[Piece, int], bands: Sequence[Band]) -> dict[int, tuple[int, float]]:
    """Page and top of the first line of each row that has a piece ``within`` its block."""
    tops: dict[int, tuple[int, float]] = {}
    for piece, row in within.items():
        tops[row] = min(tops.get(row, (piece.page, piece.box[1])), (piece.page, piece.box[1]))
    return {band.row: min(tops[band.row], (band.page, band.top)) for band in bands if band.row in tops}
