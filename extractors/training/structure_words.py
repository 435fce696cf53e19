"""Words of document structures beside the usual table (``structure_words.yaml``), for the training family."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from extractors.training.vocabulary import HELD_OUT_SECTIONS, held_out, read_words, vocabulary

FILE = Path(__file__).parent / "structure_words.yaml"


def structure_table() -> dict[str, dict[str, list[str]]]:
    """All words by key and language."""
    return read_words(FILE)


@lru_cache(maxsize=2048)
def structure_list(key: str, language: str) -> tuple[str, ...]:
    """All wordings of the language, English ones where it has none. What the vocabulary keeps for the exam is left out where another is left."""
    table = structure_table()[key]
    words = table.get(language) or table["en"]
    kept = _kept_words(language if language in table else "en")
    return tuple(w for w in words if w.casefold() not in kept) or tuple(words)


@lru_cache(maxsize=32)
def _kept_words(language: str) -> frozenset[str]:
    """The wordings of the vocabulary that only the exam sees, in lower case."""
    data = vocabulary(language, "exam").data
    lists: list[list[Any]] = [words for section in HELD_OUT_SECTIONS for words in (data.get(section) or {}).values() if words]
    return frozenset(str(w).casefold() for words in lists for w in words[1:] if held_out(str(w)))


def structure_word(rng: Random, key: str, language: str) -> str:
    return rng.choice(structure_list(key, language))
