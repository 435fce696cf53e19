"""Pages made by hand for tests."""

import numpy as np

from extractors.words import Document, Page


def page(*words: tuple[str, float, float], number: int = 1, size_pt: float = 10.0) -> Page:
    """A page of words given as (text, left edge, baseline) in points, half an em wide per character."""
    boxes = [(x, y - size_pt, x + 0.5 * size_pt * len(text), y) for text, x, y in words]
    n = len(words)
    return Page(
        number=number,
        width_pt=595.0,
        height_pt=842.0,
        texts=tuple(text for text, _, _ in words),
        boxes=np.array(boxes, np.float32).reshape(n, 4),
        sizes=np.full(n, size_pt, np.float32),
        bold=np.zeros(n, bool),
        confidences=np.ones(n, np.float32),
    )


def document(*pages: Page) -> Document:
    return Document(tuple(pages), reader="test")
