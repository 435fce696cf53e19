"""Groups of words that are asked about all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WordGroups:
    """Groups of one word or more. ``members``: the words of each; ``flat`` [m]: all of them in a row; ``starts``: where each group begins there."""

    members: tuple[tuple[int, ...], ...]
    flat: NDArray[np.int64]
    starts: NDArray[np.int64]

    def highest(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The greatest of the ``values`` [n] of each group's words."""
        return np.maximum.reduceat(values[self.flat], self.starts) if self.members else np.zeros(0, np.float32)


def word_groups(groups: Sequence[Sequence[int]]) -> WordGroups:
    """The groups; none of them is empty."""
    starts = list(accumulate(map(len, groups), initial=0))[:-1]
    flat: NDArray[Any] = np.fromiter(chain.from_iterable(groups), np.int64)
    return WordGroups(tuple(map(tuple, groups)), flat, np.array(starts, np.int64))
