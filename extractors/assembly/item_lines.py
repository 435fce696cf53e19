"""Where the items' numbers stand: each item's main line, and the column of the names beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.name_pieces import runs
from extractors.assembly.spans import LABEL_INDEX, Words
from extractors.data_files import read_yaml

CELLS = frozenset(
    LABEL_INDEX[f"line.{n}"] for n in ("position", "quantity", "unit", "unit_price", "net_amount", "gross_amount", "tax_rate", "discount")
)
_AMOUNTS = frozenset({LABEL_INDEX["line.net_amount"], LABEL_INDEX["line.gross_amount"]})

HEADING_LINES = 12  # above the first item of a page: a heading may take several lines, each cell at its own height


@dataclass(frozen=True, slots=True)
class Band:
    """The height that a row's numbers take on its main line, in points from the top of the page (index from 0)."""

    row: int
    page: int
    line: int
    top: float
    bottom: float


def item_bands(words: Words, best: Sequence[int], rows: NDArray[np.int32]) -> list[Band]:
    """The main line of every row that has numbers: the line with most kinds of them. Down the pages."""
    cells: dict[int, dict[int, list[int]]] = {}
    row_list: list[int] = rows.tolist()
    for i in np.flatnonzero(rows >= 0).tolist():
        if best[i] in CELLS:
            cells.setdefault(row_list[i], {}).setdefault(words.line_list[i], []).append(i)
    bands: list[Band] = []
    for row, lines in cells.items():
        line, members = max(lines.items(), key=lambda e: (len({best[i] for i in e[1]}), any(best[i] in _AMOUNTS for i in e[1]), -e[0]))
        box = words.box_of(members)
        bands.append(Band(row, int(words.page[members[0]]), line, box[1], box[3]))
    return sorted(bands, key=lambda b: (b.page, b.top))


def name_headings(words: Words, bands: Sequence[Band]) -> set[tuple[float, float]]:
    """Left and right edges of column headings that say "description", on the last lines above the first item of a page."""
    first: dict[int, int] = {}
    for band in bands:
        first[band.page] = min(first.get(band.page, band.line), band.line)
    found: set[tuple[float, float]] = set()
    for page, line in first.items():
        for above in range(line - 1, line - 1 - HEADING_LINES, -1):
            members = words.words_of_line.get(above, ())
            if members and words.page[members[0]] == page:
                pieces = runs(words, members)
                found.update(_width(words, run) for run in pieces if len(pieces) > 1 and is_name_heading(_text(words, run)))
    return found


def _width(words: Words, run: Sequence[int]) -> tuple[float, float]:
    return words.box_list[run[0]][0], words.box_list[run[-1]][2]


def _text(words: Words, run: Sequence[int]) -> str:
    return " ".join(words.texts[i] for i in run)


def is_name_heading(text: str) -> bool:
    """Whether a text heads a column of names."""
    return text.casefold().strip(" .:*") in _headings()


@lru_cache(maxsize=1)
def _headings() -> frozenset[str]:
    return frozenset(cast("list[str]", read_yaml("name_headings.yaml")))


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Common length of two intervals as a share of the shorter one, 0 where they do not meet."""
    return max(min(a1, b1) - max(a0, b0), 0.0) / max(min(a1 - a0, b1 - b0), 1e-6)


def heaviest_column(intervals: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """The stretch (x0, x1) of the intervals (x0, x1, weight) that overlap each other and weigh most together. One column, however it is aligned."""
    groups: list[list[float]] = []
    for x0, x1, weight in sorted(intervals):
        if groups and x0 < groups[-1][1]:
            groups[-1][1] = max(groups[-1][1], x1)
            groups[-1][2] += weight
        else:
            groups.append([x0, x1, weight])
    x0, x1, _ = max(groups, key=lambda g: g[2])
    return x0, x1


def usual_left(lefts: Sequence[float]) -> float | None:
    """The left edge that most have, to a point; None where fewer than two agree."""
    if not lefts:
        return None
    edge, count = Counter(round(x) for x in lefts).most_common(1)[0]
    return float(edge) if count > 1 else None
