"""Lines of text that go on from one another: which pieces below and above an item's first line are part of its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from extractors.assembly.name_pieces import ALIKE, EDGE_PT, LEADING_EM, Piece

FAR_EM = 3.0
SURE, VERY_SURE = 0.85, 0.93  # what the network must give a piece that stands apart from the name to be part of it
OFTEN = 3  # items in which lines of names stand as far apart, from which that is the distance of their lines


def usual_distances(pieces: Sequence[Piece]) -> frozenset[int]:
    """Distances from baseline to baseline, in whole points, at which surely named lines follow each other at one edge in many items."""
    sure: dict[int, list[Piece]] = {}
    for piece in pieces:
        if piece.probability >= SURE:
            sure.setdefault(piece.row, []).append(piece)
    found: Counter[int] = Counter()
    for own in sure.values():
        steps = pairwise(sorted(own, key=lambda p: (p.page, p.box[3])))
        found.update({round(b.box[3] - a.box[3]) for a, b in steps if a.page == b.page and abs(a.box[0] - b.box[0]) <= EDGE_PT})
    return frozenset(distance for distance, count in found.items() if count >= OFTEN)


def connected(seed: Sequence[Piece], others: Sequence[Piece], notes: Sequence[tuple[int, float]], distances: frozenset[int]) -> list[Piece]:
    """The pieces that go on from ``seed`` line by line, in reading order: close ones, distant ones of which the network is sure, and what stands between
    them, set alike. ``notes``: page and baseline of lines of notes; ``distances``: see `usual_distances`."""
    bottom = max((p.page, p.box[3]) for p in seed)
    rest = [p for p in others if p not in seed]
    below = sorted((p for p in rest if (p.page, p.box[3]) >= bottom), key=lambda p: (p.page, p.box[3]))
    above = sorted((p for p in rest if (p.page, p.box[3]) < bottom), key=lambda p: (p.page, p.box[3]), reverse=True)
    chosen = list(dict.fromkeys(seed))
    for side, start in ((below, max(seed, key=lambda p: p.box[3])), (above, min(seed, key=lambda p: p.box[3]))):
        last = start
        skipped: list[Piece] = []
        for piece in side:
            if piece.probability >= _needed(last, piece, notes, distances):
                chosen += [p for p in skipped if abs(p.box[0] - piece.box[0]) <= EDGE_PT and abs(p.size - piece.size) <= ALIKE * p.size]
                chosen.append(piece)
                last, skipped = piece, []
            else:
                skipped.append(piece)
    return sorted(chosen, key=lambda p: (p.page, p.line, p.box[0]))


def _needed(a: Piece, b: Piece, notes: Sequence[tuple[int, float]], distances: frozenset[int]) -> float:
    """Probability that a piece needs to be part of the name that another piece belongs to: none where no gap is between."""
    if a.page != b.page:
        return SURE
    size = max(a.size, b.size)
    low, high = sorted((a.box[3], b.box[3]))
    between = [y for page, y in notes if page == a.page and low + 0.5 * size < y < high - 0.5 * size]
    steps = [low, *between, high]
    if not between and round(high - low) in distances and abs(a.box[0] - b.box[0]) <= EDGE_PT:
        return 0.0
    if max(y1 - y0 for y0, y1 in pairwise(steps)) <= LEADING_EM * size:
        return 0.0 if high - low <= 2 * LEADING_EM * size else SURE
    return SURE if high - low <= FAR_EM * size else VERY_SURE
