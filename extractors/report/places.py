"""Where on its pages a true value is printed, as far as it can be found: numbers in any locale, dates in any order, texts by their letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from extractors.features import rough_number
from extractors.report.mistakes import DATES
from extractors.scoring import NUMBER_FIELDS
from extractors.words import Document, Page

Box = tuple[float, float, float, float]
PIECES = 4  # words that one number may be printed in
GLUED = 4  # letters that a value must have to be looked for at the end of a word
LINE_TOLERANCE = 0.6  # of the word's height


@dataclass(frozen=True, slots=True)
class Place:
    """A box in points, origin top left, on a page counted from 1."""

    page: int
    box: Box


def places_of(document: Document, field: str, value: Any) -> list[Place]:
    """Every place that shows ``value`` of the field ``field`` (its bare name), in reading order."""
    if value is None:
        return []
    return [place for page in document.pages for place in _on_page(page, field, value)]


def nearest(places: Sequence[Place], to: Place | None) -> Place | None:
    """The place nearest to ``to`` (on its page if there is one); the first where ``to`` is None."""
    if to is None:
        return places[0] if places else None
    return min(
        places,
        key=lambda p: (abs(p.page - to.page), abs(p.box[1] - to.box[1]) + 0.3 * abs(p.box[0] - to.box[0])),
        default=None,
    )


def _on_page(page: Page, field: str, value: Any) -> Iterator[Place]:
    if field in NUMBER_FIELDS:
        yield from _numbers(page, value)
    elif field in DATES:
        yield from _dates(page, str(value))
    elif wanted := _letters(value):
        yield from _texts(page, wanted)


def _numbers(page: Page, value: Any) -> Iterator[Place]:
    try:
        wanted = abs(Decimal(str(value)))
    except InvalidOperation:
        return
    for start, text in enumerate(page.texts):
        if not any(c.isdigit() for c in text):
            continue
        joined = ""
        for stop in range(start, min(start + PIECES, len(page))):
            if stop > start and not _beside(page, stop - 1, stop):
                break
            joined += page.texts[stop]
            found = rough_number(joined)
            if found == found and abs(Decimal(str(found)) - wanted) < Decimal("0.0005"):
                yield _place(page, start, stop)
                break


def _dates(page: Page, value: str) -> Iterator[Place]:
    numbers = value.split("-")
    if len(numbers) != 3 or not all(part.isdigit() for part in numbers):
        return
    year, month, day = (int(part) for part in numbers)
    for start, text in enumerate(page.texts):
        if not any(c.isdigit() for c in text):
            continue
        joined = ""
        for stop in range(start, min(start + PIECES, len(page))):
            joined += " " + page.texts[stop]
            seen = [int(part) for part in re.findall(r"\d{1,4}", joined)]
            named = bool(re.search(r"[^\W\d_]{3,}", page.texts[max(start - 1, 0)] + joined))
            complete = len(seen) == 3 and sorted(_short(seen)) == sorted((year % 100, month, day))
            if complete or (len(seen) == 2 and named and day in seen and {year, year % 100} & set(seen)):
                yield _place(page, start, stop)
                break


def _short(numbers: Sequence[int]) -> list[int]:
    return [number % 100 if number > 99 else number for number in numbers]


def _texts(page: Page, wanted: str) -> Iterator[Place]:
    """Runs of words whose letters are ``wanted``, or one word that ends with it (``No.:4711``)."""
    letters = [_letters(text) for text in page.texts]
    start = 0
    while start < len(letters):
        stop, joined = start, letters[start]
        while joined and joined != wanted and wanted.startswith(joined) and stop + 1 < len(letters):
            stop += 1
            joined += letters[stop]
        if joined == wanted or (len(wanted) >= GLUED and letters[start].endswith(wanted)):
            stop = stop if joined == wanted else start
            yield _place(page, start, stop)
            start = stop
        start += 1


def _beside(page: Page, left: int, right: int) -> bool:
    a, b = page.boxes[left], page.boxes[right]
    height = max(float(a[3] - a[1]), 1.0)
    return abs(float(a[1] - b[1])) < LINE_TOLERANCE * height and -1 < float(b[0] - a[2]) < height


def _place(page: Page, start: int, stop: int) -> Place:
    boxes = page.boxes[start : stop + 1]
    return Place(page.number, (float(boxes[:, 0].min()), float(boxes[:, 1].min()), float(boxes[:, 2].max()), float(boxes[:, 3].max())))


def _letters(value: Any) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(value)).casefold())
