"""The table of sums that the tax page reads: whole ten-thousandths per day of issue, kept in step with the documents."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from warehouse.tables import Table


class TaxSumRow(Table):
    """Accepted documents' sums of one day of issue. ``kind``: ``rate`` (VAT lines), ``total`` (whole documents), ``category`` (lines by what
    was bought) or ``code:JURISDICTION`` (lines by code). ``taxed`` counts the rows that state a tax."""

    __tablename__ = "tax_sums"

    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    issue_date: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    rate: Mapped[str] = mapped_column(String(64), primary_key=True)
    documents: Mapped[int] = mapped_column(BigInteger)
    net: Mapped[int] = mapped_column(BigInteger)
    taxed: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
