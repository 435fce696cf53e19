"""The ways to read each total: what the network tags, what it half believes, and what a caption names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.captions import Captions, Piece
from extractors.assembly.currency_words import is_beside_amount
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import MINUS, NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Span, Words, groups_touch, make_span
from extractors.assembly.word_groups import WordGroups, word_groups

ALTERNATIVE_FLOOR = 0.004
MAX_OPTIONS = 6
# Log-odds, chosen on generated layouts. A caption names its amount; the network's own mistakes are mostly between amounts that look alike.
CAPTION_AGREES = 2.5
CAPTION_DENIES = -2.5
CAPTION_ABOVE = 0.4  # a caption over the amount may belong to another column: it says that much of one in front
# Probability of an amount that only its caption speaks for. What is due mostly is the total, and words of that kind stand in payment terms too.
CAPTION_ONLY: Mapping[str, float] = {"net_total": 0.1, "tax_total": 0.1, "gross_total": 0.1, "amount_due": 0.02}
SUM_OF_LINES = 0.1  # share of it where the network surely takes the amount for the sum of the lines, which captions call a net total too
SURE = 0.9
KNOWN = 0.3  # share of it where the network is sure of another amount
WHOLE_NUMBER = 0.3  # share of it for a number without decimals
DUE_IS_GROSS = 0.3  # share of its probability that an amount due has as the gross total
ROW_SHARE = 0.5  # an amount that the network gives to a line item is none of the totals
_CLOSE: Mapping[str, frozenset[str]] = {  # captions that do not speak against the total
    "net_total": frozenset({"line_total"}),
    "tax_total": frozenset(),
    "gross_total": frozenset({"amount_due"}),
    "amount_due": frozenset({"gross_total"}),
}
_LINE_TOTAL = LABEL_INDEX["total.line_total"]
_LINE_COLUMNS = [index for name, index in LABEL_INDEX.items() if name.startswith("line.")]
_TOTAL_LABELS = frozenset({"header.net_total", "header.tax_total", "header.gross_total", "header.amount_due"})
_HEAD = re.compile(r"^[^\W\d]{0,4}[^\w.,]{0,3}\d{1,3}$")
_GROUP = re.compile(r"^\d{3}$")
_LAST_GROUP = re.compile(r"^\d{3}(?:[.,]\d{1,4})?\D{0,3}$")
_MONEY = re.compile(r"\d[.,]\d{2}\D{0,4}$|\d[.,][-–—]{1,2}$")
_WHOLE = re.compile(r"^[^\w]?\d{3,6}[^\w]?$")  # not every invoice prints cents
_AMOUNT = re.compile(r"^[^\w]{0,4}\d[\d.,'’]*[^\w]{0,4}$|^[A-Z]{0,3}[$€£]?\d[\d.,'’]*\d$|^\d[\d.,'’]*\d[A-Z]{1,3}[$€£]$")


@dataclass(frozen=True, slots=True)
class Option:
    """A way to read one total; ``value`` None = the page does not print it. ``bonus``: log-odds that its caption adds."""

    value: Decimal | None
    span: Span | None
    probability: float
    bonus: float = 0.0


def has_cents(text: str) -> bool:
    """Whether a word ends in two decimals, as money does, or in the dashes that stand for them."""
    return _MONEY.search(text) is not None


def printed_amounts(words: Words) -> list[tuple[int, ...]]:
    """Words of every amount-like number, digits that are grouped by spaces together ("1 234,50" is one)."""
    return words.once(_printed_amounts)


@dataclass(frozen=True, slots=True)
class PrintedAmount:
    """A number as in `printed_amounts`, its text, and its value by the document's habit, None where it has none."""

    words: tuple[int, ...]
    text: str
    value: Decimal | None


def read_amounts(words: Words, habit: NumberHabit) -> list[PrintedAmount]:
    """What `printed_amounts` finds, with the values."""
    texts = {run: " ".join([words.texts[i] for i in run]) for run in printed_amounts(words)}
    return [PrintedAmount(run, text, first_number(text, habit)) for run, text in texts.items()]


def _printed_amounts(words: Words) -> list[tuple[int, ...]]:
    result: list[tuple[int, ...]] = []
    for members in words.words_of_line.values():
        k = 0
        while k < len(members):
            run = [members[k]]
            if _HEAD.match(words.texts[members[k]]):
                for i in members[k + 1 :]:
                    if not groups_touch(words, run[-1], i) or not _LAST_GROUP.match(words.texts[i]):
                        break
                    run.append(i)
                    if not _GROUP.match(words.texts[i]):
                        break
            if len(run) > 1 or _AMOUNT.match(words.texts[run[0]]):
                result.append(tuple(run))
            k += len(run)
    return result


def is_percent(words: Words, run: Sequence[int]) -> bool:
    """Whether a percent sign belongs to the number."""
    line = words.words_of_line[words.line_list[run[0]]]
    k = line.index(run[-1])
    after = words.texts[line[k + 1]] if k + 1 < len(line) else ""
    return "%" in words.texts[run[0]] or "%" in words.texts[run[-1]] or after.startswith("%")


def caption_bonus(captions: Captions, name: str, first: int) -> float:
    """Log-odds that the caption of the number which starts with word ``first`` adds to its being the total ``name``."""
    start, several = _row_of_amounts(captions, first)
    kind, share = captions.in_front("amount", start), CAPTION_ABOVE if several else 1.0
    if kind is None:
        kind, share = captions.over("amount", first), CAPTION_ABOVE
    if kind is None or kind in _CLOSE[name]:
        return 0.0
    return share * (CAPTION_AGREES if kind == name else CAPTION_DENIES)


def _row_of_amounts(captions: Captions, first: int) -> tuple[int, bool]:
    """The first word of the first of several amounts that stand side by side behind one caption, which speaks for none of them alone ("TOTAL: 12.60
    82.60", under the columns of a table), and whether there are several; else the word itself."""
    pieces, own = captions.pieces, captions.piece_of[first]
    if pieces[own].words[0] != first and not all(
        is_beside_amount(captions.words.texts[i]) for i in pieces[own].words[: pieces[own].words.index(first)]
    ):
        return first, False
    k = own
    while k > 0 and pieces[k - 1].line == pieces[own].line and _is_amount(captions, pieces[k - 1]):
        k -= 1
    after = own + 1 < len(pieces) and pieces[own + 1].line == pieces[own].line and _is_amount(captions, pieces[own + 1])
    return (pieces[k].words[0], True) if k < own else (first, after)


def _is_amount(captions: Captions, piece: Piece) -> bool:
    texts = [captions.words.texts[i] for i in piece.words]
    return has_cents(texts[-1]) and all(_AMOUNT.match(text) or is_beside_amount(text) for text in texts)


def _with_sign(words: Words, run: tuple[int, ...], tagged: Mapping[int, Sequence[int]]) -> tuple[int, ...]:
    """The words of a number, with the minus that stands apart in front of it where the network takes that for part of the amount."""
    whole = tagged.get(run[0], run)
    return (whole[0], *run) if len(whole) > 1 and whole[1] == run[0] and words.texts[whole[0]] in MINUS else run


def _worth_a_look(
    words: Words, own: NDArray[np.float32], in_rows: NDArray[np.float32], tagged: Mapping[int, Sequence[int]]
) -> list[tuple[int, ...]]:
    """The amounts that may be a total: to which the network gives it (``own`` [n]) some probability, that are ``tagged`` as one, or that look like money
    and are in no row of an item (``in_rows`` [n]), so that a caption may speak for them."""
    amounts, is_money = words.once(_amounts_and_money)
    likely = (amounts.highest(own) >= ALTERNATIVE_FLOOR) | (is_money & (amounts.highest(in_rows) <= ROW_SHARE))
    return [run for run, is_likely in zip(amounts.members, likely.tolist(), strict=True) if is_likely or run[0] in tagged]


def _amounts_and_money(words: Words) -> tuple[WordGroups, NDArray[np.bool_]]:
    """The printed amounts, and which of them may be money."""
    runs = printed_amounts(words)
    last = [words.texts[run[-1]] for run in runs]
    return word_groups(runs), np.array([has_cents(text) or _WHOLE.match(text) is not None for text in last], np.bool_)


def total_options(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    name: str,
    habit: NumberHabit,
) -> list[Option]:
    """The likeliest readings of the total ``name``, best first, and last that it is not printed."""
    label = f"header.{name}"
    column = LABEL_INDEX[label]
    found: dict[Decimal, Option] = {}

    def add(span: Span, probability: float, bonus: float) -> None:
        value = first_number(span.text, habit)
        if value is None:
            return
        known = found.get(value)
        if known is None or log(max(known.probability, 1e-4)) + known.bonus < log(max(probability, 1e-4)) + bonus:
            found[value] = Option(value, span, probability, bonus)

    for span in spans:
        if span.label == label:
            add(span, span.probability, caption_bonus(captions, name, span.first))
        elif name == "gross_total" and span.label == "header.amount_due":
            add(span, DUE_IS_GROSS * span.probability, caption_bonus(captions, name, span.first))
    known = any(span.label == label and span.probability > SURE for span in spans)
    own, in_rows = probabilities[:, column], probabilities[:, _LINE_COLUMNS].sum(1)
    tagged = {i: span.words for span in spans if span.label in _TOTAL_LABELS for i in span.words}
    for found_run in _worth_a_look(words, own, in_rows, tagged):
        run = _with_sign(words, found_run, tagged)
        probability = max([own.item(i) for i in run])
        last = words.texts[run[-1]]
        money = has_cents(last) or (_WHOLE.match(last) is not None and captions.in_front("amount", run[0]) == name)
        if (probability < ALTERNATIVE_FLOOR and not money) or words.once(is_percent, run):
            continue
        in_row = max([in_rows.item(i) for i in run]) > ROW_SHARE
        bonus = 0.0 if in_row else caption_bonus(captions, name, run[0])
        if bonus > 0 and money:
            told = CAPTION_ONLY[name] * (KNOWN if known else 1.0) * (1.0 if has_cents(last) else WHOLE_NUMBER)
            of_lines = name == "net_total" and min(float(probabilities[i, _LINE_TOTAL]) for i in run) > SURE
            probability = max(probability, told * (SUM_OF_LINES if of_lines else 1.0))
        if probability >= ALTERNATIVE_FLOOR:
            add(make_span(words, label, run, probabilities), probability, bonus)
    ranked = sorted(found.values(), key=lambda o: -(log(max(o.probability, 1e-4)) + o.bonus))[:MAX_OPTIONS]
    absent = max(1 - max(option.probability for option in ranked), 0.005) if ranked else 1.0
    return [*ranked, Option(None, None, absent)]


def captioned(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    amounts: Sequence[tuple[int, ...]],
    habit: NumberHabit,
    name: str,
    wanted: Decimal,
) -> Span | None:
    """The amount of this value that a caption in front of it names so."""
    for run in amounts:
        if captions.in_front("amount", run[0]) == name and not is_percent(words, run):
            shown = make_span(words, f"header.{name}", run, probabilities)
            if first_number(shown.text, habit) == wanted:
                return shown
    return None
