"""Long documents judged by a few of their pages: reports and manuals need not be read whole to be refused.

Chosen on nine long reports and manuals, 9 to 86 pages, and on 84 generated documents of 250 and 400 rows, 8 to 81 pages. By the first words of their
first three pages the reports were "not an invoice" with 0.98 or more, the 81 invoices and credit notes with 0.024 at most. Of four pages from the
middle, reports showed amounts of items on two at most, the invoices, some thirty rows a page, on all. Eight pages have three between their ends.
The first 200 words of a page say the same as all of them (on the reports 600 to 1,200) and cost a third; totals stand at the end of the last pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.words import Document, Page
from schemas.errors import OtherDocumentError

if TYPE_CHECKING:
    from extractors.model_directory import WordTagger
    from extractors.tagger import TaggedDocument

LONG_PAGES, HEAD_PAGES, TAIL_PAGES, MIDDLE_PAGES = 8, 3, 2, 4
FIRST_WORDS = 200  # of each page that is judged
LAST_WORDS = 150  # of the last pages, as many again
SURELY_OTHER = 0.98  # by the first pages, and the last ones do not contradict
LIKELY_OTHER = 0.8  # by the first pages, where at most one page of the middle shows items; two where the first pages are sure
_ROW_AMOUNTS = 2  # amounts of items on a page that shows items, at least
_AMOUNTS = np.array([1 + FIELDS.index(name) for name in ("line.unit_price", "line.net_amount", "line.gross_amount")])


def is_long(pages: Sequence[Page]) -> bool:
    """Whether a few pages are to be judged before all are read."""
    return len(pages) >= LONG_PAGES


def ends(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages that are judged first, of a long document."""
    return (*pages[:HEAD_PAGES], *pages[-TAIL_PAGES:])


def refuse_other(pages: Sequence[Page], *, tagger: WordTagger) -> None:
    """Look at a few pages of a long document, and at no other page. Raises `OtherDocumentError` where they show neither invoice nor credit note."""
    if not is_long(pages):
        return
    first = Document(tuple(_beginning(page, FIRST_WORDS) for page in pages[:HEAD_PAGES]), "")
    last = Document(tuple(_both_ends(page, LAST_WORDS) for page in pages[-TAIL_PAGES:]), "")
    head, tail = tagger.tag_many([first, last])
    kind, other = _other(head)
    if other < LIKELY_OTHER:
        return
    if other < SURELY_OTHER or _other(tail)[1] <= 0.5:
        inner = len(pages) - HEAD_PAGES - TAIL_PAGES
        numbers = dict.fromkeys(HEAD_PAGES + int((k + 0.5) * inner / MIDDLE_PAGES) for k in range(MIDDLE_PAGES))
        middle = tagger.tag_many([Document((_beginning(pages[number], FIRST_WORDS),), "") for number in numbers])
        if sum(map(_shows_items, middle)) >= len(numbers) // 2 + (other >= SURELY_OTHER):
            return
    raise OtherDocumentError(kind, language=head.language, probability=other, pages=len(pages))


def _beginning(page: Page, count: int) -> Page:
    return _words(page, np.arange(min(count, len(page))))


def _both_ends(page: Page, count: int) -> Page:
    return page if len(page) <= 2 * count else _words(page, np.r_[:count, len(page) - count : len(page)])


def _words(page: Page, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Page:
    texts = tuple(page.texts[number] for number in which)
    return replace(
        page, texts=texts, boxes=page.boxes[which], sizes=page.sizes[which], bold=page.bold[which], confidences=page.confidences[which]
    )


def _other(tagged: TaggedDocument) -> tuple[str, float]:
    """The likeliest kind other than invoice and credit note, and the probability that it is none of these two."""
    probabilities = tagged.type_probabilities
    return DOCUMENT_TYPES[int(probabilities[2:].argmax()) + 2], float(probabilities[2:].sum())


def _shows_items(tagged: TaggedDocument) -> bool:
    return bool(np.isin(tagged.labels.argmax(axis=1), _AMOUNTS).sum() >= _ROW_AMOUNTS) if len(tagged.labels) else False
