"""Codes of items behind a label of their own, on a line below the name or in it ("Cikkszám: VF50"): neither label nor code is part of the name."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.headed_codes import heads_codes
from extractors.assembly.name_pieces import CODE, NAME, NOTE
from extractors.assembly.spans import Words, set_label

LONGEST_LABEL = 3  # words
OF_AN_ITEM = 0.3  # probability from which label or code is said of an item
GAP_EM = 1.5
_CODE = re.compile(r"(?=.*\d|[^\W\d_]+-)[A-Z\d][A-Z\d./_+-]{1,24}$")


def mark_labelled_codes(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: what stands behind "Art. no.:" in what is said of an item is its code, label and all. ``probabilities`` [n, 1 + fields]."""
    for members in words.words_of_line.values():
        for k, i in enumerate(members[:-1]):
            code = members[k + 1]
            if not words.texts[i].endswith(":") or not _CODE.match(words.texts[code]):
                continue
            near = words.box_list[code][0] - words.box_list[i][2] <= GAP_EM * words.size_list[i]
            starts = range(max(k - LONGEST_LABEL + 1, 0), k + 1)
            start = next((s for s in starts if heads_codes(plain(" ".join(words.texts[j] for j in members[s : k + 1])))), None)
            if not near or start is None:
                continue
            if float(probabilities[[i, code]][:, [NAME, NOTE, CODE]].sum(1).max()) >= OF_AN_ITEM:
                for j in members[start : k + 2]:
                    set_label(probabilities, j, CODE)
