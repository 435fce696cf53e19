"""Eight-bit weights: a smaller file that says nearly the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")

import onnxruntime
import torch

from extractors.training.export import example_inputs, export, quantise
from extractors.training.network import Specialist, SpecialistConfig


def test_a_quantised_network_is_smaller_and_agrees_with_the_whole_one(tmp_path: Path) -> None:
    torch.manual_seed(3)
    config = SpecialistConfig(hidden_size=96, num_hidden_layers=1, num_attention_heads=4, intermediate_size=192)
    Specialist(config).save_pretrained(tmp_path / "checkpoint")
    assert export(tmp_path / "checkpoint", tmp_path) < 1e-3
    model = tmp_path / "model.onnx"
    inputs = {name: value.numpy() for name, value in example_inputs(2, 60, seed=5).items()}

    def logits() -> np.ndarray:
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        return session.run(["logits"], inputs)[0]

    whole, size = logits(), model.stat().st_size
    quantise(model)
    assert model.stat().st_size < size - 100_000
    assert b"site-packages" not in model.read_bytes()
    assert np.corrcoef(whole.ravel(), logits().ravel())[0, 1] > 0.99
    assert list(tmp_path.glob("*.whole")) == []
