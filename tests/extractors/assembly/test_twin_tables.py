"""Two tables of items side by side, under a heading printed twice, hold the items of both."""

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble

D = Decimal
NAME, NET, COUNT = {"line.description": 0.9}, {"line.net_amount": 0.9}, {"line.quantity": 0.9}
ROWS = [("Soap", "2", "6.00", "Brush", "3", "9.00"), ("Wax", "4", "8.00", "Cloth", "5", "7.50"), ("Oil", "6", "3.00", "Pad", "7", "4.20")]
COLUMNS = (40.0, 150.0, 210.0, 320.0, 430.0, 490.0)
WORDS = {word: opinion for row in ROWS for word, opinion in zip(row, (NAME, COUNT, NET) * 2, strict=True)}


def names(heading: tuple[str, ...]) -> list[tuple[str | None, Decimal | None]]:
    lines = [heading, *ROWS]
    cells = [(x, 100.0 + 14 * k, text) for k, line in enumerate(lines) for x, text in zip(COLUMNS, line, strict=True)]
    found = assemble(linked_by_line(tagged(*cells, (40, 180, "Thank you for your order"), opinions=WORDS)))
    return [(item.description, item.amount) for item in found.line_items]


def test_each_half_of_a_line_is_an_item_and_the_left_table_comes_first() -> None:
    left = [("Soap", D("6.00")), ("Wax", D("8.00")), ("Oil", D("3.00"))]
    right = [("Brush", D("9.00")), ("Cloth", D("7.50")), ("Pad", D("4.20"))]
    assert names(("Item", "Qty", "Sum") * 2) == left + right


@pytest.mark.parametrize("heading", [("Item", "Qty", "Sum", "Care", "Size", "Rest")])
def test_a_heading_of_six_columns_is_that_of_one_table(heading: tuple[str, ...]) -> None:
    assert len(names(heading)) == 3


def test_the_columns_of_the_second_table_may_be_wider_and_a_line_may_be_set_further_in() -> None:
    wider = (*COLUMNS[:3], COLUMNS[3] + 2, COLUMNS[4] + 9, COLUMNS[5] + 11)
    lines = [("Item", "Qty", "Sum") * 2, *ROWS]
    cells = [(x, 100.0 + 14 * k + 14 * (k > 1), text) for k, line in enumerate(lines) for x, text in zip(wider, line, strict=True)]
    cells.append((COLUMNS[0] + 12, 128.0, "hard"))
    found = assemble(linked_by_line(tagged(*cells, opinions=WORDS)))
    assert [item.amount for item in found.line_items] == [D("6.00"), D("8.00"), D("3.00"), D("9.00"), D("7.50"), D("4.20")]
