"""Amounts of items whose values stand each behind or under a label of its own: the last one before the totals is easily taken for a total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.captions import Captions
from extractors.assembly.item_lines import is_name_heading
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words, set_label
from extractors.assembly.table_charges import edges_of_names
from extractors.assembly.total_options import has_cents, is_percent, printed_amounts, read_amounts

LINES_ABOVE = 8  # in which the item's name stands
LEAST = 2  # amounts of items that have the label
NAMED = 0.6  # probability from which a word surely names an item
HALF_NAMED = 0.3  # where the label of the amount is that of most items' amounts
SURELY_A_TOTAL = 0.6
_PARTING = frozenset(";·|•")
_NAME = LABEL_INDEX["line.description"]
_PRICE = LABEL_INDEX["line.unit_price"]
_FREE = frozenset({0, _NAME, LABEL_INDEX["line.note"]})
_GOALS = frozenset(LABEL_INDEX[name] for name in ("header.net_total", "header.gross_total", "total.line_total"))
_AMOUNTS = (LABEL_INDEX["line.net_amount"], LABEL_INDEX["line.gross_amount"])
_TAKEN_FOR_TOTALS = frozenset(
    {LABEL_INDEX["total.line_total"]}
    | {LABEL_INDEX[f"header.{name}"] for name in ("net_total", "tax_total", "gross_total", "amount_due")}
    | {LABEL_INDEX[f"tax.{name}"] for name in ("taxable_amount", "tax_amount")}
    | {LABEL_INDEX[f"adjustment.{name}"] for name in ("charge", "allowance")}
)
_TAKEN_FOR = _TAKEN_FOR_TOTALS | {0, *(LABEL_INDEX[f"line.{name}"] for name in ("note", "tax_amount", "discount"))}


def take_amounts_of_cards(words: Words, captions: Captions, probabilities: NDArray[np.float32], habit: NumberHabit) -> None:
    """A number that was taken for a total, or for nothing, becomes an item's amount where its label is that of other items' amounts, and the nearest item
    above it has none. Where the network saw no item there, the printed total proves that one is missing. ``probabilities`` [n, 1 + fields] is changed in
    place."""
    best = probabilities.argmax(1)
    runs = printed_amounts(words)
    known = [(_label(words, captions, run[0]), int(best[run[-1]])) for run in runs if best[run[-1]] in _AMOUNTS]
    labelled = Counter(label for label, _ in known if label)
    if not labelled:
        return
    usual = {label for label, count in labelled.items() if count >= max(LEAST, len(known) / 2)}
    lacking = [run for run in runs if best[run[-1]] in _TAKEN_FOR_TOTALS and _lacks_its_amount(words, probabilities, best, run)]
    also = Counter(label for run in lacking if (label := _label(words, captions, run[0])) in labelled)
    labelled.update({label: count for label, count in also.items() if count >= LEAST})  # one alone may be a total
    in_cents = all(has_cents(words.texts[run[-1]]) for run in runs if best[run[-1]] in _AMOUNTS)
    for run in runs:
        if in_cents and not has_cents(words.texts[run[-1]]):
            continue
        if best[run[-1]] not in _TAKEN_FOR or labelled[label := _label(words, captions, run[0])] < LEAST or not label:
            continue
        if is_percent(words, run):
            continue
        if _lacks_its_amount(words, probabilities, best, run, named=HALF_NAMED if label in usual else NAMED):
            kind = Counter(found for other, found in known if other == label).most_common(1)[0][0]
            for i in run:
                set_label(probabilities, i, kind)
            best[list(run)] = kind
    _take_missing_amount(words, captions, probabilities, habit, frozenset(label for label, _ in known if label))


def _take_missing_amount(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], habit: NumberHabit, labelled: frozenset[str]
) -> None:
    """In place: the only number, labelled as amounts of items are, by which these become a printed total, is an item's amount. Its name is the nearest text
    above it that begins where the names of others do. So are all numbers with such a label that were taken for prices, if together they do."""
    best = probabilities.argmax(1)
    values = {amount.words: amount.value for amount in words.once(read_amounts, habit)}
    known = [run for run in values if best[run[-1]] in _AMOUNTS]
    kind = Counter(int(best[run[-1]]) for run in known).most_common(1)[0][0]
    total = sum((values[run] or Decimal(0) for run in known if best[run[-1]] == kind), Decimal(0))
    sure = [run for run in values if best[run[-1]] in _GOALS and probabilities[run[-1]].max() >= SURELY_A_TOTAL]
    printed = Counter(values[run] for run in sure)
    if total in printed:
        return
    called_prices = [run for run in values if best[run[-1]] == _PRICE and _label(words, captions, run[0]) in labelled]
    called_prices = [run for run in called_prices if _lacks_its_amount(words, probabilities, best, run)]
    if called_prices and total + sum((values[run] or Decimal(0) for run in called_prices), Decimal(0)) in printed:
        for i in (i for run in called_prices for i in run):
            set_label(probabilities, i, kind)
        return
    first = min(words.line_list[run[0]] for run in known)
    missing = [
        run
        for run, value in values.items()
        if value
        and best[run[-1]] in _TAKEN_FOR
        and words.line_list[run[0]] > first
        and total + value in printed
        and _label(words, captions, run[0]) in labelled
    ]
    name = _name_above(words, best, missing[0]) if len(missing) == 1 else []
    if name:
        for i in missing[0]:
            set_label(probabilities, i, kind)
        for i in name:
            set_label(probabilities, i, _NAME)


def _name_above(words: Words, best: NDArray[np.int64], run: Sequence[int]) -> list[int]:
    """The words of the nearest line above a number that begin where items' names begin, if they are of no other value; empty where an amount stands between."""
    edges = edges_of_names(words, best)
    own = words.line_list[run[0]]
    for line in range(own - 1, own - LINES_ABOVE - 1, -1):
        members = [k for k in words.words_of_line.get(line, ()) if words.page[k] == words.page[run[0]]]
        if any(best[k] in _AMOUNTS for k in members):
            return []
        text = [k for k in members if best[k] in _FREE]
        begins = next((n for n, k in enumerate(text) if round(words.box_list[k][0]) in edges), None)
        said = "" if begins is None else " ".join(words.texts[k] for k in text[begins:])
        if any(map(str.isalpha, said)) and not said.endswith((":", "#")) and not is_name_heading(said):
            return text[begins:]
    return []


def _label(words: Words, captions: Captions, first: int) -> str:
    """The text in front of a number, in a list of several the part of it, or, where another value stands there, directly above it, if it holds letters;
    empty where there is none."""
    before = captions.before(first)
    if _is_label(before):
        return before
    part = _part_before(words, first) if before else ""
    above = part or next(iter(captions.above(first)), "")
    return above if _is_label(above) else ""


def _part_before(words: Words, first: int) -> str:
    """The text between a number and the sign that parts it from the value before it ("Qty: 2; Unit: pcs; Sum: 4.00"); empty where none does."""
    line = words.words_of_line[words.line_list[first]]
    part: list[str] = []
    for i in reversed(line[: line.index(first)]):
        text = words.texts[i]
        if part and (text in _PARTING or text[-1] in _PARTING):
            return plain(" ".join(part))
        if words.has_digit[i]:
            break
        part.insert(0, text)
    return ""


def _is_label(text: str) -> bool:
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _lacks_its_amount(
    words: Words, probabilities: NDArray[np.float32], best: NDArray[np.int64], run: Sequence[int], *, named: float = NAMED
) -> bool:
    """Whether the lines above a number lead to the name of an item and to no amount of one."""
    own = words.line_list[run[0]]
    for line in range(own, own - LINES_ABOVE - 1, -1):
        members = [k for k in words.words_of_line.get(line, ()) if words.page[k] == words.page[run[0]]]
        if any(best[k] in _AMOUNTS for k in members):
            return False
        if any(best[k] == _NAME and probabilities[k, _NAME] >= named for k in members):
            return True
    return False
