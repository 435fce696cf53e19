"""Calibrated confidence: the probability that every critical field and every line of a document is right, and that a single value is.

A document is right when all its parts are (`extractors.signals.PARTS`). Each part has a logistic model over its own signals; a forest over all
signals sees what goes together. The mean of the two, in log-odds, is brought to scale. All are fitted on generated documents kept apart from training
(`extractors.training.calibrate`) and ship beside the network in ``calibration.json``, as do the curves that turn the network's probability of a
single value into a calibrated one.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from extractors.signals import PARTS, SIGNALS, signals
from schemas.errors import ModelError
from schemas.invoice import Evidence

__all__ = ["SIGNALS", "Calibration", "Part", "Scale", "ValueCurve", "group_of", "load_calibration", "save_calibration", "signals"]

GROUPS: Mapping[str, str] = {
    "invoice_number": "number", "purchase_order": "number", "issue_date": "date", "due_date": "date", "currency": "currency",
    "seller_name": "party", "buyer_name": "party", "seller_vat_id": "tax_id", "buyer_vat_id": "tax_id", "iban": "tax_id",
    "net_total": "total", "tax_total": "total", "gross_total": "total", "amount_due": "total",
    "description": "line_text", "quantity": "line_number", "unit_price": "line_number", "net_amount": "line_number", "gross_amount": "line_number",
    "tax_rate": "line_rate",
}  # fmt: skip
FORMAT = 4
_LARGEST_LOGIT = 7.0
_PLACE = {name: place for place, name in enumerate(SIGNALS)}


@dataclass(frozen=True, slots=True)
class Scale:
    """A rising line through ``points`` (raw probability, calibrated probability), from (0, 0) to (1, 1)."""

    points: tuple[tuple[float, float], ...]

    def probability(self, raw: float) -> float:
        """Calibrated probability, 0 to 1."""
        at = bisect_left(self.points, (min(max(raw, 0.0), 1.0), -1.0), 1, len(self.points) - 1)
        (x0, y0), (x1, y1) = self.points[at - 1], self.points[at]
        return y0 + (y1 - y0) * (min(max(raw, 0.0), 1.0) - x0) / (x1 - x0) if x1 > x0 else y1


@dataclass(frozen=True, slots=True)
class Part:
    """Logistic model of one part of a document: log-odds = ``bias`` + ``weights`` · its signals, in the order of `PARTS`."""

    bias: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A fork (``signal`` is a place in `SIGNALS`; left where it is at most ``threshold``) or, with ``signal`` -1, a leaf:
    ``value`` is the share of right documents among those that came there, 0 to 1."""

    signal: int
    threshold: float
    left: int
    right: int
    value: float


@dataclass(frozen=True, slots=True)
class Forest:
    """Extremely randomized trees (Geurts, Ernst, Wehenkel 2006): the mean of the leaves that the signals lead to. A tree's root is its first node."""

    trees: tuple[tuple[Node, ...], ...]

    def log_odds(self, signals: Sequence[float]) -> float:
        """``signals`` in the order of `SIGNALS`."""
        total = 0.0
        for tree in self.trees:
            node = tree[0]
            while node.signal >= 0:
                node = tree[node.left if signals[node.signal] <= node.threshold else node.right]
            total += node.value
        return logit(total / len(self.trees))


@dataclass(frozen=True, slots=True)
class ValueCurve:
    """Platt scaling of one group of fields: log-odds = ``slope`` × logit(probability) + ``offset``."""

    slope: float
    offset: float

    def probability(self, raw: float) -> float:
        """Calibrated probability of a value that the network finds ``raw`` likely, 0 to 1."""
        return _sigmoid(self.slope * logit(raw) + self.offset)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The models of the parts, by name, and of the whole; what brings them to scale; the threshold chosen with them; and the curves of single values
    by group (`group_of`). ``rare``: by signals too rare for the models to learn from, the share of right documents among those that show one: none
    of them is surer than that."""

    parts: Mapping[str, Part]
    forest: Forest
    scale: Scale
    accept_threshold: float
    curves: Mapping[str, ValueCurve] = field(default_factory=dict[str, ValueCurve])
    rare: Mapping[str, float] = field(default_factory=dict[str, float])

    def probability(self, signals: Sequence[float]) -> float:
        """Probability that the document is right, 0 to 1."""
        return self.scale.probability(self.raw(signals))

    def raw(self, signals: Sequence[float]) -> float:
        """As `probability`, not yet to scale."""
        product = math.prod(self.part_probabilities(signals).values())
        together = _sigmoid((logit(product) + self.forest.log_odds(signals)) / 2)
        return min([together, *(share for name, share in self.rare.items() if signals[_PLACE[name]])])

    def part_probabilities(self, signals: Sequence[float]) -> dict[str, float]:
        """Probability of each part that it is right. ``signals`` in the order of `SIGNALS`."""
        value = dict(zip(SIGNALS, signals, strict=True))
        return {
            name: _sigmoid(part.bias + sum(w * value[signal] for w, signal in zip(part.weights, PARTS[name], strict=True)))
            for name, part in self.parts.items()
        }

    def evidence(self, evidence: Mapping[str, Evidence]) -> dict[str, Evidence]:
        """The evidence with calibrated confidences; fields of no group keep the network's probability."""
        result: dict[str, Evidence] = {}
        for path, shown in evidence.items():
            curve = self.curves.get(group_of(path) or "")
            result[path] = replace(shown, confidence=curve.probability(shown.confidence)) if curve else shown
        return result


def group_of(path: str) -> str | None:
    """The group of fields that are calibrated together, by a field's path such as ``line_items.3.quantity``; None where there is none."""
    return GROUPS.get(path.rsplit(".", 1)[-1]) if path.startswith(("header.", "line_items.")) else None


def logit(probability: float) -> float:
    """Log-odds, bounded where the probability is next to 0 or 1."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return max(min(math.log(inside / (1 - inside)), _LARGEST_LOGIT), -_LARGEST_LOGIT)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(min(z, 30.0), -30.0)))


def load_calibration(directory: Path) -> Calibration:
    """Read ``calibration.json``. Raises `ModelError` when it is missing or was made for other signals."""
    try:
        data = cast("Mapping[str, Any]", json.loads((directory / "calibration.json").read_text(encoding="utf-8")))
        if data["format"] != FORMAT or data["signals"] != list(SIGNALS):
            raise ValueError("it was fitted with other signals")
        parts = {name: _part(data["parts"][name], signals) for name, signals in PARTS.items()}
        curves = {name: _curve(entry) for name, entry in data["curves"].items()}
        rare = {name: float(share) for name, share in data["rare"].items() if _PLACE[name] >= 0}
        return Calibration(parts, _forest(data["forest"]), _scale(data["scale"]), float(data["accept_threshold"]), curves, rare)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"the calibration in {directory} cannot be used ({exc!r}): calibrate the model again") from exc


def save_calibration(calibration: Calibration, directory: Path, *, measured: Mapping[str, object]) -> None:
    """Write ``calibration.json`` with what was ``measured`` when it was fitted."""
    parts = {
        name: {"bias": round(part.bias, 5), "weights": {s: round(w, 5) for s, w in zip(PARTS[name], part.weights, strict=True)}}
        for name, part in calibration.parts.items()
    }
    data = {
        "format": FORMAT,
        "accept_threshold": round(calibration.accept_threshold, 4),
        "scale": [[round(x, 6), round(y, 6)] for x, y in calibration.scale.points],
        "parts": parts,
        "rare": {name: round(share, 4) for name, share in calibration.rare.items()},
        "signals": list(SIGNALS),
        "forest": [[_plain(node) for node in tree] for tree in calibration.forest.trees],
        "curves": {name: _rounded(curve) for name, curve in calibration.curves.items()},
        "measured": measured,
    }
    (directory / "calibration.json").write_text(_compact(data), encoding="utf-8")


def _compact(data: Mapping[str, object]) -> str:
    """JSON with a list of numbers, or of such lists, on one line: a tree of the forest is a line."""
    numbers = re.sub(
        r"\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]", lambda m: "[" + re.sub(r"\s+", "", m[1]) + "]", json.dumps(data, indent=1)
    )
    return re.sub(r"\]\s+\]", "]]", re.sub(r"([\[,])\s+(?=\[-?\d)", r"\1", numbers)) + "\n"


def _part(entry: Mapping[str, Any], names: Sequence[str]) -> Part:
    weights = cast("Mapping[str, float]", entry["weights"])
    if set(weights) != set(names):
        raise ValueError(f"signals {sorted(set(weights) ^ set(names))} are not expected or missing")
    return Part(float(entry["bias"]), tuple(float(weights[name]) for name in names))


def _forest(trees: Sequence[Sequence[Sequence[float]]]) -> Forest:
    if not trees:
        raise ValueError("a forest without trees")
    return Forest(tuple(tuple(_node(node) for node in tree) for tree in trees))


def _node(entry: Sequence[float]) -> Node:
    if len(entry) == 1:
        return Node(-1, 0.0, 0, 0, float(entry[0]))
    signal, threshold, left, right = entry
    return Node(int(signal), float(threshold), int(left), int(right), 0.0)


def _plain(node: Node) -> list[float]:
    return [round(node.value, 4)] if node.signal < 0 else [node.signal, round(node.threshold, 5), node.left, node.right]


def _curve(entry: Sequence[float]) -> ValueCurve:
    slope, offset = entry
    return ValueCurve(float(slope), float(offset))


def _scale(entries: Sequence[Sequence[float]]) -> Scale:
    points = tuple((float(x), float(y)) for x, y in entries)
    if len(points) < 2 or sorted(points) != list(points):
        raise ValueError(f"a scale of {len(points)} points, expected two or more in rising order")
    return Scale(points)


def _rounded(curve: ValueCurve) -> list[float]:
    return [round(curve.slope, 5), round(curve.offset, 5)]
