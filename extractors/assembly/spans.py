"""Words and their label probabilities to spans: what reads as one value on one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.lines import text_lines
from extractors.labels import FIELDS
from extractors.tagger import TaggedDocument

LABEL_INDEX: dict[str, int] = {name: i + 1 for i, name in enumerate(FIELDS)}
NUMERIC_LABELS: frozenset[str] = frozenset(
    {
        "header.net_total", "header.tax_total", "header.gross_total", "header.amount_due", "total.line_total",
        "tax.rate", "tax.taxable_amount", "tax.tax_amount", "line.quantity", "line.unit_price", "line.discount", "line.net_amount",
        "line.gross_amount", "line.tax_rate", "line.tax_amount",
        "adjustment.allowance", "adjustment.charge", "adjustment.prepaid", "adjustment.rounding", "adjustment.withholding",
    }
)  # fmt: skip


SIDEWAYS = 1.5  # height of a word's box against its width
PIECE_GAP_EM = 0.8
COLUMN_GAP_EM = 3.0  # gaps from here on are taken to be between columns
SAME_EDGE_PT = 1.5
GROUP_GAP = 0.625  # of the gap between pieces: the widest space inside a number
_GROUP = re.compile(r"^\d{3}(?:[.,]\d{1,4})?(?:\D{0,3}|[^\W\d_]{4,8}\.?)$")  # a unit may be glued to it
_GROUP_HEAD = re.compile(r"^[^\W\d]{0,4}[^\w]{0,3}\d{1,3}$")

_QUANTITY = LABEL_INDEX["line.quantity"]
_BEHIND_QUANTITY = frozenset({0, LABEL_INDEX["line.unit"], LABEL_INDEX["line.note"]})
_GROUP_AND_UNIT = re.compile(r"^\d{3}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$")
SURELY_OTHER = 0.95  # probability from which a word is what the network takes it for
_JOINED_BY = frozenset({"&", "+", "-", "–"})
_JOINING = frozenset(  # words that lead on to the rest of a name
    "& + e y i a et und and og och ja és ve și en u di de da do dos das del della dei degli du des von van der den of the".split()  # noqa: SIM905
)


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Span:
    """Words (indices into the document's words, in reading order) that carry one label. ``probability`` is the mean over its words."""

    label: str
    words: tuple[int, ...]
    text: str
    page: int  # index of the page, from 0
    line: int  # number of the text line, through the document
    box: tuple[float, float, float, float]
    probability: float

    @property
    def first(self) -> int:
        return self.words[0]


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

    @cached_property
    def line(self) -> NDArray[np.int32]:
        """Number of each word's text line, counted through all pages."""
        parts: list[NDArray[np.int32]] = []
        offset = 0
        for page in self.tagged.document.pages:
            height = np.maximum(page.boxes[:, 3] - page.boxes[:, 1], 1.0)
            lines = text_lines(page.boxes, np.where(page.sizes > 0, page.sizes, height))
            parts.append(lines + np.int32(offset))
            offset += int(lines.max()) + 1 if len(lines) else 0
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)

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
            lines.setdefault(int(self.line[i]), []).append(i)
        return lines

    @cached_property
    def full_text(self) -> str:
        """All words, a newline between lines."""
        pieces: list[str] = []
        last = -1
        for i in self.reading_order:
            if self.line[i] != last and pieces:
                pieces.append("\n")
            elif pieces:
                pieces.append(" ")
            pieces.append(self.texts[i])
            last = self.line[i]
        return "".join(pieces)

    def inside(self, page: int, box: Sequence[float]) -> list[int]:
        """Words whose middle lies in a box (x0, top, x1, bottom, in points) of a page, numbered from 0."""
        x0, y0, x1, y1 = box
        x, y = (self.boxes[:, 0] + self.boxes[:, 2]) / 2, (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        found: list[int] = np.flatnonzero((self.page == page) & (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).tolist()
        return found

    def box_of(self, indices: Sequence[int]) -> tuple[float, float, float, float]:
        """Box around words of one page, in points."""
        boxes = [self.box_list[i] for i in indices]
        if len(boxes) == 1:
            return boxes[0]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def set_label(probabilities: NDArray[np.float32], word: int, label: int) -> None:
    """Make a label the likeliest one of a word, by no more than is needed: the doubt stays visible."""
    others = float(probabilities[word].sum() - probabilities[word, label])
    probabilities[word] *= 0.49 / max(others, 1e-6)
    probabilities[word, label] = 0.51


def make_span(words: Words, label: str, indices: Sequence[int], probabilities: NDArray[np.float32]) -> Span:
    """A span over ``indices``; ``probabilities`` [n, 1 + fields]."""
    column = LABEL_INDEX[label]
    return Span(
        label,
        tuple(int(i) for i in indices),
        " ".join(words.texts[i] for i in indices),
        int(words.page[indices[0]]),
        int(words.line[indices[0]]),
        words.box_of(indices),
        sum(float(probabilities[i, column]) for i in indices) / len(indices),
    )


def find_spans(words: Words, probabilities: NDArray[np.float32], *, rows: NDArray[np.int32] | None = None) -> list[Span]:
    """Runs of words on one line with one likeliest label, no wide gap between, in reading order.

    ``rows`` [n] (row of each line-item word, -1 elsewhere) keeps spans of different rows apart.
    """
    best: list[int] = probabilities.argmax(1).tolist()
    starts: list[float] = words.tagged.starts.tolist()
    row_list: list[int] | None = None if rows is None else rows.tolist()
    boxes, lines, sizes = words.box_list, words.line_list, words.size_list
    spans: list[Span] = []
    current: list[int] = []
    label = 0
    for i in words.reading_order.tolist():
        b = best[i]
        if current:
            p = current[-1]
            name = FIELDS[label - 1]
            wide = 1.2 if name in NUMERIC_LABELS else 3.0
            joined = (
                b == label
                and lines[i] == lines[p]
                and boxes[i][0] - boxes[p][2] <= wide * sizes[p]
                and (row_list is None or row_list[i] == row_list[p])
                and (starts[i] <= 0.5 or name == "line.description" or (name in NUMERIC_LABELS and _is_grouped(words, p, i)))
            )
            if joined:
                current.append(i)
                continue
            spans.append(make_span(words, name, current, probabilities))
            current = []
        if b:
            current, label = [i], b
    if current:
        spans.append(make_span(words, FIELDS[label - 1], current, probabilities))
    return spans


def join_wrapped(
    words: Words,
    spans: Sequence[Span],
    probabilities: NDArray[np.float32],
    *,
    apart: Callable[[Span, Span], bool] = lambda above, below: False,
) -> list[Span]:
    """Header spans that go on in the next line of their column become one: the network marks the first word of a value, so a span whose first
    word is not marked continues the nearest one of its label above it, unless the two stand ``apart``."""
    result: list[Span] = []
    for span in spans:
        above = _continued(words, result, span) if span.label.startswith("header.") else None
        if above is not None and words.tagged.starts[span.first] >= 0.5 and not is_unfinished(result[above]) and not goes_on(span):
            above = None
        if above is None or apart(result[above], span):
            result.append(span)
        else:
            result[above] = make_span(words, span.label, (*result[above].words, *span.words), probabilities)
    return result


def goes_on(span: Span) -> bool:
    """Whether a piece of a name begins with a sign that joins it to what stands before it ("& Partners LLP")."""
    return span.label.endswith("_name") and len(span.words) > 1 and span.text.split()[0] in _JOINED_BY


def is_unfinished(span: Span) -> bool:
    """Whether a name ends in a word that joins it to the next ("Catering e")."""
    return span.label.endswith("_name") and len(span.words) > 1 and span.text.split()[-1] in _JOINING


def _continued(words: Words, spans: Sequence[Span], span: Span) -> int | None:
    """The place of the span that ``span`` is the next line of: one that it stands under rather than beside."""
    size = words.size_list[span.first]
    found: list[int] = []
    for k in range(len(spans) - 1, max(len(spans) - 40, -1), -1):
        above = spans[k]
        if above.label != span.label or above.page != span.page or above.line == span.line:
            continue
        drop = span.box[1] - words.box_list[above.words[-1]][3]
        near = span.box[0] - 8 * size < above.box[2] and span.box[2] > above.box[0] - 8 * size
        if -0.5 * size < drop < 1.2 * size and (near or _fills_its_line(words, above, span.box[0])):
            found.append(k)
    under = (k for k in found if span.box[0] < spans[k].box[2] and span.box[2] > spans[k].box[0])
    return next(under, found[0] if found else None)


def _fills_its_line(words: Words, span: Span, edge: float) -> bool:
    """Whether a span ends a run of words that begins at ``edge``, so that the next line may go on with it."""
    last = span.words[-1]
    members = words.words_of_line[words.line_list[last]]
    k = members.index(last)
    gap = PIECE_GAP_EM * words.size_list[span.first]
    if k + 1 < len(members) and words.box_list[members[k + 1]][0] - words.box_list[members[k]][2] < gap:
        return False
    while k > 0 and words.box_list[members[k]][0] - words.box_list[members[k - 1]][2] < gap:
        k -= 1
    return abs(words.box_list[members[k]][0] - edge) < SAME_EDGE_PT


def complete_grouped_numbers(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: digits in front of a number that is grouped by spaces ("2 166,50"), and a minus that was taken for another number's, get the label of the
    number that they belong to; so do the last digits of a quantity that were taken for its unit."""
    best: list[int] = probabilities.argmax(1).tolist()
    numeric = {LABEL_INDEX[name] for name in NUMERIC_LABELS}
    order: list[int] = words.reading_order.tolist()
    for p, i in zip(reversed(order[:-1]), reversed(order[1:]), strict=True):
        if best[i] in numeric and best[p] != best[i] and (_is_grouped(words, p, i) or (best[p] in numeric and _is_signed(words, p, i))):
            if best[p] in numeric and words.has_digit[p]:  # the two were taken for different amounts
                probabilities[[p, i]] = probabilities[[p, i]].mean(0)
                best[i] = int(probabilities[i].argmax())
            else:
                probabilities[p] = probabilities[i]
            words.tagged.starts[i] = 0.0
            best[p] = best[i]
    for p, i in pairwise(order):  # the last digits of a quantity, to which a unit may be glued, were taken for the unit
        cut = best[p] == _QUANTITY and best[i] in _BEHIND_QUANTITY and probabilities[i].max() < SURELY_OTHER
        beside = cut and words.line_list[p] == words.line_list[i] and groups_touch(words, p, i)
        if beside and _GROUP_AND_UNIT.match(words.texts[i]) and _GROUP_HEAD.match(words.texts[p]):
            probabilities[i] = probabilities[p]
            words.tagged.starts[i] = 0.0


def whole_number(words: Words, i: int, belongs: Callable[[int], bool]) -> list[int]:
    """A word behind those in front of it that are groups of its digits: they touch it, and each ``belongs`` to it."""
    line = words.words_of_line[words.line_list[i]]
    first = last = line.index(i)
    while first > 0 and belongs(line[first - 1]) and groups_touch(words, line[first - 1], line[first]):
        first -= 1
    return line[first : last + 1]


def groups_touch(words: Words, left: int, right: int) -> bool:
    """Whether two words of a line stand as close as two groups of digits of one number."""
    gap = words.box_list[right][0] - words.box_list[left][2]
    return -0.2 * words.size_list[left] < gap < GROUP_GAP * words.piece_gap_em * words.size_list[left]


def _is_signed(words: Words, left: int, right: int) -> bool:
    """Whether a word is the minus of the number behind it."""
    return (
        words.texts[left] in ("-", "–", "−")
        and words.line_list[left] == words.line_list[right]
        and groups_touch(words, left, right)
        and words.texts[right][:1].isdigit()
    )


def _is_grouped(words: Words, left: int, right: int) -> bool:
    """Whether two words are parts of one number that is grouped by spaces."""
    return (
        words.line_list[left] == words.line_list[right]
        and groups_touch(words, left, right)
        and _GROUP.match(words.texts[right]) is not None
        and _GROUP_HEAD.match(words.texts[left]) is not None
    )
