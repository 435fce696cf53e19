"""Arithmetic that the network sees before it tags anything."""

import numpy as np
from handmade_pages import document, page

from extractors.features import document_features
from extractors.words import Page


def _layout(*pages: Page) -> np.ndarray:
    return document_features(document(*pages)).layout


def test_the_sum_of_a_column_and_its_members_are_marked() -> None:
    right = 300.0

    def amount(text: str, y: float) -> tuple[str, float, float]:
        return text, right - 5 * len(text), y

    words = page(amount("10.00", 100), amount("20.50", 120), amount("7.25", 140), ("37.75", 400, 170), ("99.99", 400, 190))
    layout = _layout(words)
    assert layout[:, 24].tolist() == [0, 0, 0, 1, 0]
    assert layout[:, 25].tolist() == [1, 1, 1, 0, 0]


def test_columns_run_on_through_pages() -> None:
    first = page(("10.00", 200, 100), ("20.00", 200, 120))
    second = page(("30.10", 200, 100), ("60.10", 200, 140), number=2)
    assert _layout(first, second)[:, 24].tolist() == [0, 0, 0, 1]


def test_a_percentage_of_another_amount_is_marked_with_its_base() -> None:
    layout = _layout(
        page(("VAT", 50, 100), ("19", 100, 100), ("%", 112, 100), ("100.00", 200, 100), ("19.00", 300, 100), ("33.00", 300, 130))
    )
    assert layout[4:, 26].tolist() == [1, 0]
    assert layout[:, 27].tolist() == [0, 0, 0, 1, 0, 0]


def test_words_at_the_same_place_of_two_pages_repeat() -> None:
    layout = _layout(page(("ACME", 50, 30), ("1", 500, 30)), page(("ACME", 50, 30), ("2", 500, 30), number=2))
    assert layout[:, 29].tolist() == [1, 0, 1, 0]


def test_rotated_words_are_told_by_their_box() -> None:
    upright = page(("Copyright", 100, 100))
    rotated = Page(1, 595.0, 842.0, ("Copyright",), np.array([[20, 300, 28, 345]], np.float32), upright.sizes, upright.bold)
    assert abs(float(_layout(upright)[0, 28])) < 0.3
    assert float(_layout(rotated)[0, 28]) < -1.5


def test_a_long_column_stays_quick_and_finds_its_total() -> None:
    rows = [(f"{i + 1}.13", 300 - 5 * len(f"{i + 1}.13"), 20.0 + i * 0.8) for i in range(900)]
    total = sum(i + 1.13 for i in range(900))
    layout = _layout(page(*rows, (f"{total:.2f}", 400, 790)))
    assert layout[-1, 24] == 1
    assert layout[:-1, 25].mean() > 0.99
