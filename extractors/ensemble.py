"""Two networks of separate trainings, read as one: the mean of what they say of each word.

What one of them is unsure of, the other one often knows, and their mistakes are seldom the same ones. What each says by itself is kept
(`TaggedDocument.opinions`): where both read alike, a document is believed more (`extractors.cross_check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractors.features import document_features
from extractors.tagger import TaggedDocument, Tagger
from extractors.words import Document

FIRST_SHARE = 0.7  # weight of the first network, which was trained for longer; half and half is worse on generated and on foreign invoices


class Ensemble:
    """A first and a second specialist; a `WordTagger`."""

    def __init__(self, first: Tagger, second: Tagger) -> None:
        self.first, self.second = first, second

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        """The mean of both networks for each document, in order, with what each of them says as its ``opinions``."""
        features = [document_features(document) for document in documents]
        first = self.first.tag_features(documents, features)
        second = self.second.tag_features(documents, features)
        return [replace(mean(a, b, share=FIRST_SHARE), opinions=(a, b)) for a, b in zip(first, second, strict=True)]


def mean(first: TaggedDocument, second: TaggedDocument, *, share: float) -> TaggedDocument:
    """The weighted mean of two networks' probabilities and link scores, ``share`` for the first; the language is the first one's."""
    weight, rest = np.float32(share), np.float32(1 - share)
    return replace(
        first,
        labels=weight * first.labels + rest * second.labels,
        starts=weight * first.starts + rest * second.starts,
        link_query=np.concatenate([weight * first.link_query, rest * second.link_query], axis=1),
        link_key=np.concatenate([first.link_key, second.link_key], axis=1),
        type_probabilities=weight * first.type_probabilities + rest * second.type_probabilities,
    )
