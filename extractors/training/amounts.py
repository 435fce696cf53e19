"""Rows, taxes and totals whose arithmetic is exact: the printed numbers of one document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random

from extractors.training.locales import WHOLE_CURRENCIES, Country, rounded

ZERO = Decimal(0)
CATEGORY_OF_REGIME = {"reverse_charge": "AE", "intra": "K", "export": "G", "exempt": "E", "small": "E", "margin": "E", "none": "O"}


@dataclass(slots=True)
class Row:
    """One item. ``net`` and ``gross`` are line totals; ``details`` prose under the name; ``notes`` (kind, number) attribute lines."""

    name: str
    code: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    rate: Decimal
    category: str
    tax: Decimal
    gross: Decimal
    day: date
    price_places: int = 2
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    details: list[str] = field(default_factory=list[str])
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    section: int = 0
    person: str = ""
    spend: str = ""
    spend_told: bool = False  # whether the name tells the category
    per: int = 1  # the price is for so many units
    reading: Decimal = ZERO  # what a meter showed before
    priced: bool = True  # False: only description and amount make sense
    factor: Decimal = Decimal(1)  # weeks, days or insertions that the quantity counts for

    def negate(self, *, quantity: bool) -> None:
        self.net, self.tax, self.gross = -self.net, -self.tax, -self.gross
        if quantity:
            self.quantity = -self.quantity
        else:
            self.price = -self.price
        if self.discount_amount is not None:
            self.discount_amount = -self.discount_amount


@dataclass(slots=True)
class Adjustment:
    """``kind``: allowance, charge, shipping, deposit, prepaid, rounding or withholding; ``amount`` in the kind's direction."""

    kind: str
    amount: Decimal
    percent: Decimal | None = None

    @property
    def label(self) -> str:
        return {"shipping": "charge", "deposit": "charge"}.get(self.kind, self.kind)

    @property
    def in_net(self) -> bool:
        return self.label in ("allowance", "charge")


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One row of the tax breakdown; ``name`` is the tax's own name where a country splits it (CGST, SGST, PST)."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    name: str = ""

    def negated(self) -> TaxPart:
        return replace(self, base=-self.base, tax=-self.tax)


@dataclass(frozen=True, slots=True)
class Totals:
    lines: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    due: Decimal

    def negated(self) -> Totals:
        return Totals(-self.lines, -self.net, -self.tax, -self.gross, -self.due)


def make_adjustments(rng: Random, rows: list[Row], country: Country, regime: str, code: str, document_type: str) -> list[Adjustment]:
    """Document-level allowances, charges, prepayments, rounding and withholding."""
    sales = country.tax == "sales"
    base = sum(((r.gross if regime == "inclusive" else r.net) for r in rows), ZERO)
    out: list[Adjustment] = []
    places = 0 if country.currency in WHOLE_CURRENCIES else 2
    if base <= 5:
        return out
    if rng.random() < (0.2 if sales else 0.09):
        percent = Decimal(rng.choice(("2", "3", "5", "10", "15", "7.5"))) if rng.random() < 0.6 else None
        amount = rounded(base * percent / 100, places) if percent else rounded(base * Decimal(rng.randrange(1, 20)) / 100, places)
        out.append(Adjustment("allowance", amount, percent))
    if rng.random() < (0.45 if sales else 0.14):
        out.append(
            Adjustment(
                "shipping",
                rounded(Decimal(rng.randrange(290, 9900)) / 100 if rng.random() < 0.6 else Decimal(rng.randrange(3, 120)), places),
            )
        )
    if rng.random() < 0.05:
        out.append(Adjustment(rng.choice(("charge", "charge", "deposit")), rounded(Decimal(rng.randrange(100, 6000)) / 100, places)))
    if rng.random() < 0.08 and document_type == "invoice":
        percent = Decimal(rng.choice((100, 50, 30, 20, 10, 40)))
        out.append(Adjustment("prepaid", percent))  # a share until the gross total is known
    if (code in ("ES", "IT") and rng.random() < 0.14) or (code in ("IN", "TR") and rng.random() < 0.06):
        out.append(
            Adjustment("withholding", ZERO, Decimal(rng.choice({"ES": ("15", "7", "19"), "IT": ("20", "4")}.get(code, ("10", "2")))))
        )
    if (code in ("CH", "SE", "DK", "AU", "NO") and rng.random() < 0.22) or rng.random() < 0.015:
        out.append(Adjustment("rounding", ZERO))
    return out


def total_up(
    rows: list[Row], adjustments: list[Adjustment], regime: str, currency: str, *, seller_country: str, buyer_country: str, rng: Random
) -> tuple[Totals, list[TaxPart]]:
    """Totals and tax breakdown; document-level allowances and charges are taxed like the first row. Fills in what
    prepayment, withholding and rounding come to."""
    places = 0 if currency in WHOLE_CURRENCIES else 2
    inclusive = regime == "inclusive"
    lines = sum(((r.gross if inclusive else r.net) for r in rows), ZERO)
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for row in rows:
        key = (row.category, row.rate)
        bases[key] = bases.get(key, ZERO) + (row.gross if inclusive else row.net)
    main = (rows[0].category, rows[0].rate)
    for adjustment in adjustments:
        if adjustment.in_net:
            bases[main] += adjustment.amount * (-1 if adjustment.label == "allowance" else 1)
    parts: list[TaxPart] = []
    for (category, rate), base in sorted(bases.items(), key=lambda kv: -kv[0][1]):
        if inclusive:
            tax = rounded(base * rate / (100 + rate), places)
            parts.append(TaxPart(category, rate, base - tax, tax))
        elif regime == "split" and rate:
            parts.extend(_split_tax(rng, category, rate, base, places, seller_country))
        else:
            parts.append(TaxPart(category, rate, base, rounded(base * rate / 100, places)))
    tax = sum((p.tax for p in parts), ZERO)
    after = sum((a.amount * (-1 if a.label == "allowance" else 1) for a in adjustments if a.in_net), ZERO)
    net = lines + after - (tax if inclusive else ZERO)
    gross = net + tax
    due = gross
    for adjustment in adjustments:
        if adjustment.kind == "prepaid":
            share = adjustment.amount
            adjustment.amount = rounded(gross * share / 100, 0 if share != 100 and rng.random() < 0.5 else places)
            due -= adjustment.amount
        elif adjustment.kind == "withholding":
            adjustment.amount = rounded(net * (adjustment.percent or ZERO) / 100, places)
            due -= adjustment.amount
    for adjustment in [a for a in adjustments if a.kind == "rounding"]:
        step = Decimal("0.05") if currency in ("CHF", "AUD") else Decimal(1)
        target = rounded(due / step, 0) * step
        adjustment.amount = target - due
        due = target
        if not adjustment.amount:
            adjustments.remove(adjustment)
    return Totals(lines, net, tax, gross, due), parts


def _split_tax(rng: Random, category: str, rate: Decimal, base: Decimal, places: int, country: str) -> list[TaxPart]:
    if country == "IN":
        half = rounded(base * rate / 200, places)
        return [TaxPart(category, rate / 2, base, half, "CGST"), TaxPart(category, rate / 2, base, half, "SGST")]
    other, name = rng.choice(((Decimal(7), "PST"), (Decimal("9.975"), "QST"), (Decimal(6), "PST")))
    return [
        TaxPart(category, Decimal(5), base, rounded(base * 5 / 100, places), "GST"),
        TaxPart(category, other, base, rounded(base * other / 100, places), name),
    ]
