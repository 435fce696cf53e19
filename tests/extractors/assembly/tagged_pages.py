"""Tagged documents made by hand: words with what a network would say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from extractors.assembly.spans import LABEL_INDEX
from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.words import Document, Page

REST = 0.0005
SIZE_PT = 10.0


def tagged(*lines: tuple[float, float, str], opinions: Mapping[str, Mapping[str, float]], language: str = "en") -> TaggedDocument:
    """A page of lines given as (left edge, baseline, text). ``opinions``: for a word, the probability of labels; all else is no value."""
    words: list[tuple[str, float, float]] = []
    for x, y, text in lines:
        for word in text.split():
            words.append((word, x, y))
            x += 5.0 * len(word) + 3.0
    labels = np.full((len(words), 1 + len(FIELDS)), REST, np.float32)
    for i, (word, _, _) in enumerate(words):
        for name, probability in opinions.get(word, {}).items():
            labels[i, LABEL_INDEX[name]] = probability
        labels[i, 0] = max(1.0 - labels[i, 1:].sum(), 0.0)
    kinds = np.full(len(DOCUMENT_TYPES), 0.001, np.float32)
    kinds[0] = 1.0
    n = len(words)
    return TaggedDocument(
        Document((_page(words),), reader="test"),
        labels,
        np.zeros(n, np.float32),
        np.zeros((n, 4), np.float32),
        np.zeros((n, 4), np.float32),
        kinds / kinds.sum(),
        language,
    )


def linked_by_line(page: TaggedDocument) -> TaggedDocument:
    """The same with every word linked to those on its line, as the network links the words of an item."""
    bottoms = page.document.pages[0].boxes[:, 3]
    same = (bottoms[:, None] == np.unique(bottoms)[None]).astype(np.float32)
    return replace(page, link_query=10 * same, link_key=10 * same)


def _page(words: list[tuple[str, float, float]]) -> Page:
    """One page, letters half an em wide."""
    n = len(words)
    boxes = [(x, y - SIZE_PT, x + 0.5 * SIZE_PT * len(text), y) for text, x, y in words]
    return Page(
        number=1,
        width_pt=595.0,
        height_pt=842.0,
        texts=tuple(text for text, _, _ in words),
        boxes=np.array(boxes, np.float32).reshape(n, 4),
        sizes=np.full(n, SIZE_PT, np.float32),
        bold=np.zeros(n, bool),
        confidences=np.ones(n, np.float32),
    )
