"""Labelled documents to training windows: features and targets as arrays, batched by length."""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from extractors.features import document_features
from extractors.labels import DOCUMENT_TYPES, FIELDS, LANGUAGES
from extractors.training.sample import LabelledDocument
from extractors.windows import cut, windows
from extractors.words import Document

LINE_LABEL_IDS = frozenset(i + 1 for i, name in enumerate(FIELDS) if name.startswith("line."))
_ANCHOR_ORDER = tuple(
    FIELDS.index(f"line.{name}") + 1
    for name in ("net_amount", "gross_amount", "unit_price", "quantity", "description", "item_code", "position")
)


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """Features of at most one window of words (shapes as in `WordFeatures`) with targets: ``tags`` [n] int16 (index into TAGS), ``anchors``
    [n] int16 (index within the window of the word that anchors the row, -1 = no row), ``document_type`` and ``language`` indices."""

    ngrams: NDArray[np.uint16]
    shape: NDArray[np.float16]
    layout: NDArray[np.float16]
    neighbours: NDArray[np.int16]
    position: NDArray[np.float32]
    meaning: NDArray[np.int8]
    tags: NDArray[np.int16]
    anchors: NDArray[np.int16]
    document_type: int
    language: int

    def __len__(self) -> int:
        return len(self.tags)


def load_shard(path: Path) -> list[LabelledDocument]:
    """Documents of one shard written by ``python -m extractors.training.generate``."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return cast("list[LabelledDocument]", pickle.load(file))


def load_windows(path: Path) -> list[TrainingWindow]:
    """Windows of one shard written by ``python -m extractors.training.prepare``."""
    return cast("list[TrainingWindow]", pickle.loads(path.read_bytes()))


def row_anchors(labels: NDArray[np.int16], groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Index [n] of the anchor word of every line-item word, -1 elsewhere: the first word of the row's amount, else of its price,
    quantity, description, code or position."""
    anchors = np.full(len(labels), -1, np.int32)
    in_row = np.isin(labels, list(LINE_LABEL_IDS)) & (groups >= 0)
    for group in np.unique(groups[in_row]):
        members = np.flatnonzero(in_row & (groups == group))
        for label in _ANCHOR_ORDER:
            candidates = members[labels[members] == label]
            if len(candidates):
                anchors[members] = candidates[0]
                break
    return anchors


def document_windows(document: LabelledDocument) -> list[TrainingWindow]:
    """Training windows of one document."""
    features = document_features(Document(document.pages, reader="generated"))
    if not len(features):
        return []
    labels = np.concatenate(document.labels)
    groups = np.concatenate(document.groups)
    starts = np.concatenate(document.starts)
    tags = np.where(labels > 0, labels * 2 - np.where(starts, 1, 0), 0).astype(np.int16)
    anchors = row_anchors(labels, groups)
    result: list[TrainingWindow] = []
    for w in windows(len(features)):
        part = slice(w.start, w.stop)
        seen = cut(features, w)
        anchor = anchors[part] - w.start
        anchor = np.where((anchors[part] < 0) | (anchor < 0) | (anchor >= w.stop - w.start), -1, anchor)
        result.append(
            TrainingWindow(
                seen.ngrams,
                seen.shape.astype(np.float16),
                seen.layout.astype(np.float16),
                seen.neighbours.astype(np.int16),
                seen.position,
                seen.meaning,
                tags[part],
                anchor.astype(np.int16),
                DOCUMENT_TYPES.index(document.document_type),
                LANGUAGES.index(document.language) if document.language in LANGUAGES else len(LANGUAGES) - 1,
            )
        )
    return result


def batches(items: list[TrainingWindow], *, words_per_batch: int, rng: np.random.Generator) -> Iterator[list[TrainingWindow]]:
    """Shuffled batches of windows of similar length, at most ``words_per_batch`` padded words each; one pass over ``items``."""
    order = rng.permutation(len(items))
    for start in range(0, len(order), 2048):  # sort by length within large random blocks
        block = sorted(order[start : start + 2048], key=lambda i: len(items[i]))
        groups: list[list[int]] = [[]]
        for i in block:
            if groups[-1] and (len(groups[-1]) + 1) * len(items[i]) > words_per_batch:
                groups.append([])
            groups[-1].append(int(i))
        for g in rng.permutation(len(groups)):
            if groups[g]:
                yield [items[i] for i in groups[g]]
