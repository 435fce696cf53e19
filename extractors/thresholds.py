"""What a threshold of confidence or probability lets through, and how much of it wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

Guesses = list[tuple[float, bool]]  # (confidence, right)


@dataclass(frozen=True, slots=True)
class Reach:
    """``accepted`` cases, ``wrong`` ones of them, at a ``threshold``."""

    threshold: float
    accepted: int
    wrong: int


def reaches(guesses: Iterable[tuple[float, bool]]) -> list[Reach]:
    """What each of the confidences, the highest first, would accept as a threshold: cases of one confidence cannot be told apart."""
    found: list[Reach] = []
    accepted = wrong = 0
    for confidence, group in groupby(sorted(guesses, key=lambda guess: -guess[0]), key=lambda guess: guess[0]):
        right = [is_right for _, is_right in group]
        accepted += len(right)
        wrong += right.count(False)
        found.append(Reach(confidence, accepted, wrong))
    return found


def reach(guesses: Iterable[tuple[float, bool]], *, wrong: float) -> Reach | None:
    """The lowest threshold at which at most the share ``wrong`` of what is accepted is wrong; None where there is none."""
    return next((found for found in reversed(reaches(guesses)) if found.wrong <= wrong * found.accepted), None)
