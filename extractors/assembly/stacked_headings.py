"""Tables whose items take two lines each: the heading of the names, on a line of its own below the other headings, tells that names stand below numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.assembly.caption_words import match, plain
from extractors.assembly.item_lines import HEADING_LINES, Band, is_name_heading
from extractors.assembly.name_pieces import Piece, runs
from extractors.assembly.spans import Words

SURE = 0.85  # probability of a name that is one
LEAST_HEADINGS = 3  # pieces of text that make a line of column headings


def names_stand_below(words: Words, bands: Sequence[Band], pieces: Sequence[Piece]) -> bool:
    """Whether the heading of the names stands, alone on its line, directly below the line that heads the numbers, and no sure name of several
    words beside numbers, where a single one may be a unit."""
    lines = {band.line for band in bands}
    if any(piece.line in lines and piece.probability >= SURE and len(piece.words) > 1 for piece in pieces):
        return False
    first: dict[int, int] = {}
    for band in bands:
        first[band.page] = min(first.get(band.page, band.line), band.line)
    return any(_below_the_others(words, page, line) for page, line in first.items())


def _below_the_others(words: Words, page: int, first: int) -> bool:
    for line in range(first - 1, first - 1 - HEADING_LINES, -1):
        members = words.words_of_line.get(line, ())
        if not members or words.page[members[0]] != page:
            return False
        texts = [" ".join(words.texts[i] for i in run) for run in runs(words, members)]
        if len(texts) >= LEAST_HEADINGS:
            return False
        if len(texts) == 1 and is_name_heading(texts[0]):
            above = words.words_of_line.get(line - 1, ())
            headings = [" ".join(words.texts[i] for i in run) for run in runs(words, above)]
            return len(headings) >= LEAST_HEADINGS and any(match("column", plain(text), whole=True) for text in headings)
    return False


def below_their_numbers(pieces: Sequence[Piece], bands: Sequence[Band]) -> list[Piece]:
    """The pieces, each of the row whose numbers stand last above it on its page; what stands beside numbers, or above the first of them on the first page,
    is none."""
    pages: dict[int, list[Band]] = {}
    for band in bands:
        pages.setdefault(band.page, []).append(band)
    begin = min(pages, default=0)
    lines = {band.line for band in bands}
    result: list[Piece] = []
    for piece in pieces:
        above = [b for b in pages.get(piece.page, ()) if b.top < piece.box[1]]
        if piece.line not in lines and (above or piece.page != begin):
            result.append(replace(piece, row=above[-1].row if above else piece.row))
    return result
