"""Rows of line items from geometry alone, in the form of a network's row links, for models that have no head for links."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extractors.features import line_numbers
from extractors.labels import FIELDS
from extractors.words import Document

LINK_SIZE = 48
ANCHORS: tuple[tuple[str, ...], ...] = (  # what marks a row's line: the first of these kinds that the document shows
    ("line.net_amount", "line.gross_amount"),
    ("line.unit_price",),
    ("line.quantity",),
    ("line.description",),
)
_LINE_LABELS = np.array([index + 1 for index, name in enumerate(FIELDS) if name.startswith("line.")])


def geometric_links(document: Document, labels: NDArray[np.float32], *, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``link_query`` and ``link_key`` [n, 48] of n words with label probabilities ``labels`` [n, 1 + fields].

    The text line of an amount is a row; words of items on other lines belong to the amount above them, or below where the items begin
    with a line without amount. Every row has a random direction (unit vectors: a word points at its own row's anchor more than at any other).
    """
    best = labels.argmax(1)
    in_items = np.isin(best, _LINE_LABELS)
    lines = _document_lines(document)
    anchors = _anchor_words(best, lines)
    query = np.zeros((len(best), LINK_SIZE), np.float32)
    key = np.zeros_like(query)
    if not len(anchors) or not in_items.any():
        return query, key
    anchor_lines = lines[anchors]
    first_above = bool((lines[in_items] < anchor_lines[0]).any())
    row = np.searchsorted(anchor_lines, lines, side="left" if first_above else "right") - (0 if first_above else 1)
    row = np.clip(row, 0, len(anchors) - 1)
    directions = np.random.default_rng(seed).standard_normal((len(anchors), LINK_SIZE)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    query[in_items] = directions[row[in_items]]
    key[anchors] = directions
    return query, key


def _document_lines(document: Document) -> NDArray[np.int32]:
    """Number of the text line of every word, [n], running on through the pages."""
    parts: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
    offset = 0
    for page in document.pages:
        numbers = line_numbers(page.boxes) + np.int32(offset)
        offset += int(numbers.max()) + 1 - offset if len(numbers) else 0
        parts.append(numbers)
    return np.concatenate(parts)


def _anchor_words(best: NDArray[np.int64], lines: NDArray[np.int32]) -> NDArray[np.int64]:
    """One word per row, from the top: the last word of the marking kind on its line."""
    for names in ANCHORS:
        found = np.flatnonzero(np.isin(best, [FIELDS.index(name) + 1 for name in names]))
        if len(found):
            last = {int(lines[word]): int(word) for word in found}
            return np.array([last[line] for line in sorted(last)], np.int64)
    return np.zeros(0, np.int64)
