"""Lines that OCR read become words where the picture shows them apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from extractors.readers.ocr_engines import _words_of_line

LETTER, SPACE, LEFT = 14, 12, 50


def line(shown: str, *, letter: int = LETTER) -> tuple[np.ndarray, list[tuple[str, float, Any]]]:
    """A picture of a line, every letter two strokes, and the characters as an engine gives them: without the spaces."""
    pixels = np.full((100, 600), 250, np.uint8)
    characters: list[tuple[str, float, Any]] = []
    x = LEFT
    for letter_or_space in shown:
        if letter_or_space == " ":
            x += SPACE
            continue
        for stroke in (x, x + letter - 6):
            pixels[38:58, stroke : stroke + 3] = 20
        characters.append((letter_or_space, 0.9, [[x - 2, 30], [x + letter, 30], [x + letter, 64], [x - 2, 64]]))
        x += letter
    return pixels, characters


def words(text: str, shown: str) -> list[str]:
    pixels, characters = line(shown)
    right = characters[-1][2][1][0]
    quad = np.array([[LEFT, 30], [right, 30], [right, 64], [LEFT, 64]], np.float64)
    return [word.text for word in _words_of_line(text, quad, 0.9, characters, pixels)]


@pytest.mark.parametrize(
    ("text", "shown", "expected"),
    [
        ("Total 12,50", "Total 12,50", ["Total", "12,50"]),
        ("VikingSoft Ltd", "Viking Soft Ltd", ["Viking", "Soft", "Ltd"]),
        ("Rechnungsnummer:4711", "Rechnungsnummer: 4711", ["Rechnungsnummer:", "4711"]),
        ("RECHNUNG", "R E C H N U N G", ["RECHNUNG"]),
        ("12,50EUR", "12,50EUR", ["12,50EUR"]),
    ],
)
def test_spaces_that_were_lost_are_found_in_the_picture(text: str, shown: str, expected: list[str]) -> None:
    assert words(text, shown) == expected


def test_the_ink_of_the_next_word_does_not_cut_the_last_letter_off() -> None:
    pixels, characters = line("Beyaz  -")
    *own, _ = characters
    name, confidence, _ = own[-1]
    own[-1] = (name, confidence, [[104, 30], [140, 30], [140, 64], [104, 64]])  # reaches over the gap, as coarse columns do
    quad = np.array([[LEFT, 30], [140, 30], [140, 64], [LEFT, 64]], np.float64)
    assert [word.text for word in _words_of_line("Beyaz", quad, 0.9, own, pixels)] == ["Beyaz"]
