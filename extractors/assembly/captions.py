"""What the printed words beside, above or over a value say it is: "Invoice no.", "Due", "Total excl. VAT", "Bill to"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import cast

import yaml

from extractors.assembly.legal_forms import has_legal_form
from extractors.assembly.spans import Words

PIECE_GAP_EM = 1.0  # words further apart are separate pieces of a line
REACH_ABOVE_EM = 3.2  # a caption over its value stands no higher
REACH_HEADING_EM = 22.0  # the name of a party stands no further below the heading of its block
BLOCK_GAP_EM = 1.8  # white space inside the block of a party
LONGEST_CAPTION = 8  # words before the value
LONGEST_HEADING = 5  # words
WHOLE = 0.5  # share of a heading that its expression covers: the same in a second language may stand beside it
_SPECIAL = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "№": "no", "°": "o", "º": "o"})
_VALUE = re.compile(r"\d")
_GLUED = re.compile(r"^[^\W\d][^\d:]{2,24}:(?=\S)")
_FILL = re.compile(r"^[\W_]*$|^(?:EUR|USD|GBP|CHF)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line without a wide gap between; ``text`` as `plain`."""

    words: tuple[int, ...]
    text: str
    page: int
    line: int
    box: tuple[float, float, float, float]


@dataclass
class Captions:
    """The captions of a document's values."""

    words: Words
    _known_in_front: dict[tuple[str, int], str | None] = field(default_factory=dict[tuple[str, int], str | None])
    _known_over: dict[tuple[str, int], str | None] = field(default_factory=dict[tuple[str, int], str | None])

    @cached_property
    def pieces(self) -> list[Piece]:
        """All pieces, in reading order."""
        result: list[Piece] = []
        words = self.words
        for line, members in words.words_of_line.items():
            start = 0
            for k in range(1, len(members) + 1):
                if (
                    k == len(members)
                    or words.box_list[members[k]][0] - words.box_list[members[k - 1]][2] > PIECE_GAP_EM * words.size_list[members[k - 1]]
                ):
                    inside = members[start:k]
                    text = plain(" ".join(words.texts[i] for i in inside))
                    result.append(Piece(tuple(inside), text, int(words.page[inside[0]]), line, words.box_of(inside)))
                    start = k
        return result

    @cached_property
    def piece_of(self) -> dict[int, int]:
        """Index of the piece of each word."""
        return {i: k for k, piece in enumerate(self.pieces) for i in piece.words}

    def cue(self, topic: str, first: int) -> str | None:
        """What the caption of the value that starts with word ``first`` says, within ``topic`` of the vocabulary; None where it says nothing.
        The words before it on its line speak first, then what stands above."""
        return self.in_front(topic, first) or self.over(topic, first)

    def in_front(self, topic: str, first: int) -> str | None:
        """As `cue`, only from the words before the value on its line."""
        key = (topic, first)
        if key not in self._known_in_front:
            self._known_in_front[key] = match(topic, self.before(first))
        return self._known_in_front[key]

    def over(self, topic: str, first: int) -> str | None:
        """As `cue`, only from the words above the value."""
        key = (topic, first)
        if key not in self._known_over:
            self._known_over[key] = next((c for c in (match(topic, t, whole=True) for t in self.above(first)) if c), None)
        return self._known_over[key]

    def before(self, first: int) -> str:
        """The text in front of a word: the rest of its piece, or the piece to the left where that shows no value of its own."""
        k = self.piece_of[first]
        piece = self.pieces[k]
        own = [self.words.texts[i] for i in piece.words[: piece.words.index(first)]]
        glued = _GLUED.match(self.words.texts[first])
        if glued:
            own.append(glued[0])
        if any(not _FILL.match(t) for t in own):
            return plain(" ".join(own[-LONGEST_CAPTION:]))
        while k > 0 and self.pieces[k - 1].line == piece.line:
            k -= 1
            if any(not _FILL.match(self.words.texts[i]) for i in self.pieces[k].words):
                return plain(" ".join(self.words.texts[i] for i in self.pieces[k].words[-LONGEST_CAPTION:]))
        return ""

    def above(self, first: int) -> list[str]:
        """Texts of the two nearest pieces over a word, from the nearest."""
        k = self.piece_of[first]
        x0, y0, x1, _ = self.words.box_list[first]
        size = self.words.size_list[first]
        found: list[tuple[float, str]] = []
        for j in range(k - 1, max(k - 80, -1), -1):
            piece = self.pieces[j]
            if piece.page != self.pieces[k].page or y0 - piece.box[3] > REACH_ABOVE_EM * size:
                break
            if piece.line != self.pieces[k].line and piece.box[0] < x1 and piece.box[2] > x0 and piece.box[3] < y0 + 0.4 * size:
                found.append((y0 - piece.box[3], piece.text))
        return [text for _, text in sorted(found)[:2]]

    @cached_property
    def _headings(self) -> list[tuple[Piece, str]]:
        found: list[tuple[Piece, str]] = []
        for piece in self.pieces:
            if len(piece.words) <= LONGEST_HEADING and not _VALUE.search(piece.text):
                role = match("party", piece.text, whole=True)
                named = has_legal_form(" ".join(self.words.texts[i] for i in piece.words))  # a company, not a heading
                if role and role != "contact" and not named:
                    found.append((piece, role))
        return found

    def _one_block(self, heading: Piece, piece: Piece) -> bool:
        """Whether lines without a wide gap lead from a heading down to a piece."""
        size = self.words.size_list[piece.words[0]]
        bottom = heading.box[3]
        for other in self.pieces[self.piece_of[heading.words[0]] + 1 : self.piece_of[piece.words[0]] + 1]:
            if abs(other.box[0] - heading.box[0]) < 2.5 * size or other is piece:
                if other.box[1] - bottom > BLOCK_GAP_EM * size:
                    return False
                bottom = max(bottom, other.box[3])
        return True

    def party(self, first: int) -> str | None:
        """The role (``seller``, ``buyer``, ``other_party``) of the block that a word belongs to: named in front of it, or by the nearest heading over
        its column or over the start of its line."""
        in_front = match("party", self.before(first), whole=True)
        if in_front:
            return "other_party" if in_front == "contact" else in_front
        k = self.piece_of[first]
        own = self.pieces[k]
        start = k
        while start > 0 and self.pieces[start - 1].line == own.line:
            start -= 1
        size = self.words.size_list[first]
        best: tuple[float, str] | None = None
        for heading, role in self._headings:
            drop = own.box[1] - heading.box[3]
            if heading.page != own.page or not -0.5 * size < drop < REACH_HEADING_EM * size:
                continue
            over = any(abs(heading.box[0] - p.box[0]) < 2.5 * size for p in {own, self.pieces[start]})
            if over and self._one_block(heading, own) and (best is None or drop < best[0]):
                best = (drop, role)
        return best[1] if best else None


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Small letters without accents; every run of other characters is one space, ``#`` stays."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return re.sub(r"[^\w#]+", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


@lru_cache(maxsize=16384)
def match(topic: str, text: str, *, whole: bool = False) -> str | None:
    """The kind of ``topic`` whose expression ends nearest to the end of ``text``, the longest of those. ``whole``: the
    expression is most of the text and stands at one of its ends."""
    best: tuple[int, int, str] | None = None
    for kind, pattern in _patterns()[topic].items():
        for found in pattern.finditer(text):
            length = found.end() - found.start()
            if whole and (length < WHOLE * len(text) or (found.start() > 0 and found.end() < len(text))):
                continue
            key = (found.end(), length, kind)
            if best is None or key[:2] > best[:2]:
                best = key
    return best[2] if best else None


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    text = files("extractors").joinpath("data/captions.yaml").read_text(encoding="utf-8")
    topics = cast("dict[str, dict[str, Sequence[str]]]", yaml.safe_load(text))
    return {
        topic: {kind: re.compile(rf"(?<!\w)(?:{'|'.join(f'(?:{e})' for e in expressions)})(?!\w)") for kind, expressions in kinds.items()}
        for topic, kinds in topics.items()
    }
