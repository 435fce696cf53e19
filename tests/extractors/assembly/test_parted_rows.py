"""Rows that were read as two are one again where the amount of the one is quantity times price of the other."""

import numpy as np
import pytest
from tagged_pages import tagged

from extractors.assembly.numbers import NumberHabit
from extractors.assembly.parted_rows import join_parts
from extractors.assembly.spans import Words

OPINIONS = {
    "Chair": {"line.description": 0.97},
    "7": {"line.quantity": 0.97},
    "1": {"line.quantity": 0.97},
    "6.40": {"line.unit_price": 0.97},
    "64.00": {"line.unit_price": 0.97},
    "44.80": {"line.net_amount": 0.97},
    "6.41": {"line.net_amount": 0.97},
}


def joined(*lines: str, rows: list[int]) -> list[int]:
    """Rows of the words after the join; ``rows``: before it."""
    page = tagged(*((50.0, 100.0 + 20 * k, line) for k, line in enumerate(lines)), opinions=OPINIONS)
    return join_parts(Words(page), page.labels, np.array(rows, np.int32), NumberHabit(".")).tolist()


def test_quantity_and_price_below_the_amount_that_they_make_are_of_its_row() -> None:
    assert joined("Chair 44.80", "7 6.40", rows=[0, 0, 1, 1]) == [0, 0, 0, 0]


def test_a_price_above_quantity_and_amount_is_of_their_row() -> None:
    assert joined("6.40", "Chair 7 44.80", rows=[0, 1, 1, 1]) == [1, 1, 1, 1]


def test_a_price_may_be_that_of_ten() -> None:
    assert joined("64.00", "Chair 7 44.80", rows=[0, 1, 1, 1]) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (("Chair 6.41", "7 6.40"), [0, 0, 1, 1]),  # another amount
        (("Chair 7 6.40 44.80", "7 6.40"), [0, 0, 0, 0, 1, 1]),  # it lacks nothing
        (("Chair 44.80", "7 6.40", "Chair 44.80"), [0, 0, 1, 1, 2, 2]),  # either may be it
        (("Chair 44.80", "7"), [0, 0, 1]),  # no price
    ],
)
def test_rows_stay_apart_where_nothing_proves_that_they_are_one(lines: tuple[str, ...], rows: list[int]) -> None:
    assert joined(*lines, rows=rows) == rows
