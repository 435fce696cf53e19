"""Words from the text layer of a PDF, through pypdfium2: the hot path.

Character data is read in bulk: one C call per character and column, written straight into numpy arrays; font, size and
render mode once per text object.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from extractors.readers.characters import WHITESPACE, Characters
from extractors.readers.grouping import group_words
from extractors.readers.pdfium import Glyphs, PdfiumPage, image_share, open_pdf, read_glyphs
from extractors.words import Document, Page
from schemas.errors import DamagedDocumentError, DocumentLimitError

MIN_SIZE_PT = 1.0  # smaller text cannot be read by a person
OCR_LAYER_CONFIDENCE = 0.9  # invisible text over a scan was recognised by some OCR that does not tell how sure it was
OCR_IMAGE_SHARE = 0.5  # of the page's area under images, at least, before invisible text counts as an OCR layer
_IS_SPACE = np.zeros(max(WHITESPACE) + 2, bool)  # the last entry stands for all higher code points
_IS_SPACE[list(WHITESPACE)] = True
_SOFT_HYPHEN, _LINE_END_HYPHEN, _HYPHEN = 0xAD, 0x02, 0x2D


class TextLayer(Sequence[Page]):
    """The pages of an open PDF: words with boxes, sizes and weights. Each is read when it is asked for first, and kept.

    Invisible text (render mode 3, fully transparent, off the page, under 1 pt) is dropped and counted, except where
    a page consists of an image with invisible text over it: the OCR layer of a scan, kept with a confidence below 1.
    """

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._read: dict[int, tuple[Page, int]] = {}

    def __len__(self) -> int:
        return len(self._pdf)

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Page, ...]: ...
    def __getitem__(self, index: int | slice) -> Page | tuple[Page, ...]:
        """Raises `DamagedDocumentError` or `DocumentLimitError` for a page that cannot be read."""
        numbers = range(len(self))[index]
        return self._page(numbers)[0] if isinstance(numbers, int) else tuple(self._page(number)[0] for number in numbers)

    def _page(self, index: int) -> tuple[Page, int]:
        if index not in self._read:
            with PdfiumPage(self._pdf, index) as page:
                self._read[index] = _read_page(page, index + 1)
        return self._read[index]

    def document(self) -> Document:
        """All pages."""
        pages = self[:]
        return Document(pages, "pypdfium2", sum(hidden for _, hidden in self._read.values()))


@contextmanager
def open_text_layer(data: bytes, *, max_pages: int | None = None) -> Generator[TextLayer]:
    """The text layer of a PDF, for as long as it is open.

    Raises `EmptyDocumentError`, `NotADocumentError`, `EncryptedDocumentError`, `DamagedDocumentError` and, with more than
    ``max_pages`` pages, `DocumentLimitError`.
    """
    with open_pdf(data) as pdf:
        layer = TextLayer(pdf)
        if max_pages is not None and len(layer) > max_pages:
            raise DocumentLimitError(f"The document has {len(layer)} pages, the limit is {max_pages}.")
        yield layer


def read_text_layer(data: bytes, *, max_pages: int | None = None) -> Document:
    """Every page of a PDF. Raises what `open_text_layer` and `TextLayer` raise."""
    with open_text_layer(data, max_pages=max_pages) as layer:
        return layer.document()


def hidden_boxes(data: bytes) -> list[NDArray[np.float32]]:
    """Per page, the boxes [n, 4] of the glyphs that `read_text_layer` drops: for readers that cannot tell what is visible."""
    boxes: list[NDArray[np.float32]] = []
    with open_pdf(data) as pdf:
        for index in range(len(pdf)):
            with PdfiumPage(pdf, index) as page:
                glyphs = read_glyphs(page)
                drawn, _ = _characters(glyphs)
                boxes.append(glyphs.boxes[drawn & ~_seen(page, glyphs, drawn)[0]])
    return boxes


def _read_page(page: PdfiumPage, number: int) -> tuple[Page, int]:
    glyphs = read_glyphs(page)
    if not np.isfinite(glyphs.boxes).all():
        raise DamagedDocumentError(f"Page {number} has text at coordinates that are not numbers.")
    drawn, characters = _characters(glyphs)
    seen, confidence = _seen(page, glyphs, drawn)
    words = group_words(characters.select(seen))
    unseen = drawn & ~seen
    hidden = len(group_words(characters.select(unseen))) if unseen.any() else 0
    boxes = np.clip(words.boxes, 0, np.array([page.width_pt, page.height_pt] * 2, np.float32))
    confidences = np.full(len(words), confidence, np.float32)
    return Page(number, page.width_pt, page.height_pt, tuple(words.texts), boxes, words.sizes, words.bold, confidences), hidden


def _seen(page: PdfiumPage, glyphs: Glyphs, drawn: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], float]:
    """Which glyphs [n] stand for what a person sees on the page, and how sure their text is."""
    readable = drawn & _on_page(glyphs, page) & (glyphs.sizes >= MIN_SIZE_PT)
    visible = readable & ~glyphs.invisible
    if readable.any() and not visible.any() and image_share(page) >= OCR_IMAGE_SHARE:
        return readable, OCR_LAYER_CONFIDENCE
    return visible, 1.0


def _characters(glyphs: Glyphs) -> tuple[NDArray[np.bool_], Characters]:
    """Which characters are drawn glyphs [n], and the columns that grouping needs."""
    codes = _joined_surrogates(glyphs.codes)
    space = _IS_SPACE[np.minimum(codes, len(_IS_SPACE) - 1)]
    # pdfium adds spaces and line ends of its own where it guesses a gap; the geometry decides here, except along slanted text.
    along_slanted = np.zeros(len(codes), bool)
    along_slanted[1:] = glyphs.skewed[:-1]
    spaced, hinted = np.zeros(len(codes), bool), np.zeros(len(codes), bool)
    hinted[1:] = (space & glyphs.generated)[:-1]
    spaced[1:] = (space & (~glyphs.generated | along_slanted))[:-1]
    # A soft hyphen that takes up room is a hyphen to the eye (some fonts map their hyphen to it); pdfium marks line-end hyphens apart.
    width = np.max(glyphs.boxes[:, 2:] - glyphs.boxes[:, :2], axis=1, initial=0)
    hyphen = (codes == _LINE_END_HYPHEN) | ((codes == _SOFT_HYPHEN) & (width > 0.1 * glyphs.sizes))
    codes = np.where(hyphen, _HYPHEN, codes).astype(np.uint32)
    character = (codes > 0) & (codes <= 0x10FFFF) & ((codes < 0xD800) | (codes > 0xDFFF)) & (codes != 0xFFFE) & (codes != 0xFFFF)
    drawn = character & ~space & ~glyphs.generated
    return drawn, Characters(
        codes=codes,
        boxes=glyphs.boxes,
        baselines=glyphs.origins,
        sizes=glyphs.sizes,
        turns=glyphs.turns,
        skewed=glyphs.skewed,
        bold=glyphs.bold,
        spaced=spaced,
        hinted=hinted,
        piece=glyphs.piece,
        starts_run=glyphs.starts_run,
    )


def _joined_surrogates(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Code points in place of UTF-16 surrogate pairs; the second half becomes 0, which is no text."""
    first = np.flatnonzero((codes[:-1] >= 0xD800) & (codes[:-1] < 0xDC00) & (codes[1:] >= 0xDC00) & (codes[1:] < 0xE000))
    if not len(first):
        return codes
    joined = codes.copy()
    joined[first] = 0x10000 + ((codes[first] - 0xD800) << 10) + (codes[first + 1] - 0xDC00)
    joined[first + 1] = 0
    return joined


def _on_page(glyphs: Glyphs, page: PdfiumPage) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = glyphs.boxes.T
    return (x1 > 0) & (x0 < page.width_pt) & (y1 > 0) & (y0 < page.height_pt)
