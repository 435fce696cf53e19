"""Remarks, details, headings and names that are put together for training only."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import pytest

from extractors.training import items, rows
from extractors.training.item_words import _lists  # pyright: ignore[reportPrivateUsage]
from extractors.training.phrases import LABELS, code_like, phrase, section_heading
from extractors.training.vocabulary import languages, vocabulary

DAY = date(2026, 3, 4)


@pytest.mark.parametrize("language", languages())
def test_phrases_and_headings_are_clean_text_of_the_language(language: str) -> None:
    words, rng = vocabulary(language), Random(3)
    said = [phrase(rng, words, DAY, labelled=True) for _ in range(300)] + [section_heading(rng, words, DAY) for _ in range(300)]
    assert all(text.strip() and text == " ".join(text.split()) for text in said)
    assert len(set(said)) > 450
    assert not any("{" in heading for heading in said[300:])


def test_labels_that_are_kept_for_the_exam_are_never_put_together_for_training() -> None:
    words, rng = vocabulary("de"), Random(4)
    kept = {label for key in LABELS for label in _lists(key, "de")[1]} - {label for key in LABELS for label in _lists(key, "de")[0]}
    said = [phrase(rng, words, DAY, labelled=True) for _ in range(3000)]
    assert kept
    assert not any(text.startswith(f"{label}:") for text in said for label in kept)


def test_codes_have_letters_or_digits_in_every_part() -> None:
    rng = Random(5)
    codes = {code_like(rng) for _ in range(500)}
    assert len(codes) > 450
    assert all(re.fullmatch(r"[A-Z0-9][A-Z0-9\-/. _]*", code) for code in codes)


def test_only_documents_to_learn_from_say_what_no_list_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> str:
        raise AssertionError("the exam family keeps to the lists")

    for module in (items, rows):
        monkeypatch.setattr(module, "phrase", none)
    monkeypatch.setattr(items, "code_like", none)
    monkeypatch.setattr(rows, "section_heading", none)
    exam, train = vocabulary("en", "exam"), vocabulary("en", "train")
    assert [items.item_name(Random(seed), exam, "other", DAY) for seed in range(300)]
    assert [rows._details(Random(seed), exam, DAY) for seed in range(50)]  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(AssertionError, match="keeps to the lists"):
        [items.item_name(Random(seed), train, "other", DAY) for seed in range(300)]
