"""Rows whose name the network did not see: the likeliest text beside or above their numbers is it."""

from decimal import Decimal

import numpy as np
import pytest
from tagged_pages import tagged

from extractors.assembly.captions import Captions
from extractors.assembly.document import assemble
from extractors.assembly.nameless_rows import name_nameless_rows
from extractors.assembly.spans import LABEL_INDEX, Words

NET, PRICE = {"line.net_amount": 0.97}, {"line.unit_price": 0.97}


def names(*lines: tuple[float, float, str], **faint: float) -> list[str | None]:
    """Descriptions of the items of a page; ``faint``: probability of single words to name an item."""
    opinions = {"40.00": NET, "20.00": PRICE, **{word: {"line.description": p} for word, p in faint.items()}}
    return [item.description for item in assemble(tagged(*lines, opinions=opinions)).line_items]


@pytest.mark.parametrize(("sure", "name"), [(0.2, "Postage"), (0.01, None)])
def test_a_text_that_the_network_half_believes_is_the_name(sure: float, name: str | None) -> None:
    assert names((50, 180, "Postage"), (50, 200, "20.00"), (200, 200, "40.00"), Postage=sure) == [name]


@pytest.mark.parametrize(("label", "name"), [("Description", "Postage"), ("Carrier", None)])
def test_a_text_under_the_heading_of_names_is_one_even_if_the_network_sees_none(label: str, name: str | None) -> None:
    heading = ((50, 180, label), (150, 180, "Price"), (250, 180, "Amount"))
    assert names(*heading, (50, 200, "Postage"), (150, 200, "20.00"), (250, 200, "40.00"), Postage=0.02) == [name]


def test_a_position_in_front_and_labels_are_no_part_of_it() -> None:
    lines = ((50, 180, "Contract:"), (50, 190, "4 Postage abroad"), (50, 205, "20.00"), (200, 205, "40.00"))
    assert names(*lines, **{"Postage": 0.2, "abroad": 0.2, "Contract:": 0.3}) == ["Postage abroad"]


def test_the_name_of_the_row_above_is_not_taken_again() -> None:
    opinions = {"Desk": {"line.description": 0.97}, "18.00": NET, "40.00": NET}
    page = tagged((50, 180, "Desk"), (200, 180, "18.00"), (200, 200, "40.00"), opinions=opinions)
    first = assemble(page).line_items[0]
    assert (first.description, first.amount) == ("Desk", Decimal("18.00"))


def named(*lines: tuple[float, float, str], rows: list[int], opinions: dict[str, dict[str, float]]) -> list[str]:
    """Words of names, for words that are of these ``rows``."""
    page = tagged(*lines, opinions=opinions)
    words = Words(page)
    name_nameless_rows(words, Captions(words), page.labels, np.array(rows, np.int32))
    return [words.texts[i] for i in np.flatnonzero(page.labels.argmax(1) == LABEL_INDEX["line.description"])]


@pytest.mark.parametrize(("left", "is_name"), [(50, True), (120, False)])
def test_the_name_of_a_row_may_stand_below_it_where_the_others_have_theirs(left: float, is_name: bool) -> None:
    sure = {"line.description": 0.97}
    opinions = {"Desk": sure, "Lamp": sure, "11.00": NET, "12.00": NET, "-3.00": NET, "Voucher": {"line.description": 0.03}}
    lines = ((200, 100, "11.00"), (50, 112, "Desk"), (200, 130, "12.00"), (50, 142, "Lamp"), (200, 160, "-3.00"), (left, 172, "Voucher"))
    found = named(*lines, rows=[0, 0, 1, 1, 2, -1], opinions=opinions)
    assert found == ["Desk", "Lamp", *(["Voucher"] if is_name else [])]


@pytest.mark.parametrize(("row_of_five", "is_name"), [(1, True), (0, False)])
def test_a_remark_beside_a_nameless_amount_is_its_name_unless_the_row_above_has_numbers_there(row_of_five: int, is_name: bool) -> None:
    note = {"line.note": 0.85, "line.description": 0.1}
    opinions = {"Desk": {"line.description": 0.97}, "18.00": NET, "-40.00": NET, "Rebate": note, "5": {"line.quantity": 0.9}}
    lines = ((50, 180, "Desk"), (200, 180, "18.00"), (50, 200, "Rebate"), (200, 200, "-40.00"), (300, 200, "5"))
    assert named(*lines, rows=[0, 0, 0, 1, row_of_five], opinions=opinions) == ["Desk", *(["Rebate"] if is_name else [])]
