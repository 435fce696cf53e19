"""The page docs/data-dictionary.md, from the tables themselves: ``python -m warehouse.data_dictionary`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, cast

import yaml
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, String
from sqlalchemy import Table as SqlTable

from schemas.errors import ConfigurationError
from warehouse import tables, tables_fallback, tables_operation, tables_review, tables_totals
from warehouse.columns import CleanText, ExactDecimal, UtcDateTime

FILE = "column_meanings.yaml"

GROUPS = (
    ("Documents and what was read from them", tables),
    ("Operation", tables_operation),
    ("Sums", tables_totals),
    ("The foundation model", tables_fallback),
    ("People", tables_review),
)

KINDS = (
    (ExactDecimal, "decimal"),
    (UtcDateTime, "instant"),
    (CleanText, "text"),
    (String, "text"),
    (Boolean, "yes or no"),
    (Integer, "integer"),
    (Float, "number"),
    (Date, "date"),
    (JSON, "JSON"),
)

INTRODUCTION = """\
# Data dictionary

Every table and column of the warehouse. BT numbers are the business terms of EN 16931. Instants are UTC. Amounts are exact: NUMERIC on
PostgreSQL, the digits as text on SQLite, which has no decimal type (`CAST(net_total AS REAL)` there for a quick sum). A document's rows are
written in one transaction with its final state: it has all of them or none. Tables are created at first use and migrated by later versions.
Read them as you like; write them through Lineitem only.

Finished documents are those whose `documents.state` is `accepted`, `review` or `rejected`. The same file read by another `pipeline_version` is
another document with rows of its own.

```sql
SELECT d.name, i.invoice_number, i.issue_date, i.seller_name, i.gross_total, i.currency
FROM documents d JOIN invoices i ON i.document_id = d.id
WHERE d.state = 'accepted' AND i.issue_date >= '2026-01-01';
```

This page is made from the tables: `make docs`.
"""


def page() -> str:
    """The page as Markdown. Raises `ConfigurationError` when a column has no meaning, or a meaning no column."""
    meanings = _meanings()
    parts = [INTRODUCTION]
    for title, module in GROUPS:
        parts.append(f"\n## {title}\n")
        for row in _rows_of(module):
            table = cast("SqlTable", row.__table__)
            about = " ".join(str(row.__dict__.get("__doc__") or "").split()).replace("``", "`")
            parts.append(f"\n### {table.name}\n\n{about}\n\n| column | type | | meaning |\n|---|---|---|---|\n")
            parts += [_line(column, meanings.pop((table.name, column.name), None)) for column in table.columns]
    if meanings:
        raise ConfigurationError(f"warehouse/data/{FILE} explains columns that no table has: {', '.join(map('.'.join, meanings))}")
    return "".join(parts)


def _rows_of(module: Any) -> Iterator[type[tables.Table]]:
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, tables.Table)
            and value.__module__ == module.__name__
            and value is not tables.Table
        ):
            yield value


def _meanings() -> dict[tuple[str, str], str]:
    data = cast("Mapping[str, Any]", yaml.safe_load(files("warehouse").joinpath(f"data/{FILE}").read_text(encoding="utf-8")))
    everywhere = cast("Mapping[str, str]", data["everywhere"])
    meanings = {
        (table.name, column.name): everywhere[column.name]
        for table in tables.Table.metadata.tables.values()
        for column in table.columns
        if column.name in everywhere
    }
    for table, columns in cast("Mapping[str, Mapping[str, str]]", data["tables"]).items():
        meanings |= {(table, column): str(meaning) for column, meaning in columns.items()}
    return meanings


def _line(column: Column[Any], meaning: str | None) -> str:
    if meaning is None:
        raise ConfigurationError(f"warehouse/data/{FILE} does not say what {column.table.name}.{column.name} means")
    marks = ["key"] if column.primary_key else []
    marks += [f"→ {key.column.table.name}" for key in column.foreign_keys]
    if column.nullable:
        marks.append("may be empty")
    return f"| `{column.name}` | {_kind(column)} | {', '.join(marks)} | {meaning} |\n"


def _kind(column: Column[Any]) -> str:
    for kind, name in KINDS:
        if isinstance(column.type, kind):
            length = getattr(column.type, "length", None)
            return f"{name} ({length})" if length else name
    raise ConfigurationError(f"{column.table.name}.{column.name}: no word for the type {column.type!r}")


if __name__ == "__main__":
    sys.stdout.write(page())
