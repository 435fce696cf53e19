"""The calls into pdfium: open a file, load a page, read its glyphs into arrays. One thread at a time (pdfium's rule)."""

from __future__ import annotations

import ctypes
import math
import re
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from extractors.readers.characters import is_right_to_left
from schemas.errors import DamagedDocumentError, DocumentLimitError, EmptyDocumentError, EncryptedDocumentError, NotADocumentError

MAX_CHARACTERS = 500_000  # on one page; the densest page of the corpora has under 20,000
_BOLD_NAME = re.compile(r"bold|black|heavy|semibd|demi(?!light)|(?:^|[-_,])bd(?:$|[-_,])", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # font descriptor flag, ISO 32000-1 table 123
_BOLD_WEIGHT = 600
_WHITE = 250  # of 255 in each of red, green and blue, at least: no ink that an eye tells from paper
_INVISIBLE_MODES = (3, 7)  # neither fill nor stroke; clip only: ISO 32000-1 table 106


@cache
def _pdfium() -> SimpleNamespace:
    """pdfium's functions with plain address arguments: half the cost per call of the generated bindings, and results land in arrays."""
    import pypdfium2.raw as raw

    pointer, integer = ctypes.c_void_p, ctypes.c_int

    def bind(name: str, result: Any, *arguments: Any) -> Any:
        address = ctypes.cast(getattr(raw, name), pointer).value
        assert address is not None
        return ctypes.PYFUNCTYPE(result, *arguments)(address)

    return SimpleNamespace(
        unicode=bind("FPDFText_GetUnicode", ctypes.c_uint, pointer, integer),
        loose_box=bind("FPDFText_GetLooseCharBox", integer, pointer, integer, pointer),
        origin=bind("FPDFText_GetCharOrigin", integer, pointer, integer, pointer, pointer),
        text_object=bind("FPDFText_GetTextObject", ctypes.c_size_t, pointer, integer),
        generated=bind("FPDFText_IsGenerated", integer, pointer, integer),
        matrix=bind("FPDFText_GetMatrix", integer, pointer, integer, pointer),
        font_size=bind("FPDFTextObj_GetFontSize", integer, pointer, pointer),
        font=bind("FPDFTextObj_GetFont", pointer, pointer),
        render_mode=bind("FPDFTextObj_GetTextRenderMode", integer, pointer),
        fill_color=bind("FPDFPageObj_GetFillColor", integer, pointer, pointer, pointer, pointer, pointer),
        font_weight=bind("FPDFFont_GetWeight", integer, pointer),
        font_flags=bind("FPDFFont_GetFlags", integer, pointer),
        font_name=bind("FPDFFont_GetBaseFontName", ctypes.c_size_t, pointer, pointer, ctypes.c_size_t),
        load_page=bind("FPDFText_LoadPage", pointer, pointer),
        close_page=bind("FPDFText_ClosePage", None, pointer),
        count=bind("FPDFText_CountChars", integer, pointer),
    )


@contextmanager
def open_pdf(data: bytes) -> Generator[Any]:
    """The document as a ``pypdfium2.PdfDocument`` of at least one page. Raises the `DocumentError` that names why it cannot be opened."""
    import pypdfium2
    import pypdfium2.raw as raw

    if not data:
        raise EmptyDocumentError("The file has no bytes.")
    if b"%PDF-" not in data[:1024]:
        raise NotADocumentError("The file is not a PDF: no %PDF- header in its first 1024 bytes.")
    handle = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocumentError("The PDF is encrypted and needs a password to open.")
        raise DamagedDocumentError("The PDF's structure cannot be parsed; ask the sender for the file again.")
    pdf = pypdfium2.PdfDocument(handle)
    try:
        if len(pdf) < 1:
            raise EmptyDocumentError("The PDF has no pages.")
        yield pdf
    finally:
        pdf.close()


class PdfiumPage:
    """A loaded page with its text, closed by ``with``. ``width_pt`` and ``height_pt`` are those of the visible (cropped, rotated) page."""

    def __init__(self, pdf: Any, index: int) -> None:
        import pypdfium2
        import pypdfium2.raw as raw

        try:
            self.page: Any = pdf[index]
        except pypdfium2.PdfiumError as exc:
            raise DamagedDocumentError(f"Page {index + 1} cannot be loaded.") from exc
        self.number = index + 1
        self.text: int | None = _pdfium().load_page(ctypes.cast(self.page.raw, ctypes.c_void_p))
        if not self.text:
            self.page.close()
            raise DamagedDocumentError(f"The text of page {index + 1} cannot be loaded.")
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(self.page.raw, box)
        self.crop: tuple[float, float, float, float] = (box.left, box.bottom, box.right, box.top)
        self.quarter_turns: int = max(raw.FPDFPage_GetRotation(self.page.raw), 0) % 4
        self.width_pt = float(raw.FPDF_GetPageWidthF(self.page.raw))
        self.height_pt = float(raw.FPDF_GetPageHeightF(self.page.raw))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _pdfium().close_page(self.text)
        self.page.close()

    def to_top_left(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """User space to points from the top left corner of the page as it is shown."""
        left, bottom, right, top = self.crop
        match self.quarter_turns:
            case 0:
                return x - left, top - y
            case 1:
                return y - bottom, x - left
            case 2:
                return right - x, y - bottom
            case _:
                return top - y, right - x


@dataclass(frozen=True, slots=True)
class Glyphs:
    """All characters of a page in content order. Shapes: [n], ``boxes`` [n, 4], ``origins`` [n, 2]; points, origin top left.

    ``generated``: not drawn, added by pdfium; ``invisible``: drawn without ink, or white on white;
    ``piece``: shares its glyph with the character before (ligature); ``starts_run``: first of its text object. Other columns as in `Characters`.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float32]
    origins: NDArray[np.float32]
    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    skewed: NDArray[np.bool_]
    bold: NDArray[np.bool_]
    generated: NDArray[np.bool_]
    invisible: NDArray[np.bool_]
    piece: NDArray[np.bool_]
    starts_run: NDArray[np.bool_]


def read_glyphs(page: PdfiumPage) -> Glyphs:
    """Every character of the page. Raises `DocumentLimitError` where there are more than `MAX_CHARACTERS`."""
    pdfium, text = _pdfium(), page.text
    n = max(pdfium.count(text), 0)
    if n > MAX_CHARACTERS:
        raise DocumentLimitError(f"Page {page.number} has {n} characters, the limit is {MAX_CHARACTERS}.")
    codes = np.fromiter(map(pdfium.unicode, repeat(text), range(n)), np.uint32, n)
    objects = np.fromiter(map(pdfium.text_object, repeat(text), range(n)), np.uint64, n)
    raw_boxes = np.zeros((n, 4), np.float32)  # left, top, right, bottom
    address = raw_boxes.ctypes.data
    deque(map(pdfium.loose_box, repeat(text), range(n), range(address, address + 16 * n, 16)), maxlen=0)
    origins = np.zeros((n, 2), np.float64)
    address = origins.ctypes.data
    deque(
        map(pdfium.origin, repeat(text), range(n), range(address, address + 16 * n, 16), range(address + 8, address + 8 + 16 * n, 16)),
        maxlen=0,
    )
    generated = np.fromiter(map(pdfium.generated, repeat(text), range(n)), np.int32, n) == 1

    x0, y0 = page.to_top_left(raw_boxes[:, 0], raw_boxes[:, 1])
    x1, y1 = page.to_top_left(raw_boxes[:, 2], raw_boxes[:, 3])
    boxes = np.stack((np.minimum(x0, x1), np.minimum(y0, y1), np.maximum(x0, x1), np.maximum(y0, y1)), axis=1).astype(np.float32)
    shown_x, shown_y = page.to_top_left(origins[:, 0], origins[:, 1])

    starts_run, piece = np.ones(n, bool), np.zeros(n, bool)
    starts_run[1:] = objects[1:] != objects[:-1]
    piece[1:] = ~starts_run[1:] & (origins[1:] == origins[:-1]).all(axis=1)

    pointers, first, which = np.unique(objects, return_index=True, return_inverse=True)
    styles = _object_styles(page, pointers.tolist(), first.tolist())
    sizes, angles = styles[which, 0], styles[which, 1]
    turns = np.rint(angles / 90).astype(np.int64)
    _unslant(boxes, shown_y, np.where((turns % 4 == 0) & ~is_right_to_left(codes), styles[which, 5], 0.0))
    invisible, white = styles[which, 3] > 0, styles[which, 4] > 0
    if white.any():
        invisible[white] |= ~_covered(boxes[white], coloured_boxes(page))
    return Glyphs(
        codes,
        boxes,
        np.stack((shown_x, shown_y), axis=1).astype(np.float32),
        sizes.round(2).astype(np.float32),
        (turns % 4).astype(np.int8),
        np.abs(angles - turns * 90) > 3,
        styles[which, 2] > 0,
        generated | (objects == 0),
        invisible,
        piece,
        starts_run,
    )


def _unslant(boxes: NDArray[np.float32], baselines: NDArray[np.float64], slants: NDArray[np.float64]) -> None:
    """Make the ``boxes`` [n, 4] of upright glyphs that a matrix leans to the right as wide as their advances: where a font has no italic cut, programs
    lean the upright one, and the box around a leaning one laps over its neighbours. ``baselines`` [n]: their y; ``slants`` [n]: width per height."""
    leaning = np.flatnonzero(slants > 0)
    lower, upper = boxes[leaning, 3] - baselines[leaning], baselines[leaning] - boxes[leaning, 1]
    x0 = boxes[leaning, 0] + slants[leaning] * np.maximum(lower, 0)
    x1 = boxes[leaning, 2] - slants[leaning] * np.maximum(upper, 0)
    kept = x1 > x0
    boxes[leaning[kept], 0], boxes[leaning[kept], 2] = x0[kept], x1[kept]


def _object_styles(page: PdfiumPage, pointers: list[int], first: list[int]) -> NDArray[np.float64]:
    """[objects, 6]: effective font size in points, clockwise angle in degrees as shown, bold, invisible, white, width per height by which letters lean."""
    pdfium = _pdfium()
    styles = np.zeros((len(pointers), 6))
    matrix, size = (ctypes.c_float * 6)(), ctypes.c_float()
    color = (ctypes.c_uint * 4)()
    matrix_at, size_at, color_at = ctypes.addressof(matrix), ctypes.addressof(size), ctypes.addressof(color)
    fonts: dict[int | None, bool] = {}
    for row, (pointer, index) in enumerate(zip(pointers, first, strict=True)):
        if not pointer or not pdfium.matrix(page.text, index, matrix_at):
            continue
        a, b, c, d = matrix[0], matrix[1], matrix[2], matrix[3]
        pdfium.font_size(pointer, size_at)
        font = pdfium.font(pointer)
        if font not in fonts:
            fonts[font] = _is_bold(font)
        mode = pdfium.render_mode(pointer)
        filled = mode in (0, 4) and bool(pdfium.fill_color(pointer, color_at, color_at + 4, color_at + 8, color_at + 12))
        styles[row] = (
            abs(size.value) * math.hypot(c, d),
            -math.degrees(math.atan2(b, a)) + 90 * page.quarter_turns,
            fonts[font] or mode == 2,
            mode in _INVISIBLE_MODES or (filled and color[3] == 0),
            filled and min(color[0], color[1], color[2]) >= _WHITE,
            (a * c + b * d) / height if (height := abs(a * d - b * c)) else 0.0,
        )
    return styles


def _is_bold(font: int | None) -> bool:
    if not font:
        return False
    pdfium = _pdfium()
    buffer = ctypes.create_string_buffer(256)
    pdfium.font_name(font, ctypes.addressof(buffer), len(buffer))
    name = buffer.value.decode("utf-8", errors="replace")
    return is_bold_name(name) or bool(pdfium.font_flags(font) & _FORCE_BOLD) or pdfium.font_weight(font) >= _BOLD_WEIGHT


def is_bold_name(name: str) -> bool:
    """Whether a font's name says that it is a bold cut (``ABCDEF+Arial-BoldMT``, ``Inter SemiBold``, ``Roboto-Black``)."""
    return _BOLD_NAME.search(name) is not None


def coloured_boxes(page: PdfiumPage) -> NDArray[np.float32]:
    """Boxes [n, 4] of what white letters can be seen on: filled paths of another colour, images, shadings, and forms, whose content is not looked into."""
    import pypdfium2
    import pypdfium2.raw as raw

    bounds: list[tuple[float, float, float, float]] = []
    try:
        for item in page.page.get_objects(max_depth=1):
            if item.type == raw.FPDF_PAGEOBJ_TEXT or (item.type == raw.FPDF_PAGEOBJ_PATH and _is_blank(item.raw)):
                continue
            bounds.append(item.get_bounds())
    except pypdfium2.PdfiumError:
        return np.array([[-np.inf, -np.inf, np.inf, np.inf]], np.float32)  # nothing is known: everything may be seen
    corners = np.array(bounds, np.float64).reshape(-1, 4)
    x0, y0 = page.to_top_left(corners[:, 0], corners[:, 1])
    x1, y1 = page.to_top_left(corners[:, 2], corners[:, 3])
    return np.stack((np.minimum(x0, x1), np.minimum(y0, y1), np.maximum(x0, x1), np.maximum(y0, y1)), axis=1).astype(np.float32)


def _is_blank(path: Any) -> bool:
    """Whether a path leaves the paper white: it is not filled, or with white, or with nothing."""
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if raw.FPDFPath_GetDrawMode(path, fill, stroke) and fill.value == raw.FPDF_FILLMODE_NONE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = raw.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return bool(known) and (alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE)


def _covered(boxes: NDArray[np.float32], fields: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of ``boxes`` [n, 4] have their middle in one of ``fields`` [m, 4]."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    covered = np.zeros(len(boxes), bool)
    for x0, y0, x1, y1 in fields:
        covered |= (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    return covered


def image_share(page: PdfiumPage) -> float:
    """The largest share of the page's area under one image, 0 to 1."""
    import pypdfium2
    import pypdfium2.raw as raw

    left, bottom, right, top = page.crop
    area = max((right - left) * (top - bottom), 1.0)
    share = 0.0
    try:
        for item in page.page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
            x0, y0, x1, y1 = item.get_bounds()
            width = min(x1, right) - max(x0, left)
            height = min(y1, top) - max(y0, bottom)
            share = max(share, max(width, 0) * max(height, 0) / area)
    except pypdfium2.PdfiumError:
        return share
    return share
