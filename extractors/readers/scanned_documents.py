"""Pictures as documents, and the pages of a PDF that have no text to rely on: drawn, and read by an OCR engine, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.readers.document import MAX_UNMAPPED_SHARE, Kind, kind_of, unmapped_share
from extractors.readers.ocr_engines import OcrEngine, OcrName, is_installed, open_engine
from extractors.readers.pdfium import open_pdf
from extractors.readers.picture_files import picture_pages
from extractors.readers.scans import is_blank, read_picture
from extractors.words import Document, Page
from schemas.errors import DamagedDocumentError, DocumentLimitError, NoTextError

SAME_WORDS = 0.5  # of a hidden text layer's words that OCR must find too; a layer of another document shares under 0.2
_GARBLED_WORDS = 15  # a page with fewer long words is not judged
_GARBLED_SHARE = 0.6  # of long Latin words without a vowel: 0.02 to 0.15 in the languages served, nearly all in shifted encodings
_LONG_WORD = re.compile(r"[A-Za-zÀ-ž]{4,}")
_VOWEL = re.compile(r"[aeiouyà-åè-ïò-öù-ýąęıőűāēīū]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """``engine`` reads pictures of ``dpi`` dots per inch; a document may have ``max_pages`` such pages of ``max_pixels`` pixels each."""

    engine: OcrName = "none"
    dpi: int = 200
    max_pages: int = 100
    max_pixels: int = 40_000_000  # A4 at 600 dpi has 35 million

    @property
    def is_usable(self) -> bool:
        """Whether an engine is chosen and installed."""
        return self.engine != "none" and is_installed(self.engine)


def pages_to_recognise(document: Document) -> list[int]:
    """The indices of pages whose text layer is missing, without letters, garbled, or an earlier OCR's (to be compared with the picture)."""
    return [i for i, page in enumerate(document.pages) if not len(page) or _is_recognised(page) or is_garbled(page)]


def is_garbled(page: Page) -> bool:
    """Whether the text layer's characters are not those of the glyphs: unmapped, or words that no language has."""
    if unmapped_share([page]) > MAX_UNMAPPED_SHARE:
        return True
    words = _LONG_WORD.findall(" ".join(page.texts))
    return len(words) >= _GARBLED_WORDS and sum(_VOWEL.search(word) is None for word in words) > _GARBLED_SHARE * len(words)


def recognise_pdf(data: bytes, document: Document, *, options: OcrOptions, on_page: Callable[[], None] = lambda: None) -> Document:
    """The document with its unreadable pages read from their pictures; the same object where there are none.

    ``on_page`` is called before each of them. Raises `DocumentLimitError` for more than ``options.max_pages``, `DamagedDocumentError` for a
    page that cannot be drawn.
    """
    wanted = pages_to_recognise(document)
    if not wanted:
        return document
    if len(wanted) > options.max_pages:
        raise DocumentLimitError(f"Too many pages: {len(wanted)} need OCR, the limit is {options.max_pages} (setting ocr_max_pages).")
    engine = open_engine(options.engine)
    pages = list(document.pages)
    with open_pdf(data) as pdf:
        for index in wanted:
            on_page()
            pages[index] = _recognised(pages[index], _drawn(pdf, index, options), engine)
    return Document(tuple(pages), options.engine, document.hidden)


def recognise_picture_file(data: bytes, *, options: OcrOptions, on_page: Callable[[], None] = lambda: None) -> Document:
    """The words of a PNG, JPEG, WebP, GIF or (multi-page) TIFF file.

    Raises `DocumentLimitError` for too many pages or pixels and `DamagedDocumentError` for a file that cannot be decoded.
    """
    engine = open_engine(options.engine)
    pages: list[Page] = []
    for number, (pixels, width_pt, height_pt) in enumerate(_frames(data, options), start=1):
        on_page()
        blank = Page(number, width_pt, height_pt, (), np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, bool))
        pages.append(_recognised(blank, pixels, engine))
    return Document(tuple(pages), options.engine)


def recognise(data: bytes, document: Document | None, *, options: OcrOptions, on_page: Callable[[], None] = lambda: None) -> Document:
    """A file's words with OCR where that is needed; ``document`` is its text layer, None for a picture.

    Raises `NoTextError` where nothing can be read on any page, and the errors of the other two functions.
    """
    if document is None:
        if kind_of(data) is not Kind.IMAGE:
            raise NoTextError("The file has neither a text layer nor pictures.")
        document = recognise_picture_file(data, options=options, on_page=on_page)
    else:
        document = recognise_pdf(data, document, options=options, on_page=on_page)
    if not len(document):
        raise NoTextError(f"All {len(document.pages)} page(s) are blank, or OCR ({options.engine}) finds no text on them.")
    return document


def _recognised(layer: Page, pixels: NDArray[np.uint8], engine: OcrEngine) -> Page:
    """The page's words by OCR, or its own where it has an earlier OCR's layer that goes with the picture."""
    if is_blank(pixels):
        return layer if not is_garbled(layer) else replace(layer, **_no_words())
    page = read_picture(pixels, engine, number=layer.number, width_pt=layer.width_pt, height_pt=layer.height_pt)
    trusted = len(layer) and _is_recognised(layer) and not is_garbled(layer)
    return layer if trusted and _share_of_words(layer, page) >= SAME_WORDS else page


def _share_of_words(layer: Page, page: Page) -> float:
    ours = {text.casefold() for text in layer.texts if len(text) > 2}
    return len(ours & {text.casefold() for text in page.texts}) / max(len(ours), 1)


def _is_recognised(page: Page) -> bool:
    return len(page) > 0 and bool((page.confidences < 1).all())


def _no_words() -> dict[str, Any]:
    none = np.zeros(0, np.float32)
    return {"texts": (), "boxes": none.reshape(0, 4), "sizes": none, "bold": np.zeros(0, bool), "confidences": none}


def _drawn(pdf: Any, index: int, options: OcrOptions) -> NDArray[np.uint8]:
    import pypdfium2

    try:
        page = pdf[index]
        width, height = page.get_size()
        scale = min(options.dpi / 72, (options.max_pixels / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        pixels = np.array(bitmap.to_pil().convert("L"), np.uint8)
        bitmap.close()
        page.close()
    except (pypdfium2.PdfiumError, ValueError) as exc:
        raise DamagedDocumentError(f"Page {index + 1} cannot be drawn.") from exc
    return pixels


def _frames(data: bytes, options: OcrOptions) -> Iterator[tuple[NDArray[np.uint8], float, float]]:
    """(pixels, width, height in points) of each page of a picture file, scaled to at most ``options.dpi``."""
    from PIL import Image

    for page, width_pt, height_pt in picture_pages(data, mode="L", max_pages=options.max_pages, max_pixels=options.max_pixels):
        width, height = round(width_pt * options.dpi / 72), round(height_pt * options.dpi / 72)
        drawn = page.resize((width, height), Image.Resampling.LANCZOS) if page.width > width else page
        yield np.array(drawn, np.uint8), width_pt, height_pt
