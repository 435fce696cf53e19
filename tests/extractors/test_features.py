"""What the network is told about words."""

import math

import numpy as np
import pytest
from handmade_pages import document, page

from extractors.features import NEIGHBOURS, document_features, rough_number


def test_a_document_without_words_has_empty_features() -> None:
    features = document_features(document(page()))
    assert len(features) == 0
    assert features.neighbours.shape == (0, NEIGHBOURS)


def test_neighbours_are_the_nearest_words_in_each_direction() -> None:
    words = page(("Total", 50, 100), ("12.00", 120, 100), ("Tax", 50, 115), ("2.00", 120, 115))
    left, right, above, below = document_features(document(words)).neighbours[3]
    assert (left, right, above, below) == (2, 3, 1, 3)  # nothing to the right or below: the word itself


def test_products_and_sums_are_marked() -> None:
    words = page(
        ("3", 50, 100), ("4.50", 120, 100), ("13.50", 200, 100),
        ("13.50", 200, 130), ("1.35", 200, 145), ("14.85", 200, 160),
    )  # fmt: skip
    layout = document_features(document(words)).layout
    assert layout[2, 19] == 1  # 3 × 4.50
    assert layout[0, 20] == layout[1, 20] == 1
    assert layout[5, 21] == 1  # 13.50 + 1.35
    assert layout[5, 23] == 1  # the largest
    assert layout[0, 21] == 0


def test_position_runs_on_through_pages() -> None:
    features = document_features(document(page(("a", 10, 100)), page(("b", 10, 100), number=2)))
    assert features.position[1, 2] - features.position[0, 2] == pytest.approx(842.0)
    assert features.page.tolist() == [0, 1]


def test_unknown_words_share_parts_with_known_ones() -> None:
    a, b, c = document_features(document(page(("Rechnungsnummer", 10, 100), ("Rechnungsnr.", 10, 120), ("Telefax", 10, 140)))).ngrams
    assert len(set(a) & set(b) - {0}) > len(set(a) & set(c) - {0})


def test_digits_do_not_make_another_word() -> None:
    a, b = document_features(document(page(("12.03.2026", 10, 100), ("28.11.2025", 10, 120)))).ngrams
    assert np.array_equal(a[1:], b[1:])


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", 1234.56), ("1,234.56", 1234.56), ("€12", 12.0), ("19%", 19.0), ("1'200.50", 1200.5), ("-3,5", 3.5), ("0.125", 0.125)],
)
def test_rough_number(text: str, value: float) -> None:
    assert rough_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "EUR", "A-12-B", "12/34"])
def test_no_rough_number(text: str) -> None:
    assert math.isnan(rough_number(text))


@pytest.mark.parametrize("text", ["45,615.983’461", "1.2'3", "0,5²", "3²", "1.2.3'4,5", "٣٫٥"])
def test_what_only_looks_like_a_number_does_no_harm(text: str) -> None:
    assert isinstance(rough_number(text), float)
