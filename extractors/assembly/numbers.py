"""Printed numbers to `Decimal`, by the document's own habit: the decimal mark is inferred from all amounts of a document, never word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

MINUS = ("-", "–", "−")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u2008\u200a", " "))
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩٫٬", "0123456789.,")
_NUMBER = re.compile(r"\d(?:[\d.,'’ ]*\d)?")
_CODE_AND_MINUS = re.compile(r"(?:^|\s)(?:[A-Z]{3}|kr\.?|Kč|zł|Ft|lei|TL)[-–−—]$")
_LEADING_MARK = re.compile(r"(?:^|[\s$€£¥(+\-–−])[.,]$")  # of ".8900", as programs print that leave out the nought
_COMMA_LANGUAGES = frozenset(["de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro"])


@dataclass(frozen=True, slots=True)
class NumberHabit:
    """``decimal_mark`` is ``"."`` or ``","``; the other one, apostrophes and spaces group digits."""

    decimal_mark: str = "."


def infer_habit(tokens: Iterable[tuple[str, float]], *, language: str | None = None) -> NumberHabit:
    """The decimal mark that most tokens show. ``tokens`` are (text, weight); a mark before two final digits counts in full, both marks in one
    token settle it. Without such evidence the language decides, and for languages with a decimal point a mark before three digits."""
    votes = {".": 0.0, ",": 0.0}
    hints = {
        ".": 0.0,
        ",": 0.0,
    }  # a mark before three digits may group or may be one of three decimals: only asked when nothing else speaks
    for text, weight in tokens:
        match = _NUMBER.search(text.translate(_ARABIC))
        if match is None:
            continue
        core = match.group().replace(" ", "").replace("'", "").replace("’", "")
        dot, comma = core.rfind("."), core.rfind(",")
        if dot >= 0 and comma >= 0:
            votes["." if dot > comma else ","] += 2 * weight
        elif dot >= 0 or comma >= 0:
            mark = "." if dot >= 0 else ","
            other = "," if mark == "." else "."
            after = len(core) - core.rfind(mark) - 1
            if core.count(mark) > 1:
                votes[other] += weight
            elif after in (1, 2):
                votes[mark] += weight
            elif after == 3 and not core.startswith("0"):
                hints[other] += weight
            else:
                votes[mark] += 0.5 * weight
    if votes["."] == votes[","]:
        hint = max(hints, key=lambda m: hints[m]) if language not in _COMMA_LANGUAGES and any(hints.values()) else None
        return NumberHabit(hint or ("," if language in _COMMA_LANGUAGES else "."))
    return NumberHabit("," if votes[","] > votes["."] else ".")


@lru_cache(maxsize=16384)
def parse_number(text: str, habit: NumberHabit) -> Decimal | None:
    """The number in a piece of text: signs in front or behind, parentheses as minus, currency and units ignored, ``1.200,-`` as 1200, ``.75`` as 0.75.

    Returns None where there is no number, or where more than one stands in the text.
    """
    plain = text.translate(_SPACES).translate(_ARABIC).strip()
    matches = _NUMBER.findall(plain)
    if len(matches) != 1:
        return None
    number: str = matches[0]
    before, _, after = plain.partition(number)
    number = number.replace("'", "").replace("’", "").replace(" ", "")
    mark, other = habit.decimal_mark, "," if habit.decimal_mark == "." else "."
    if number.count(other) == 1 and number.count(mark) == 0 and len(number) - number.rfind(other) - 1 in (1, 2):
        number = number.replace(other, ".")  # a stray habit: two digits after a single mark are decimals whatever the others do
    elif number.count(mark) > 1 and number.count(other) <= 1 and all(len(g) == 3 for g in number.split(other)[0].split(mark)[1:]):
        number = number.replace(mark, "").replace(other, ".")  # 1.234.567 cannot have two decimal marks
    elif mark in number and other in number and number.rfind(other) > number.rfind(mark):
        number = number.replace(mark, "").replace(other, ".")
    else:
        number = number.replace(other, "").replace(mark, ".")
    if number.isdecimal() and _LEADING_MARK.search(before):
        number = "0." + number
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None
    before, after = before.strip(), after.strip()
    dash = ("-", "–", "−", "—")
    coded = _CODE_AND_MINUS.search(before) is not None and "." in number  # of the currency; without decimals it may be a code of any kind
    if (before.endswith(dash) or before.startswith(dash)) and (coded or not re.search(r"[A-Za-z0-9][-–−—]$", before)):
        return -value
    if after.startswith(("-", "–", "−")) and not after.startswith((",-", ",–")) and not re.match(r"[-–−]\s*[A-Za-z0-9]", after):
        return -value
    if before.endswith("(") and after.startswith(")"):
        return -value
    return value


def other_reading(text: str, habit: NumberHabit) -> Decimal | None:
    """The other number that ``1,000`` or ``1.000`` may mean: one thousand or one with three decimals; None for unambiguous text."""
    match = _NUMBER.search(text.translate(_SPACES).translate(_ARABIC))
    if match is None or not re.fullmatch(r"\d{1,3}[.,]\d{3}", match.group()):
        return None
    return parse_number(text, NumberHabit("." if habit.decimal_mark == "," else ","))


def parse_percent(text: str, habit: NumberHabit) -> Decimal | None:
    """A rate in percent from ``19 %``, ``19,00%``, ``7.7`` or ``(20.0)``; None above 100."""
    value = parse_number(text.replace("%", " ").strip("()[] "), habit)
    return value if value is not None and abs(value) <= 100 else None
