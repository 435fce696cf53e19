"""Sums over many documents: by seller, by tax, by what was bought. Exact to four decimals, which is as far as line amounts are printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, case, cast, func, select

from warehouse.database import Database
from warehouse.document_lists import Conditions
from warehouse.tables import DocumentRow, InvoiceRow, IssueRow, LineItemRow, TaxLineRow

SCALE = 10_000


@dataclass(frozen=True, slots=True)
class SellerFigures:
    name: str
    documents: int
    touchless: int
    accounts: int  # different bank accounts on its invoices
    account_changes: int  # invoices that the rule on changed bank details stopped or marked


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """``group`` is a tax category with its rate, a spend category, a code or a month; amounts in ``currency``."""

    group: tuple[str, ...]
    currency: str
    documents: int
    net: Decimal
    tax: Decimal | None


def sellers(database: Database, *, since: date, until: date, limit: int = 100) -> list[SellerFigures]:
    """The sellers of a period, those with most documents first."""
    where = Conditions(since=since, until=until).where()
    touchless = func.sum(case(((DocumentRow.state == "accepted") & (DocumentRow.route != "human"), 1), else_=0))
    count = func.count()
    query = (
        select(InvoiceRow.seller_name, count, touchless, func.count(InvoiceRow.iban.distinct()))
        .join(DocumentRow, DocumentRow.id == InvoiceRow.document_id)
        .where(*where, InvoiceRow.seller_name.is_not(None))
        .group_by(InvoiceRow.seller_name)
        .order_by(count.desc(), InvoiceRow.seller_name)
        .limit(limit)
    )
    changed = (
        select(InvoiceRow.seller_name, func.count(IssueRow.document_id.distinct()))
        .join(InvoiceRow, InvoiceRow.document_id == IssueRow.document_id)
        .join(DocumentRow, DocumentRow.id == IssueRow.document_id)
        .where(*where, IssueRow.rule == "LI-BANK")
        .group_by(InvoiceRow.seller_name)
    )
    with database.read() as session:
        changes = dict(session.execute(changed).all())
        rows = session.execute(query).all()
    return [SellerFigures(name or "", number, alone, accounts, changes.get(name, 0)) for name, number, alone, accounts in rows]


def tax_by_rate(database: Database, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' VAT breakdowns by category and rate. Days are those of issue."""
    query = (
        select(
            TaxLineRow.category,
            TaxLineRow.rate,
            InvoiceRow.currency,
            func.count(TaxLineRow.document_id.distinct()),
            _sum(_signed(TaxLineRow.taxable_amount)),
            _sum(_signed(TaxLineRow.tax_amount)),
        )
        .join(InvoiceRow, InvoiceRow.document_id == TaxLineRow.document_id)
        .join(DocumentRow, DocumentRow.id == TaxLineRow.document_id)
        .where(*_issued(since, until))
        .group_by(TaxLineRow.category, TaxLineRow.rate, InvoiceRow.currency)
    )
    with database.read() as session:
        return _totals([((category or "?", _plain(rate)), *rest) for category, rate, *rest in session.execute(query)])


def tax_by_month(database: Database, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' totals by month of issue."""
    with database.read() as session:
        postgresql = session.get_bind().dialect.name == "postgresql"
        month = func.to_char(InvoiceRow.issue_date, "YYYY-MM") if postgresql else func.strftime("%Y-%m", InvoiceRow.issue_date)
        query = (
            select(month, InvoiceRow.currency, func.count(), _sum(_signed(InvoiceRow.net_total)), _sum(_signed(InvoiceRow.tax_total)))
            .join(DocumentRow, DocumentRow.id == InvoiceRow.document_id)
            .where(*_issued(since, until))
            .group_by(month, InvoiceRow.currency)
        )
        return _totals([((str(when),), *rest) for when, *rest in session.execute(query)])


def spend_by_category(database: Database, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' lines by what was bought and the codes that follow from it."""
    query = (
        select(
            LineItemRow.spend_category,
            InvoiceRow.currency,
            func.count(LineItemRow.document_id.distinct()),
            _sum(_signed(func.coalesce(LineItemRow.net_amount, LineItemRow.gross_amount))),
        )
        .join(InvoiceRow, InvoiceRow.document_id == LineItemRow.document_id)
        .join(DocumentRow, DocumentRow.id == LineItemRow.document_id)
        .where(*_issued(since, until))
        .group_by(LineItemRow.spend_category, InvoiceRow.currency)
    )
    with database.read() as session:
        return _totals([((category or "unknown",), *rest, None) for category, *rest in session.execute(query)])


def spend_by_code(database: Database, jurisdiction: str, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' lines by their code in one jurisdiction. ``jurisdiction`` is a key of the lines' tax codes."""
    code = LineItemRow.tax_codes[jurisdiction].as_string()
    query = (
        select(
            code,
            InvoiceRow.currency,
            func.count(LineItemRow.document_id.distinct()),
            _sum(_signed(func.coalesce(LineItemRow.net_amount, LineItemRow.gross_amount))),
        )
        .join(InvoiceRow, InvoiceRow.document_id == LineItemRow.document_id)
        .join(DocumentRow, DocumentRow.id == LineItemRow.document_id)
        .where(*_issued(since, until))
        .group_by(code, InvoiceRow.currency)
    )
    with database.read() as session:
        return _totals([((str(name) if name is not None else "none",), *rest, None) for name, *rest in session.execute(query)])


def _issued(since: date, until: date) -> list[ColumnElement[bool]]:
    return [DocumentRow.state == "accepted", InvoiceRow.issue_date >= since, InvoiceRow.issue_date < until + timedelta(days=1)]


def _signed(amount: Any) -> ColumnElement[Any]:
    """A credit note's amounts count against."""
    number = cast(amount, Float)
    return case((InvoiceRow.document_type == "credit_note", -func.abs(number)), else_=number)


def _sum(number: Any) -> ColumnElement[Any]:
    """A sum of whole ten-thousandths: exact where each amount is below nine hundred thousand million."""
    return func.sum(cast(func.round(number * SCALE), BigInteger))


def _totals(rows: list[Any]) -> list[TaxTotal]:
    found = [TaxTotal(group, currency or "?", count, _amount(net) or Decimal(0), _amount(tax)) for group, currency, count, net, tax in rows]
    return sorted(found, key=lambda total: (total.currency, total.group))


def _amount(scaled: Any) -> Decimal | None:
    return None if scaled is None else (Decimal(int(scaled)) / SCALE).quantize(Decimal("0.01"))


def _plain(rate: Decimal | None) -> str:
    return "?" if rate is None else format(rate.normalize(), "f")
