from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from extractors.readers.page_pictures import render_page
from schemas.errors import DocumentLimitError, NotADocumentError


def test_the_page_is_drawn_at_scale(pdf: Callable[..., bytes]) -> None:
    data = pdf(lambda page: None, lambda page: page.rect(0, 0, 100, 100, fill=1), size=(200, 300))
    picture = Image.open(io.BytesIO(render_page(data, page=2, scale=2)))
    assert picture.size == (400, 600)
    assert picture.convert("L").getpixel((50, 550)) == 0  # the black square at the bottom left
    assert picture.convert("L").getpixel((350, 50)) == 255


def test_the_pixel_limit_lowers_the_scale(pdf: Callable[..., bytes]) -> None:
    data = pdf(lambda page: None, size=(5000, 5000))
    width, height = Image.open(io.BytesIO(render_page(data, page=1, scale=4, max_pixels=1_000_000))).size
    assert width * height <= 1_010_000


def test_pages_that_do_not_exist_are_refused(pdf: Callable[..., bytes]) -> None:
    with pytest.raises(DocumentLimitError, match="page 2 does not exist"):
        render_page(pdf(lambda page: None), page=2)
    with pytest.raises(NotADocumentError):
        render_page(b"text", page=1)


def test_pages_of_picture_files_are_drawn_in_colour_at_the_scale_of_their_points() -> None:
    buffer = io.BytesIO()
    pages = [Image.new("RGB", (1200, 1600), colour) for colour in ("red", "blue")]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], dpi=(200, 200))
    picture = Image.open(io.BytesIO(render_page(buffer.getvalue(), page=2, scale=2)))
    assert picture.size == (864, 1152)  # 6 × 8 inches at 144 dpi
    assert picture.convert("RGB").getpixel((400, 400)) == (0, 0, 255)
    with pytest.raises(DocumentLimitError, match="has 2 page"):
        render_page(buffer.getvalue(), page=3)
