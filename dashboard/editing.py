"""From the fields of the review form to an invoice, and what is different from the one that was read.

A field's name in the form is its path in the invoice. Rows carry where they come from (``line_items.2.origin``: index of the row that was read,
empty for a new one), so that evidence and corrections follow a row that moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from dashboard.typed_values import amount_of, date_of, text_of
from schemas.invoice import (
    CRITICAL_FIELDS,
    HEADER_FIELDS,
    SPEND_CATEGORIES,
    TAX_CATEGORIES,
    Adjustment,
    AdjustmentKind,
    DocumentType,
    Evidence,
    Header,
    Invoice,
    LineItem,
    TaxLine,
)
from warehouse.reviews import Correction

LINE_FIELDS: tuple[str, ...] = (
    "position", "item_code", "description", "quantity", "unit", "unit_price", "discount", "discount_percent", "net_amount", "gross_amount",
    "tax_rate", "tax_category", "spend_category",
)  # fmt: skip
TAX_FIELDS: tuple[str, ...] = ("category", "rate", "taxable_amount", "tax_amount")
ADJUSTMENT_FIELDS: tuple[str, ...] = ("kind", "amount", "description")
TABLES: Mapping[str, tuple[str, ...]] = {
    "line_items": LINE_FIELDS,
    "tax_breakdown": TAX_FIELDS,
    "document_adjustments": ADJUSTMENT_FIELDS,
}
# Lines that can be edited on the page; what comes after them stays as it is.
EDITABLE_LINES = 400

_KINDS: Mapping[str, type[Any]] = {"line_items": LineItem, "tax_breakdown": TaxLine, "document_adjustments": Adjustment}
_CLOSED = {"tax_category": TAX_CATEGORIES, "category": TAX_CATEGORIES, "spend_category": SPEND_CATEGORIES, "kind": tuple(AdjustmentKind)}


@dataclass(frozen=True, slots=True)
class Edited:
    """``errors`` are values that cannot be understood, by field; while there is one, nothing is stored."""

    invoice: Invoice
    errors: Mapping[str, str]
    corrections: tuple[Correction, ...]
    critical_changed: bool


def edited(stored: Invoice, form: Mapping[str, str], *, editor: str, keep_empty: bool = False) -> Edited:
    """``stored`` with the values of the form. Fields that the form does not have stay as they are.

    ``keep_empty``: rows that were added and hold nothing yet are kept, to be shown again.
    """
    errors: dict[str, str] = {}
    changed: list[Correction] = []
    header = _header(stored.header, form, errors)
    for name in HEADER_FIELDS:
        _compare(f"header.{name}", getattr(stored.header, name), getattr(header, name), changed)
    kind = form.get("document_type")
    document_type = DocumentType(kind) if kind in tuple(DocumentType) else stored.document_type
    _compare("document_type", stored.document_type, document_type, changed)
    rows: dict[str, tuple[Any, ...]] = {}
    origins: dict[str, list[int | None]] = {}
    for table in TABLES:
        rows[table], origins[table] = _rows(table, getattr(stored, table), form, errors, keep_empty=keep_empty)
        changed += _row_changes(table, getattr(stored, table), rows[table], origins[table])
    invoice = stored.replace(header=header, document_type=document_type, **rows)
    invoice = invoice.replace(evidence=_evidence(stored, form, origins, changed, editor))
    critical = {f"header.{name}" for name in CRITICAL_FIELDS}
    return Edited(invoice, errors, tuple(changed), any(correction.field in critical for correction in changed))


def _header(stored: Header, form: Mapping[str, str], errors: dict[str, str]) -> Header:
    values: dict[str, Any] = {}
    for name in HEADER_FIELDS:
        path = f"header.{name}"
        if path in form:
            values[name] = _value(Header, name, form[path], getattr(stored, name), path, errors)
    return replace(stored, **values)


def _rows(
    table: str, stored: tuple[Any, ...], form: Mapping[str, str], errors: dict[str, str], *, keep_empty: bool
) -> tuple[tuple[Any, ...], list[int | None]]:
    """The rows that the form holds, in its order, and where each comes from; rows beyond those on the page are added as they are."""
    numbers = sorted({int(match[1]) for key in form if (match := re.fullmatch(rf"{table}\.(\d{{1,6}})\.origin", key))})
    if f"{table}.shown" not in form:
        return stored, list(range(len(stored)))
    shown = int(form[f"{table}.shown"]) if form[f"{table}.shown"].isdecimal() else 0
    rows: list[Any] = []
    origins: list[int | None] = []
    for number in numbers:
        origin_text = form[f"{table}.{number}.origin"]
        origin = int(origin_text) if origin_text.isdecimal() and len(origin_text) < 7 and int(origin_text) < len(stored) else None
        before = stored[origin] if origin is not None else None
        values: dict[str, Any] = {}
        for name in TABLES[table]:
            path = f"{table}.{number}.{name}"
            if path in form:
                values[name] = _value(_KINDS[table], name, form[path], getattr(before, name, None), path, errors)
        if before is None and not keep_empty and not any(value is not None for name, value in values.items() if name != "kind"):
            continue  # an empty row was added and left empty
        row = _row(table, before, values, f"{table}.{number}", errors)
        if row is not None:
            rows.append(row)
            origins.append(origin)
    rows += stored[shown:]
    origins += range(shown, len(stored))
    return tuple(rows), origins


def _row(table: str, before: Any, values: dict[str, Any], path: str, errors: dict[str, str]) -> Any:
    if table == "document_adjustments":
        kind, amount = values.get("kind"), values.get("amount")
        if amount is None or kind is None:
            if f"{path}.amount" not in errors:
                errors[f"{path}.amount"] = "An allowance, charge or payment needs its kind and amount."
            return before
        return Adjustment(AdjustmentKind(kind), amount, values.get("description"))
    if before is not None:
        if "spend_category" in values and values["spend_category"] != before.spend_category:
            values["spend_category_probability"] = None  # a person's choice, not a guess
        return replace(before, **values)
    return _KINDS[table](**values)


def _value(kind: type[Any], name: str, text: str, stored: Any, path: str, errors: dict[str, str]) -> Any:
    """The typed value, or the stored one and a note in ``errors``. Text that shows the stored value is that value, trailing zeros included."""
    declared = str(kind.__dataclass_fields__[name].type)
    try:
        if declared.startswith("Decimal"):
            value = amount_of(text)
            return stored if value is not None and value == stored else value
        if declared.startswith("date"):
            return date_of(text)
        value = text_of(text)
        if value is not None and name in _CLOSED and value not in _CLOSED[name]:
            raise ValueError(f"Choose one of {', '.join(_CLOSED[name])}.")
        return value
    except ValueError as exc:
        errors[path] = str(exc)
        return stored


def _compare(path: str, before: Any, after: Any, changed: list[Correction]) -> None:
    if before != after:
        changed.append(Correction(path, shown(before), shown(after)))


def _row_changes(table: str, stored: tuple[Any, ...], rows: tuple[Any, ...], origins: list[int | None]) -> list[Correction]:
    """Changed cells by the row that was read; whole rows that were taken out, or are new (``line_items.+3``: where they stand now)."""
    changed: list[Correction] = []
    for number, (row, origin) in enumerate(zip(rows, origins, strict=True)):
        if origin is None:
            changed.append(Correction(f"{table}.+{number}", None, _row_text(table, row)))
            continue
        for name in TABLES[table]:
            _compare(f"{table}.{origin}.{name}", getattr(stored[origin], name), getattr(row, name), changed)
    kept = set(origins)
    changed += [Correction(f"{table}.{n}", _row_text(table, row), None) for n, row in enumerate(stored) if n not in kept]
    return changed


def _row_text(table: str, row: Any) -> str:
    return "; ".join(f"{name}: {shown(value)}" for name in TABLES[table] if (value := getattr(row, name)) is not None)


def _evidence(
    stored: Invoice, form: Mapping[str, str], origins: Mapping[str, list[int | None]], changed: list[Correction], editor: str
) -> dict[str, Evidence]:
    """Evidence under the paths that rows have now; a changed value is the editor's, at the place that was clicked or where it was read."""
    touched = {correction.field for correction in changed}
    evidence: dict[str, Evidence] = {}

    def keep(old: str, new: str) -> None:
        found = stored.evidence.get(old)
        clicked = _clicked(form.get(f"box:{new}", ""), editor)
        if old in touched and clicked is not None:
            evidence[new] = clicked
        elif found is not None:
            evidence[new] = replace(found, confidence=1.0, set_by=f"user:{editor}") if old in touched else found

    for path in {*(p for p in stored.evidence if p.split(".")[0] not in TABLES), *(f"header.{name}" for name in HEADER_FIELDS)}:
        keep(path, path)
    for table, rows in origins.items():
        names = [f.name for f in fields(_KINDS[table])]
        for number, origin in enumerate(rows):
            for name in names:
                if origin is not None:
                    keep(f"{table}.{origin}.{name}", f"{table}.{number}.{name}")
                elif clicked := _clicked(form.get(f"box:{table}.{number}.{name}", ""), editor):
                    evidence[f"{table}.{number}.{name}"] = clicked
    order = {path: number for number, path in enumerate(stored.evidence)}
    return dict(sorted(evidence.items(), key=lambda entry: order.get(entry[0], len(order))))


def _clicked(text: str, editor: str) -> Evidence | None:
    """``page x0 y0 x1 y1 words``, as the page sends it for a word that was clicked."""
    match = re.fullmatch(r"(\d{1,4})((?: -?\d{1,5}(?:\.\d{1,3})?){4}) (.{1,200})", text)
    if match is None:
        return None
    x0, y0, x1, y1 = (float(edge) for edge in match[2].split())
    return Evidence(int(match[1]), (x0, y0, x1, y1), match[3], 1.0, f"user:{editor}")


def shown(value: Any) -> str | None:
    """A value as the JSON has it."""
    if value is None:
        return None
    return format(value, "f") if hasattr(value, "as_tuple") else value.isoformat() if hasattr(value, "isoformat") else str(value)
