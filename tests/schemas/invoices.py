"""Small invoices for the tests of rules and tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.invoice import Adjustment, AdjustmentKind, Header, Invoice, LineItem, TaxLine

TODAY = date(2026, 6, 30)


def line(
    quantity: str = "2", price: str = "50.00", amount: str = "100.00", rate: str | None = "19", category: str | None = "S", **more: Any
) -> LineItem:
    return LineItem(
        description="Wall paint white",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        net_amount=Decimal(amount),
        tax_rate=None if rate is None else Decimal(rate),
        tax_category=category,
        **more,
    )


def tax(rate: str | None = "19", base: str | None = "100.00", amount: str | None = "19.00", category: str | None = "S") -> TaxLine:
    return TaxLine(category, *(None if value is None else Decimal(value) for value in (rate, base, amount)))


def adjustment(kind: AdjustmentKind, amount: str) -> Adjustment:
    return Adjustment(kind, Decimal(amount))


def invoice(
    *,
    lines: tuple[LineItem, ...] | None = None,
    breakdown: tuple[TaxLine, ...] | None = None,
    header: dict[str, Any] | None = None,
    **more: Any,
) -> Invoice:
    """100.00 + 19 % = 119.00 from a German painter to a German shop; every printed value keeps every rule."""
    values: dict[str, Any] = {
        "invoice_number": "R-17",
        "issue_date": date(2026, 5, 4),
        "due_date": date(2026, 6, 3),
        "currency": "EUR",
        "seller_name": "Farben Ostwald GmbH",
        "seller_vat_id": "DE136695976",
        "buyer_name": "Laden am Markt",
        "buyer_vat_id": "DE811907980",
        "iban": "DE89370400440532013000",
        "net_total": Decimal("100.00"),
        "tax_total": Decimal("19.00"),
        "gross_total": Decimal("119.00"),
        "amount_due": Decimal("119.00"),
    }
    for name, value in (header or {}).items():
        is_amount = name.endswith("_total") or name == "amount_due"
        values[name] = Decimal(value) if is_amount and isinstance(value, str) else value
    return replace(
        Invoice(id="r17", sha256="", source="r17.pdf", pages=1),
        header=Header(**values),
        line_items=(line(),) if lines is None else lines,
        tax_breakdown=(tax(),) if breakdown is None else breakdown,
        **more,
    )


def untaxed(category: str, *, notes: tuple[str, ...] = (), rate: str | None = "0", **more: Any) -> Invoice:
    """100.00 without tax in one category."""
    header = {"tax_total": "0.00", "gross_total": "100.00", "amount_due": "100.00", **more.pop("header", {})}
    return invoice(
        lines=more.pop("lines", (line(rate=rate, category=category),)),
        breakdown=more.pop("breakdown", (tax(rate, "100.00", "0.00", category),)),
        header=header,
        notes=notes,
        **more,
    )
