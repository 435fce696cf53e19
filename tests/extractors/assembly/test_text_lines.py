"""Text lines: words of one height beside each other, and stamps that stand across several of them."""

from __future__ import annotations

import numpy as np

from extractors.assembly.lines import text_lines

Word = tuple[float, float, float, float]


def lines_of(*words: Word) -> list[int]:
    """Lines of words given as boxes, each set as large as its box is high."""
    boxes = np.array(words, np.float32)
    return text_lines(boxes, boxes[:, 3] - boxes[:, 1]).tolist()


def row(y: float) -> list[Word]:
    return [(50, y, 90, y + 10), (95, y, 140, y + 10), (300, y, 340, y + 10)]


def test_a_stamp_across_two_rows_joins_neither_to_the_other() -> None:
    stamp = (150.0, 102.0, 290.0, 138.0)
    found = lines_of(*row(100), *row(115), *row(130), stamp)
    assert found == [0, 0, 0, 1, 1, 1, 3, 3, 3, 2]


def test_a_large_amount_stays_with_its_small_label() -> None:
    found = lines_of(*row(100), *row(120), (50, 206, 90, 216), (95, 200, 180, 222), *row(240))
    assert found[6] == found[7] == 2
    assert found == sorted(found)


def test_a_large_title_above_the_text_is_the_first_line() -> None:
    found = lines_of((50, 30, 200, 60), *row(100), *row(120))
    assert found[0] == 0 and found[1] == 1


def test_lines_of_words_alike_are_numbered_down_the_page() -> None:
    assert lines_of(*row(120), *row(100)) == [1, 1, 1, 0, 0, 0]


def test_a_page_without_words_has_no_lines() -> None:
    assert text_lines(np.zeros((0, 4), np.float32), np.zeros(0, np.float32)).tolist() == []


def test_an_address_under_a_large_name_is_not_on_its_line_though_a_title_stands_beside_both() -> None:
    name, address, title = (50.0, 82.0, 130.0, 100.0), (50.0, 102.0, 120.0, 112.0), (300.0, 84.0, 420.0, 114.0)
    found = lines_of(name, (134, 82, 150, 100), title, address, (124, 102, 160, 112), *row(140), *row(155), *row(170))
    assert found[0] == found[1] != found[3] == found[4]
    assert found[0] < found[3] < found[5]


def test_a_small_remark_beside_a_large_amount_stays_on_its_line() -> None:
    found = lines_of((50, 100, 120, 116), (125, 103, 150, 112), *row(140), *row(155))
    assert found[0] == found[1]


def test_a_capital_with_an_accent_makes_no_line_of_its_own() -> None:
    """Set in 13 points, of which the first word is the higher one; a smaller text beside both makes two lines of what it crosses."""
    boxes = np.array(
        [(50, 65, 190, 80), (195, 68, 250, 80), (300, 62, 330, 70), (300, 73, 330, 81), *row(120), *row(135), *row(150)], np.float32
    )
    sizes = np.array([13, 13, 8, 8, *(8.5,) * 9], np.float32)
    boxes[4:, 3] -= 1.7
    found = text_lines(boxes, sizes).tolist()
    assert found[0] == found[1]
