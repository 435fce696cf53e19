"""Names of purchases that are known word by word, also inside a longer description: ``Depot fee quarter`` in ``Depot fee quarter black, size L``.

A known name is evidence of its own, and how much of a description is known says how far its category can be believed. Names are looked up by a hash of
their folded words; shipped as ``data/spend_names.npz``, written by `extractors.training.train_spend_category`.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.spend_words import words
from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

FILE = "spend_names.npz"
MOST_WORDS = 14  # of a description: the name comes first
LONGEST_NAME = 6  # words
LEAST_LETTERS = 4  # of a name that is a single word


class Known(IntEnum):
    """How much of a description is a known name."""

    NOTHING = 0
    WORD = 1
    NAME = 2  # of several words
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class FoundNames:
    """``scores`` [categories]: the words of the known names in a description, shared between the categories that a name stands in."""

    scores: NDArray[np.float32]
    known: Known


class SpendNames:
    """Categories (as numbers) by the hash of a name's words."""

    def __init__(self, categories: dict[int, tuple[int, ...]]) -> None:
        self._categories = categories

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> SpendNames:
        """``names`` are (name, category); names without a letter are left out."""
        found: dict[int, set[int]] = defaultdict(set)
        for name, category in names:
            if parts := words(name)[:MOST_WORDS]:
                found[_hash(parts)].add(SPEND_CATEGORIES.index(category))
        return cls({key: tuple(sorted(numbers)) for key, numbers in found.items()})

    def find(self, text: Sequence[str]) -> FoundNames:
        """The known names in the words of a description, longest first, none inside another."""
        parts = text[:MOST_WORDS]
        scores = np.zeros(len(SPEND_CATEGORIES), np.float32)
        if parts and (whole := self._categories.get(_hash(parts))):
            self._add(scores, whole, len(parts))
            return FoundNames(scores, Known.WHOLE)
        known, taken = Known.NOTHING, set[int]()
        for size in range(min(LONGEST_NAME, len(parts)), 0, -1):
            for start in range(len(parts) - size + 1):
                places = range(start, start + size)
                if not taken.isdisjoint(places) or (size == 1 and len(parts[start]) < LEAST_LETTERS):
                    continue
                numbers = self._categories.get(_hash(parts[start : start + size]))
                if numbers:
                    taken.update(places)
                    known = max(known, Known.NAME if size > 1 else Known.WORD)
                    self._add(scores, numbers, size)
        return FoundNames(scores, known)

    @staticmethod
    def _add(scores: NDArray[np.float32], numbers: tuple[int, ...], size: int) -> None:
        scores[list(numbers)] += size / len(numbers)

    def save(self, path: Path) -> None:
        rows = sorted((key, number) for key, numbers in self._categories.items() for number in numbers)
        hashes, numbers = np.array([row[0] for row in rows], np.uint32), np.array([row[1] for row in rows], np.uint8)
        np.savez_compressed(path, hashes=hashes, numbers=numbers, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> SpendNames:
        found: dict[int, tuple[int, ...]] = {}
        with np.load(path, allow_pickle=False) as data:
            for key, number in zip(data["hashes"].tolist(), data["numbers"].tolist(), strict=True):
                found[key] = (*found.get(key, ()), number)
        return cls(found)


def _hash(parts: Sequence[str]) -> int:
    return zlib.crc32(" ".join(parts).encode())


@cache
def load_spend_names() -> SpendNames:
    """The shipped names. Raises `ConfigurationError` when their file is missing or not one."""
    try:
        with as_file(files("extractors").joinpath("data", FILE)) as path:
            return SpendNames.load(path)
    except (OSError, KeyError, ValueError) as exc:
        raise ConfigurationError(f"extractors/data/{FILE} cannot be read: {exc}") from exc
