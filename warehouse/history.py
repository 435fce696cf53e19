"""What is already known of an invoice's seller: earlier numbers, amounts and bank accounts, as values for the rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from schemas.business_keys import iban_key, number_key, seller_keys
from schemas.invoice import Invoice
from schemas.rules_types import RuleContext
from warehouse.tables import DocumentRow, InvoiceRow, SellerKeyRow

# Longer keys come from misread pages only; PostgreSQL refuses index entries above 2,700 bytes.
MAX_KEY_LENGTH = 300


def stored_keys(invoice: Invoice) -> list[dict[str, Any]]:
    """Values of the rows that let later documents find this one."""
    number = invoice.header.invoice_number
    found = number_key(number)[:MAX_KEY_LENGTH] if number else None
    return [{"key": key[:MAX_KEY_LENGTH], "number_key": found} for key in seller_keys(invoice.header)]


def known_before(session: Session, invoice: Invoice, *, today: date) -> RuleContext:
    """Everything on record that could contradict ``invoice``: other documents of its seller that were accepted or wait for review.

    Bank accounts count from accepted documents only. Documents with the same bytes are the invoice itself, not a duplicate.
    """
    keys = {key[:MAX_KEY_LENGTH]: key for key in seller_keys(invoice.header)}
    if not keys:
        return RuleContext(today=today)
    header = invoice.header
    own_number = number_key(header.invoice_number) if header.invoice_number else ""
    wanted = {
        "sha256": invoice.sha256,
        "number_key": own_number[:MAX_KEY_LENGTH],
        "issue_date": header.issue_date,
        "number_of": list(keys) if header.invoice_number else [],
        "amount_of": list(keys) if header.gross_total is not None and header.issue_date is not None else [],
        "account_of": list(keys) if header.iban else [],
    }
    invoices: set[tuple[str, str]] = set()
    amounts: set[tuple[str, Decimal, date]] = set()
    accounts: dict[str, set[str]] = {}
    for what, key, gross, iban in session.connection().execute(_KNOWN, wanted):
        match what:
            case "number":
                invoices.add((keys[key], own_number))
            case "amount" if header.issue_date is not None and gross is not None and gross == header.gross_total:
                amounts.add((keys[key], gross, header.issue_date))
            case "account":
                accounts.setdefault(keys[key], set()).add(iban_key(iban or ""))
            case _:
                pass
    return RuleContext(
        today=today,
        known_invoices=frozenset(invoices),
        known_amounts=frozenset(amounts),
        known_bank_accounts={key: frozenset(ibans) for key, ibans in accounts.items()},
    )


def _others(what: str) -> Select[Any, str, Decimal | None, str | None]:
    """Other documents of the sellers whose keys are bound to ``{what}_of``, as (what, key, gross total, IBAN)."""
    newer = aliased(DocumentRow)
    return (
        select(literal_column(f"'{what}'"), SellerKeyRow.key, InvoiceRow.gross_total, InvoiceRow.iban)
        .join(InvoiceRow, InvoiceRow.document_id == SellerKeyRow.document_id)
        .join(DocumentRow, DocumentRow.id == SellerKeyRow.document_id)
        .where(
            SellerKeyRow.key.in_(bindparam(f"{what}_of", expanding=True)),
            DocumentRow.sha256 != bindparam("sha256"),
            DocumentRow.state.in_(("accepted", "review")),
            # What an older pipeline version read counts only until the newer version has read it too.
            ~select(newer.id).where(newer.sha256 == DocumentRow.sha256, newer.id > DocumentRow.id, newer.finished_at.is_not(None)).exists(),
        )
        .distinct()
    )


# One statement, made once: asked of every document.
_KNOWN = union_all(
    _others("number").where(SellerKeyRow.number_key == bindparam("number_key")),
    _others("amount").where(InvoiceRow.issue_date == bindparam("issue_date")),
    _others("account").where(DocumentRow.state == "accepted", InvoiceRow.iban.is_not(None)),
)
