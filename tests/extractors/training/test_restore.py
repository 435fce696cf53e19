"""An exported network as a checkpoint again: the weights that it was exported from."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the train extra")

import onnx
import torch

from extractors.training.export import export, quantise
from extractors.training.network import Specialist, SpecialistConfig
from extractors.training.restore import restored
from extractors.training.train import sizes_of, warm_start
from schemas.errors import ModelError

SIZES = SpecialistConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=48)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Specialist, Path]:
    """A network whose weights are all different, but for the three biases that training moves alike, and the folder it was exported to."""
    torch.manual_seed(11)
    model = Specialist(SIZES)
    with torch.no_grad():
        for weights in model.parameters():
            weights.copy_(torch.randn(weights.shape) * 0.1)
        model.from_shape.bias.copy_(model.from_word.bias)
        model.from_layout[2].bias.copy_(model.from_word.bias)
    folder = tmp_path_factory.mktemp("exported")
    model.save_pretrained(folder / "checkpoint")
    export(folder / "checkpoint", folder)
    return model, folder


def test_every_weight_comes_back_where_it_was(exported: tuple[Specialist, Path], tmp_path: Path) -> None:
    model, folder = exported
    found = restored(folder).state_dict()
    assert all(torch.equal(weights, found[name]) for name, weights in model.state_dict().items())
    fresh = Specialist(SIZES)
    warm_start(fresh, folder)
    assert torch.equal(fresh.blocks[0].up.weight, model.blocks[0].up.weight)


def test_a_network_of_other_sizes_is_not_trained_on(exported: tuple[Specialist, Path]) -> None:
    _, folder = exported
    for directory in (folder, folder / "checkpoint"):
        assert sizes_of(directory).intermediate_size == SIZES.intermediate_size
        with pytest.raises(ModelError, match="cannot be trained on"):
            warm_start(
                Specialist(SpecialistConfig(hidden_size=64, num_hidden_layers=1, num_attention_heads=4, intermediate_size=48)), directory
            )


def test_eight_bit_weights_come_back_as_what_they_stand_for(exported: tuple[Specialist, Path]) -> None:
    model, folder = exported
    quantise(folder / "model.onnx")
    found = restored(folder).state_dict()
    for name, weights in model.state_dict().items():
        assert (found[name] - weights).abs().max() <= weights.abs().max() / 100, name
    assert not torch.equal(found["blocks.0.up.weight"], model.blocks[0].up.weight)


def test_a_file_without_some_weights_is_refused(exported: tuple[Specialist, Path], tmp_path: Path) -> None:
    _, folder = exported
    model = onnx.load(str(folder / "model.onnx"))
    (lost,) = [part for part in model.graph.initializer if part.name == "model.tags.bias"]
    model.graph.initializer.remove(lost)
    onnx.save(model, str(tmp_path / "model.onnx"))
    (tmp_path / "specialist.json").write_text((folder / "specialist.json").read_text())
    with pytest.raises(ModelError, match=r"no weights model\.tags\.bias"):
        restored(tmp_path)
