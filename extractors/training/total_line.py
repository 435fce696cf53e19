"""One line of a totals block."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from extractors.training.layout import Line
from extractors.training.writing import Writer


@dataclass(slots=True)
class TotalLine:
    """``label`` may hold labelled spans (a rate, a base); ``strong`` lines are set bold or larger."""

    label: Line
    value: Line
    strong: bool = False
    base: Line | None = None  # the base in a column of its own


def named_total(writer: Writer, key: str, value: Decimal, label: str, *, strong: bool = False) -> TotalLine:
    return TotalLine([writer.label(key, "totals")], writer.money(value, label), strong)
