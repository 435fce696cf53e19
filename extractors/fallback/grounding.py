"""Finding an answer on the page: a value counts only where the words that print it are found, and their box becomes its evidence.

A model may write a number or a date in another notation than the page, never another number or date: numbers are compared as `Decimal`, dates as
dates, texts by their letters and digits. Nothing is computed here, so a sum that the page does not print is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import cast

import yaml

from extractors.assembly.dates import DateHabit, parse_date
from extractors.assembly.numbers import NumberHabit, parse_number
from extractors.words import Document, Page

MAX_DATE_WORDS = 5  # "3 de enero de 2026"
MAX_NUMBER_WORDS = 3  # "1 234 567,89"
MAX_LINE_GAP = 1.5  # line heights between the lines of one cell
CELL_INDENT = 4.0  # line heights that a later line of a cell may begin further left
LINE_OVERLAP = 0.5  # of the smaller height: words that overlap so much stand on one line


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: page from 1, box in points, and the words themselves."""

    page: int
    box: tuple[float, float, float, float]
    words: str


@dataclass(slots=True)
class PageIndex:
    """The words of some pages, ready for look-ups."""

    document: Document
    numbers: Mapping[Decimal, Sequence[tuple[int, int, int, Decimal]]] = field(init=False)
    dates: Mapping[date, Sequence[tuple[int, int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = _numbers(self.document)
        self.dates = _dates(self.document)

    def find_number(self, value: Decimal, *, near: Place | None = None) -> Place | None:
        """Where the number is printed: with the same sign if possible (a minus may stand apart), next to ``near`` where there are several."""
        spans = self.numbers.get(abs(value).normalize())
        if not spans:
            return None
        signed = [span for span in spans if span[3] == value] or spans
        at = min(signed, key=lambda span: _distance(self._place(span[0], range(span[1], span[2])), near))
        return self._place(at[0], range(at[1], at[2]))

    def find_date(self, value: date) -> Place | None:
        """Where the date is printed, in any notation."""
        spans = self.dates.get(value)
        return self._place(spans[0][0], range(spans[0][1], spans[0][2])) if spans else None

    def find_text(self, text: str, *, near: Place | None = None) -> Place | None:
        """Where the text is printed: as consecutive words, or all its words close together, as in a cell of several lines."""
        wanted = letters(text)
        if not wanted:
            return None
        for number, page in enumerate(self.document.pages):
            found = _consecutive(page, wanted)
            if found is not None:
                return self._place(number, found)
        return self._scattered(text, near)

    def find_currency(self, code: str) -> Place | None:
        """Where the currency's code or sign is printed."""
        signs = {code.casefold(), *currency_symbols().get(code.upper(), ())}
        for number, page in enumerate(self.document.pages):
            for at, word in enumerate(page.texts):
                parts = {part.casefold() for part in re.findall(r"[^\W\d]+\.?|[$€£¥₹₺₪₱]", word)} | {
                    word.casefold().strip("0123456789.,-() :")
                }
                if parts & signs:
                    return self._place(number, range(at, at + 1))
        return None

    def _scattered(self, text: str, near: Place | None) -> Place | None:
        """The words of ``text`` in their order within one cell: words of other columns that stand between them are passed over."""
        wanted = letters(text)
        best: tuple[float, Place] | None = None
        for number, page in enumerate(self.document.pages):
            normal = [letters(word) for word in page.texts]
            for start, word in enumerate(normal):
                if word and wanted.startswith(word):
                    chosen = _cell_words(page, normal, start, wanted)
                    if chosen:
                        place = self._place(number, chosen)
                        distance = _distance(place, near)
                        if best is None or distance < best[0]:
                            best = (distance, place)
        return best[1] if best else None

    def _place(self, page: int, words: Sequence[int]) -> Place:
        shown = self.document.pages[page]
        boxes = shown.boxes[list(words)]
        x0, y0 = (float(edge) for edge in boxes[:, :2].min(axis=0))
        x1, y1 = (float(edge) for edge in boxes[:, 2:].max(axis=0))
        return Place(shown.number, (x0, y0, x1, y1), " ".join(shown.texts[i] for i in words))


def letters(text: str) -> str:
    """Letters and digits alone, in one case: what makes two spellings the same text."""
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=1)
def currency_symbols() -> Mapping[str, frozenset[str]]:
    """Signs by ISO code, in one case."""
    text = files("extractors.fallback").joinpath("data/currency_symbols.yaml").read_text(encoding="utf-8")
    return {code: frozenset(signs) for code, signs in cast("dict[str, list[str]]", yaml.safe_load(text)).items()}


def _consecutive(page: Page, wanted: str) -> range | None:
    normal = [letters(word) for word in page.texts]
    for start, word in enumerate(normal):
        if not word or not wanted.startswith(word):
            continue
        joined, end = word, start + 1
        while len(joined) < len(wanted) and end < len(normal) and wanted.startswith(joined + normal[end]):
            joined, end = joined + normal[end], end + 1
        if joined == wanted:
            return range(start, end)
    # A caption may be glued to its value ("No:4711"), or a value to its unit.
    for at, word in enumerate(page.texts):
        if wanted in (letters(part) for part in re.split(r"[:#=]", word)):
            return range(at, at + 1)
    return None


def _cell_words(page: Page, normal: Sequence[str], start: int, wanted: str) -> list[int]:
    """Words from ``start`` on that spell ``wanted``, each line close below the one before and not left of the cell; empty where they do not."""
    left = float(page.boxes[start][0])
    height = max(float(page.boxes[start][3] - page.boxes[start][1]), 4.0)
    chosen, spelled, bottom = [start], len(normal[start]), float(page.boxes[start][3])
    for at in range(start + 1, len(normal)):
        if spelled == len(wanted) or float(page.boxes[at][1]) > bottom + MAX_LINE_GAP * height:
            break
        word = normal[at]
        if word and wanted.startswith(word, spelled) and float(page.boxes[at][0]) >= left - CELL_INDENT * height:
            chosen.append(at)
            spelled += len(word)
            bottom = max(bottom, float(page.boxes[at][3]))
    return chosen if spelled == len(wanted) else []


def _spans(page: Page, longest: int) -> Sequence[tuple[int, int]]:
    """Ranges of up to ``longest`` consecutive words of one line."""
    spans: list[tuple[int, int]] = []
    for start in range(len(page)):
        for end in range(start + 1, min(start + longest, len(page)) + 1):
            if end - start > 1 and not _on_one_line(page, end - 2, end - 1):
                break
            spans.append((start, end))
    return spans


def _on_one_line(page: Page, a: int, b: int) -> bool:
    top, bottom = max(page.boxes[a][1], page.boxes[b][1]), min(page.boxes[a][3], page.boxes[b][3])
    height = min(page.boxes[a][3] - page.boxes[a][1], page.boxes[b][3] - page.boxes[b][1])
    return float(bottom - top) >= LINE_OVERLAP * float(height)


def _numbers(document: Document) -> dict[Decimal, list[tuple[int, int, int, Decimal]]]:
    found: dict[Decimal, list[tuple[int, int, int, Decimal]]] = defaultdict(list)
    for number, page in enumerate(document.pages):
        for start, end in _spans(page, MAX_NUMBER_WORDS):
            text = " ".join(page.texts[start:end])
            if not any(c.isdigit() for c in text) or (
                end - start > 1 and not re.fullmatch(r"[^\d]*\d{1,3}( \d{3})+([.,]\d+)?[^\d]*", text)
            ):
                continue
            for habit in (NumberHabit("."), NumberHabit(",")):
                value = parse_number(text, habit)
                if value is not None and all(span[:3] != (number, start, end) for span in found[abs(value).normalize()]):
                    found[abs(value).normalize()].append((number, start, end, value))
    return found


def _dates(document: Document) -> dict[date, list[tuple[int, int, int]]]:
    found: dict[date, list[tuple[int, int, int]]] = defaultdict(list)
    for number, page in enumerate(document.pages):
        for start, end in _spans(page, MAX_DATE_WORDS):
            text = " ".join(page.texts[start:end])
            if sum(c.isdigit() for c in text) < 3:
                continue
            for habit in (DateHabit(True), DateHabit(False)):
                value = parse_date(text, habit)
                if value is not None:
                    found[value].append((number, start, end))
    return {value: sorted(spans, key=lambda span: span[2] - span[1]) for value, spans in found.items()}


def _distance(place: Place, near: Place | None) -> float:
    if near is None:
        return 0.0
    pages = abs(place.page - near.page) * 10_000
    return pages + abs(place.box[1] - near.box[1]) + abs(place.box[0] - near.box[0]) / 10
