"""``lineitem model info``: which specialist is in use, and what is known of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from flows.composition import extract_options
from flows.settings import Settings
from schemas.errors import ModelError


def model_facts(settings: Settings) -> list[tuple[str, str]]:
    """(what, value) of the model that the settings name. Raises `ModelError` when there is none."""
    from extractors.confidence import load_calibration
    from extractors.pipeline import pipeline_version
    from extractors.tagger import MODEL_DIRECTORY

    folder = settings.model_dir or MODEL_DIRECTORY
    description = _description(folder)
    calibration = load_calibration(folder)
    facts = [
        ("folder", str(folder)),
        ("pipeline version", pipeline_version(extract_options(settings, today=date.today()))),
        ("acceptance threshold", f"{calibration.accept_threshold:.4f}" + (" (calibrated)" if settings.accept_threshold is None else "")),
    ]
    if settings.accept_threshold is not None:
        facts.append(("threshold in force", f"{settings.accept_threshold:.4f} (setting)"))
    facts += [(file.name, f"{file.stat().st_size / 1e6:.1f} MB") for file in sorted(folder.iterdir()) if file.is_file()]
    facts += [(name, str(value)) for name, value in description.items() if isinstance(value, str | int | float)]
    facts += [(name, f"{len(value)} entries") for name, value in description.items() if isinstance(value, list | dict)]
    return facts


def _description(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / "specialist.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"No usable model in {folder}: specialist.json: {exc}.") from exc
