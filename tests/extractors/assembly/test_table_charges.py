"""What stands in the table of the items like one is a line: charges, allowances, and numbers that the items lack of a total."""

import time
from decimal import Decimal

import pytest
from tagged_pages import tagged

from extractors.assembly.document import assemble
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Words
from extractors.assembly.table_charges import take_charges_in_the_table_for_items

SURE = {"line.net_amount": 0.97}


@pytest.mark.parametrize(("left", "is_item"), [(300, True), (340, False)])
def test_an_amount_that_was_taken_for_a_charge_beside_a_name_is_an_items_where_it_stands_below_the_others(
    left: float, is_item: bool
) -> None:
    opinions = {"Desk": {"line.description": 0.97}, "10.00": SURE, "Toll": {"line.description": 0.9}, "49.86": {"adjustment.charge": 0.6}}
    page = tagged((50, 100, "Desk"), (300, 100, "10.00"), (50, 120, "Toll"), (left, 120, "49.86"), opinions=opinions)
    assert (Decimal("49.86") in [item.amount for item in assemble(page).line_items]) == is_item


ITEM = {"Desk": {"line.description": 0.97}, "10.00": SURE, "Lamp": {"line.description": 0.97}, "20.00": SURE}
CHARGED = {**ITEM, "5.00": {"adjustment.charge": 0.97}, "30.00": {"total.line_total": 0.97}, "35.00": {"header.net_total": 0.97}}
CHARGED |= {"10.10": {"total.line_total": 0.97}}


@pytest.mark.parametrize(
    ("between", "left", "is_item"),
    [
        ("", 50.0, True),
        ("", 180.0, False),  # where no name begins
        ("Sum of items 30.00", 50.0, False),  # a total of all items closes the table
        ("Sum of group 10.10", 50.0, True),  # that of a group does not
    ],
)
def test_a_charge_in_the_columns_of_the_items_is_an_item(between: str, left: float, is_item: bool) -> None:
    rows = ((50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    closing = [(300.0 - 13 * 5 - 6, 140.0, between)] if between else []
    charge = ((left, 160.0, "Postage & Packing"), (300.0, 160.0, "5.00"))
    found = assemble(tagged(*rows, *closing, *charge, (50, 180, "Net total"), (300, 180, "35.00"), opinions=CHARGED))
    assert [item.amount for item in found.line_items] == [Decimal(v) for v in ("10.00", "20.00", *(("5.00",) if is_item else ()))]
    assert [a.amount for a in found.totals.adjustments] == ([] if is_item else [Decimal("5.00")])
    assert not is_item or found.line_items[-1].description == "Postage & Packing"


def test_the_words_of_a_charge_may_stand_in_the_line_above_it_and_its_number_in_groups() -> None:
    grouped = {"1": {"adjustment.charge": 0.9}, "234.00": {"adjustment.charge": 0.9}}
    found = assemble(
        tagged(
            (50, 100, "Desk"), (300, 112, "10.00"), (50, 124, "Lamp"), (300, 136, "20.00"),
            (50, 148, "Postage"), (287, 160, "1 234.00"), (50, 190, "Net total"), (300, 190, "35.00"),
            opinions={**CHARGED, **grouped},
        )
    )  # fmt: skip
    assert [(item.description, item.amount) for item in found.line_items][-1] == ("Postage", Decimal("1234.00"))


@pytest.mark.parametrize(
    ("printed", "position", "is_item"), [("-5.00", "", True), ("(5.00)", "", True), ("5.00", "", False), ("5.00", "3.", True)]
)
def test_an_allowance_in_the_items_columns_is_an_item_where_its_sign_takes_it_off_or_it_is_counted(
    printed: str, position: str, is_item: bool
) -> None:
    total = "35.00" if position else "25.00"
    taken_off = {**ITEM, printed: {"adjustment.allowance": 0.97}, total: {"header.net_total": 0.97}, "3.": {"line.position": 0.97}}
    rows = ((50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    rebate = ((20.0, 140.0, position), (50.0, 140.0, "Loyalty rebate"), (300.0, 140.0, printed))
    found = assemble(tagged(*rows, *rebate, (50, 180, "Net total"), (300, 180, total), opinions=taken_off))
    assert [item.amount for item in found.line_items][2:] == ([Decimal("5.00" if position else "-5.00")] if is_item else [])
    assert [a.amount for a in found.totals.adjustments] == ([] if is_item else [Decimal("5.00")])


@pytest.mark.parametrize(("net", "is_item"), [("25.00", True), ("26.00", False)])
def test_a_number_that_no_label_claims_is_an_item_where_the_items_lack_it(net: str, is_item: bool) -> None:
    doubtful = {**ITEM, "(5.00)": {"adjustment.allowance": 0.3, "header.net_total": 0.1}, net: {"header.net_total": 0.97}}
    rows = ((50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    found = assemble(
        tagged(*rows, (50, 140, "Loyalty rebate"), (300, 140, "(5.00)"), (50, 180, "Net total"), (300, 180, net), opinions=doubtful)
    )
    assert [(item.description, item.amount) for item in found.line_items][2:] == ([("Loyalty rebate", Decimal("-5.00"))] if is_item else [])


@pytest.mark.parametrize("name", ["Listed:", "Listed"])
def test_the_label_of_an_amount_that_the_items_lack_is_no_name(name: str) -> None:
    doubtful = {**ITEM, "5.00": {"line.note": 0.4}, "35.00": {"header.net_total": 0.97}}
    rows = ((50.0, 88.0, name), (50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    found = assemble(tagged(*rows, (50, 160, name), (300, 160, "5.00"), (50, 200, "Net"), (300, 200, "35.00"), opinions=doubtful))
    assert [item.description for item in found.line_items] == ["Desk", "Lamp"]


def test_the_words_of_a_charge_may_stand_behind_its_amount_where_names_do() -> None:
    rows = ((50.0, 100.0, "10.00"), (150.0, 100.0, "Desk"), (50.0, 120.0, "20.00"), (150.0, 120.0, "Lamp"))
    found = assemble(tagged(*rows, (55, 140, "5.00"), (150, 140, "Postage"), (50, 180, "Net total"), (150, 180, "35.00"), opinions=CHARGED))
    assert [(item.description, item.amount) for item in found.line_items][-1] == ("Postage", Decimal("5.00"))


def test_a_closing_bracket_may_hang_out_of_the_column() -> None:
    doubtful = {**ITEM, "(125.00)": {"adjustment.allowance": 0.3}, "-95.00": {"header.net_total": 0.97}}
    rows = ((50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    rebate = ((50, 140, "Loyalty rebate"), (289, 140, "(125.00)"), (50, 180, "Net total"), (300, 180, "-95.00"))
    assert [item.amount for item in assemble(tagged(*rows, *rebate, opinions=doubtful)).line_items][2:] == [Decimal("-125.00")]


def test_thousands_of_unclaimed_numbers_are_not_tried_in_pairs() -> None:
    rows = [(x, 40.0 + 12 * k, text) for k in range(3000) for x, text in ((50.0, "Toll"), (300.0, f"{k % 90 + 10}.25"))]
    words = {**ITEM, "99999.99": {"header.net_total": 0.97}} | {f"{k + 10}.25": {"line.note": 0.5} for k in range(90)}
    page = Words(tagged((50, 20, "Desk"), (300, 20, "10.00"), *rows, (50, 40000, "Net total"), (285, 40000, "99999.99"), opinions=words))
    begun = time.process_time()
    take_charges_in_the_table_for_items(page, page.tagged.labels.copy(), NumberHabit())
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(("lines_below", "is_name"), [(1, True), (-1, False)])
def test_an_amount_that_stands_alone_has_its_name_on_the_side_where_the_first_item_has_its(lines_below: int, is_name: bool) -> None:
    rows = [
        (300.0, 112.0, "10.00"),
        (50.0, 112.0 + 12 * lines_below, "Desk"),
        (300.0, 142.0, "20.00"),
        (50.0, 142.0 + 12 * lines_below, "Lamp"),
    ]
    page = [*rows, (300.0, 172.0, "5.00"), (50.0, 184.0, "Postage"), (50.0, 230.0, "Net"), (300.0, 230.0, "35.00")]
    words = Words(tagged(*sorted(page, key=lambda line: line[1]), opinions={**ITEM, "5.00": {"line.net_amount": 0.6}}))
    probabilities = words.tagged.labels.copy()
    take_charges_in_the_table_for_items(words, probabilities, NumberHabit())
    assert (probabilities[words.texts.index("Postage")].argmax() == LABEL_INDEX["line.description"]) == is_name


@pytest.mark.parametrize(("between", "is_item"), [("€", True), ("€ 7.00", False)])
def test_the_sign_of_the_currency_may_stand_behind_the_words_of_a_charge(between: str, is_item: bool) -> None:
    opinions = {**CHARGED, "5.00": {"adjustment.charge": 0.9}, "€": {"header.currency": 0.97}, "7.00": {"line.unit_price": 0.97}}
    rows = ((50.0, 100.0, "Desk"), (300.0, 112.0, "10.00"), (50.0, 124.0, "Lamp"), (300.0, 136.0, "20.00"))
    charge = ((50, 148, "Postage"), (260, 148, between), (305, 160, "5.00"), (50, 190, "Net total"), (300, 190, "35.00"))
    assert [item.amount for item in assemble(tagged(*rows, *charge, opinions=opinions)).line_items][2:] == ([Decimal("5.00")] * is_item)


@pytest.mark.parametrize(("beyond_pt", "is_item"), [(3.0, True), (4.5, False)])
def test_amounts_of_one_column_may_end_a_little_apart(beyond_pt: float, is_item: bool) -> None:
    opinions = {**ITEM, "1,005.00": {"adjustment.charge": 0.9}}
    page = ((50, 100, "Desk"), (300, 100, "10.00"), (50, 120, "Postage"), (285 - beyond_pt, 120, "1,005.00"))
    assert [item.amount for item in assemble(tagged(*page, opinions=opinions)).line_items][1:] == ([Decimal("1005.00")] * is_item)


@pytest.mark.parametrize(("name", "is_item"), [("Loyalty rebate", True), ("Loyalty rebate:", False)])
def test_a_caption_with_a_colon_names_no_item(name: str, is_item: bool) -> None:
    taken_off = {**ITEM, "-5.00": {"adjustment.allowance": 0.97}, "25.00": {"header.net_total": 0.97}}
    rows = ((50.0, 100.0, "Desk"), (300.0, 100.0, "10.00"), (50.0, 120.0, "Lamp"), (300.0, 120.0, "20.00"))
    found = assemble(tagged(*rows, (50, 140, name), (300, 140, "-5.00"), (50, 180, "Net"), (300, 180, "25.00"), opinions=taken_off))
    assert (len(found.line_items) == 3) == is_item


@pytest.mark.parametrize(("net", "is_item"), [("35.00", True), ("30.00", False)])
def test_a_name_above_a_charge_is_its_own_where_the_total_proves_it(net: str, is_item: bool) -> None:
    words = {
        **ITEM,
        "Postage": {"line.description": 0.9},
        "5.00": {"adjustment.charge": 0.65, "line.net_amount": 0.27},
        net: {"header.net_total": 0.97},
    }
    rows = ((50, 100, "Desk"), (300, 112, "10.00"), (50, 124, "Lamp"), (300, 136, "20.00"), (50, 148, "Postage"), (300, 160, "5.00"))
    found = assemble(tagged(*rows, (50, 190, "Net total"), (300, 190, net), opinions=words))
    assert ("Postage" in {item.description for item in found.line_items}) == is_item


def test_remarks_that_read_like_the_name_of_an_allowance_do_not_make_it_a_label() -> None:
    rows = [(50.0, 100.0, "Desk"), (300.0, 100.0, "40.00"), (50.0, 112.0, "Bonus 10 %:")]
    note = {"Bonus": {"line.note": 0.9}, "10": {"line.note": 0.9}, "%:": {"line.note": 0.9}}
    last = [(50.0, 140.0, "BONUS"), (300.0, 140.0, "-4.00"), (200.0, 200.0, "Net"), (300.0, 200.0, "36.00")]
    opinions = {"Desk": {"line.description": 0.97}, "40.00": SURE, "-4.00": {"header.net_total": 0.4}, "36.00": {"header.net_total": 0.9}}
    found = assemble(tagged(*rows, *last, opinions={**opinions, **note})).line_items
    assert [(item.description, item.amount) for item in found] == [("Desk", Decimal("40.00")), ("BONUS", Decimal("-4.00"))]


@pytest.mark.parametrize(("sure", "count"), [("total.line_total", 2), ("header.amount_due", 1)])
def test_a_number_that_the_items_lack_of_the_sum_of_lines_is_an_item(sure: str, count: int) -> None:
    rows = [
        (50.0, 100.0, "Desk"),
        (300.0, 100.0, "40.00"),
        (50.0, 120.0, "Packing"),
        (300.0, 120.0, "-4.00"),
        (200.0, 200.0, "Items"),
        (300.0, 200.0, "36.00"),
    ]
    opinions = {"Desk": {"line.description": 0.97}, "40.00": SURE, "-4.00": {"line.note": 0.4}, "36.00": {sure: 0.9}}
    assert len(assemble(tagged(*rows, opinions=opinions)).line_items) == count


@pytest.mark.parametrize(("above", "is_item"), [(True, True), (False, False)])
def test_a_name_in_full_above_a_charge_is_its_own_where_all_names_stand_above(above: bool, is_item: bool) -> None:
    first = [(50.0, 100.0, "Desk"), (300.0, 112.0 if above else 100.0, "40.00")]
    last = [(50.0, 140.0, "Bonus"), (300.0, 152.0, "-4.00")]
    opinions = {
        "Desk": {"line.description": 0.97},
        "Bonus": {"line.description": 0.7},
        "40.00": SURE,
        "-4.00": {"adjustment.allowance": 0.6},
    }
    found = assemble(tagged(*first, *last, opinions=opinions)).line_items
    assert ("-4.00" in [str(item.amount) for item in found]) == is_item
