"""Two tables of items side by side under one heading printed twice: each half of a line is a line of its own, the left table before the right one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FEWEST_WORDS = 3  # of a heading that is printed twice
FEWEST_LINES = 2  # under it that have words in both tables
EDGE_PT = 3.0  # between the edges of a column
SHIFT_EM = 1.5  # by which a column may stand elsewhere in the one table than in the other
PITCH_EM = 3.5  # from the baseline of a line of the tables to that of the next
GAP_EM = 1.0  # between the tables


def part_twin_tables(
    texts: Sequence[str], boxes: NDArray[np.float32], sizes: NDArray[np.float32], lines: NDArray[np.int32]
) -> tuple[NDArray[np.int32], set[int]]:
    """The number of each word's line on a page, [n] int32, as given in ``lines`` but with the lines of the right table of two after those of the left; and
    which of them are lines of such tables, below their headings."""
    twins: set[int] = set()
    members: dict[int, list[int]] = {}
    for i in np.lexsort((boxes[:, 0], lines)).tolist():
        members.setdefault(int(lines[i]), []).append(i)
    in_order = [members[line] for line in sorted(members)]
    parts: list[list[int]] = []
    k = 0
    while k < len(in_order):
        table = _twins(texts, boxes, sizes, in_order, k)
        if table is None:
            parts.append(in_order[k])
            k += 1
        else:
            halves = [left for left, _ in table if left], [right for _, right in table if right]
            for half in halves:
                twins.update(range(len(parts) + 1, len(parts) + len(half)))
                parts += half
            k += len(table)
    if not twins:
        return lines, twins
    result = np.empty_like(lines)
    for number, words in enumerate(parts):
        result[words] = number
    return result, twins


def _twins(
    texts: Sequence[str], boxes: NDArray[np.float32], sizes: NDArray[np.float32], lines: Sequence[list[int]], first: int
) -> list[tuple[list[int], list[int]]] | None:
    """The left and right halves of the lines from the ``first`` on, if that is a heading that is printed twice; else None."""
    heading = lines[first]
    half = len(heading) // 2
    left, right = heading[:half], heading[half:]
    if half < FEWEST_WORDS or [texts[i].casefold() for i in left] != [texts[i].casefold() for i in right]:
        return None
    shift = float(boxes[right[0], 0] - boxes[left[0], 0])
    slack = SHIFT_EM * float(sizes[left[0]])  # columns of the two are as wide as what stands in them
    if any(abs(float(boxes[b, edge] - boxes[a, edge]) - shift) > slack for a, b in zip(left, right, strict=True) for edge in (0, 2)):
        return None
    begin, split = float(boxes[left[0], 0]), float(boxes[right[0], 0]) - EDGE_PT
    table = [(left, right)]
    bottom = float(boxes[heading[0], 3])
    for k in range(first + 1, len(lines)):
        line = lines[k]
        halves = [i for i in line if boxes[i, 0] < split], [i for i in line if boxes[i, 0] >= split]
        below = float(boxes[line[0], 3])
        if boxes[line[0], 0] < begin - EDGE_PT or below - bottom > PITCH_EM * sizes[line[0]]:
            break
        if halves[0] and (
            boxes[halves[0][-1], 2] > split
            or (halves[1] and boxes[halves[1][0], 0] - boxes[halves[0][-1], 2] < GAP_EM * sizes[halves[1][0]])
        ):
            break
        table.append(halves)
        bottom = below
    return table if sum(bool(right) for _, right in table) > FEWEST_LINES else None
