"""For how many units a price is, where the page prints that beside it: 50.00 per 100, je 1000, VPE 25 (EN 16931 BT-149).

A base counts only where its number stands in the row: bare and soon after the price on the same printed line, as in a column of its own, or
right behind a word that introduces it (``data/price_base_words.yaml``) on that line or close to it, as where a row runs over several lines.
What was found travels with the invoice as a note, one for each price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

import yaml

from schemas.invoice import LineItem
from schemas.tables import shipped

FILE = "price_base_words.yaml"
COLUMN_BASES = ("10", "100", "1000")  # as bare numbers: others are quantities, positions and rates
NUMBERS_AFTER = 3  # numbers after a price among which its base is looked for
LINES_AROUND = 3  # printed lines before and after the price's over which a row may run
_MARKS = ".,'\u2019"
_NUMBER = re.compile(rf"\d(?:[\d{_MARKS}]*\d)?(?!\d|\s?%)")
_NOTE = re.compile(r"The price of ([\d.]+) is for (\d+) units\.")


def note_of(price: Decimal, units: int) -> str:
    """The note for lines with this unit price."""
    return f"The price of {price.normalize():f} is for {units} units."


def noted_bases(notes: Sequence[str]) -> dict[Decimal, tuple[int, ...]]:
    """Unit price → the units that it is for, of those prices of which a note tells it; the same price can stand in rows of different bases."""
    found: dict[Decimal, tuple[int, ...]] = {}
    for match in filter(None, map(_NOTE.fullmatch, notes)):
        price = Decimal(match[1])
        found[price] = (*found.get(price, ()), int(match[2]))
    return found


def is_base_note(note: str) -> bool:
    """Whether a note is one of `note_of`, and so nothing that the page says of tax."""
    return _NOTE.fullmatch(note) is not None


def printed_bases(item: LineItem, text: str) -> list[int]:
    """The numbers of units, more than one, that the page prints beside this line's price as what it is for."""
    lines = text.splitlines()
    found: dict[int, None] = {}
    for at, line in enumerate(lines):
        numbers = _NUMBER.findall(line)
        for place in range(len(numbers)):
            if _is_price(numbers, place, item.unit_price):
                found.update(dict.fromkeys(_bare(numbers, place, item)))
                found.update(dict.fromkeys(_introduced(" ".join(lines[max(at - LINES_AROUND, 0) : at + LINES_AROUND + 1]))))
    return list(found)


def _is_price(numbers: Sequence[str], place: int, price: Decimal | None) -> bool:
    """Whether the number at ``place``, alone or with the thousands before it, prints this price."""
    if _can_mean(numbers[place], price):
        return True
    grouped = place > 0 and re.fullmatch(r"\d{1,3}", numbers[place - 1]) and re.match(r"\d{3}(?!\d)", numbers[place])
    return bool(grouped) and _can_mean(numbers[place - 1] + numbers[place], price)


def _can_mean(printed: str, value: Decimal | None) -> bool:
    """Whether a printed number can be this value, its last mark being the decimal one or, like all others, one of thousands."""
    if value is None:
        return False
    digits = Decimal(re.sub(r"\D", "", printed))
    last = max(printed.rfind(mark) for mark in _MARKS)
    return value == digits or (last >= 0 and value == digits.scaleb(last + 1 - len(printed)))


def _bare(numbers: Sequence[str], place: int, item: LineItem) -> Iterator[int]:
    """Bare powers of ten behind the price that are not the line's quantity or one of its percentages."""
    others = (item.quantity, item.tax_rate, item.discount_percent)
    for printed in numbers[place + 1 : place + 1 + NUMBERS_AFTER]:
        plain = re.sub(rf"[{_MARKS}](?=\d{{3}}$)", "", printed)
        if plain in COLUMN_BASES and numbers.count(printed) > others.count(Decimal(plain)):
            yield int(plain)


def _introduced(text: str) -> Iterator[int]:
    for match in _words().finditer(text):
        units = int(re.sub(r"\D", "", match[1]))
        if units > 1:
            yield units


@cache
def _words() -> re.Pattern[str]:
    languages: dict[str, str] = yaml.safe_load(shipped(FILE))
    words = {word.strip() for text in languages.values() for word in text.split(",")}
    either = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(
        rf"(?<!\w)(?:(?:{either})[.:]?|/)\s{{0,2}}(\d{{1,2}}[{_MARKS} ]\d{{3}}|\d{{1,4}})(?![\d%/]|[{_MARKS}-]\d)", re.IGNORECASE
    )
