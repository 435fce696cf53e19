"""Words of document structures beside the usual table (``structure_words.yaml``), for the training family."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

FILE = Path(__file__).parent / "structure_words.yaml"


@lru_cache(maxsize=1)
def structure_table() -> dict[str, dict[str, list[str]]]:
    """All words by key and language."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  CSafeLoader is the safe loader in C


def structure_list(key: str, language: str) -> list[str]:
    """All wordings of the language, English ones where it has none."""
    words = structure_table()[key]
    return words.get(language) or words["en"]


def structure_word(rng: Random, key: str, language: str) -> str:
    return rng.choice(structure_list(key, language))
