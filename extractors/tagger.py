"""The specialist at work: words in, label probabilities and row links out, by ONNX Runtime without torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from extractors.features import LAYOUT_FEATURES, NEIGHBOURS, NGRAMS_PER_WORD, SHAPE_FEATURES, WordFeatures, document_features
from extractors.labels import DOCUMENT_TYPES, FIELDS, LANGUAGES, TAGS
from extractors.windows import Window, cut, windows
from extractors.word_vectors import VECTOR_SCALE, VECTOR_SIZE
from extractors.words import Document
from schemas.errors import ModelError

MODEL_DIRECTORY = Path(__file__).parent / "model"
# Words of one call of the network. What it computes must fit the processor's caches: 84 pages took 2.8 to 3.2 s of processor time in batches of
# 2,800 to 6,000 words, 2.5 in batches of 1,400, 2.3 to 2.6 of 700 (features included; labels are the same to the last bit).
BATCH_WORDS = 1024

Inputs = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class TaggedDocument:
    """A document with what the network says of its n words.

    Shapes: ``labels`` [n, 1 + fields] float32, probability of each label (column 0 = none of them); ``starts`` [n] float32, probability that a
    span starts here given the word's likeliest label; ``link_query``, ``link_key`` [n, link]; ``type_probabilities`` over `DOCUMENT_TYPES`.
    ``opinions``: what single networks say, where this is the mean of several (`extractors.ensemble`).
    """

    document: Document
    labels: NDArray[np.float32]
    starts: NDArray[np.float32]
    link_query: NDArray[np.float32]
    link_key: NDArray[np.float32]
    type_probabilities: NDArray[np.float32]
    language: str
    opinions: tuple[TaggedDocument, ...] = ()


class Tagger:
    """A loaded specialist. One thread per process: batches run beside each other in worker processes, not in threads."""

    def __init__(self, directory: Path | None = None, *, threads: int = 1) -> None:
        """Load ``model.onnx`` and ``specialist.json`` from ``directory`` (default: the model that ships with the package).

        Raises `ModelError` when a file is missing, unreadable or was made for another label set.
        """
        import onnxruntime

        directory = directory or MODEL_DIRECTORY
        try:
            self.description = cast("dict[str, Any]", json.loads((directory / "specialist.json").read_text()))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(str(directory / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # onnxruntime has no public base class of its errors
            raise ModelError(f"the model in {directory} cannot be loaded: {exc}") from exc
        if self.description.get("tags") != list(TAGS):
            raise ModelError(f"the model in {directory} was made for another label set: train or export it again")
        self.temperature = float(self.description.get("temperature", 1.0))

    def tag(self, document: Document) -> TaggedDocument:
        """Label probabilities and row links of one document."""
        return self.tag_many([document])[0]

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        """As `tag` for many documents; windows of similar length run as one batch."""
        return self.tag_features(documents, [document_features(document) for document in documents])

    def tag_features(self, documents: Sequence[Document], features: Sequence[WordFeatures]) -> list[TaggedDocument]:
        """As `tag_many`, where the ``features`` of the documents' words are known (`extractors.features.document_features`)."""
        jobs = [(i, w) for i, f in enumerate(features) for w in windows(len(f))]
        jobs.sort(key=lambda job: job[1].stop - job[1].start)
        results = [_Collected(len(f)) for f in features]
        batch: list[tuple[int, Window]] = []
        for job in jobs:
            if batch and (len(batch) + 1) * (job[1].stop - job[1].start) > BATCH_WORDS:
                self._run(batch, features, results)
                batch = []
            batch.append(job)
        if batch:
            self._run(batch, features, results)
        return [r.tagged(document) for r, document in zip(results, documents, strict=True)]

    def _run(self, batch: Sequence[tuple[int, Window]], features: Sequence[WordFeatures], results: Sequence[_Collected]) -> None:
        parts = [cut(features[i], w) for i, w in batch]
        logits, query, key, kinds, languages = cast(
            "list[NDArray[np.float32]]",
            self._session.run(["logits", "link_query", "link_key", "type_logits", "language_logits"], pad(parts)),
        )
        logits /= self.temperature
        for row, (i, w) in enumerate(batch):
            core = slice(w.core_start, w.core_stop)
            inner = slice(w.core_start - w.start, w.core_stop - w.start)
            results[i].tags[core] = _softmax(logits[row, inner])
            results[i].links(core, query[row, inner], key[row, inner])
            results[i].kinds.append(kinds[row])
            results[i].languages.append(languages[row])


class _Collected:
    """Windows of one document, put together."""

    def __init__(self, n: int) -> None:
        self.tags = np.zeros((n, len(TAGS)), np.float32)
        self.query = np.zeros((n, 0), np.float32)
        self.key = np.zeros((n, 0), np.float32)
        self.kinds: list[NDArray[np.float32]] = []
        self.languages: list[NDArray[np.float32]] = []

    def links(self, core: slice, query: NDArray[np.float32], key: NDArray[np.float32]) -> None:
        if not self.query.shape[1]:
            self.query = np.zeros((len(self.tags), query.shape[1]), np.float32)
            self.key = np.zeros((len(self.tags), key.shape[1]), np.float32)
        self.query[core], self.key[core] = query, key

    def tagged(self, document: Document) -> TaggedDocument:
        n = len(self.tags)
        labels = np.zeros((n, 1 + len(FIELDS)), np.float32)
        labels[:, 0] = self.tags[:, 0]
        begin, inside = self.tags[:, 1::2], self.tags[:, 2::2]
        labels[:, 1:] = begin + inside
        best = labels[:, 1:].argmax(1) if n else np.zeros(0, np.int64)
        rows = np.arange(n)
        starts = begin[rows, best] / np.maximum(labels[rows, best + 1], 1e-9)
        kinds = _softmax(np.mean(self.kinds, axis=0)) if self.kinds else np.full(len(DOCUMENT_TYPES), 1 / len(DOCUMENT_TYPES), np.float32)
        language = LANGUAGES[int(np.mean(self.languages, axis=0).argmax())] if self.languages else "other"
        return TaggedDocument(document, labels, starts.astype(np.float32), self.query, self.key, kinds, language)


def pad(parts: Sequence[WordFeatures]) -> Inputs:
    """The network's inputs for windows of different length, padded to one length N: arrays [B, N, ...]."""
    b, n = len(parts), max(2, *(len(p) for p in parts))
    own = np.arange(n, dtype=np.int64)[None, :, None].repeat(NEIGHBOURS, 2)
    inputs: Inputs = {
        "ngrams": np.zeros((b, n, NGRAMS_PER_WORD), np.int64),
        "shape": np.zeros((b, n, SHAPE_FEATURES), np.float32),
        "layout": np.zeros((b, n, LAYOUT_FEATURES), np.float32),
        "neighbours": np.repeat(own, b, 0),
        "position": np.zeros((b, n, 3), np.float32),
        "meaning": np.zeros((b, n, VECTOR_SIZE), np.float32),
        "mask": np.zeros((b, n), np.float32),
    }
    for i, p in enumerate(parts):
        k = len(p)
        inputs["ngrams"][i, :k] = p.ngrams
        inputs["shape"][i, :k] = p.shape
        inputs["layout"][i, :k] = p.layout
        inputs["neighbours"][i, :k] = p.neighbours
        inputs["position"][i, :k] = p.position
        inputs["meaning"][i, :k] = p.meaning
        inputs["mask"][i, :k] = 1
    inputs["meaning"] /= VECTOR_SCALE
    return inputs


def _softmax(x: NDArray[np.float32]) -> NDArray[np.float32]:
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype(np.float32)
