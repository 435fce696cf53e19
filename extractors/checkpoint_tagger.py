"""Any transformers token-classification checkpoint as a tagger: LayoutLM or LiLT (words and boxes) or a text model (words alone).

Needs torch, which the train extra brings. The checkpoint's ``id2label`` must name our labels (`extractors.labels`), with or without B- and
I-. Pages are cut into windows of subwords that overlap; what subwords and windows say of a word is averaged.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from extractors.geometric_links import geometric_links
from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.words import Document, Page
from schemas.errors import ModelError

SUBWORDS_PER_WORD = 16  # of a longer word the rest is not shown
LONGEST_WINDOW = 512
OVERLAP_SHARE = 0.25  # of a window's subwords
BATCH_WINDOWS = 8
LAYOUT_UNITS = 1000  # boxes are in thousandths of the page
SURE = 0.97  # without a head for the document's type, pages that show amounts are taken for an invoice


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window: words ``start`` to ``stop`` of a document (all on one page) as ``ids`` with the ``word`` and box of each."""

    document: int
    ids: list[int]
    boxes: list[list[int]]
    word: list[int]  # index into the document's words, -1 for special tokens
    first: list[bool]  # the word's first subword


class CheckpointTagger:
    """A loaded checkpoint. One thread per process, as the specialist."""

    def __init__(self, directory: Path, *, threads: int = 1) -> None:
        """Load model and tokenizer from ``directory``; no connection is opened, and no code from the folder is run.

        Raises `ModelError` when they cannot be loaded, a label is none of ours, or the model wants more than words and boxes.
        """
        from transformers import AutoModelForTokenClassification, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            tokenizer: Any = AutoTokenizer.from_pretrained(directory, local_files_only=True, add_prefix_space=True)
            self._model: Any = AutoModelForTokenClassification.from_pretrained(directory, local_files_only=True).eval()
        except Exception as exc:  # transformers raises OSError, ValueError, KeyError, ImportError and more
            raise ModelError(f"the checkpoint in {directory} cannot be loaded: {exc}") from exc
        torch.set_num_threads(threads)
        self._parts = label_parts(self._model.config.id2label, directory)
        self._encoder: Any = getattr(tokenizer, "backend_tokenizer", None)
        if self._encoder is None:
            raise ModelError(f"the checkpoint in {directory} has no fast tokenizer (tokenizer.json): save it with one")
        self._encoder.no_truncation()
        self._encoder.no_padding()
        wanted = inspect.signature(self._model.forward).parameters
        if "image" in wanted:
            raise ModelError(f"the model in {directory} wants pictures of the pages, and only words and boxes are read")
        self._with_boxes = "bbox" in wanted
        self._begin = _first(tokenizer.cls_token_id, tokenizer.bos_token_id)
        self._end = _first(tokenizer.sep_token_id, tokenizer.eos_token_id)
        self._padding = _first(tokenizer.pad_token_id, 0) or 0
        edge = [LAYOUT_UNITS] * 4 if self._model.config.model_type == "layoutlm" else [0] * 4
        self._end_box = list(getattr(tokenizer, "sep_token_box", None) or edge)
        self._room = _window_length(self._model.config, tokenizer) - (self._begin is not None) - (self._end is not None)

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        """Label probabilities of every word, rows by geometry. Documents without words give arrays of length 0."""
        sums = [np.zeros((len(document), len(self._model.config.id2label)), np.float64) for document in documents]
        starts = [np.zeros((len(document), 2), np.float64) for document in documents]
        weights = [np.zeros(len(document), np.float64) for document in documents]
        pieces = sorted(
            (piece for number, document in enumerate(documents) for piece in self._pieces(number, document)), key=lambda p: len(p.ids)
        )
        for begin in range(0, len(pieces), BATCH_WINDOWS):
            group = pieces[begin : begin + BATCH_WINDOWS]
            for piece, probabilities in zip(group, self._run(group), strict=True):
                for word, is_first, row in zip(piece.word, piece.first, probabilities, strict=False):
                    if word < 0:
                        continue
                    sums[piece.document][word] += row
                    weights[piece.document][word] += 1
                    if is_first:  # only a word's first subword can carry the beginning of a span
                        starts[piece.document][word] += (row[self._parts.begins].sum(), row[self._parts.labelled].sum())
        return [
            self._tagged(document, total / np.maximum(weight, 1)[:, None], start)
            for document, total, weight, start in zip(documents, sums, weights, starts, strict=True)
        ]

    def _pieces(self, number: int, document: Document) -> Iterator[_Piece]:
        offset = 0
        for page in document.pages:
            if len(page):
                ids = self._subwords(page.texts)
                boxes = page_boxes(page)
                for start, stop in subword_windows([len(found) for found in ids], room=self._room):
                    yield self._piece(number, ids[start:stop], boxes[start:stop], offset + start)
            offset += len(page)

    def _piece(self, number: int, ids: Sequence[list[int]], boxes: NDArray[np.int64], offset: int) -> _Piece:
        piece = _Piece(number, [], [], [], [])

        def add(token: int, box: list[int], word: int, first: bool) -> None:
            piece.ids.append(token)
            piece.boxes.append(box)
            piece.word.append(word)
            piece.first.append(first)

        if self._begin is not None:
            add(self._begin, [0] * 4, -1, False)
        for word, (tokens, box) in enumerate(zip(ids, boxes.tolist(), strict=True)):
            for position, token in enumerate(tokens):
                add(token, box, offset + word, position == 0)
        if self._end is not None:
            add(self._end, self._end_box, -1, False)
        return piece

    def _subwords(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of every word; a word that the tokenizer makes nothing of gets one padding token, so that it keeps its place."""
        encoded = self._encoder.encode(list(texts), is_pretokenized=True, add_special_tokens=False)
        ids: list[list[int]] = [[] for _ in texts]
        for token, word in zip(encoded.ids, encoded.word_ids, strict=True):
            if word is not None and len(ids[word]) < SUBWORDS_PER_WORD:
                ids[word].append(token)
        return [found or [self._padding] for found in ids]

    def _run(self, pieces: Sequence[_Piece]) -> NDArray[np.float32]:
        """Probabilities [B, N, labels] of the windows' subwords, N = the longest window's."""
        n = max(len(piece.ids) for piece in pieces)
        ids = torch.full((len(pieces), n), self._padding, dtype=torch.long)
        mask = torch.zeros((len(pieces), n), dtype=torch.long)
        boxes = torch.zeros((len(pieces), n, 4), dtype=torch.long)
        for row, piece in enumerate(pieces):
            k = len(piece.ids)
            ids[row, :k] = torch.tensor(piece.ids)
            mask[row, :k] = 1
            boxes[row, :k] = torch.tensor(piece.boxes)
        inputs = {"input_ids": ids, "attention_mask": mask} | ({"bbox": boxes} if self._with_boxes else {})
        with torch.inference_mode():
            logits = self._model(**inputs).logits[:, :n]
        return logits.float().softmax(-1).numpy()

    def _tagged(self, document: Document, probabilities: NDArray[np.float64], starts: NDArray[np.float64]) -> TaggedDocument:
        n = len(document)
        labels = np.zeros((n, 1 + len(FIELDS)), np.float32)
        np.add.at(labels.T, self._parts.columns, probabilities.T.astype(np.float32))
        begins = (starts[:, 0] / np.maximum(starts[:, 1], 1e-9)).astype(np.float32)
        if not self._parts.begins.any():  # labels without B-: a span begins where the label changes
            best = labels.argmax(1)
            begins = np.where(np.concatenate(([True], best[1:] != best[:-1]))[:n], 1.0, 0.1).astype(np.float32)
        query, key = geometric_links(document, labels)
        kinds = np.full(len(DOCUMENT_TYPES), (1 - SURE) / (len(DOCUMENT_TYPES) - 1), np.float32)
        shows_amounts = n > 0 and bool(np.isin(labels.argmax(1), _AMOUNTS).any())
        kinds[DOCUMENT_TYPES.index("invoice" if shows_amounts else "letter")] = SURE
        return TaggedDocument(document, labels, begins, query, key, kinds, "other")


_AMOUNTS = [
    i + 1 for i, name in enumerate(FIELDS) if name.rpartition(".")[2] in ("net_amount", "gross_amount", "gross_total", "amount_due")
]


@dataclass(frozen=True, slots=True)
class LabelParts:
    """What a checkpoint's labels mean. Shapes [labels]: ``columns`` the field's column (0 = none of them), ``begins`` whether it starts a
    span, ``labelled`` whether it names a field."""

    columns: NDArray[np.int64]
    begins: NDArray[np.bool_]
    labelled: NDArray[np.bool_]


def label_parts(id2label: dict[int, str], directory: Path) -> LabelParts:
    """The meaning of ``id2label``. Raises `ModelError` naming the first label that is none of ours."""
    columns = np.zeros(len(id2label), np.int64)
    begins = np.zeros(len(id2label), bool)
    for index in range(len(id2label)):
        label = id2label[index]
        name = label[2:] if label[:2] in ("B-", "I-") else label
        if label != "O" and name not in FIELDS:
            raise ModelError(
                f"the checkpoint in {directory} has the label {label!r}, which is none of Lineitem's: expected O and names such as "
                f"B-{FIELDS[0]}, I-{FIELDS[0]} (the list is extractors/labels.py)"
            )
        columns[index] = FIELDS.index(name) + 1 if label != "O" else 0
        begins[index] = label.startswith("B-")
    if not columns.any():
        raise ModelError(f"the checkpoint in {directory} knows none of Lineitem's labels")
    return LabelParts(columns, begins, columns > 0)


def subword_windows(lengths: Sequence[int], *, room: int) -> Iterator[tuple[int, int]]:
    """Ranges of words (start, stop) whose ``lengths`` in subwords fit into ``room``, each overlapping the one before by a quarter of it."""
    start = 0
    while start < len(lengths):
        stop, used = start, 0
        while stop < len(lengths) and used + lengths[stop] <= room:
            used += lengths[stop]
            stop += 1
        stop = max(stop, start + 1)
        yield start, stop
        if stop == len(lengths):
            return
        back, shared = stop, 0
        while back > start + 1 and shared + lengths[back - 1] <= OVERLAP_SHARE * room:
            back -= 1
            shared += lengths[back]
        start = back


def page_boxes(page: Page) -> NDArray[np.int64]:
    """Boxes [n, 4] in thousandths of the page's width and height, 0 to 1000."""
    scale = np.array([page.width_pt, page.height_pt, page.width_pt, page.height_pt], np.float64)
    return np.clip(page.boxes / scale * LAYOUT_UNITS, 0, LAYOUT_UNITS).astype(np.int64)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _window_length(config: Any, tokenizer: Any) -> int:
    positions = int(getattr(config, "max_position_embeddings", LONGEST_WINDOW) or LONGEST_WINDOW)
    if config.model_type not in ("bert", "layoutlm", "distilbert"):  # RoBERTa and its kin count positions from the padding token on
        positions -= int(getattr(config, "pad_token_id", 0) or 0) + 1
    return max(16, min(positions, int(tokenizer.model_max_length), LONGEST_WINDOW))
