"""What every line is for the books: VAT treatment, spend category, tax codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from schemas.bookkeeping import Bookkeeping
from schemas.invoice import Invoice, LineItem


def categorised(invoices: Sequence[Invoice], texts: Sequence[str], bookkeeping: Bookkeeping) -> list[Invoice]:
    """VAT treatment, spend category and tax codes of every line. ``texts`` are the pages' texts."""
    from extractors.spend_category import ItemText, categorize
    from schemas.bookkeeping import own_categories, own_tax_codes
    from schemas.printed_gaps import with_printed_gaps
    from schemas.tax_treatment import assign_tax_categories

    items = [
        ItemText(line.description or "", invoice.header.seller_name, invoice.language, document=f"{number}")
        for number, invoice in enumerate(invoices)
        for line in invoice.line_items
    ]
    categories = iter(categorize(items))
    result: list[Invoice] = []
    for invoice, text in zip(invoices, texts, strict=True):
        lines: list[LineItem] = []
        for line in invoice.line_items:
            category, probability = next(categories)
            lines.append(replace(line, spend_category=category, spend_category_probability=probability))
        categorised = own_categories(invoice.replace(line_items=tuple(lines)), bookkeeping)
        treated = assign_tax_categories(with_printed_gaps(categorised, text), text)  # goods or services matter to it
        result.append(own_tax_codes(treated, bookkeeping))
    return result
