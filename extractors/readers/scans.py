"""Words from pictures of pages: upright and level, through an OCR engine, back to points of the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extractors.readers.characters import clean_text
from extractors.readers.grouping import Words, visual_order
from extractors.readers.ink import on_ink
from extractors.readers.ocr_engines import OcrEngine, OcrWord
from extractors.readers.picture_geometry import Straightened, straighten
from extractors.words import Page

# Reading the other way round is tried when a page gives less than this: upright print has 0.9 and more, print upside down under 0.6.
SURE = 0.75
STRIPS = 8  # a strip for finding the way up has this share of the page
_SIZE_OF_LINE = 0.75  # font size of the height that an engine gives to a line, which has room for ascenders and descenders
_MIN_CONTRAST = 40  # of 255 between paper and ink; a page with less is blank
_MIN_INK_SHARE = 0.0002  # of the pixels; less is dust


def is_blank(pixels: NDArray[np.uint8]) -> bool:
    """Whether the picture [height, width] shows nothing but paper and dust."""
    paper = float(np.median(pixels))
    return bool((np.abs(pixels.astype(np.int16) - paper) > _MIN_CONTRAST).mean() < _MIN_INK_SHARE)


def read_picture(pixels: NDArray[np.uint8], engine: OcrEngine, *, number: int, width_pt: float, height_pt: float) -> Page:
    """The words of one page's picture, upright and level; the page's placement says where they lie on the page as it came.

    ``pixels`` [height, width] 0 is black; ``width_pt`` and ``height_pt`` are the size of the page that the whole picture covers.
    """
    straightened, words = _best_way_up(pixels, engine)
    return _page(straightened, words, number, width_pt, height_pt)


def _best_way_up(pixels: NDArray[np.uint8], engine: OcrEngine) -> tuple[Straightened, list[OcrWord]]:
    """The page as it came where that reads well, as most do; else the way up on which a strip of it reads best."""
    straightened, words = _read(pixels, engine, 0)
    if words and not _is_doubtful(words):
        return straightened, words
    turns, best = 0, _score(_read_strip(pixels, engine, 0))
    for candidate in (2, 1, 3):
        strip = _read_strip(pixels, engine, candidate)
        if (score := _score(strip)) > best:
            turns, best = candidate, score
        if strip and not _is_doubtful(strip):
            break
    return (straightened, words) if turns == 0 else _read(pixels, engine, turns)


def _read_strip(pixels: NDArray[np.uint8], engine: OcrEngine, quarter_turns: int) -> list[OcrWord]:
    """The words of the band of rows that holds most ink."""
    turned = np.rot90(pixels, -quarter_turns % 4)
    height = turned.shape[0]
    band = min(max(height // STRIPS, 120), height)
    ink = np.concatenate(([0], np.cumsum((turned < 128).mean(axis=1))))
    top = int(np.argmax(ink[band:] - ink[:-band])) if band < height else 0
    return list(engine(np.ascontiguousarray(turned[top : top + band])))


def _read(pixels: NDArray[np.uint8], engine: OcrEngine, quarter_turns: int) -> tuple[Straightened, list[OcrWord]]:
    straightened = straighten(pixels, quarter_turns=quarter_turns)
    words = [word for found in engine(straightened.pixels) if (word := _cleaned(found)) is not None]
    return straightened, words


def _cleaned(word: OcrWord) -> OcrWord | None:
    text = clean_text(word.text).strip()
    return OcrWord(text, word.box, word.confidence, word.line_height) if text else None


def _share_tall(words: list[OcrWord]) -> float:
    long = [word for word in words if len(word.text) > 2]
    return sum(word.box[3] - word.box[1] > 1.5 * (word.box[2] - word.box[0]) for word in long) / max(len(long), 1)


def _is_doubtful(words: list[OcrWord]) -> bool:
    return len(words) > 0 and (float(np.mean([word.confidence for word in words])) < SURE or _share_tall(words) > 0.5)


def _score(words: list[OcrWord]) -> float:
    """How much was read for sure; words in tall boxes were read against the grain."""
    return sum(len(word.text) * max(word.confidence - 0.5, 0.0) for word in words) * (1 - _share_tall(words))


def _page(straightened: Straightened, words: list[OcrWord], number: int, width_pt: float, height_pt: float) -> Page:
    pt = width_pt / straightened.size[0]
    height, width = straightened.pixels.shape
    n = len(words)
    boxes = np.array([word.box for word in words], np.float64).reshape(-1, 4)
    boxes = (on_ink(boxes, np.array([word.line_height for word in words]), straightened.pixels) * pt).astype(np.float32)
    sizes = np.array([max(word.line_height * _SIZE_OF_LINE * pt, 1.0) for word in words], np.float32).round(2)
    confidences = np.array([word.confidence for word in words], np.float32)
    # The middle stands in for the baseline: engines give the words of one line different heights.
    middles = np.stack((boxes[:, 2], (boxes[:, 1] + boxes[:, 3]) / 2), axis=1).astype(np.float32)
    none = np.zeros(n, bool)
    columns = Words([word.text for word in words], boxes, sizes, none, middles, np.zeros(n, np.int8), none, np.ones(n, bool))
    order = visual_order(columns) if n else np.zeros(0, np.intp)
    return Page(
        number,
        width * pt,
        height * pt,
        tuple(words[i].text for i in order),
        np.clip(boxes[order], 0, np.array([width * pt, height * pt] * 2, np.float32)),
        sizes[order],
        none,
        confidences[order],
        straightened.placement(width_pt=width_pt, height_pt=height_pt),
    )
