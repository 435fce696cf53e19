"""Which rows are items: a page also shows taxes, allowances, notes and sums in rows that look alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import cast

import yaml

from extractors.assembly.line_items import Row, agrees

CENTS = Decimal("0.05")
MOST = 0.6  # of the rows: what they show, an item is expected to show


def valid_rows(rows: Sequence[Row], totals: Iterable[Decimal]) -> list[Row]:
    """The rows that are items. A row that names nothing must at least add up; where most rows have an amount, so must each. Rows poorer than the rest go
    where the others alone sum up to one of ``totals`` (amounts that may be the document's net or gross) and all together do not."""
    kept = [row for row in rows if (_names_something(row) and not _is_tax(row)) or _adds_up(row)] or list(rows)
    if sum(row.item.amount is not None for row in kept) >= MOST * len(kept):
        kept = [row for row in kept if row.item.amount is not None]
    targets = {abs(total) for total in totals}
    poor = [_is_poor(row, kept) or _begins_with(row, "sum") for row in kept]
    if targets and any(poor) and not all(poor) and not _reaches(kept, targets):
        rich = [row for row, is_poor in zip(kept, poor, strict=True) if not is_poor]
        if _reaches(rich, targets):
            return rich
    return kept


def _names_something(row: Row) -> bool:
    return bool(row.item.description or row.item.item_code)


def _is_tax(row: Row) -> bool:
    """Whether the row is a line of the tax breakdown: it begins with a tax's name and has no quantity and price of its own."""
    return _begins_with(row, "tax") and (row.item.quantity is None or row.item.unit_price is None)


def _begins_with(row: Row, kind: str) -> bool:
    text = (row.item.description or "").casefold().lstrip(" +-–[%]().:0123456789,")
    return any(re.match(rf"{re.escape(phrase)}(?!\w)", text) for phrase in _phrases()[kind])


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[str]]:
    text = files("extractors").joinpath("data/row_phrases.yaml").read_text(encoding="utf-8")
    return cast("dict[str, list[str]]", yaml.safe_load(text))


def _adds_up(row: Row) -> bool:
    item = row.item
    if item.amount is None or item.quantity is None or item.unit_price is None:
        return False
    return agrees(item.amount, item.quantity, item.unit_price, item.discount, item.discount_percent)


def _is_poor(row: Row, rows: Sequence[Row]) -> bool:
    """Whether the row lacks a quantity or price that most rows show."""
    return any(
        getattr(row.item, name) is None and sum(getattr(r.item, name) is not None for r in rows) >= MOST * len(rows) / 2
        for name in ("quantity", "unit_price")
    )


def _reaches(rows: Sequence[Row], targets: Iterable[Decimal]) -> bool:
    total = abs(sum((row.item.amount for row in rows if row.item.amount is not None), Decimal(0)))
    return any(abs(total - target) <= CENTS for target in targets)
