"""Documents drawn for the readers' tests, and the corpus where it is at hand."""

from __future__ import annotations

import io
import pathlib
from collections.abc import Callable
from typing import Any

import pytest
from reportlab.pdfgen import canvas

Draw = Callable[[Any], None]
CORPUS = pathlib.Path(__file__).parents[3].parent / "shared" / "corpus"


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """A function that makes a PDF of one page per drawing: ``pdf(draw, draw, size=(595, 842))``."""

    def make(*draws: Draw, size: tuple[float, float] = (595, 842)) -> bytes:
        buffer = io.BytesIO()
        page = canvas.Canvas(buffer, pagesize=size, invariant=True)
        for draw in draws:
            page.setFont("Helvetica", 12)
            draw(page)
            page.showPage()
        page.save()
        return buffer.getvalue()

    return make


@pytest.fixture
def corpus() -> pathlib.Path:
    """The folder of third-party documents to measure on; the test is skipped without it."""
    if not CORPUS.is_dir():
        pytest.skip("no corpus beside the checkout")
    return CORPUS
