"""The course of a training as pictures: loss and F1 over the minutes, from the log that the training writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from extractors.report.plots import line_plot

LOSSES = {"tag": "word labels", "link": "row links", "type": "document type", "language": "language"}
SHARES = {"word_f1": "F1 of word labels", "link": "row links right", "type": "document type right"}


def write_curves(log: Path, out: Path) -> list[Path]:
    """Write ``loss.svg`` and ``f1.svg`` into the folder ``out`` and return their paths; nothing where the log holds fewer than two entries.

    ``log`` is JSON Lines, one object per validation: ``minutes``, the losses by name, and ``word_f1``. A name that is both a loss and a
    share (``link``) is written as ``loss_link`` for the loss.
    """
    entries = read_log(log)
    if len(entries) < 2:
        return []
    out.mkdir(parents=True, exist_ok=True)
    loss, f1 = out / "loss.svg", out / "f1.svg"
    losses = {label: _series(entries, f"loss_{name}", *([name] if name not in SHARES else [])) for name, label in LOSSES.items()}
    shares = {label: _series(entries, name) for name, label in SHARES.items()}
    loss.write_text(line_plot({k: v for k, v in losses.items() if v}, x_label="minutes", title="Training loss"), encoding="utf-8")
    f1.write_text(line_plot({k: v for k, v in shares.items() if v}, x_label="minutes", title="On documents kept apart"), encoding="utf-8")
    return [loss, f1]


def read_log(log: Path) -> list[Mapping[str, Any]]:
    """Entries of a training log in order; [] where there is none. A last line that was cut off by a kill is left out."""
    entries: list[Mapping[str, Any]] = []
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(cast("Mapping[str, Any]", json.loads(line)))
            except ValueError:
                continue
    return entries


def _series(entries: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for entry in entries:
        value = next((entry[name] for name in names if name in entry), None)
        if value is not None and "minutes" in entry:
            points.append((float(entry["minutes"]), float(value)))
    return points
