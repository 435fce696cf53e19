"""Long documents judged by a few of their pages: reports and manuals need not be read whole to be refused.

Chosen on eleven long reports and manuals, 6 to 86 pages, and on generated invoices of four pages and more. The first three pages said "not an invoice"
with 0.99 or more for eight of the reports, with 0.83 for a ninth; on the invoices with 0.94 at most. Of four pages from the middle, the reports showed
amounts of items on none to two (a report that is all tables: on four), the invoices, some thirty rows a page, on all.
Eight pages have three between their ends; the generated invoices of eight to eleven pages among 400 documents were read whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from extractors.labels import DOCUMENT_TYPES, FIELDS

if TYPE_CHECKING:
    from extractors.model_directory import WordTagger
    from extractors.tagger import TaggedDocument
    from extractors.words import Document

LONG_PAGES, HEAD_PAGES, TAIL_PAGES, MIDDLE_PAGES = 8, 3, 2, 4
SURELY_OTHER = 0.98  # by the first pages, and the last ones do not contradict
LIKELY_OTHER = 0.8  # by the first pages, where at most one page of the middle shows items; two where the first pages are sure
_ROW_AMOUNTS = 2  # amounts of items on a page that shows items, at least
_AMOUNTS = np.array([1 + FIELDS.index(name) for name in ("line.unit_price", "line.net_amount", "line.gross_amount")])


def long_other_documents(documents: Mapping[int, Document], tagger: WordTagger) -> dict[int, tuple[TaggedDocument, str, float]]:
    """Those of ``documents`` that are long and no invoices: their first pages as tagged, the kind of document, its probability."""
    from extractors.words import Document

    found: dict[int, tuple[TaggedDocument, str, float]] = {}
    for i, document in documents.items():
        count = len(document.pages)
        if count < LONG_PAGES:
            continue
        ends = (document.pages[:HEAD_PAGES], document.pages[-TAIL_PAGES:])
        head, tail = tagger.tag_many([Document(pages, document.reader) for pages in ends])
        kind, other = _other(head)
        if other < LIKELY_OTHER:
            continue
        if other < SURELY_OTHER or _other(tail)[1] <= 0.5:
            inner = count - HEAD_PAGES - TAIL_PAGES
            numbers = dict.fromkeys(HEAD_PAGES + int((k + 0.5) * inner / MIDDLE_PAGES) for k in range(MIDDLE_PAGES))
            middle = tagger.tag_many([Document((document.pages[n],), document.reader) for n in numbers])
            if sum(map(_shows_items, middle)) >= len(numbers) // 2 + (other >= SURELY_OTHER):
                continue
        found[i] = (head, kind, other)
    return found


def _other(tagged: TaggedDocument) -> tuple[str, float]:
    """The likeliest kind other than invoice and credit note, and the probability that it is none of these two."""
    probabilities = tagged.type_probabilities
    return DOCUMENT_TYPES[int(probabilities[2:].argmax()) + 2], float(probabilities[2:].sum())


def _shows_items(tagged: TaggedDocument) -> bool:
    return bool(np.isin(tagged.labels.argmax(axis=1), _AMOUNTS).sum() >= _ROW_AMOUNTS) if len(tagged.labels) else False
