"""Words that mean the same lie near each other, whatever the language."""

import numpy as np
import pytest

from extractors.word_vectors import VECTOR_SIZE, word_vectors


def _likeness(a: str, b: str) -> float:
    x, y = word_vectors([a, b]).astype(float)
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("Rechnungsnummer", "factuurnummer", "München"),
        ("customer", "Kunde", "screws"),
        ("quantity", "ilość", "street"),
        ("Straße", "street", "due"),
    ],
)
def test_translations_are_nearer_than_other_words(word: str, near: str, far: str) -> None:
    assert _likeness(word, near) > _likeness(word, far) + 0.1


def test_case_and_marks_do_not_matter() -> None:
    assert np.array_equal(*word_vectors(["INVOICE:", "invoice"]))


@pytest.mark.parametrize("text", ["", "12.50", "2026-03-01", "€", "F-123456", "發票"])
def test_what_is_no_word_of_a_served_script_means_nothing(text: str) -> None:
    assert not word_vectors([text]).any()


def test_no_words() -> None:
    assert word_vectors([]).shape == (0, VECTOR_SIZE)
