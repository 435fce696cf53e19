"""Quantities that the other items' quantities tell of, and the signs and percentages that belong to rows."""

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble
from schemas.invoice import LineItem

NAME, NET, QUANTITY, PRICE = ({f"line.{name}": 0.97} for name in ("description", "net_amount", "quantity", "unit_price"))


def items(*lines: tuple[float, float, str], **opinions: dict[str, float]) -> tuple[LineItem, ...]:
    names = dict.fromkeys(("Desk", "Lamp", "Chair", "Shelf"), NAME)
    return assemble(linked_by_line(tagged(*lines, opinions={**names, **opinions}))).line_items


@pytest.mark.parametrize(("left", "taken_for", "found"), [(30, "line.note", 7), (30, "line.position", 7), (160, "line.note", None)])
def test_a_number_in_the_column_of_the_quantities_is_one(left: float, taken_for: str, found: int | None) -> None:
    rows = [(30.0, 100.0, "3"), (30, 120, "5"), (left, 140, "7")]
    names = [(90.0, 100.0 + 20 * k, name) for k, name in enumerate(("Desk", "Lamp", "Chair"))]
    amounts = [(300.0, 100.0 + 20 * k, amount) for k, amount in enumerate(("30.00", "50.00", "14.00"))]
    opinions = {"3": QUANTITY, "5": QUANTITY, "7": {taken_for: 0.97}, "30.00": NET, "50.00": NET, "14.00": NET}
    page = sorted([*rows, *names, *amounts], key=lambda line: (line[1], line[0]))
    assert [item.quantity for item in items(*page, **opinions)] == [3, 5, found]


def test_a_position_stays_one_where_the_other_items_count_theirs() -> None:
    page = [
        line
        for k, (name, quantity, amount) in enumerate((("Desk", "3", "30.00"), ("Lamp", "5", "50.00"), ("Chair", "", "14.00")))
        for line in (
            (30.0, 100.0 + 20 * k, f"{k + 1}."),
            (48.0, 100.0 + 20 * k, quantity),
            (90.0, 100.0 + 20 * k, name),
            (300.0, 100.0 + 20 * k, amount),
        )
    ]
    opinions = {f"{k}.": {"line.position": 0.97} for k in (1, 2, 3)} | {"3": QUANTITY, "5": QUANTITY}
    found = items(*page, **opinions, **dict.fromkeys(("30.00", "50.00", "14.00"), NET))
    assert [(item.position, item.quantity) for item in found] == [("1", 3), ("2", 5), ("3", None)]


@pytest.mark.parametrize(
    ("quantity", "amount", "price", "value"),
    [("2-pcs", "10.00-", "5.00", -2), ("2,00-x", "10,00-", "5,00", -2), ("2-pcs", "10.00", "5.00", 2), ("2-pcs", "10.00-", "5.00-", 2)],
)
def test_a_minus_between_a_quantity_and_its_unit_is_a_sign_where_the_amount_has_one(
    quantity: str, amount: str, price: str, value: int
) -> None:
    page = ((30, 100, "Desk"), (120, 100, quantity), (200, 100, price), (300, 100, amount))
    assert [item.quantity for item in items(*page, **{quantity: QUANTITY, price: PRICE, amount: NET})] == [value]


@pytest.mark.parametrize(("price", "value"), [("0", Decimal("4.75")), ("2", Decimal("4750"))])
def test_three_digits_behind_a_comma_are_read_as_those_of_the_items_whose_amounts_prove_them(price: str, value: Decimal) -> None:
    rows = (("Desk", "7,000", "2", "14"), ("Lamp", "8,500", "4", "34"), ("Chair", "4,750", price, "0" if price == "0" else "9500"))
    page = [(x, 100.0 + 20 * k, text) for k, row in enumerate(rows) for x, text in zip((30.0, 120.0, 200.0, 300.0), row, strict=True)]
    opinions = {text: kind for row in rows for text, kind in zip(row[1:], (QUANTITY, PRICE, NET), strict=True)}
    assert [item.quantity for item in items(*page, **opinions)] == [Decimal(7), Decimal("8.5"), value]


@pytest.mark.parametrize(("priced", "name"), [(False, "Bonus 5 %"), (True, "Bonus")])
def test_a_percentage_behind_the_name_of_an_item_that_counts_nothing_is_a_part_of_it(priced: bool, name: str) -> None:
    page = [(30.0, 100.0, "Desk"), (300.0, 100.0, "40.00"), (30.0, 120.0, "Bonus 5 %"), (300.0, 120.0, "-2.00")]
    page += [(200.0, 120.0, "2.11")] if priced else []
    opinions = {"Bonus": NAME, "5": {"line.discount": 0.9}, "%": {"line.discount": 0.9}, "2.11": PRICE, "40.00": NET, "-2.00": NET}
    assert [item.description for item in items(*page, **opinions)] == ["Desk", name]


@pytest.mark.parametrize(("amount", "read"), [("716.90", (Decimal(1), Decimal("716.90"))), ("516.90", (None, Decimal("1716.90")))])
def test_of_two_numbers_that_were_taken_for_a_price_the_first_is_the_quantity_if_they_make_the_amount(
    amount: str, read: tuple[Decimal | None, Decimal]
) -> None:
    page = ((30, 100, "Desk"), (200, 100, "1 716.90"), (300, 100, "=" + amount))
    found = items(*page, **{"1": PRICE, "716.90": PRICE, "=" + amount: NET})
    assert [(item.quantity, item.unit_price) for item in found] == [read]
