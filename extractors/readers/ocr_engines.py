"""Programs that read text from pictures: RapidOCR (the ``ocr`` extra, its network travels in the package) and Tesseract, where installed."""

from __future__ import annotations

import csv
import importlib.util
import io
import logging
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from extractors.readers.ink import gaps_inside
from schemas.errors import ConfigurationError, DamagedDocumentError

Picture = NDArray[np.uint8]  # [height, width], 0 is black
OcrName = Literal["rapidocr", "tesseract", "none"]
TESSERACT_TIMEOUT_S = 120
_MAX_SIDE_PIXELS = 4000  # an A4 page at 300 dpi has 3,508
# Lines are found on a picture of this longer side (A4: 137 dpi) and read at full size. On scans of three pages at 200 dpi this finds the same lines as
# the full picture in a third to half of the time; without dilation, so that their boxes do not grow by the coarser pixels (median height 30 against 29).
_DETECTION_SIDE_PIXELS = 1600
# Room that the network leaves above and below a line, as shares of its height; without it a box is an em high and lies as boxes of a text layer do.
# Medians over 1,100 words on eight pages at 200 dpi.
_ROOM_ABOVE, _ROOM_BELOW = 0.19, 0.06
_TESSERACT_LANGUAGES = ("eng", "deu", "fra", "nld", "spa", "ita", "por", "pol")


@dataclass(frozen=True, slots=True)
class OcrWord:
    """One word as an engine read it; ``box`` is (x0, y0, x1, y1) in pixels of the picture, ``line_height`` that of its line."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    line_height: float


class OcrEngine(Protocol):
    """Reads an upright, level picture of a page."""

    def __call__(self, picture: Picture) -> Sequence[OcrWord]: ...


def is_installed(name: OcrName) -> bool:
    """Whether the engine can be used on this machine; nothing is loaded to find out."""
    if name == "rapidocr":
        return importlib.util.find_spec("rapidocr") is not None
    return name == "tesseract" and shutil.which("tesseract") is not None


@lru_cache(maxsize=2)
def open_engine(name: OcrName) -> OcrEngine:
    """The engine, loaded once per process. Raises `ConfigurationError` where it is not installed."""
    if not is_installed(name):
        how = "pip install 'lineitem[ocr]'" if name == "rapidocr" else "the system's package tesseract-ocr"
        raise ConfigurationError(f"The OCR engine {name} is not installed: {how} provides it.")
    return RapidOcr() if name == "rapidocr" else Tesseract()


class RapidOcr:
    """RapidOCR with the models that its package carries: no download, no network."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.max_side_len": _MAX_SIDE_PIXELS,
                "Global.use_cls": False,  # lines upside down are to be noticed, not to be turned one by one
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTION_SIDE_PIXELS,
                "Det.use_dilation": False,
                "Global.return_word_box": True,
                "Global.return_single_char_box": True,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # documents run beside each other in processes
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def __call__(self, picture: Picture) -> Sequence[OcrWord]:
        result = self._engine(np.repeat(picture[:, :, None], 3, axis=2))
        if result.boxes is None or result.txts is None:
            return []
        words: list[OcrWord] = []
        details = result.word_results or [()] * len(result.txts)
        if len(details) != len(result.txts):
            details = [()] * len(result.txts)
        for quad, text, score, characters in zip(result.boxes, result.txts, result.scores, details, strict=True):
            words.extend(_words_of_line(text, np.asarray(quad, np.float64), float(score), characters, picture))
        return words


def _words_of_line(text: str, quad: NDArray[np.float64], score: float, characters: Sequence[Any], picture: Picture) -> list[OcrWord]:
    """The words of one line, each with the boxes of its characters, or with its share of the line where those do not match the text."""
    x0, y0 = quad.min(axis=0)
    x1, y1 = quad.max(axis=0)
    height = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    y0, y1 = y0 + _ROOM_ABOVE * height, y1 - _ROOM_BELOW * height
    known = "".join(str(c[0]) for c in characters) == "".join(text.split())
    words: list[OcrWord] = []
    position = used = 0
    for part in text.split():
        position = text.index(part, position)
        if known:
            own = characters[used : used + len(part)]
            edges = [(float(xs.min()), float(xs.max())) for c in own for xs in [np.asarray(c[2], np.float64).reshape(-1, 2)[:, 0]]]
            middles = [sum(edge) / 2 for edge in edges]
            confidence = min(float(c[1]) for c in own)
            for start, stop in pairwise([0, *_cuts(middles, gaps_inside((middles[0], y0, middles[-1], y1), height, picture)), len(part)]):
                piece = edges[start:stop]
                box = (min(edge[0] for edge in piece), float(y0), max(edge[1] for edge in piece), float(y1))
                words.append(OcrWord(part[start:stop], box, confidence, height))
        else:
            left = x0 + (x1 - x0) * position / len(text)
            right = x0 + (x1 - x0) * (position + len(part)) / len(text)
            words.append(OcrWord(part, (float(left), float(y0), float(right), float(y1)), score, height))
        used += len(part)
        position += len(part)
    return words


def _cuts(middles: Sequence[float], gaps: Sequence[float]) -> list[int]:
    """Before which characters a word is to be cut: spaces that the network lost. A word whose letters all stand apart is one word."""
    cuts = sorted({sum(middle < gap for middle in middles) for gap in gaps} - {0, len(middles)})
    return cuts if len(cuts) <= len(middles) // 3 else []


class Tesseract:
    """The tesseract program, one process per page, with those of its languages that are installed."""

    def __init__(self) -> None:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False).stdout.split()
        self._languages = "+".join([code for code in _TESSERACT_LANGUAGES if code in listed]) or "eng"

    def __call__(self, picture: Picture) -> Sequence[OcrWord]:
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
        command = ["tesseract", "-", "-", "-l", self._languages, "--psm", "6", "tsv"]
        try:
            done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, timeout=TESSERACT_TIMEOUT_S, check=True)
        except subprocess.SubprocessError as exc:
            raise DamagedDocumentError("tesseract cannot read the page's picture.") from exc
        words: list[OcrWord] = []
        height = 0.0
        for row in csv.DictReader(io.StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["level"] == "4":  # a line
                height = float(row["height"])
            text = (row["text"] or "").strip()
            if row["level"] == "5" and text:
                x, y, w, h = (float(row[name]) for name in ("left", "top", "width", "height"))
                words.append(OcrWord(text, (x, y, x + w, y + h), max(float(row["conf"]), 0.0) / 100, height or h))
        return words
