"""``lineitem model info``: which model is in use, how it was made, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from flows.composition import extract_options
from flows.settings import Settings
from schemas.errors import ModelError

Fact = tuple[str, str]


def model_facts(settings: Settings) -> list[Fact]:
    """(what, value) of the model that the settings name. Raises `ModelError` when there is none."""
    from extractors.model_directory import calibration_of, is_checkpoint, json_of, model_digest, model_files
    from extractors.pipeline import pipeline_version
    from extractors.tagger import MODEL_DIRECTORY

    folder = settings.model_dir or MODEL_DIRECTORY
    if not folder.is_dir():
        raise ModelError(f"There is no model: no folder {folder}.")
    checkpoint = is_checkpoint(folder)
    description = json_of(folder / ("config.json" if checkpoint else "specialist.json"))
    calibration = calibration_of(folder)
    facts: list[Fact] = [
        ("folder", str(folder)),
        ("kind", "transformers checkpoint (torch)" if checkpoint else "specialist (ONNX)"),
        ("pipeline version", pipeline_version(extract_options(settings, today=date.today()))),
        ("SHA-256", model_digest(folder)),
        ("files", ", ".join(f"{file.relative_to(folder)} {_size(file)}" for file in model_files(folder))),
    ]
    facts += _architecture(description)
    facts += _labels(description)
    if (folder / "training.json").exists():
        facts += _training(json_of(folder / "training.json"))
    threshold = f"{calibration.accept_threshold:.4f}"
    if not (folder / "calibration.json").exists():
        threshold = "none: not calibrated, so every document is flagged for review"
    facts += [("", ""), ("acceptance threshold", threshold)]
    if settings.accept_threshold is not None:
        facts.append(("threshold in force", f"{settings.accept_threshold:.4f} (setting)"))
    if (folder / "calibration.json").exists():
        measured = json_of(folder / "calibration.json").get("measured", {})
        facts += [(f"  {name.replace('_', ' ')}", value) for name, value in _figures(measured)]
    return facts


def _architecture(description: Mapping[str, Any]) -> list[Fact]:
    config = cast("Mapping[str, Any]", description.get("config", description))
    names = ("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size")
    facts: list[Fact] = [("parameters", f"{description['parameters']:,}")] if "parameters" in description else []
    return facts + [(name.replace("_", " "), str(config[name])) for name in names if config.get(name) is not None]


def _labels(description: Mapping[str, Any]) -> list[Fact]:
    tags = cast("list[str]", description.get("tags") or list(cast("Mapping[str, str]", description.get("id2label", {})).values()))
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(tag[2:] if tag[:2] in ("B-", "I-") else tag for tag in tags):
        group, _, field = name.partition(".")
        groups.setdefault(group, []).append(field)
    facts: list[Fact] = [("", ""), ("labels", f"{len(tags)}")]
    facts += [(f"  {group}", ", ".join(fields)) for group, fields in groups.items() if fields != [""]]
    for name in ("document_types", "languages"):
        if name in description:
            facts.append((name.replace("_", " "), ", ".join(description[name])))
    return facts


def _training(record: Mapping[str, Any]) -> list[Fact]:
    facts: list[Fact] = [("", ""), ("trained", str(record.get("made", "on an unknown day")))]
    recipe = cast("Mapping[str, Any]", record.get("recipe", {}))
    for part in ("generator", "exam"):
        if part in recipe:
            facts.append((f"  {part}", "{count} documents of family {family}, from seed {seed}".format(**recipe[part])))
    facts += [(f"  {name.replace('_', ' ')}", value) for name, value in _figures(recipe.get("training", {}))]
    facts += [(f"  at the end: {name.replace('_', ' ')}", value) for name, value in _figures(record.get("validation", {}))]
    if record.get("versions"):
        facts.append(("  made with", ", ".join(f"{name} {found}" for name, found in record["versions"].items())))
    return facts


def _figures(values: Mapping[str, Any]) -> Iterable[Fact]:
    for name, value in values.items():
        if isinstance(value, float) and not value.is_integer():
            yield name, f"{value:.4g}"
        elif isinstance(value, int | float | str):
            yield name, f"{value:.0f}" if isinstance(value, float) else str(value)


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
