"""What words mean, in any of the served languages: 64 numbers per word from a table of word pieces.

The table (``data/word_vectors.npz``, made by `extractors.training.word_vectors`) holds each piece's vector as a multilingual sentence encoder
sees it, reduced to 64 dimensions, so that "Rechnungsnummer", "invoice number" and a label nobody wrote down yet lie near each other. A word
is cut into the fewest known pieces; words without letters have no meaning here (all zeros).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VECTOR_SIZE = 64
VECTOR_SCALE = 32  # stored as int8: value × 32
TABLE = Path(__file__).parent / "data" / "word_vectors.npz"
LONGEST_PIECE = 20
_LETTERS = re.compile(r"[^\W\d_]+")
_NOTHING = np.zeros(VECTOR_SIZE, np.int8)


def word_vectors(texts: Sequence[str]) -> NDArray[np.int8]:
    """Vectors [n, 64] of words, scaled by `VECTOR_SCALE`."""
    if not texts:
        return np.zeros((0, VECTOR_SIZE), np.int8)
    return np.stack([_vector(text) for text in texts])


@lru_cache(maxsize=65536)
def _vector(text: str) -> NDArray[np.int8]:
    if sum(c.isdigit() for c in text) * 2 > len(text):
        return _NOTHING
    index, table = _table()
    found: list[int] = []
    weights: list[int] = []
    for part in _LETTERS.findall(unicodedata.normalize("NFKC", text).casefold()[:60]):
        for piece in _pieces(part, index):
            found.append(index[piece])
            weights.append(len(piece))
    if not found:
        return _NOTHING
    mean = np.asarray(weights, np.float32) @ table[found] / sum(weights)
    return np.rint(mean).astype(np.int8)


def _pieces(word: str, index: dict[str, int]) -> list[str]:
    """The cut of a word into known pieces with the fewest pieces and the fewest letters left over."""
    if word in index:
        return [word]
    best: list[tuple[int, list[str]]] = [(0, [])]
    for end in range(1, len(word) + 1):
        cost, pieces = best[end - 1][0] + 3, best[end - 1][1]  # a letter that no piece covers
        for start in range(max(0, end - LONGEST_PIECE), end - 1):
            piece = word[start:end]
            if piece in index and best[start][0] + 2 <= cost:
                cost, pieces = best[start][0] + 2, [*best[start][1], piece]
        best.append((cost, pieces))
    return best[-1][1]


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8]]:
    with np.load(TABLE) as data:
        pieces = bytes(data["pieces"]).decode().split("\n")
        return {piece: i for i, piece in enumerate(pieces)}, data["vectors"]
