"""Amounts and quantities that other numbers, or a heading, prove."""

from decimal import Decimal

import numpy as np
import pytest
from tagged_pages import tagged

from extractors.assembly.captions import Captions
from extractors.assembly.document import assemble
from extractors.assembly.headed_numbers import take_numbers_under_headings
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.proven_amounts import take_unseen_amounts
from extractors.assembly.spans import LABEL_INDEX, Words
from schemas.invoice import LineItem

NAME, QUANTITY, PRICE = {"line.description": 0.97}, {"line.quantity": 0.97}, {"line.unit_price": 0.97}
GROSS, NET, RATE = {"line.gross_amount": 0.97}, {"line.net_amount": 0.97}, {"line.tax_rate": 0.97}


def items(*lines: tuple[float, float, str], **opinions: dict[str, float]) -> tuple[LineItem, ...]:
    return assemble(tagged(*lines, opinions={word.strip("_"): labels for word, labels in opinions.items()})).line_items


def test_the_number_that_makes_the_gross_amount_is_the_net_amount() -> None:
    numbers = {"3": QUANTITY, "20%": RATE, "90.00": {"line.unit_price": 0.8}, "108.00": GROSS}
    (item,) = items((50, 100, "Desk 3 20% 90.00 108.00"), Desk=NAME, **numbers)
    assert (item.net_amount, item.gross_amount, item.unit_price) == (Decimal("90.00"), Decimal("108.00"), None)


def test_a_price_that_the_gross_amount_is_made_of_stays_a_price() -> None:
    numbers = {"1.25": QUANTITY, "25%": RATE, "0.80": PRICE, "1.00": GROSS}
    (item,) = items((50, 100, "Desk 1.25 25% 0.80 1.00"), Desk=NAME, **numbers)
    assert (item.net_amount, item.unit_price) == (None, Decimal("0.80"))


def test_quantity_times_price_is_the_amount_whatever_the_network_took_it_for() -> None:
    numbers = {"52": QUANTITY, "8.50": PRICE, "442.00": {"header.gross_total": 0.8}}
    (item,) = items((50, 100, "Silicone 52 8.50"), (400, 112, "442.00"), Silicone=NAME, **numbers)
    assert item.net_amount == Decimal("442.00")


@pytest.mark.parametrize("other", ["443.00", "8.50"])
def test_another_number_is_not(other: str) -> None:
    numbers = {"52": QUANTITY, "8.50": PRICE, "443.00": {"header.gross_total": 0.8}}
    (item,) = items((50, 100, "Silicone 52 8.50"), (400, 112, other), Silicone=NAME, **numbers)
    assert item.net_amount is None


def test_a_quantity_of_one_is_decided_by_the_column_of_proven_amounts() -> None:
    numbers = {"3": QUANTITY, "1": QUANTITY, "20%": RATE, "90.00": {"line.unit_price": 0.8}, "50.00": {"line.unit_price": 0.8}}
    opinions = {"Desk": NAME, "Sofa": NAME, **numbers, "108.00": GROSS, "60.00": GROSS}
    page = tagged((50, 100, "Desk 3 20% 90.00 108.00"), (50, 130, "Sofa 1 20% 50.00"), (179, 130, "60.00"), opinions=opinions)
    for k in range(10):  # each word points at the gross amount of its line
        page.link_query[k, k // 5] = page.link_key[k, k // 5] = 1 + (k % 5 == 4)
    assert [item.net_amount for item in assemble(page).line_items] == [Decimal("90.00"), Decimal("50.00")]


@pytest.mark.parametrize(
    ("printed", "shift", "seen"), [("(37.00)", 0.0, True), ("37.00", 0.0, False), ("(38.00)", 0.0, False), ("(37.00)", 9.0, False)]
)
def test_the_product_in_the_column_of_the_amounts_is_an_amount_and_nothing_else_is(printed: str, shift: float, seen: bool) -> None:
    """Without its amount the row would vanish: amounts are what rows are built on."""
    lines: list[tuple[float, float, str]] = []
    opinions: dict[str, dict[str, float]] = {}
    rows = (("2", "31.00", "62.00"), ("3", "32.00", "96.00"), ("4", "33.00", "132.00"), ("(1)", "37.00", printed))
    for k, (quantity, price, amount) in enumerate(rows):
        y, right = 100.0 + 14 * k, 460 + (shift if amount == printed else 0.0)
        lines += [(300 - 5.0 * len(quantity), y, quantity), (380 - 5.0 * len(price), y, price), (right - 5.0 * len(amount), y, amount)]
        opinions |= {quantity: QUANTITY, price: PRICE, amount: NET}
    page = tagged(*lines, opinions=opinions)
    price, amount = len(page.labels) - 2, len(page.labels) - 1
    page.labels[amount] = 0.0
    page.labels[amount, [0, LABEL_INDEX["line.net_amount"]]] = 0.7, 0.3
    page.labels[price] = 0.0
    page.labels[price, LABEL_INDEX["line.unit_price"]] = 1.0
    take_unseen_amounts(Words(page), page.labels, NumberHabit())
    assert (page.labels[amount].argmax() == LABEL_INDEX["line.net_amount"]) == seen


NOTE, DISCOUNT = {"line.note": 0.9}, {"line.discount": 0.9}


def test_the_net_price_that_is_printed_below_gross_price_and_discount_is_the_price() -> None:
    numbers = {"6": QUANTITY, "40.00": PRICE, "-4.00": DISCOUNT, "36.00": NOTE, "216.00": NET}
    (item,) = items((50, 100, "Desk 6 40.00 216.00"), (200, 112, "-4.00"), (200, 124, "36.00"), Desk=NAME, **numbers)
    assert (item.unit_price, item.discount, item.net_amount) == (Decimal("36.00"), None, Decimal("216.00"))


def test_a_discount_of_the_row_may_come_off_the_net_price_too() -> None:
    numbers = {"6": QUANTITY, "40.00": PRICE, "-4.00": PRICE, "36.00": NOTE, "-16.50": DISCOUNT, "199.50": NET}
    (item,) = items((50, 100, "Desk 6 40.00 -16.50 199.50"), (200, 112, "-4.00"), (200, 124, "36.00"), Desk=NAME, **numbers)
    assert (item.unit_price, item.discount) == (Decimal("36.00"), Decimal("16.50"))


@pytest.mark.parametrize(("amount", "discount"), [("240.00", "-4.00"), ("236.00", "-4.00"), ("220.00", "-4.00")])
def test_the_gross_price_stays_where_it_was_billed_or_nothing_adds_up(amount: str, discount: str) -> None:
    numbers = {"6": QUANTITY, "40.00": PRICE, discount: DISCOUNT, "36.00": NOTE, amount: NET}
    (item,) = items((50, 100, f"Desk 6 40.00 {amount}"), (200, 112, discount), (200, 124, "36.00"), Desk=NAME, **numbers)
    assert item.unit_price == Decimal("40.00")


def test_the_number_below_a_heading_of_quantities_is_the_quantity() -> None:
    lines = ((50, 80, "Item"), (300, 80, "Qty"), (400, 80, "Amount"), (50, 100, "Desk"), (300, 100, "46"), (400, 100, "493.12"))
    (item,) = items(*lines, Desk=NAME, **{"46": {"line.note": 0.7, "line.quantity": 0.2}, "493.12": NET})
    assert item.quantity == 46


def test_the_number_behind_a_heading_of_quantities_is_the_quantity_whatever_unit_is_glued_to_it() -> None:
    lines = (
        (50, 80, "Product"),
        (300, 80, "Desk"),
        (50, 94, "Quantity shipped"),
        (300, 94, "13.75gallon"),
        (50, 108, "Amount"),
        (300, 108, "412.50"),
    )
    page = {"13.75gallon": {"line.note": 0.7, "line.quantity": 0.2}, "412.50": NET}
    (item,) = items(*lines, Desk=NAME, **page)
    assert item.quantity == Decimal("13.75")


def test_a_number_below_another_heading_is_none() -> None:
    lines = ((50, 80, "Item"), (300, 80, "Kg"), (400, 80, "Amount"), (50, 100, "Desk"), (300, 100, "46"), (400, 100, "493.12"))
    (item,) = items(*lines, Desk=NAME, **{"46": {"line.note": 0.7, "line.quantity": 0.2}, "493.12": NET})
    assert item.quantity is None


def test_a_missing_quantity_is_the_number_that_proves_the_amount() -> None:
    (item,) = items((50, 100, "Desk 7 12.40 86.80"), Desk=NAME, **{"7": {"line.note": 0.97}, "12.40": PRICE, "86.80": NET})
    assert item.quantity == 7


def test_a_one_in_front_of_equal_price_and_amount_proves_nothing() -> None:
    (item,) = items((50, 100, "Desk 1 12.40 12.40"), Desk=NAME, **{"1": {"line.note": 0.97}, "12.40": NET})
    assert item.quantity is None


def test_an_amount_grouped_by_wide_spaces_is_one_number() -> None:
    opinions = {word: {"header.gross_total": 0.97} for word in ("48", "259,39")}
    spaced = [(50.0 + 21 * k, 40.0, "abc") for k in range(12)]  # words 0.6 em apart
    page = tagged(*spaced, (300, 80, "48"), (316, 80, "259,39"), opinions=opinions)
    page.starts[-1] = 1.0
    assert assemble(page).header.gross_total == Decimal("48259.39")


@pytest.mark.parametrize(("first", "rate", "price"), [("66.00", "21%", "66.00"), ("79.86", "21%", None), ("66.00", "0%", None)])
def test_a_gross_amount_that_is_no_more_than_the_net_amount_is_a_price(first: str, rate: str, price: str | None) -> None:
    page = tagged((50, 100, f"Desk {rate} {first}"), (300, 100, "66.00"), opinions={"Desk": NAME, rate: RATE, first: GROSS})
    page.labels[-2:] = page.labels[0] * 0.001
    page.labels[-2, LABEL_INDEX["line.gross_amount"]] = page.labels[-1, LABEL_INDEX["line.net_amount"]] = 0.97
    (item,) = assemble(page).line_items
    assert item.unit_price == (Decimal(price) if price else None)


def test_a_piece_that_prints_its_amount_twice_prints_its_price_first() -> None:
    page = tagged(
        (50, 100, "Desk 1 29.00"), (300, 100, "029.00"), opinions={"Desk": NAME, "1": QUANTITY, "29.00": {"line.note": 0.9}, "029.00": NET}
    )
    (item,) = assemble(page).line_items
    assert (item.unit_price, item.net_amount) == (29, 29)


@pytest.mark.parametrize(("elsewhere", "amount"), [("239.38", Decimal("239.38")), ("240.00", None)])
def test_the_only_row_has_the_total_as_its_amount_where_it_is_printed_once_more(elsewhere: str, amount: Decimal | None) -> None:
    total = {"header.net_total": 0.9}
    lines = ((50.0, 100.0, "Silicone 2"), (400.0, 112.0, "239.38"), (50.0, 400.0, f"Net {elsewhere}"))
    (item,) = items(*lines, **{"239.38": total, elsewhere: total, "Silicone": NAME, "2": QUANTITY})
    assert (item.description, item.net_amount) == ("Silicone", amount)


def test_a_list_price_is_the_price_where_no_other_is_printed() -> None:
    rows = ((50, 80, "Desk"), (50, 94, "List price"), (300, 94, "22.84"), (50, 108, "Amount"), (300, 108, "91.36"))
    (item,) = items(*rows, Desk=NAME, **{"22.84": {"line.note": 0.9}, "91.36": NET})
    assert item.unit_price == Decimal("22.84")
    told = ((50, 122, "Quantity"), (300, 122, "5"))  # 5 of them make another amount
    (item,) = items(*rows, *told, Desk=NAME, **{"22.84": {"line.note": 0.9}, "91.36": NET, "5": QUANTITY})
    assert item.unit_price is None


def test_prices_on_lines_of_their_own_follow_the_order_of_the_items() -> None:
    rows = (
        *((50, 80, "Desk"), (50, 94, "Amount"), (300, 94, "91.36"), (50, 108, "Gross price"), (300, 108, "22.84")),
        *((50, 122, "Lamp"), (50, 136, "Amount"), (300, 136, "859.50"), (50, 150, "Gross price"), (300, 150, "9.55")),
    )
    notes = {word: {"line.note": 0.9} for word in ("22.84", "9.55")}
    found = items(*rows, Desk=NAME, Lamp=NAME, **notes, **{"91.36": NET, "859.50": NET})
    assert [item.unit_price for item in found] == [Decimal("22.84"), Decimal("9.55")]


@pytest.mark.parametrize(("code", "name"), [("[437]", "Sensor"), ("[3108 1521]", "Sensor"), ("[note]", "[note] Sensor")])
def test_a_bracketed_code_in_front_of_a_name_is_no_part_of_it(code: str, name: str) -> None:
    words = {word: {"line.description": 0.6} for word in code.split()}
    (item,) = items((50, 80, f"{code} Sensor"), (400, 80, "493.12"), Sensor=NAME, **words, **{"493.12": NET})
    assert item.description == name


@pytest.mark.parametrize(("rest", "quantity"), [("082", "4082"), ("716kwh", "4716"), ("722,0", "4722.0"), ("08", "4")])
def test_the_last_digits_of_a_quantity_belong_to_it(rest: str, quantity: str) -> None:
    lines = ((50, 80, "Desk"), (300, 80, f"4 {rest}"), (400, 80, "493.12"))
    (item,) = items(*lines, Desk=NAME, **{"4": QUANTITY, rest: {"line.unit": 0.76}, "493.12": NET})
    assert item.quantity == Decimal(quantity)


@pytest.mark.parametrize(("rate", "net"), [("21%", Decimal("61.61")), ("10%", None)])
def test_without_a_quantity_the_number_that_makes_the_gross_amount_is_no_price(rate: str, net: Decimal | None) -> None:
    lines = ((50, 80, "Support"), (300, 80, "61.61"), (400, 80, "74.55"), (50, 120, f"VAT {rate} 12.94"))
    (item,) = items(*lines, Support=NAME, **{"61.61": {"line.unit_price": 0.6}, "74.55": GROSS, rate: {"tax.rate": 0.97}})
    assert (item.net_amount, item.unit_price) == (net, None if net else Decimal("61.61"))


def test_amounts_with_and_without_tax_change_places_where_the_rate_says_so() -> None:
    lines = ((50, 80, "Desk"), (300, 80, "21 %"), (350, 80, "100.00"), (420, 80, "121.00"))
    (item,) = items(*lines, Desk=NAME, **{"21": RATE, "100.00": GROSS, "121.00": NET})
    assert (item.net_amount, item.gross_amount) == (Decimal("100.00"), Decimal("121.00"))
    (item,) = items(
        (50, 80, "Desk"), (300, 80, "21 %"), (350, 80, "21.00"), (420, 80, "100.00"), Desk=NAME, **{"21.00": GROSS, "100.00": NET}
    )
    assert (item.net_amount, item.gross_amount) == (Decimal("100.00"), None)


def test_prices_with_tax_leave_the_amount_without_tax_as_it_is() -> None:
    lines = ((50, 80, "Desk"), (200, 80, "3"), (250, 80, "711.00"), (350, 80, "1748.36"), (420, 80, "2133.00"))
    (item,) = items(*lines, Desk=NAME, **{"3": QUANTITY, "711.00": PRICE, "1748.36": NET, "2133.00": GROSS})
    assert (item.unit_price, item.net_amount, item.gross_amount) == (Decimal("711.00"), Decimal("1748.36"), Decimal("2133.00"))


@pytest.mark.parametrize(("label", "found"), [("Qty:", True), ("Size:", False)])
def test_a_number_behind_the_label_of_quantities_is_one_although_it_was_taken_for_a_price(label: str, found: bool) -> None:
    lines = ((50, 100, "Desk"), (50, 112, f"{label} 2,000"), (50, 124, "Sum: 24.00"))
    words = {
        "Desk": {"line.description": 0.97},
        "2,000": {"line.unit_price": 0.53, "line.quantity": 0.27},
        "24.00": {"line.net_amount": 0.97},
    }
    items = assemble(tagged(*lines, opinions=words)).line_items
    assert [item.quantity is not None for item in items] == [found]


@pytest.mark.parametrize(
    ("quantity", "price", "left", "whose"),
    [
        ("3", "25.00", 50.0, "item"),
        ("3", "25.00", 300.0, "item"),
        ("1", "75.00", 50.0, "item"),
        ("1", "75.00", 300.0, "total"),
        ("2", "25.00", 50.0, "total"),
    ],
)
def test_the_amount_of_a_card_that_was_taken_for_a_total_is_its_items(quantity: str, price: str, left: float, whose: str) -> None:
    first = ((50, 100, "Desk"), (50, 112, "2"), (150, 112, "9.00"), (50, 124, "18.00"))
    second = ((50, 150, "Lamp"), (50, 162, quantity), (150, 162, price), (left, 174, "75.00_"))
    words = {
        "Desk": NAME,
        "Lamp": NAME,
        "2": QUANTITY,
        "3": QUANTITY,
        "1": QUANTITY,
        "9.00": PRICE,
        "25.00": PRICE,
        "75.00": PRICE,
        "18.00": NET,
    }
    taken = {"75.00": {"header.net_total": 0.9}} if price != "75.00" else {"75.00": PRICE}
    page = tagged(
        *first,
        *((x, y, text.strip("_")) for x, y, text in second),
        (400, 300, "93.00"),
        opinions={**words, **taken, "93.00": {"header.net_total": 0.97}},
    )
    if price == "75.00":
        page.labels[-2] = 0.0005
        page.labels[-2, LABEL_INDEX["header.net_total"]] = 0.9
    assert [item.amount for item in assemble(page).line_items] == [Decimal("18.00"), *([Decimal("75.00")] if whose == "item" else [])]


def test_the_total_below_a_quantity_and_a_price_whose_product_is_printed_above_them_is_a_total() -> None:
    lines = ((50, 100, "Desk"), (300, 100, "75.0"), (50, 112, "3"), (150, 112, "25.00"), (50, 130, "Total"), (300, 130, "75.00"))
    words = {"Desk": NAME, "3": QUANTITY, "25.00": PRICE, "75.0": NET, "75.00": {"header.net_total": 0.9}}
    found = assemble(tagged(*lines, opinions=words))
    assert ([item.amount for item in found.line_items], found.header.net_total) == ([Decimal("75.0")], Decimal("75.00"))


@pytest.mark.parametrize("row_of_note", [-1, 1])
@pytest.mark.parametrize(("label", "value", "is_price"), [("Rate:", "6.00", True), ("Deposit:", "6.00", False), ("Rate:", "7.00", False)])
def test_a_label_below_the_item_names_its_price_whatever_row_it_was_put_in(
    label: str, value: str, is_price: bool, row_of_note: int
) -> None:
    lines = ((50, 100, "Desk 4 24.00"), (50, 112, f"{label} {value}"), (50, 140, "Lamp 3 15.00"))
    page = {"Desk": NAME, "Lamp": NAME, "4": QUANTITY, "3": QUANTITY, "24.00": NET, "15.00": NET, value: {"line.note": 0.8}}
    words = Words(tagged(*lines, opinions=page))
    probabilities = words.tagged.labels.copy()
    rows = np.array([0, 0, 0, -1, row_of_note, 1, 1, 1], np.int32)
    take_numbers_under_headings(words, Captions(words), probabilities, rows, NumberHabit())
    assert (probabilities[4].argmax() == LABEL_INDEX["line.unit_price"]) == is_price
    assert rows[4] == (0 if is_price else row_of_note)


@pytest.mark.parametrize(("sure", "named"), [(0.97, "unit_price"), (0.6, "quantity")])
def test_a_sure_price_below_a_heading_of_quantities_stays_one(sure: float, named: str) -> None:
    lines = ((50, 80, "Item"), (300, 80, "Qty"), (400, 80, "Amount"), (50, 100, "Desk"), (300, 100, "46"), (400, 100, "92.00"))
    (item,) = items(*lines, Desk=NAME, **{"46": {"line.unit_price": sure}, "92.00": NET})
    assert (item.unit_price if named == "unit_price" else item.quantity) == 46


@pytest.mark.parametrize(("above", "below"), [("Price per", "piece"), ("Kilopr", "eis:"), ("Storage", "row")])
def test_a_heading_of_two_lines_is_read_as_one(above: str, below: str) -> None:
    lines = ((50, 68, "Item"), (300, 68, above), (400, 68, "Amount"), (300, 80, below))
    (item,) = items(
        *lines, (50, 100, "Desk"), (300, 100, "8.03"), (400, 100, "48.18"), Desk=NAME, **{"8.03": {"line.note": 0.7}, "48.18": NET}
    )
    assert item.unit_price == (None if above == "Storage" else Decimal("8.03"))


@pytest.mark.parametrize(("net", "found"), [("42.00", True), ("43.00", False)])
def test_numbers_that_may_be_amounts_are_where_they_make_the_total(net: str, found: bool) -> None:
    lines = ((50, 100, "Desk 3"), (400, 100, "12.00"), (50, 130, "Lamp 2"), (400, 130, "30.00"), (50, 200, f"Net {net}"))
    half = {"line.net_amount": 0.3}
    page = {"Desk": NAME, "Lamp": NAME, "3": QUANTITY, "2": QUANTITY, "12.00": half, "30.00": half, net: {"header.net_total": 0.97}}
    assert [i.amount for i in items(*lines, **page)] == ([Decimal("12.00"), Decimal("30.00")] if found else [None])


@pytest.mark.parametrize(
    ("heading", "found"), [("Stück", True), ("Hoeveelheid", True), ("Antall", True), ("Počet kusů", True), ("Farbe", False)]
)
def test_headings_of_quantities_are_known_in_many_languages(heading: str, found: bool) -> None:
    lines = ((50, 88, "Posten"), (200, 88, heading), (300, 88, "Netto"), (50, 100, "Desk"), (200, 100, "12"), (300, 100, "66.50"))
    (item,) = items(*lines, Desk=NAME, **{"12": {"tax.rate": 0.4, "line.note": 0.3}, "66.50": NET})
    assert item.quantity == (12 if found else None)


@pytest.mark.parametrize(("label", "found"), [("Order", False), ("24", True), ("Returns only unopened please", True)])
def test_a_label_of_its_own_speaks_louder_than_the_heading_further_up(label: str, found: bool) -> None:
    lines = ((200, 60, "Quantity"), (50, 100, "Desk"), (300, 100, "66.50"), (200, 112, label), (200, 124, "17"), (50, 124, "oak"))
    page = {"24": {"line.item_code": 0.9}, "17": {"line.note": 0.9}, "oak": NAME, "66.50": NET}
    (item,) = items(*lines, Desk=NAME, **page)
    assert item.quantity == (17 if found else None)


@pytest.mark.parametrize(("heading", "amount", "price"), [("Price", "293", "24"), ("Weight", "293", None), ("Price", "311", None)])
def test_a_number_under_a_heading_of_prices_is_one_where_it_makes_the_amount_in_whole_units(
    heading: str, amount: str, price: str | None
) -> None:
    words = {"Desk": NAME, "12.2": QUANTITY, "24": {"header.net_total": 0.6}, amount: NET}
    lines = (
        (150, 88, "Pieces"),
        (250, 88, heading),
        (350, 88, "Amount"),
        (50, 100, "Desk"),
        (150, 100, "12.2"),
        (250, 100, "24"),
        (350, 100, amount),
    )
    assert [item.unit_price for item in items(*lines, **words)] == [Decimal(price) if price else None]


@pytest.mark.parametrize("heading", ["Stck.", "Verbrauch", "Förbrukning", "Zużycie", "Consommation"])
def test_what_is_consumed_is_a_quantity(heading: str) -> None:
    words = {"Desk": NAME, "3": {"line.position": 0.6, "line.quantity": 0.2}, "80.00": NET}
    assert [item.quantity for item in items((50, 88, heading), (50, 100, "3"), (150, 100, "Desk"), (300, 100, "80.00"), **words)] == [
        Decimal("3")
    ]


@pytest.mark.parametrize(("net", "amounts"), [("71.00", [(Decimal("71.00"), Decimal("75.97"))]), ("70.00", [(None, Decimal("75.97"))])])
def test_beside_the_gross_amount_of_the_only_row_the_net_total_is_its_amount(
    net: str, amounts: list[tuple[Decimal | None, Decimal]]
) -> None:
    words = {"Deposit": NAME, "75.97": GROSS, "71.00": {"adjustment.charge": 0.6, "line.quantity": 0.2}, net: {"header.net_total": 0.97}}
    words |= {"75.97€": {"header.gross_total": 0.97}, "71.00": {"adjustment.charge": 0.6, "line.quantity": 0.2}}
    words |= {f"{net}€": {"header.net_total": 0.97}}
    found = items((50, 100, "Deposit"), (300, 100, "71.00"), (400, 100, "75.97"), (300, 200, f"{net}€"), (400, 220, "75.97€"), **words)
    assert [(item.net_amount, item.gross_amount) for item in found] == amounts


@pytest.mark.parametrize(("net", "amount"), [("63.20", Decimal("63.20")), ("63.30", None)])
def test_the_net_total_on_the_line_of_the_only_row_is_its_amount_whatever_it_was_taken_for(net: str, amount: Decimal | None) -> None:
    words = {"Retainer": NAME, "63.20": {"adjustment.charge": 0.7}, f"{net}€": {"header.net_total": 0.97}}
    found = items((50, 100, "Retainer"), (300, 100, "63.20"), (300, 200, f"{net}€"), **words)
    assert [item.net_amount for item in found] == [amount]


@pytest.mark.parametrize(
    ("minus", "amount", "quantity"), [("-", "-38.50", "-5"), ("–", "-38.50", "-5"), ("-", "38.50", "5"), ("by", "-38.50", "5")]
)
def test_a_minus_that_stands_apart_is_the_sign_of_the_quantity_where_the_amount_has_one(minus: str, amount: str, quantity: str) -> None:
    words = {"Hinge": NAME, "5": QUANTITY, "7.70": PRICE, amount: NET}
    found = items((50, 100, "Hinge"), (150, 100, f"{minus} 5"), (250, 100, "7.70"), (350, 100, amount), **words)
    assert [item.quantity for item in found] == [Decimal(quantity)]


def test_a_full_amount_above_its_discount_is_no_row_of_its_own() -> None:
    """Conditions of a price stand below the row, after any number of remarks; what counts is the value under them."""
    lines: list[tuple[float, float, str]] = []
    opinions: dict[str, dict[str, float]] = {}
    rows = (
        ("Desk", "31.00", "62.00", "6.20", "55.80"),
        ("Lamp", "41.00", "82.00", "8.20", "73.80"),
        ("Sofa", "51.00", "102.00", "10.20", "91.80"),
    )
    for k, (name, price, full, off, left) in enumerate(rows):
        y = 100.0 + 70 * k
        lines += [(50, y, name), (200, y, "2"), (355, y, price), (460 - 5.0 * len(full), y, full)]
        lines += [
            (60, y + 12, "ordered"),
            (60, y + 24, "delivered"),
            (60, y + 36, "rebate"),
            (355, y + 36, "10%"),
            (460 - 5.0 * len(off), y + 36, off),
        ]
        lines += [(60, y + 48, "value"), (460 - 5.0 * len(left), y + 48, left)]
        opinions |= {name: NAME, "2": QUANTITY, price: PRICE, full: NOTE, off: NOTE, left: NET, "10%": DISCOUNT}
    page = tagged(*lines, opinions=opinions)
    before = page.labels.argmax(1).tolist()
    take_unseen_amounts(Words(page), page.labels, NumberHabit())
    assert page.labels.argmax(1).tolist() == before
