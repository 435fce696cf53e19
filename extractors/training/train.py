"""Training of the specialist: shards of labelled documents in, a transformers checkpoint out.

``python -m extractors.training.train --data DIR --out DIR --minutes 60`` trains within a time budget (the learning rate follows the share of
the budget that is spent), writes ``last.pt`` every few minutes and goes on from it when started again, and ends with weights averaged
over the last steps (EMA).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from extractors.features import NGRAMS_PER_WORD
from extractors.labels import DOCUMENT_TYPES, LANGUAGES, TAGS
from extractors.training.network import Specialist, SpecialistConfig
from extractors.training.restore import restored
from extractors.training.windows_data import TrainingWindow, batches, load_windows
from extractors.word_vectors import VECTOR_SCALE, VECTOR_SIZE
from schemas.errors import ModelError


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of one training. ``minutes`` is wall-clock time over all (resumed) runs."""

    minutes: float = 60.0
    steps: int = 0  # instead of minutes, where set: the same training on any machine
    words_per_batch: int = 3584
    learning_rate: float = 1.5e-3
    embedding_factor: float = 6.0  # rare n-grams are seen seldom, so each sighting must move them further
    warmup_share: float = 0.03
    weight_decay: float = 0.02
    ema: float = 0.998
    word_dropout: float = 0.04
    ngram_dropout: float = 0.1
    whole_word_dropout: float = 0.2
    meaning_dropout: float = 0.1
    seed: int = 7
    checkpoint_every_s: float = 180.0
    max_shards: int = 0


def collate(items: Sequence[TrainingWindow]) -> dict[str, Tensor]:
    """Pad windows to one length N. Tensors [B, N, ...]; padded tags and anchors are -100 and -1."""
    n, b = max(len(item) for item in items), len(items)
    own = np.arange(n)[None, :, None].repeat(4, 2)
    batch = {
        "ngrams": np.zeros((b, n, items[0].ngrams.shape[1]), np.int64),
        "shape": np.zeros((b, n, items[0].shape.shape[1]), np.float32),
        "layout": np.zeros((b, n, items[0].layout.shape[1]), np.float32),
        "neighbours": np.repeat(own, b, 0).astype(np.int64),
        "position": np.zeros((b, n, 3), np.float32),
        "meaning": np.zeros((b, n, VECTOR_SIZE), np.float32),
        "mask": np.zeros((b, n), np.float32),
        "tags": np.full((b, n), -100, np.int64),
        "anchors": np.full((b, n), -1, np.int64),
        "document_type": np.array([item.document_type for item in items]),
        "language": np.array([item.language for item in items]),
    }
    for i, item in enumerate(items):
        k = len(item)
        for name in ("ngrams", "shape", "layout", "neighbours", "position", "meaning", "tags", "anchors"):
            batch[name][i, :k] = getattr(item, name)
        batch["mask"][i, :k] = 1
    batch["meaning"] /= VECTOR_SCALE
    return {name: torch.from_numpy(array) for name, array in batch.items()}


def augment(batch: dict[str, Tensor], config: TrainingConfig, generator: torch.Generator) -> None:
    """In place: forget whole words, single n-grams and exact spellings; jitter and stretch positions; vary sizes and weights."""
    ngrams = batch["ngrams"]
    b, n, _ = ngrams.shape

    def chance(p: float, *size: int) -> Tensor:
        return torch.rand(size, generator=generator) < p

    forgotten = chance(config.word_dropout, b, n)
    ngrams[forgotten] = 0
    batch["meaning"][forgotten | chance(config.meaning_dropout, b, n)] = 0
    ngrams[:, :, 0][chance(config.whole_word_dropout, b, n)] = 0
    ngrams[chance(config.ngram_dropout, b, n, NGRAMS_PER_WORD)] = 0
    position, layout = batch["position"], batch["layout"]
    stretch = 1 + 0.12 * (torch.rand((b, 1, 2), generator=generator) * 2 - 1)
    position[:, :, :2] *= stretch[:, :, :1]
    position[:, :, 2:] *= stretch[:, :, 1:]
    position += torch.randn((b, n, 3), generator=generator) * torch.tensor([0.7, 0.7, 0.5])
    layout[:, :, :4] += 0.03 * (torch.rand((b, 1, 4), generator=generator) * 2 - 1) + 0.003 * torch.randn((b, n, 4), generator=generator)
    layout[:, :, 4] += 0.06 * torch.randn((b, n), generator=generator)
    flat = chance(0.1, b)  # readers that know neither size nor weight
    layout[flat, :, 4] = 0
    layout[chance(0.12, b), :, 5] = 0
    no_sums = chance(0.15, b)
    layout[no_sums, :, 19:24] = 0
    layout[chance(0.15, b), :, 24:28] = 0
    layout[chance(0.1, b), :, 29] = 0


INPUTS = ("ngrams", "shape", "layout", "neighbours", "position", "meaning", "mask")
HEADER_WEIGHT = 4.0  # a page shows each header value once or twice among hundreds of words of rows
TAG_WEIGHTS = torch.tensor([1.0] + [1.0 if tag[2:].startswith("line.") else HEADER_WEIGHT for tag in TAGS[1:]])


def losses(model: nn.Module, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Cross-entropies of tags, row links, document type and language."""
    out = model(**{name: batch[name] for name in INPUTS})
    tag = nn.functional.cross_entropy(
        out.logits.reshape(-1, len(TAGS)),
        batch["tags"].reshape(-1),
        weight=TAG_WEIGHTS.to(out.logits.device),
        ignore_index=-100,
        label_smoothing=0.01,
    )
    linked = batch["anchors"] >= 0
    link = tag.new_zeros(())
    if linked.any():
        scores = torch.einsum("bnk,bmk->bnm", out.link_query, out.link_key) / out.link_key.shape[-1] ** 0.5
        scores = scores.masked_fill(~linked.unsqueeze(1), -1e4)  # words of rows choose among words of rows
        link = nn.functional.cross_entropy(scores[linked], batch["anchors"][linked])
    kind = nn.functional.cross_entropy(out.type_logits, batch["document_type"], label_smoothing=0.02)
    language = nn.functional.cross_entropy(out.language_logits, batch["language"], label_smoothing=0.02)
    return {"tag": tag, "link": link, "type": kind, "language": language}


LOSS_WEIGHTS = {"tag": 1.0, "link": 0.2, "type": 0.1, "language": 0.05}


@torch.no_grad()
def evaluate(model: nn.Module, items: Sequence[TrainingWindow], *, words_per_batch: int) -> dict[str, float]:
    """Span-free figures on labelled windows: micro F1 of non-O tags by word, link accuracy, document type accuracy."""
    model.eval()
    device = next(model.parameters()).device
    hit = predicted = true = link_hit = link_all = type_hit = 0
    rng = np.random.default_rng(0)
    for group in batches(list(items), words_per_batch=words_per_batch, rng=rng):
        batch = {name: value.to(device) for name, value in collate(group).items()}
        out = model(**{name: batch[name] for name in INPUTS})
        tags = out.logits.argmax(-1)
        valid = batch["tags"] >= 0
        label, guess = (batch["tags"][valid] + 1) // 2, (tags[valid] + 1) // 2
        hit += int(((label == guess) & (label > 0)).sum())
        predicted += int((guess > 0).sum())
        true += int((label > 0).sum())
        linked = batch["anchors"] >= 0
        if linked.any():
            scores = torch.einsum("bnk,bmk->bnm", out.link_query, out.link_key).masked_fill(~linked.unsqueeze(1), -1e4)
            link_hit += int((scores.argmax(-1)[linked] == batch["anchors"][linked]).sum())
            link_all += int(linked.sum())
        type_hit += int((out.type_logits.argmax(-1) == batch["document_type"]).sum())
    model.train()
    return {"word_f1": 2 * hit / max(predicted + true, 1), "link": link_hit / max(link_all, 1), "type": type_hit / max(len(items), 1)}


class Shards:
    """Windows of all shards in some directories. New shards that appear while training runs are taken up at the next epoch; the first shard of
    every directory is kept for validation."""

    def __init__(self, directories: Sequence[Path], *, limit: int = 0) -> None:
        self.directories, self.limit = directories, limit
        self.training: list[TrainingWindow] = []
        self.validation: list[TrainingWindow] = []
        self._seen: set[Path] = set()

    def refresh(self) -> int:
        """Load what is new; the number of new shards."""
        new = 0
        for directory in self.directories:
            paths = sorted(directory.glob("shard-*.windows"))
            for path in paths[: self.limit or None]:
                if path in self._seen:
                    continue
                kept_apart = path == paths[0]
                (self.validation if kept_apart else self.training).extend(load_windows(path))
                self._seen.add(path)
                new += 1
        return new


def sizes_of(directory: Path) -> SpecialistConfig:
    """The sizes of an earlier checkpoint or of an exported model."""
    if (directory / "model.safetensors").exists():
        return SpecialistConfig.from_pretrained(directory)
    return cast(SpecialistConfig, restored(directory).config)


def warm_start(model: Specialist, directory: Path) -> None:
    """Weights of an earlier checkpoint, or of an exported model such as the one that ships, also of one that knew fewer features: weights of what it did
    not know start at zero, so that the network begins as the earlier one. Raises `ModelError` where the earlier one has other sizes."""
    checkpoint = directory / "model.safetensors"
    known = load_file(checkpoint) if checkpoint.exists() else restored(directory).state_dict()
    with torch.no_grad():
        for name, value in model.state_dict().items():
            earlier = known.get(name)
            if earlier is not None and earlier.shape == value.shape:
                value.copy_(earlier)
            elif earlier is not None and earlier.shape[:-1] == value.shape[:-1] and earlier.shape[-1] < value.shape[-1]:
                value.zero_()
                value[..., : earlier.shape[-1]] = earlier
            elif earlier is not None:
                raise ModelError(
                    f"{directory} cannot be trained on: {name} has the shape {tuple(earlier.shape)}, expected {tuple(value.shape)}"
                )
            elif name.startswith("from_"):
                value.zero_()


def train(
    data: Sequence[Path], out: Path, *, config: TrainingConfig, network: SpecialistConfig | None = None, start_from: Path | None = None
) -> None:
    """Train on the shards in ``data`` (several directories are mixed), resume from ``out/last.pt``, save the averaged model in ``out``.

    ``network``: the sizes; without them those of ``start_from``, and without that those of the model that ships."""
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    generator = torch.Generator().manual_seed(config.seed)
    shards = Shards(data, limit=config.max_shards)
    shards.refresh()
    out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Specialist(network or (sizes_of(start_from) if start_from else SpecialistConfig()))
    if start_from:
        warm_start(model, start_from)
    cast(nn.Module, model).to(device)
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    decayed = [p for n, p in model.named_parameters() if p.ndim > 1 and "ngrams" not in n]
    others = [p for p in model.parameters() if p.ndim <= 1]
    embeddings = [p for n, p in model.named_parameters() if "ngrams" in n]
    optimiser = torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": config.weight_decay, "factor": 1.0},
            {"params": others, "weight_decay": 0.0, "factor": 1.0},
            {"params": embeddings, "weight_decay": 0.0, "factor": config.embedding_factor},
        ],
        lr=config.learning_rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    step, spent, epoch = 0, 0.0, 0
    checkpoint = out / "last.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True, map_location=device)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, step, spent, epoch = state["average"], state["step"], state["spent"], state["epoch"]
    parameters = sum(p.numel() for p in model.parameters())
    print(
        f"{len(shards.training)} windows, {len(shards.validation)} for validation, {parameters / 1e6:.2f} M parameters, from step {step}",
        flush=True,
    )
    (out / "training.json").write_text(json.dumps(asdict(config), indent=1))

    budget = config.minutes * 60
    mean: dict[str, float] = {}
    words, marked, saved = 0, time.monotonic(), time.monotonic()
    log = (out / "log.jsonl").open("a")
    model.train()
    while spent < budget and not (config.steps and step >= config.steps):
        epoch += 1
        if shards.refresh():
            print(f"epoch {epoch}: {len(shards.training)} windows", flush=True)
        for group in batches(shards.training, words_per_batch=config.words_per_batch, rng=rng):
            begun = time.monotonic()
            share = step / config.steps if config.steps else spent / budget
            if share >= 1:
                break
            factor = share / config.warmup_share if share < config.warmup_share else 0.5 * (1 + math.cos(math.pi * share)) * 0.99 + 0.01
            for g in optimiser.param_groups:
                g["lr"] = config.learning_rate * factor * g["factor"]
            batch = collate(group)
            augment(batch, config, generator)
            batch = {name: value.to(device) for name, value in batch.items()}
            parts = losses(model, batch)
            loss = torch.stack([LOSS_WEIGHTS[k] * v for k, v in parts.items()]).sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            decay = min(config.ema, (1 + step) / (10 + step))
            with torch.no_grad():
                for name, value in model.state_dict().items():
                    average[name].lerp_(value, 1 - decay) if value.is_floating_point() else average[name].copy_(value)
            for k, v in parts.items():
                mean[k] = 0.98 * mean.get(k, v.item()) + 0.02 * v.item()
            words += int(batch["mask"].sum())
            spent += time.monotonic() - begun
            if step % 50 == 0:
                rate = words / (time.monotonic() - marked)
                line = " ".join(f"{k} {v:.4f}" for k, v in mean.items())
                print(f"step {step} epoch {epoch} {spent / 60:.1f}/{config.minutes:.0f} min | {line} | {rate:.0f} words/s", flush=True)
                words, marked = 0, time.monotonic()
            if time.monotonic() - saved > config.checkpoint_every_s:
                _save(out, model, average, optimiser, step, spent, epoch)
                figures = _evaluate_average(model, average, shards.validation, config)
                print("validation", {k: round(v, 4) for k, v in figures.items()}, flush=True)
                log.write(json.dumps({"step": step, "minutes": spent / 60, **{f"loss_{k}": v for k, v in mean.items()}, **figures}) + "\n")
                log.flush()
                saved = time.monotonic()
    _save(out, model, average, optimiser, step, spent, epoch)
    figures = _evaluate_average(model, average, shards.validation, config)
    log.write(json.dumps({"step": step, "minutes": spent / 60, **{f"loss_{k}": v for k, v in mean.items()}, **figures}) + "\n")
    print("final", figures, flush=True)


def _evaluate_average(
    model: Specialist, average: dict[str, Tensor], validation: list[TrainingWindow], config: TrainingConfig
) -> dict[str, float]:
    copy = Specialist(cast(SpecialistConfig, model.config))
    cast(nn.Module, copy).to(model.device)
    copy.load_state_dict(average)
    return evaluate(copy, validation, words_per_batch=config.words_per_batch)


def _save(
    out: Path, model: Specialist, average: dict[str, Tensor], optimiser: torch.optim.Optimizer, step: int, spent: float, epoch: int
) -> None:
    state: dict[str, Any] = {
        "model": model.state_dict(),
        "average": average,
        "optimiser": optimiser.state_dict(),
        "step": step,
        "spent": spent,
        "epoch": epoch,
    }
    torch.save(state, out / "last.tmp")
    (out / "last.tmp").replace(out / "last.pt")
    copy = Specialist(cast(SpecialistConfig, model.config))
    copy.load_state_dict(average)
    copy.save_pretrained(out)


def main() -> None:
    defaults = TrainingConfig()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="directories of shards")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=defaults.minutes)
    parser.add_argument("--steps", type=int, default=0, help="train so many steps instead of so many minutes")
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--learning-rate", type=float, default=defaults.learning_rate)
    parser.add_argument("--max-shards", type=int, default=0)
    parser.add_argument("--start-from", type=Path, help="checkpoint whose weights are the start")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    config = TrainingConfig(
        minutes=arguments.minutes if not arguments.steps else 1e6,
        steps=arguments.steps,
        seed=arguments.seed,
        learning_rate=arguments.learning_rate,
        max_shards=arguments.max_shards,
    )
    train(arguments.data, arguments.out, config=config, start_from=arguments.start_from)


if __name__ == "__main__":
    print(f"{len(DOCUMENT_TYPES)} document types, {len(LANGUAGES)} languages, {len(TAGS)} tags")
    main()
