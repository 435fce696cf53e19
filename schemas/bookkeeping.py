"""What a bookkeeper decides: own tax codes, and other answers for one seller or one keyword.

Tables come in as text and are refused with file, row and reason; nothing here opens a file. The columns of an override table are ``seller``,
``keyword``, ``spend_category``, ``jurisdiction``, ``code``, ``valid_from``, ``valid_to``; a row names a seller, a keyword or both, and gives a
category, a code in one jurisdiction, or both. ``seller`` is a VAT id or words of the name, ``keyword`` words of the line's description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schemas.business_keys import name_key, vat_key
from schemas.invoice import SPEND_CATEGORIES, Invoice, LineItem
from schemas.tables import TableRow, read_table
from schemas.tax_codes import TaxCode, assign_tax_codes, is_jurisdiction, shipped_tax_codes

_COLUMNS = ("seller", "keyword", "spend_category", "jurisdiction", "code", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Override:
    """One row. ``file`` and ``line`` say where it stands, for the person who asks why."""

    seller: str | None
    keyword: str | None
    spend_category: str | None
    jurisdiction: str | None
    code: str | None
    valid_from: date
    valid_to: date | None
    file: str
    line: int

    @property
    def weight(self) -> tuple[int, int]:
        """Larger decides: seller and keyword before keyword alone before seller alone, then the more words."""
        words = len(f"{self.keyword or ''} {self.seller or ''}".split())
        return 2 * (self.keyword is not None) + (self.seller is not None), words

    def fits(self, description: str | None, *, seller: str | None, seller_vat_id: str | None, on: date | None) -> bool:
        """Whether the row speaks of this line; without a date it speaks of every day."""
        if on is not None and not (self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)):
            return False
        if self.keyword is not None and not _contains(description, self.keyword):
            return False
        if self.seller is None:
            return True
        return _contains(seller, self.seller) or (seller_vat_id is not None and vat_key(seller_vat_id) == vat_key(self.seller))


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """All tables in force. ``digest`` names their content: the result of a document depends on it; empty for the shipped tables alone."""

    codes: tuple[TaxCode, ...] | None = None  # None: the shipped table
    overrides: tuple[Override, ...] = ()
    digest: str = ""


def with_own_codes(own: Sequence[TaxCode]) -> tuple[TaxCode, ...]:
    """The shipped codes and own ones; where both fit a line, the own one wins."""
    return (*shipped_tax_codes(), *(replace(code, own=True) for code in own))


def parse_overrides(text: str, *, file: str) -> tuple[Override, ...]:
    """The rows of an override table given as CSV or YAML text (by the ending of ``file``).

    Raises `ConfigurationError` naming file, row and reason: nobody named, nothing decided, an unknown category, a jurisdiction without code,
    a bad date, or a row that contradicts an earlier one.
    """
    rows: list[Override] = []
    for row in read_table(file, columns=_COLUMNS, text=text):
        override = _override(row)
        for earlier in rows:
            if _same_subject(earlier, override) and _contradicts(earlier, override):
                raise row.error(f"says something else than row {earlier.line} on the same seller and keyword for the same days")
        rows.append(override)
    return tuple(rows)


def _override(row: TableRow) -> Override:
    seller, keyword, category, jurisdiction, code = (row.cells[name].strip() or None for name in _COLUMNS[:5])
    if not any(name is not None and name_key(name) for name in (seller, keyword)):
        raise row.error("expected a seller or a keyword, found neither")
    if category is None and code is None:
        raise row.error("expected a spend_category or a code, found neither")
    if category is not None and category not in SPEND_CATEGORIES:
        raise row.error(f"spend_category must be one of {', '.join(SPEND_CATEGORIES)}, found {category!r}")
    if (jurisdiction is None) != (code is None):
        raise row.error("jurisdiction and code belong together, found only one of them")
    if jurisdiction is not None and not is_jurisdiction(jurisdiction):
        raise row.error(f"jurisdiction must be a name such as de_skr03, found {jurisdiction!r}")
    start = row.day_or_none("valid_from") or date.min
    end = row.day_or_none("valid_to")
    if end is not None and end < start:
        raise row.error(f"valid_to {end} lies before valid_from {start}")
    return Override(seller, keyword, category, jurisdiction, code, start, end, row.file, row.line)


def _same_subject(a: Override, b: Override) -> bool:
    alike = all(name_key(x or "") == name_key(y or "") for x, y in ((a.seller, b.seller), (a.keyword, b.keyword)))
    return alike and a.valid_from <= (b.valid_to or date.max) and b.valid_from <= (a.valid_to or date.max)


def _contradicts(a: Override, b: Override) -> bool:
    categories = None not in (a.spend_category, b.spend_category) and a.spend_category != b.spend_category
    return categories or (a.jurisdiction is not None and a.jurisdiction == b.jurisdiction and a.code != b.code)


def _contains(text: str | None, words: str) -> bool:
    """Whether whole words stand side by side in a text; letter case, accents and punctuation do not count."""
    return f" {name_key(words)} " in f" {name_key(text or '')} "


def overrides_of(item: LineItem, invoice: Invoice, overrides: Sequence[Override]) -> Iterator[Override]:
    """The overrides that speak of one line, the one that decides first."""
    header = invoice.header
    fitting = [
        override
        for override in overrides
        if override.fits(item.description, seller=header.seller_name, seller_vat_id=header.seller_vat_id, on=header.issue_date)
    ]
    yield from sorted(fitting, key=lambda override: override.weight, reverse=True)


def own_categories(invoice: Invoice, bookkeeping: Bookkeeping) -> Invoice:
    """The invoice with the spend categories that the bookkeeper named, as certain; call it before anything follows from the category."""
    items: list[LineItem] = []
    for item in invoice.line_items:
        named = next((o.spend_category for o in overrides_of(item, invoice, bookkeeping.overrides) if o.spend_category), None)
        items.append(item if named is None else replace(item, spend_category=named, spend_category_probability=1.0))
    return invoice.replace(line_items=tuple(items)) if bookkeeping.overrides else invoice


def own_tax_codes(invoice: Invoice, bookkeeping: Bookkeeping) -> Invoice:
    """The invoice with the codes of the tables and, above them, those that the bookkeeper named for a seller or keyword."""
    invoice = assign_tax_codes(invoice, table=bookkeeping.codes)
    if not bookkeeping.overrides:
        return invoice
    items: list[LineItem] = []
    for item in invoice.line_items:
        codes = dict(item.tax_codes)
        for override in reversed(list(overrides_of(item, invoice, bookkeeping.overrides))):  # the one that decides comes last
            if override.jurisdiction is not None and override.code is not None:
                codes[override.jurisdiction] = override.code
        items.append(replace(item, tax_codes=codes))
    return invoice.replace(line_items=tuple(items))
