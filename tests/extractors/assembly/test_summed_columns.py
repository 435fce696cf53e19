"""Of several columns of amounts, that is billed which makes the printed total."""

from decimal import Decimal

from tagged_pages import linked_by_line, tagged

from extractors.assembly.document import assemble
from schemas.invoice import LineItem

D = Decimal
NAME, NET, GROSS, PRICE = ({f"line.{n}": 0.9} for n in ("description", "net_amount", "gross_amount", "unit_price"))
TOTAL = {"header.net_total": 0.97}
CONTRACT = {"Walls": NAME, "Floors": NAME, "900.00": NET, "600.00": NET, "300.00": PRICE, "200.00": PRICE}


def items(*lines: tuple[float, float, str], opinions: dict[str, dict[str, float]]) -> list[LineItem]:
    return list(assemble(linked_by_line(tagged(*lines, opinions=opinions))).line_items)


def work(total: str, *, sums: str = "") -> list[LineItem]:
    walls = [(50.0, 100.0, "Walls"), (200.0, 100.0, "900.00"), (300.0, 100.0, "300.00"), (400.0, 100.0, "450.00")]
    floors = [(50.0, 120.0, "Floors"), (200.0, 120.0, "600.00"), (300.0, 120.0, "200.00"), (400.0, 120.0, "120.00")]
    below = [(200.0, 150.0, sums), (400.0, 200.0, total)] if sums else [(400.0, 200.0, total)]
    words = CONTRACT | {"450.00": GROSS, total: TOTAL, **dict.fromkeys(sums.split(), TOTAL)}
    return items(*walls, *floors, *below, opinions=words)


def test_the_column_of_the_period_is_billed_and_not_that_of_the_contract() -> None:
    assert [(i.net_amount, i.gross_amount, i.unit_price) for i in work("570.00")] == [(D(450), None, None), (D(120), None, None)]


def test_the_sums_under_the_columns_are_not_what_is_billed() -> None:
    assert [i.net_amount for i in work("570.00", sums="1500.00 500.00")] == [D(450), D(120)]


def test_amounts_that_make_the_total_stay() -> None:
    assert [i.net_amount for i in work("1500.00")] == [D(900), D(600)]


def test_amounts_stay_where_no_column_makes_the_total() -> None:
    assert [i.net_amount for i in work("580.00")] == [D(900), D(600)]


def test_the_sum_of_a_charge_and_its_surcharges_is_billed() -> None:
    base = [(50.0, 100.0, "Parcel"), (200.0, 100.0, "8.00"), (300.0, 100.0, "1.20"), (400.0, 100.0, "9.20")]
    other = [(50.0, 120.0, "Pallet"), (200.0, 120.0, "3.00"), (300.0, 120.0, "1.50"), (400.0, 120.0, "4.50")]
    words = {"Parcel": NAME, "Pallet": NAME, "8.00": NET, "3.00": NET, "9.20": GROSS, "4.50": GROSS, "13.70": TOTAL}
    found = items(*base, *other, (400.0, 200.0, "13.70"), opinions=words)
    assert [(i.net_amount, i.gross_amount) for i in found] == [(D("9.20"), None), (D("4.50"), None)]


def test_a_group_of_digits_of_another_amount_is_no_price() -> None:
    lines = [
        (50.0, 100.0, "Walls"),
        (200.0, 100.0, "4 180.00"),
        (300.0, 100.0, "2 508.00"),
        (370.0, 100.0, "836.00"),
        (450.0, 100.0, "1 672.00"),
    ]
    found = items(*lines, opinions={"Walls": NAME, "1": NET, "672.00": NET})
    assert [(i.net_amount, i.quantity, i.unit_price) for i in found] == [(D("1672.00"), None, None)]
