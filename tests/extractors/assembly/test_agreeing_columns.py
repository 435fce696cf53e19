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
