"""Words of a page with their geometry: what every reader returns and every later step works on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


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
