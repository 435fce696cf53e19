"""The words of a document's pages as flat columns, with the lines that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.lines import text_lines
from extractors.assembly.twin_tables import part_twin_tables
from extractors.tagger import TaggedDocument

SIDEWAYS = 1.5  # height of a word's box against its width
PIECE_GAP_EM = 0.8
COLUMN_GAP_EM = 3.0  # gaps from here on are taken to be between columns
CELL_EDGE_PT, CELL_LEADING_EM = 1.5, 1.6  # of the next line of a narrow cell: its left or right edge, and the distance of its baseline

Found = TypeVar("Found")


@dataclass(eq=False)
class Words:
    """The words of a tagged document as flat columns, pages in order. All of it but ``tagged`` is the print's: no tag changes it, and nobody else may."""

    tagged: TaggedDocument
    _found: dict[tuple[object, ...], object] = field(default_factory=dict[tuple[object, ...], object], init=False, repr=False)

    def tagged_by(self, tagged: TaggedDocument) -> Words:
        """The words as another reading tags them; what is known of the print is kept where it is the same document."""
        if tagged is self.tagged:
            return self
        words = Words(tagged)
        if tagged.document is self.tagged.document:
            words.__dict__.update(self.__dict__, tagged=tagged)
        return words

    def once(self, find: Callable[..., Found], *arguments: Any) -> Found:
        """``find(words, *arguments)``, which asks for the print and no tags, so that one answer serves all readings of the document."""
        key = (find, *arguments)
        if key not in self._found:
            self._found[key] = find(self, *arguments)
        return cast("Found", self._found[key])

    def forget(self) -> None:
        """Let go of what was found: it refers to the words that hold it, and would stay until the garbage collector comes by."""
        self._found.clear()

    @cached_property
    def texts(self) -> list[str]:
        return [t for page in self.tagged.document.pages for t in page.texts]

    @cached_property
    def boxes(self) -> NDArray[np.float32]:
        pages = [p.boxes for p in self.tagged.document.pages if len(p)]
        return np.concatenate(pages) if pages else np.zeros((0, 4), np.float32)

    @cached_property
    def box_list(self) -> list[tuple[float, float, float, float]]:
        """``boxes`` as Python floats."""
        return [(b[0], b[1], b[2], b[3]) for b in self.boxes.tolist()]

    @cached_property
    def line_list(self) -> list[int]:
        """``line`` as Python integers."""
        return self.line.tolist()

    @cached_property
    def page_list(self) -> list[int]:
        """``page`` as Python integers."""
        return self.page.tolist()

    @cached_property
    def size_list(self) -> list[float]:
        """``size`` as Python floats."""
        return self.size.tolist()

    @cached_property
    def has_digit(self) -> list[bool]:
        """Which words hold a digit."""
        return [any(c.isdigit() for c in text) for text in self.texts]

    @cached_property
    def page(self) -> NDArray[np.int32]:
        return np.concatenate([np.full(len(p), i, np.int32) for i, p in enumerate(self.tagged.document.pages)] or [np.zeros(0, np.int32)])

    @property
    def line(self) -> NDArray[np.int32]:
        """Number of each word's text line, counted through all pages."""
        return self._lines[0]

    @property
    def twin_lines(self) -> frozenset[int]:
        """The numbers of the lines in two tables side by side."""
        return self._lines[1]

    @cached_property
    def _lines(self) -> tuple[NDArray[np.int32], frozenset[int]]:
        parts: list[NDArray[np.int32]] = []
        twins: set[int] = set()
        offset = 0
        for page in self.tagged.document.pages:
            height = np.maximum(page.boxes[:, 3] - page.boxes[:, 1], 1.0)
            sizes = np.where(page.sizes > 0, page.sizes, height)
            lines, in_twins = part_twin_tables(page.texts, page.boxes, sizes, text_lines(page.boxes, sizes))
            twins.update(line + offset for line in in_twins)
            parts.append(lines + np.int32(offset))
            offset += int(lines.max()) + 1 if len(lines) else 0
        return np.concatenate(parts) if parts else np.zeros(0, np.int32), frozenset(twins)

    @cached_property
    def size(self) -> NDArray[np.float32]:
        """Font size of each word in points, its height where the size is unknown."""
        sizes = np.concatenate([p.sizes for p in self.tagged.document.pages] or [np.zeros(0, np.float32)])
        height = self.boxes[:, 3] - self.boxes[:, 1]
        return np.where(sizes > 0, sizes, np.maximum(height, 1))

    @cached_property
    def upright(self) -> NDArray[np.bool_]:
        """Which words are not set sideways, as text in a margin is: words of four letters or more are wider than high."""
        width, height = self.boxes[:, 2] - self.boxes[:, 0], self.boxes[:, 3] - self.boxes[:, 1]
        long = np.array([len(text) > 3 for text in self.texts], np.bool_)
        sideways = long & (height > SIDEWAYS * width)
        return ~sideways if 2 * sideways.sum() < len(sideways) else np.ones(len(sideways), np.bool_)

    @cached_property
    def bold(self) -> NDArray[np.bool_]:
        return np.concatenate([p.bold for p in self.tagged.document.pages] or [np.zeros(0, np.bool_)])

    @cached_property
    def reading_order(self) -> NDArray[np.int64]:
        """Indices of the words, line by line, from the left."""
        return np.lexsort((self.boxes[:, 0], self.line))

    @cached_property
    def piece_gap_em(self) -> float:
        """Words of a line that are further apart, in em of the smaller one, stand in different pieces: wider where the text is spaced out."""
        order = self.reading_order
        left, right = order[:-1], order[1:]
        gaps = (self.boxes[right, 0] - self.boxes[left, 2]) / np.minimum(self.size[left], self.size[right])
        gaps = gaps[(self.line[left] == self.line[right]) & (gaps < COLUMN_GAP_EM)]
        return max(PIECE_GAP_EM, 2 * float(np.median(gaps))) if len(gaps) else PIECE_GAP_EM

    @cached_property
    def words_of_line(self) -> dict[int, list[int]]:
        """Words of every line, from the left."""
        lines: dict[int, list[int]] = {}
        for i in self.reading_order.tolist():
            lines.setdefault(self.line_list[i], []).append(i)
        return lines

    @cached_property
    def full_text(self) -> str:
        """All words, a newline between lines."""
        pieces: list[str] = []
        last = -1
        for i in self.reading_order.tolist():
            if self.line_list[i] != last and pieces:
                pieces.append("\n")
            elif pieces:
                pieces.append(" ")
            pieces.append(self.texts[i])
            last = self.line_list[i]
        return "".join(pieces)

    def inside(self, page: int, box: Sequence[float]) -> list[int]:
        """Words whose middle lies in a box (x0, top, x1, bottom, in points) of a page, numbered from 0."""
        x0, y0, x1, y1 = box
        x, y = (self.boxes[:, 0] + self.boxes[:, 2]) / 2, (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        found: list[int] = np.flatnonzero((self.page == page) & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).tolist()
        return found

    def below_in_cell(self, run: Sequence[int]) -> list[int]:
        """Words that stand under a run of words as the next line of a narrow cell does: at its left or right edge, close below."""
        first, last = run[0], run[-1]
        left, (_, _, right, bottom), reach = self.box_list[first][0], self.box_list[last], CELL_LEADING_EM * self.size_list[last]
        return [
            i
            for line in (self.line_list[last] + 1, self.line_list[last] + 2)
            for i in self.words_of_line.get(line, ())
            if self.page_list[i] == self.page_list[last]
            and min(abs(self.box_list[i][0] - left), abs(self.box_list[i][2] - right)) <= CELL_EDGE_PT
            and 0 < self.box_list[i][3] - bottom < reach
        ]

    def box_of(self, indices: Sequence[int]) -> tuple[float, float, float, float]:
        """Box around words of one page, in points."""
        if len(indices) == 1:
            return self.box_list[indices[0]]
        lefts, tops, rights, bottoms = zip(*[self.box_list[i] for i in indices], strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)
