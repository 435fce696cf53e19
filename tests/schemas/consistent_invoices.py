"""Right invoices of many habits, by a seeded generator: every printed number follows from quantities, prices, rates and adjustments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from schemas.invoice import HEADER_FIELDS, Adjustment, AdjustmentKind, Evidence, Header, Invoice, LineItem, TaxLine

SEEN = Evidence(1, (0, 0, 1, 1), "", 1.0, "task_model")
HABITS = (
    "plain",
    "discount_percent",
    "discount_amount",
    "gross_lines",
    "price_per_hundred",
    "charge",
    "allowance",
    "prepaid",
    "withheld",
    "cash_rounding",
    "whole",
)


@dataclass(frozen=True, slots=True)
class Made:
    habit: str
    invoice: Invoice


def money(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal((0, (1,), -places)), ROUND_HALF_UP)


def consistent(rng: Random) -> Made:
    """One right invoice of 1 to 6 lines and one or two rates, read from a page."""
    habit = rng.choice(HABITS)
    rates = rng.choice([("19",), ("19", "7"), ("7",)])
    places = 0 if habit == "whole" else 2
    lines = tuple(_line(rng, habit, Decimal(rng.choice(rates)), places) for _ in range(rng.randint(1, 6)))
    amounts = [item.gross_amount if habit == "gross_lines" else item.net_amount for item in lines]
    adjustments: tuple[Adjustment, ...] = ()
    bases: dict[Decimal, Decimal] = {}
    for item, amount in zip(lines, amounts, strict=True):
        assert item.tax_rate is not None
        assert amount is not None
        bases[item.tax_rate] = bases.get(item.tax_rate, Decimal(0)) + amount
    if habit in ("charge", "allowance"):
        step = Decimal(rng.randint(100, 900)).scaleb(-2)
        first = next(iter(bases))
        bases[first] += step if habit == "charge" else -step
        adjustments = (Adjustment(AdjustmentKind(habit), step),)
    parts: list[TaxLine] = []
    for rate, base in bases.items():
        tax = money(base * rate / (100 + rate) if habit == "gross_lines" else base * rate / 100, places)
        parts.append(TaxLine("S", rate, base - tax if habit == "gross_lines" else base, tax))
    net = sum((part.taxable_amount or Decimal(0) for part in parts), Decimal(0))
    tax = sum((part.tax_amount or Decimal(0) for part in parts), Decimal(0))
    gross = due = net + tax
    if habit == "prepaid":
        adjustments = (Adjustment(AdjustmentKind.PREPAID, money(gross / 3)),)
        due = gross - adjustments[0].amount
    elif habit == "withheld":
        adjustments = (Adjustment(AdjustmentKind.WITHHOLDING, money(net * 15 / 100)),)
        due = gross - adjustments[0].amount
    elif habit == "cash_rounding":
        due = money(gross * 20, 0) / 20
        adjustments = (Adjustment(AdjustmentKind.ROUNDING, due - gross),) if due != gross else ()
    header = Header(
        invoice_number="R-17", issue_date=date(2026, 5, 4), due_date=date(2026, 6, 3), currency="EUR", seller_name="Farben Ostwald GmbH",
        seller_vat_id="DE136695976", buyer_name="Laden am Markt", net_total=net, tax_total=tax, gross_total=gross, amount_due=due,
    )  # fmt: skip
    evidence = {f"header.{name}": SEEN for name in HEADER_FIELDS if getattr(header, name) is not None}
    return Made(
        habit,
        Invoice(
            id="r17", sha256="", source="", pages=1, header=header, line_items=lines, tax_breakdown=tuple(parts),
            document_adjustments=adjustments, evidence=evidence,
        ),
    )  # fmt: skip


def _line(rng: Random, habit: str, rate: Decimal, places: int) -> LineItem:
    quantity, price = Decimal(rng.randint(1, 60)), Decimal(rng.randint(500, 99_999)).scaleb(-2)
    item = LineItem(description="Wall paint white", quantity=quantity, unit_price=price, tax_rate=rate, tax_category="S")
    product = quantity * price
    if habit == "discount_percent":
        percent = Decimal(rng.choice(["2.5", "5", "10", "33"]))
        return replace(item, discount_percent=percent, net_amount=money(product * (100 - percent) / 100))
    if habit == "discount_amount":
        off = money(product / 8)
        return replace(item, discount=off, net_amount=product - off)
    if habit == "gross_lines":
        return replace(item, gross_amount=money(product))
    if habit == "price_per_hundred":
        return replace(item, quantity=quantity * 100, net_amount=product)
    return replace(item, net_amount=money(product, places))
