"""What changed between two results of one document: values and verdicts, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from schemas.invoice import Invoice

TABLES = ("line_items", "tax_breakdown", "document_adjustments")
PLAIN = ("status", "route", "document_type", "language", "confidence")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value: its path, and what it was and is as text; None where there is none."""

    path: str
    before: str | None
    after: str | None


def differences(before: Invoice, after: Invoice) -> list[Difference]:
    """Everything that a person would see change; evidence boxes are left out."""
    old, new = before.to_json(), after.to_json()
    found: list[Difference] = []

    def compare(path: str, was: Any, now: Any) -> None:
        if was != now:
            found.append(Difference(path, None if was is None else str(was), None if now is None else str(now)))

    for name in PLAIN:
        compare(name, old[name], new[name])
    for name in old["header"]:
        compare(f"header.{name}", old["header"][name], new["header"][name])
    for table in TABLES:
        for number, (was, now) in enumerate(zip_longest(old[table], new[table])):
            names = dict.fromkeys([*(was or {}), *(now or {})])
            for name in names:
                compare(f"{table}.{number}.{name}", (was or {}).get(name), (now or {}).get(name))
    was_broken, now_broken = (sorted({f"{i['rule']} ({i['severity']})" for i in issues}) for issues in (old["issues"], new["issues"]))
    compare("rules broken", ", ".join(was_broken) or None, ", ".join(now_broken) or None)
    return found
