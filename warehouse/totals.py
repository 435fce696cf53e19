"""Sums over many documents: by seller, by tax, by what was bought. Exact to four decimals, which is as far as line amounts are printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, literal, select

from warehouse.database import Database
from warehouse.document_lists import Conditions
from warehouse.tables import DocumentRow, InvoiceRow, IssueRow
from warehouse.tables_totals import TaxSumRow
from warehouse.tax_sums import SCALE


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
    return _totals([((row.name, _plain(row.rate)), row) for row in _sums(database, "rate", since, until)], taxed=True)


def tax_by_month(database: Database, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' totals by month of issue."""
    return _totals([((f"{row.issue_date:%Y-%m}",), row) for row in _sums(database, "total", since, until)], taxed=True)


def spend_by_category(database: Database, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' lines by what was bought and the codes that follow from it."""
    return _totals([((row.name,), row) for row in _sums(database, "category", since, until)])


def spend_by_code(database: Database, jurisdiction: str, *, since: date, until: date) -> list[TaxTotal]:
    """Accepted documents' lines by their code in one jurisdiction. ``jurisdiction`` is a key of the lines' tax codes."""
    return _totals([((row.name,), row) for row in _sums(database, f"code:{jurisdiction}", since, until)])


def _sums(database: Database, kind: str, since: date, until: date) -> list[Any]:
    """The sums of a period: one row per currency, name and rate, and per day where whole documents are summed."""
    day = TaxSumRow.issue_date if kind == "total" else literal(None).label("issue_date")
    groups = (TaxSumRow.currency, TaxSumRow.name, TaxSumRow.rate, *([TaxSumRow.issue_date] if kind == "total" else []))
    query = (
        select(
            day,
            TaxSumRow.currency,
            TaxSumRow.name,
            TaxSumRow.rate,
            *(
                cast(func.sum(column), BigInteger).label(column.key)
                for column in (TaxSumRow.documents, TaxSumRow.net, TaxSumRow.taxed, TaxSumRow.tax)
            ),
        )
        .where(TaxSumRow.kind == kind, TaxSumRow.issue_date >= since, TaxSumRow.issue_date <= until)
        .group_by(*groups)
        .having(func.sum(TaxSumRow.documents) > 0)
    )
    with database.read() as session:
        return list(session.execute(query))


def _totals(rows: list[tuple[tuple[str, ...], Any]], *, taxed: bool = False) -> list[TaxTotal]:
    """``rows`` added up by group and currency, sorted by currency."""
    found: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for group, row in rows:
        sums = found.setdefault((row.currency, group), [0, 0, 0, 0])
        for place, number in enumerate((row.documents, row.net, row.taxed, row.tax)):
            sums[place] += number
    return [
        TaxTotal(group, currency, documents, _amount(net), _amount(tax) if taxed and counted else None)
        for (currency, group), (documents, net, counted, tax) in sorted(found.items())
    ]


def _amount(scaled: int) -> Decimal:
    return (Decimal(scaled) / SCALE).quantize(Decimal("0.01"))


def _plain(rate: str) -> str:
    return rate if rate == "?" else format(Decimal(rate).normalize(), "f")
