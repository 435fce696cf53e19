"""Headings of sections between the items of a table, which name none of them: they stand out to the left, or above the first line of an item's block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.assembly.item_lines import Band, usual_left
from extractors.assembly.name_pieces import EDGE_PT, Piece


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


def first_lines(within: Mapping[Piece, int], bands: Sequence[Band]) -> dict[int, tuple[int, float]]:
    """Page and top of the first line of each row that has a piece ``within`` its block."""
    tops: dict[int, tuple[int, float]] = {}
    for piece, row in within.items():
        tops[row] = min(tops.get(row, (piece.page, piece.box[1])), (piece.page, piece.box[1]))
    return {band.row: min(tops[band.row], (band.page, band.top)) for band in bands if band.row in tops}
