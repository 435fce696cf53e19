"""Characters of a page as columns, and the text clean-up that every reader shares."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Zero-width and direction marks, soft hyphen, byte order mark, C0 and C1 controls, non-characters: nothing that a person can see.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
_REMOVED = re.compile(f"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{_INVISIBLE}]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u2010": "-", "\u2011": "-"},
)
WHITESPACE: tuple[int, ...] = (
    *range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
)  # fmt: skip

# The article and an alef behind it, whose ligature a PDF spells the wrong way round; no Arabic word begins with two alefs.
_LAM_ALEF = re.compile(r"(?<!\w)([\u0648\u0641\u0628\u0643]?)\u0627([\u0627\u0623\u0625\u0622])\u0644")


@dataclass(frozen=True, slots=True)
class Characters:
    """Visible glyphs in content order, whitespace included, generated line ends excluded.

    Shapes: ``codes`` [n] uint32 code points; ``boxes`` [n, 4] float32 and ``baselines`` [n, 2] float32 (x, y of the glyph's origin)
    in points, origin top left; ``sizes`` [n] float32 effective font size; ``turns`` [n] int8: direction in which the text runs,
    0 right, 1 down, 2 left, 3 up; ``skewed`` [n] bool: not a multiple of 90°; ``bold`` [n] bool; ``spaced`` [n] bool: a space stands
    before this glyph, ``hinted``: the PDF library guesses one; ``piece`` [n] bool: a further letter of the same glyph (ligature);
    ``starts_run`` [n] bool: the first glyph that one show operator draws.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float32]
    baselines: NDArray[np.float32]
    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    skewed: NDArray[np.bool_]
    bold: NDArray[np.bool_]
    spaced: NDArray[np.bool_]
    hinted: NDArray[np.bool_]
    piece: NDArray[np.bool_]
    starts_run: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    def select(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Characters:
        """The characters at the given indices, or where the mask is true."""
        return Characters(
            self.codes[which],
            self.boxes[which],
            self.baselines[which],
            self.sizes[which],
            self.turns[which],
            self.skewed[which],
            self.bold[which],
            self.spaced[which],
            self.hinted[which],
            self.piece[which],
            self.starts_run[which],
        )


def clean_text(text: str) -> str:
    """The word as a person sees it: composed accents, ligatures in letters and in order, nothing invisible. Scripts and digits stay as they are."""
    if text.isascii():
        return _REMOVED.sub("", text) if not text.isprintable() else text
    return _LAM_ALEF.sub("\\1\u0627\u0644\\2", unicodedata.normalize("NFC", _REMOVED.sub("", text).translate(_LIGATURES)))


def has_right_to_left(text: str) -> bool:
    """Whether the text has a Hebrew, Arabic, Syriac or Thaana letter."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which code points [n] are letters of scripts that run right to left."""
    return ((codes >= 0x0590) & (codes <= 0x08FF)) | ((codes >= 0xFB1D) & (codes <= 0xFDFF)) | ((codes >= 0xFE70) & (codes <= 0xFEFC))
