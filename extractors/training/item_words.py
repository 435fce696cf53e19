"""Words around line items (``item_words.yaml``): labels of attributes, remarks, and the parts of composed names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

from extractors.training.vocabulary import EXAM_SHARE, held_out, read_words

FILE = Path(__file__).parent / "item_words.yaml"


@lru_cache(maxsize=4096)
def _lists(key: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = read_words(FILE)
    words = table.get(language, {}).get(key) or table["en"][key]
    shared = tuple(w for i, w in enumerate(words) if not i or not held_out(w))
    return shared, tuple(w for i, w in enumerate(words) if i and held_out(w))


def item_word(rng: Random, key: str, language: str, family: str) -> str:
    """One wording of the language (English where it has none); held-out wordings are for the exam family only."""
    shared, held = _lists(key, language)
    if family == "exam" and held and rng.random() < EXAM_SHARE:
        return rng.choice(held)
    return rng.choice(shared)


def item_list(key: str, language: str) -> tuple[str, ...]:
    """All wordings that are open to both families."""
    return _lists(key, language)[0]


def is_taken_off(name: str, language: str) -> bool:
    """Whether an extra of this name is a discount or a return: its amount has the sign of what lowers the sum."""
    return name in read_words(FILE).get(language, {}).get("taken_off", ())
