"""Text lines of a page: words that stand beside each other belong together first, then pieces at one height form a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extractors.features import line_numbers

GAP_EM = 3.0  # words further apart than this are separate pieces of a line
OVERLAP = 0.6  # of the lower word's height
TALL = 1.7  # times the usual height: a stamp or a title, which may stand across several lines
LARGER = 1.3  # times the size of the text over or under it: not the same line, though a third text stands beside both
APART = 0.2  # share of the lower height by which the two may overlap
SAME_HEIGHT = 0.5  # of a height, between the middles of words of one line
BLOCK = 512


def text_lines(boxes: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.int32]:
    """Number of the text line of each word, [n], from the top. ``boxes`` [n, 4] and ``sizes`` [n] in points.

    Columns whose lines are offset against each other would break a piece of text apart if heights were compared over the whole
    page: so neighbours are chained to pieces first, and the pieces take one height each.
    """
    n = len(boxes)
    if n == 0:
        return np.zeros(0, np.int32)
    height = boxes[:, 3] - boxes[:, 1]
    tall = _usual_height(height, sizes) > TALL * np.median(height)
    if not tall.any() or tall.all():
        return _apart_from_larger(boxes, sizes, _lines_of(boxes, sizes))
    lines = np.zeros(n, np.int32)
    lines[~tall] = _lines_of(boxes[~tall], sizes[~tall])
    lines[tall] = _lines_of(boxes[tall], sizes[tall]) + n  # lines of their own
    return _apart_from_larger(boxes, sizes, _numbered(_on_single_lines(boxes, lines, tall), boxes))


def _usual_height(height: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median height of the words of the size of each, [n]: a capital with an accent makes a word higher than others of its line."""
    result = height.copy()
    size = np.round(2 * sizes)
    for each in np.unique(size):
        result[size == each] = np.median(height[size == each])
    return result


def _apart_from_larger(boxes: NDArray[np.float32], sizes: NDArray[np.float32], lines: NDArray[np.int32]) -> NDArray[np.int32]:
    """``lines`` [n] without the smaller text that stands over or under larger one of the same line, as an address does under a name: a title beside
    both led from one to the other. The smaller text becomes a line of its own."""
    count = int(lines.max()) + 1
    largest, smallest = np.zeros(count), np.full(count, np.inf)
    np.maximum.at(largest, lines, sizes)
    np.minimum.at(smallest, lines, sizes)
    result, middle, height = lines.copy(), (boxes[:, 1] + boxes[:, 3]) / 2, boxes[:, 3] - boxes[:, 1]
    for number in np.flatnonzero(largest > LARGER * smallest):
        members = np.flatnonzero(lines == number)
        small, large = members[sizes[members] * LARGER < largest[number]], members[sizes[members] > LARGER * smallest[number]]
        a, b = boxes[small][:, None], boxes[large][None]
        across = (a[..., 0] < b[..., 2]) & (a[..., 2] > b[..., 0]) & (sizes[small][:, None] * LARGER < sizes[large][None])
        shared = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
        found = small[(across & (shared < APART * (a[..., 3] - a[..., 1]))).any(1)]
        if len(found):
            beside = np.abs(middle[small] - middle[found].mean()) < SAME_HEIGHT * height[found].mean()
            result[small[beside & (sizes[small] < LARGER * sizes[found].mean())]] = count + number
    return _numbered(result, boxes) if (result >= count).any() else lines


def _on_single_lines(boxes: NDArray[np.float32], lines: NDArray[np.int32], tall: NDArray[np.bool_]) -> NDArray[np.int32]:
    """``lines`` [n] with each line of tall words put into the one line that stands beside it; it keeps its own where it stands across several."""
    result = lines.copy()
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    for own in np.unique(lines[tall]):
        members = lines == own
        top, bottom = boxes[members, 1].min(), boxes[members, 3].max()
        crossed = np.unique(lines[~tall & (middle > top) & (middle < bottom)])
        if len(crossed) == 1:
            result[members] = crossed[0]
    return result


def _numbered(lines: NDArray[np.int32], boxes: NDArray[np.float32]) -> NDArray[np.int32]:
    """Lines numbered from 0 down the page, by the mean height of their words."""
    names, inverse = np.unique(lines, return_inverse=True)
    middle = np.bincount(inverse, weights=(boxes[:, 1] + boxes[:, 3]) / 2) / np.bincount(inverse)
    order = np.empty(len(names), np.int32)
    order[np.argsort(middle, kind="stable")] = np.arange(len(names), dtype=np.int32)
    return order[inverse]


def _lines_of(boxes: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.int32]:
    """Text lines of words of about one height."""
    n = len(boxes)
    right = _neighbours(boxes, sizes)
    left = np.full(n, -1, np.int64)
    known = np.flatnonzero(right >= 0)
    for i in known[np.argsort(boxes[right[known], 0] - boxes[known, 2], kind="stable")][::-1]:  # the nearest wins
        left[right[i]] = i
    piece = np.full(n, -1, np.int64)
    count = 0
    for i in np.argsort(boxes[:, 0], kind="stable"):
        before = left[i]
        if before >= 0 and piece[before] >= 0:
            piece[i] = piece[before]
        else:
            piece[i] = count
            count += 1
    top, bottom = np.full(count, np.inf, np.float32), np.full(count, -np.inf, np.float32)
    total, weight = np.zeros(count), np.zeros(count)
    np.add.at(total, piece, (boxes[:, 1] + boxes[:, 3]) / 2)
    np.add.at(weight, piece, 1)
    np.minimum.at(top, piece, boxes[:, 1])
    np.maximum.at(bottom, piece, boxes[:, 3])
    centre = (total / weight).astype(np.float32)
    half = np.maximum((bottom - top) / 2, 0.5)
    pieces = np.stack([np.zeros(count, np.float32), centre - half, np.ones(count, np.float32), centre + half], axis=1)
    return line_numbers(pieces.astype(np.float32))[piece]


def _neighbours(boxes: NDArray[np.float32], sizes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Index of the next word to the right within reach, [n], -1 where there is none."""
    n = len(boxes)
    x0, y0, x1, y1 = boxes.T
    height = np.maximum(y1 - y0, 1.0)
    result = np.full(n, -1, np.int64)
    for start in range(0, n, BLOCK):
        rows = slice(start, min(start + BLOCK, n))
        overlap = np.minimum(y1[None, :], y1[rows, None]) - np.maximum(y0[None, :], y0[rows, None])
        gap = x0[None, :] - x1[rows, None]
        em = sizes[rows, None]
        ok = (overlap >= OVERLAP * np.minimum(height[None, :], height[rows, None])) & (gap > -0.5 * em) & (gap < GAP_EM * em)
        ok[np.arange(ok.shape[0]), np.arange(rows.start, rows.stop)] = False
        ok &= x0[None, :] > x0[rows, None]
        distance = np.where(ok, gap, np.inf)
        best = distance.argmin(1)
        found = np.isfinite(distance[np.arange(len(best)), best])
        result[rows] = np.where(found, best, -1)
    return result
