"""Whatever the network says of a page, assembly gives an answer with places and never fails."""

from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("reportlab", reason="the generator draws with reportlab (dev and train extras)")

from extractors.assembly.document import assemble
from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.training.generate import generate
from extractors.training.oracle import oracle_tags
from extractors.training.sample import LabelledDocument
from extractors.words import Document


@lru_cache(maxsize=1)
def documents() -> list[LabelledDocument]:
    return [generate(seed, family=family) for family in ("train", "exam") for seed in range(61_000, 61_006)]


def _random_tags(document: LabelledDocument, rng: np.random.Generator, *, share: float) -> TaggedDocument:
    """Right tags on ``1 - share`` of the words, anything on the others."""
    right = oracle_tags(document)
    n = len(right.labels)
    wild = rng.dirichlet(np.full(1 + len(FIELDS), 0.05), n).astype(np.float32)
    labels = np.where((rng.random(n) < share)[:, None], wild, right.labels)
    return TaggedDocument(
        Document(document.pages, reader="test"),
        labels,
        rng.random(n).astype(np.float32),
        rng.standard_normal(right.link_query.shape).astype(np.float32),
        rng.standard_normal(right.link_key.shape).astype(np.float32),
        rng.dirichlet(np.ones(len(DOCUMENT_TYPES))).astype(np.float32),
        "other",
    )


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_wrong_tags_give_wrong_values_and_no_failure(share: float) -> None:
    for number, document in enumerate(documents()):
        found = assemble(_random_tags(document, np.random.default_rng(number), share=share))
        pages = document.pages
        for path, evidence in found.evidence.items():
            page = pages[evidence.page - 1]
            assert evidence.words, path
            assert 0 <= evidence.confidence <= 1, path
            assert evidence.box[0] < page.width_pt and evidence.box[1] < page.height_pt, path


def test_a_document_without_words_gives_nothing() -> None:
    empty = TaggedDocument(
        Document((), reader="test"),
        np.zeros((0, 1 + len(FIELDS)), np.float32),
        np.zeros(0, np.float32),
        np.zeros((0, 4), np.float32),
        np.zeros((0, 4), np.float32),
        np.full(len(DOCUMENT_TYPES), 0.1, np.float32),
        "other",
    )
    found = assemble(empty)
    assert not found.line_items
    assert found.header.gross_total is None
