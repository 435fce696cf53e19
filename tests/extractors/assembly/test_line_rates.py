"""The only tax rate that a page prints is that of its lines, unless the totals tell otherwise."""

from decimal import Decimal

import pytest

from extractors.assembly.line_rates import with_rates_by_base, with_sole_rate, with_tax_inside, without_rates_of_no_tax
from extractors.assembly.totals import Totals
from schemas.invoice import Adjustment, AdjustmentKind, Evidence, LineItem, TaxLine

D = Decimal
SHOWN = Evidence(1, (0.0, 0.0, 9.0, 9.0), "20", 0.9, "task_model")
CHARGE, ALLOWANCE = AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE


def rates(amounts: list[str], *taxes: TaxLine, net: str, tax: str, adjustments: tuple[Adjustment, ...] = ()) -> set[Decimal | None]:
    values = {"net_total": D(net), "tax_total": D(tax), "gross_total": D(net) + D(tax)}
    totals = Totals(values, {}, taxes, {"tax_breakdown.0.rate": SHOWN}, adjustments, None)
    return {item.tax_rate for item in with_sole_rate([LineItem(net_amount=D(a)) for a in amounts], totals, {})}


@pytest.mark.parametrize(
    ("net", "tax", "adjustments"),
    [
        ("300.00", "60.00", ()),
        ("300.00", "60.02", ()),  # each line's tax was rounded
        ("350.00", "70.00", (Adjustment(CHARGE, D(50)),)),
        ("350.00", "60.00", (Adjustment(CHARGE, D(50)),)),  # which is untaxed
        ("280.00", "56.00", (Adjustment(ALLOWANCE, D(20)),)),
    ],
)
def test_lines_have_the_only_rate_where_the_tax_is_that_share(net: str, tax: str, adjustments: tuple[Adjustment, ...]) -> None:
    assert rates(["100.00", "200.00"], TaxLine(rate=D(20)), net=net, tax=tax, adjustments=adjustments) == {D(20)}


def test_a_currency_without_decimals_is_rounded_to_whole_units() -> None:
    assert rates(["101", "202"], TaxLine(rate=D(27)), net="303", tax="81") == {D(27)}


def test_lines_have_no_rate_where_the_tax_is_on_some_of_them_only() -> None:
    assert rates(["100.00", "200.00"], TaxLine(rate=D(20)), net="300.00", tax="40.00") == {None}


def test_what_was_paid_before_says_nothing_of_what_is_taxed() -> None:
    before = (Adjustment(AdjustmentKind.PREPAID, D(100)),)
    assert rates(["100.00", "200.00"], TaxLine(rate=D(20)), net="300.00", tax="40.00", adjustments=before) == {None}


def test_two_taxes_on_the_same_amount_are_not_the_rate_of_its_lines() -> None:
    halves = [TaxLine(rate=D(9), taxable_amount=D(300), tax_amount=D(27))] * 2
    assert rates(["100.00", "200.00"], *halves, net="300.00", tax="54.00") == {None}


def test_two_parts_of_one_rate_are_the_rate_of_all_lines() -> None:
    parts = [TaxLine(rate=D(20), taxable_amount=D(a), tax_amount=D(a) / 5) for a in (100, 200)]
    assert rates(["100.00", "200.00"], *parts, net="300.00", tax="60.00") == {D(20)}


@pytest.mark.parametrize(("tax", "found"), [("60.00", {D(20)}), ("40.00", {D(3), None})])
def test_what_the_tax_proves_is_believed_more_than_a_number_in_one_line(tax: str, found: set[Decimal | None]) -> None:
    values = {"net_total": D(300), "tax_total": D(tax)}
    totals = Totals(values, {}, (TaxLine(rate=D(20)),), {"tax_breakdown.0.rate": SHOWN}, (), None)
    lines = [LineItem(net_amount=D(100), tax_rate=D(3)), LineItem(net_amount=D(200))]
    assert {item.tax_rate for item in with_sole_rate(lines, totals, {})} == found


def test_a_free_line_that_shows_no_rate_beside_others_that_do_has_none() -> None:
    totals = Totals({"net_total": D(300), "tax_total": D(60)}, {}, (TaxLine(rate=D(20)),), {"tax_breakdown.0.rate": SHOWN}, (), None)
    lines = [LineItem(net_amount=D(200), tax_rate=D(20)), LineItem(net_amount=D(0)), LineItem(net_amount=D(100))]
    assert [item.tax_rate for item in with_sole_rate(lines, totals, {})] == [D(20), None, D(20)]


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        (["70.00", "30.00", "50.00"], [D(20), D(20), D(5)]),
        (["50.00", "100.00"], [D(5), D(20)]),
        (["50.00", "50.00", "50.00"], [None, None, None]),  # which of them is taxed less?
        (["70.00", "30.00", "40.00"], [None, None, None]),
        (["70.00", "0.00", "30.00", "50.00"], [D(20), None, D(20), D(5)]),
        (["25.00", "25.00", "75.00", "25.00"], [None, None, None, None]),
        (["60.00", "40.00", "20.00", "30.00"], [D(20), D(20), D(5), D(5)]),
    ],
)
def test_lines_have_the_rates_whose_amounts_they_make_in_one_way_only(amounts: list[str], found: list[Decimal | None]) -> None:
    taxes = (TaxLine(rate=D(20), taxable_amount=D(100)), TaxLine(rate=D(5), taxable_amount=D(50)))
    totals = Totals({"net_total": D(150)}, {}, taxes, {f"tax_breakdown.{k}.rate": SHOWN for k in range(2)}, (), None)
    assert [item.tax_rate for item in with_rates_by_base(tuple(LineItem(net_amount=D(a)) for a in amounts), totals, {})] == found


def with_gross(amounts: list[tuple[str, str]], *taxes: TaxLine, **values: str) -> set[bool]:
    totals = Totals({name: D(value) for name, value in values.items()}, {}, taxes, {}, (), None)
    lines = tuple(LineItem(net_amount=D(a), tax_rate=D(r)) for a, r in amounts)
    evidence = {f"line_items.{k}.net_amount": SHOWN for k in range(len(lines))}
    return {item.gross_amount is not None for item in with_tax_inside(lines, totals, evidence)}


def test_prices_of_several_rates_hold_the_tax_where_they_make_the_total_with_tax() -> None:
    taxes = (TaxLine(rate=D(19), tax_amount=D(19)), TaxLine(rate=D(7), tax_amount=D(7)))
    amounts = [("119.00", "19"), ("107.00", "7")]
    assert with_gross(amounts, *taxes, net_total="200.00", tax_total="26.00", gross_total="226.00") == {True}
    assert with_gross(amounts, *taxes, tax_total="26.00", gross_total="226.00") == {True}  # each tax is its rate's share of its lines


def test_prices_hold_no_tax_where_they_make_the_total_without() -> None:
    assert with_gross([("119.00", "19"), ("107.00", "7")], net_total="226.00", tax_total="30.10", gross_total="256.10") == {False}
    assert with_gross([("119.00", "19"), ("107.00", "7")], tax_total="30.10", gross_total="226.00") == {False}


@pytest.mark.parametrize(
    ("read", "tax", "found"),
    [
        (["80", "20"], "20.00", [None, D(20)]),  # a degree of progress
        (["1.2", "10"], "0.00", [None, None]),  # numbers of chapters
        (["20", "20"], "0.00", [D(20), D(20)]),  # the page contradicts itself: the rules say so
        (["0", "0"], "0.00", [D(0), D(0)]),
    ],
)
def test_what_can_be_no_tax_rate_is_none(read: list[str], tax: str, found: list[Decimal | None]) -> None:
    totals = Totals({"net_total": D(100), "tax_total": D(tax)}, {}, (), {}, (), None)
    lines = [LineItem(net_amount=D(50), tax_rate=D(rate)) for rate in read]
    assert [item.tax_rate for item in without_rates_of_no_tax(lines, totals, {})] == found


def test_a_rate_that_the_table_of_taxes_prints_is_one() -> None:
    totals = Totals({"net_total": D(100), "tax_total": D(45)}, {}, (TaxLine(rate=D(45)),), {}, (), None)
    assert without_rates_of_no_tax([LineItem(net_amount=D(100), tax_rate=D(45))], totals, {})[0].tax_rate == 45
