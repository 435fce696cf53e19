"""Lines of a name that the network begins as one and ends as a note: a text without a label or a long number in it is one thing, and begins it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.name_pieces import NAME, NOTE, runs
from extractors.assembly.spans import Words, set_label

BEGINS = 0.5  # probability from which a text begins as a name
_REFERENCE = re.compile(r"\d{3}|[:;]$|^[-–—/*·•|]$")  # a long number, the end of a label, a mark between parts


def finish_begun_names(words: Words, own: NDArray[np.float32], probabilities: NDArray[np.float32]) -> None:
    """In place: the words of a run that the network takes for names and notes, of which the first is a name, all name. ``own`` [n, 1 + fields] are the
    network's probabilities of each word by itself, ``probabilities`` those after the words of a text agreed."""
    labels: list[int] = own.argmax(1).tolist()
    agreed: list[int] = probabilities.argmax(1).tolist()
    shares: list[float] = own[:, NAME].tolist()
    for line in sorted({words.line_list[i] for i in np.flatnonzero((own[:, NAME] >= BEGINS) & (own.argmax(1) == NAME)).tolist()}):
        for run in runs(words, words.words_of_line[line]):
            texts = [words.texts[i] for i in run]
            if (
                shares[run[0]] >= BEGINS
                and all(labels[i] in (NAME, NOTE) for i in run)
                and any(agreed[i] == NOTE for i in run)
                and not any(_REFERENCE.search(text) for text in texts)
            ):
                for i in run:
                    set_label(probabilities, i, NAME)
