"""Allowances, charges and what is paid or rounded: as the network reads them, and as the sums prove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.captions import Captions
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span
from extractors.assembly.total_options import is_percent
from schemas.invoice import Adjustment, AdjustmentKind

CENT = Decimal("0.01")
HALF_A_CENT = 0.005
SURELY_ADJUSTED = 0.8  # probability of an allowance or charge from which the caption of a total ("Total charges") does not speak against it
FAINTLY_ADJUSTED = 0.02  # probability from which it may be one where that is what lies between the lines and the total
LEAST = 0.001
AS_READ = (0.7, 0.1)  # probability of an adjustment that was read, and of its opposite, where its words are none of the candidates
MOST_POSSIBLE = 8
FARTHEST = 7.0  # log-odds: how much less likely than what the network reads the choice may be that closes the sum
CAPTIONS_OF_TOTALS = frozenset({"net_total", "tax_total", "gross_total", "amount_due", "line_total"})
_ADJUSTED = [LABEL_INDEX["adjustment.charge"], LABEL_INDEX["adjustment.allowance"]]


def read_adjustments(spans: Sequence[Span], captions: Captions, habit: NumberHabit) -> tuple[Adjustment, ...]:
    """The adjustments that the network tags, each once; what the caption of a total stands in front of is none, unless the network is sure."""
    found: list[Adjustment] = []
    for span in spans:
        if (
            span.label.startswith("adjustment.")
            and span.probability > 0.4
            and (span.probability > SURELY_ADJUSTED or captions.in_front("amount", span.first) not in CAPTIONS_OF_TOTALS)
        ):
            value = first_number(span.text, habit)
            if value:
                kind = AdjustmentKind(span.label.removeprefix("adjustment."))
                adjustment = Adjustment(kind, value if kind is AdjustmentKind.ROUNDING else abs(value))
                if adjustment not in found:
                    found.append(adjustment)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Possible:
    """An amount that may be an allowance or a charge of the document, with the network's probability of either."""

    amount: Decimal
    charge: float
    allowance: float

    @property
    def none(self) -> float:
        """Probability that it is neither."""
        return max(1 - self.charge - self.allowance, LEAST)


def possible_adjustments(
    words: Words, probabilities: NDArray[np.float32], amounts: Sequence[tuple[int, ...]], habit: NumberHabit
) -> list[Possible]:
    """Amounts that the network takes for an allowance or a charge, be it ever so faintly; the likeliest first, each amount once."""
    found: dict[Decimal, Possible] = {}
    hinted = set(np.flatnonzero(probabilities[:, _ADJUSTED].max(1) >= FAINTLY_ADJUSTED / 2).tolist())
    for run in amounts:
        if hinted.isdisjoint(run):
            continue
        charge, allowance = (max(float(probabilities[i, column]) for i in run) for column in _ADJUSTED)
        if charge + allowance < FAINTLY_ADJUSTED or is_percent(words, run):
            continue
        value = first_number(make_span(words, "adjustment.charge", run, probabilities).text, habit)
        if value and (abs(value) not in found or found[abs(value)].none > 1 - charge - allowance):
            found[abs(value)] = Possible(abs(value), charge, allowance)
    return sorted(found.values(), key=lambda p: p.none)[:MOST_POSSIBLE]


def that_lead_to(
    goal: Decimal, lines_sum: Decimal, adjustments: tuple[Adjustment, ...], possible: Sequence[Possible]
) -> tuple[Adjustment, ...]:
    """The adjustments by which the sum of the lines becomes the net total, or the gross total where that is not printed: as read, else the likeliest
    choice among the ``possible`` ones that closes the sum; as read where none does, or only one that the network speaks against."""
    charge, allowance = AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE
    moved = [a for a in adjustments if a.kind in (charge, allowance)]
    sign = -1 if lines_sum < 0 else 1  # of a credit note, whose pages print what is taken off as that
    missing = sign * (goal - lines_sum)
    if abs(missing) <= 2 * CENT:  # what is added comes behind the net total
        return adjustments
    if abs(sum((a.amount if a.kind is charge else -a.amount for a in moved), Decimal(0)) - missing) <= 2 * CENT:
        return adjustments
    known = {p.amount for p in possible}
    as_read = (Possible(abs(a.amount), *(AS_READ if a.kind is charge else AS_READ[::-1])) for a in moved if abs(a.amount) not in known)
    choices = [*as_read, *possible][:MOST_POSSIBLE]
    taken = _likeliest_choice(choices, missing)
    if taken is None:
        return adjustments
    others = tuple(a for a in adjustments if a.kind not in (charge, allowance))
    return (*(Adjustment(charge if way > 0 else allowance, p.amount) for p, way in zip(choices, taken, strict=True) if way), *others)


def _likeliest_choice(choices: Sequence[Possible], missing: Decimal) -> tuple[int, ...] | None:
    """For each amount 1 (a charge), -1 (an allowance) or 0 (neither), so that they add up to what is ``missing``: the likeliest way, None where there is
    none that is at most `FARTHEST` less likely than the likeliest way of all."""
    if not choices:
        return None
    ways = np.array(list(product((0, 1, -1), repeat=len(choices))), np.int8)
    odds = np.log(np.array([[p.none, max(p.charge, LEAST), max(p.allowance, LEAST)] for p in choices]))
    likelihood = sum((odds[k, ways[:, k]] for k in range(len(choices))), np.zeros(len(ways)))  # -1 takes the last column
    sums = ways @ np.array([float(p.amount) for p in choices])
    close = np.flatnonzero((np.abs(sums - float(missing)) < HALF_A_CENT) & (likelihood > likelihood.max() - FARTHEST))
    return tuple(ways[close[np.argmax(likelihood[close])]].tolist()) if len(close) else None


def rounding_of(adjustments: Sequence[Adjustment]) -> Decimal:
    """The sum of the printed roundings."""
    return sum((a.amount for a in adjustments if a.kind is AdjustmentKind.ROUNDING), Decimal(0))
