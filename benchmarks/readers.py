"""How fast words with boxes can be read from a text layer: two libraries bare, and the product's own reader.

Each function takes the bytes of one PDF and returns the number of words, so that a reader which finds nothing is not taken for a fast one.
"""

from __future__ import annotations

import ctypes
import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader over all documents of one set."""

    name: str
    pages: int
    words: int
    failed: int  # documents that it could not read
    seconds: float
    cpu_s: float

    @property
    def pages_per_s(self) -> float:
        return self.pages / self.seconds if self.seconds else 0.0


def pdfplumber_words(data: bytes) -> tuple[int, int]:
    """Pages and words with `pdfplumber.Page.extract_words` at its defaults."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        words = 0
        for page in pdf.pages:
            words += len(page.extract_words())
            page.close()  # drops the page's cached objects, which would otherwise add up
        return len(pdf.pages), words


def bare_pypdfium2_words(data: bytes) -> tuple[int, int]:
    """Pages and words with nothing but PDFium: text split at white space, a box per character, united per word."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
    references = tuple(ctypes.byref(value) for value in (x0, x1, y0, y1))
    words = 0
    pdf = pdfium.PdfDocument(data)
    try:
        for page in pdf:
            text_page = page.get_textpage()
            boxes: list[tuple[float, float, float, float]] = []
            box: list[float] | None = None
            for index in range(raw.FPDFText_CountChars(text_page)):
                if chr(raw.FPDFText_GetUnicode(text_page, index)).isspace():
                    if box:
                        boxes.append((box[0], box[1], box[2], box[3]))
                    box = None
                    continue
                raw.FPDFText_GetCharBox(text_page, index, *references)
                if box is None:
                    box = [x0.value, y0.value, x1.value, y1.value]
                else:
                    box = [min(box[0], x0.value), min(box[1], y0.value), max(box[2], x1.value), max(box[3], y1.value)]
            words += len(boxes) + (box is not None)
            text_page.close()
            page.close()
        return len(pdf), words
    finally:
        pdf.close()


def own_reader_words(data: bytes) -> tuple[int, int]:
    """Pages and words with the reader that the product uses."""
    from extractors.readers.text_layer import read_text_layer

    document = read_text_layer(data)
    return len(document.pages), len(document)


READERS: tuple[tuple[str, Callable[[bytes], tuple[int, int]]], ...] = (
    ("pdfplumber.extract_words", pdfplumber_words),
    ("bare pypdfium2, words with boxes", bare_pypdfium2_words),
    ("Lineitem's reader", own_reader_words),
)


def measure(name: str, read: Callable[[bytes], tuple[int, int]], documents: Iterable[bytes]) -> Reading:
    """Time one reader over ``documents``, one after the other, after one unmeasured document (imports, first-call costs)."""
    pages = words = failed = 0
    seconds = cpu_s = 0.0
    warm = False
    for data in documents:
        try:
            if not warm:
                read(data)
                warm = True
            started, used_before = time.perf_counter(), time.process_time()
            found_pages, found_words = read(data)
            seconds += time.perf_counter() - started
            cpu_s += time.process_time() - used_before
        except Exception:  # noqa: BLE001 - a benchmark over any folder counts what a reader cannot open, whatever it raises
            failed += 1
            continue
        pages += found_pages
        words += found_words
    return Reading(name, pages, words, failed, seconds, cpu_s)
