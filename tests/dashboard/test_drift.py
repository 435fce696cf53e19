"""When a change of what comes in is called one, and when it is chance."""

from __future__ import annotations

import random
from collections import Counter

from dashboard.drift import drift, stability_index


def sample(size: int, groups: int, *, seed: int) -> dict[str, int]:
    rng = random.Random(seed)
    return dict(Counter(str(rng.randrange(groups)) for _ in range(size)))


def test_the_index_is_the_one_of_the_book() -> None:
    # 0.5 and 0.5 against 0.8 and 0.2: 0.3 ln(1.6) + -0.3 ln(0.4)
    assert abs(stability_index({"a": 50, "b": 50}, {"a": 80, "b": 20}) - 0.41589) < 1e-4
    assert stability_index({"a": 3, "b": 7}, {"a": 30, "b": 70}) == 0.0


def test_a_shift_is_called_changed() -> None:
    found = drift("pages", {"1": 500, "2": 500}, {"1": 900, "2": 100})
    assert found.verdict == "changed"


def test_small_samples_of_the_same_source_are_stable_though_the_index_is_large() -> None:
    called = Counter(drift("language", sample(1_000, 20, seed=n), sample(60, 20, seed=1_000 + n)).verdict for n in range(200))
    large = sum((drift("x", sample(1_000, 20, seed=n), sample(60, 20, seed=1_000 + n)).index or 0) > 0.25 for n in range(200))
    assert large > 100, "without the bound of chance most would be called changed"
    assert called["stable"] > 150


def test_too_few_documents_are_no_verdict() -> None:
    found = drift("language", {"de": 1_000}, {"fr": 20})
    assert (found.index, found.verdict) == (None, "too few documents")
