"""Numbers that stand in one column, or behind one printed label, are of one kind."""

import numpy as np
from tagged_pages import tagged

from extractors.assembly.columns import agree_in_columns
from extractors.assembly.spans import LABEL_INDEX, Words

QUANTITY, NOTE = LABEL_INDEX["line.quantity"], LABEL_INDEX["line.note"]
SURE = {"line.net_amount": 0.97}


def labels_of(*lines: tuple[float, float, str], **opinions: dict[str, float]) -> dict[str, int]:
    words = Words(tagged(*lines, opinions={k.strip("_"): v for k, v in opinions.items()}))
    best = agree_in_columns(words, words.tagged.labels.copy()).argmax(1)
    return {text: int(best[i]) for i, text in enumerate(words.texts)}


def test_a_doubtful_number_behind_the_label_of_others_is_what_they_are() -> None:
    found = labels_of(
        (50, 100, "Qty 11 Amount 10.00"),
        (50, 120, "Qty 12 Amount 20.00"),
        (50, 140, "Qty 13 Amount 30.00"),
        _11={"line.quantity": 0.7, "line.note": 0.2},
        _12={"line.quantity": 0.6, "line.note": 0.3},
        _13={"line.quantity": 0.2, "line.note": 0.7},
        **{"10.00": SURE, "20.00": SURE, "30.00": SURE},
    )
    assert found["13"] == QUANTITY


def test_a_number_of_which_the_network_is_sure_stays_what_it_is() -> None:
    found = labels_of(
        (50, 100, "Qty 11 Amount 10.00"),
        (50, 120, "Qty 12 Amount 20.00"),
        (50, 140, "Qty 13 Amount 30.00"),
        _11={"line.quantity": 0.7},
        _12={"line.quantity": 0.6},
        _13={"line.note": 0.97},
        **{"10.00": SURE, "20.00": SURE, "30.00": SURE},
    )
    assert found["13"] == NOTE


def test_a_column_of_other_things_stays_one() -> None:
    found = labels_of(
        (50, 100, "Weight 11 Amount 10.00"),
        (50, 120, "Weight 12 Amount 20.00"),
        (50, 140, "Weight 13 Amount 30.00"),
        _11={"line.quantity": 0.3, "line.note": 0.65},
        _12={"line.quantity": 0.05, "line.note": 0.9},
        _13={"line.quantity": 0.02, "line.note": 0.95},
        **{"10.00": SURE, "20.00": SURE, "30.00": SURE},
    )
    assert {found["11"], found["12"], found["13"]} == {NOTE}


def test_without_items_nothing_changes() -> None:
    words = Words(tagged((50, 100, "Qty 11"), opinions={}))
    assert np.array_equal(agree_in_columns(words, words.tagged.labels.copy()), words.tagged.labels)


def test_numbers_below_different_labels_of_their_own_make_no_column() -> None:
    lines: list[tuple[float, float, str]] = []
    for k, (quantity, tax) in enumerate((("10", "19"), ("78", "20"), ("3", "21"))):
        y = 100.0 + 80 * k
        lines += [(50, y, "Pieces"), (300, y, "Sum"), (50, y + 12, quantity), (300, y + 12, "40.00")]
        lines += [(50, y + 24, "Rate"), (50, y + 36, tax), (300, y + 36, f"{k}.50")]
    rates = {tax: {"line.tax_rate": 0.97} for tax in ("19", "20", "21")}
    amounts = {"40.00": SURE, **{f"{k}.50": {"line.tax_amount": 0.97} for k in range(3)}}
    found = labels_of(*lines, _10={"line.quantity": 0.6, "line.tax_rate": 0.1}, _78={"line.quantity": 0.85}, _3=SURE, **rates, **amounts)
    assert (found["10"], found["78"]) == (QUANTITY, QUANTITY)


PRICE, TAX = LABEL_INDEX["line.unit_price"], LABEL_INDEX["line.tax_amount"]


def test_the_name_of_the_currency_is_no_label_of_a_column() -> None:
    price, tax, currency = {"line.unit_price": 0.6, "line.tax_amount": 0.3}, {"line.tax_amount": 0.97}, {"header.currency": 0.97}
    lines = [(50.0, 100.0 + 20 * k, f"lei {4 + k}.10 lei 1{k}.00") for k in range(2)]
    found = labels_of(*lines, lei=currency, **{"4.10": price, "5.10": price, "10.00": tax, "11.00": tax})
    assert {found["4.10"], found["5.10"]} == {PRICE}


def test_a_colon_leads_to_its_value_however_far_away() -> None:
    quantity, half = {"line.quantity": 0.97}, {"line.unit_price": 0.8}
    lines = [line for k in range(3) for line in ((50.0, 100.0 + 40 * k, "Rate:"), (500.0, 100.0 + 40 * k, f"7.0{k}"))]
    lines += [line for k in range(3) for line in ((50.0, 120.0 + 40 * k, "Units:"), (500.0, 120.0 + 40 * k, f"5.0{k}"))]
    found = labels_of(*lines, **{f"7.0{k}": half for k in range(3)}, **{f"5.0{k}": quantity for k in range(3)})
    assert {found[f"7.0{k}"] for k in range(3)} == {PRICE}


def test_numbers_of_one_column_may_begin_at_one_edge_and_end_at_several() -> None:
    sure, half = {"line.quantity": 0.95}, {"line.unit_price": 0.5, "line.quantity": 0.4}
    lines = [(50.0, 100.0, "4.000"), (50.0, 120.0, "2.000"), (50.0, 140.0, "3.000"), (50.0, 160.0, "55.000")]
    assert labels_of(*lines, **{"4.000": sure, "2.000": sure, "3.000": sure, "55.000": half})["55.000"] == QUANTITY


def test_a_number_alone_on_its_line_may_be_one_of_a_column() -> None:
    half, faint = {"line.quantity": 0.7, "line.note": 0.2}, {"line.note": 0.6, "line.quantity": 0.31}
    lines = [(50.0, 100.0, "4"), (50.0, 120.0, "6"), (50.0, 140.0, "8"), (50.0, 160.0, "9")]
    assert labels_of(*lines, _4=half, _6=half, _8=half, _9=faint)["9"] == QUANTITY


def test_values_with_labels_glued_to_them_are_no_column_because_they_begin_at_one_edge() -> None:
    sure, half = {"line.quantity": 0.95}, {"line.unit_price": 0.8, "line.quantity": 0.1}
    lines = [(50.0, 100.0, "Units:4.000"), (50.0, 120.0, "Units:2.00"), (50.0, 140.0, "Units:3"), (50.0, 160.0, "Price:55.000")]
    numbers = {"Units:4.000": sure, "Units:2.00": sure, "Units:3": sure, "Price:55.000": half}
    assert labels_of(*lines, **numbers)["Price:55.000"] == PRICE
