from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from records import invoice_of, record

from schemas.errors import WarehouseError
from schemas.invoice import Invoice, Issue, LineItem, Severity, Status
from warehouse.database import Database
from warehouse.exports import export_csv, export_json, file_name, neutral_cell


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_json_files_hold_the_invoices(database: Database, tmp_path: Path) -> None:
    invoice = invoice_of("a", seller_name="Müller")
    record(database, invoice)
    (path,) = export_json(database, tmp_path / "out")
    assert path.name == "a.json"
    assert Invoice.from_json(json.loads(path.read_text())) == invoice


def test_documents_of_one_name_get_files_of_their_own(database: Database, tmp_path: Path) -> None:
    record(database, invoice_of("one", name="same"))
    record(database, invoice_of("two", name="SAME"))
    paths = export_json(database, tmp_path)
    assert len({path.name.lower() for path in paths}) == 2
    assert all(path.name.lower().startswith("same-") for path in paths)


def test_names_from_documents_stay_inside_the_folder(database: Database, tmp_path: Path) -> None:
    record(database, invoice_of("a", name="../../outside"))
    (path,) = export_json(database, tmp_path / "out")
    assert path.parent == tmp_path / "out"
    assert file_name("..") == "document"
    assert len(file_name("x" * 400)) == 150


def test_csv_tables(database: Database, tmp_path: Path) -> None:
    invoice = invoice_of("a", status=Status.REVIEW).replace(
        line_items=(LineItem(description="=cmd|' /C calc'!A0", quantity=Decimal("-2.50")), LineItem(description="@SUM(A1)")),
        issues=(Issue("BR-02", Severity.ERROR, "header.invoice_number", None, "-", "No number."),),
    )
    record(database, invoice)
    paths = export_csv(database, tmp_path)
    assert [path.name for path in paths] == ["documents.csv", "line_items.csv", "issues.csv"]
    documents, lines, issues = (read(path) for path in paths)
    assert (documents[0]["name"], documents[0]["gross_total"], documents[0]["reasons"]) == ("a", "119.00", "No number.")
    assert [line["description"] for line in lines] == ["'=cmd|' /C calc'!A0", "'@SUM(A1)"]
    assert lines[0]["quantity"] == "-2.50"
    assert issues[0]["rule"] == "BR-02"


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 123", "-x", "@a", "\tx", "\r=1", "－1", "-1;x", "-"])
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutral_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "text", "-1.50", "12", "a=b", "2026-05-04"])
def test_plain_cells_stay(cell: str) -> None:
    assert neutral_cell(cell) == cell


def test_only_one_status_is_exported_on_request(database: Database, tmp_path: Path) -> None:
    record(database, invoice_of("a"))
    record(database, invoice_of("b", status=Status.REVIEW))
    assert [path.stem for path in export_json(database, tmp_path, status="review")] == ["b"]


def test_a_folder_that_cannot_be_written_is_explained(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match="Cannot write"):
        export_json(database, tmp_path / "file")
