"""What another threshold of confidence would accept, and how much of it wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Reach:
    """``accepted`` documents, ``wrong`` ones of them, at the confidence ``threshold``."""

    threshold: float
    accepted: int
    wrong: int


def reach(free: Iterable[tuple[float, bool]], *, wrong: float) -> Reach | None:
    """The lowest threshold at which at most the share ``wrong`` of the accepted documents is wrong; None where there is none. ``free``: (confidence,
    right) of the documents that nothing but the threshold holds back; those of one confidence are accepted together."""
    best: Reach | None = None
    accepted = mistaken = 0
    for confidence, group in groupby(sorted(free, key=lambda guess: -guess[0]), key=lambda guess: guess[0]):
        right = [is_right for _, is_right in group]
        accepted += len(right)
        mistaken += right.count(False)
        if mistaken <= wrong * accepted:
            best = Reach(confidence, accepted, mistaken)
    return best
