"""Which tax rates existed where and when: a table with its sources, and one question to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from schemas.tables import TableRow, read_table


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate in percent; ``kind`` is standard, reduced, second, parking, zero, regional, special or a national tax's name."""

    country: str
    kind: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@cache
def vat_rates() -> dict[str, tuple[VatRate, ...]]:
    """The shipped table by country. Raises `ConfigurationError` naming file, row and reason when it is not usable."""
    rows = read_table("vat_rates.csv", columns=("country", "kind", "rate", "valid_from", "valid_to", "source"))
    found: dict[str, list[VatRate]] = {}
    for row in rows:
        rate = _vat_rate(row)
        found.setdefault(rate.country, []).append(rate)
    return {country: tuple(rates) for country, rates in found.items()}


def _vat_rate(row: TableRow) -> VatRate:
    rate = row.number("rate")
    if not 0 <= rate <= 100:
        raise row.error(f"rate must be from 0 to 100 percent, found {rate}")
    start, end = row.day("valid_from"), row.day_or_none("valid_to")
    if end is not None and end < start:
        raise row.error(f"valid_to {end} lies before valid_from {start}")
    return VatRate(row.country("country"), row.text("kind"), rate, start, end, row.text("source"))


@lru_cache(maxsize=4096)  # the lines of one document ask the same again and again
def rates_on(country: str, *, on: date) -> frozenset[Decimal]:
    """Every rate in percent that a country had on that day; empty for countries without a table."""
    return frozenset(r.rate for r in vat_rates().get(country, ()) if r.valid_from <= on and (r.valid_to is None or on <= r.valid_to))


@cache
def rates_anywhere() -> frozenset[Decimal]:
    """Every rate in percent that any country of the table had on any day."""
    return frozenset(rate.rate for rates in vat_rates().values() for rate in rates)


def rate_exists(country: str, rate: Decimal, *, on: date) -> bool | None:
    """Whether ``country`` had ``rate`` (percent) on that day; None where the table cannot tell: another country or an earlier day."""
    rates = vat_rates().get(country.upper())
    if not rates or on < _first_day(country.upper()):
        return None
    return rate == 0 or rate in rates_on(country.upper(), on=on)


@cache
def _first_day(country: str) -> date:
    return min(rate.valid_from for rate in vat_rates()[country])
