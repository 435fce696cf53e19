"""Pages as pictures, for people to look at."""

from __future__ import annotations

import io

from extractors.readers.document import Kind, kind_of
from extractors.readers.pdfium import open_pdf
from extractors.readers.picture_files import picture_pages
from schemas.errors import DamagedDocumentError, DocumentLimitError

MAX_PIXELS = 20_000_000  # an A4 page at 300 dpi has 8.7 million
MAX_FILE_PIXELS = 40_000_000  # of a page in a picture file: A4 at 600 dpi has 35 million
MAX_FILE_PAGES = 2_000


def render_page(data: bytes, *, page: int, scale: float = 2.0, max_pixels: int = MAX_PIXELS) -> bytes:
    """One page of a PDF or a picture file as PNG. ``page`` counts from 1; ``scale`` is pixels per point (2.0 = 144 dpi),
    lowered where ``max_pixels`` demands it.

    Raises `DocumentLimitError` for a page number that does not exist, `DamagedDocumentError` for a page that cannot be drawn, and the
    errors of `read_text_layer` for a file that cannot be opened.
    """
    if not scale > 0:
        raise ValueError(f"scale: expected a positive number, found {scale}")
    if kind_of(data) is Kind.IMAGE:
        return _from_picture(data, page=page, scale=scale, max_pixels=max_pixels)
    return _from_pdf(data, page=page, scale=scale, max_pixels=max_pixels)


def _from_picture(data: bytes, *, page: int, scale: float, max_pixels: int) -> bytes:
    number = 0
    for number, (picture, width_pt, height_pt) in enumerate(
        picture_pages(data, mode="RGB", max_pages=MAX_FILE_PAGES, max_pixels=MAX_FILE_PIXELS), start=1
    ):
        if number == page:
            scale = min(scale, (max_pixels / max(width_pt * height_pt, 1.0)) ** 0.5)
            buffer = io.BytesIO()
            picture.resize((max(round(width_pt * scale), 1), max(round(height_pt * scale), 1))).save(buffer, "PNG")
            return buffer.getvalue()
    raise DocumentLimitError(f"The document has {number} page(s); page {page} does not exist.")


def _from_pdf(data: bytes, *, page: int, scale: float, max_pixels: int) -> bytes:
    import pypdfium2

    with open_pdf(data) as pdf:
        if not 1 <= page <= len(pdf):
            raise DocumentLimitError(f"The document has {len(pdf)} page(s); page {page} does not exist.")
        try:
            loaded = pdf[page - 1]
        except pypdfium2.PdfiumError as exc:
            raise DamagedDocumentError(f"Page {page} cannot be loaded.") from exc
        try:
            width, height = loaded.get_size()
            area = max(width * height, 1.0)
            bitmap = loaded.render(scale=min(scale, (max_pixels / area) ** 0.5))
            buffer = io.BytesIO()
            bitmap.to_pil().save(buffer, "PNG")
            bitmap.close()
        except (pypdfium2.PdfiumError, MemoryError, ValueError) as exc:
            raise DamagedDocumentError(f"Page {page} cannot be drawn.") from exc
        finally:
            loaded.close()
    return buffer.getvalue()
