"""Pieces of pages as small pictures for the report, with boxes round what was found and what would have been right."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extractors.readers.document import read_document
from extractors.readers.page_pictures import render_page
from extractors.report.mistakes import Mistake
from extractors.report.places import Box, Place, nearest, places_of
from extractors.words import Document
from schemas.errors import DocumentError

SCALE = 1.6  # pixels per point
GREYS = 12  # enough to read by; keeps a picture at some kilobytes
MARGIN_X_PT, MARGIN_Y_PT = 70.0, 26.0
LEAST_PT = (330.0, 84.0)  # width and height that give an idea of the surroundings
TOGETHER_PT = 190.0  # places further apart get a picture each


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a page: a PNG as data URI, its size in points, and boxes (class, left, top, width, height) in it, in points."""

    page: int
    picture: str
    width_pt: float
    height_pt: float
    boxes: tuple[tuple[str, float, float, float, float], ...]


def crops_of(mistake: Mistake) -> list[Crop]:
    """One or two pictures of a mistake; none where neither value has a place or the page cannot be drawn."""
    try:
        data = mistake.document.path.read_bytes()
        found = found_place(mistake)
        true = nearest(_true_places(mistake, read_words(data)), found or row_place(mistake))
        return list(_crops(data, found, true))
    except (DocumentError, OSError):
        return []


def found_place(mistake: Mistake) -> Place | None:
    """Where the wrong value was read."""
    places: Mapping[str, Any] = mistake.document.found.get("evidence") or {}
    evidence = places.get(mistake.evidence or "")
    return Place(int(evidence["page"]), _box(evidence["box"])) if evidence and evidence.get("box") else None


def row_place(mistake: Mistake) -> Place | None:
    """Where the row of a missing value was read, by any of its other values."""
    places: Mapping[str, Any] = mistake.document.found.get("evidence") or {}
    prefix = f"line_items.{mistake.found_row}."
    evidence = next((e for key, e in places.items() if key.startswith(prefix) and e.get("box")), None)
    return Place(int(evidence["page"]), _box(evidence["box"])) if evidence else None


def read_words(data: bytes) -> Document:
    """The words of a file; no pages where it has none that can be read."""
    try:
        return read_document(data)
    except DocumentError:
        return Document((), "none")


def _true_places(mistake: Mistake, document: Document) -> list[Place]:
    field = mistake.field.rpartition(".")[2]
    if mistake.field == "line_items":  # a missing row: its text, else its amount
        row = (mistake.document.truth.get("line_items") or [])[mistake.row] if mistake.row is not None else {}
        for name in ("description", "net_amount", "gross_amount"):
            if row.get(name) is not None and (places := places_of(document, name.replace("net_", "").replace("gross_", ""), row[name])):
                return places
        return []
    return places_of(document, field, mistake.expected)


def _crops(data: bytes, found: Place | None, true: Place | None) -> Iterator[Crop]:
    if found and true and found.page == true.page and abs(found.box[1] - true.box[1]) < TOGETHER_PT:
        yield _crop(data, found.page, (("found", found.box), ("true", true.box)))
        return
    if true:
        yield _crop(data, true.page, (("true", true.box),))
    if found:
        yield _crop(data, found.page, (("found", found.box),))


def _crop(data: bytes, page: int, boxes: Sequence[tuple[str, Box]]) -> Crop:
    picture = _page(data, page)
    width, height = picture.width / SCALE, picture.height / SCALE
    x0, x1 = _span([(b[0], b[2]) for _, b in boxes], MARGIN_X_PT, LEAST_PT[0], width)
    y0, y1 = _span([(b[1], b[3]) for _, b in boxes], MARGIN_Y_PT, LEAST_PT[1], height)
    piece = picture.crop((round(x0 * SCALE), round(y0 * SCALE), round(x1 * SCALE), round(y1 * SCALE)))
    buffer = io.BytesIO()
    piece.quantize(GREYS).save(buffer, "PNG", optimize=True)
    uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    marks = tuple((kind, b[0] - x0 - 1.5, b[1] - y0 - 1.5, b[2] - b[0] + 3, b[3] - b[1] + 3) for kind, b in boxes)
    return Crop(page, uri, x1 - x0, y1 - y0, marks)


def _span(parts: Sequence[tuple[float, float]], margin: float, least: float, limit: float) -> tuple[float, float]:
    """From and to of a piece that shows all ``parts`` with a margin, at least so wide, within 0 and ``limit``."""
    low, high = min(a for a, _ in parts) - margin, max(b for _, b in parts) + margin
    missing = max(least - (high - low), 0.0) / 2
    low, high = low - missing, high + missing
    if low < 0:
        low, high = 0.0, high - low
    if high > limit:
        low, high = max(low - (high - limit), 0.0), limit
    return low, high


@lru_cache(maxsize=4)
def _page(data: bytes, page: int) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(render_page(data, page=page, scale=SCALE))).convert("L")


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    return x0, y0, x1, y1
