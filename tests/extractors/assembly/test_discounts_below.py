"""Where an item's discount stands on a line below it and what remains on the next, that is the item's amount."""

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble

D = Decimal
NAME, NET, PRICE, COUNT, LESS, SUM = (
    {label: 0.9}
    for label in ("line.description", "line.net_amount", "line.unit_price", "line.quantity", "adjustment.allowance", "header.net_total")
)
WORDS = {
    "Hinge": NAME, "Screw": NAME, "Glue": NAME, "4": COUNT, "500": COUNT, "3": COUNT, "50.00": PRICE, "8.00": PRICE, "7.00": PRICE,
    "200.00": NET, "240.00": NET, "21.00": NET, "20.00-": LESS, "12.00-": LESS, "180.00": NET, "228.00": SUM, "Rebate": NAME,
}  # fmt: skip
HINGE = [(50.0, "Hinge"), (200.0, "4"), (260.0, "50.00"), (500.0, "200.00")]
SCREW = [(50.0, "Screw"), (200.0, "3"), (260.0, "80.00"), (500.0, "240.00")]
GLUE = [(50.0, "Glue"), (200.0, "3"), (260.0, "7.00"), (505.0, "21.00")]


def amounts(
    *lines: list[tuple[float, str]], opinions: dict[str, dict[str, float]] | None = None
) -> list[tuple[str | None, Decimal | None]]:
    cells = [(x, 100.0 + 14 * k, text) for k, line in enumerate(lines) for x, text in line]
    found = assemble(linked_by_line(tagged(*cells, opinions={**WORDS, "80.00": PRICE, **(opinions or {})})))
    return [(item.description, item.amount) for item in found.line_items]


def below(caption: str, number: str) -> list[tuple[float, str]]:
    return [(50.0, caption), (500.0, number)]


def test_an_item_costs_what_its_discount_leaves() -> None:
    hinge = [HINGE, below("Rebate", "20.00-"), below("Value", "180.00")]
    assert amounts(*hinge, GLUE) == [("Hinge", D(180)), ("Glue", D(21))]


def test_the_last_item_has_the_caption_of_one_before() -> None:
    hinge = [HINGE, below("Rebate", "20.00-"), below("Value", "180.00")]
    screw = [SCREW, below("Rebate", "12.00-"), below("Value", "228.00")]
    assert amounts(*hinge, *screw) == [("Hinge", D(180)), ("Screw", D(228))]


def test_a_percentage_tells_what_is_taken_off() -> None:
    hinge = [HINGE, [(50.0, "Rebate"), (300.0, "10%"), (500.0, "20.00")], below("Value", "180.00")]
    assert amounts(*hinge, GLUE) == [("Hinge", D(180)), ("Glue", D(21))]


@pytest.mark.parametrize("rest", ["181.00", "220.00"])
def test_numbers_that_do_not_add_up_are_no_conditions(rest: str) -> None:
    found = amounts(HINGE, below("Rebate", "20.00"), below("Value", rest), GLUE, opinions={"20.00": LESS})
    assert found == [("Hinge", D(200)), ("Glue", D(21))]


def test_a_discount_on_the_whole_bill_is_none_of_its_last_item() -> None:
    found = amounts(GLUE, HINGE, below("Rebate", "20.00-"), below("Value", "180.00"), opinions={"180.00": SUM})
    assert ("Hinge", D(200)) in found


def test_a_percentage_may_be_one_of_the_base_price_alone() -> None:
    alloy, rebate = [(50.0, "Alloy"), (260.0, "2.50"), (505.0, "10.00")], [(50.0, "Rebate"), (300.0, "10%"), (505.0, "20.00")]
    assert amounts(HINGE, alloy, rebate, [(50.0, "Value"), (260.0, "47.50"), (500.0, "190.00")], GLUE) == [
        ("Hinge", D(190)),
        ("Glue", D(21)),
    ]
