"""The weights of an exported network as a checkpoint again, to train it on: ``python -m extractors.training.restore MODEL_DIR OUT``.

What ships is an ONNX file. The exporter keeps the names of embeddings, biases and norms, and gives the weights of matrix products numbers. Which number
belongs to which layer is seen in a network of the same sizes with known weights, exported the same way.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from extractors.training.export import compare, export
from extractors.training.network import Specialist, SpecialistConfig
from schemas.errors import ModelError

LARGEST_DIFFERENCE = 1e-3  # of logits between the file and what was restored; eight-bit files round their inputs too and are not compared
_SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "ngram_size", "link_size", "dropout")
_PREFIX = "model."  # of what the exporter names
_ADDED_TOGETHER = (
    "from_word.bias",
    "from_shape.bias",
    "from_layout.2.bias",
)  # start alike, have the same gradient: the exporter writes equal ones once

Weights = dict[str, NDArray[Any]]


def restored(directory: Path) -> Specialist:
    """The network whose ``model.onnx`` and ``specialist.json`` lie in ``directory``, with torch's weights; eight-bit weights become the numbers that they
    stand for. Raises `ModelError` where the file has other parts than this version's exporter writes."""
    sizes = cast("dict[str, Any]", json.loads((directory / "specialist.json").read_text(encoding="utf-8"))["config"])
    model = Specialist(SpecialistConfig(**{name: sizes[name] for name in _SIZES})).eval()
    places = _places(tuple(sizes[name] for name in _SIZES))
    found, eight_bit = _weights(directory / "model.onnx")
    state = model.state_dict()
    for name, source, transposed in places:
        if source not in found and name in _ADDED_TOGETHER:
            source = _PREFIX + _ADDED_TOGETHER[0]
        if source not in found:
            raise ModelError(f"{directory / 'model.onnx'} has no weights {source} for {name}: it was exported by another version")
        values = found[source].T if transposed or source in eight_bit else found[source]  # the quantiser transposes all of them
        if values.shape != tuple(state[name].shape):
            raise ModelError(f"weights {source} have the shape {values.shape}, expected {tuple(state[name].shape)} of {name}")
        state[name] = torch.from_numpy(values.copy())
    model.load_state_dict(state)
    if not eight_bit and (worst := compare(model, directory / "model.onnx")) > LARGEST_DIFFERENCE:
        raise ModelError(f"what was restored from {directory / 'model.onnx'} answers otherwise, by {worst:.2g}")
    return model


@lru_cache(maxsize=4)
def _places(sizes: tuple[Any, ...]) -> list[tuple[str, str, bool]]:
    """For every weight of a network of these `_SIZES`: its name, its name in an exported file, and whether it stands there transposed."""
    known = Specialist(SpecialistConfig(**dict(zip(_SIZES, sizes, strict=True))))
    with torch.no_grad():
        for number, weights in enumerate(known.parameters()):
            weights.copy_(torch.rand(weights.shape, generator=torch.Generator().manual_seed(number)))
    with tempfile.TemporaryDirectory() as folder:
        known.save_pretrained(folder)
        export(Path(folder), Path(folder) / "exported")
        exported, _ = _weights(Path(folder) / "exported" / "model.onnx")
    unnamed = {name: values for name, values in exported.items() if not name.startswith(_PREFIX)}
    places: list[tuple[str, str, bool]] = []
    for name, tensor in known.state_dict().items():
        values = cast("Tensor", tensor).numpy()
        if _PREFIX + name in exported:
            places.append((name, _PREFIX + name, False))
            continue
        same = [other for other, found in unnamed.items() if found.shape == values.T.shape and np.array_equal(found, values.T)]
        if len(same) != 1:
            raise ModelError(f"{len(same)} parts of an exported network hold the weights {name}, expected one")
        places.append((name, same[0], True))
    return places


def _weights(onnx_file: Path) -> tuple[Weights, frozenset[str]]:
    """Arrays of floating-point numbers in the file by name, and the names of those that stand there in eight bits."""
    import onnx
    from onnx import numpy_helper

    arrays = {part.name: np.asarray(numpy_helper.to_array(part)) for part in onnx.load(str(onnx_file)).graph.initializer}
    result: Weights = {name: values for name, values in arrays.items() if values.dtype == np.float32}
    eight_bit = [name.removesuffix("_quantized") for name in arrays if name.endswith("_quantized")]
    for name in eight_bit:
        zero = arrays[f"{name}_zero_point"].astype(np.float32)
        result[name] = (arrays[f"{name}_quantized"].astype(np.float32) - zero) * arrays[f"{name}_scale"]
    return result, frozenset(eight_bit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder with model.onnx and specialist.json")
    parser.add_argument("out", type=Path, help="folder of the checkpoint, for AutoModelForTokenClassification and the start of a training")
    arguments = parser.parse_args()
    restored(arguments.model).save_pretrained(arguments.out)
    print(f"checkpoint in {arguments.out}")


if __name__ == "__main__":
    main()
