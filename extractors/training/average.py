"""One checkpoint from several of one training: ``python -m extractors.training.average OUT CHECKPOINT...``.

The mean of the weights of checkpoints that began from one another often reads documents of other kinds better than each of them
(Wortsman and others, "Model soups", 2022). Checkpoints that were trained apart must not be averaged.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from schemas.errors import ModelError

WEIGHTS, CONFIG = "model.safetensors", "config.json"


def average(checkpoints: Sequence[Path], out: Path) -> None:
    """Write the mean of the checkpoints' weights, with the first one's configuration, to ``out``.

    Raises `ModelError` where a checkpoint cannot be read or its weights have other names or shapes than the first one's.
    """
    try:
        weights = [load_file(folder / WEIGHTS) for folder in checkpoints]
    except OSError as exc:
        raise ModelError(f"a checkpoint cannot be read: {exc}") from exc
    shapes = [{name: tuple(value.shape) for name, value in w.items()} for w in weights]
    for folder, found in zip(checkpoints, shapes, strict=True):
        if found != shapes[0]:
            raise ModelError(
                f"{folder} is a network of another kind than {checkpoints[0]}: only checkpoints of one training can be averaged"
            )
    out.mkdir(parents=True, exist_ok=True)
    mean = {name: torch.stack([w[name].float() for w in weights]).mean(0).to(value.dtype) for name, value in weights[0].items()}
    save_file(mean, out / WEIGHTS, metadata={"format": "pt"})
    shutil.copy(checkpoints[0] / CONFIG, out / CONFIG)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    arguments = parser.parse_args()
    average(arguments.checkpoints, arguments.out)
    print(f"mean of {len(arguments.checkpoints)} checkpoints written to {arguments.out}")


if __name__ == "__main__":
    main()
