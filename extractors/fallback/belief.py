"""How probable a value is after several readings: Bayes' rule over the specialist's calibrated prior and what each model read.

A reader is wrong with probability ``error``; a wrong reading hits one given other value with probability ``collision``. So a second reading that
agrees is strong evidence, two that agree against the specialist weigh as much as the specialist's own doubt, and an endpoint that is often wrong
convinces nobody. ``error`` is not asked of the model: it comes from recorded outcomes (`ErrorRates`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar, cast

import yaml

from extractors.confidence import group_of
from schemas.invoice import CRITICAL_FIELDS

V = TypeVar("V", bound=Hashable | None)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The constants of ``data/judgement.yaml``."""

    accept_floor: float
    adopt_at: float
    value_ceiling: float
    error_prior: tuple[float, float]
    sure_from: float
    elsewhere: float
    cleared: float
    collision: Mapping[str, float]
    missing: Mapping[str, float]
    rows_hold: float
    rows_open: float


@lru_cache(maxsize=1)
def judgement() -> Judgement:
    """The constants that come with the package."""
    data = cast("dict[str, Any]", yaml.safe_load(files("extractors.fallback").joinpath("data/judgement.yaml").read_text(encoding="utf-8")))
    wrong, right = data.pop("error_prior")
    return Judgement(**data, error_prior=(float(wrong), float(right)))


def accept_at(threshold: float) -> float:
    """Probability from which a document is accepted after a second opinion. ``threshold`` is the one in force for the specialist alone, from its
    calibration or the settings: a second opinion never asks for less, nor for less than was measured with such opinions."""
    return max(threshold, judgement().accept_floor)


def ask_below(wanted: float) -> float:
    """Values less sure than this are asked about: the critical values and the rows, each as doubtful as this, are together as probable as ``wanted``."""
    return wanted ** (1 / (len(CRITICAL_FIELDS) + 1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an endpoint's readings compared with values that the specialist was sure of."""

    asked: int = 0
    differed: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.asked + other.asked, self.differed + other.differed)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Recorded outcomes by kind of value (``header``, ``rows``)."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])

    def error(self, kind: str) -> float:
        """Estimated share of wrong values: pessimistic for an endpoint that nobody knows yet, then what was recorded."""
        wrong, right = judgement().error_prior
        seen = self.outcomes.get(kind, Outcome())
        return (wrong + seen.differed) / (wrong + right + seen.asked)


@dataclass(frozen=True, slots=True)
class Belief:
    """The most probable of the values and its probability."""

    value: Any
    probability: float
    votes: int  # readings that name it


def weigh(
    prior_value: V,
    prior: float,
    readings: Sequence[V],
    *,
    error: float,
    collision: float,
    same: Callable[[Any, Any], bool],
    favoured: Callable[[Any], bool] = lambda _: False,
) -> Belief:
    """The belief after ``readings`` of a value that the specialist reads as ``prior_value`` with probability ``prior``.

    ``favoured`` tells of a value that it repairs a broken rule.
    """
    constants = judgement()
    prior = min(max(prior, 0.001), constants.value_ceiling)
    candidates: list[Any] = [prior_value]
    for reading in readings:
        if not any(same(candidate, reading) for candidate in candidates):
            candidates.append(reading)
    rivals = max(len(candidates) - 1, 1)
    weights: list[float] = []
    for number, candidate in enumerate(candidates):
        weight = prior if number == 0 else (1 - prior) * (1 - constants.elsewhere) / rivals
        for reading in readings:
            weight *= (1 - error) if same(candidate, reading) else error * collision
        weights.append(weight * (constants.cleared if favoured(candidate) else 1.0))
    nowhere = (1 - prior) * (constants.elsewhere if len(candidates) > 1 else 1.0)
    for _ in readings:
        nowhere *= error * collision
    best = max(range(len(candidates)), key=lambda n: weights[n])
    votes = sum(same(candidates[best], reading) for reading in readings)
    return Belief(candidates[best], weights[best] / (sum(weights) + nowhere), votes)


def collision_of(path: str) -> float:
    """Probability that two wrong readings of this field name the same value."""
    collision = judgement().collision
    name = path.rsplit(".", 1)[-1]
    return collision.get("rows" if name == "rows" else "line_number" if name == "amount" else group_of(path) or "number", 0.5)


def missing_prior(name: str) -> float:
    """Probability that a field which the specialist did not find is not printed."""
    missing = judgement().missing
    return missing.get(name, missing["other"])
