"""What prints a currency: ISO 4217 codes, symbols and abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping

SYMBOLS: Mapping[str, str] = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "kč": "CZK", "₺": "TRY", "tl": "TRY", "ft": "HUF", "lei": "RON",
    "r$": "BRL", "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "fr": "CHF", "sfr": "CHF", "rs": "INR",
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "mx$": "MXN", "m.n": "MXN", "nz$": "NZD", "s$": "SGD", "hk$": "HKD",
}  # fmt: skip
CODES = frozenset(
    "EUR USD GBP CHF CAD AUD INR SEK DKK NOK CZK PLN TRY HUF RON BRL MXN JPY CNY AED SAR ZAR NZD SGD HKD BGN ISK ILS KRW THB "  # noqa: SIM905
    "QAR KWD EGP MAD TND COP CLP ARS PEN UAH RSD KES NGN PHP IDR MYR VND TWD".split()
)
# What may stand between a label and its amount and is no part of the label: neither "fr" nor "rs", which begin words.
_BETWEEN = frozenset({*CODES, "zł", "Kč", "kr", "kr.", "Ft", "lei", "TL", "Euro", "euro", "Euros", "euros"})
_NO_LETTERS = re.compile(r"[\W_]*")


def is_beside_amount(text: str) -> bool:
    """Whether a word is a sign or names the currency of the amount behind it."""
    return text in _BETWEEN or _NO_LETTERS.fullmatch(text) is not None
