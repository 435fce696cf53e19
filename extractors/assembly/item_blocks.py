"""Lines of items in blocks between white space: where names stand on lines of their own, a block shows which numbers they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.item_lines import CELLS, Band
from extractors.assembly.name_pieces import Piece
from extractors.assembly.spans import Words

WHITE_EM = (1.3, 1.6, 2.0, 2.5, 3.0)  # distances from baseline to baseline, in em, from which a line may begin a new block
WHOLE = 0.8  # of the items must have all their numbers in one block
CLEAR = 0.6  # of the items must have a block of their own


def rows_by_blocks(
    words: Words, labels: Sequence[int], rows: NDArray[np.int32], pieces: Sequence[Piece], bands: Sequence[Band]
) -> tuple[dict[Piece, int], dict[Piece, int]]:
    """The row of each piece that shares its block with the main line of that row only, and of those that stand in blocks without such a line the row next
    to them; both empty where white space does not separate the items. ``labels``: likeliest label of each word."""
    lines = _lines(words, rows)
    size = float(np.median(words.size[rows >= 0]))
    cells = _lines_of_cells(words, labels, rows)
    best: dict[Piece, int] = {}
    for white in WHITE_EM:
        block = _blocks(lines, white * size)
        whole = sum(len({block[line] for line in own}) == 1 for own in cells.values())
        if whole < WHOLE * len(cells):
            continue
        bands_of: dict[int, list[Band]] = {}
        for band in bands:
            bands_of.setdefault(block[band.line], []).append(band)
        found = {p: bands_of[block[p.line]][0].row for p in pieces if len(bands_of.get(block[p.line], ())) == 1}
        if len(set(found.values())) > len(set(best.values())):
            best = found
    if len(set(best.values())) < CLEAR * len({p.row for p in pieces}):
        return {}, {}
    return best, _on_the_usual_side(pieces, best, bands)


def _on_the_usual_side(pieces: Sequence[Piece], known: dict[Piece, int], bands: Sequence[Band]) -> dict[Piece, int]:
    """Rows of the pieces that are not ``known``: of the main line next to them on that side on which the known ones have theirs."""
    by_row = {band.row: band for band in bands}
    above = sum(1 if by_row[row].top < piece.box[1] else -1 for piece, row in known.items()) > 0
    pages: dict[int, list[Band]] = {}
    for band in bands:
        pages.setdefault(band.page, []).append(band)
    result: dict[Piece, int] = {}
    for piece in pieces:
        own = [b for b in pages.get(piece.page, ()) if (b.top < piece.box[1]) == above]
        if piece not in known and own:
            result[piece] = own[-1 if above else 0].row
    return result


def _lines_of_cells(words: Words, labels: Sequence[int], rows: NDArray[np.int32]) -> dict[int, set[int]]:
    """Lines of the numbers of each row."""
    result: dict[int, set[int]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        if labels[i] in CELLS:
            result.setdefault(int(rows[i]), set()).add(words.line_list[i])
    return result


def _lines(words: Words, rows: NDArray[np.int32]) -> list[tuple[int, int, float]]:
    """Number, page and baseline of every line that has a word of an item, down the pages."""
    found: dict[int, tuple[int, float]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        line = words.line_list[i]
        page, baseline = found.get(line, (int(words.page[i]), 0.0))
        found[line] = (page, max(baseline, words.box_list[i][3]))
    return sorted(((line, page, y) for line, (page, y) in found.items()), key=lambda e: (e[1], e[2]))


def _blocks(lines: Sequence[tuple[int, int, float]], white_pt: float) -> dict[int, int]:
    """Number of the block of each line."""
    result: dict[int, int] = {}
    block = 0
    for k, (line, page, y) in enumerate(lines):
        if k and (page != lines[k - 1][1] or y - lines[k - 1][2] > white_pt):
            block += 1
        result[line] = block
    return result
