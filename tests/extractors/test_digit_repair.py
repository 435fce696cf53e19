"""Misread digits are put right where the page's arithmetic proves them, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from extractors.assembly.document import Assembled, assemble
from extractors.assembly.spans import LABEL_INDEX
from extractors.digit_repair import REPAIRED, other_readings, repaired
from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.tagger import TaggedDocument
from extractors.words import Document, Page

# text, label, row, left edge, baseline
Word = tuple[str, str | None, int, float, float]
COLUMNS = (("line.description", 60.0), ("line.quantity", 250.0), ("line.unit_price", 330.0), ("line.net_amount", 450.0))
TOTALS = ("header.net_total", "header.tax_total", "header.gross_total")


class Labels:
    """A network that labels words by their places, whatever their texts are."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words

    def tag(self, document: Document) -> TaggedDocument:
        n = len(self.words)
        labels = np.full((n, 1 + len(FIELDS)), 0.0005, np.float32)
        query, key = np.zeros((n, 16), np.float32), np.zeros((n, 16), np.float32)
        for i, (_, label, row, _, _) in enumerate(self.words):
            labels[i, LABEL_INDEX[label] if label else 0] = 0.97
            if row >= 0:
                query[i, row], key[i, row] = 1.0, 2.0 if label == "line.net_amount" else 0.1
        kinds = np.full(len(DOCUMENT_TYPES), 0.001, np.float32)
        kinds[0] = 1.0
        return TaggedDocument(document, labels, np.zeros(n, np.float32), query, key, kinds, "en")

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        return [self.tag(document) for document in documents]


def read(rows: Sequence[Sequence[str]], totals: Sequence[str], *, confidence: float = 0.9) -> tuple[Assembled, Assembled]:
    """An invoice of rows (name, quantity, price, amount) and totals (net, tax, gross), before and after the repair."""
    words: list[Word] = []
    for r, cells in enumerate(rows):
        words += [(text, label, r, x, 200.0 + 30 * r) for text, (label, x) in zip(cells, COLUMNS, strict=True)]
    for t, (text, label) in enumerate(zip(totals, TOTALS, strict=True)):
        y = 500.0 + 20 * t
        words += [(("Net", "VAT", "Total")[t], None, -1, 330.0, y), (text, label, -1, 450.0, y)]
    boxes = np.array([(x, y - 10, x + 5 * len(text), y) for text, _, _, x, y in words], np.float32)
    n = len(words)
    texts = tuple(word[0] for word in words)
    page = Page(1, 595, 842, texts, boxes, np.full(n, 10, np.float32), np.zeros(n, bool), np.full(n, confidence, np.float32))
    labels = Labels(words)
    tagged = labels.tag(Document((page,), "test"))
    before = assemble(tagged)
    return before, repaired(tagged, before, labels)


ROWS = (("Lamp", "3", "20.00", "60.00"), ("Chair", "2", "45.50", "91.00"))
SUMS = ("151.00", "28.69", "179.69")


def changed(row: int, column: int, text: str) -> list[list[str]]:
    rows = [list(cells) for cells in ROWS]
    rows[row][column] = text
    return rows


@pytest.mark.parametrize(
    ("row", "column", "text", "name", "value"),
    [
        (1, 3, "9l.OO", "net_amount", "91.00"),
        (0, 2, "2O.00", "unit_price", "20.00"),
        (1, 2, "4S.50", "unit_price", "45.50"),
        (1, 3, "9100", "net_amount", "91.00"),
        (0, 2, "2000", "unit_price", "20.00"),
    ],
)
def test_a_misread_number_that_the_row_proves_is_put_right(row: int, column: int, text: str, name: str, value: str) -> None:
    before, after = read(changed(row, column, text), SUMS)
    assert getattr(before.line_items[row], name) != Decimal(value)
    assert getattr(after.line_items[row], name) == Decimal(value)
    assert after.evidence[f"line_items.{row}.{name}"].set_by.endswith(REPAIRED)
    assert not after.evidence[f"line_items.{1 - row}.{name}"].set_by.endswith(REPAIRED)


def test_a_misread_total_that_the_sums_prove_is_put_right() -> None:
    before, after = read(ROWS, ("151.00", "28.69", "l79.69"))
    assert before.header.gross_total != Decimal("179.69")
    assert after.header.gross_total == Decimal("179.69")
    assert after.evidence["header.gross_total"].set_by.endswith(REPAIRED)


@pytest.mark.parametrize("text", ["9S.00", "95OO", "B1.00"])
def test_what_no_sum_proves_stays_as_it_was_read(text: str) -> None:
    before, after = read(changed(1, 3, text), ("", "28.69", "500.00"))
    assert after == before
    assert not any(e.set_by.endswith(REPAIRED) for e in after.evidence.values())


def test_the_words_of_a_text_layer_are_never_changed() -> None:
    before, after = read(changed(1, 3, "9l.OO"), SUMS, confidence=1.0)
    assert after is before


def test_what_is_proven_as_it_was_read_is_left_alone() -> None:
    before, after = read((("Lamp", "100", "20.00", "2000.00"), ("Chair", "2", "45.50", "91.00")), ("2091.00", "397.29", "2488.29"))
    assert before.line_items[0].quantity == Decimal(100)
    assert after is before


def test_one_proof_does_not_carry_other_guesses() -> None:
    rows = [*changed(1, 3, "9l.OO"), ["Desk", "1", "7B.00", "95.00"]]
    _, after = read(rows, ("246.00", "46.74", "292.74"))
    assert after.line_items[1].net_amount == Decimal("91.00")
    assert after.line_items[2].unit_price != Decimal("78.00")


def test_words_are_no_numbers() -> None:
    texts = ("SOLD", "Bill", "I", "B2B", "12,50", "3,40", "l2,50", "1980")
    n = len(texts)
    page = Page(1, 595, 842, texts, np.zeros((n, 4), np.float32), np.ones(n, np.float32), np.zeros(n, bool), np.full(n, 0.9, np.float32))
    found = other_readings(Document((page,), "test"))
    assert {texts[w]: reading for (_, w), reading in found.items()} == {"B2B": "828", "l2,50": "12,50", "1980": "19,80"}
    assert other_readings(Document((replace(page, confidences=np.ones(n, np.float32)),), "test")) == {}
