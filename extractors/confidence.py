"""Calibrated confidence: the probability that every critical field and every line of a document is right.

Signals of one document (probabilities of its values, sums that hold) go through a logistic model whose weights are fitted on generated
documents kept apart from training (`extractors.training.calibrate`) and ship beside the network in ``calibration.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from extractors.assembly.document import Assembled, rows_that_agree
from schemas.errors import ModelError
from schemas.invoice import CRITICAL_FIELDS

SIGNALS: tuple[str, ...] = (
    *(f"log_{name}" for name in CRITICAL_FIELDS), "log_weakest_line_value", "log_mean_line_value", "totals_hold", "totals_contradict", "lines_hold",
    "lines_contradict", "share_of_rows_that_agree", "rows_that_cannot_be_checked", "log_rows", "log_type", "missing_critical",
    "header_doubt", "line_doubt", "name_doubt", "log_weakest_word", "rival", "single_row", "untaxed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic model over `SIGNALS` and the threshold chosen with it. ``weights`` are per signal in the order of `SIGNALS`."""

    bias: float
    weights: tuple[float, ...]
    accept_threshold: float

    def probability(self, signals: Sequence[float]) -> float:
        """Probability that the document is right, 0 to 1."""
        z = self.bias + sum(w * s for w, s in zip(self.weights, signals, strict=True))
        return 1 / (1 + math.exp(-max(min(z, 30.0), -30.0)))


def signals(assembled: Assembled) -> list[float]:
    """The signals of one document, in the order of `SIGNALS`."""
    evidence = assembled.evidence
    values: list[float] = []
    missing = 0
    for name in CRITICAL_FIELDS:
        found = evidence.get(f"header.{name}")
        missing += found is None
        values.append(_log(found.confidence) if found else _log(0.5))
    lines = [e.confidence for key, e in evidence.items() if key.startswith("line_items.") and key.rsplit(".", 1)[1] in _LINE_VALUES]
    agree, full = rows_that_agree(assembled.line_items)
    count = len(assembled.line_items)
    values += [
        _log(min(lines, default=0.5)),
        _log(sum(lines) / len(lines)) if lines else _log(0.5),
        float(assembled.totals.consistent is True),
        float(assembled.totals.consistent is False),
        float(assembled.lines_agree is True),
        float(assembled.lines_agree is False),
        agree / full if full else 0.5,
        1 - full / count if count else 1.0,
        math.log1p(count) / 3,
        _log(assembled.type_probability),
        float(missing),
        math.log1p(assembled.doubt.header),
        math.log1p(assembled.doubt.lines),
        math.log1p(assembled.doubt.names),
        _log(assembled.doubt.weakest),
        assembled.doubt.rival,
        float(count == 1),
        float(assembled.header.tax_total is None),
    ]
    return values


_LINE_VALUES = frozenset({"description", "quantity", "unit_price", "net_amount", "gross_amount"})


def _log(probability: float) -> float:
    return max(math.log(max(probability, 1e-4)), -4.0)


def load_calibration(directory: Path) -> Calibration:
    """Read ``calibration.json``. Raises `ModelError` when it is missing or was made for other signals."""
    try:
        data = cast("Mapping[str, Any]", json.loads((directory / "calibration.json").read_text()))
        weights = cast("Mapping[str, float]", data["weights"])
        return Calibration(float(data["bias"]), tuple(float(weights[name]) for name in SIGNALS), float(data["accept_threshold"]))
    except (OSError, ValueError, KeyError) as exc:
        raise ModelError(f"the calibration in {directory} cannot be used ({exc!r}): calibrate the model again") from exc
