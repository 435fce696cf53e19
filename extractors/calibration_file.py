"""``calibration.json``: a calibration as plain numbers beside the model that it belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from extractors.confidence import OPINION_SIGNALS, Agreement, Calibration, Forest, Part, Scale, Tree, ValueCurve
from extractors.signals import PARTS, SIGNALS
from schemas.errors import ModelError

FORMAT = 6


def load_calibration(directory: Path, *, twice: bool = False) -> Calibration:
    """Read ``calibration.json``. ``twice``: a second network reads too, so that its part of the file counts, where there is one. Raises `ModelError`
    when it is missing or was made for other signals."""
    try:
        data = cast("Mapping[str, Any]", json.loads((directory / "calibration.json").read_text(encoding="utf-8")))
        if data["format"] != FORMAT or data["signals"] != list(SIGNALS):
            raise ValueError("it was fitted with other signals")
        parts = {name: _part(data["parts"][name], signals) for name, signals in PARTS.items()}
        curves = {name: _curve(entry) for name, entry in data["curves"].items()}
        rare = {name: float(share) for name, share in data["rare"].items() if name in SIGNALS}
        agreement = _agreement(data["agreement"]) if twice and data.get("agreement") else None
        threshold = agreement.accept_threshold if agreement else float(data["accept_threshold"])
        return Calibration(parts, _forest(data["forest"]), _scale(data["scale"]), threshold, curves, rare, agreement)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"the calibration in {directory} cannot be used ({exc!r}): calibrate the model again") from exc


def save_calibration(
    calibration: Calibration, directory: Path, *, measured: Mapping[str, object], agreement: Agreement | None = None
) -> None:
    """Write ``calibration.json`` with what was ``measured`` when it was fitted, and with the ``agreement`` of its networks."""
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
        "forest": _plain_forest(calibration.forest),
        "curves": {name: _rounded(curve) for name, curve in calibration.curves.items()},
        "agreement": _plain_agreement(agreement) if agreement else None,
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


def _agreement(entry: Mapping[str, Any]) -> Agreement:
    if entry["signals"] != list(OPINION_SIGNALS):
        raise ValueError("the agreement of two networks was fitted with other signals")
    return Agreement(
        Part(float(entry["bias"]), tuple(float(entry["weights"][name]) for name in OPINION_SIGNALS)),
        _forest(entry["forest"]),
        _scale(entry["scale"]),
        float(entry["accept_threshold"]),
        float(entry["from_probability"]),
        {group: float(share) for group, share in entry["differing"].items()},
    )


def _plain_agreement(agreement: Agreement) -> dict[str, object]:
    return {
        "accept_threshold": round(agreement.accept_threshold, 4),
        "from_probability": round(agreement.from_probability, 4),
        "scale": [[round(x, 6), round(y, 6)] for x, y in agreement.scale.points],
        "bias": round(agreement.whole.bias, 5),
        "weights": {name: round(w, 5) for name, w in zip(OPINION_SIGNALS, agreement.whole.weights, strict=True)},
        "signals": list(OPINION_SIGNALS),
        "forest": _plain_forest(agreement.forest),
        "differing": {group: round(share, 4) for group, share in agreement.differing.items()},
    }


def _forest(trees: Sequence[Mapping[str, Any]]) -> Forest:
    found = tuple(Tree(entry["places"], entry["cuts"], entry["rights"]) for entry in trees)
    if not found or any(not tree.places or not len(tree.places) == len(tree.cuts) == len(tree.rights) for tree in found):
        raise ValueError("a forest without trees, or a tree without nodes")
    return Forest(found)


def _plain_forest(forest: Forest) -> list[dict[str, list[Any]]]:
    return [
        {"places": list(tree.places), "cuts": [round(cut, 4) for cut in tree.cuts], "rights": list(tree.rights)} for tree in forest.trees
    ]


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
