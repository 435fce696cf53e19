"""Pages as pictures, for people to look at."""

from __future__ import annotations

import io

from extractors.readers.pdfium import open_pdf
from schemas.errors import DamagedDocumentError, DocumentLimitError

MAX_PIXELS = 20_000_000  # an A4 page at 300 dpi has 8.7 million


def render_page(data: bytes, *, page: int, scale: float = 2.0, max_pixels: int = MAX_PIXELS) -> bytes:
    """One page as PNG. ``page`` counts from 1; ``scale`` is pixels per point (2.0 = 144 dpi), lowered where ``max_pixels`` demands it.

    Raises `DocumentLimitError` for a page number that does not exist, `DamagedDocumentError` for a page that cannot be drawn, and the
    errors of `read_text_layer` for a file that cannot be opened.
    """
    import pypdfium2

    if not scale > 0:
        raise ValueError(f"scale: expected a positive number, found {scale}")
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
