"""Which words name each item: pieces of text in the column that the items share, on the lines that belong to the item.

Single words are often tagged wrongly (a note, a label, a word from the margin); the column and the lines of the names are the same through a
document, so they are estimated from all rows together and each row's words are chosen by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.broken_lines import with_broken_lines
from extractors.assembly.connected_lines import SURE, connected, usual_distances
from extractors.assembly.item_blocks import rows_by_blocks
from extractors.assembly.item_lines import Band, heaviest_column, item_bands, name_headings, overlap, usual_left
from extractors.assembly.name_columns import second_names
from extractors.assembly.name_pieces import (
    ALIKE,
    CODE,
    EDGE_PT,
    LEADING_EM,
    NAME,
    NOTE,
    POSITION,
    UNIT,
    Piece,
    is_surely,
    make_piece,
    name_pieces,
    runs,
    whole_run,
    without_marks,
    without_stamps,
)
from extractors.assembly.section_headings import (
    first_lines,
    heads_sections_outside,
    without_headings_above,
    without_headings_below,
    without_other_entries,
    without_outdented,
)
from extractors.assembly.spans import LABEL_INDEX, NUMERIC_LABELS, Words, carries, set_label
from extractors.assembly.stacked_headings import below_their_numbers, names_stand_below

_NUMBERS = frozenset(LABEL_INDEX[n] for n in NUMERIC_LABELS)
_NO_NAMES = frozenset({NOTE, LABEL_INDEX["line.item_code"]})
_BRACKETED = re.compile(r"^[\[(][^\])]*\d")  # begins a code
FAINTLY_NAMED = 0.18  # probability of a name from which a line between two lines of one is part of it; of nine such lines in generated invoices seven were
MOSTLY = 0.6
NEAR = 24  # pieces of text on either side in which the lines above and below a line are looked for
FAR_EM = 3.0
MEET = 0.3  # share of the shorter of two heights or widths that makes them one line or column
BESIDE = 0.5  # of the rows: names are taken to stand beside the numbers
HEADED = 4.0  # weight of a name below a heading of names, against one elsewhere
BEGINS = 0.5  # probability from which an item begins with a word
LINKS_AGAINST = 4.0  # mean log-odds of the links of moved names from which they stay where they point

Lines = Mapping[int, Sequence[tuple[int, float]]]  # by row: (page, baseline) of lines


def settle_names(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """``rows`` [n] with the words of names put into the right rows; words that name nothing lose the label. ``probabilities`` [n, 1 + fields]
    is changed in place to agree."""
    if not len(rows) or rows.max() < 0:
        return rows
    _join_lines_between(words, probabilities, rows)
    best: list[int] = probabilities.argmax(1).tolist()
    pieces = without_stamps(words, rows, name_pieces(words, best, rows))
    bands = item_bands(words, best, rows)
    notes = _note_lines(words, best, rows)
    beside = _bands_of_pieces(bands, pieces)
    below = below_their_numbers(pieces, bands) if names_stand_below(words, bands, pieces) else []
    if 2 * len({piece.row for piece in below}) > len({band.row for band in bands}):
        chosen = _apart(words, best, rows, below, bands, notes, settled=True)
    elif beside and len({band.row for band in beside.values()}) >= BESIDE * len({piece.row for piece in pieces}):
        chosen = _beside(words, best, pieces, beside, bands, notes)
    else:
        chosen = _apart(words, best, rows, pieces, bands, notes)
    kept = {
        i: row
        for row, own in chosen.items()
        for piece in own
        for i in (without_marks(words, best, piece) if piece is own[0] else piece.words)
    }
    result = rows.copy()
    for i in np.flatnonzero((np.asarray(best) == NAME) & (rows >= 0)).tolist():
        if i not in kept:
            set_label(probabilities, i, 0)
            result[i] = -1
    for i, row in kept.items():
        if best[i] != NAME:
            set_label(probabilities, i, NAME)
        result[i] = row
    return result


def _join_lines_between(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    """Lines between two lines of one item's name, set alike, that the network takes for a note without being sure of it, are part of the name;
    ``probabilities`` is changed in place."""
    best = probabilities.argmax(1)
    is_name: list[bool] = (best == NAME).tolist()
    hinted = set(np.flatnonzero(probabilities[:, NAME] >= FAINTLY_NAMED).tolist())
    texts: list[tuple[list[int], float]] = []  # pieces of notes and names, with their share of names
    for line in sorted({words.line_list[i] for i in np.flatnonzero(carries(best, (NAME, NOTE)) & (rows >= 0)).tolist()}):
        texts += [(run, sum([is_name[i] for i in run]) / len(run)) for run in runs(words, words.words_of_line[line]) if rows[run[0]] >= 0]

    def set_alike(upper: Sequence[int], lower: Sequence[int], reach_em: float) -> bool:
        (x, _, _, y), (left, _, _, base), size = words.box_of(upper), words.box_of(lower), words.size_list[lower[0]]
        level = 0 < base - y < reach_em * size and abs(left - x) <= EDGE_PT and words.page[upper[0]] == words.page[lower[0]]
        return level and rows[upper[0]] == rows[lower[0]] and abs(words.size_list[upper[0]] - size) <= ALIKE * size

    for k, (run, named) in enumerate(texts):
        if named > MOSTLY or hinted.isdisjoint(run) or any(words.texts[i].endswith(":") for i in run):
            continue
        faint = float(probabilities[run, NAME].mean())
        if faint < FAINTLY_NAMED or faint + float(probabilities[run, NOTE].mean()) < MOSTLY:
            continue
        near = texts[max(k - NEAR, 0) : k + NEAR]
        above = any(share > MOSTLY and set_alike(other, run, FAR_EM) for other, share in near)
        if above and any(share > MOSTLY and set_alike(run, other, LEADING_EM) for other, share in near):
            for i in run:
                set_label(probabilities, i, NAME)


def _note_lines(words: Words, best: Sequence[int], rows: NDArray[np.int32]) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, set[tuple[int, float]]] = {}
    for i in np.flatnonzero((np.asarray(best) == NOTE) & (rows >= 0)).tolist():
        found.setdefault(int(rows[i]), set()).add((int(words.page[i]), words.box_list[i][3]))
    return {row: sorted(lines) for row, lines in found.items()}


def _bands_of_pieces(bands: Sequence[Band], pieces: Sequence[Piece]) -> dict[int, Band]:
    """The band of the numbers beside a piece, by the piece's place in the list: of its own row, else the one that it overlaps most."""
    pages = _by_page(bands)
    result: dict[int, Band] = {}
    for k, piece in enumerate(pieces):
        near = [b for b in pages.get(piece.page, ()) if overlap(b.top, b.bottom, piece.box[1], piece.box[3]) > MEET]
        if near:
            result[k] = max(near, key=lambda b: (b.row == piece.row, overlap(b.top, b.bottom, piece.box[1], piece.box[3])))
    return result


def _by_page(bands: Sequence[Band]) -> dict[int, list[Band]]:
    pages: dict[int, list[Band]] = {}
    for band in bands:
        pages.setdefault(band.page, []).append(band)
    return pages


def _by_row(pieces: Sequence[Piece]) -> dict[int, list[Piece]]:
    result: dict[int, list[Piece]] = {}
    for piece in pieces:
        result.setdefault(piece.row, []).append(piece)
    return result


def _apart(
    words: Words,
    best: Sequence[int],
    rows: NDArray[np.int32],
    pieces: Sequence[Piece],
    bands: Sequence[Band],
    notes: Lines,
    *,
    settled: bool = False,
) -> dict[int, list[Piece]]:
    """Pieces of each row where names stand on lines of their own: those in the column of names, of the row whose block of lines they stand in, unless
    the rows of the pieces are ``settled``."""
    if not pieces:
        return {}
    column = heaviest_column([(*p.column, p.weight) for p in pieces])
    inside = [overlap(*column, *p.column) >= MEET for p in pieces]
    chosen = without_outdented([p for p, is_inside in zip(pieces, inside, strict=True) if is_inside])
    within, between = ({}, {}) if settled else rows_by_blocks(words, best, rows, chosen, bands)
    by_block = {**between, **within}
    if by_block and _against_links(words, best, rows, by_block):
        by_block, between = {}, {}
    begins = first_lines(within, bands)
    chosen = [
        replace(p, row=by_block.get(p, p.row))
        for p in chosen
        if p not in between or p.probability >= SURE or (p.page, p.box[1]) >= begins.get(between[p], (0, 0.0))
    ]
    found = {p.row for p in chosen}
    chosen += [p for p, is_inside in zip(pieces, inside, strict=True) if not is_inside and p.row not in found]
    left = usual_left([p.box[0] for p in chosen])
    if left is not None:
        chosen = [whole_run(words, best, p, left_pt=left - EDGE_PT) if abs(p.box[0] - left) > EDGE_PT or p.words[1:] else p for p in chosen]
    main = {band.row: band for band in bands}
    distances = usual_distances(chosen)
    result: dict[int, list[Piece]] = {}
    for row, own in _by_row(chosen).items():
        on_main_line = [p for p in own if row in main and p.line == main[row].line]
        result[row] = with_broken_lines(words, best, connected(on_main_line or _first(words, own), own, notes.get(row, ()), distances))
    return {**_where_others_have_theirs(words, best, result, bands), **result}


def _against_links(words: Words, best: Sequence[int], rows: NDArray[np.int32], moved: Mapping[Piece, int]) -> bool:
    """Whether the links of the pieces speak clearly against the rows that they are ``moved`` to."""
    cells: dict[int, list[int]] = {}
    for i in np.flatnonzero(rows >= 0).tolist():
        if best[i] in _NUMBERS:
            cells.setdefault(int(rows[i]), []).append(i)
    query, key = words.tagged.link_query, words.tagged.link_key

    def pull(piece: Piece, row: int) -> float:
        return float((query[list(piece.words)].mean(0) @ key[cells[row]].T).max())

    gaps = [pull(p, p.row) - pull(p, row) for p, row in moved.items() if row != p.row and p.row in cells and row in cells]
    return bool(gaps) and sum(gaps) / len(gaps) > LINKS_AGAINST


def _where_others_have_theirs(
    words: Words, best: Sequence[int], named: Mapping[int, Sequence[Piece]], bands: Sequence[Band]
) -> dict[int, list[Piece]]:
    """Names of rows without one: what stands as many lines above or below the numbers, at the same edge, as the names of most other rows."""
    line_of = {band.row: band.line for band in bands}
    places = Counter((own[0].line - line_of[row], round(own[0].box[0])) for row, own in named.items() if own and row in line_of)
    if not places or places.most_common(1)[0][1] < BESIDE * len(named):
        return {}
    (offset, left), _ = places.most_common(1)[0]
    taken = {piece.line for own in named.values() for piece in own}
    result: dict[int, list[Piece]] = {}
    for band in bands:
        line = band.line + offset
        if band.row in named or line in taken:
            continue
        for run in runs(words, words.words_of_line.get(line, ())):
            there = [i for i in run if words.box_list[i][0] >= left - 2 * EDGE_PT]
            begins = bool(there) and words.box_list[there[0]][0] - left <= 2 * EDGE_PT and words.page[there[0]] == band.page
            if begins and not any(best[i] in _NUMBERS for i in there):
                result[band.row] = [make_piece(words, there, band.row)]
    return result


def _first(words: Words, pieces: Sequence[Piece]) -> list[Piece]:
    """The piece with which the item begins, as the network sees it; else the strongest."""
    first = max(pieces, key=lambda p: float(words.tagged.starts[p.words[0]]) * p.probability)
    return [first] if words.tagged.starts[first.words[0]] > BEGINS else _strongest(pieces)


def _strongest(pieces: Sequence[Piece]) -> list[Piece]:
    return [max(pieces, key=lambda p: p.weight)]


def _beside(
    words: Words,
    best: Sequence[int],
    pieces: Sequence[Piece],
    beside: Mapping[int, Band],
    bands: Sequence[Band],
    notes: Lines,
) -> dict[int, list[Piece]]:
    """Pieces of each row where names stand in a column beside the numbers: the piece on the row's main line and what goes on from it."""
    column = _name_column(words, [pieces[k] for k in beside], bands)
    inside = [overlap(*column, *p.column) >= MEET for p in pieces]
    edges = [pieces[k].column[0] for k in beside if inside[k]]
    usual = usual_left(edges)
    left = min(edges) if usual is None else usual
    pages = _by_page(bands)
    seeds: dict[int, list[Piece]] = {}
    loose: dict[int, list[Piece]] = {}
    outside: dict[int, list[Piece]] = {}
    elsewhere: dict[int, list[Piece]] = {}
    for k, piece in enumerate(pieces):
        if not inside[k]:
            if k in beside:
                elsewhere.setdefault(beside[k].row, []).append(piece)
            outside.setdefault(piece.row, []).append(piece)
        elif k in beside:
            seeds.setdefault(beside[k].row, []).append(whole_run(words, best, piece, left_pt=left - EDGE_PT))
        else:
            whole = whole_run(words, best, piece, left_pt=left - EDGE_PT)
            loose.setdefault(_row_between(piece, pages.get(piece.page, ())), []).append(whole)
    for band in bands:
        if band.row not in seeds and (found := _untagged(words, best, band, left, alone=band.row not in loose)):
            seeds[band.row] = [found]
    second = second_names(words, best, seeds, elsewhere, bands, column)
    distances = usual_distances([p for k in (seeds, loose) for own in k.values() for p in own])
    sections = usual is not None and heads_sections_outside(words, best, seeds, loose, left)
    result: dict[int, list[Piece]] = {}
    for row in {*seeds, *loose, *outside}:
        others = without_other_entries(words, best, loose.get(row, []))
        if row not in seeds and row not in outside and not others:
            others = loose[row]  # a name that may be another entry's is better than none
        seed = seeds.get(row) or _strongest(others or outside[row])
        if row in seeds and usual is not None:
            others = without_headings_below(words, best, others, seed, left)
        if row in seeds and sections:
            others = without_headings_above(others, seed, left)
        named = with_broken_lines(words, best, connected(seed, others, notes.get(row, ()), distances))
        result[row] = sorted({*named, *second.get(row, ())}, key=lambda p: (p.page, p.line, p.box[0]))
    return result


def _name_column(words: Words, pieces: Sequence[Piece], bands: Sequence[Band]) -> tuple[float, float]:
    """Left and right edge of the column that most pieces stand in; what stands below a heading that says so counts more."""
    headings = name_headings(words, bands)
    intervals = [
        (*p.column, p.weight * (HEADED if any(overlap(*p.column, *heading) > MEET for heading in headings) else 1.0)) for p in pieces
    ]
    return heaviest_column(intervals)


def _row_between(piece: Piece, bands: Sequence[Band]) -> int:
    """Row of a piece that stands between two main lines of its page: its own where that is one of the two, else the upper."""
    above = next((b.row for b in reversed(bands) if b.top <= piece.box[1]), None)
    below = next((b.row for b in bands if b.top > piece.box[1]), None)
    return piece.row if above is None or piece.row in (above, below) else above


def _untagged(words: Words, best: Sequence[int], band: Band, left_pt: float, *, alone: bool) -> Piece | None:
    """The piece of a main line that begins where names begin, for a row without one: a name that looks like a code or a unit. Where the row has
    names on other lines (not ``alone``), codes and notes are what they are taken for."""
    for run in runs(words, words.words_of_line[band.line]):
        if (
            abs(words.box_list[run[0]][0] - left_pt) <= EDGE_PT
            and best[run[0]] not in _NUMBERS
            and (alone or not (_BRACKETED.match(words.texts[run[0]]) or any(best[i] in _NO_NAMES for i in run)))
        ):
            return make_piece(
                words, _without_leading_codes(words, run[: next((k for k, i in enumerate(run) if best[i] in _NUMBERS), len(run))]), band.row
            )
    return None


def _without_leading_codes(words: Words, run: Sequence[int]) -> Sequence[int]:
    """A run without the position, code or unit in front of its name; whole where it holds no name."""
    k = next((k for k, i in enumerate(run) if not is_surely(words, i, POSITION, CODE, UNIT)), 0)
    return run[k:] if is_surely(words, run[k], NAME) else run
