"""Tables in Markdown that a terminal shows as tables too, and what every measured page says about its machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others, figures, to the right."""
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths, strict=True)))
        + " |"
        for line in [head, rule, *rows]
    )


def figure(value: float | None, *, digits: int = 1) -> str:
    """A number, or a dash where there is nothing to measure."""
    return "–" if value is None else f"{value:.{digits}f}"


def machine() -> str:
    """Date, processor cores, system and load: what a figure of speed is worth nothing without."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    when = datetime.now(UTC).date().isoformat()
    system = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    return f"{when}, {os.cpu_count()} cores, {system}; load {load} at the end"
