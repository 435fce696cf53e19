"""The whole making of a model: documents, windows, training, export, calibration. Each stage that is finished is skipped the next time.

The folder holds the model (``model.onnx``, ``specialist.json``, ``calibration.json``, and in ``second/`` the second network where the recipe asks for
one), its record ``training.json``, the curves ``loss.svg`` and ``f1.svg``, and ``work/`` with shards and checkpoints, which nobody needs once the model
is good.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

from extractors.model_directory import NEVER_ACCEPT, SECOND, json_of
from extractors.tagger import MODEL_DIRECTORY
from extractors.training.curves import read_log, write_curves
from extractors.training.recipe import Recipe
from extractors.training.synthesis import missing_shards, prepare_shards, unprepared_shards, write_shards
from schemas.errors import ConfigurationError, ModelError

STAGES = ("documents to learn from", "their windows", "documents kept apart", "training", "export", "the second network", "calibration")


class Course(Protocol):
    """Whoever shows how far the making is."""

    def begin(self, stage: str, *, unit: str, total: int) -> None:
        """A stage begins; ``total`` units are left to do (0 = it counts none, or all was done before)."""
        ...

    def advance(self) -> None: ...

    def say(self, message: str) -> None: ...


def make_model(recipe: Recipe, out: Path, *, course: Course) -> dict[str, Any]:
    """Make the model of ``recipe`` in ``out``, going on where an earlier run stopped; returns its record.

    Raises `ConfigurationError` for settings that the training does not know and for a folder that was begun with another recipe,
    `ModelError` when the exported network differs from the trained one.
    """
    from extractors.training.network import SpecialistConfig
    from extractors.training.train import TrainingConfig

    _quieten()
    config = _settings_of(TrainingConfig, recipe.training, "training")
    network = SpecialistConfig(**recipe.network)
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    state = _State(work / "state.json", recipe)
    workers = recipe.workers or os.cpu_count() or 1

    learn, exam, checkpoint = work / "train", work / "exam", work / "checkpoint"
    for stage, folder, wanted in ((STAGES[0], learn, recipe.generator), (STAGES[2], exam, recipe.exam)):
        course.begin(stage, unit="shards", total=len(missing_shards(folder, wanted.count)))
        for _ in write_shards(folder, count=wanted.count, seed=wanted.seed, family=wanted.family, workers=workers):
            course.advance()
        if folder is learn:
            course.begin(STAGES[1], unit="shards", total=len(unprepared_shards(learn)))
            for _ in prepare_shards(learn, workers=workers):
                course.advance()
    course.begin(STAGES[3], unit="minutes", total=0)
    _train(_Network(config, network, checkpoint, recipe.start_from), learn, state, course)
    write_curves(checkpoint / "log.jsonl", out)
    course.begin(STAGES[4], unit="files", total=0)
    difference = _export(checkpoint, out, recipe, state, course, int8=recipe.int8)
    if (second := recipe.second) is not None:
        course.begin(STAGES[5], unit="minutes", total=0)
        other = _Network(
            _settings_of(TrainingConfig, {**recipe.training, **second.training}, "second.training"),
            SpecialistConfig(**{**recipe.network, **second.network}),
            work / "second",
            None,
            "second_",
        )
        _train(other, learn, state, course)
        _export(other.checkpoint, out / SECOND, recipe, state, course, int8=True, prefix=other.prefix)
    calibration = _calibrate(out, sorted(exam.glob("shard-*.pkl")), state, course, workers=workers)
    record = _record(recipe, out, checkpoint, difference, calibration)
    (out / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return record


@dataclass(frozen=True, slots=True)
class _Network:
    """A network to train: its settings and sizes, where its checkpoint lies, and under which names its state is kept."""

    config: Any
    sizes: Any
    checkpoint: Path
    start_from: Path | None
    prefix: str = ""


def _train(network: _Network, data: Path, state: _State, course: Course) -> None:
    from extractors.training.train import train

    begun, minutes = (network.checkpoint / "last.pt").exists(), network.config.minutes
    if state.get(f"{network.prefix}trained_minutes") == minutes:
        course.say("done before")
        return
    course.say(f"{minutes:g} minutes" + (", from the last checkpoint" if begun else ""))
    train([data], network.checkpoint, config=network.config, network=network.sizes, start_from=None if begun else network.start_from)
    state.put(calibration=None, **{f"{network.prefix}trained_minutes": minutes, f"{network.prefix}difference": None})


def _export(checkpoint: Path, out: Path, recipe: Recipe, state: _State, course: Course, *, int8: bool, prefix: str = "") -> float:
    difference = state.get(f"{prefix}difference")
    if difference is None or not (out / "model.onnx").exists():
        from extractors.training.export import export, quantise

        difference = export(checkpoint, out)
        if difference > recipe.max_difference:
            raise ModelError(
                f"The exported network differs from the trained one: largest difference of logits {difference:.2e}, "
                f"expected at most {recipe.max_difference:g} (export.max_difference)."
            )
        if int8:
            quantise(out / "model.onnx")
        state.put(**{f"{prefix}difference": difference})
    course.say(f"model.onnx: {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB, within {difference:.1e} of the trained network")
    return float(difference)


def _calibrate(out: Path, exam: list[Path], state: _State, course: Course, *, workers: int) -> dict[str, Any]:
    course.begin(STAGES[6], unit="shards", total=0)
    figures = state.get("calibration")
    if figures is None or not (out / "calibration.json").exists():
        from extractors.training.calibrate import calibrate

        try:
            figures = dict(calibrate(out, exam, today=date.today(), workers=workers))
        except ValueError as exc:
            if "documents are right" not in str(exc):  # else all are, or none: there is nothing to tell apart
                raise
            never_accept(out)
            course.say(f"No confidence can be fitted ({exc}): every document will be flagged for review. Train longer.")
            return {}
        state.put(calibration=figures)
    if figures:
        course.say(", ".join(f"{name} {value:.4g}" for name, value in figures.items() if isinstance(value, int | float)))
    return cast("dict[str, Any]", figures)


def never_accept(directory: Path) -> None:
    """Give a model whose confidence could not be fitted the shipped weights and a threshold that nothing reaches."""
    calibration = json_of(MODEL_DIRECTORY / "calibration.json")
    calibration |= {"accept_threshold": NEVER_ACCEPT, "agreement": None, "measured": {}}
    (directory / "calibration.json").write_text(json.dumps(calibration, indent=1) + "\n", encoding="utf-8")


def _record(recipe: Recipe, out: Path, checkpoint: Path, difference: float, calibration: dict[str, Any]) -> dict[str, Any]:
    log = read_log(checkpoint / "log.jsonl")
    return {
        "made": date.today().isoformat(),
        "recipe": recipe.plain() | {"start_from": recipe.start_from.name if recipe.start_from else None},
        "validation": dict(log[-1]) if log else {},
        "export_difference": difference,
        "measured": calibration,
        "versions": {name: version(name) for name in ("torch", "transformers", "onnx", "numpy")},
        "sha256": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest(),
    }


def _settings_of(kind: Any, values: Any, table: str) -> Any:
    known = [f.name for f in fields(kind)]
    if unknown := sorted(set(values) - set(known)):
        raise ConfigurationError(f"Unknown {table}.{unknown[0]}; expected {', '.join(known)}.")
    return kind(**values)


def _quieten() -> None:
    """No bars of transformers and no warnings of the ONNX exporter about libraries that nothing here needs."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)


class _State:
    """What is finished, in a file beside the work."""

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self._path = path
        self._values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"recipe": recipe.plain()}
        if different := recipe.differences(self._values["recipe"]):
            raise ConfigurationError(
                f"{path.parent.parent} was begun with another configuration (different: {', '.join(different)}). "
                "Choose another folder, or delete it."
            )
        self.put(recipe=recipe.plain())

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def put(self, **values: Any) -> None:
        self._values |= values
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._values, indent=1), encoding="utf-8")
        part.replace(self._path)
