"""Rows as trades price them: for a hundred or a thousand, to the hundredth of a cent, for weeks or insertions, with discounts on many of them."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from extractors.training.amounts import Row
from extractors.training.locales import rounded
from extractors.training.manners import Manners

PERCENTS = ("5", "10", "15", "20", "2", "3", "7.5", "12.5", "25", "30", "4", "8", "1.5")
LEAST = Decimal("0.01")


def shape_rows(manners: Manners, rows: list[Row], places: int) -> list[Row]:
    """Change quantities, prices and discounts as the document's manners ask; the caller prices the rows anew. Returns those that changed."""
    rng = manners.draw("rows")
    changed: list[Row] = []
    for row in rows:
        if not row.priced or not row.price:
            continue
        before = (row.quantity, row.price, row.per, row.factor, row.discount_percent)
        if manners.fine and places and row.price > 0 and row.quantity > 0 and rng.random() < 0.85:
            _fine(rng, manners.fine, row)
        if manners.trade == "hire" and rng.random() < 0.8:
            row.factor = Decimal(rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 14, 21, 26)))
            if row.quantity != row.quantity.to_integral_value():
                row.quantity = max(Decimal(1), rounded(row.quantity, 0))
        if manners.conditions and row.price > 0 and row.quantity > 0 and rng.random() < 0.75:
            row.discount_percent = Decimal(rng.choice(PERCENTS))
        if (row.quantity, row.price, row.per, row.factor, row.discount_percent) != before:
            changed.append(row)
    return changed


def _fine(rng: Random, kind: str, row: Row) -> None:
    """A price below the smallest coin's reach: per hundred or thousand, or with three to five decimals."""
    if kind == "per":
        row.per = rng.choice((100, 100, 1000, 10))
        row.quantity = Decimal(rng.choice((50, 100, 150, 200, 250, 400, 500, 800, 1000, 1500, 2000, 2500, 5000, 12000)))
        row.price_places = 2
        row.price = max(LEAST, rounded(row.price, 2))
        return
    row.price_places = rng.choices((3, 4, 5), (30, 55, 15))[0]
    row.price = max(Decimal(1).scaleb(-row.price_places), rounded(Decimal(rng.randrange(20, 99000)) / 100000, row.price_places))
    row.quantity = Decimal(rng.choice((48, 100, 120, 144, 250, 330, 500, 720, 1000, 1250, 2400, 3600, 6120, 10000, 25000)))
