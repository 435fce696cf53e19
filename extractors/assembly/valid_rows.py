"""Which rows are items: a page also shows taxes, allowances, notes and sums in rows that look alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import cast

from extractors.assembly.adjustments import CAPTIONS_OF_TOTALS
from extractors.assembly.caption_words import match, plain
from extractors.assembly.line_items import Row, agrees
from extractors.data_files import read_yaml

CENTS = Decimal("0.05")
MOST_PARTS = 200  # of a bundle or section
_WORD = re.compile(r"[^\W\d_]+")
MOST = 0.6  # of the rows: what they show, an item is expected to show


def valid_rows(rows: Sequence[Row], totals: Iterable[Decimal]) -> list[Row]:
    """The rows that are items. A row that names nothing must at least add up; where most rows have an amount, so must each; a row of nothing that lacks
    what the others show, and a name, is a line of the tax breakdown. Doubtful rows go where the others alone sum up to one of ``totals`` (amounts that may be
    document's net or gross) and all together do not: rows poorer than the rest, sums of their neighbours, rows that do not add up. Where none do, sums of all
    rows before them go."""
    targets = {abs(total) for total in totals}
    more = [row for row in rows if (_names_something(row) and not _is_called_tax(row)) or _adds_up(row)]
    kept = [row for row in more if not _is_tax(row) or _adds_up(row)] or list(rows)
    if len(more) > len(kept) and _reaches(more, targets) and not _reaches(kept, targets):
        kept = more  # "VAT seminar" is sold
    if sum(row.item.amount is not None for row in kept) >= MOST * len(kept):
        kept = [row for row in kept if row.item.amount is not None]
    poor = _poor(kept)
    kept = _without_components(
        [row for row, is_poor in zip(kept, poor, strict=True) if row.item.amount or not is_poor or _is_named(row)] or kept
    )
    if not targets or _reaches(kept, targets):
        untaxed = _without_taxes(kept)
        return untaxed if untaxed and _reaches(untaxed, targets) else kept
    return next((fewer for fewer in _with_fewer_rows(kept, targets) if fewer and _reaches(fewer, targets)), _without_running_sums(kept))


def _with_fewer_rows(rows: Sequence[Row], targets: Iterable[Decimal]) -> Iterator[list[Row]]:
    """What may remain of the rows, the more plausible first."""
    yield [row for row, is_poor in zip(rows, _poor(rows), strict=True) if not is_poor and not _begins_with(row, "sum")]
    yield _without_sums(rows)
    yield list(reversed(_without_sums(list(reversed(rows)))))
    excess = {_sum(rows) - sign * target for target in targets for sign in (1, -1)}
    for k, row in enumerate(rows):
        if row.item.amount in excess and not _adds_up(row):
            yield [*rows[:k], *rows[k + 1 :]]


def _without_taxes(rows: Sequence[Row]) -> list[Row]:
    """Rows without the last ones, if these are called a tax or by a rate alone ("Output tax 9 %", "9 %") and lack what the others show."""
    kept = list(rows)
    for is_poor in reversed(_poor(rows)):
        text = (kept[-1].item.description or "").casefold()
        others = _WORD.findall(_expression("tax", whole=True).sub(" % ", text))
        if not is_poor or len(others) > (1 if _expression("tax", whole=True).search(text) else 0):
            break
        kept.pop()
    return kept


def _without_sums(rows: Sequence[Row]) -> list[Row]:
    """Rows without those whose amount is the sum of the next two or more that remain: headings of bundles and sections."""
    remaining: list[Row] = []
    for row in reversed(rows):
        total = Decimal(0)
        for count, part in enumerate(islice(reversed(remaining), MOST_PARTS), start=1):
            total += part.item.amount or Decimal(0)
            if count > 1 and row.item.amount and total == row.item.amount:
                break
        else:
            remaining.append(row)
    return remaining[::-1]


def _without_running_sums(rows: Sequence[Row]) -> list[Row]:
    """Rows without those whose amount is the sum of all before them, two or more, if they lack what the others show or are called a total."""
    kept: list[Row] = []
    total = Decimal(0)
    for row, is_poor in zip(rows, _poor(rows), strict=True):
        amount = row.item.amount
        if len(kept) > 1 and amount and amount == total and (is_poor or _is_called_total(row)):
            continue
        kept.append(row)
        total += amount or Decimal(0)
    return kept


def _is_called_total(row: Row) -> bool:
    return match("amount", plain(row.item.description or "")) in CAPTIONS_OF_TOTALS or _begins_with(row, "sum")


def _is_called_tax(row: Row) -> bool:
    """Whether most of the row's name is that of a tax."""
    return _is_tax(row) and match("amount", plain(row.item.description or ""), whole=True) is not None


def _without_components(rows: Sequence[Row]) -> list[Row]:
    """Rows without those of price and amount nought that are numbered below the item before them (1, then 1.1, 1.2): what the item consists of."""
    kept: list[Row] = []
    whole: str | None = None
    below = False
    for row in rows:
        position = row.item.position or ""
        free = row.item.amount == 0 and row.item.unit_price == 0
        below = free and (below or (bool(whole) and position.startswith(f"{whole}.")))
        if below:
            continue
        whole = None if free else position
        kept.append(row)
    return kept


def _names_something(row: Row) -> bool:
    return bool(row.item.description or row.item.item_code)


def _is_named(row: Row) -> bool:
    """Whether the row has a name in words that tells of no tax, exemption or law, and of no sum."""
    text = (row.item.description or "").casefold()
    told = "§" in text or any(_expression(kind).search(text) for kind in ("tax", "exemption"))
    return any(map(str.isalpha, text)) and not told and not _begins_with(row, "sum")


def _is_tax(row: Row) -> bool:
    """Whether the row is a line of the tax breakdown: it begins with a tax's name and has no quantity and price of its own."""
    return _begins_with(row, "tax") and (row.item.quantity is None or row.item.unit_price is None)


def _begins_with(row: Row, kind: str) -> bool:
    text = (row.item.description or "").casefold().lstrip(" +-–[%]().:0123456789,")
    return _expression(kind, whole=True).match(text) is not None


@lru_cache(maxsize=8)
def _expression(kind: str, *, whole: bool = False) -> re.Pattern[str]:
    """Any of the phrases of a kind, where a word begins; ``whole``: and where one ends."""
    phrases = "|".join(map(re.escape, _phrases()[kind]))
    return re.compile(rf"(?<!\w)(?:{phrases})" + (r"(?!\w)" if whole else ""))


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[str]]:
    return cast("dict[str, list[str]]", read_yaml("row_phrases.yaml"))


def _adds_up(row: Row) -> bool:
    item = row.item
    if item.amount is None or item.quantity is None or item.unit_price is None:
        return False
    return agrees(item.amount, item.quantity, item.unit_price, item.discount, item.discount_percent)


def _poor(rows: Sequence[Row]) -> list[bool]:
    """Which rows lack a quantity or price that most rows show."""
    usual = [name for name in ("quantity", "unit_price") if sum(getattr(r.item, name) is not None for r in rows) >= MOST * len(rows) / 2]
    return [any(getattr(row.item, name) is None for name in usual) for row in rows]


def _reaches(rows: Sequence[Row], targets: Iterable[Decimal]) -> bool:
    return any(abs(abs(_sum(rows)) - target) <= CENTS for target in targets)


def _sum(rows: Sequence[Row]) -> Decimal:
    return sum((row.item.amount for row in rows if row.item.amount is not None), Decimal(0))
