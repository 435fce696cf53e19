"""How sure the network is of a document: what its probabilities say before votes and sums have smoothed them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.header import text_key
from extractors.assembly.spans import LABEL_INDEX, Span, Words, carries
from extractors.assembly.table_charges import LINES_BELOW
from extractors.labels import FIELDS

_HEADER = np.array([LABEL_INDEX[n] for n in FIELDS if n.startswith("header.")])
_LINE = np.array([LABEL_INDEX[n] for n in FIELDS if n.startswith("line.")])
_NAMES = np.array([LABEL_INDEX[n] for n in ("line.description", "line.note")])
_DESCRIPTION = LABEL_INDEX["line.description"]
_AMOUNTS = np.array([LABEL_INDEX[n] for n in ("line.net_amount", "line.gross_amount")])
COLUMN_PT = 3.0
TOUCHED = 0.02  # words whose header and line labels are together less likely than this say nothing about the values
_AMOUNT = re.compile(r"\d[.,]\d{2,3}\D{0,4}$")
_NUMBER = re.compile(r"^[^\w]{0,2}\d[\d.,'’]*\W{0,2}$")
NO_ROWS = 0.5  # share of doubtful words of a document in which no item names anything


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a document's probabilities leave open.

    ``header``, ``lines``, ``names``: sums over words of the probability that is not on the likeliest label, where it concerns header fields, numbers of
    lines, and names of lines; ``weakest``: the least of the words' likeliest probabilities. ``rival_*``: the strongest word outside the chosen value of
    a field, 0 to 1; ``seller_as_buyer``: how likely a word of the seller's name names the buyer. ``worst_name``, ``mean_name``: the expected share of
    words that a row's description lacks or has too many (half of 1 - Dice). ``outvoted``: words of rows whose label a vote changed;
    ``torn``: sum over words of descriptions of how unsure it is whether a row begins there. ``unread``: words per row that stand between the rows
    and belong to none; ``loose_amounts``: amounts of the page that were given no role; ``loose_numbers``: numbers without a role on lines of rows;
    ``loose_rows``: charges and allowances that stand in the column of the items' amounts, so that they could as well be items;
    ``uneven``: share of rows whose description does not stand where most rows have it, above, beside or below the numbers.
    ``other_letterhead``: 1 where a name in large letters heads the page that is neither the seller's nor the buyer's.
    ``order_assumed``: 1 where nothing tells whether the day or the month comes first.
    """

    header: float = 0.0
    lines: float = 0.0
    names: float = 0.0
    weakest: float = 1.0
    rival_number: float = 0.0
    rival_date: float = 0.0
    rival_seller: float = 0.0
    seller_as_buyer: float = 0.0
    worst_name: float = NO_ROWS
    mean_name: float = NO_ROWS
    outvoted: float = 0.0
    torn: float = 0.0
    unread: float = 0.0
    loose_amounts: float = 0.0
    loose_numbers: float = 0.0
    uneven: float = 0.0
    loose_rows: float = 0.0
    order_assumed: float = 0.0
    other_letterhead: float = 0.0


def doubt_of(words: Words, probabilities: NDArray[np.float32], spans: Sequence[Span], rows: NDArray[np.int32]) -> Doubt:
    """``probabilities`` [n, 1 + fields] are what ``spans`` and ``rows`` [n] (row of every word, -1 = none) were read from; the network's own are those
    of ``words``."""
    labels = words.tagged.labels
    if not len(labels):
        return Doubt()
    likeliest = labels.max(1)
    header, lines, names = labels[:, _HEADER].sum(1), labels[:, _LINE].sum(1), labels[:, _NAMES].sum(1)
    touched = header + lines > TOUCHED
    best = probabilities.argmax(1)
    inside = rows >= 0
    described = inside & (best == _DESCRIPTION)
    loose = [i for i in np.flatnonzero(best == 0).tolist() if words.has_digit[i]]
    lines_of_rows = set(words.line[inside].tolist())
    worst_name, mean_name = _doubtful_names(labels[:, _DESCRIPTION], described, rows)
    starts = words.tagged.starts[described]
    return Doubt(
        header=float(((1 - likeliest) * header).sum()),
        lines=float(((1 - likeliest) * (lines - names)).sum()),
        names=float(((1 - likeliest) * names).sum()),
        weakest=float(likeliest[touched].min()) if touched.any() else 1.0,
        rival_number=_rival(words, labels, spans, "header.invoice_number"),
        rival_date=_rival(words, labels, spans, "header.issue_date"),
        rival_seller=_rival(words, labels, spans, "header.seller_name"),
        seller_as_buyer=_as_buyer(labels, spans),
        worst_name=worst_name,
        mean_name=mean_name,
        outvoted=float(((best != labels.argmax(1)) & inside).sum()),
        torn=float(np.minimum(starts, 1 - starts).sum()),
        unread=_unread(words.line, best, inside, rows),
        loose_amounts=float(sum(bool(_AMOUNT.search(words.texts[i])) for i in loose)),
        loose_numbers=float(sum(words.line_list[i] in lines_of_rows and bool(_NUMBER.match(words.texts[i])) for i in loose)),
        uneven=_uneven(words.line, described, inside, rows),
        loose_rows=_loose_rows(words, best, inside, spans),
    )


def _doubtful_names(shown: NDArray[np.float32], described: NDArray[np.bool_], rows: NDArray[np.int32]) -> tuple[float, float]:
    """Worst and mean row. A word left out counts for the row of the nearest described word."""
    chosen = np.flatnonzero(described)
    if not len(chosen):
        return NO_ROWS, NO_ROWS
    count = int(rows.max()) + 1
    lost = np.bincount(rows[chosen], weights=1 - shown[chosen], minlength=count)
    size = np.bincount(rows[chosen], minlength=count)
    left_out = np.flatnonzero(~described & (shown > TOUCHED))
    after = np.clip(np.searchsorted(chosen, left_out), 0, len(chosen) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(chosen[after] - left_out) <= np.abs(left_out - chosen[before]), chosen[after], chosen[before])
    lost += np.bincount(rows[nearest], weights=shown[left_out], minlength=count)
    shares = lost[size > 0] / (2 * size[size > 0])
    return float(shares.max()), float(shares.mean())


def _best_span(spans: Sequence[Span], label: str) -> Span | None:
    return max((s for s in spans if s.label == label), key=lambda s: s.probability, default=None)


def _rival(words: Words, labels: NDArray[np.float32], spans: Sequence[Span], label: str) -> float:
    """The likeliest word of a label that is no part of the label's best span, nor printed like a part of it."""
    best = _best_span(spans, label)
    column = labels[:, LABEL_INDEX[label]]
    own = text_key(best.text) if best is not None else ""
    others = (float(column[i]) for i in np.flatnonzero(column > TOUCHED).tolist() if (text_key(words.texts[i]) or own) not in own)
    return max(others, default=0.0)


def _as_buyer(labels: NDArray[np.float32], spans: Sequence[Span]) -> float:
    seller = _best_span(spans, "header.seller_name")
    return float(labels[list(seller.words), LABEL_INDEX["header.buyer_name"]].max()) if seller is not None else 0.0


def _unread(line: NDArray[np.int32], best: NDArray[np.int64], inside: NDArray[np.bool_], rows: NDArray[np.int32]) -> float:
    if not inside.any():
        return 0.0
    between = (line >= line[inside].min()) & (line <= line[inside].max()) & ~inside & (best == 0)
    return float(between.sum()) / (int(rows.max()) + 1)


def _loose_rows(words: Words, best: NDArray[np.int64], inside: NDArray[np.bool_], spans: Sequence[Span]) -> float:
    amounts = np.flatnonzero(inside & carries(best, _AMOUNTS))
    if not len(amounts):
        return 0.0
    left, right = (float(edge) for edge in np.median(words.boxes[amounts][:, [0, 2]], axis=0))
    last = int(words.line[amounts].max())
    return float(
        sum(
            s.label.startswith("adjustment.")
            and min(abs(s.box[0] - left), abs(s.box[2] - right)) <= COLUMN_PT
            and s.line <= last + LINES_BELOW
            for s in spans
        )
    )


def _uneven(line: NDArray[np.int32], described: NDArray[np.bool_], inside: NDArray[np.bool_], rows: NDArray[np.int32]) -> float:
    if not inside.any():
        return 0.0
    count, far = int(rows.max()) + 1, np.iinfo(np.int32).max
    names, numbers = np.full(count, far, np.int64), np.full(count, far, np.int64)
    np.minimum.at(names, rows[described], line[described])
    others = inside & ~described
    np.minimum.at(numbers, rows[others], line[others])
    _, sizes = np.unique(names - numbers, return_counts=True)
    return 1 - float(sizes.max()) / count
