"""What a word's features are worth: networks trained for the same processor time and measured on the same kept-apart documents.

``python -m extractors.training.compare_networks --data DIR --exam DIR --encoder CHECKPOINT --minutes 10`` trains, one after the other and each on
one thread: the specialist without word vectors (character n-grams alone), the specialist as it ships, and LayoutLM (words as subwords, boxes)
whose text layers begin as the pretrained ``CHECKPOINT`` (a transformers BERT model with a fast tokenizer). DIR holds shards with their
windows. Printed: F1 over labelled words, milliseconds per page of the network alone on one core, megabytes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from extractors.checkpoint_tagger import LAYOUT_UNITS, page_boxes, subword_windows
from extractors.labels import FIELDS
from extractors.training.network import Specialist, SpecialistConfig
from extractors.training.sample import LabelledDocument
from extractors.training.train import INPUTS, LOSS_WEIGHTS, Shards, TrainingConfig, augment, collate, losses
from extractors.training.windows_data import TrainingWindow, batches, document_windows, load_shard

WINDOW_SUBWORDS = 512
LAYOUT_BATCH = 4
LAYOUT_RATE = 2e-4
SUBWORDS_PER_WORD = 8  # of a longer word the rest is not shown
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Result:
    """One network: words it was trained on, F1 over words with a label, network time per page, size of its weights."""

    name: str
    trained_words: int
    word_f1: float
    ms_per_page: float
    megabytes: float


def compare(data: Sequence[Path], exam: Path, encoder: Path | None, *, minutes: float, exam_shards: int = 2) -> Iterator[Result]:
    """Results of the three networks, each when it is ready; the third only with an ``encoder``."""
    torch.set_num_threads(1)
    shards = Shards(data)
    shards.refresh()
    documents = [d for path in sorted(exam.glob("shard-*.pkl"))[:exam_shards] for d in load_shard(path)]
    pages = sum(len(d.pages) for d in documents)
    windows = [w for d in documents for w in document_windows(d)]
    for name, blind in (("character n-grams alone", True), ("n-grams and word vectors (ships)", False)):
        model, words = train_specialist(shards.training, minutes=minutes, blind=blind)
        f1, seconds = measure_specialist(model, windows, blind=blind)
        yield Result(name, words, f1, 1000 * seconds / pages, _megabytes(model))
    if encoder is not None:
        layout = LayoutModel(encoder)
        samples = (d for directory in data for path in sorted(directory.glob("shard-*.pkl"))[1:] for d in load_shard(path))
        words = layout.train(samples, minutes=minutes)
        f1, seconds = layout.measure(documents)
        yield Result("LayoutLM from a pretrained encoder", words, f1, 1000 * seconds / pages, _megabytes(layout.model))


def train_specialist(items: Sequence[TrainingWindow], *, minutes: float, blind: bool, seed: int = 7) -> tuple[Specialist, int]:
    """A specialist after ``minutes`` of processor time, and the words that it saw; a ``blind`` one gets no word vectors."""
    torch.manual_seed(seed)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    config = TrainingConfig()
    model = Specialist(SpecialistConfig())
    embeddings = [p for n, p in model.named_parameters() if "ngrams" in n]
    others = [p for n, p in model.named_parameters() if "ngrams" not in n]
    groups = [{"params": others, "factor": 1.0}, {"params": embeddings, "factor": config.embedding_factor, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay)
    words = 0
    groups_of_windows: Iterator[list[TrainingWindow]] = iter(())
    for share in _until(minutes):
        group = next(groups_of_windows, None)
        if group is None:
            groups_of_windows = batches(list(items), words_per_batch=config.words_per_batch, rng=rng)
            group = next(groups_of_windows)
        _set_rate(optimiser, config.learning_rate, share)
        batch = collate(group)
        augment(batch, config, generator)
        if blind:
            batch["meaning"].zero_()
        loss = torch.stack([LOSS_WEIGHTS[k] * v for k, v in losses(model, batch).items()]).sum()
        _step(model, optimiser, loss)
        words += int(batch["mask"].sum())
    return model, words


@torch.no_grad()
def measure_specialist(model: Specialist, windows: Sequence[TrainingWindow], *, blind: bool) -> tuple[float, float]:
    """F1 over labelled words, and seconds of the network alone."""
    model.eval()
    counts, seconds = _Counts(), 0.0
    for group in batches(list(windows), words_per_batch=4096, rng=np.random.default_rng(0)):
        batch = collate(group)
        if blind:
            batch["meaning"].zero_()
        begun = time.process_time()
        logits = model(**{name: batch[name] for name in INPUTS}).logits
        seconds += time.process_time() - begun
        valid = batch["tags"] >= 0
        counts.add(((batch["tags"][valid] + 1) // 2).numpy(), ((logits.argmax(-1)[valid] + 1) // 2).numpy())
    return counts.f1, seconds


class LayoutModel:
    """LayoutLM over our labels, its text layers taken from a BERT checkpoint; boxes are learnt from nothing."""

    def __init__(self, encoder: Path, *, seed: int = 7) -> None:
        from tokenizers import Tokenizer
        from transformers import AutoModel, LayoutLMConfig, LayoutLMForTokenClassification

        torch.manual_seed(seed)
        self.tokens = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        text: Any = AutoModel.from_pretrained(encoder, add_pooling_layer=False)
        kept = {k: v for k, v in text.config.to_dict().items() if k in _SHARED_SETTINGS}
        self.model: Any = LayoutLMForTokenClassification(
            cast(Any, LayoutLMConfig)(**kept, num_labels=1 + len(FIELDS), max_2d_position_embeddings=1024)
        )
        known = {f"layoutlm.{name}": value for name, value in text.state_dict().items() if "position_ids" not in name}
        missing = self.model.load_state_dict(known, strict=False)
        if missing.unexpected_keys:
            raise ValueError(f"no BERT checkpoint: {missing.unexpected_keys[:3]}")
        self.ids: dict[str, list[int]] = {}

    def train(self, documents: Iterator[LabelledDocument], *, minutes: float) -> int:
        optimiser = torch.optim.AdamW([{"params": list(self.model.parameters()), "factor": 1.0}], lr=LAYOUT_RATE, weight_decay=0.01)
        self.model.train()
        queue = self._windows(documents)
        words = 0
        for share in _until(minutes):
            group = [w for w, _ in zip(queue, range(LAYOUT_BATCH), strict=False)]
            if not group:
                break
            _set_rate(optimiser, LAYOUT_RATE, share)
            inputs, labels = _padded(group)
            logits = self.model(**inputs).logits
            _step(self.model, optimiser, nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED))
            words += int((labels != IGNORED).sum())
        return words

    @torch.no_grad()
    def measure(self, documents: Sequence[LabelledDocument]) -> tuple[float, float]:
        self.model.eval()
        counts, seconds = _Counts(), 0.0
        for window in self._windows(iter(documents), overlap=False):
            inputs, labels = _padded([window])
            begun = time.process_time()
            logits = self.model(**inputs).logits
            seconds += time.process_time() - begun
            valid = labels != IGNORED
            counts.add(labels[valid].numpy(), logits.argmax(-1)[valid].numpy())
        return counts.f1, seconds

    def _windows(self, documents: Iterator[LabelledDocument], *, overlap: bool = True) -> Iterator[_Window]:
        """Windows of subwords, page by page; the first subword of a word carries its label. Without ``overlap`` every word is labelled once."""
        for document in documents:
            for page, labels in zip(document.pages, document.labels, strict=True):
                pieces = [self._subwords(text) for text in page.texts]
                boxes = page_boxes(page)
                done = 0
                for start, stop in subword_windows([len(p) for p in pieces], room=WINDOW_SUBWORDS):
                    seen = [i for i in range(start, stop) for _ in pieces[i]]
                    firsts = np.array([k == 0 for i in range(start, stop) for k in range(len(pieces[i]))])
                    fresh = np.array([overlap or i >= done for i in seen])
                    yield _Window(
                        np.array([t for i in range(start, stop) for t in pieces[i]], np.int64)[:WINDOW_SUBWORDS],
                        boxes[seen][:WINDOW_SUBWORDS],
                        np.where(firsts & fresh, labels[seen], IGNORED).astype(np.int64)[:WINDOW_SUBWORDS],
                    )
                    done = stop

    def _subwords(self, text: str) -> list[int]:
        if text not in self.ids:
            self.ids[text] = self.tokens.encode(text, add_special_tokens=False).ids[:SUBWORDS_PER_WORD] or [0]
        return self.ids[text]


_SHARED_SETTINGS = frozenset(
    {
        "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "max_position_embeddings",
        "type_vocab_size", "layer_norm_eps", "pad_token_id", "hidden_dropout_prob", "attention_probs_dropout_prob",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Window:
    ids: NDArray[np.int64]
    boxes: NDArray[np.int64]
    labels: NDArray[np.int64]


def _padded(group: Sequence[_Window]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    b, n = len(group), max(len(w.ids) for w in group)
    ids, boxes = np.zeros((b, n), np.int64), np.zeros((b, n, 4), np.int64)
    mask, labels = np.zeros((b, n), np.int64), np.full((b, n), IGNORED, np.int64)
    for i, w in enumerate(group):
        k = len(w.ids)
        ids[i, :k], boxes[i, :k], mask[i, :k], labels[i, :k] = w.ids, np.clip(w.boxes, 0, LAYOUT_UNITS), 1, w.labels
    boxes[:, :, 2:] = np.maximum(boxes[:, :, 2:], boxes[:, :, :2])  # the model looks up width and height
    inputs = {"input_ids": ids, "bbox": boxes, "attention_mask": mask}
    return {name: torch.from_numpy(array) for name, array in inputs.items()}, torch.from_numpy(labels)


@dataclass(slots=True)
class _Counts:
    right: int = 0
    given: int = 0
    wanted: int = 0

    def add(self, truth: NDArray[np.int64], guess: NDArray[np.int64]) -> None:
        self.right += int(((truth == guess) & (truth > 0)).sum())
        self.given += int((guess > 0).sum())
        self.wanted += int((truth > 0).sum())

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.given + self.wanted, 1)


def _until(minutes: float, clock: Callable[[], float] = time.process_time) -> Iterator[float]:
    """The spent share of a budget of processor time, from 0 until it is used up."""
    begun = clock()
    share = 0.0
    while share < 1:
        yield share
        share = (clock() - begun) / (60 * minutes)


def _set_rate(optimiser: torch.optim.Optimizer, rate: float, share: float) -> None:
    factor = min(share / 0.05, 1.0) if share < 0.05 else 1 - 0.99 * (share - 0.05) / 0.95
    for group in optimiser.param_groups:
        group["lr"] = rate * max(factor, 0.01) * group["factor"]


def _step(model: nn.Module, optimiser: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


def _megabytes(model: nn.Module) -> float:
    return sum(p.numel() * p.element_size() for p in model.parameters()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="directories of shards with their windows")
    parser.add_argument("--exam", type=Path, required=True, help="directory of shards of the exam family")
    parser.add_argument("--encoder", type=Path, help="pretrained BERT checkpoint with tokenizer.json")
    parser.add_argument("--minutes", type=float, default=10.0, help="processor time for each network")
    arguments = parser.parse_args()
    print(f"{'network':36} {'words seen':>11} {'word F1':>8} {'ms/page':>8} {'MB':>6}")
    for r in compare(arguments.data, arguments.exam, arguments.encoder, minutes=arguments.minutes):
        print(f"{r.name:36} {r.trained_words:11,} {r.word_f1:8.4f} {r.ms_per_page:8.1f} {r.megabytes:6.1f}", flush=True)


if __name__ == "__main__":
    main()
