"""Sums and comparisons are exact: nothing depends on binary fractions, on the number of digits or on the order of the lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoices import TODAY, invoice, line, tax

from schemas.arithmetic import EXACT, half_unit, plausible, rounded, subset_sums
from schemas.invoice import Severity
from schemas.rules import RuleContext, validate

CONTEXT = RuleContext(TODAY)
cents = st.integers(min_value=1, max_value=10**15)
amounts = st.decimals(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(cents, min_size=1, max_size=12), st.integers(min_value=1, max_value=5))
def test_true_sums_pass_and_one_cent_more_does_not(values: list[int], off: int) -> None:
    lines = tuple(line("1", str(Decimal(value).scaleb(-2)), str(Decimal(value).scaleb(-2)), rate=None) for value in values)
    net = Decimal(sum(values)).scaleb(-2)
    gross = net + Decimal("19.00")
    header = {"net_total": net, "gross_total": gross, "amount_due": gross}
    right = invoice(lines=lines, breakdown=(tax("19", None),), header=header)
    wrong_lines = right.replace(line_items=(*lines, line("1", f"0.0{off}", f"0.0{off}", rate=None)))
    wrong_gross = right.replace(header=replace(right.header, gross_total=gross + Decimal(off).scaleb(-2)))
    found = [
        {issue.rule for issue in issues if issue.severity is Severity.ERROR}
        for issues in validate([right, wrong_lines, wrong_gross], context=CONTEXT)
    ]
    assert found == [set(), {"BR-CO-10"}, {"BR-CO-15"}]


@settings(max_examples=60, deadline=None)
@given(st.lists(amounts, min_size=5, max_size=5))
def test_no_number_makes_the_judge_stumble(values: list[Decimal]) -> None:
    net, price, quantity, rate, due = values
    document = invoice(
        lines=(replace(line(), unit_price=price, quantity=quantity, tax_rate=rate),), header={"net_total": net, "amount_due": due}
    )
    assert validate([document], context=CONTEXT)


@given(st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=2), max_size=8))
def test_subset_sums_are_those_of_fractions(steps: list[Decimal]) -> None:
    expected = {Fraction(0)}
    for step in steps:
        expected |= {value + Fraction(step) for value in expected}
    assert {Fraction(value) for value in subset_sums(steps)} == expected


def test_many_adjustments_stay_cheap() -> None:
    assert len(subset_sums([Decimal(n) for n in range(1, 400)])) < 1000


def test_the_exact_context_refuses_to_round() -> None:
    with localcontext(EXACT), pytest.raises(Inexact):
        _ = Decimal(1) / Decimal(3)


def test_rounding_and_limits() -> None:
    assert rounded(Decimal("0.125"), 2) == Decimal("0.13")
    assert half_unit(2) == Decimal("0.005")
    assert not plausible(Decimal("1E+30"))
    assert not plausible(Decimal("Infinity"))
    assert plausible(Decimal("-123456789012345678.123456789012"))
