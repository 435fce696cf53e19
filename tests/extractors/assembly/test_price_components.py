"""Items whose price is printed in components that add up to what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble
from extractors.assembly.spans import LABEL_INDEX
from schemas.invoice import LineItem

D = Decimal
NAME, NET, PRICE, QUANTITY = ({f"line.{n}": 0.95} for n in ("description", "net_amount", "unit_price", "quantity"))
WORDS = dict.fromkeys(("Sheet", "Tube", "polished", "Base", "Alloy", "Energy", "Rebate"), NAME) | {"1472": QUANTITY, "200": QUANTITY}


def items(total: str, price: str = "355.90") -> tuple[LineItem, ...]:
    lines = [
        (("Sheet", 50.0), ("1472", 300.0)),
        (("polished", 50.0),),
        (("Base", 150.0), ("248.00 100", 380.0), ("3650.56", 500.0)),
        (("Alloy", 150.0), ("96.40 100", 380.0), ("1419.01", 500.0)),
        (("Energy", 150.0), ("11.50 100", 380.0), (" 169.28", 505.0)),
        (("Value", 150.0), (f"{price} 100", 380.0), (total, 500.0)),
        (("Tube", 50.0), ("200", 300.0)),
        (("Base", 150.0), ("412.00 100", 380.0), (" 824.00", 505.0)),
        (("Rebate", 150.0), ("10 %", 380.0), (" 82.40-", 505.0)),
        (("Value", 150.0), ("370.80 100", 380.0), (" 741.60", 505.0)),
    ]
    cells = [(x, 100.0 + 14 * k, text) for k, line in enumerate(lines) for text, x in line]
    numbers = dict.fromkeys(("3650.56", "1419.01", "169.28", "824.00", "82.40-"), NET)
    prices = dict.fromkeys(("248.00", "96.40", "11.50", "412.00"), PRICE)
    return assemble(linked_by_line(tagged(*cells, opinions={**WORDS, **numbers, **prices}))).line_items


def test_the_sum_of_the_components_is_what_the_item_costs() -> None:
    found = [(item.description, item.quantity, item.unit_price, item.amount) for item in items("5238.85")]
    assert found == [("Sheet polished", D(1472), D("355.90"), D("5238.85")), ("Tube", D(200), D("370.80"), D("741.60"))]


@pytest.mark.parametrize("total", ["5238.95", "5200.00"])
def test_amounts_that_do_not_add_up_are_items_of_their_own(total: str) -> None:
    assert {D("3650.56"), D("1419.01"), D("169.28"), D("741.60")} <= {item.amount for item in items(total)}


@pytest.mark.parametrize(
    ("surcharge", "found"),
    [
        ("9.64 100", [("Sheet", D("115.64"), D("1702.22")), ("Tube", None, D("50.00"))]),  # of the same pieces
        ("9.00 100", [("Sheet", D("106.00"), D("1560.32")), ("Alloy", D("9.00"), D("141.90")), ("Tube", None, D("50.00"))]),
    ],
)
def test_a_base_price_beside_the_quantity_counts_with_surcharges_for_as_many_pieces(
    surcharge: str, found: list[tuple[str, Decimal | None, Decimal]]
) -> None:
    lines = [
        (("Sheet", 50.0), ("1472", 300.0), ("106.00 100", 380.0), ("1560.32", 500.0)),
        (("Alloy", 150.0), (surcharge, 380.0), (" 141.90", 505.0)),
        (("Value", 150.0), ("115.64 100", 380.0), ("1702.22", 500.0)),
        (("Tube", 50.0), (" 50.00", 505.0)),
    ]
    cells = [(x, 100.0 + 14 * k, text) for k, line in enumerate(lines) for text, x in line]
    opinions = WORDS | dict.fromkeys(("1560.32", "141.90", "50.00"), NET) | dict.fromkeys(("106.00", "9.64", "9.00"), PRICE)
    read = [
        (item.description, item.unit_price, item.amount) for item in assemble(linked_by_line(tagged(*cells, opinions=opinions))).line_items
    ]
    assert read == found


def test_as_many_pieces_of_something_else_are_an_item_of_their_own() -> None:
    lines = [
        (("Sheet", 50.0), ("12", 300.0), ("10.00", 380.0), ("120.00", 500.0)),
        (("Tube", 50.0), ("12", 250.0), ("5.00", 380.0), (" 60.00", 505.0)),
        (("Subtotal", 150.0), ("15.00", 380.0), ("180.00", 500.0)),
    ]
    cells = [(x, 100.0 + 14 * k, text) for k, line in enumerate(lines) for text, x in line]
    opinions = WORDS | dict.fromkeys(("120.00", "60.00"), NET) | dict.fromkeys(("10.00", "5.00"), PRICE)
    page = linked_by_line(tagged(*cells, opinions=opinions))
    twelve = page.document.pages[0].texts.index("12")
    page.labels[twelve, 0], page.labels[twelve, LABEL_INDEX["line.quantity"]] = 0.05, 0.95
    assert [item.amount for item in assemble(page).line_items][:2] == [D("120.00"), D("60.00")]
