"""Long documents that are no invoices are refused by a few of their pages; long invoices are read whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
import pytest

from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.long_documents import refuse_other
from extractors.tagger import TaggedDocument
from extractors.words import Document, Page
from schemas.errors import OtherDocumentError

REPORT = DOCUMENT_TYPES.index("letter")
AMOUNT = 1 + FIELDS.index("line.net_amount")


def page(number: int, *texts: str) -> Page:
    n = len(texts)
    return Page(number, 595, 842, texts, np.zeros((n, 4), np.float32), np.full(n, 9, np.float32), np.zeros(n, bool), np.ones(n, np.float32))


class Reader:
    """Takes a page with the word "invoice" for an invoice with the probability that the word names, and "9.99" for an item's amount."""

    def tag_many(self, documents: Sequence[Document]) -> list[TaggedDocument]:
        return [self.tag(document) for document in documents]

    def tag(self, document: Document) -> TaggedDocument:
        texts = [text for p in document.pages for text in p.texts]
        invoice = float(next((text.removeprefix("invoice") for text in texts if text.startswith("invoice")), "0.01"))
        kinds = np.zeros(len(DOCUMENT_TYPES), np.float32)
        kinds[0], kinds[REPORT] = invoice, 1 - invoice
        labels = np.zeros((len(texts), 1 + len(FIELDS)), np.float32)
        for row, text in enumerate(texts):
            labels[row, AMOUNT if text == "9.99" else 0] = 1
        none = np.zeros((len(texts), 0), np.float32)
        return TaggedDocument(document, labels, np.zeros(len(texts), np.float32), none, none, kinds, "en")


class Shelf(Sequence[Page]):
    """Pages that are counted when they are taken down."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages, self.taken = tuple(pages), set[int]()

    def __len__(self) -> int:
        return len(self.pages)

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Page, ...]: ...
    def __getitem__(self, index: int | slice) -> Page | tuple[Page, ...]:
        numbers = range(len(self))[index]
        self.taken.update([numbers] if isinstance(numbers, int) else numbers)
        return self.pages[index]


def judged(pages: int, *, head: str = "text", middle: str = "text", tail: str = "text") -> tuple[bool, int]:
    """Whether the document is refused, and how many of its pages were read for that."""
    words = [head] * 3 + [middle] * (pages - 5) + [tail] * 2
    shelf = Shelf([page(n, *text.split()) for n, text in enumerate(words, 1)])
    try:
        refuse_other(shelf, tagger=Reader())
    except OtherDocumentError as error:
        assert (error.kind, error.pages) == ("letter", pages)
        return True, len(shelf.taken)
    return False, len(shelf.taken)


def test_a_long_report_is_refused_by_its_ends() -> None:
    assert judged(80) == (True, 5)


@pytest.mark.parametrize("tail", ["text", "invoice0.95 total"])
def test_one_that_looks_less_sure_is_refused_where_the_middle_shows_no_items(tail: str) -> None:
    assert judged(80, head="invoice0.15", tail=tail) == (True, 9)


def test_a_long_list_of_items_behind_a_letter_is_read_whole() -> None:
    assert judged(80, head="invoice0.15", middle="9.99 9.99 9.99")[0] is False


def test_what_may_be_an_invoice_by_its_first_pages_is_read_whole() -> None:
    assert judged(80, head="invoice0.30") == (False, 5)
    assert judged(40, head="invoice0.97", middle="9.99 9.99") == (False, 5)


def test_short_documents_are_read_whole() -> None:
    assert judged(7) == (False, 0)


def test_one_page_of_items_keeps_a_document_that_is_barely_long() -> None:
    """Eight pages have three in the middle: a single one with items is enough where the first pages leave a doubt."""
    assert judged(8, head="invoice0.15") == (True, 8)
    assert judged(8, head="invoice0.15", middle="9.99 9.99")[0] is False


def test_totals_at_the_end_of_a_crowded_last_page_are_seen() -> None:
    """The last words of the last pages are judged as well as the first."""
    prose = " ".join(["text"] * 900)
    assert judged(40, head=prose, middle="9.99 9.99", tail=f"{prose} invoice0.95") == (False, 9)
