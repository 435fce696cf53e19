"""What people type into fields, as values: amounts with either decimal sign, dates as they are written, and no guess where two readings fit."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from schemas.arithmetic import plausible

LONGEST_TEXT = 2_000

_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./ ])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")


def amount_of(text: str) -> Decimal | None:
    """``1234.50``, ``1.234,50``, ``1,234.50``, ``1 234,50``, ``-5``, with or without currency sign or percent. None for empty text.

    Raises `ValueError`, in words for the person who typed it, for what is no number and for ``1,234``, which is two.
    """
    plain = re.sub(r"[\s  '’]|[%€$£¥]|^[A-Z]{3}|[A-Z]{3}$", "", text.strip())
    if not plain:
        if text.strip():
            raise ValueError("This is not a number.")
        return None
    if plain.endswith("-"):  # as some programs print what is deducted
        plain = "-" + plain[:-1]
    plain = plain.replace("−", "-")
    if not re.fullmatch(r"[-+]?[\d.,]*\d", plain) or len(plain) > 40 or not plain.isascii():
        raise ValueError("This is not a number.")
    value = Decimal(_with_point(plain))
    if not plausible(value):
        raise ValueError("This number has too many digits to be an amount.")
    return value


def _with_point(plain: str) -> str:
    points, commas = plain.count("."), plain.count(",")
    if points and commas:
        decimal, group = (".", ",") if plain.rfind(".") > plain.rfind(",") else (",", ".")
        if plain.count(decimal) > 1 or not _grouped(plain.rpartition(decimal)[0], group):
            raise ValueError("Points and commas of this number contradict each other.")
        return plain.replace(group, "").replace(decimal, ".")
    sign = "." if points else ","
    if points + commas > 1:
        if not _grouped(plain, sign):
            raise ValueError("Points and commas of this number contradict each other.")
        return plain.replace(sign, "")
    if commas and re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", plain):
        raise ValueError(f"{plain} may be two numbers: write {plain.replace(',', '')} or {plain.replace(',', '.')}.")
    return plain.replace(",", ".")


def _grouped(whole: str, sign: str) -> bool:
    return re.fullmatch(rf"[-+]?\d{{1,3}}({re.escape(sign)}\d{{3}})*", whole) is not None or sign not in whole


def date_of(text: str) -> date | None:
    """``2026-05-04``, ``4.5.2026``, ``04.05.26``; with slashes only where the day cannot be a month. None for empty text.

    Raises `ValueError`, in words, for everything else.
    """
    plain = text.strip()
    if not plain:
        return None
    try:
        if match := _YEAR_FIRST.fullmatch(plain):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _YEAR_LAST.fullmatch(plain):
            first, sign, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
            if sign == "/" and first <= 12 and second <= 12 and first != second:
                raise ValueError("Is the day or the month first? Write it as 2026-05-04.")
            day, month = (second, first) if second > 12 else (first, second)
            return date(year + 2000 if year < 100 else year, month, day)
    except ValueError as exc:
        raise ValueError(str(exc) if str(exc).startswith("Is the day") else "There is no such day.") from exc
    raise ValueError("Write the date as 2026-05-04 or 4.5.2026.")


def text_of(text: str) -> str | None:
    """Text without control characters and without space around it; None for nothing. Raises `ValueError` when it is too long."""
    plain = "".join(character for character in text if character >= " " and character != "\x7f").strip()
    if len(plain) > LONGEST_TEXT:
        raise ValueError(f"This is longer than {LONGEST_TEXT} characters.")
    return plain or None
