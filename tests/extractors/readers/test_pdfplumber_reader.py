from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from extractors.readers.pdfplumber_reader import compare_words, read_with_pdfplumber
from extractors.readers.text_layer import read_text_layer
from schemas.errors import DamagedDocumentError, EmptyDocumentError, NotADocumentError


def invoice(page: Any) -> None:
    page.setFont("Helvetica-Bold", 18)
    page.drawString(60, 780, "Invoice 2024-0815")
    page.setFont("Helvetica", 10)
    for row, (quantity, name, price) in enumerate((("3", "Paper A4, 500 sheets", "4.20"), ("12", "Ring binder (blue)", "2.95"))):
        y = 700 - 16 * row
        page.drawRightString(80, y, quantity)
        page.drawString(100, y, name)
        page.drawRightString(500, y, price)
    page.drawString(60, 600, "Total due: 1 234,56 EUR")
    page.saveState()
    page.translate(25, 300)
    page.rotate(90)
    page.drawString(0, 0, "Terms overleaf")
    page.restoreState()


def test_both_readers_give_the_same_words_in_the_same_order(pdf: Callable[..., bytes]) -> None:
    data = pdf(invoice, invoice)
    fast, reference = read_text_layer(data), read_with_pdfplumber(data)
    for ours, theirs in zip(fast.pages, reference.pages, strict=True):
        assert ours.texts == theirs.texts
        assert abs(ours.boxes - theirs.boxes).max() < 4  # each library has its own idea of a font's height
        assert ours.sizes.tolist() == pytest.approx(theirs.sizes.tolist())
        assert ours.bold.tolist() == theirs.bold.tolist()
    assert compare_words(fast, reference) == 1


def test_hidden_text_is_hidden_from_both(pdf: Callable[..., bytes]) -> None:
    def draw(page: Any) -> None:
        page.drawString(100, 700, "visible")
        block = page.beginText(100, 650)
        block.setTextRenderMode(3)
        block.textOut("invisible words")
        page.drawText(block)

    document = read_with_pdfplumber(pdf(draw))
    assert (document.pages[0].texts, document.hidden) == (("visible",), 2)


def test_share_of_equal_words(pdf: Callable[..., bytes]) -> None:
    one = read_text_layer(pdf(lambda page: page.drawString(100, 700, "to be or not")))
    other = read_text_layer(pdf(lambda page: page.drawString(100, 700, "to be or what else")))
    assert compare_words(one, other) == pytest.approx(3 / 5)
    assert compare_words(one, one) == 1


@pytest.mark.parametrize(
    ("data", "error"), [(b"", EmptyDocumentError), (b"no", NotADocumentError), (b"%PDF-1.4 broken", DamagedDocumentError)]
)
def test_errors_are_those_of_the_fast_reader(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_with_pdfplumber(data)


@pytest.mark.slow
def test_both_readers_agree_on_the_corpus(corpus: pathlib.Path) -> None:
    # What is left over: fonts that pdfminer cannot map to letters, slanted stamps, and text drawn over text.
    equal = total = 0.0
    for path in sorted((corpus / "dev").glob("*.pdf")):
        fast, reference = read_text_layer(path.read_bytes()), read_with_pdfplumber(path.read_bytes())
        count = max(len(fast), len(reference))
        equal += compare_words(fast, reference) * count
        total += count
    assert equal / total > 0.97, f"share of equal words {equal / total:.4f}"
