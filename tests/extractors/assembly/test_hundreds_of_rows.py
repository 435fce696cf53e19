"""Documents of hundreds of rows: every step of the assembly looks at a value a bounded number of times."""

from __future__ import annotations

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.assembly.spans import Span

ROWS = 300
OPINIONS = {
    "Chair": {"line.description": 0.97},
    "2": {"line.quantity": 0.97},
    "9.00": {"line.unit_price": 0.97},
    "18.00": {"line.net_amount": 0.97},
}


def test_spans_are_not_compared_with_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    equal = Span.__eq__

    def counted(self: Span, other: object) -> bool:
        nonlocal compared
        compared += 1
        return equal(self, other)

    monkeypatch.setattr(Span, "__eq__", counted)
    lines = [line for n in range(ROWS) for line in _row(20.0 + 12 * n)]
    assert (
        len(assemble(tagged((50, 8, "Vendor Acme"), *lines, opinions=OPINIONS | {"Acme": {"header.seller_name": 0.9}})).line_items) == ROWS
    )
    assert compared < 20 * ROWS


def _row(y: float) -> tuple[tuple[float, float, str], ...]:
    return (50, y, "Chair"), (200, y, "2"), (300, y, "9.00"), (400, y, "18.00")
