"""Reading tables: CSV with a header row, or YAML with a list of mappings; strict, refused with file, row and reason.

Tables are part of the package and are read once, at the first question; a user may hand over an own file instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

from schemas.arithmetic import plausible
from schemas.countries import ISO_COUNTRIES
from schemas.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table, by column. Its methods read a cell as a kind of value or raise `ConfigurationError`."""

    file: str
    line: int  # as an editor counts them, the header row is 1
    cells: Mapping[str, str]

    def error(self, reason: str) -> ConfigurationError:
        return ConfigurationError(f"{self.file}, row {self.line}: {reason}")

    def text(self, column: str) -> str:
        value = self.cells[column].strip()
        if not value:
            raise self.error(f"{column} is empty")
        return value

    def number(self, column: str) -> Decimal:
        value = self.text(column)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.error(f"{column} must be a number such as 19 or 5.5, found {value!r}") from None
        if not plausible(number):
            raise self.error(f"{column} must be a number such as 19 or 5.5, found {value!r}")
        return number

    def day(self, column: str) -> date:
        value = self.text(column)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(f"{column} must be a date such as 2024-01-31, found {value!r}") from None

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.cells[column].strip() else None

    def country(self, column: str) -> str:
        value = self.text(column)
        if value not in ISO_COUNTRIES:
            raise self.error(f"{column} must be an ISO 3166-1 country code, found {value!r}")
        return value


def shipped(name: str) -> str:
    """The text of a file in schemas/data."""
    try:
        return files("schemas").joinpath("data", name).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"schemas/data/{name} cannot be read: {exc}") from exc


def read_table(name: str, *, columns: tuple[str, ...], text: str | None = None) -> Iterator[TableRow]:
    """The rows of the shipped table ``name``, or of ``text`` in its place; lines that start with ``#`` are comments.

    A name that ends in ``.yaml`` or ``.yml`` is read as a list of mappings, in which a column may be left out.

    Raises `ConfigurationError` naming file, row and reason for missing columns and rows of another length.
    """
    content = shipped(name) if text is None else text
    if name.endswith((".yaml", ".yml")):
        yield from _yaml_rows(name, columns=columns, text=content)
        return
    reader = csv.reader(io.StringIO(content))
    header: list[str] | None = None
    for cells in reader:
        if not cells or cells[0].startswith("#"):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            missing = [column for column in columns if column not in header]
            if missing:
                raise ConfigurationError(
                    f"{name}, row {reader.line_num}: column {', '.join(missing)} is missing; found {', '.join(header)}"
                )
            continue
        if len(cells) != len(header):
            raise ConfigurationError(f"{name}, row {reader.line_num}: expected {len(header)} cells, found {len(cells)}")
        yield TableRow(name, reader.line_num, dict(zip(header, cells, strict=True)))
    if header is None:
        raise ConfigurationError(f"{name}: expected a header row, found an empty file")


def _yaml_rows(name: str, *, columns: tuple[str, ...], text: str) -> Iterator[TableRow]:
    """Composed, not constructed: cells stay the text that was written (``0420``, ``2024-01-31``), and each row knows its line."""
    import yaml

    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise ConfigurationError(f"{name}: not readable as YAML: {' '.join(str(exc).split())}") from exc
    if root is not None and not isinstance(root, yaml.SequenceNode):
        raise ConfigurationError(f"{name}, row {root.start_mark.line + 1}: expected a list of rows")
    for node in () if root is None else root.value:
        row = TableRow(name, node.start_mark.line + 1, dict.fromkeys(columns, ""))
        if not isinstance(node, yaml.MappingNode):
            raise row.error("expected a mapping of column names to values")
        cells = dict(row.cells)
        for key, value in node.value:
            if key.value not in columns:
                raise row.error(f"unknown column {key.value!r}; known are {', '.join(columns)}")
            if not isinstance(value, yaml.ScalarNode):
                raise row.error(f"{key.value} must be one value")
            cells[key.value] = "" if value.tag == "tag:yaml.org,2002:null" else str(value.value)
        yield TableRow(name, row.line, cells)
