"""Arithmetic that is visible on a page before anything is tagged: products on a line, sums of two amounts, sums of a column, percentages.

Each function marks columns of the layout features [n, 30] in place. ``values`` [n] float64 holds the amount a word shows, NaN where it
shows none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Layout = NDArray[np.float32]
Values = NDArray[np.float64]

LONGEST_COLUMN = 160  # every run of a column up to this length is tried; of longer ones the runs from its first entries
MOST_AMOUNTS = 120
EDGE_PT = 2.0


def mark_products(layout: Layout, lines: NDArray[np.int32], values: Values) -> None:
    """Columns 19, 20 of one page: this number is the product of two numbers of its line; it is a factor of such a product."""
    numbers = np.flatnonzero(~np.isnan(values) & (values > 0))
    if len(numbers) < 3:
        return
    order = numbers[np.argsort(lines[numbers], kind="stable")]
    bounds = np.flatnonzero(np.diff(lines[order])) + 1
    for group in np.split(order, bounds):
        if not 3 <= len(group) <= 14:
            continue
        v = values[group]
        product = v[:, None] * v[None, :]
        np.fill_diagonal(product, np.nan)
        for k, target in enumerate(v):
            if target == 1:
                continue
            hit = np.abs(product - target) <= 0.006 + 0.0005 * target * (target < 100)
            hit[k, :] = hit[:, k] = False
            if hit.any():
                layout[group[k], 19] = 1
                layout[group[hit.any(axis=0)], 20] = 1


def mark_sums(layout: Layout, values: Values) -> None:
    """Columns 21-23: this amount is the sum of two others of the document; it is such an addend; it is the largest amount."""
    known, cents = _amounts(values)
    if len(known) < 3:
        return
    distinct = np.unique(cents)
    top = distinct[-MOST_AMOUNTS:]
    first, second = np.tril_indices(len(top), -1)
    total = top[first] + top[second]
    hit = _among(total, top)
    layout[known, 21] = _among(cents, np.unique(total[hit]))
    layout[known, 22] = _among(cents, np.unique(np.concatenate((top[first[hit]], top[second[hit]]))))
    layout[known, 23] = cents == distinct[-1]


def mark_columns(layout: Layout, values: Values, position: NDArray[np.float32]) -> None:
    """Columns 24, 25: this amount is the sum of two or more amounts that follow each other in a column (same right edge); it is one of them."""
    known, cents = _amounts(values)
    if len(known) < 3:
        return
    wanted = np.unique(cents)
    right = position[known, 1]
    by_edge = np.argsort(right, kind="stable")
    for column in np.split(by_edge, np.flatnonzero(np.diff(right[by_edge]) > EDGE_PT) + 1):
        if len(column) < 2:
            continue
        column = column[np.argsort(position[known[column], 2], kind="stable")]
        prefix = np.concatenate(([0], np.cumsum(cents[column])))
        starts = np.arange(len(column) if len(column) <= LONGEST_COLUMN else 3)
        sums = prefix[None, :] - prefix[starts, None]  # [starts, ends]: amounts start .. end - 1
        run = np.arange(len(prefix))[None, :] - starts[:, None]
        hit = (run >= 2) & _among(sums, wanted)
        if not hit.any():
            continue
        begin, end = np.nonzero(hit)
        layout[known, 24] = np.maximum(layout[known, 24], _among(cents, np.unique(sums[hit])))
        cover = np.zeros(len(prefix), np.int64)
        np.add.at(cover, begin, 1)
        np.add.at(cover, end, -1)
        members = known[column]
        layout[members, 25] = np.maximum(layout[members, 25], np.cumsum(cover)[:-1] > 0)


def mark_percentages(layout: Layout, values: Values, texts: list[str]) -> None:
    """Columns 26, 27: this amount is a percentage, printed on the page, of another amount; it is such a base."""
    rates = _rates(texts)
    known, cents = _amounts(values)
    if not len(rates) or len(known) < 2:
        return
    distinct = np.unique(cents)
    base = distinct[-MOST_AMOUNTS:]
    for rate in rates:
        tax = np.floor(base * rate / 100 + 0.5).astype(np.int64)
        hit = _among(tax, distinct) & (tax >= 10) & (tax < base)
        if hit.any():
            layout[known, 26] = np.maximum(layout[known, 26], _among(cents, np.unique(tax[hit])))
            layout[known, 27] = np.maximum(layout[known, 27], _among(cents, base[hit]))


def _among(numbers: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each number is in the ascending ``ordered``; ``np.isin`` would sort both each time."""
    if not len(ordered):
        return np.zeros(numbers.shape, np.bool_)
    return ordered[np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)] == numbers


def _amounts(values: Values) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    known = np.flatnonzero(~np.isnan(values) & (values >= 0.01))
    return known, np.round(values[known] * 100).astype(np.int64)


def _rates(texts: list[str]) -> list[float]:
    """The percentages that the page prints, at most 8, as numbers."""
    found: dict[float, None] = {}
    for i, text in enumerate(texts):
        if "%" not in text:
            continue
        core = text.replace("%", "").strip("()+-:; ")
        if not core and i:
            core = texts[i - 1].strip("()+-:; ")
        try:
            rate = float(core.replace(",", "."))
        except ValueError:
            continue
        if 0 < rate < 40:
            found[rate] = None
    return list(found)[:8]
