"""The shipped specialist."""

import numpy as np
import pytest
from handmade_pages import document, page

from extractors.tagger import MODEL_DIRECTORY, Tagger
from extractors.words import Document
from schemas.errors import ModelError


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def invoice_page(lines: int) -> Document:
    rows = [
        word
        for i in range(lines)
        for word in (
            (f"Item{i}", 60.0, 200.0 + 12 * i),
            ("2", 300.0, 200.0 + 12 * i),
            ("5.00", 360.0, 200.0 + 12 * i),
            ("10.00", 440.0, 200.0 + 12 * i),
        )
    ]
    return document(page(("Invoice", 60, 60), ("No.", 60, 80), ("R-2024-17", 120, 80), *rows))


def test_one_and_many_give_the_same(tagger: Tagger) -> None:
    documents = [invoice_page(n) for n in (1, 5, 20)]
    together = tagger.tag_many(documents)
    for single, tagged in zip((tagger.tag(d) for d in documents), together, strict=True):
        np.testing.assert_allclose(single.labels, tagged.labels, atol=1e-4)
        assert single.language == tagged.language


def test_probabilities_add_up_for_every_word(tagger: Tagger) -> None:
    tagged = tagger.tag(invoice_page(30))
    np.testing.assert_allclose(tagged.labels.sum(1), 1.0, atol=1e-3)
    assert tagged.link_query.shape == tagged.link_key.shape
    assert tagged.type_probabilities.sum() == pytest.approx(1.0, abs=1e-3)


def test_a_document_of_many_windows_loses_no_word(tagger: Tagger) -> None:
    tagged = tagger.tag(invoice_page(700))
    assert len(tagged.labels) == 3 + 4 * 700
    assert (tagged.labels.sum(1) > 0.99).all()


def test_a_document_without_words_is_no_problem(tagger: Tagger) -> None:
    assert len(tagger.tag(document(page())).labels) == 0


def test_missing_model_is_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelError, match=str(tmp_path)):
        Tagger(tmp_path)


def test_the_model_ships_with_its_calibration() -> None:
    assert {p.name for p in MODEL_DIRECTORY.iterdir()} >= {"model.onnx", "specialist.json", "calibration.json"}
    assert sum(p.stat().st_size for p in MODEL_DIRECTORY.iterdir()) < 40_000_000
