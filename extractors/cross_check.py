"""What two networks of separate trainings read each by itself, beside the reading by their mean: where they differ, one of them is wrong.

What a page leaves open, one network may be sure of and wrong; that another one, which began from other weights, makes the same mistake is rarer. So a
document is believed by how far the networks agree on it (`extractors.confidence.Agreement`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.assembly.document import Assembled
from extractors.scoring import LINE_FIELDS, letters_of, same_value
from extractors.signals import PARTS, part_of
from schemas.invoice import HEADER_FIELDS, Issue, LineItem
from schemas.rules_reading import read_differently

ROWS = "line_items"
MOST_TOLD = 8
# What the networks' own readings show of the one by their mean, in order; summed over the networks.
AGREEMENT_SIGNALS: tuple[str, ...] = (*(f"differs_{part}" for part in PARTS), "other_values", "names_not_equal", "type_differs")


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two readings give differently: its path in the first, and what each reads (None: nothing). For ``line_items`` itself the
    number of rows."""

    path: str
    first: str | None
    second: str | None


def differences(first: Assembled, second: Assembled) -> tuple[Difference, ...]:
    """Values that differ by the measure of `extractors.scoring.same_value`. Rows are compared one by one where both readings have as many, else only
    counted."""
    found = list(_in_header(first, second))
    if len(first.line_items) == len(second.line_items):
        found += _in_rows(first.line_items, second.line_items)
    else:
        found.append(Difference(ROWS, str(len(first.line_items)), str(len(second.line_items))))
    return tuple(found)


def agreement_signals(reading: Assembled, opinions: Sequence[Assembled], found: Sequence[Sequence[Difference]]) -> list[float]:
    """`AGREEMENT_SIGNALS` of a reading and of what single networks read, with the ``differences`` of each from it."""
    values = dict.fromkeys(AGREEMENT_SIGNALS, 0.0)
    for opinion, differing in zip(opinions, found, strict=True):
        for part in {part for difference in differing if (part := _part(difference.path)) is not None}:
            values[f"differs_{part}"] += 1
        values["other_values"] += math.log1p(sum(_part(difference.path) is None for difference in differing))
        pairs = zip(reading.line_items, opinion.line_items, strict=False)
        values["names_not_equal"] += math.log1p(sum(letters_of(a.description or "") != letters_of(b.description or "") for a, b in pairs))
        values["type_differs"] += reading.document_type != opinion.document_type
    return [values[name] for name in AGREEMENT_SIGNALS]


def issues_of(found: Sequence[Sequence[Difference]]) -> tuple[Issue, ...]:
    """What a reviewer is told of the differences of several opinions: the first `MOST_TOLD` of them, one for each value."""
    by_path: dict[str, Difference] = {}
    for difference in (d for differing in found for d in differing):
        by_path.setdefault(difference.path, difference)
    return tuple(read_differently(d.path, d.first, d.second) for d in list(by_path.values())[:MOST_TOLD])


def _part(path: str) -> str | None:
    if path == ROWS:
        return "numbers"
    return part_of(path)


def _in_header(first: Assembled, second: Assembled) -> Iterator[Difference]:
    for name in HEADER_FIELDS:
        a, b = getattr(first.header, name), getattr(second.header, name)
        if not same_value(name, a, b):
            yield Difference(f"header.{name}", _text(a), _text(b))


def _in_rows(first: Sequence[LineItem], second: Sequence[LineItem]) -> Iterator[Difference]:
    for number, (a, b) in enumerate(zip(first, second, strict=True)):
        for name in LINE_FIELDS:
            x, y = getattr(a, name), getattr(b, name)
            if not same_value(name, x, y):
                key = name if name != "amount" else "gross_amount" if a.net_amount is None and a.gross_amount is not None else "net_amount"
                yield Difference(f"{ROWS}.{number}.{key}", _text(x), _text(y))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
