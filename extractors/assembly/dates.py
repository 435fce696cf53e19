"""Printed dates to `datetime.date`: the order of day and month is inferred from all dates of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import cast

from extractors.data_files import read_yaml

_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s?[./\-年月]\s?(\d{1,2})\s?[./\-月]\s?(\d{4}|\d{2})(?!\d)")
_ALONE = re.compile(
    r"(?<![\d./-])(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(?:(?:19|20)\d{2}|\d{2})(?![./-]?\d)"
)  # not among the digits of a telephone number or an article's code
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_SHORT = re.compile(r"^\W*(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])\W*$")  # 231102, common in Sweden
_BROKEN_YEAR = re.compile(r"(?<!\d)((?:19|20)\d)\s(\d)(?!\d)")  # by the end of a narrow cell's line
_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5  # letters
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH"})
_MONTH_FIRST_CURRENCIES = ("USD", "PHP")
_BOTH_COUNTRIES = frozenset({"CA", "PH"})
_CANADIAN = ("CAD", "USD")  # where French is written with either order
LANGUAGES_OF_BOTH = ("en", "es", "fr", "other")  # written where the month comes first, and elsewhere
_TERM = re.compile(
    r"\b(?:net|netto)\s(\d{1,3})\b|\b(\d{1,3})\s?(?:days?|tagen?|jours|giorni|d[ií]as|dias|dagen|dni|dagar|dage|dager|dn[ůíu]|g[üu]n|p[äa]iv\w+|nap\w*|zile)\b",
    re.IGNORECASE,
)
_FULL_DATE = re.compile(r"(?<![\d.,/-])\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?![\d/-])|(?<!\d)(?:19|20)\d{2}-\d{2}-\d{2}(?!\d)")
_LAST_DAY = 31
_SHORTEST_TERM = 5  # days; fewer are a quantity, or how long something took
_USUAL_TERMS = frozenset({7, 8, 10, 14, 15, 20, 21, 28, 29, 30, 31, 45, 60, 90})
_FAR_DAYS, _NEAR_DAYS = 400, 45  # chosen on generated layouts
_BY_FAR = 2.5


@dataclass(frozen=True, slots=True)
class DateHabit:
    """Whether 03/12/2026 means the 3rd of December (``day_first``) or the 12th of March. ``assumed``: nothing on the page says so, and where it
    comes from both are written."""

    day_first: bool = True
    assumed: bool = field(default=False, compare=False)


def infer_date_habit(
    texts: Sequence[str],
    *,
    others: Sequence[str] = (),
    currency: str | None = None,
    country: str | None = None,
    language: str | None = None,
) -> DateHabit:
    """Day-first unless the document's dates ``texts``, else all dates of the page (``others``) say otherwise; in languages that are written where the
    month comes first too (French only in Canada), also the term of payment in days, else how near to each other the dates lie, else the country or (for
    English) a US dollar currency."""
    told_by_others = [t for t in others if "." not in t] if country in _MONTH_FIRST_COUNTRIES else others  # dots are never American
    for shown in (texts, told_by_others):
        day_first, month_first = _orders(shown)
        if day_first != month_first:
            return DateHabit(day_first > month_first)
    french = language == "fr" and (country not in (None, *_BOTH_COUNTRIES) or currency not in (None, *_CANADIAN))
    if french or language not in (None, *LANGUAGES_OF_BOTH):
        return DateHabit()
    told = _by_term(texts, " ".join(others))
    if told is None and (country is None or country in _BOTH_COUNTRIES):
        told = _by_distance(texts, others)
    if told is not None:
        return DateHabit(told)
    if country is not None:
        month_first = country in _MONTH_FIRST_COUNTRIES and language != "fr"
        abroad = month_first and currency not in (None, *_MONTH_FIRST_CURRENCIES)
        return DateHabit(not month_first or abroad, assumed=abroad or country in _BOTH_COUNTRIES)
    if language in (None, "en", "other"):
        return DateHabit(currency != "USD", assumed=True)
    return DateHabit()


def _by_term(texts: Sequence[str], page: str) -> bool | None:
    """Whether the days between two dates of the document are a term of payment, printed or else usual, only with the day first (True), or only with
    the month first."""
    printed = frozenset(days for a, b in _TERM.findall(page) if (days := int(a or b)) >= _SHORTEST_TERM)
    for terms in (printed, _USUAL_TERMS):
        agree: dict[bool, bool] = {}
        for day_first in (True, False):
            found = sorted({d for t in texts if (d := parse_date(t, DateHabit(day_first))) is not None})
            agree[day_first] = any((later - earlier).days in terms for earlier, later in combinations(found, 2))
        if agree[True] != agree[False]:
            return agree[True]
    return None


def _by_distance(texts: Sequence[str], others: Sequence[str]) -> bool | None:
    """The order of day and month in which the page's ``others`` lie close to the document's first date; None where neither does so by far."""
    mean: dict[bool, float] = {}
    for day_first in (True, False):
        habit = DateHabit(day_first)
        issued = parse_date(texts[0], habit) if texts else None
        own = {parse_date(t, habit) for t in texts}
        dates = {d for t in others if _FULL_DATE.search(t) and (d := parse_date(t, habit)) is not None and d not in own}
        days = [min(abs((d - issued).days), _FAR_DAYS) for d in dates] if issued is not None else []
        if not days:
            return None
        mean[day_first] = sum(days) / len(days)
    near = min(mean, key=lambda order: mean[order])
    return near if mean[near] <= _NEAR_DAYS and mean[not near] >= _BY_FAR * mean[near] else None


def _orders(texts: Iterable[str]) -> tuple[int, int]:
    """How many numeric dates can only be read with the day first, and with the month first."""
    day_first = month_first = 0
    for text in texts:
        for a, b in _ALONE.findall(text):
            if _LAST_DAY >= int(a) > 12 >= int(b):
                day_first += 1
            elif _LAST_DAY >= int(b) > 12 >= int(a):
                month_first += 1
    return day_first, month_first


@lru_cache(maxsize=16384)
def parse_date(text: str, habit: DateHabit) -> date | None:
    """The date in a piece of text, numeric (any order, 2 or 4 digit years, ISO) or with a month's name in one of 16 languages.

    Two-digit years are of this century up to 69. Returns None where there is no valid date.
    """
    plain = _BROKEN_YEAR.sub(r"\1\2", unicodedata.normalize("NFKC", text))
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
    """1 to 12 for the name or abbreviation of a month in a served language (names of the CLDR), None for other words."""
    key = _fold(word)
    if key in _months():
        return _months()[key]
    return _months_by_stem().get(key[:_STEM]) if len(key) >= _STEM else None


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(c for c in decomposed if c.isalpha())


@lru_cache(maxsize=1)
def _months_by_stem() -> dict[str, int]:
    """Months by the first letters of their names, for inflected forms ("stycznia", "ledna"), but for stems that several share."""
    numbers: dict[str, set[int]] = {}
    for name, number in _months().items():
        if len(name) >= _STEM:
            numbers.setdefault(name[:_STEM], set()).add(number)
    return {stem: next(iter(found)) for stem, found in numbers.items() if len(found) == 1}


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {name: number for number, names in cast("dict[int, list[str]]", read_yaml("month_names.yaml")).items() for name in names}
