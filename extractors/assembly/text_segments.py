"""Pieces of line text whose words agree on what they are."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.spans import LABEL_INDEX, Words
from extractors.assembly.word_groups import WordGroups, word_groups

LEANING = 0.2  # probability of text from which a word lets its piece vote
VOTE = 0.8  # share of a piece's mean in each of its words
SURE_CODE = 0.9  # a word in capitals that is a code to this degree keeps to it
SURE_UNIT = 0.95  # a unit or currency that is one to this degree keeps to it
SURE_NOTE = 0.8  # a number that is a note to this degree (a date in a column of its own) keeps to it
SHOWN = 0.5  # probability from which a word is part of a VAT id, whosever
ID_GAP_EM = 0.8
_MARKS = frozenset("- – — · • | / : ; *".split())  # noqa: SIM905
_SEPARATOR = re.compile(r"^[-–—·•|/;*]$|[,:;|]$")


def smooth_text_segments(words: Words, probabilities: NDArray[np.float32], *, weight: float = VOTE) -> NDArray[np.float32]:
    """Let the words of a piece of line text agree on text labels: names, descriptions, notes.

    A piece ends at a gap of 0.6 em, at a change of weight, and at a separator (dash, dot, bar, comma, colon). Each word's probabilities are mixed with its
    piece's mean by ``weight``, only where the piece leans to a text label; words that show a number keep their own unless they lean to text too,
    and codes, units, currencies and numbers that are surely notes keep their own.
    """
    text_columns = [LABEL_INDEX[n] for n in ("header.seller_name", "header.buyer_name", "line.description", "line.note")]
    result = probabilities.copy()
    leaning = probabilities[:, text_columns].sum(1)
    texty: list[float] = leaning.tolist()
    notes: list[float] = probabilities[:, LABEL_INDEX["line.note"]].tolist()
    codes: list[float] = probabilities[:, LABEL_INDEX["line.item_code"]].tolist()
    units: list[float] = probabilities[:, [LABEL_INDEX["line.unit"], LABEL_INDEX["header.currency"]]].max(1).tolist()

    def keeps(i: int) -> bool:
        return notes[i] >= SURE_NOTE or codes[i] > 0.5

    def stays(i: int) -> bool:
        return (codes[i] >= SURE_CODE and words.texts[i].isupper()) or units[i] >= SURE_UNIT

    segments = words.once(_segments)
    for k in np.flatnonzero(segments.highest(leaning) >= LEANING).tolist():
        segment = segments.members[k]
        members = [i for i in segment if (not words.has_digit[i] and not stays(i)) or (texty[i] > 0.3 and not keeps(i))]
        if len(members) > 1:
            mean = probabilities[members].mean(0)
            if mean[text_columns].sum() > 0.4:
                result[members] = (1 - weight) * probabilities[members] + weight * mean
    _agree_on_the_party(words, result)
    return result


def _segments(words: Words) -> WordGroups:
    """The pieces of line text of two words or more, in reading order."""
    boxes, lines, sizes = words.box_list, words.line_list, words.size_list
    bold: list[bool] = words.bold.tolist()
    segments: list[list[int]] = []
    for i in words.reading_order.tolist():
        p = segments[-1][-1] if segments else i
        apart = lines[i] != lines[p] or boxes[i][0] - boxes[p][2] > 0.6 * sizes[p] or bold[i] != bold[p]
        if p == i or apart or _SEPARATOR.search(words.texts[p]) or words.texts[i] in _MARKS:
            segments.append([i])
        else:
            segments[-1].append(i)
    return word_groups([segment for segment in segments if len(segment) > 1])


def _agree_on_the_party(words: Words, probabilities: NDArray[np.float32]) -> None:
    """Let the groups of digits of one VAT id agree on whose it is; ``probabilities`` is changed in place."""
    columns = [LABEL_INDEX["header.seller_vat_id"], LABEL_INDEX["header.buyer_vat_id"]]
    together = probabilities[:, columns].sum(1)
    group: list[int] = []
    for i in [*words.reading_order[together[words.reading_order] > SHOWN].tolist(), -1]:
        p = group[-1] if group else i
        if (
            i < 0
            or words.line_list[i] != words.line_list[p]
            or words.box_list[i][0] - words.box_list[p][2] > ID_GAP_EM * words.size_list[p]
        ):
            if len(group) > 1:
                shares = probabilities[np.ix_(group, columns)].sum(0)
                probabilities[np.ix_(group, columns)] = together[group, None] * shares / shares.sum()
            group = []
        group.append(i)
