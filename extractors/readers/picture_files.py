"""Picture files (PNG, JPEG, WebP, GIF, multi-page TIFF) as pages: upright, opaque, and with a size in points."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal

from schemas.errors import DamagedDocumentError, DocumentLimitError


def picture_pages(data: bytes, *, mode: Literal["L", "RGB"], max_pages: int, max_pixels: int) -> Iterator[tuple[Any, float, float]]:
    """Each page as a PIL image in ``mode`` (grey or colour), with its width and height in points.

    Raises `DocumentLimitError` for too many pages or pixels and `DamagedDocumentError` for a file that cannot be decoded.
    """
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            count = getattr(image, "n_frames", 1)
            if count > max_pages:
                raise DocumentLimitError(f"Too many pages: the picture has {count}, the limit is {max_pages}.")
            for frame in ImageSequence.Iterator(image):
                width, height = frame.size
                if width * height > max_pixels:
                    raise DocumentLimitError(f"Too large: the picture has {width} × {height} pixels, the limit is {max_pixels}.")
                upright = ImageOps.exif_transpose(frame)
                if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                    upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
                page = upright.convert(mode)
                dpi = _dpi_of(page.size, upright.info.get("dpi") or image.info.get("dpi"))
                yield page, page.width * 72 / dpi, page.height * 72 / dpi
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as exc:
        raise DamagedDocumentError(f"The picture cannot be decoded ({type(exc).__name__}).") from exc


def _dpi_of(size: tuple[int, int], stated: Any) -> float:
    """The stated resolution where it makes a page of ordinary size, else the one that makes the longer side that of A4."""
    longer = max(size)
    try:
        dpi = float(stated[0])
    except (TypeError, ValueError, IndexError):
        dpi = 0.0
    return dpi if 90 <= dpi <= 1200 and 3 <= longer / dpi <= 20 else max(longer / 11.69, 30.0)
