"""Two networks read as one: the mean of both, with what each says by itself kept beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extractors.ensemble import FIRST_SHARE, Ensemble, mean
from extractors.model_directory import open_tagger
from extractors.readers.document import read_document
from extractors.tagger import MODEL_DIRECTORY, TaggedDocument, Tagger
from extractors.words import Document

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def document() -> Document:
    return read_document((EXAMPLES / "goods-it.pdf").read_bytes())


@pytest.fixture(scope="module")
def tagged(document: Document) -> TaggedDocument:
    return open_tagger(None).tag_many([document])[0]


def test_the_shipped_model_is_both_networks(tagged: TaggedDocument, document: Document) -> None:
    first, second = tagged.opinions
    alone = Tagger(MODEL_DIRECTORY).tag(document)
    assert np.array_equal(first.labels, alone.labels)
    assert not np.array_equal(second.labels, alone.labels)
    assert np.allclose(tagged.labels, FIRST_SHARE * first.labels + (1 - FIRST_SHARE) * second.labels, atol=1e-6)
    assert np.allclose(tagged.labels.sum(1), 1, atol=1e-4)


def test_scores_of_links_are_the_mean_of_both_scores(tagged: TaggedDocument) -> None:
    first, second = tagged.opinions
    expected = FIRST_SHARE * first.link_query @ first.link_key.T + (1 - FIRST_SHARE) * second.link_query @ second.link_key.T
    assert np.allclose(tagged.link_query @ tagged.link_key.T, expected, atol=1e-3)


def test_the_mean_of_a_network_with_itself_says_the_same(tagged: TaggedDocument) -> None:
    own = tagged.opinions[0]
    same = mean(own, own, share=0.7)
    assert np.allclose(same.labels, own.labels, atol=1e-6)
    assert np.allclose(same.type_probabilities, own.type_probabilities, atol=1e-6)
    assert same.language == own.language


def test_what_one_network_is_sure_of_outweighs_the_other_ones_doubt(tagged: TaggedDocument) -> None:
    first, second = tagged.opinions
    unsure = np.full_like(first.labels, 1 / first.labels.shape[1])
    told = mean(replace(first, labels=unsure), second, share=FIRST_SHARE)
    sure = second.labels.max(1) > 0.9
    assert sure.any()
    assert np.array_equal(told.labels[sure].argmax(1), second.labels[sure].argmax(1))


def test_documents_keep_their_order(document: Document) -> None:
    other = read_document((EXAMPLES / "services-de.pdf").read_bytes())
    tagger = open_tagger(None)
    assert isinstance(tagger, Ensemble)
    lengths = [len(one.labels) for one in tagger.tag_many([document, other])]
    assert lengths == [len(document), len(other)]
