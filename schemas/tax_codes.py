"""From what was bought and how it was taxed to the codes that a bookkeeper or a return asks for.

No tax law in code: the table ``data/tax_codes.csv`` holds every code with its source and the days it is valid; the most exact row wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

from schemas.countries import seller_country
from schemas.invoice import SPEND_CATEGORIES, TAX_CATEGORIES, Invoice, LineItem
from schemas.tables import TableRow, read_table

JURISDICTIONS: tuple[str, ...] = (
    "us_schedule_c",
    "us_deductible_percent",
    "uk_sa103f",
    "uk_mtd",
    "de_skr03",
    "de_input_vat_key",
    "eu_input_vat",
)
"""Those of the shipped table; an own table may add others."""

_COLUMNS = ("jurisdiction", "spend_category", "tax_category", "country", "rate", "code", "label", "valid_from", "valid_to", "source")


@dataclass(frozen=True, slots=True)
class TaxCode:
    """One row of the table; ``None`` in a condition = any. ``country`` is the seller's, where the tax was charged."""

    jurisdiction: str
    spend_category: str | None
    tax_category: str | None
    country: str | None
    rate: Decimal | None
    code: str
    label: str
    valid_from: date
    valid_to: date | None
    source: str
    own: bool = False  # a bookkeeper's: wins over shipped ones

    @property
    def exactness(self) -> int:
        return sum(condition is not None for condition in (self.spend_category, self.tax_category, self.country, self.rate))

    def fits(self, item: LineItem, *, country: str | None, on: date) -> bool:
        return (
            self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
            and self.spend_category in (None, item.spend_category)
            and self.tax_category in (None, item.tax_category)
            and self.country in (None, country)
            and self.rate in (None, item.tax_rate)
        )


@cache
def shipped_tax_codes() -> tuple[TaxCode, ...]:
    """The table of the package."""
    return parse_tax_codes(None)


def names_of_codes(jurisdiction: str) -> dict[str, str]:
    """What the shipped table calls a code, without what it adds in brackets. Codes that stand for several things have no name."""
    found: dict[str, set[str]] = {}
    for each in shipped_tax_codes():
        if each.jurisdiction == jurisdiction:
            found.setdefault(each.code, set()).add(each.label.partition(" (")[0])
    return {code: names.pop() for code, names in found.items() if len(names) == 1}


def parse_tax_codes(text: str | None, *, file: str = "tax_codes.csv") -> tuple[TaxCode, ...]:
    """The rows of a table given as CSV text, of the shipped one when None.

    Raises `ConfigurationError` naming file, row and reason: an unusable name of a jurisdiction, an unknown category or country, a bad date or rate, or two rows
    with the same conditions on the same day.
    """
    codes: list[TaxCode] = []
    for row in read_table(file, columns=_COLUMNS, text=text):
        code = _tax_code(row)
        for earlier in codes:
            if _conditions(earlier) == _conditions(code) and _overlap(earlier, code):
                raise row.error(f"the same conditions as another row with code {earlier.code} on the same days")
        codes.append(code)
    return tuple(codes)


def _tax_code(row: TableRow) -> TaxCode:
    jurisdiction = row.text("jurisdiction")
    if not is_jurisdiction(jurisdiction):
        raise row.error(f"jurisdiction must be a name such as de_skr03, found {jurisdiction!r}")
    start, end = row.day("valid_from"), row.day_or_none("valid_to")
    if end is not None and end < start:
        raise row.error(f"valid_to {end} lies before valid_from {start}")
    return TaxCode(
        jurisdiction,
        _choice(row, "spend_category", SPEND_CATEGORIES),
        _choice(row, "tax_category", TAX_CATEGORIES),
        None if row.text("country") == "*" else row.country("country"),
        row.number("rate") if row.cells["rate"].strip() else None,
        row.text("code"),
        row.text("label"),
        start,
        end,
        row.text("source"),
    )


def is_jurisdiction(name: str) -> bool:
    """Whether a name can stand for a set of codes: small letters, digits and underscores, as it becomes a key of the invoice's JSON."""
    return re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) is not None


def _choice(row: TableRow, column: str, allowed: Sequence[str]) -> str | None:
    value = row.text(column)
    if value == "*":
        return None
    if value not in allowed:
        raise row.error(f"{column} must be * or one of {', '.join(allowed)}, found {value!r}")
    return value


def _conditions(code: TaxCode) -> tuple[object, ...]:
    return code.jurisdiction, code.spend_category, code.tax_category, code.country, code.rate


def _overlap(a: TaxCode, b: TaxCode) -> bool:
    return a.valid_from <= (b.valid_to or date.max) and b.valid_from <= (a.valid_to or date.max)


def assign_tax_codes(invoice: Invoice, *, table: Iterable[TaxCode] | None = None) -> Invoice:
    """The invoice with ``tax_codes`` on its lines, one code per jurisdiction that has a row for them.

    A line without an issue date, or whose spend or tax category a jurisdiction needs and nobody knows, gets no code there.
    """
    day = invoice.header.issue_date
    if day is None:
        return invoice.replace(line_items=tuple(replace(item, tax_codes={}) for item in invoice.line_items))
    by_jurisdiction: dict[str, list[TaxCode]] = {}
    for code in shipped_tax_codes() if table is None else table:
        by_jurisdiction.setdefault(code.jurisdiction, []).append(code)
    country = seller_country(invoice)
    items: list[LineItem] = []
    for item in invoice.line_items:
        found: dict[str, str] = {}
        for jurisdiction, codes in by_jurisdiction.items():
            fitting = [code for code in codes if code.fits(item, country=country, on=day)]
            if fitting:
                found[jurisdiction] = max(fitting, key=lambda code: (code.own, code.exactness)).code
        items.append(replace(item, tax_codes=found))
    return invoice.replace(line_items=tuple(items))
