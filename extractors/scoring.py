"""How good extracted invoices are, against the truth: the field and row measures, touchless rate, wrong among accepted, calibration.

Definitions. A header field counts where the truth names it (``null`` = the page does not show it). F1 = 2·right / (expected + extracted).
Line items are aligned in order (Needleman-Wunsch on the agreement of description, quantity, unit price and amount); a row is exact when
every value that its truth has agrees, tax rate aside. A document is perfect when all critical fields that the truth has agree and its rows are exact,
none missing and none too many. Touchless: the share of the documents that should pass (truth ``expect`` is not ``review``) that were
accepted. Wrong among accepted: accepted documents that are not perfect or should have been reviewed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from extractors.thresholds import Guesses, reach
from schemas.invoice import CRITICAL_FIELDS, HEADER_FIELDS

LINE_FIELDS = ("description", "quantity", "unit_price", "amount", "tax_rate")
NUMBER_FIELDS = frozenset({"net_total", "tax_total", "gross_total", "amount_due", "quantity", "unit_price", "amount", "tax_rate"})
NAME_FIELDS = frozenset({"seller_name", "buyer_name"})

AMOUNT_TOLERANCE = Decimal("0.005")
DESCRIPTION_LIKENESS = 0.85
NAME_LIKENESS = 0.8
PAIR_SCORE = 0.5  # rows that agree less than this are not the same row
LARGEST_TABLE = 10_000  # pairs of rows up to which every pair is compared
SPEND_PRECISION = 0.95
BINS = 10  # of equal width, for the calibration error

Record = Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts of expected, extracted and right values of one kind."""

    expected: int = 0
    extracted: int = 0
    right: int = 0

    @property
    def f1(self) -> float:
        total = self.expected + self.extracted
        return 2 * self.right / total if total else 0.0


@dataclass(slots=True)
class Score:
    """Sums over documents. ``wrong`` lists (document, field, expected, found)."""

    documents: int = 0
    extracted: int = 0
    perfect: int = 0
    accepted: int = 0
    accepted_wrong: int = 0
    should_pass: int = 0
    should_pass_accepted: int = 0
    should_review: int = 0
    should_review_caught: int = 0
    header: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in HEADER_FIELDS})
    lines: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in LINE_FIELDS})
    rows: Tally = field(default_factory=Tally)
    spend_category: Tally = field(default_factory=Tally)
    spend_guesses: Guesses = field(default_factory=Guesses)  # (probability, right) of lines with a category
    tax_category: Tally = field(default_factory=Tally)
    routes: Counter[str] = field(default_factory=Counter[str])
    wrong: list[tuple[str, str, Any, Any]] = field(default_factory=list[tuple[str, str, Any, Any]])
    confidences: Guesses = field(default_factory=Guesses)  # (confidence, perfect) of documents that got past reading
    free: Guesses = field(default_factory=Guesses)  # (confidence, perfect and no trap) of those that only a threshold holds back

    @property
    def header_f1(self) -> float:
        return _together(self.header.values()).f1

    @property
    def line_f1(self) -> float:
        return _together(self.lines.values()).f1

    @property
    def touchless(self) -> float:
        return self.should_pass_accepted / self.should_pass if self.should_pass else 0.0

    @property
    def wrong_among_accepted(self) -> float:
        return self.accepted_wrong / self.accepted if self.accepted else 0.0

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: mean gap between confidence and share of perfect documents, over `BINS` bins, weighted by size."""
        return gap_of_confidence(self.confidences)

    @property
    def spend_calibration_error(self) -> float:
        """The same for the probabilities of the spend categories that were given."""
        return gap_of_confidence(self.spend_guesses)

    @property
    def spend_coverage(self) -> float:
        """Share of the lines whose truth has a spend category that can be given one with `SPEND_PRECISION`: the most probable ones first."""
        return covered(self.spend_guesses, of=self.spend_category.expected, precision=SPEND_PRECISION)


def gap_of_confidence(guesses: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error of (probability, right): mean gap between both over `BINS` bins of equal width, weighted by size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in guesses:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    gaps = (abs(sum(c for c, _ in found) - sum(r for _, r in found)) for found in bins.values())
    return sum(gaps) / len(guesses) if guesses else 0.0


def covered(guesses: Sequence[tuple[float, bool]], *, of: int, precision: float) -> float:
    """The largest share of ``of`` cases that a threshold on the probability lets through with at least this precision."""
    found = reach(guesses, wrong=1 - precision)
    return found.accepted / of if found and of else 0.0


def score(pairs: Iterable[tuple[Record, Record | None]]) -> Score:
    """The score of (truth, extracted) pairs, both in the invoice's JSON form; None: nothing was extracted, all of it is missing."""
    total = Score()
    for truth, extracted in pairs:
        _add(total, truth, extracted or {})
    return total


def _add(total: Score, truth: Record, found: Record) -> None:
    name = str(truth.get("id", ""))
    # Sign conventions of credit notes differ, so absolute values are compared.
    unsigned = truth.get("document_type") == "credit_note"
    total.documents += 1
    total.extracted += bool(found)
    critical = _add_header(total, truth.get("header") or {}, found.get("header") or {}, unsigned=unsigned, name=name)
    rows = _add_rows(total, truth["line_items"], found.get("line_items") or [], unsigned=unsigned, name=name)
    perfect = critical and rows
    trap = truth.get("expect") == "review"
    accepted = found.get("status") == "accepted"
    total.perfect += perfect
    total.accepted += accepted
    total.accepted_wrong += accepted and (trap or not perfect)
    total.should_pass += not trap
    total.should_pass_accepted += accepted and not trap
    total.should_review += trap
    total.should_review_caught += trap and found.get("status") in ("review", "rejected")
    total.routes[str(found.get("route"))] += 1
    if found and found.get("status") != "rejected":
        confidence = float(found.get("confidence") or 0.0)
        total.confidences.append((confidence, perfect))
        if not any(issue.get("severity") == "error" for issue in found.get("issues") or ()):
            total.free.append((confidence, perfect and not trap))


def _add_header(total: Score, truth: Record, found: Record, *, unsigned: bool, name: str) -> bool:
    """Count the header's fields; True when no critical field that the truth has is wrong."""
    right_so_far = True
    for key in HEADER_FIELDS:
        if key not in truth:
            continue
        expected, got = truth.get(key), found.get(key)
        tally = total.header[key]
        tally.expected += expected is not None
        tally.extracted += got is not None
        if expected is not None and same_value(key, expected, got, unsigned=unsigned):
            tally.right += 1
        elif expected is not None or got is not None:
            total.wrong.append((name, f"header.{key}", expected, got))
            if key in CRITICAL_FIELDS and expected is not None:
                right_so_far = False
    return right_so_far


def _add_rows(total: Score, truth: Sequence[Record], found: Sequence[Record], *, unsigned: bool, name: str) -> bool:
    """Count the line items; True when all rows are exact, none missing, none too many."""
    for rows, attribute in ((truth, "expected"), (found, "extracted")):
        for row in rows:
            for key in LINE_FIELDS:
                if line_value(row, key) is not None:
                    tally = total.lines[key]
                    setattr(tally, attribute, getattr(tally, attribute) + 1)
    exact_rows = 0
    for i, j in align(truth, found):
        exact = True
        for key in LINE_FIELDS:
            expected, got = line_value(truth[i], key), line_value(found[j], key)
            if expected is None:
                continue
            others = cast("Sequence[str]", truth[i].get("description_alternatives") or ())
            if same_value(key, expected, got, unsigned=unsigned, alternatives=others):
                total.lines[key].right += 1
            elif key != "tax_rate":
                exact = False
                total.wrong.append((name, f"line_items.{i}.{key}", expected, got))
        exact_rows += exact
        for key, tally in (("spend_category", total.spend_category), ("tax_category", total.tax_category)):
            if truth[i].get(key):
                tally.expected += 1
                tally.extracted += found[j].get(key) is not None
                tally.right += found[j].get(key) == truth[i][key]
                probability = found[j].get(f"{key}_probability")
                if key == "spend_category" and found[j].get(key) and probability is not None:
                    total.spend_guesses.append((float(probability), found[j][key] == truth[i][key]))
    total.rows.expected += len(truth)
    total.rows.extracted += len(found)
    total.rows.right += exact_rows
    return exact_rows == len(truth) == len(found)


def line_value(item: Record, key: str) -> Any:
    """A line's value; ``amount`` is the printed line total: net or, where only that is printed, gross."""
    if key == "amount":
        return item.get("net_amount") if item.get("net_amount") is not None else item.get("gross_amount")
    return item.get(key)


def same_value(key: str, expected: Any, found: Any, *, unsigned: bool = False, alternatives: Sequence[str] = ()) -> bool:
    """Whether two values of the field ``key`` (a header or line field's bare name) agree.

    Numbers within half a cent; names and descriptions by their words; all else by letters and digits. ``None`` agrees with ``None`` only.
    """
    if expected is None or found is None:
        return expected is None and found is None
    if key in NUMBER_FIELDS:
        a, b = _number(expected), _number(found)
        if a is None or b is None:
            return False
        return abs((abs(a) - abs(b)) if unsigned else (a - b)) <= AMOUNT_TOLERANCE
    if key == "description":
        return max(likeness(text, found) for text in (expected, *alternatives)) >= DESCRIPTION_LIKENESS
    if key in NAME_FIELDS and likeness(expected, found) >= NAME_LIKENESS:
        return True
    return letters_of(expected) == letters_of(found)


def likeness(a: Any, b: Any) -> float:
    """Dice coefficient of the words of two texts, 0 to 1; 1 when neither has a word."""
    left, right = _words(a), _words(b)
    if not left and not right:
        return 1.0
    return 2 * sum((Counter(left) & Counter(right)).values()) / (len(left) + len(right))


def align(truth: Sequence[Record], found: Sequence[Record]) -> list[tuple[int, int]]:
    """Pairs (row of the truth, row found) of an alignment in order with the highest agreement. In long tables the rows that stand once in both, alike in
    every value, are paired first (patience diff), and only what lies between them is compared row by row."""
    fixed = _rows_alike(truth, found) if len(truth) * len(found) > LARGEST_TABLE else []
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for a, b in (*fixed, (len(truth), len(found))):
        pairs.extend((i + k, j + m) for k, m in _align(truth[i:a], found[j:b]))
        if a < len(truth):
            pairs.append((a, b))
        i, j = a + 1, b + 1
    return pairs


def _rows_alike(truth: Sequence[Record], found: Sequence[Record]) -> list[tuple[int, int]]:
    """The most pairs of rows, in order, that are alike in every value and stand once in either table."""
    place = _once(found)
    runs: list[list[tuple[int, int]]] = []  # longest rising runs by their length, as piles of patience sorting
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in ((i, place[key]) for key, i in _once(truth).items() if key in place):
        pile = bisect_left(runs, pair[1], key=lambda run: run[-1][1])
        before[pair] = runs[pile - 1][-1] if pile else None
        if pile == len(runs):
            runs.append([])
        runs[pile].append(pair)
    result: list[tuple[int, int]] = []
    last = runs[-1][-1] if runs else None
    while last is not None:
        result.append(last)
        last = before[last]
    return result[::-1]


def _once(rows: Sequence[Record]) -> dict[tuple[object, ...], int]:
    """Index of each row by its values, without those that stand there twice."""
    keys = [
        (tuple(_words(row.get("description") or "")), *(_number(line_value(row, key)) for key in ("quantity", "unit_price", "amount")))
        for row in rows
    ]
    times = Counter(keys)
    return {key: i for i, key in enumerate(keys) if times[key] == 1}


def _align(truth: Sequence[Record], found: Sequence[Record]) -> list[tuple[int, int]]:
    """As `align`, every row compared with every other (Needleman and Wunsch 1970)."""
    n, m = len(truth), len(found)
    scores = [[_pair_score(t, f) for f in found] for t in truth]
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            paired = best[i + 1][j + 1] + scores[i][j] if scores[i][j] > PAIR_SCORE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < n and j < m:
        if scores[i][j] > PAIR_SCORE and abs(best[i][j] - (best[i + 1][j + 1] + scores[i][j])) < 1e-9:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _pair_score(truth: Record, found: Record) -> float:
    agreeing = sum(
        line_value(truth, key) is not None and same_value(key, line_value(truth, key), line_value(found, key), unsigned=True)
        for key in ("quantity", "unit_price", "amount")
    )
    return 2 * likeness(truth.get("description") or "", found.get("description") or "") + agreeing


def _together(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.expected += tally.expected
        total.extracted += tally.extracted
        total.right += tally.right
    return total


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def letters_of(value: Any) -> str:
    """A value's letters and digits, without case: what is compared of numbers, dates and names."""
    return re.sub(r"[^\w]+", "", unicodedata.normalize("NFKC", str(value)).casefold())


def _words(value: Any) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", str(value)).casefold())
