"""Finding the phrases of a dictionary in a list of words.

Finds what spaCy's PhraseMatcher finds (a test compares them on the whole dictionary), without a second of imports in every process that reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


class Phrases:
    """A set of phrases, each a tuple of words."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._phrases = frozenset(phrases)
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the phrases that begin with a word
        for phrase in self._phrases:
            self._lengths[phrase[0]] = tuple(sorted({*self._lengths.get(phrase[0], ()), len(phrase)}))

    def find(self, tokens: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """Every phrase that stands in ``tokens``, with the positions of its first word and after its last; they may overlap."""
        for start, token in enumerate(tokens):
            for length in self._lengths.get(token, ()):
                phrase = tuple(tokens[start : start + length])
                if len(phrase) == length and phrase in self._phrases:  # near the end there are fewer words left
                    yield phrase, start, start + length
