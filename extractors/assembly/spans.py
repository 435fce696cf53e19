"""Words and their label probabilities to spans: what reads as one value on one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.page_words import PIECE_GAP_EM, Words
from extractors.labels import FIELDS

LABEL_INDEX: dict[str, int] = {name: i + 1 for i, name in enumerate(FIELDS)}
NUMERIC_LABELS: frozenset[str] = frozenset(
    {
        "header.net_total", "header.tax_total", "header.gross_total", "header.amount_due", "total.line_total",
        "tax.rate", "tax.taxable_amount", "tax.tax_amount", "line.quantity", "line.unit_price", "line.discount", "line.net_amount",
        "line.gross_amount", "line.tax_rate", "line.tax_amount",
        "adjustment.allowance", "adjustment.charge", "adjustment.prepaid", "adjustment.rounding", "adjustment.withholding",
    }
)  # fmt: skip


SAME_EDGE_PT = 1.5
GROUP_GAP = 0.625  # of the gap between pieces: the widest space inside a number
_GROUP = re.compile(r"^\d{3}(?:[.,]\d{1,4})?(?:\D{0,3}|[^\W\d_]{4,8}\.?)$")  # a unit may be glued to it
_GROUP_HEAD = re.compile(r"^[^\W\d]{0,4}[^\w]{0,3}\d{1,3}$")

_QUANTITY = LABEL_INDEX["line.quantity"]
_BEHIND_QUANTITY = frozenset({0, LABEL_INDEX["line.unit"], LABEL_INDEX["line.note"]})
_GROUP_AND_UNIT = re.compile(r"^\d{3}(?:[.,]\d{1,4})?(?:[^\W\d_]{1,10}\.?)?$")
SURELY_OTHER = 0.95  # probability from which a word is what the network takes it for
_JOINED_BY = frozenset({"&", "+", "-", "–"})
JOINING = frozenset(  # words that lead on to the rest of a name
    "& + e y i a et und and og och ja és ve și en u di de da do dos das del della dei degli du des von van der den of the".split()  # noqa: SIM905
)


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


def carries(best: NDArray[np.int64], labels: Iterable[int]) -> NDArray[np.bool_]:
    """Which of the words, whose likeliest labels are ``best`` [n], carry one of ``labels``."""
    among = np.zeros(1 + len(FIELDS), np.bool_)
    among[list(labels)] = True
    return among[best]


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
        tuple(map(int, indices)),
        " ".join([words.texts[i] for i in indices]),
        words.page_list[indices[0]],
        words.line_list[indices[0]],
        words.box_of(indices),
        sum([probabilities.item(i, column) for i in indices]) / len(indices),
    )


def find_spans(
    words: Words,
    probabilities: NDArray[np.float32],
    *,
    rows: NDArray[np.int32] | None = None,
    wanted: Collection[str] = LABEL_INDEX,
) -> list[Span]:
    """Runs of words on one line with one likeliest label, no wide gap between, in reading order.

    ``rows`` [n] (row of each line-item word, -1 elsewhere) keeps spans of different rows apart. Only spans with a label that is ``wanted``.
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
        if b and FIELDS[b - 1] in wanted:
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
    return span.label.endswith("_name") and len(span.words) > 1 and span.text.split()[-1] in JOINING


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


def is_group_of_digits(words: Words, i: int) -> bool:
    """Whether a word is a part only of a number that is grouped by spaces ("2" or "166,50" of "2 166,50")."""
    line = words.words_of_line[words.line_list[i]]
    k = line.index(i)
    return any(_is_grouped(words, left, right) for left, right in pairwise(line[max(k - 1, 0) : k + 2]))


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
