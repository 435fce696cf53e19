"""The sums of the tax page stay what adding everything up anew would give, whatever happens to the documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from records import accept_as_is, invoice_of, record
from sqlalchemy import select

from schemas.invoice import DocumentType, Invoice, LineItem, Status, TaxLine
from warehouse.database import Database
from warehouse.documents import replace_result
from warehouse.tables import DocumentRow
from warehouse.tables_totals import TaxSumRow
from warehouse.tax_sums import rebuild
from warehouse.totals import spend_by_category, spend_by_code, tax_by_month, tax_by_rate

MAY = {"since": date(2026, 5, 1), "until": date(2026, 5, 31)}


def bought(content: str, net: str, *, day: int = 4, kind: DocumentType = DocumentType.INVOICE, rate: str = "19") -> Invoice:
    amount = Decimal(net)
    header: dict[str, Any] = {
        "issue_date": date(2026, 5, day),
        "net_total": amount,
        "tax_total": Decimal("1.90"),
        "invoice_number": content,
    }
    return invoice_of(content, **header).replace(
        document_type=kind,
        tax_breakdown=(TaxLine("S", Decimal(rate), amount, Decimal("1.90")),),
        line_items=(
            LineItem(net_amount=amount - 1, spend_category="travel", tax_codes={"de_skr03": "4670"}),
            LineItem(net_amount=Decimal(1), spend_category="telecom"),
        ),
    )


def kept(database: Database) -> list[tuple[Any, ...]]:
    columns = TaxSumRow.__table__.columns
    with database.read() as session:
        return sorted(tuple(row) for row in session.execute(select(*columns).where(TaxSumRow.documents != 0)))


def replaced(database: Database, document_id: int, invoice: Invoice) -> None:
    with database.write() as session:
        document = session.get_one(DocumentRow, document_id)
        replace_result(session, document, accept_as_is(invoice, None))  # type: ignore[arg-type]


def test_amounts_are_summed_exactly_and_credit_notes_count_against(database: Database) -> None:
    record(database, bought("a", "10.10"))
    record(database, bought("b", "20.25", day=5, rate="19.00"))
    record(database, bought("c", "5.05", kind=DocumentType.CREDIT_NOTE))
    record(database, bought("d", "99.00").replace(status=Status.REVIEW))
    (rate,) = tax_by_rate(database, **MAY)  # 19 and 19.00 are one rate
    assert (rate.group, rate.currency, rate.documents, rate.net, rate.tax) == (("S", "19"), "EUR", 3, Decimal("25.30"), Decimal("1.90"))
    (month,) = tax_by_month(database, **MAY)
    assert (month.group, month.documents, month.net) == (("2026-05",), 3, Decimal("25.30"))
    assert {total.group[0]: total.net for total in spend_by_category(database, **MAY)} == {
        "telecom": Decimal("1.00"),
        "travel": Decimal("24.30"),
    }
    assert {total.group[0]: total.net for total in spend_by_code(database, "de_skr03", **MAY)} == {
        "4670": Decimal("24.30"),
        "none": Decimal("1.00"),
    }
    (early,) = tax_by_month(database, since=date(2026, 5, 5), until=date(2026, 5, 5))
    assert early.net == Decimal("20.25")


@pytest.mark.parametrize(
    "after",
    [
        bought("a", "7.77"),
        bought("a", "10.10", day=20),
        bought("a", "10.10").replace(status=Status.REJECTED),
        bought("a", "10.10", kind=DocumentType.CREDIT_NOTE),
    ],
    ids=["amount", "day", "rejected", "credit note"],
)
def test_a_replaced_result_takes_its_old_share_along(database: Database, after: Invoice) -> None:
    first = record(database, bought("a", "10.10"))
    record(database, bought("b", "3.33"))
    before = kept(database)
    replaced(database, first, after)
    changed = kept(database)
    assert changed != before
    with database.write() as session:
        rebuild(session.connection())
    assert kept(database) == changed
    replaced(database, first, bought("a", "10.10"))
    assert kept(database) == before
