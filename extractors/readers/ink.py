"""What the ink of the picture says of recognised words: where they begin and end, and where two were read as one.

Engines tell where a word lies by the columns of their network, a third of a letter to either side, and lose spaces. Columns of amounts are told by
their edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPACE = 0.23  # of the line's height (0.3 em): the least empty stretch between words; between letters there is half of it
_REACH = 0.35  # of the line's height: how far an edge may be moved
_GAP = 0.12  # of the line's height without ink before a word; letters stand closer
_MIN_CONTRAST = 50  # of 255 between ink and what is around it
_MIN_PIXELS = 2  # of ink in a column; one is noise


def on_ink(boxes: NDArray[np.float64], line_heights: NDArray[np.float64], pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The boxes [n, 4] in pixels with x0 and x1 where ink begins and ends, unchanged where none does nearby.

    ``line_heights`` [n] are those of the words' lines, ``pixels`` [height, width] the level picture.
    """
    moved = boxes.copy()
    height, width = pixels.shape
    for k, (x0, y0, x1, y1) in enumerate(boxes.tolist()):
        line_height = float(line_heights[k])
        reach, gap = max(round(_REACH * line_height), 2), max(round(_GAP * line_height), 2)
        start, stop = max(int(x0) - reach - gap, 0), min(int(x1) + reach + gap + 1, width)
        crop = pixels[max(int(y0), 0) : min(int(y1) + 1, height), start:stop]
        if not crop.size:
            continue
        ink = _ink(crop)
        left, right = _nearest_start(ink, x0 - start, reach, gap), _nearest_start(ink[::-1], stop - x1, reach, gap)
        new_x0 = start + left if left is not None else x0
        new_x1 = stop - right if right is not None else x1
        if new_x1 > new_x0:
            moved[k, 0], moved[k, 2] = new_x0, new_x1
    return moved


def gaps_inside(box: tuple[float, float, float, float], line_height: float, pixels: NDArray[np.uint8]) -> list[float]:
    """The middles, in pixels from the left, of stretches inside the box (in pixels) that are empty and as wide as a space."""
    x0, y0, x1, y1 = (round(edge) for edge in box)
    crop = pixels[max(y0, 0) : max(y1 + 1, 0), max(x0, 0) : max(x1 + 1, 0)]
    if not crop.size:
        return []
    columns = np.flatnonzero(_ink(crop))
    wide = np.flatnonzero(np.diff(columns) - 1 >= SPACE * line_height)
    return [max(x0, 0) + float(columns[i] + columns[i + 1]) / 2 for i in wide.tolist()]


def _ink(crop: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which columns [width] of a part of a line show ink."""
    levels = crop.astype(np.int16)
    return (np.abs(levels - int(np.median(levels))) > _MIN_CONTRAST).sum(axis=0) >= _MIN_PIXELS


def _nearest_start(ink: NDArray[np.bool_], expected: float, reach: int, gap: int) -> int | None:
    """The column nearest to ``expected``, at most ``reach`` away, at which ink begins behind ``gap`` empty columns."""
    filled = np.concatenate(([0], np.cumsum(ink)))
    columns = np.flatnonzero(ink)
    columns = columns[np.abs(columns - expected) <= reach]
    begins = [c for c in columns.tolist() if filled[c] == filled[max(c - gap, 0)]]
    return min(begins, key=lambda c: abs(c - expected), default=None)
