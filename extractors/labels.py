"""The label set of the specialist: one name for each kind of word that an invoice shows.

A word's label is one of `FIELDS` or ``O``. Tags are BIO over fields (``B-line.description`` starts a span).
A word of a line item also belongs to a row; rows are found through the row's anchor (see `extractors.assembly.rows`).
"""

from __future__ import annotations

HEADER_LABELS: tuple[str, ...] = (
    "header.invoice_number", "header.issue_date", "header.due_date", "header.purchase_order", "header.currency",
    "header.seller_name", "header.seller_vat_id", "header.buyer_name", "header.buyer_vat_id", "header.iban",
    "header.net_total", "header.tax_total", "header.gross_total", "header.amount_due",
)  # fmt: skip

ADJUSTMENT_LABELS: tuple[str, ...] = (
    "adjustment.allowance", "adjustment.charge", "adjustment.prepaid", "adjustment.rounding", "adjustment.withholding",
)  # fmt: skip

TOTAL_LABELS: tuple[str, ...] = ("total.line_total",)  # sum of the lines before allowances and charges (BT-106), where printed apart

TAX_LABELS: tuple[str, ...] = ("tax.category", "tax.rate", "tax.taxable_amount", "tax.tax_amount")

LINE_LABELS: tuple[str, ...] = (
    "line.position", "line.item_code", "line.description", "line.quantity", "line.unit", "line.unit_price", "line.discount",
    "line.net_amount", "line.gross_amount", "line.tax_rate", "line.tax_amount", "line.tax_category", "line.note",
)  # fmt: skip

FIELDS: tuple[str, ...] = HEADER_LABELS + ADJUSTMENT_LABELS + TOTAL_LABELS + TAX_LABELS + LINE_LABELS

TAGS: tuple[str, ...] = ("O", *(f"{prefix}-{name}" for name in FIELDS for prefix in ("B", "I")))
TAG_INDEX: dict[str, int] = {tag: index for index, tag in enumerate(TAGS)}

DOCUMENT_TYPES: tuple[str, ...] = (
    "invoice", "credit_note", "quote", "order_confirmation", "purchase_order", "delivery_note", "statement", "reminder", "payslip", "letter",
)  # fmt: skip

LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro", "other")
