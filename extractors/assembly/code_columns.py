"""Codes for tax rates that the network takes for something else, or for nothing: what the page explains ("1 = 19 %, 2 = 7 %") stands in one column of the
items, and the sums of their amounts are those that are taxed so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import match, plain
from extractors.assembly.line_items import SET_BY_ARITHMETIC, evidence_of
from extractors.assembly.numbers import NumberHabit, parse_number, parse_percent
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span, set_label
from extractors.assembly.totals import Totals
from schemas.invoice import Evidence, LineItem

MOST_ITEMS = 0.8  # that have a code in the column
EDGE_PT = 3.0  # between edges or middles of one column
TOLD = 0.3  # mean probability from which the network takes the words of a column for codes or rates
LONGEST_TERM = 6  # words between a code and its rate
CENT = Decimal("0.01")
_CODE = re.compile(r"[(\[*]?([A-Z\d]{1,3})[)\]*]?")
_EXPLAINED = re.compile(r"[(\[*]?([A-Z\d]{1,3})[)\]]?=")
_CODE_COLUMNS = [LABEL_INDEX["line.tax_category"], LABEL_INDEX["line.tax_rate"]]
_TAX_CATEGORY = LABEL_INDEX["tax.category"]
_OF_TAXES = frozenset(LABEL_INDEX[f"tax.{name}"] for name in ("rate", "taxable_amount", "tax_amount"))
_OF_ITEMS = frozenset(
    LABEL_INDEX[f"line.{n}"]
    for n in ("position", "item_code", "description", "quantity", "unit", "unit_price", "net_amount", "gross_amount")
)
_TAKEN = ("quantity", "position")  # what codes are taken for


def clear_legends(words: Words, probabilities: NDArray[np.float32]) -> None:
    """In place: a line that begins by explaining a code ("S = standard rated 23 %") is no item, whatever the network takes its numbers for."""
    for line in words.words_of_line.values():
        texts = [words.texts[i] for i in line]
        if _explained_at(texts, 0) is None:
            continue
        told = any(_is_percent(texts, k) for k in range(1, len(texts))) or _untaxed(words, line[1:])
        for i in line if told else ():
            if int(probabilities[i].argmax()) in _OF_ITEMS:
                set_label(probabilities, i, 0)


def with_rates_of_code_column(
    items: Sequence[LineItem],
    totals: Totals,
    evidence: dict[str, Evidence],
    words: Words,
    probabilities: NDArray[np.float32],
    rows: NDArray[np.int32],
    habit: NumberHabit,
) -> tuple[LineItem, ...]:
    """The lines with the rates that the codes in their column stand for; a quantity or position that was such a code is none."""
    legend = _legend(words, probabilities, rows, habit)
    if not any(span is not None and _rate_of(span, habit) for span in legend.values()):
        return tuple(items)

    def told(column: Mapping[int, tuple[str, int]]) -> float:
        return float(probabilities[np.ix_([i for _, i in column.values()], _CODE_COLUMNS)].sum(1).mean())

    for column in sorted(_columns(_codes_by_item(items, evidence, words, legend), len(items), words), key=told, reverse=True):
        rates = {index: _rate_of(span, habit) for index, (code, _) in column.items() if (span := legend[code]) is not None}
        summed = bool(rates) and (_sums_are_taxed(items, rates, totals) or _sums_are_printed(items, column, legend, words, habit))
        letters = len(column) == len(items) and all(code.isalpha() for code, _ in column.values())
        if rates and (summed or letters or told(column) >= TOLD):
            several = len({code for code, _ in column.values()}) > 1  # a column of nothing but "1" may count pieces
            return _rated(items, column, rates, legend, totals, evidence, words, codes_proven=letters or (summed and several))
    return tuple(items)


def _rated(
    items: Sequence[LineItem],
    column: Mapping[int, tuple[str, int]],
    rates: Mapping[int, Decimal | None],
    legend: Mapping[str, Span | None],
    totals: Totals,
    evidence: dict[str, Evidence],
    words: Words,
    *,
    codes_proven: bool,
) -> tuple[LineItem, ...]:
    known = {row.rate for row in totals.breakdown if row.rate is not None}
    result = list(items)
    for index, (code, i) in column.items():
        span = legend[code]
        if span is not None and (result[index].tax_rate is None or (known and result[index].tax_rate not in known)):
            evidence[f"line_items.{index}.tax_rate"] = evidence_of(span, SET_BY_ARITHMETIC)
            result[index] = replace(result[index], tax_rate=rates[index])
        for name in _TAKEN if codes_proven else ():
            shown = evidence.get(f"line_items.{index}.{name}")
            if shown is not None and shown.page == words.page_list[i] + 1 and _is_in(words.box_list[i], shown.box):
                del evidence[f"line_items.{index}.{name}"]
                result[index] = replace(result[index], **{name: None})
    return tuple(result)


def _legend(words: Words, probabilities: NDArray[np.float32], rows: NDArray[np.int32], habit: NumberHabit) -> dict[str, Span | None]:
    """The codes that lines outside the items explain, behind an equals sign or in the table of taxes, with the percentage that does it, if one does."""
    found: dict[str, Span | None] = {}
    differing: set[str] = set()
    best: list[int] = probabilities.argmax(1).tolist()
    of_taxes = _TAX_CATEGORY in best
    for line in words.words_of_line.values():
        texts = [words.texts[i] for i in line]
        if any(rows[i] >= 0 for i in line):
            continue
        explains = any("=" in text for text in texts)
        begins = [(k, code) for k in range(len(line)) if (code := _explained_at(texts, k)) is not None] if explains else []
        if not begins and of_taxes:
            begins = _row_of_taxes(words, best, line)
        for n, (k, code) in enumerate(begins):
            end = min(begins[n + 1][0] if n + 1 < len(begins) else len(line), k + 2 + LONGEST_TERM)
            at = next((j for j in range(k + 1, end) if _is_percent(texts, j) and parse_percent(texts[j], habit) is not None), None)
            shown = [line[at]] if at is not None else _untaxed(words, line[k + 1 : end])
            span = make_span(words, "tax.rate", shown, probabilities) if shown else None
            if code in found and _text(found[code]) != _text(span):  # the legend may stand on every page
                differing.add(code)
            before = found.get(code)
            if before is None or (span is not None and len(line) > len(words.words_of_line[before.line])):  # the one with the sums
                found[code] = span
    return {code: span for code, span in found.items() if code not in differing}


def _text(span: Span | None) -> str:
    return span.text if span is not None else ""


def _row_of_taxes(words: Words, best: Sequence[int], line: Sequence[int]) -> list[tuple[int, str]]:
    """The place and text of the code with which a row of the table of taxes begins; of the only one on its line."""
    short = [k for k, i in enumerate(line) if _CODE.fullmatch(words.texts[i])]
    codes = [k for k in short if best[line[k]] == _TAX_CATEGORY or _stands_under_code(words, best, line[k])]
    rated = len(codes) == 1 and any(best[i] in _OF_TAXES for i in line[codes[0] + 1 :])
    return [(codes[0], _CODE.sub(r"\1", words.texts[line[codes[0]]]))] if rated else []


def _stands_under_code(words: Words, best: Sequence[int], i: int) -> bool:
    """Whether a word stands at the edge of what the network takes for a code of the table of taxes, a line or two away."""
    x = words.box_list[i][0]
    near = (k for d in (-2, -1, 1, 2) for k in words.words_of_line.get(words.line_list[i] + d, ()))
    return any(
        best[k] == _TAX_CATEGORY and abs(words.box_list[k][0] - x) <= EDGE_PT and words.page_list[k] == words.page_list[i] for k in near
    )


def _untaxed(words: Words, members: Sequence[int]) -> list[int]:
    """The words that say that what a code marks is not taxed; none if they do not."""
    text = plain(" ".join(words.texts[i] for i in members if words.texts[i] != "="))
    return [i for i in members if not words.has_digit[i]] if match("untaxed", text) is not None else []


def _rate_of(span: Span, habit: NumberHabit) -> Decimal | None:
    return parse_percent(span.text, habit) if any(c.isdigit() for c in span.text) else Decimal(0)


def _explained_at(texts: Sequence[str], k: int) -> str | None:
    """The code that word ``k`` of a line is, if an equals sign follows it."""
    glued = _EXPLAINED.match(texts[k])
    if glued:
        return glued[1]
    apart = _CODE.fullmatch(texts[k])
    return apart[1] if apart and k + 1 < len(texts) and texts[k + 1] == "=" else None


def _is_percent(texts: Sequence[str], k: int) -> bool:
    text = texts[k].rpartition("=")[2]
    return any(c.isdigit() for c in text) and ("%" in text or (k + 1 < len(texts) and texts[k + 1].startswith("%")))


def _codes_by_item(
    items: Sequence[LineItem], evidence: Mapping[str, Evidence], words: Words, codes: Collection[str]
) -> list[list[tuple[str, int]]]:
    """The codes on the line of each item's amount, with their words."""
    ends = {
        (words.page_list[i] + 1, round(words.box_list[i][2], 1), round(words.box_list[i][3], 1)): line
        for line, members in words.words_of_line.items()
        for i in members
    }
    result: list[list[tuple[str, int]]] = []
    for index in range(len(items)):
        shown = evidence.get(f"line_items.{index}.net_amount") or evidence.get(f"line_items.{index}.gross_amount")
        line = ends.get((shown.page, round(shown.box[2], 1), round(shown.box[3], 1))) if shown is not None else None
        members = words.words_of_line[line] if line is not None else []
        read = [(found[1], i) for i in members if (found := _CODE.fullmatch(words.texts[i])) is not None]
        result.append([(code, i) for code, i in read if code in codes])
    return result


def _columns(shown: Sequence[Sequence[tuple[str, int]]], count: int, words: Words) -> list[dict[int, tuple[str, int]]]:
    """The columns in which most items have a code: by item the code and its word."""
    result: list[dict[int, tuple[str, int]]] = []
    for seed in {round(words.box_list[i][0]): i for own in shown for _, i in own}.values():
        x0, _, x1, _ = words.box_list[seed]
        found: dict[int, tuple[str, int]] = {}
        for index, own in enumerate(shown):
            for code, i in own:
                left, _, right, _ = words.box_list[i]
                if min(abs(left - x0), abs(right - x1), abs(left + right - x0 - x1) / 2) <= EDGE_PT:
                    found[index] = (code, i)
        if len(found) >= MOST_ITEMS * count and found not in result:
            result.append(found)
    return result


def _sums_are_printed(
    items: Sequence[LineItem],
    column: Mapping[int, tuple[str, int]],
    legend: Mapping[str, Span | None],
    words: Words,
    habit: NumberHabit,
) -> bool:
    """Whether what the items of each code that has a rate add up to stands on the line that explains the code."""
    sums: dict[str, Decimal] = {}
    for index, (code, _) in column.items():
        sums[code] = sums.get(code, Decimal(0)) + (items[index].amount or Decimal(0))
    compared: list[bool] = []
    for code, total in sums.items():
        span = legend[code]
        if span is not None:
            line = words.words_of_line[span.line]
            compared.append(
                any((value := parse_number(words.texts[i], habit)) is not None and abs(value - abs(total)) <= CENT for i in line)
            )
    return bool(compared) and all(compared)


def _sums_are_taxed(items: Sequence[LineItem], rates: Mapping[int, Decimal | None], totals: Totals) -> bool:
    """Whether the net amounts of each rate add up to what the table of taxes says is taxed so, and that of more than one rate or of all items."""
    taxed = {row.rate: row.taxable_amount for row in totals.breakdown if row.rate and row.taxable_amount is not None}
    sums: dict[Decimal, Decimal] = {}
    for index, rate in rates.items():
        amount = items[index].net_amount
        if rate is not None and amount is not None:
            sums[rate] = sums.get(rate, Decimal(0)) + amount
    compared = [abs(abs(sums[rate]) - abs(base)) <= CENT * 2 for rate, base in taxed.items() if rate in sums]
    return bool(compared) and all(compared)


def _is_in(box: Sequence[float], outer: Sequence[float]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]
