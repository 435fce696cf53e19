"""A perfect network: the generator's own labels as probabilities. Shows what assembly alone loses."""

from __future__ import annotations

import numpy as np

from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.training.sample import LabelledDocument
from extractors.training.windows_data import row_anchors
from extractors.words import Document

CERTAINTY = 0.98
LINK_SIZE = 48


def oracle_tags(document: LabelledDocument, *, seed: int = 0) -> TaggedDocument:
    """The document as a network would tag it that gives every true label the probability 0.98 and links every row's words to its anchor."""
    labels = np.concatenate(document.labels) if document.labels else np.zeros(0, np.int16)
    groups = np.concatenate(document.groups) if document.groups else np.zeros(0, np.int32)
    starts = np.concatenate(document.starts) if document.starts else np.zeros(0, bool)
    n = len(labels)
    probabilities = np.full((n, 1 + len(FIELDS)), (1 - CERTAINTY) / len(FIELDS), np.float32)
    probabilities[np.arange(n), labels] = CERTAINTY
    anchors = row_anchors(labels, groups)
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((max(int(groups.max(initial=0)) + 1, 1), LINK_SIZE)).astype(np.float32)
    query = np.where((anchors >= 0)[:, None], directions[np.maximum(groups, 0)], 0).astype(np.float32)
    is_anchor = np.zeros(n, bool)
    is_anchor[anchors[anchors >= 0]] = True
    key = np.where(is_anchor[:, None], query * 2, query * 0.1).astype(np.float32)
    kinds = np.full(len(DOCUMENT_TYPES), 0.001, np.float32)
    kinds[DOCUMENT_TYPES.index(document.document_type)] = 1.0
    return TaggedDocument(
        Document(document.pages, reader="generated"),
        probabilities,
        starts.astype(np.float32),
        query,
        key,
        kinds / kinds.sum(),
        document.language,
    )
