"""Quantities that the rest of a table proves, and the signs and percentages that belong to rows."""

from decimal import Decimal

import pytest
from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble
from schemas.invoice import LineItem

NAME, NET, QUANTITY, PRICE = ({f"line.{name}": 0.97} for name in ("description", "net_amount", "quantity", "unit_price"))


def items(*lines: tuple[float, float, str], **opinions: dict[str, float]) -> tuple[LineItem, ...]:
    names = dict.fromkeys(("Desk", "Lamp", "Chair", "Shelf"), NAME)
    return assemble(linked_by_line(tagged(*lines, opinions={**names, **opinions}))).line_items


@pytest.mark.parametrize(
    ("quantity", "amount", "price", "value"),
    [("2-pcs", "10.00-", "5.00", -2), ("2,00-x", "10,00-", "5,00", -2), ("2-pcs", "10.00", "5.00", 2), ("2-pcs", "10.00-", "5.00-", 2)],
)
def test_a_minus_between_a_quantity_and_its_unit_is_a_sign_where_the_amount_has_one(
    quantity: str, amount: str, price: str, value: int
) -> None:
    page = ((30, 100, "Desk"), (120, 100, quantity), (200, 100, price), (300, 100, amount))
    assert [item.quantity for item in items(*page, **{quantity: QUANTITY, price: PRICE, amount: NET})] == [value]


@pytest.mark.parametrize(("price", "value"), [("0", Decimal("6.25")), ("2", Decimal("6250"))])
def test_three_digits_behind_a_comma_are_read_as_those_of_the_items_whose_amounts_prove_them(price: str, value: Decimal) -> None:
    rows = (("Desk", "7,000", "2", "14"), ("Lamp", "8,500", "4", "34"), ("Chair", "6,250", price, "0" if price == "0" else "12500"))
    page = [(x, 100.0 + 20 * k, text) for k, row in enumerate(rows) for x, text in zip((30.0, 120.0, 200.0, 300.0), row, strict=True)]
    opinions = {text: kind for row in rows for text, kind in zip(row[1:], (QUANTITY, PRICE, NET), strict=True)}
    assert [item.quantity for item in items(*page, **opinions)] == [Decimal(7), Decimal("8.5"), value]


@pytest.mark.parametrize(("priced", "name"), [(False, "Bonus 5 %"), (True, "Bonus")])
def test_a_percentage_behind_the_name_of_an_item_that_counts_nothing_is_a_part_of_it(priced: bool, name: str) -> None:
    page = [(30.0, 100.0, "Desk"), (300.0, 100.0, "40.00"), (30.0, 120.0, "Bonus 5 %"), (300.0, 120.0, "-2.00")]
    page += [(200.0, 120.0, "2.11")] if priced else []
    opinions = {"Bonus": NAME, "5": {"line.discount": 0.9}, "%": {"line.discount": 0.9}, "2.11": PRICE, "40.00": NET, "-2.00": NET}
    assert [item.description for item in items(*page, **opinions)] == ["Desk", name]


@pytest.mark.parametrize(("amount", "read"), [("348.20", (Decimal(1), Decimal("348.20"))), ("248.20", (None, Decimal("1348.20")))])
def test_of_two_numbers_that_were_taken_for_a_price_the_first_is_the_quantity_if_they_make_the_amount(
    amount: str, read: tuple[Decimal | None, Decimal]
) -> None:
    page = ((30, 100, "Desk"), (200, 100, "1 348.20"), (300, 100, "=" + amount))
    found = items(*page, **{"1": PRICE, "348.20": PRICE, "=" + amount: NET})
    assert [(item.quantity, item.unit_price) for item in found] == [read]


@pytest.mark.parametrize(
    ("quantity", "behind", "value"),
    [("12,500", "/ 1000", "12500"), ("12,500", "1000", "12500"), ("12,500", "M", "12500"), ("12,500", "", "12.500"), ("1250", "C", "1250")],
)
def test_a_price_for_many_pieces_leaves_the_quantity_as_it_is_printed(quantity: str, behind: str, value: str) -> None:
    price, amount = ("94.20", "1177.50")
    page = ((30, 100, "Desk"), (120, 100, quantity), (200, 100, f"{price} {behind}"), (300, 100, amount))
    note = {word: {"line.note": 0.9} for word in behind.split()}
    found = items(*page, **{quantity: QUANTITY, price: PRICE, amount: NET, **note})
    assert [item.quantity for item in found] == [Decimal(value)]


@pytest.mark.parametrize(("amount", "value"), [("135.00CR", -135), ("135.00 CR", -135), ("135.00", 135), ("135.00 EUR", 135)])
def test_an_amount_that_is_credited_is_negative(amount: str, value: int) -> None:
    number = amount.split()[0]
    page = ((30, 100, "Desk"), (120, 100, "15"), (200, 100, "9.00"), (300, 100, amount))
    found = items(*page, **{"15": QUANTITY, "9.00": PRICE, number: NET})
    assert [(item.quantity, item.net_amount) for item in found] == [(15, value)]
