"""Which model a folder holds, and opening it: a specialist of ours (ONNX), or any transformers token-classification checkpoint.

Both are a `WordTagger`: documents in, label probabilities per word out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from extractors.ensemble import Ensemble
from extractors.tagger import MODEL_DIRECTORY, TaggedDocument, Tagger
from extractors.words import Document
from schemas.errors import ModelError

if TYPE_CHECKING:
    from extractors.confidence import Calibration

OWN_FILES = ("specialist.json", "calibration.json", "model.onnx")
SECOND = "second"  # folder, within a model's, of the network that reads beside the first one
SECOND_FILES = (f"{SECOND}/specialist.json", f"{SECOND}/model.onnx")
CHECKPOINT_FILES = ("config.json", "calibration.json")
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")
_FOREST = re.compile(r'"forest": \[')
_END_OF_TREES = re.compile(r"\}\s*\]")
NEVER_ACCEPT = 1.0  # no confidence reaches it: without a calibration a person looks at every document


class WordTagger(Protocol):
    """Anything that gives each word of a document its label probabilities and says which words share a row."""

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        """One `TaggedDocument` per document, in order."""
        ...


def is_checkpoint(directory: Path) -> bool:
    """Whether the folder holds a transformers checkpoint rather than a specialist of ours."""
    return (directory / "config.json").exists() and not (directory / "specialist.json").exists()


def open_tagger(directory: Path | None) -> WordTagger:
    """The model in ``directory`` (default: the one that ships with the package), ready to tag.

    Raises `ModelError` when there is none, it does not fit our labels, or it needs a library that is not installed.
    """
    directory = directory or MODEL_DIRECTORY
    if not directory.is_dir():
        raise ModelError(f"There is no model: no folder {directory}.")
    if not is_checkpoint(directory):
        first = Tagger(directory)
        return Ensemble(first, Tagger(directory / SECOND)) if has_second(directory) else first
    if json_of(directory / "config.json").get("model_type") == "lineitem-specialist":
        raise ModelError(
            f"{directory} holds a checkpoint of training, which is not run as it is: export it first "
            f"(python -m extractors.training.export {directory} OUT) and calibrate it."
        )
    try:
        from extractors.checkpoint_tagger import CheckpointTagger
    except ModuleNotFoundError as exc:
        raise ModelError(
            f"The checkpoint in {directory} needs {exc.name}, which is not installed: pip install 'lineitem[train]', or make train-setup."
        ) from exc
    return CheckpointTagger(directory)


def has_second(directory: Path | None) -> bool:
    """Whether a second network ships with the model."""
    return ((directory or MODEL_DIRECTORY) / SECOND / "model.onnx").exists()


def threshold_of(directory: Path | None) -> float:
    """The accept threshold of `calibration_of`, without loading the rest. Raises `ModelError`."""
    directory = directory or MODEL_DIRECTORY
    if is_checkpoint(directory) and not (directory / "calibration.json").exists():
        return NEVER_ACCEPT
    calibration = json_of(directory / "calibration.json", forests=False)
    agreement = calibration.get("agreement") if has_second(directory) else None
    try:
        return float((agreement or calibration)["accept_threshold"])
    except (KeyError, TypeError, ValueError) as exc:
        raise ModelError(f"the calibration in {directory} has no accept_threshold: calibrate the model again") from exc


def calibration_of(directory: Path | None) -> Calibration:
    """The calibration beside a model. A checkpoint without one gets that of the shipped model with a threshold that nothing reaches."""
    from extractors.calibration_file import load_calibration

    directory = directory or MODEL_DIRECTORY
    if is_checkpoint(directory) and not (directory / "calibration.json").exists():
        return replace(load_calibration(MODEL_DIRECTORY), accept_threshold=NEVER_ACCEPT)
    return load_calibration(directory, twice=has_second(directory))


def model_files(directory: Path | None) -> list[Path]:
    """The files that a model's results depend on, in a fixed order."""
    directory = directory or MODEL_DIRECTORY
    if not is_checkpoint(directory):
        names: Sequence[str] = (*OWN_FILES, *SECOND_FILES)
    else:
        weights = sorted(path.name for path in directory.glob("*.safetensors"))
        names = (*CHECKPOINT_FILES, "tokenizer.json", "tokenizer_config.json", *WEIGHTS[1:], *weights)
    return [directory / name for name in names if (directory / name).exists()]


def model_digest(directory: Path | None) -> str:
    """SHA-256 over `model_files`, hexadecimal."""
    digest = hashlib.sha256()
    for path in model_files(directory):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def json_of(path: Path, *, forests: bool = True) -> dict[str, Any]:
    """A JSON object from a file of a model, without the trees of its ``forests``, which are most of a calibration, where nobody needs them. Raises
    `ModelError`."""
    try:
        text = path.read_text(encoding="utf-8")
        return cast("dict[str, Any]", json.loads(text if forests else _without_trees(text)))
    except (OSError, ValueError) as exc:
        raise ModelError(f"No usable model in {path.parent}: {path.name}: {exc}.") from exc


def _without_trees(text: str) -> str:
    """The text of a calibration with empty forests: to read 300,000 nodes takes a tenth of a second."""
    kept, end = "", 0
    for begin in _FOREST.finditer(text):
        trees_end = _END_OF_TREES.search(text, begin.end())
        if trees_end is None:
            raise ValueError("a forest has no end")
        kept, end = kept + text[end : begin.end()], trees_end.end() - 1
    return kept + text[end:]
