"""How surely the words behind a document's values were read: by OCR a word may be misread, and no sum need show it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from extractors.words import Document
from schemas.invoice import CRITICAL_FIELDS, Evidence

EDGE_PT = 0.5


def weakest_reading(document: Document, evidence: Mapping[str, Evidence]) -> float:
    """The least confidence, 0 to 1, with which OCR read a word of a critical header field or of a line item; 1.0 for words of a text layer.

    ``evidence``: by field path, boxes on the pages as they were read.
    """
    pages = {page.number: page for page in document.pages if len(page.confidences) and float(page.confidences.min()) < 1}
    weakest = 1.0
    for path, shown in evidence.items():
        page = pages.get(shown.page)
        if page is None or not (path.startswith("line_items.") or path.removeprefix("header.") in CRITICAL_FIELDS):
            continue
        x0, y0, x1, y1 = shown.box
        x, y = (page.boxes[:, 0] + page.boxes[:, 2]) / 2, (page.boxes[:, 1] + page.boxes[:, 3]) / 2
        inside = (x >= x0 - EDGE_PT) & (x <= x1 + EDGE_PT) & (y >= y0 - EDGE_PT) & (y <= y1 + EDGE_PT)
        weakest = min(weakest, float(np.min(page.confidences[inside], initial=1.0)))
    return weakest
