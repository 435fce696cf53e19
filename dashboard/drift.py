"""How far two distributions are apart: the population stability index (Siddiqi, Credit Risk Scorecards, 2006)."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

# The book's bands: below 0.1 stable, above 0.25 changed.
NOTICE = 0.1
CHANGED = 0.25
FEWEST = 50  # documents on either side; below that the index measures chance


def stability_index(reference: Mapping[str, int], current: Mapping[str, int]) -> float | None:
    """Sum over all values of (p − q)·ln(p / q); None where either side has too few documents. Half a document stands for none."""
    before, now = sum(reference.values()), sum(current.values())
    if before < FEWEST or now < FEWEST:
        return None
    total = 0.0
    for value in reference.keys() | current.keys():
        p = max(current.get(value, 0), 0.5) / now
        q = max(reference.get(value, 0), 0.5) / before
        total += (p - q) * log(p / q)
    return total


def verdict(index: float | None) -> str:
    if index is None:
        return "too few documents"
    return "stable" if index < NOTICE else "moving" if index < CHANGED else "changed"
