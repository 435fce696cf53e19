"""Charges and allowances in the table of the items: what stands there like an item is a line, whatever it is for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, carries, groups_touch, set_label, whole_number
from extractors.assembly.total_options import is_percent, printed_amounts

RIGHT_PT = 2.0
EDGE_EM = 0.35  # within which numbers of one column end, where its figures are wider or bolder
HANGING_EM = 0.5
WIDE_COLUMN_EM = 15.0  # within which amounts that end at several edges make one column
_NAME = LABEL_INDEX["line.description"]
_CODE = LABEL_INDEX["line.item_code"]
_POSITION = LABEL_INDEX["line.position"]
_NOTE = LABEL_INDEX["line.note"]
_CURRENCY = LABEL_INDEX["header.currency"]
_AMOUNTS = [LABEL_INDEX[f"line.{n}"] for n in ("net_amount", "gross_amount")]
_ALLOWANCE = LABEL_INDEX["adjustment.allowance"]
_CHARGES = [LABEL_INDEX["adjustment.charge"], _ALLOWANCE]
_SUMS = [LABEL_INDEX[name] for name in ("header.net_total", "header.gross_total", "header.tax_total")]
_LINE_TOTAL = LABEL_INDEX["total.line_total"]
_GOALS = [LABEL_INDEX[name] for name in ("header.net_total", "header.gross_total")]
SURELY_A_TOTAL = 0.6
MOST_OPEN = 40  # unclaimed numbers of which every pair is tried
UNCLAIMED = 0.8  # probability of its likeliest label from which a number is what the network takes it for
LINES_BELOW = 3  # the last item


def take_charges_in_the_table_for_items(words: Words, probabilities: NDArray[np.float32], habit: NumberHabit) -> None:
    """Charges and allowances that stand in the items' columns, words where names begin and amount below amounts, are items, whatever they are for: no
    page tells "Postage" that is sold from "Postage" that is added. What stands under a total is none, nor is an allowance that is printed with the
    items' sign, unless it is counted among them: as an item it would be added. A number that no label claims is taken for one where it is what the items
    lack of a printed total. ``probabilities`` is changed in place; what it gave the one meaning, the other inherits."""
    best = probabilities.argmax(1)
    amounts = np.flatnonzero(carries(best, _AMOUNTS))
    if not len(amounts):
        return
    labels, counts = np.unique(best[amounts], return_counts=True)
    label = int(labels[counts.argmax()])
    items_sum = sum((value for _, value in _values(words, best, _AMOUNTS, habit)), Decimal(0))
    own_sum = sum((value for _, value in _values(words, best, [label], habit)), Decimal(0))
    lacking = _lacking(words, probabilities, np.flatnonzero(best == label), own_sum, habit)
    charged = np.union1d(np.flatnonzero(carries(best, _CHARGES)), [run[-1] for run in lacking]).astype(int).tolist()
    first = int(words.line[amounts].min())
    of_all = [line for line, value in _values(words, best, [_LINE_TOTAL], habit) if value == items_sum]
    claimed = [k for k in np.flatnonzero(carries(best, _SUMS)).tolist() if all(k not in run for run in lacking)]
    sums = [line for line in (*words.line[claimed].tolist(), *of_all) if line > first]  # the sum of a group is none of all
    lefts = _where_names_begin(words, best)
    offsets = sorted((0, -1, 1), key=lambda offset: offset != _line_of_names(words, best, amounts))
    told = plain(" ".join(text for text, is_note in zip(words.texts, (best == _NOTE).tolist(), strict=True) if not is_note))
    side = _side_of_names(words, best, amounts)
    alone = _alone(words, best, amounts) if side else []
    for i in sorted({*charged, *alone}):
        if not first < words.line_list[i] < min(sums, default=words.line_list[i] + 1) or not _in_column(words, i, amounts):
            continue
        tried = [side] if i in alone else offsets
        proven = next((run for run in lacking if run[-1] == i), None)
        name = next(
            (
                found
                for offset in tried
                if (found := _words_of_charge(words, probabilities, best, i, offset, lefts, whole=proven is not None or offset == side))
            ),
            None,
        )
        number = list(proven or whole_number(words, i, lambda k: bool(best[k] in _CHARGES)))
        value = first_number(" ".join(words.texts[k] for k in number), habit)
        added = best[i] == _ALLOWANCE and value is not None and value * items_sum > 0
        counted = any(best[k] == _POSITION for k in words.words_of_line[words.line_list[i]])
        if not name or not (proven or counted or not added) or (best[i] not in _CHARGES and _is_label(words, told, name)):
            continue
        if words.texts[name[-1]].endswith(":") and not counted:  # the caption of an amount, as totals have one
            continue
        for k in number:
            probabilities[k, label] += probabilities[k, _CHARGES].sum()
            probabilities[k, _CHARGES] = 0.0
            if proven and probabilities[k].argmax() != label:
                set_label(probabilities, k, label)
        for k in name:
            probabilities[k, _NAME] += probabilities[k, [0, _NOTE]].sum()
            probabilities[k, [0, _NOTE]] = 0.0
        best[name] = _NAME


def _lacking(
    words: Words, probabilities: NDArray[np.float32], amounts: NDArray[np.int64], items_sum: Decimal, habit: NumberHabit
) -> list[tuple[int, ...]]:
    """Words of one or two numbers that no label surely claims and that are what the items, ``amounts`` of which add up to ``items_sum``, lack of a
    printed net or gross total, or of the sum of lines below them; none where several numbers are."""
    best = probabilities.argmax(1)
    sure = np.where(probabilities.max(1) >= SURELY_A_TOTAL, best, 0)
    totals = _values(words, sure, _GOALS, habit)
    of_lines = _values(words, sure, [_LINE_TOTAL], habit)
    goals = [*((line, value, 0) for line, value in totals), *((line, value, line) for line, value in of_lines)]
    if any(value == items_sum for _, value, _ in goals):
        return []
    first, last = int(words.line[amounts].min()), max((line for line, _, _ in goals), default=0)
    open_to_all = [
        (run, value)
        for run in printed_amounts(words)
        if first < words.line_list[run[0]] < last
        and all(probabilities[k].max() < UNCLAIMED or best[k] in _CHARGES for k in run)
        and _in_column(words, run[-1], amounts)
        and not is_percent(words, run)
        and (value := first_number(" ".join(words.texts[k] for k in run), habit))
    ]
    for count in (1, 2) if len(open_to_all) <= MOST_OPEN else (1,):
        ways = [
            some
            for some in combinations(open_to_all, count)
            if any(
                items_sum + sum(v for _, v in some) == goal and (not below or all(words.line_list[run[0]] < below for run, _ in some))
                for _, goal, below in goals
            )
        ]
        if ways:
            return [run for run, _ in ways[0]] if len(ways) == 1 else []
    return []


def _values(words: Words, best: NDArray[np.int64], labels: Sequence[int], habit: NumberHabit) -> list[tuple[int, Decimal]]:
    """Line and value of the numbers with one of these labels; groups of digits side by side are one number."""
    found: list[tuple[int, list[int]]] = []
    for line in sorted({words.line_list[k] for k in np.flatnonzero(carries(best, labels)).tolist()}):
        for k in words.words_of_line[line]:
            if best[k] not in labels:
                continue
            if found and found[-1][0] == line and groups_touch(words, found[-1][1][-1], k):
                found[-1][1].append(k)
            else:
                found.append((line, [k]))
    values = ((line, first_number(" ".join(words.texts[k] for k in members), habit)) for line, members in found)
    return [(line, value) for line, value in values if value is not None]


def _in_column(words: Words, i: int, amounts: NDArray[np.int64]) -> bool:
    """Whether a word stands below or above others: begins or ends where one of them does, or between. A closing bracket or a minus behind the digits may
    hang out of the column."""
    right, left = words.boxes[amounts, 2], words.boxes[amounts, 0]
    x0, _, x1, _ = words.box_list[i]
    edge = max(RIGHT_PT, EDGE_EM * words.size_list[i])
    hanging = HANGING_EM * words.size_list[i] if words.texts[i].endswith((")", "-")) else 0.0
    between = float(right.max() - right.min()) < WIDE_COLUMN_EM * words.size_list[i] and right.min() <= x1 <= right.max() + hanging
    return bool(between or np.abs(right - x1).min() <= edge + hanging or np.abs(left - x0).min() <= RIGHT_PT)


def _side_of_names(words: Words, best: NDArray[np.int64], amounts: NDArray[np.int64]) -> int:
    """Where names stand by the first item: 0 beside its amount, -1 above, 1 below it."""
    first = int(words.line[amounts].min())
    named = {words.line_list[k] for k in np.flatnonzero(best == _NAME).tolist()}
    return 0 if first in named else -1 if named.intersection(range(first - LINES_BELOW, first)) else 1


def _alone(words: Words, best: NDArray[np.int64], amounts: NDArray[np.int64]) -> list[int]:
    """Last words of the ``amounts`` of items that stand alone on their lines, with the currency at most."""
    return [
        i
        for i in amounts.tolist()
        if all(best[k] in (_CURRENCY, best[i]) for k in words.words_of_line[words.line_list[i]])
        and i == max((k for k in words.words_of_line[words.line_list[i]] if best[k] == best[i]), key=lambda k: words.box_list[k][2])
    ]


def _words_of_charge(
    words: Words, probabilities: NDArray[np.float32], best: NDArray[np.int64], i: int, offset: int, lefts: set[float], *, whole: bool
) -> list[int]:
    """The words, ``offset`` lines below a charge, that say what it is for: nothing else, from where names begin; empty where there are none.
    A name in full is another item's, unless the charge is known to have one (``whole``)."""
    line = [k for k in words.words_of_line.get(words.line_list[i] + offset, []) if best[k] != _CURRENCY]
    free = [k for k in line if best[k] in (0, _NAME) or (best[k] == _NOTE and probabilities[k, _NOTE] < UNCLAIMED)]
    if not free or words.page[free[0]] != words.page[i] or (offset and not whole and all(best[k] == _NAME for k in free)):
        return []
    if offset and (len(free) < len(line) or not any(words.texts[k][:1].isalpha() for k in free)):
        return []
    before = [k for k in free if offset or words.box_list[k][2] <= words.box_list[i][0]]
    behind = [k for k in free if k not in before and k != i]
    return next(
        (name for name in (before, behind) if name and any(abs(words.box_list[name[0]][0] - left) <= RIGHT_PT for left in lefts)), []
    )


def _is_label(words: Words, told: str, name: Sequence[int]) -> bool:
    """Whether words stand before or above several numbers of a page, as the label of a value does. ``told``: what the pages say, remarks of items aside."""
    return words.texts[name[-1]].endswith(":") or told.count(plain(" ".join(words.texts[k] for k in name))) > 1


def _line_of_names(words: Words, best: NDArray[np.int64], amounts: NDArray[np.int64]) -> int:
    """Where items' names stand: 0 beside their amounts, -1 in the line above, 1 in the line below; what most items do."""
    named = {words.line_list[k] for k in np.flatnonzero(best == _NAME).tolist()}
    lines = [words.line_list[i] for i in amounts.tolist()]
    return max((0, -1, 1), key=lambda offset: sum(line + offset in named for line in lines))


def edges_of_names(words: Words, best: NDArray[np.int64]) -> frozenset[int]:
    """Whole points within one of which, or a little more, lines of items' names begin, or the codes before them. ``best`` [n]: labels of the words."""
    return frozenset(round(left) + beside for left in _where_names_begin(words, best) for beside in (-1, 0, 1))


def _where_names_begin(words: Words, best: NDArray[np.int64]) -> set[float]:
    """Left edges, in points, at which lines of items' names begin, or the codes before them."""
    first: dict[tuple[int, int], float] = {}
    for k in np.flatnonzero(carries(best, (_NAME, _CODE))).tolist():
        key = (words.line_list[k], int(best[k]))
        first[key] = min(first.get(key, np.inf), words.box_list[k][0])
    return set(first.values())
