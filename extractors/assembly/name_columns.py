"""Names that are told in two columns side by side: journey and load, from and to. Both are what the item is called, where no heading says which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.assembly.item_lines import CELLS, Band, name_headings, overlap, usual_left
from extractors.assembly.name_pieces import EDGE_PT, NAME, NOTE, Piece, make_piece, run_of, runs
from extractors.assembly.spans import Words

MEET = 0.3  # share of the shorter width that makes a heading and a text one column
OFTEN = 0.6  # of the items, in which a second column of names shows a piece
NAMED = 0.75  # mean probability of the surest word of each of them
FAINTLY_NAMED = 0.18  # from which a text in that column is the name of an item whose others are surer
_TEXT = frozenset({0, NAME, NOTE})


def second_names(
    words: Words,
    best: Sequence[int],
    seeds: Mapping[int, Sequence[Piece]],
    elsewhere: Mapping[int, Sequence[Piece]],
    bands: Sequence[Band],
    main: tuple[float, float],
) -> dict[int, list[Piece]]:
    """By row the pieces of the columns of names beside the ``main`` one (x0, x1), with no number between them; none where a heading of names stands over
    that one. ``seeds`` and ``elsewhere``: the pieces on the rows' main lines that stand inside and outside of it; ``best``: likeliest label of each
    word."""
    result: dict[int, list[Piece]] = {}
    if not elsewhere or any(overlap(*main, *heading) > MEET for heading in name_headings(words, bands)):
        return result
    for group in _columns([piece for own in elsewhere.values() for piece in own]):
        found = {row: [p for p in own if p in group] for row, own in elsewhere.items() if not group.isdisjoint(own)}
        x0, x1 = min(p.box[0] for p in group), max(p.box[2] for p in group)
        sure = sum(float(words.tagged.labels[list(p.words), NAME].max()) for p in group) / len(group)
        edge = usual_left([words.box_list[run_of(words, p)[0]][0] for p in group])
        if len(found) < max(OFTEN * len(bands), 2) or sure < NAMED or edge is None or overlap(x0, x1, *main) > 0:
            continue
        if any(_is_number_between(words, best, band, min(x1, main[1]), max(x0, main[0])) for band in bands):
            continue
        places = [
            row
            for row in found.keys() & seeds.keys()
            if _begins_with_number(words, best, found[row]) and _begins_with_number(words, best, seeds[row])
        ]
        for band in bands:
            own = found.get(band.row) or _faint(words, best, band, edge)
            if 2 * len(places) > len(found):
                own = [_whole(words, best, piece) for piece in (*seeds.get(band.row, ()), *own)]
            result.setdefault(band.row, []).extend(own)
    return result


def _begins_with_number(words: Words, best: Sequence[int], pieces: Sequence[Piece]) -> bool:
    """Whether the text of the first of the pieces begins with a number, as a place does with its postcode."""
    run = run_of(words, pieces[0])
    return words.has_digit[run[0]] and len(run) > 1 and not any(best[i] in CELLS for i in run)


def _whole(words: Words, best: Sequence[int], piece: Piece) -> Piece:
    """A piece with all of the text that it stands in, if none of it is a number of the item."""
    run = run_of(words, piece)
    return piece if any(best[i] in CELLS for i in run) else make_piece(words, run, piece.row)


def _columns(pieces: Sequence[Piece]) -> list[set[Piece]]:
    """The pieces that stand one above the other."""
    groups: list[tuple[float, set[Piece]]] = []
    for piece in sorted(pieces, key=lambda p: (p.box[0], p.page, p.line)):
        if groups and piece.box[0] < groups[-1][0]:
            right, members = groups.pop()
            members.add(piece)
            groups.append((max(right, piece.box[2]), members))
        else:
            groups.append((piece.box[2], {piece}))
    return [members for _, members in groups]


def _is_number_between(words: Words, best: Sequence[int], band: Band, left: float, right: float) -> bool:
    """Whether a number or unit stands on a main line between two columns: they are those of two tables side by side."""
    return any(best[i] in CELLS and left <= words.box_list[i][0] < right for i in words.words_of_line[band.line])


def _faint(words: Words, best: Sequence[int], band: Band, edge: float) -> list[Piece]:
    """The text of a main line that begins at the column's edge, where the network half sees a name in it."""
    for run in runs(words, words.words_of_line[band.line]):
        text = abs(words.box_list[run[0]][0] - edge) <= EDGE_PT and all(best[i] in _TEXT for i in run)
        if text and (piece := make_piece(words, run, band.row)).probability >= FAINTLY_NAMED:
            return [piece]
    return []
