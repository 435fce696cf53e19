"""Words of a page with their geometry: what every reader returns and every later step works on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Placement:
    """How points of an upright, level page lie on the page as it came: x' = a x + b y + c, y' = d x + e y + f, all in points."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The box around the same corners on the page as it came."""
        x0, y0, x1, y1 = box
        corners = [(x, y) for x in (x0, x1) for y in (y0, y1)]
        xs = [self.a * x + self.b * y + self.c for x, y in corners]
        ys = [self.d * x + self.e * y + self.f for x, y in corners]
        return (min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Page:
    """One page's words as columns, in visual order: line by line from the top, left to right within a line.

    Shapes: ``boxes`` [n, 4] float32 (x0, y0, x1, y1 in points, origin top left, rotation of the page applied),
    ``sizes`` [n] float32 (font size in points), ``bold`` [n] bool, ``confidences`` [n] float32 (1.0 from a text layer, less from OCR).
    """

    number: int  # from 1
    width_pt: float
    height_pt: float
    texts: tuple[str, ...]
    boxes: NDArray[np.float32]
    sizes: NDArray[np.float32]
    bold: NDArray[np.bool_]
    confidences: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    placement: Placement | None = None  # a scan that was turned: boxes are those of the upright page

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a whole file. ``hidden`` counts words that were dropped because a person could not see them."""

    pages: tuple[Page, ...]
    reader: str  # "pypdfium2", "pdfplumber", ...
    hidden: int = 0

    def __len__(self) -> int:
        return sum(len(page) for page in self.pages)
