"""Printed dates to `datetime.date`: the order of day and month is inferred from all dates of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s?[./\-年月]\s?(\d{1,2})\s?[./\-月]\s?(\d{4}|\d{2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_SHORT = re.compile(r"^\W*(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])\W*$")  # 231102, common in Sweden
_WORD = re.compile(r"[^\W\d_]{3,}")
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro")
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH"})


@dataclass(frozen=True, slots=True)
class DateHabit:
    """Whether 03/12/2026 means the 3rd of December (``day_first``) or the 12th of March."""

    day_first: bool = True


def infer_date_habit(
    texts: Iterable[str],
    *,
    others: Iterable[str] = (),
    currency: str | None = None,
    country: str | None = None,
    language: str | None = None,
) -> DateHabit:
    """Day-first unless the document's dates ``texts``, else all dates of the page (``others``), else its country or (for English) a US dollar
    currency say otherwise."""
    for shown in (texts, others):
        day_first, month_first = _orders(shown)
        if day_first != month_first:
            return DateHabit(day_first > month_first)
    if country is not None:
        return DateHabit(country not in _MONTH_FIRST_COUNTRIES)
    return DateHabit(not (currency == "USD" and language in (None, "en", "other")))


def _orders(texts: Iterable[str]) -> tuple[int, int]:
    """How many numeric dates can only be read with the day first, and with the month first."""
    day_first = month_first = 0
    for text in texts:
        for a, b, _ in _NUMERIC.findall(text):
            if len(a) <= 2 and int(a) > 12 >= int(b):
                day_first += 1
            elif len(a) <= 2 and int(b) > 12 >= int(a):
                month_first += 1
    return day_first, month_first


def parse_date(text: str, habit: DateHabit) -> date | None:
    """The date in a piece of text, numeric (any order, 2 or 4 digit years, ISO) or with a month's name in one of 16 languages.

    Two-digit years are of this century up to 69. Returns None where there is no valid date.
    """
    plain = unicodedata.normalize("NFKC", text)
    match = _NUMERIC.search(plain)
    if match:
        a, b, c = match.groups()
        if len(a) == 4:
            return _date(int(a), int(b), int(c))
        if len(a) > 2:
            return None
        year = _year(c)
        dotted = "." in match.group()
        first, second = int(a), int(b)
        if (habit.day_first or dotted or first > 12) and second <= 12:
            return _date(year, second, first)
        return _date(year, first, second)
    compact = _COMPACT.search(plain)
    if compact:
        return _date(int(compact[1]), int(compact[2]), int(compact[3]))
    short = _SHORT.search(plain)
    if short:
        return _date(_year(short[1]), int(short[2]), int(short[3]))
    for word in _WORD.findall(plain):
        month = month_number(word)
        if month:
            numbers = re.findall(r"\d+", plain)
            years = [n for n in numbers if len(n) == 4]
            days = [n for n in numbers if len(n) <= 2]
            if years and days:
                return _date(int(years[0]), month, int(days[0]))
            if len(days) == 2:
                return _date(_year(days[1]), month, int(days[0]))
    return None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if 1980 <= found.year <= 2100 else None


@lru_cache(maxsize=4096)
def month_number(word: str) -> int | None:
    """1 to 12 for the name or abbreviation of a month in a served language (CLDR names through Babel), None for other words."""
    key = _fold(word)
    if key in _months():
        return _months()[key]
    if len(key) >= 5:  # inflected forms: "stycznia", "ledna"
        hits = {number for name, number in _months().items() if len(name) >= 5 and (name[:5] == key[:5])}
        if len(hits) == 1:
            return hits.pop()
    return None


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(c for c in decomposed if c.isalpha())


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    clashes: set[str] = set()
    for language in _LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    key = _fold(name)
                    if len(key) < 3:
                        continue
                    if names.get(key, number) != number:
                        clashes.add(key)
                    names.setdefault(key, number)
                    if width == "wide" and len(key) > 4:
                        names.setdefault(key[:3], number)
    names.update({"mrz": 3, "sept": 9, "mai": 5, "maj": 5, "okt": 10, "dez": 12, "dec": 12, "gen": 1, "ene": 1, "ago": 8})
    return {k: v for k, v in names.items() if k not in clashes or k in ("mar", "mai", "maj")}
