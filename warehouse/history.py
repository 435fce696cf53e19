"""What is already known of an invoice's seller: earlier numbers, amounts and bank accounts, as values for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from schemas.business_keys import iban_key, number_key, seller_keys
from schemas.invoice import Invoice
from schemas.rules_types import RuleContext
from warehouse.tables import DocumentRow, InvoiceRow, SellerKeyRow

# Longer keys come from misread pages only; PostgreSQL refuses index entries above 2,700 bytes.
MAX_KEY_LENGTH = 300


def stored_keys(invoice: Invoice) -> list[SellerKeyRow]:
    """Rows that let later documents find this one."""
    number = invoice.header.invoice_number
    return [
        SellerKeyRow(row=row, key=key[:MAX_KEY_LENGTH], number_key=number_key(number)[:MAX_KEY_LENGTH] if number else None)
        for row, key in enumerate(seller_keys(invoice.header))
    ]


def known_before(session: Session, invoice: Invoice, *, today: date) -> RuleContext:
    """Everything on record that could contradict ``invoice``: other documents of its seller that were accepted or wait for review.

    Bank accounts count from accepted documents only. Documents with the same bytes are the invoice itself, not a duplicate.
    """
    keys = {key[:MAX_KEY_LENGTH]: key for key in seller_keys(invoice.header)}
    if not keys:
        return RuleContext(today=today)
    header = invoice.header
    invoices: set[tuple[str, str]] = set()
    amounts: set[tuple[str, Decimal, date]] = set()
    accounts: dict[str, set[str]] = {}
    if header.invoice_number:
        own_number = number_key(header.invoice_number)
        same_number = _others(invoice, list(keys)).where(SellerKeyRow.number_key == own_number[:MAX_KEY_LENGTH])
        invoices = {(keys[key], own_number) for key, *_ in session.execute(same_number)}
    if header.gross_total is not None and header.issue_date is not None:
        same_day = _others(invoice, list(keys)).where(InvoiceRow.issue_date == header.issue_date)
        amounts = {
            (keys[key], gross, header.issue_date)
            for key, gross, _, _ in session.execute(same_day)
            if gross is not None and gross == header.gross_total
        }
    if header.iban:
        paid = _others(invoice, list(keys)).where(DocumentRow.state == "accepted", InvoiceRow.iban.is_not(None))
        for key, _, iban, _ in session.execute(paid):
            accounts.setdefault(keys[key], set()).add(iban_key(iban or ""))
    return RuleContext(
        today=today,
        known_invoices=frozenset(invoices),
        known_amounts=frozenset(amounts),
        known_bank_accounts={key: frozenset(ibans) for key, ibans in accounts.items()},
    )


def _others(invoice: Invoice, keys: Sequence[str]) -> Select[str, Decimal | None, str | None, date | None]:
    newer = aliased(DocumentRow)
    return (
        select(SellerKeyRow.key, InvoiceRow.gross_total, InvoiceRow.iban, InvoiceRow.issue_date)
        .join(InvoiceRow, InvoiceRow.document_id == SellerKeyRow.document_id)
        .join(DocumentRow, DocumentRow.id == SellerKeyRow.document_id)
        .where(
            SellerKeyRow.key.in_(keys),
            DocumentRow.sha256 != invoice.sha256,
            DocumentRow.state.in_(("accepted", "review")),
            # What an older pipeline version read counts only until the newer version has read it too.
            ~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id, newer.finished_at.is_not(None)).exists(),
        )
        .distinct()
    )
