"""Exports of finished documents: one JSON file each, or CSV tables that a spreadsheet may open without harm."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import WarehouseError
from schemas.invoice import HEADER_FIELDS, Invoice
from warehouse.database import Database
from warehouse.documents import PAGE_SIZE, load_many
from warehouse.queries import list_documents

DOCUMENT_COLUMNS = (
    "id", "name", "source", "sha256", "status", "route", "confidence", "pages", "language", "document_type", *HEADER_FIELDS, "reasons",
)  # fmt: skip
LINE_COLUMNS = (
    "document_id", "name", "row", "position", "item_code", "description", "quantity", "unit", "unit_price", "discount", "discount_percent",
    "net_amount", "gross_amount", "tax_rate", "tax_category", "spend_category", "tax_codes",
)  # fmt: skip
ISSUE_COLUMNS = ("document_id", "name", "rule", "severity", "field", "expected", "found", "message")

# A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export_json(database: Database, folder: Path, *, status: str | None = None, ids: Sequence[int] | None = None) -> list[Path]:
    """Write ``folder``/<name>.json per finished document. Documents of one name get the beginning of their hash added.

    Returns the paths written. Raises `WarehouseError` when the folder cannot be written.
    """
    paths: list[Path] = []
    finished = _finished(database, status, ids)
    names = Counter(file_name(invoice.id).casefold() for _, invoice in finished())
    with writing_to(folder):
        for _, invoice in finished():
            name = file_name(invoice.id)
            path = folder / (f"{name}.json" if names[name.casefold()] == 1 else f"{name}-{invoice.sha256[:8]}.json")
            path.write_text(json.dumps(invoice.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            paths.append(path)
    return paths


def export_csv(database: Database, folder: Path, *, status: str | None = None, ids: Sequence[int] | None = None) -> list[Path]:
    """Write documents.csv, line_items.csv and issues.csv (UTF-8 with byte-order mark, comma, amounts with a decimal point).

    Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers stay numbers.
    Raises `WarehouseError` when the folder cannot be written.
    """
    finished = _finished(database, status, ids)
    with writing_to(folder):
        return [
            _write_csv(folder / "documents.csv", DOCUMENT_COLUMNS, (document_row(id, invoice) for id, invoice in finished())),
            _write_csv(folder / "line_items.csv", LINE_COLUMNS, (row for id, invoice in finished() for row in line_rows(id, invoice))),
            _write_csv(folder / "issues.csv", ISSUE_COLUMNS, (row for id, invoice in finished() for row in _issue_rows(id, invoice))),
        ]


def file_name(name: str) -> str:
    """A document's name as a file name: no separators, no leading dot, at most 150 characters."""
    plain = "".join("_" if character in '/\\:*?"<>|' or ord(character) < 32 else character for character in name)
    return plain.lstrip(".")[:150] or "document"


def neutral_cell(value: str) -> str:
    """``value`` as a spreadsheet shows it without evaluating it."""
    return "'" + value if value.startswith(FORMULA_STARTS) and not _is_number(value) else value


def _is_number(value: str) -> bool:
    digits = value[1:] if value[:1] == "-" else value
    whole, _, fraction = digits.partition(".")
    return whole.isdecimal() and whole.isascii() and (not fraction or (fraction.isdecimal() and fraction.isascii()))


@contextmanager
def writing_to(folder: Path) -> Generator[None]:
    """Create the folder, and turn the operating system's errors inside into a `WarehouseError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as exc:
        raise WarehouseError(f"Cannot write to the folder {folder}: {exc.strerror or exc}.") from exc


def _finished(database: Database, status: str | None, chosen: Sequence[int] | None) -> Callable[[], Iterator[tuple[int, Invoice]]]:
    wanted = (status,) if status else ("accepted", "review", "rejected")
    ids = list(chosen) if chosen is not None else sorted(document.id for document in list_documents(database) if document.state in wanted)

    def walk() -> Iterator[tuple[int, Invoice]]:
        for start in range(0, len(ids), PAGE_SIZE):
            page = ids[start : start + PAGE_SIZE]
            yield from zip(page, load_many(database, page), strict=True)

    return walk


def tables_of(id: int, invoice: Invoice) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """A document's rows of the three tables: documents, line items, issues."""
    return [document_row(id, invoice)], list(line_rows(id, invoice)), list(_issue_rows(id, invoice))


def csv_text(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A CSV table piece by piece, header first, with a byte-order mark; no cell is a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    text.write("\ufeff")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: neutral_cell(str(value)) if value is not None else "" for name, value in row.items()})
        if text.tell() > 64_000:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        file.writelines(csv_text(columns, rows))
    return path


def document_row(id: int, invoice: Invoice) -> dict[str, Any]:
    """A document's row of documents.csv."""
    data = invoice.to_json()
    row = {name: data[name] for name in ("source", "sha256", "status", "route", "confidence", "pages", "language", "document_type")}
    reasons = "; ".join(dict.fromkeys(issue.message for issue in invoice.issues if issue.severity != "info"))
    return {"id": id, "name": invoice.id, **row, **data["header"], "reasons": reasons}


def line_rows(id: int, invoice: Invoice) -> Iterator[dict[str, Any]]:
    """A document's rows of line_items.csv."""
    for index, item in enumerate(invoice.to_json()["line_items"]):
        codes = json.dumps(item["tax_codes"], sort_keys=True) if item["tax_codes"] else None
        fields = {name: item[name] for name in LINE_COLUMNS[3:-1]}
        yield {"document_id": id, "name": invoice.id, "row": index, **fields, "tax_codes": codes}


def _issue_rows(id: int, invoice: Invoice) -> Iterator[dict[str, Any]]:
    for issue in invoice.to_json()["issues"]:
        yield {"document_id": id, "name": invoice.id, **issue}
