"""Rows of the form added, taken out, split and joined: what the page's script does at once, and the server for browsers without it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard.editing import TABLES

_STEP = re.compile(r"(add|delete|merge|split)\.(line_items|tax_breakdown|document_adjustments)(?:\.(\d{1,6}))?")


def reshaped(form: Mapping[str, str], step: str) -> dict[str, str]:
    """The form after ``add.TABLE``, ``delete.TABLE.ROW``, ``split.TABLE.ROW`` or ``merge.TABLE.ROW`` (into the row before). Else as it was."""
    match = _STEP.fullmatch(step)
    if match is None:
        return dict(form)
    what, table, number = match[1], match[2], int(match[3] or 0)
    rows = _rows(form, table)
    empty = {"origin": "", **dict.fromkeys(TABLES[table], "")}
    if table == "document_adjustments":  # which has no row without kind and amount
        empty |= {"kind": "charge", "amount": "0"}
    if what == "add":
        rows.append(empty)
    elif number < len(rows):
        if what == "delete":
            del rows[number]
        elif what == "split":
            rows.insert(number + 1, empty)
        elif number > 0:
            rows[number - 1] = _joined(rows[number - 1], rows.pop(number))
    rest = {key: value for key, value in form.items() if not re.match(rf"{table}\.\d", key)}
    return {**rest, **{f"{table}.{n}.{name}": value for n, row in enumerate(rows) for name, value in row.items()}}


def _rows(form: Mapping[str, str], table: str) -> list[dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        if match := re.fullmatch(rf"{table}\.(\d{{1,6}})\.(\w+)", key):
            rows.setdefault(int(match[1]), {})[match[2]] = value
    return [rows[number] for number in sorted(rows)]


def _joined(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Texts one after the other; other cells of the second only where the first has none."""
    joined = {name: first.get(name) or second.get(name, "") for name in {**second, **first}}
    joined["description"] = " ".join(filter(None, [first.get("description", ""), second.get("description", "")]))
    joined["origin"] = first.get("origin", "")
    return joined
