"""One column, one meaning: words of items that stand in one column, or behind one printed label, agree on what they are.

The network labels each word by itself, mostly rightly; where it wavers, the other rows of the document know better.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.spans import LABEL_INDEX, Words, carries, set_label
from extractors.labels import FIELDS

LEAST = 3  # words that make a column
LEAN = 0.7  # log odds by which a group is taken to be numbers of items rather than nothing
FLOOR = 1e-3
SETTLED = 0.9  # a word of this probability keeps its label unless it is told nothing about it
TOLD_NOTHING = 0.985  # "none" up to this probability is asked again
RIGHT_PT = 2.0
HALF_SEEN = 0.2  # probability of being a number of an item from which a word's line is asked
LABEL_COLUMN_EM = 15.0  # from the colon behind a label to its value
_MARKS = (":", "=", "|", ".:")
_CURRENCY = LABEL_INDEX["header.currency"]
_POSITION = LABEL_INDEX["line.position"]
_NAME = LABEL_INDEX["line.description"]
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]  # each makes a row, so none is made here
_NUMBERS = np.array([LABEL_INDEX[f"line.{n}"] for n in ("quantity", "unit_price", "tax_rate", "discount", "tax_amount")])
_HEADER = np.array([i + 1 for i, name in enumerate(FIELDS) if not name.startswith("line.")])


def agree_in_columns(words: Words, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """``probabilities`` [n, 1 + fields] with the doubtful numbers of items moved towards what their column, or their label, says."""
    best = probabilities.argmax(1)
    lines = set(words.line[carries(best, [*_NUMBERS, *_AMOUNTS]) | (probabilities[:, _NUMBERS].sum(1) > HALF_SEEN)].tolist())
    candidates = [
        i for i in range(len(best)) if words.has_digit[i] and words.line_list[i] in lines and float(probabilities[i, _HEADER].sum()) < 0.5
    ]
    result = probabilities.copy()
    for group in _groups(words, candidates, best):
        _settle(result, probabilities, best, np.array(group))
    return result


def _groups(words: Words, candidates: Iterable[int], best: NDArray[np.int64]) -> list[list[int]]:
    """Words behind the same printed label, or below one that several of them have; of the others, words whose right edges are one above the other, or left
    edges where some share no right one. ``best`` [n]: the likeliest label of each word; what names a currency
    leads to no value, and counted positions begin where other numbers may."""
    currency = best == _CURRENCY
    labelled: dict[str, list[int]] = {}
    under: dict[str, list[int]] = {}
    for i in candidates:
        label = _label(words, i, currency)
        if label:
            labelled.setdefault(label, []).append(i)
        else:
            under.setdefault(words.once(_label_above, i), []).append(i)
    loose = [i for label, group in under.items() if not label or len(group) < LEAST for i in group]
    labelled |= {f"above {label}": group for label, group in under.items() if label and len(group) >= LEAST}
    columns = [group for group in _flush(words, loose, side=2) if len(group) >= LEAST]
    alone = set(loose).difference(*columns)
    begun = [i for i in loose if best[i] != _POSITION and not words.texts[i][:1].isalpha()]
    ragged = [group for group in _flush(words, begun, side=0) if not alone.isdisjoint(group)]
    return [group for group in (*labelled.values(), *columns, *ragged) if len(group) >= LEAST]


def _flush(words: Words, numbers: Iterable[int], *, side: int) -> list[list[int]]:
    """Words whose left (``side`` 0) or right (2) edges are one above the other."""
    groups: list[list[int]] = []
    for i in sorted(numbers, key=lambda i: words.box_list[i][side]):
        edge = words.box_list[i][side]
        near = bool(groups) and edge - words.box_list[groups[-1][-1]][side] <= RIGHT_PT / 2
        if near and edge - words.box_list[groups[-1][0]][side] <= RIGHT_PT:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _label(words: Words, i: int, currency: NDArray[np.bool_]) -> str:
    """The printed word directly in front of a value on its line ("Qty 3"), without numbers; empty where a column or nothing stands there. A colon leads to
    its value however far away."""
    right = words.box_list[i][0]
    line = words.words_of_line[words.line_list[i]]
    for before in reversed(line[: line.index(i)]):
        if currency[before]:
            right = words.box_list[before][0]
            continue
        text = plain(words.texts[before])
        marked = not text and words.texts[before] in _MARKS
        reach = LABEL_COLUMN_EM if marked else np.inf if words.texts[before].endswith(":") else 1.5
        if right - words.box_list[before][2] > reach * words.size_list[i] or words.has_digit[before]:
            return ""
        if not marked:
            return text if any(c.isalpha() for c in text) else ""
        right = words.box_list[before][0]
    return ""


def _label_above(words: Words, i: int) -> str:
    """The printed word in the line above a value, over it; empty where a number stands there or nothing."""
    x0, y0, x1, _ = words.box_list[i]
    over = [k for k in words.words_of_line.get(words.line_list[i] - 1, ()) if words.box_list[k][0] < x1 and words.box_list[k][2] > x0]
    near = [k for k in over if words.page[k] == words.page[i] and y0 - words.box_list[k][3] < words.size_list[i] and not words.has_digit[k]]
    return plain(words.texts[near[0]]) if near else ""


def _settle(result: NDArray[np.float32], probabilities: NDArray[np.float32], best: NDArray[np.int64], group: NDArray[np.int64]) -> None:
    """Give the doubtful words of a group the number that all of its words together are likeliest to be; "none" and labels of other kinds must be
    clearly likelier to prevail."""
    together = np.log(np.maximum(probabilities[group], FLOOR)).mean(0)
    label = int(_NUMBERS[together[_NUMBERS].argmax()])
    if (best[group] == label).sum() < LEAST - 1 or together[label] + LEAN < np.delete(together, label).max():
        return
    for i in group[~carries(best[group], [label, _NAME, *_AMOUNTS])].tolist():
        if probabilities[i].max() <= (TOLD_NOTHING if best[i] == 0 else SETTLED):
            set_label(result, i, label)
