"""Noise changes words, never what the remaining words stand for."""

from random import Random

import numpy as np
import pytest

from extractors.training.generate import generate
from extractors.training.word_noise import misread, noisy


def test_labels_follow_their_words() -> None:
    clean = generate(11, family="train")
    changed = 0
    for seed in range(40):
        found = noisy(clean, Random(seed))
        if found is clean:
            continue
        changed += 1
        assert len(found.pages) == len(clean.pages)
        for page, labels, groups, starts in zip(found.pages, found.labels, found.groups, found.starts, strict=True):
            assert len(page) == len(page.boxes) == len(labels) == len(groups) == len(starts)
            assert all(page.texts)
            assert (page.boxes[:, 2] > page.boxes[:, 0]).all()
        share = sum(int((x > 0).sum()) for x in found.labels) / sum(int((x > 0).sum()) for x in clean.labels)
        assert 0.85 < share < 1.2
    assert 3 < changed < 25


def test_the_same_seed_gives_the_same_noise() -> None:
    clean = generate(12, family="train")
    for seed in range(10):
        a, b = noisy(clean, Random(seed)), noisy(clean, Random(seed))
        assert all(x.texts == y.texts and np.array_equal(x.boxes, y.boxes) for x, y in zip(a.pages, b.pages, strict=True))


@pytest.mark.parametrize("text", ["Total", "100.00", "X", "-"])
def test_a_misread_word_is_never_empty(text: str) -> None:
    assert all(misread(text, Random(seed)) for seed in range(20))
