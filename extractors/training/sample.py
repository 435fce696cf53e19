"""A labelled document: what the generator returns and training learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.words import Page


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """Pages as the reader sees them, with one label and one group per word.

    Shapes, one array per page: ``labels`` [n] int16, index into ("O", *FIELDS); ``groups`` [n] int32, the row of the line item
    (0, 1, ... through the whole document) or of the tax breakdown, -1 elsewhere; ``starts`` [n] bool, first word of a labelled span.
    ``truth`` is the invoice JSON of the data contract; ``language`` is ISO 639-1; ``document_type`` one of `DOCUMENT_TYPES`;
    ``layout`` names the choices that composed the page, for reports.
    """

    pages: tuple[Page, ...]
    labels: tuple[NDArray[np.int16], ...]
    groups: tuple[NDArray[np.int32], ...]
    starts: tuple[NDArray[np.bool_], ...]
    truth: dict[str, Any]
    language: str
    document_type: str
    layout: dict[str, str]
