"""Allowances, charges and what is paid or rounded: as the network reads them, and as the sums prove them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.captions import Captions
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span
from schemas.invoice import Adjustment, AdjustmentKind

CENT = Decimal("0.01")
MOST_FLIPPED = 2
SURELY_ADJUSTED = 0.8  # probability of an allowance or charge from which the caption of a total ("Total charges") does not speak against it
FAINTLY_ADJUSTED = 0.1  # probability from which it is one where it is what lies between the lines and the total
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


def faint_adjustments(
    words: Words, probabilities: NDArray[np.float32], amounts: Sequence[tuple[int, ...]], habit: NumberHabit
) -> list[Decimal]:
    """Amounts that the network half takes for an allowance or a charge."""
    faint = probabilities[:, _ADJUSTED].sum(1)
    spans = [make_span(words, "adjustment.charge", run, probabilities) for run in amounts if max(faint[i] for i in run) >= FAINTLY_ADJUSTED]
    return [abs(value) for span in spans if (value := first_number(span.text, habit))]


def that_lead_to(
    goal: Decimal, lines_sum: Decimal, adjustments: tuple[Adjustment, ...], faint: Sequence[Decimal]
) -> tuple[Adjustment, ...]:
    """The adjustments by which the sum of the lines becomes the net total, or the gross total where that is not printed: as read, else with charges
    that are allowances or the other way round, else with one of the ``faint`` ones; as read where none of these does."""
    charge, allowance = AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE
    moved = [k for k, a in enumerate(adjustments) if a.kind in (charge, allowance)]
    other = {charge: allowance, allowance: charge}
    flips = (some for count in range(min(len(moved), MOST_FLIPPED) + 1) for some in combinations(moved, count))
    ways = [tuple(replace(a, kind=other[a.kind]) if k in some else a for k, a in enumerate(adjustments)) for some in flips]
    new = [amount for amount in dict.fromkeys(faint) if all(amount != abs(a.amount) for a in adjustments)]
    ways += [(*adjustments, Adjustment(kind, amount)) for amount in new for kind in (charge, allowance)]
    sign = -1 if lines_sum < 0 else 1  # of a credit note, whose pages print what is taken off as that
    for way in ways:
        change = sum((a.amount if a.kind is charge else -a.amount for a in way if a.kind in (charge, allowance)), Decimal(0))
        if abs(lines_sum + sign * change - goal) <= 2 * CENT:
            return way
    return adjustments


def rounding_of(adjustments: Sequence[Adjustment]) -> Decimal:
    """The sum of the printed roundings."""
    return sum((a.amount for a in adjustments if a.kind is AdjustmentKind.ROUNDING), Decimal(0))
