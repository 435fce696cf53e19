"""A small linear classifier of item descriptions: hashed character n-grams, tf-idf, multinomial logistic regression.

It knows what the keyword dictionary does not: forms, parts of words and neighbours of words in a dozen languages. Trained by
`extractors.training.train_spend_category`, shipped as ``data/spend_model.npz`` (weights as 8-bit integers with one scale per category).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from extractors.spend_words import words
from schemas.errors import ConfigurationError

FILE = "spend_model.npz"
SHORTEST, LONGEST = 2, 5  # letters of an n-gram; the blank at either end of a word counts
NOTHING = "-"  # the class of texts that name no purchase: places, people, companies, codes
MAX_LETTERS = 300  # of a description: the name comes first, prose after it adds noise and time


def buckets(text: str, *, size: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The hashed n-grams of a text.

    Shapes: bucket numbers [k] ascending, each once, and their weights [k]: 1 + log(count). Empty for texts without a letter.
    """
    counts: dict[int, int] = {}
    for word in words(text[:MAX_LETTERS]):
        for bucket in _word_buckets(word, size):
            counts[bucket] = counts.get(bucket, 0) + 1
    found = np.fromiter(sorted(counts), np.int64, len(counts))
    return found, 1 + np.log(np.array([counts[int(bucket)] for bucket in found], np.float32))


@lru_cache(maxsize=16384)
def _word_buckets(word: str, size: int) -> tuple[int, ...]:
    """All runs of letters of the lengths that count, hashed. Letters beyond ASCII are several bytes: those are cut by letters as well."""
    padded = f" {word} "
    length = len(padded)
    spans = [(at, at + n) for n in range(SHORTEST, LONGEST + 1) for at in range(max(length - n + 1, 1))]
    if padded.isascii():
        coded = padded.encode()
        return tuple(zlib.crc32(coded[a:b]) % size for a, b in spans)
    return tuple(zlib.crc32(padded[a:b].encode()) % size for a, b in spans)


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Shapes: ``weights`` [size, categories] int8, ``scales`` and ``biases`` [categories] float32, ``idf`` [size] float16. The last of
    ``categories`` may be `NOTHING`.

    ``settings`` says how the evidence is combined: the exponents of `extractors.spend_category.SCORES`, ``neighbour_exponent``,
    `extractors.spend_category.TEMPERATURES` (chosen on items kept apart) and ``threshold``."""

    categories: tuple[str, ...]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]
    idf: NDArray[np.float16]
    settings: dict[str, float]

    def log_probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[n, categories] float32, without `NOTHING`: what of a text is likely to name no purchase speaks for all categories alike. The prior alone for a
        text without letters."""
        logits = np.tile(self.biases, (len(texts), 1))
        for row, text in enumerate(texts):
            found, values = buckets(text, size=len(self.idf))
            if not len(found):
                continue
            values = values * self.idf[found].astype(np.float32)
            values /= np.linalg.norm(values)
            logits[row] += (values @ self.weights[found].astype(np.float32)) * self.scales
        logits -= logits.max(axis=1, keepdims=True)
        if self.categories[-1] != NOTHING:
            return (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        return np.log(shares[:, :-1] + shares[:, -1:] / (shares.shape[1] - 1)).astype(np.float32)


@cache
def load_spend_model() -> SpendModel:
    """The shipped model. Raises `ConfigurationError` when its file is missing or not one."""
    try:
        with as_file(files("extractors").joinpath("data", FILE)) as path, np.load(path, allow_pickle=False) as data:
            about = json.loads(str(data["about"]))
            return SpendModel(
                tuple(about["categories"]),
                data["weights"],
                data["scales"],
                data["biases"],
                data["idf"],
                {k: float(v) for k, v in about["settings"].items()},
            )
    except (OSError, KeyError, ValueError) as exc:
        raise ConfigurationError(f"extractors/data/{FILE} cannot be read: {exc}") from exc
