"""Two readings of one document, by networks of separate trainings: where they differ, at least one of them is wrong.

What a page leaves open, one network may be sure of and wrong; that another one, which began from other weights, makes the same mistake is rarer. So a
document is believed by how far its two readings agree (`extractors.confidence.Agreement`).
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
# What two readings show of each other, in order.
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


def agreement_signals(first: Assembled, second: Assembled, found: Sequence[Difference]) -> list[float]:
    """`AGREEMENT_SIGNALS` of two readings and their ``differences``."""
    parts = {part for difference in found if (part := _part(difference.path)) is not None}
    values = {f"differs_{part}": float(part in parts) for part in PARTS}
    values["other_values"] = math.log1p(sum(_part(difference.path) is None for difference in found))
    pairs = zip(first.line_items, second.line_items, strict=False)
    values["names_not_equal"] = math.log1p(sum(letters_of(a.description or "") != letters_of(b.description or "") for a, b in pairs))
    values["type_differs"] = float(first.document_type != second.document_type)
    return [values[name] for name in AGREEMENT_SIGNALS]


def issues_of(found: Sequence[Difference]) -> tuple[Issue, ...]:
    """What a reviewer is told of differences: the first `MOST_TOLD` of them."""
    return tuple(read_differently(d.path, d.first, d.second) for d in found[:MOST_TOLD])


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
