"""How far two distributions are apart: the population stability index (Siddiqi, Credit Risk Scorecards, 2006), and what chance alone gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt

# The book's bands: below 0.1 stable, above 0.25 changed.
NOTICE = 0.1
CHANGED = 0.25
FEWEST = 50  # documents on either side

_NORMAL_95 = 1.6449  # 95 % quantile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Drift:
    """``index`` is the stability index; ``by_chance`` is what two samples of these sizes from one and the same source stay below in 95 of
    100 cases. None: too few documents."""

    feature: str
    index: float | None
    by_chance: float

    @property
    def verdict(self) -> str:
        """``stable``, ``moving``, ``changed`` or ``too few documents``; what chance explains is stable."""
        if self.index is None:
            return "too few documents"
        if self.index <= max(NOTICE, self.by_chance):
            return "stable"
        return "changed" if self.index > CHANGED else "moving"


def drift(feature: str, reference: Mapping[str, int], current: Mapping[str, int]) -> Drift:
    """How far ``current`` is from ``reference``, both as documents by group."""
    before, now = sum(reference.values()), sum(current.values())
    if before < FEWEST or now < FEWEST:
        return Drift(feature, None, 0.0)
    groups = reference.keys() | current.keys()
    return Drift(feature, stability_index(reference, current), _quantile_95(len(groups) - 1) * (1 / before + 1 / now))


def stability_index(reference: Mapping[str, int], current: Mapping[str, int]) -> float:
    """Sum over all groups of (p − q)·ln(p / q). Half a document stands for none."""
    before, now = sum(reference.values()), sum(current.values())
    total = 0.0
    for value in reference.keys() | current.keys():
        p = max(current.get(value, 0), 0.5) / now
        q = max(reference.get(value, 0), 0.5) / before
        total += (p - q) * log(p / q)
    return total


def _quantile_95(freedom: int) -> float:
    """95 % quantile of the chi-squared distribution, which the index times n·m / (n + m) follows (Yurdakul, Statistical Properties of
    Population Stability Index, 2018); by Wilson and Hilferty's approximation (1931), a few percent off at most."""
    if freedom < 1:
        return 0.0
    share = 2 / (9 * freedom)
    return freedom * (1 - share + _NORMAL_95 * sqrt(share)) ** 3
