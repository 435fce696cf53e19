"""Which words belong to which line item: every word of an item points at the item's anchor (its amount), learned, not measured."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.item_lines import heaviest_column, is_name_heading
from extractors.assembly.name_pieces import runs
from extractors.assembly.spans import LABEL_INDEX, Words, carries
from extractors.labels import FIELDS

_LINE_COLUMNS = np.array([LABEL_INDEX[name] for name in FIELDS if name.startswith("line.")])
_AMOUNTS = np.array([LABEL_INDEX["line.net_amount"], LABEL_INDEX["line.gross_amount"]])
_NAMES = np.array([LABEL_INDEX["line.description"]])
_NUMERIC = np.array([LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount", "unit_price", "quantity")])
_CELLS = np.array(
    [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount", "unit_price", "quantity", "tax_rate", "discount", "unit")]
)
_ONCE = np.array([LABEL_INDEX[f"line.{n}"] for n in ("quantity", "unit_price")])
LINKS_AGAINST = 50.0  # score of links from which words stay where they point; chosen on generated layouts
BEGINS = 0.5  # probability from which a word begins a name
REACH = 320  # words of items on either side among which an anchor is sought
BLOCK = 256
SCORE_PLACES = 3  # ties do not depend on how a machine adds up
HALVES_EM = 0.5  # between the heights of two parts of one row
NAMES_BESIDE = 0.25  # up to this share of name words beside amounts (a stray unit), names are taken to stand on lines of their own


def find_rows(words: Words, probabilities: NDArray[np.float32]) -> NDArray[np.int32]:
    """Row of every word, [n] int32, numbered from 0 down the pages; -1 = not part of an item."""
    best = probabilities.argmax(1)
    order = words.reading_order
    members = order[carries(best[order], _LINE_COLUMNS) & words.upright[order]]
    rows = np.full(len(best), -1, np.int32)
    if not len(members):
        return rows
    query, key = words.tagged.link_query[members], words.tagged.link_key[members]
    target = _best_target(query, key, np.arange(len(members)))
    anchors = np.flatnonzero(target == np.arange(len(members)))
    if not len(anchors):
        anchors = np.unique(target)
    anchors = _one_amount_per_line(words, best, members, anchors)
    chosen = _best_target(query, key, anchors)
    chosen[anchors] = anchors
    chosen = _within_twin_tables(words, best, members, chosen)
    chosen = _split_rows_with_two_amounts(words, best, members, chosen, query, key)
    chosen = _agree_within_pieces(words, best, members, chosen)
    chosen = _above_or_below(words, best, members, chosen)
    chosen = _one_each(words, best, members, chosen)
    for row, anchor in enumerate(sorted(set(chosen.tolist()))):
        rows[members[chosen == anchor]] = row
    return _one_name_each(words, best, _drop_rows_without_numbers(best, rows))


def _one_name_each(words: Words, best: NDArray[np.int64], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where as many names begin as there are items with an amount, each item has one of them, in their order down the pages."""
    anchors = np.unique(rows[(rows >= 0) & carries(best, _AMOUNTS)])
    order = words.reading_order
    named = order[(best[order] == _NAMES[0]) & words.upright[order]]
    begins = _at_starts_of_runs(words, named, words.tagged.starts[named] > BEGINS)
    if len(anchors) < 2 or begins.sum() != len(anchors) or len(anchors) != rows.max() + 1:
        return rows
    result = rows.copy()
    segment = np.cumsum(begins) - 1
    result[named[segment >= 0]] = anchors[segment[segment >= 0]]
    return rows if _pull_back(words, best, rows, result) > LINKS_AGAINST else result


def _pull_back(words: Words, best: NDArray[np.int64], rows: NDArray[np.int32], moved: NDArray[np.int32]) -> float:
    """By how much the words that are ``moved`` point at the amount of their old row rather than at that of the new one, mean score of links."""
    is_amount = carries(best, _AMOUNTS)
    amounts = {int(row): np.flatnonzero((rows == row) & is_amount) for row in np.unique(rows[rows >= 0])}
    query, key = words.tagged.link_query, words.tagged.link_key
    gaps = [
        float((query[i] @ key[amounts[int(rows[i])]].T).max() - (query[i] @ key[amounts[int(moved[i])]].T).max())
        for i in np.flatnonzero((rows != moved) & (rows >= 0)).tolist()
        if len(amounts[int(rows[i])])
    ]
    return sum(gaps) / len(gaps) if gaps else 0.0


def _at_starts_of_runs(words: Words, named: NDArray[np.int64], begins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``begins`` moved to the first of the words that stand side by side."""
    first = np.ones(len(named), bool)
    left, right = named[:-1], named[1:]
    gap = words.boxes[right, 0] - words.boxes[left, 2]
    first[1:] = (words.line[left] != words.line[right]) | (gap > words.piece_gap_em * words.size[left])
    run = np.cumsum(first) - 1
    return first & np.isin(run, run[begins])


def _best_target(query: NDArray[np.float32], key: NDArray[np.float32], candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of m words the candidate (index into the m words) of highest score within reach, [m]."""
    m = len(query)
    target = np.zeros(m, np.int64)
    for start in range(0, m, BLOCK):
        stop = min(start + BLOCK, m)
        near = candidates[(candidates >= start - REACH) & (candidates < stop + REACH)]
        if not len(near):
            near = candidates[[int(np.abs(candidates - start).argmin())]]
        target[start:stop] = near[(query[start:stop] @ key[near].T).round(SCORE_PLACES).argmax(1)]
    return target


def _one_amount_per_line(
    words: Words, best: NDArray[np.int64], members: NDArray[np.int64], anchors: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Anchors without those that stand on the line of another anchor closely enough to be the same amount or its neighbour column."""
    kept: list[int] = []
    by_line: dict[int, list[int]] = {}
    for a in anchors.tolist():
        by_line.setdefault(int(words.line[members[a]]), []).append(a)
    for group in by_line.values():
        amounts = [a for a in group if best[members[a]] in _AMOUNTS]
        if len(amounts) > 1:
            nets = [a for a in amounts if best[members[a]] == _AMOUNTS[0]]
            kept.append((nets or amounts)[-1])
        elif amounts:
            kept.append(amounts[0])
        else:
            kept.append(group[0])
    return np.array(sorted(kept), np.int64)


def _within_twin_tables(words: Words, best: NDArray[np.int64], members: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """In two tables side by side the words of a line point at the amount on it, and not at that of the other table's line."""
    if not words.twin_lines:
        return chosen
    result = chosen.copy()
    anchor = -1
    for line in sorted(words.twin_lines):
        inside = np.flatnonzero(words.line[members] == line)
        amounts = inside[carries(best[members[inside]], _AMOUNTS)]
        anchor = int(amounts[-1]) if len(amounts) else anchor
        if anchor >= 0:
            result[inside] = anchor
    return result


def _split_rows_with_two_amounts(
    words: Words,
    best: NDArray[np.int64],
    members: NDArray[np.int64],
    chosen: NDArray[np.int64],
    query: NDArray[np.float32],
    key: NDArray[np.float32],
) -> NDArray[np.int64]:
    """A row with amounts of one kind on several lines becomes several rows; its other words go to the amount they point at most."""
    result = chosen.copy()
    for anchor in np.unique(chosen):
        inside = np.flatnonzero(chosen == anchor)
        for label in _AMOUNTS:
            amounts = [i for i in inside if best[members[i]] == label]
            lines = {int(words.line[members[i]]) for i in amounts}
            if len(lines) > 1:
                firsts = np.array([min(i for i in amounts if words.line[members[i]] == line) for line in sorted(lines)])
                result[inside] = firsts[(query[inside] @ key[firsts].T).round(SCORE_PLACES).argmax(1)]
                for i in amounts:  # an amount stays on its own line
                    result[i] = next(f for f in firsts if words.line[members[f]] == words.line[members[i]])
                break
    return result


def _agree_within_pieces(words: Words, best: NDArray[np.int64], members: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Words of one label that stand side by side belong to one row: the row that most of them point at."""
    result = chosen.copy()
    targets: list[int] = chosen.tolist()
    piece: list[int] = []

    def close() -> None:
        counts = Counter(targets[k] for k in piece)
        if len(counts) > 1:
            result[piece] = min(counts, key=lambda target: (-counts[target], target))

    for k, i in enumerate(members.tolist()):
        if piece:
            p = int(members[piece[-1]])
            gap = words.box_list[i][0] - words.box_list[p][2]
            if words.line_list[i] != words.line_list[p] or gap > 0.8 * words.size_list[p] or best[i] != best[p]:
                close()
                piece = []
        piece.append(k)
    close()
    return result


def _above_or_below(words: Words, best: NDArray[np.int64], members: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where names stand on lines of their own, they all stand above their amounts or all below: if the items begin with a name they stand
    above, if they end with one, below. Decided for the whole document, because single links waver between the two amounts; numbers stay where they
    point."""
    lines = words.line[members]
    anchors = np.unique(chosen)
    anchor_lines = lines[anchors]
    named = carries(best[members], _NAMES)
    on_anchor_line = np.isin(lines, anchor_lines)
    if len(anchors) < 2 or len(set(anchor_lines.tolist())) < len(anchors) or not named.any():
        return chosen
    if (named & on_anchor_line).sum() > NAMES_BESIDE * named.sum():
        return chosen
    named &= _in_name_column(words, members, named)
    named &= ~_in_headings(words, members, named, first=int(anchor_lines.min()))
    begins = bool((named & (lines < anchor_lines.min())).any())
    ends = bool((named & (lines > anchor_lines.max())).any())
    if begins == ends:
        return chosen
    order = anchors[np.argsort(anchor_lines, kind="stable")]
    ordered = np.sort(anchor_lines)
    loose = np.flatnonzero(~on_anchor_line & ~carries(best[members], _CELLS))
    if begins:
        position = np.searchsorted(ordered, lines[loose], side="left")
    else:
        position = np.searchsorted(ordered, lines[loose], side="right") - 1
    result = chosen.copy()
    result[loose] = order[np.clip(position, 0, len(order) - 1)]
    return result


def _in_headings(words: Words, members: NDArray[np.int64], named: NDArray[np.bool_], *, first: int) -> NDArray[np.bool_]:
    """Which of the words above line ``first`` are, with the others of their line, the heading of a column of names."""
    by_line: dict[int, list[int]] = {}
    for k in np.flatnonzero(named & (words.line[members] < first)).tolist():
        by_line.setdefault(words.line_list[int(members[k])], []).append(k)
    result = np.zeros(len(members), bool)
    for own in by_line.values():
        if is_name_heading(" ".join(words.texts[int(members[k])] for k in own)):
            result[own] = True
    return result


def _one_each(words: Words, best: NDArray[np.int64], members: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a document shows as many numbers of a kind as it has items, each item has one of them, in their order down the page."""
    anchors = np.unique(chosen)
    if len(anchors) < 2:
        return chosen
    result = chosen.copy()
    labels = best[members]
    for label in _ONCE:
        found = np.flatnonzero(labels == label)
        if len(found) != len(anchors) or len(np.unique(chosen[found])) == len(anchors):
            continue
        if len(np.unique(words.line[members[found]])) == len(found):
            result[found] = anchors
    return result


def _in_name_column(words: Words, members: NDArray[np.int64], named: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the words stand in the column that most of the ``named`` ones stand in."""
    by_line: dict[int, list[int]] = {}
    for i in members[named].tolist():
        by_line.setdefault(words.line_list[i], []).append(i)
    pieces = [piece for line in by_line.values() for piece in runs(words, line)]
    x0, x1 = heaviest_column([(words.box_list[p[0]][0], words.box_list[p[-1]][2], float(len(p))) for p in pieces])
    return (words.boxes[members, 2] > x0) & (words.boxes[members, 0] < x1)


def join_halves(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Rows with an amount that has no name and price of its own joined to the row without amount on the line before or after: cells of one item whose
    heights differ."""
    best = probabilities.argmax(1)
    shown: dict[int, set[int]] = {}
    place: dict[int, tuple[int, float, float]] = {}
    for i in np.flatnonzero((rows >= 0) & carries(best, np.concatenate([_NUMERIC, _NAMES]))).tolist():
        row = int(rows[i])
        shown.setdefault(row, set()).add(int(best[i]))
        page, top, bottom = place.get(row, (int(words.page[i]), np.inf, -np.inf))
        if page == words.page[i]:
            place[row] = (page, min(top, words.box_list[i][1]), max(bottom, words.box_list[i][3]))
    result = rows.copy()
    amounts = set(_AMOUNTS.tolist())
    for row in sorted(shown):
        other = next((r for r in (row - 1, row + 1) if r in shown and not shown[r] & amounts and shown[r] - set(_NAMES.tolist())), None)
        if shown[row] <= amounts and other is not None and place[row][0] == place[other][0]:
            size = float(words.size[rows == row].max())
            if max(place[row][1], place[other][1]) - min(place[row][2], place[other][2]) < HALVES_EM * size:
                result[rows == row] = other
                shown[other] |= shown[row]
    return result


def _drop_rows_without_numbers(best: NDArray[np.int64], rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where some rows show amounts, prices or quantities, rows of text alone are comments or headings."""
    count = int(rows.max()) + 1
    numeric = np.zeros(count, bool)
    numeric[rows[(rows >= 0) & carries(best, _NUMERIC)]] = True
    if not numeric.any():
        return rows
    renumbered = np.where(numeric, np.cumsum(numeric) - 1, -1).astype(np.int32)
    return np.where(rows >= 0, renumbered[rows], -1).astype(np.int32)
