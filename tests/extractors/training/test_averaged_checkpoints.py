"""The mean of several checkpoints of one training."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the train extra")

import torch

from extractors.training.average import average
from extractors.training.network import Specialist, SpecialistConfig
from schemas.errors import ModelError


def checkpoint(folder: Path, *, seed: int, width: int = 48) -> Specialist:
    torch.manual_seed(seed)
    model = Specialist(SpecialistConfig(hidden_size=width, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64))
    model.save_pretrained(folder)
    return model


def test_the_weights_are_the_mean(tmp_path: Path) -> None:
    a, b = checkpoint(tmp_path / "a", seed=1), checkpoint(tmp_path / "b", seed=2)
    average([tmp_path / "a", tmp_path / "b"], tmp_path / "mean")
    mean = Specialist.from_pretrained(tmp_path / "mean")
    for name, value in mean.state_dict().items():
        assert torch.allclose(value, (a.state_dict()[name] + b.state_dict()[name]) / 2, atol=1e-6), name


def test_networks_of_another_size_are_refused(tmp_path: Path) -> None:
    checkpoint(tmp_path / "a", seed=1)
    checkpoint(tmp_path / "b", seed=1, width=96)
    with pytest.raises(ModelError, match="another kind"):
        average([tmp_path / "a", tmp_path / "b"], tmp_path / "mean")


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        average([tmp_path / "nowhere"], tmp_path / "mean")
