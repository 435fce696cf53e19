"""Tax rates of lines that print a code for theirs ("A", "1", "FRE"), which a legend or the table of taxes explains."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.line_items import SET_BY_ARITHMETIC, evidence_of
from extractors.assembly.numbers import NumberHabit, parse_percent
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span
from extractors.assembly.totals import Totals
from schemas.invoice import Evidence, LineItem

LONGEST_CODE = 4
_EXPLAINS = frozenset({"=", ":", "=>", "-", "–"})
_AROUND = "()[]*.,:;=#"
_RATE = LABEL_INDEX["tax.rate"]


def with_rates_by_code(
    items: Sequence[LineItem],
    totals: Totals,
    evidence: dict[str, Evidence],
    words: Words,
    probabilities: NDArray[np.float32],
    rows: NDArray[np.int32],
    habit: NumberHabit,
) -> tuple[LineItem, ...]:
    """The lines with the rates that their codes stand for, where the page explains a code by one rate only. A number that was read as a line's rate is its
    code where no rate of the page is that number, or it has no decimals and no percent sign."""
    known = {row.rate for row in totals.breakdown if row.rate is not None}
    codes = [_codes_of(index, item, evidence) for index, item in enumerate(items)]
    legend = _legend({code for own in codes for code in own}, known, words, probabilities, rows, habit)
    if not legend:
        return tuple(items)
    result: list[LineItem] = []
    for index, item in enumerate(items):
        told = next((legend[code] for code in codes[index] if code in legend), None)
        shown = evidence.get(f"line_items.{index}.tax_rate")
        bare = shown is not None and shown.words.strip(_AROUND) in legend
        if told is not None and (item.tax_rate is None or item.tax_rate not in known or bare):
            evidence[f"line_items.{index}.tax_rate"] = evidence_of(told, SET_BY_ARITHMETIC)
            item = replace(item, tax_rate=parse_percent(told.text, habit))
        result.append(item)
    return tuple(result)


def _codes_of(index: int, item: LineItem, evidence: dict[str, Evidence]) -> list[str]:
    """What a line may show as its code: what was read as its rate, then its category."""
    shown = evidence.get(f"line_items.{index}.tax_rate")
    texts = [shown.words if shown is not None else "", item.tax_category or ""]
    return [code for text in texts if 0 < len(code := text.strip(_AROUND)) <= LONGEST_CODE and "%" not in code and code.isalnum()]


def _legend(
    codes: Collection[str],
    known: Collection[Decimal],
    words: Words,
    probabilities: NDArray[np.float32],
    rows: NDArray[np.int32],
    habit: NumberHabit,
) -> dict[str, Span]:
    """The rate that each of the ``codes`` stands beside on lines that are no items', where that is one rate alone."""
    best: list[int] = probabilities.argmax(1).tolist()
    found: dict[str, dict[Decimal, Span]] = {}
    for line in words.words_of_line.values():
        free = [i for i in line if rows[i] < 0]
        rates = [k for k, i in enumerate(free) if _is_rate(words, free, k, best[i] == _RATE)] if codes else []
        begin = 0
        for k in rates:
            value = parse_percent(words.texts[free[k]], habit)
            beside = {text: j for j in range(begin, k) if (text := words.texts[free[j]].strip(_AROUND)) in codes}
            begin = k + 1
            if value is None or len(beside) != 1:
                continue
            code, place = next(iter(beside.items()))
            explained = words.texts[free[place]][-1] in "=:" or (place + 1 < k and words.texts[free[place + 1]] in _EXPLAINS)
            if value in known or explained:
                found.setdefault(code, {})[value] = make_span(words, "tax.rate", [free[k]], probabilities)
    return {code: next(iter(spans.values())) for code, spans in found.items() if len(spans) == 1}


def _is_rate(words: Words, line: Sequence[int], k: int, tagged: bool) -> bool:
    """Whether a word of a line is a rate: a number that is tagged as one, or a percent sign follows."""
    text = words.texts[line[k]]
    if not words.has_digit[line[k]]:
        return False
    percent = "%" in text or (k + 1 < len(line) and words.texts[line[k + 1]].startswith("%"))
    return percent or (tagged and len(text.strip(_AROUND)) > 1)
