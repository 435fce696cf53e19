"""Exports for other programs: Parquet tables with exact amounts and dates, and one UBL 2.1 file per document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.arithmetic import plausible
from schemas.invoice import Header, Invoice, LineItem
from warehouse.database import Database
from warehouse.documents import PAGE_SIZE, load_many
from warehouse.exports import DOCUMENT_COLUMNS, ISSUE_COLUMNS, LINE_COLUMNS, file_name, tables_of, writing_to
from warehouse.ubl import missing_for_ubl, ubl_of

if TYPE_CHECKING:
    import polars

DECIMALS = 12  # digits after the point in Parquet: as many as a plausible amount may have
AMOUNTS = frozenset(f.name for kind in (Header, LineItem) for f in fields(kind) if "Decimal" in str(f.type))
DATES = frozenset(f.name for f in fields(Header) if str(f.type).startswith("date"))
NUMBERS = frozenset({"id", "document_id", "row", "pages"})


def export_parquet(database: Database, folder: Path, *, ids: Sequence[int]) -> list[Path]:
    """Write documents.parquet, line_items.parquet and issues.parquet: amounts as decimals with 12 places, dates as dates.

    Text stays as it is: the columns are typed, so nothing in them is taken for a formula. A number that cannot be an amount (LI-NUMBER) is
    left empty. Raises `WarehouseError` when the folder cannot be written.
    """
    with writing_to(folder):
        return [
            _write_parquet(folder / f"{name}.parquet", columns, lambda number=number: _rows(database, ids, number))
            for number, (name, columns) in enumerate(
                (("documents", DOCUMENT_COLUMNS), ("line_items", LINE_COLUMNS), ("issues", ISSUE_COLUMNS))
            )
        ]


def _rows(database: Database, ids: Sequence[int], number: int) -> Iterator[dict[str, Any]]:
    for id, invoice in _invoices(database, ids):
        yield from tables_of(id, invoice)[number]


def _invoices(database: Database, ids: Sequence[int]) -> Iterator[tuple[int, Invoice]]:
    for start in range(0, len(ids), PAGE_SIZE):
        page = list(ids[start : start + PAGE_SIZE])
        yield from zip(page, load_many(database, page), strict=True)


def _write_parquet(path: Path, columns: Sequence[str], rows: Callable[[], Iterator[dict[str, Any]]]) -> Path:
    import polars as pl

    schema = {name: _type(name) for name in columns}
    data = [{name: _value(name, row.get(name)) for name in columns} for row in rows()]
    frame = pl.DataFrame(data, schema=schema)
    frame.with_columns(
        *(pl.col(name).str.to_date("%Y-%m-%d") for name in columns if name in DATES),
    ).write_parquet(path)
    return path


def _type(name: str) -> polars.DataType | type[polars.DataType]:
    import polars as pl

    if name in AMOUNTS:
        return pl.Decimal(38, DECIMALS)
    if name in NUMBERS:
        return pl.Int64
    return pl.Float64 if name == "confidence" else pl.String


def _value(name: str, value: Any) -> Any:
    if value is None or name not in AMOUNTS:
        return value
    amount = Decimal(value)
    return amount if plausible(amount) else None


def export_ubl(database: Database, folder: Path, *, ids: Sequence[int]) -> tuple[list[Path], list[str]]:
    """Write ``folder``/<name>.xml per document that UBL can express. Returns the paths, and a sentence for each document left out.

    Raises `WarehouseError` when the folder cannot be written.
    """
    paths: list[Path] = []
    left_out: list[str] = []
    names = Counter(file_name(invoice.id).casefold() for _, invoice in _invoices(database, ids))
    with writing_to(folder):
        for id, invoice in _invoices(database, ids):
            if missing := missing_for_ubl(invoice):
                left_out.append(f"{id}  {invoice.id}: no {', no '.join(missing[:4])}{' and more' * (len(missing) > 4)}")
                continue
            name = file_name(invoice.id)
            path = folder / (f"{name}.xml" if names[name.casefold()] == 1 else f"{name}-{invoice.sha256[:8]}.xml")
            path.write_bytes(ubl_of(invoice))
            paths.append(path)
    return paths, left_out
