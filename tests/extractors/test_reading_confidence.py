"""A document is no surer than OCR is of the words behind its values."""

import numpy as np
import pytest

from extractors.reading_confidence import weakest_reading
from extractors.words import Document, Page
from schemas.invoice import Evidence


def document(*confidences: float) -> Document:
    """One line of words of 40 by 10 points."""
    n = len(confidences)
    boxes = np.array([(50 * k, 100, 50 * k + 40, 110) for k in range(n)], np.float32)
    return Document(
        (Page(1, 595.0, 842.0, ("x",) * n, boxes, np.full(n, 10, np.float32), np.zeros(n, bool), np.array(confidences, np.float32)),),
        "test",
    )


def shown(first: int, last: int, page: int = 1) -> Evidence:
    return Evidence(page, (50.0 * first, 100.0, 50.0 * last + 40, 110.0), "x", 0.99, "task_model")


@pytest.mark.parametrize(
    ("path", "place", "expected"),
    [
        ("header.gross_total", shown(1, 2), 0.75),
        ("line_items.0.description", shown(1, 1), 0.875),
        ("header.iban", shown(1, 2), 1.0),  # not among the fields that acceptance is about
        ("header.gross_total", shown(0, 0), 1.0),
        ("header.gross_total", shown(1, 2, page=2), 1.0),
    ],
)
def test_the_least_sure_word_of_a_value_counts(path: str, place: Evidence, expected: float) -> None:
    assert weakest_reading(document(1.0, 0.875, 0.75, 0.1), {path: place}) == expected


def test_words_of_a_text_layer_are_sure() -> None:
    assert weakest_reading(document(1.0, 1.0), {"header.gross_total": shown(0, 1)}) == 1.0
