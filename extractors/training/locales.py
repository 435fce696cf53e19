"""How countries write numbers, dates and money, and which taxes they know. Rates: standard first, then reduced ones in force since 2010."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

NBSP, THIN = "\u00a0", "\u202f"


@dataclass(frozen=True, slots=True)
class Country:
    """``groups``: thousands and decimal separators, most usual first; ``dates``: numeric date patterns; ``tax``: kind of tax system."""

    currency: str
    tokens: tuple[str, ...]  # how the currency is printed
    rates: tuple[str, ...]
    groups: tuple[str, ...]  # two characters each, "_" = none
    dates: tuple[str, ...]
    tax: str = "vat"


_DOT = ("dd.mm.yyyy", "dd.mm.yyyy", "dd.mm.yy", "d.m.yyyy", "yyyy-mm-dd")
_SLASH = ("dd/mm/yyyy", "dd/mm/yyyy", "dd/mm/yy", "dd-mm-yyyy", "dd.mm.yyyy", "yyyy-mm-dd", "d/m/yyyy")
_US = ("mm/dd/yyyy", "mm/dd/yyyy", "m/d/yyyy", "mm/dd/yy", "yyyy-mm-dd", "mm-dd-yyyy", "m/d/yy")
_EURO = ("€", "EUR", "Euro")

COUNTRIES: dict[str, Country] = {
    "DE": Country("EUR", _EURO, ("19", "7", "16", "0"), (".,", ".,", ".,", "_,", f"{THIN},", "_."), _DOT),
    "AT": Country("EUR", _EURO, ("20", "10", "13"), (".,", ".,", " ,", "_,"), _DOT),
    "CH": Country("CHF", ("CHF", "CHF", "Fr.", "SFr."), ("8.1", "7.7", "2.6", "2.5", "3.8"), ("'.", "'.", "’.", "_.", " .", ",."), _DOT),
    "LI": Country("CHF", ("CHF", "CHF", "Fr."), ("8.1", "2.6", "7.7"), ("'.", "’.", "_."), _DOT),
    "LU": Country("EUR", _EURO, ("17", "8", "14", "3"), (".,", " ,", "_,"), _SLASH),
    "GB": Country("GBP", ("£", "£", "GBP"), ("20", "5", "0"), (",.", ",.", ",.", "_."), _SLASH),
    "IE": Country("EUR", _EURO, ("23", "13.5", "9", "0"), (",.", ",.", "_."), _SLASH),
    "US": Country(
        "USD", ("$", "$", "$", "USD", "US$"), ("8.25", "6", "7", "8.875", "6.25", "9.5", "5.5"), (",.", ",.", ",.", "_."), _US, "sales"
    ),
    "CA": Country(
        "CAD", ("$", "$", "CAD", "C$", "CA$"), ("5", "13", "15"), (",.", ",.", "_.", " ,"), ("yyyy-mm-dd", *_US, "dd/mm/yyyy"), "canada"
    ),
    "AU": Country("AUD", ("$", "$", "AUD", "A$"), ("10",), (",.", ",.", "_."), _SLASH),
    "NZ": Country("NZD", ("$", "$", "NZD", "NZ$"), ("15",), (",.", ",.", "_."), _SLASH),
    "IN": Country("INR", ("₹", "INR", "Rs.", "Rs"), ("18", "12", "5", "28"), ("i.", "i.", ",.", "_."), ("dd-mm-yyyy", *_SLASH), "india"),
    "SG": Country("SGD", ("$", "SGD", "S$"), ("9", "8", "7"), (",.", ",."), _SLASH),
    "ZA": Country("ZAR", ("R", "ZAR"), ("15",), (" .", ",.", " ,", "_."), ("yyyy-mm-dd", "yyyy/mm/dd", *_SLASH)),
    "MT": Country("EUR", _EURO, ("18", "5"), (",.", "_."), _SLASH),
    "FR": Country("EUR", _EURO, ("20", "10", "5.5", "2.1"), (f"{NBSP},", " ,", f"{THIN},", "_,", ".,", "_."), _SLASH),
    "BE": Country("EUR", _EURO, ("21", "6", "12"), (".,", ".,", " ,", "_,"), _SLASH),
    "MC": Country("EUR", _EURO, ("20", "10"), (f"{NBSP},", " ,"), _SLASH),
    "ES": Country("EUR", _EURO, ("21", "10", "4"), (".,", ".,", "_,", " ,"), _SLASH),
    "MX": Country("MXN", ("$", "MXN", "M.N."), ("16", "8"), (",.", ",."), _SLASH),
    "AR": Country("ARS", ("$", "ARS"), ("21", "10.5"), (".,", "_,"), _SLASH),
    "CL": Country("CLP", ("$", "CLP"), ("19",), (".,", ".,"), ("dd-mm-yyyy", *_SLASH)),
    "CO": Country("COP", ("$", "COP"), ("19", "5"), (".,", ",."), _SLASH),
    "PE": Country("PEN", ("S/", "PEN"), ("18",), (",.", ",."), _SLASH),
    "IT": Country("EUR", _EURO, ("22", "10", "4"), (".,", ".,", "_,"), _SLASH),
    "NL": Country("EUR", _EURO, ("21", "9", "6"), (".,", ".,", "_,"), ("dd-mm-yyyy", "dd-mm-yyyy", "d-m-yyyy", *_SLASH)),
    "PT": Country("EUR", _EURO, ("23", "13", "6"), (".,", " ,", "_,", f"{NBSP},"), ("dd-mm-yyyy", "yyyy-mm-dd", *_SLASH)),
    "BR": Country("BRL", ("R$", "R$", "BRL"), ("17", "18", "5"), (".,", ".,"), _SLASH),
    "PL": Country("PLN", ("zł", "PLN", "PLN"), ("23", "8", "5"), (" ,", " ,", "_,", f"{NBSP},", "_."), ("yyyy-mm-dd", "dd-mm-yyyy", *_DOT)),
    "SE": Country(
        "SEK",
        ("SEK", "kr", "SEK"),
        ("25", "12", "6"),
        (" ,", " ,", "_,", f"{NBSP},", " ."),
        ("yyyy-mm-dd", "yyyy-mm-dd", "yyyy-mm-dd", "yymmdd", "dd/mm/yyyy"),
    ),
    "FI": Country("EUR", _EURO, ("24", "25.5", "14", "10"), (" ,", "_,"), ("d.m.yyyy", "d.m.yyyy", "dd.mm.yyyy")),
    "DK": Country(
        "DKK",
        ("kr.", "DKK", "DKK", "kr"),
        ("25",),
        (".,", ".,", "_,"),
        ("dd-mm-yyyy", "dd.mm.yyyy", "dd-mm-yy", "dd/mm/yyyy", "dd/mm-yyyy", "yyyy-mm-dd"),
    ),
    "NO": Country("NOK", ("kr", "NOK", "NOK"), ("25", "15", "12"), (" ,", " ,", ".,", "_,"), _DOT),
    "CZ": Country(
        "CZK",
        ("Kč", "CZK", "Kč"),
        ("21", "12", "15", "10"),
        (" ,", " ,", f"{NBSP},", "_,", "_."),
        ("dd.mm.yyyy", "d.m.yyyy", "d. m. yyyy", "dd. mm. yyyy"),
    ),
    "SK": Country("EUR", _EURO, ("20", "23", "10", "5"), (" ,", "_,", "_."), ("dd.mm.yyyy", "d.m.yyyy")),
    "TR": Country(
        "TRY", ("TL", "TL", "₺", "TRY"), ("20", "10", "1", "18", "8"), (".,", ".,", "_,"), ("dd.mm.yyyy", "dd-mm-yyyy", "dd/mm/yyyy")
    ),
    "HU": Country("HUF", ("Ft", "HUF"), ("27", "5", "18"), (" ,", ".,"), ("yyyy.mm.dd.", "yyyy-mm-dd")),
    "RO": Country("RON", ("RON", "lei"), ("19", "9", "5"), (".,", ",."), _DOT),
    "GR": Country("EUR", _EURO, ("24", "13"), (".,", ".,"), _SLASH),
}
DEFAULT_COUNTRY = Country("EUR", _EURO, ("20", "10"), (".,", ",.", " ,"), _SLASH)
FOREIGN_TOKENS: dict[str, tuple[str, ...]] = {c.currency: c.tokens for c in reversed(COUNTRIES.values())}
WHOLE_CURRENCIES = ("CLP", "HUF", "COP")  # printed without minor units


def country(code: str) -> Country:
    return COUNTRIES.get(code, DEFAULT_COUNTRY)


def rounded(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """``group`` is "" for none, "i" for the Indian 12,34,567; ``minus`` one of lead, lead_space, trail, paren, dash (U+2212)."""

    group: str
    decimal: str
    minus: str = "lead"
    dash_cents: bool = False  # whole amounts as "12,-"

    def text(self, value: Decimal, places: int = 2) -> str:
        """``value`` rounded to ``places`` and written in this style."""
        value = rounded(value, places)
        whole, _, cents = format(abs(value), "f").partition(".")
        whole = _grouped(whole, self.group)
        if self.dash_cents and places == 2 and cents == "00":
            body = f"{whole}{self.decimal}-"
        else:
            body = whole + (self.decimal + cents if cents else "")
        if value >= 0:
            return body
        if self.minus == "paren":
            return f"({body})"
        if self.minus == "trail":
            return f"{body}-"
        return {"lead": "-", "lead_space": "- ", "dash": "\u2212"}[self.minus] + body

    def short(self, value: Decimal, *, least: int = 0) -> str:
        """``value`` without superfluous zeros, at least ``least`` decimals."""
        exact = value.normalize()
        exponent = exact.as_tuple().exponent
        return self.text(value, max(least, -exponent if isinstance(exponent, int) else 0))

    def plain_group(self) -> NumberStyle:
        return replace(self, group="")


def _grouped(digits: str, group: str) -> str:
    if not group or len(digits) <= 3:
        return digits
    head, tail = digits[:-3], digits[-3:]
    step, mark = (2, ",") if group == "i" else (3, group)
    parts: list[str] = []
    while head:
        parts.insert(0, head[-step:])
        head = head[:-step]
    return mark.join([*parts, tail])


def number_style(rng: Random, code: str) -> NumberStyle:
    """A number habit of the country; now and then one of a foreign software."""
    groups = country(code).groups
    pair = rng.choice(groups) if rng.random() > 0.05 else rng.choice((",.", ".,", "_.", "_,", " ,", "'."))
    minus = rng.choices(("lead", "trail", "paren", "lead_space", "dash"), (80, 7, 5, 3, 5))[0]
    return NumberStyle("" if pair[0] == "_" else pair[0], pair[1], minus, dash_cents=pair[1] == "," and rng.random() < 0.02)


@dataclass(frozen=True, slots=True)
class DateStyle:
    """``pattern`` uses d dd m mm yy yyyy (numeric), or braces for written months ("{d} {month} {yyyy}")."""

    pattern: str
    months: tuple[str, ...] = ()
    short_months: tuple[str, ...] = ()

    def text(self, day: date) -> str:
        if "{" not in self.pattern:
            return _numeric(self.pattern, day)
        values = {
            "d": str(day.day), "dd": f"{day.day:02}", "m": str(day.month), "mm": f"{day.month:02}", "yyyy": str(day.year), "yy": f"{day.year % 100:02}",
            "month": self.months[day.month - 1], "mon": self.short_months[day.month - 1],
        }  # fmt: skip
        out = self.pattern
        for key, value in values.items():
            out = out.replace("{" + key + "}", value)
        return out


def _numeric(pattern: str, day: date) -> str:
    out = pattern.replace("yyyy", f"{day.year}").replace("yy", f"{day.year % 100:02}")
    out = out.replace("dd", f"{day.day:02}").replace("mm", f"{day.month:02}")
    return out.replace("d", str(day.day)).replace("m", str(day.month))


def date_style(rng: Random, code: str, words: Sequence[str], months: Sequence[str], short: Sequence[str]) -> DateStyle:
    """A date habit of the country: mostly numeric, else written out in the document's language."""
    chance = rng.random()
    if chance < 0.76 or not words or len(months) != 12 or len(short) != 12:
        return DateStyle(rng.choice(country(code).dates))
    if chance < 0.82:
        pattern = rng.choice(("{dd}-{mon}-{yyyy}", "{dd}-{mon}-{yy}", "{dd} {mon} {yyyy}", "{dd}/{mon}/{yyyy}", "{d}-{mon}-{yyyy}"))
    else:
        pattern = rng.choice([w for w in words if "{city}" not in w])  # a place belongs to a letter's date line, not to every date
    return DateStyle(pattern, tuple(m for m in months), tuple(m for m in short))
