"""Documents of hundreds of rows: every step of the assembly looks at a value a bounded number of times."""

from __future__ import annotations

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.assembly.name_pieces import Piece
from extractors.assembly.spans import Span

ROWS = 300
OPINIONS = {
    "Acme": {"header.seller_name": 0.9},
    "Chair": {"line.description": 0.97},
    "2": {"line.quantity": 0.97},
    "9.00": {"line.unit_price": 0.97},
    "18.00": {"line.net_amount": 0.97},
}


@pytest.mark.parametrize("offset", [0.0, 12.0])  # of the names above their numbers
@pytest.mark.parametrize("kind", [Span, Piece])
def test_parts_of_a_long_document_are_not_compared_with_one_another(
    kind: type[Span] | type[Piece], offset: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    equal = kind.__eq__

    def counted(self: object, other: object) -> bool:
        nonlocal compared
        compared += 1
        return equal(self, other)

    monkeypatch.setattr(kind, "__eq__", counted)
    lines = [line for n in range(ROWS) for line in _row(20.0 + 30 * n, offset)]
    assert len(assemble(tagged((50, 8, "Vendor Acme"), *lines, opinions=OPINIONS)).line_items) == ROWS
    assert compared < 20 * ROWS


def _row(y: float, offset: float) -> tuple[tuple[float, float, str], ...]:
    return (50, y, "Chair"), (200, y + offset, "2"), (300, y + offset, "9.00"), (400, y + offset, "18.00")
