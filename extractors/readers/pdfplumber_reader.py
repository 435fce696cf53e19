"""Words through pdfplumber: the reference that the fast reader is checked against, and the second reader where it fails."""

from __future__ import annotations

import io
import re
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.readers.characters import clean_text, has_right_to_left
from extractors.readers.grouping import GAP_EM, Words, visual_order
from extractors.readers.pdfium import is_bold_name
from extractors.readers.text_layer import MIN_SIZE_PT, hidden_boxes
from extractors.words import Document, Page
from schemas.errors import DamagedDocumentError, EmptyDocumentError, EncryptedDocumentError

Box = tuple[float, float, float, float]

# pdfminer lets whatever goes wrong inside it through: these are the kinds that damaged files have been seen to raise.
_PDFMINER_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
_UNMAPPED = re.compile(r"\(cid:\d+\)|\x00")  # pdfminer's stand-ins for glyphs without a character


def read_with_pdfplumber(data: bytes) -> Document:
    """The same words as `read_text_layer`, read about 20 times slower by another library.

    What a person cannot see is taken from pdfium (pdfminer does not report render modes). Raises the same errors.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    hidden = hidden_boxes(data)
    dropped = 0
    try:
        with pdfplumber.open(io.BytesIO(data), raise_unicode_errors=False) as pdf:
            pages: list[Page] = []
            for number, page in enumerate(pdf.pages, 1):
                words, count = _read_page(page, number, hidden[number - 1] if number <= len(hidden) else np.zeros((0, 4), np.float32))
                pages.append(words)
                dropped += count
    except (PdfminerException, MalformedPDFException, PDFException, PSException, *_PDFMINER_ERRORS) as exc:
        if isinstance(exc, PDFPasswordIncorrect) or any(isinstance(argument, PDFPasswordIncorrect) for argument in exc.args):
            raise EncryptedDocumentError("The PDF is encrypted and needs a password to open.") from exc
        raise DamagedDocumentError(f"pdfplumber cannot read the PDF ({type(exc).__name__}).") from exc
    if not pages:
        raise EmptyDocumentError("The PDF has no pages.")
    return Document(tuple(pages), "pdfplumber", dropped)


def compare_words(a: Document, b: Document) -> float:
    """Share of equal words, 0 to 1: words of both, counted page by page, of the words of the longer reading (1 if both are empty)."""
    shared = total = 0
    for index in range(max(len(a.pages), len(b.pages))):
        left = Counter(a.pages[index].texts if index < len(a.pages) else ())
        right = Counter(b.pages[index].texts if index < len(b.pages) else ())
        shared += (left & right).total()
        total += max(left.total(), right.total())
    return shared / total if total else 1.0


def _read_page(page: Any, number: int, hidden: NDArray[np.float32]) -> tuple[Page, int]:
    x0, top, x1, bottom = page.cropbox if page.cropbox is not None else page.bbox
    boxes: list[Box] = []
    texts: list[str] = []
    sizes: list[float] = []
    bold: list[bool] = []
    turns: list[int] = []
    skewed: list[bool] = []
    dropped = 0
    deduplicated = page.dedupe_chars(tolerance=1)
    for turn in sorted({_turn(char) for char in deduplicated.chars}):
        turned = deduplicated.filter(_is_turned(turn))
        for word in turned.extract_words(x_tolerance_ratio=GAP_EM, return_chars=True, **_DIRECTIONS[turn % 4]):
            box = (word["x0"] - x0, word["top"] - top, word["x1"] - x0, word["bottom"] - top)
            size = max(float(char["width" if turn % 2 else "size"]) for char in word["chars"])
            for text, part in _split(clean_text(_logical(_UNMAPPED.sub("", word["text"]))), box):
                if (
                    size < MIN_SIZE_PT
                    or part[2] <= 0
                    or part[3] <= 0
                    or part[0] >= x1 - x0
                    or part[1] >= bottom - top
                    or _is_hidden(part, hidden)
                ):
                    dropped += 1
                    continue
                texts.append(text)
                boxes.append(part)
                sizes.append(size)
                bold.append(is_bold_name(word["chars"][0]["fontname"]))
                turns.append(turn % 4)
                skewed.append(turn >= 4)
    box_array = np.array(boxes, np.float32).reshape(-1, 4)
    turn_array = np.array(turns, np.int8)
    # The foot of the word in its own reading direction stands in for the baseline.
    feet = np.stack(
        (np.where(turn_array == 1, box_array[:, 0], box_array[:, 2]), np.where(turn_array == 2, box_array[:, 1], box_array[:, 3])), axis=1
    )
    words = Words(
        texts,
        box_array,
        np.array(sizes, np.float32),
        np.array(bold, bool),
        feet,
        turn_array,
        np.array(skewed, bool),
        np.ones(len(texts), bool),
    )
    words = words.select(visual_order(words))
    clipped = np.clip(words.boxes, 0, np.array([x1 - x0, bottom - top] * 2, np.float32))
    confidences = np.ones(len(words), np.float32)
    return Page(number, float(x1 - x0), float(bottom - top), tuple(words.texts), clipped, words.sizes, words.bold, confidences), dropped


_DIRECTIONS: tuple[dict[str, str], ...] = (
    {},
    {"line_dir_rotated": "rtl", "char_dir_rotated": "ttb"},
    {"line_dir": "btt", "char_dir": "rtl"},
    {"line_dir_rotated": "ltr", "char_dir_rotated": "btt"},
)


def _turn(char: dict[str, Any]) -> int:
    """0 to 3 as in `Characters.turns`, plus 4 for slanted text."""
    a, b = char["matrix"][:2]
    angle = float(np.degrees(np.arctan2(-b, a)))
    turn = round(angle / 90)
    return turn % 4 + (4 if abs(angle - turn * 90) > 3 else 0)


def _is_turned(turn: int) -> Callable[[dict[str, Any]], bool]:
    return lambda item: item["object_type"] != "char" or _turn(item) == turn


def _split(text: str, box: Box) -> list[tuple[str, Box]]:
    """Words of a text that has spaces inside (a glyph may stand for several characters), each with its share of the box."""
    words = text.split()
    if len(words) < 2:
        return [(word, box) for word in words]
    step = (box[2] - box[0]) / len(text)
    parts: list[tuple[str, Box]] = []
    position = 0
    for word in words:
        position = text.index(word, position)
        parts.append((word, (box[0] + position * step, box[1], box[0] + (position + len(word)) * step, box[3])))
        position += len(word)
    return parts


def _is_hidden(box: Box, hidden: NDArray[np.float32]) -> bool:
    if not len(hidden):
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bool(np.any((hidden[:, 0] <= x) & (x <= hidden[:, 2]) & (hidden[:, 1] <= y) & (y <= hidden[:, 3])))


def _logical(text: str) -> str:
    """Right-to-left words from visual to reading order; digits and Latin letters inside keep theirs."""
    if not has_right_to_left(text):
        return text
    return re.sub(r"[0-9A-Za-z٠-٩][0-9A-Za-z٠-٩.,:/-]*", lambda run: run.group()[::-1], text[::-1])
