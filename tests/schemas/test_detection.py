"""Right invoices carry no error, and one number changed in one digit does not go unnoticed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from consistent_invoices import HABITS, consistent

from schemas.arithmetic import decimals
from schemas.invoice import Invoice, Severity
from schemas.rules import RuleContext, validate

CONTEXT = RuleContext(date(2026, 6, 30))
MONEY = ("net_total", "tax_total", "gross_total", "amount_due")


def errors(invoices: list[Invoice]) -> list[set[str]]:
    return [{issue.rule for issue in issues if issue.severity is Severity.ERROR} for issues in validate(invoices, context=CONTEXT)]


def misread(value: Decimal, rng: random.Random) -> Decimal:
    sign, digits, _ = value.as_tuple()
    at = rng.randrange(len(digits))
    digit = rng.choice([d for d in range(10) if d != digits[at]])
    return Decimal((sign, (*digits[:at], digit, *digits[at + 1 :]), -decimals(value)))


def changed(document: Invoice, place: str, rng: random.Random) -> Invoice | None:
    """The document with one number of that kind misread; None where it prints none."""
    table, _, name = place.rpartition(".")
    if not table:
        value = getattr(document.header, name)
        return document.replace(header=replace(document.header, **{name: misread(value, rng)})) if value else None
    rows: tuple[Any, ...] = getattr(document, table)
    at = rng.randrange(len(rows))
    value = getattr(rows[at], name)
    if not value:
        return None
    return document.replace(**{table: (*rows[:at], replace(rows[at], **{name: misread(value, rng)}), *rows[at + 1 :])})


MADE = [consistent(random.Random(seed)) for seed in range(330)]


def test_right_invoices_carry_no_error() -> None:
    assert {m.habit for m in MADE} == set(HABITS)
    assert [(m.habit, found) for m, found in zip(MADE, errors([m.invoice for m in MADE]), strict=True) if found] == []


def share_caught(place: str) -> float:
    rng = random.Random(11)
    documents = [document for m in MADE if (document := changed(m.invoice, place, rng)) is not None]
    assert len(documents) > 25
    return sum(map(bool, errors(documents))) / len(documents)


@pytest.mark.parametrize("place", MONEY)
def test_a_misread_total_is_an_error(place: str) -> None:
    assert share_caught(place) > 0.995


@pytest.mark.parametrize(
    ("place", "least"),
    [("net_amount", 0.99), ("gross_amount", 0.88), ("quantity", 0.95), ("unit_price", 0.9)],
)
def test_a_misread_number_of_a_line_is_an_error(place: str, least: float) -> None:
    """Quantities and prices of lines sold by the hundred, cents of amounts with tax, and what lies within the rounding of whole amounts leave room
    that no rule can see."""
    assert share_caught(f"line_items.{place}") > least


def test_a_total_misread_twice_alike_still_contradicts_net_and_tax() -> None:
    rng = random.Random(3)
    documents: list[Invoice] = []
    for m in MADE:
        assert m.invoice.header.gross_total is not None
        wrong = misread(m.invoice.header.gross_total, rng)
        documents.append(m.invoice.replace(header=replace(m.invoice.header, gross_total=wrong, amount_due=wrong)))
    assert sum(map(bool, errors(documents))) / len(documents) > 0.995
