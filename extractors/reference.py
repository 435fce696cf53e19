"""What a model saw in training, kept beside it: the spread of each watched feature, to compare with what comes in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from schemas.errors import ModelError

REFERENCE_FILE = "reference.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """``spreads``: documents by group, by feature of `schemas.observed`; ``words``: those of the descriptions, in lower case;
    ``model`` names the model that read the documents."""

    model: str
    documents: int
    spreads: Mapping[str, Mapping[str, int]]
    words: frozenset[str]


def load_reference(directory: Path) -> Reference | None:
    """The reference in a model's folder; None where there is none. Raises `ModelError` for one that cannot be read."""
    path = directory / REFERENCE_FILE
    if not path.exists():
        return None
    try:
        data = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        if data["format"] != FORMAT:
            raise ModelError(
                f"{path}: expected format {FORMAT}, found {data['format']}. Make it again: python -m extractors.training.reference."
            )
        spreads = {name: {group: int(count) for group, count in spread.items()} for name, spread in data["spreads"].items()}
        return Reference(str(data["model"]), int(data["documents"]), spreads, frozenset(data["words"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ModelError(f"{path} cannot be read: {type(exc).__name__}: {exc}.") from exc


def save_reference(reference: Reference, directory: Path) -> Path:
    """Write ``reference`` beside the model in ``directory``; the same reference gives the same bytes."""
    path = directory / REFERENCE_FILE
    data = {
        "format": FORMAT,
        "model": reference.model,
        "documents": reference.documents,
        "spreads": {name: dict(sorted(spread.items())) for name, spread in reference.spreads.items()},
        "words": sorted(reference.words),
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
