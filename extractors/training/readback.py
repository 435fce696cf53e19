"""Words as the reader returns them, each with the label of the piece of text that it shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.labels import FIELDS
from extractors.training.render import Placed
from extractors.words import Page

LABEL_INDEX = {"O": 0, **{name: index + 1 for index, name in enumerate(FIELDS)}}
LABELLED_SHARE = 0.25  # of a word's width: a word that glues label and value takes the value's label
WHOLE_SHARE = 0.85  # of a word's width under one unlabelled piece: no glued word


def label_words(
    pages: Sequence[Page], placed: Sequence[Placed], *, labelled: bool
) -> tuple[list[NDArray[np.int16]], list[NDArray[np.int32]], list[NDArray[np.bool_]]]:
    """Labels, groups and starts per page; all "O" where ``labelled`` is False."""
    by_page: dict[int, list[Placed]] = {}
    for piece in placed:
        by_page.setdefault(piece.page, []).append(piece)
    labels: list[NDArray[np.int16]] = []
    groups: list[NDArray[np.int32]] = []
    starts: list[NDArray[np.bool_]] = []
    for number, page in enumerate(pages):
        label, group, start = np.zeros(len(page), np.int16), np.full(len(page), -1, np.int32), np.zeros(len(page), np.bool_)
        pieces = by_page.get(number, [])
        if labelled and len(page) and pieces:
            match = _matches(page, pieces)
            seen: set[int] = set()
            for word, index in enumerate(match):
                if index < 0:
                    continue
                span = pieces[index].span
                label[word] = LABEL_INDEX[span.label]
                group[word] = span.group
                if span.label != "O" and span.key not in seen:
                    seen.add(span.key)
                    start[word] = True
        labels.append(label)
        groups.append(group)
        starts.append(start)
    return labels, groups, starts


def _matches(page: Page, pieces: Sequence[Placed]) -> NDArray[np.int64]:
    """Index of the piece that each word belongs to, -1 for none."""
    x0 = np.array([p.x0 for p in pieces])
    x1 = np.array([p.x1 for p in pieces])
    base = np.array([p.baseline for p in pieces])
    size = np.array([p.size for p in pieces])
    wanted = np.array([p.span.label != "O" for p in pieces])
    top, bottom = base - 0.75 * size, base + 0.2 * size
    boxes = page.boxes.astype(np.float64)
    high = np.minimum(boxes[:, 3, None], bottom) - np.maximum(boxes[:, 1, None], top)
    least = np.minimum(boxes[:, 3, None] - boxes[:, 1, None], bottom - top)
    wide = np.minimum(boxes[:, 2, None], x1) - np.maximum(boxes[:, 0, None], x0)
    width = np.maximum(boxes[:, 2] - boxes[:, 0], 0.1)
    overlap = np.where((high > 0.5 * least) & (wide > 0), wide, 0.0) * np.clip(high, 0, None) / np.maximum(least, 0.1)
    whole = np.where(wanted, 0.0, overlap).max(axis=1) > WHOLE_SHARE * width  # a word of its own, overprinted by a labelled one
    preferred = np.where(wanted & (overlap > LABELLED_SHARE * width[:, None]) & ~whole[:, None], overlap + 1000.0, overlap)
    best = preferred.argmax(axis=1)
    return np.where(overlap[np.arange(len(page)), best] > 0, best, -1)
