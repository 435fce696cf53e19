"""Whether a page tells that line amounts are not simply quantity × price: words for line discounts and surcharges.

The words are data (``data/price_phrases.yaml``). What is found is kept in the invoice's notes, so that a rule can ask for it long after the page
is out of reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from schemas.errors import ConfigurationError
from schemas.invoice import Invoice
from schemas.tables import shipped
from schemas.tax_phrases import fold

FILE = "price_phrases.yaml"
COMPOUND_LETTERS = 6  # a word this long is also found inside a longer one
NOTE_LETTERS = 60  # kept of the page on either side of a phrase


def parse_price_phrases(document: Any, *, file: str = FILE) -> tuple[str, ...]:
    """Folded phrases of all languages. Raises `ConfigurationError` naming the entry that is not usable."""
    languages = cast("dict[str, object]", document).get("discount") if isinstance(document, dict) else None
    if not isinstance(languages, dict) or not languages:
        raise ConfigurationError(f"{file}: expected words by language under 'discount'")
    phrases: list[str] = []
    for language, text in cast("dict[str, object]", languages).items():
        if not isinstance(text, str):
            raise ConfigurationError(f"{file}, {language}: expected words separated by commas, found {text!r}")
        parts = [" ".join(fold(part).split()) for part in text.split(",")]
        if not all(parts):
            raise ConfigurationError(f"{file}, {language}: a phrase is empty")
        phrases += parts
    return tuple(dict.fromkeys(phrases))


@cache
def _discount() -> re.Pattern[str]:
    import yaml

    phrases = parse_price_phrases(yaml.safe_load(shipped(FILE)))
    return re.compile("|".join(map(_pattern, sorted(phrases, key=len, reverse=True))))


def _pattern(phrase: str) -> str:
    words = r"\s+".join(map(re.escape, phrase.split()))
    return words if len(phrase) >= COMPOUND_LETTERS and " " not in phrase else rf"\b{words}\b"


def discount_note(text: str) -> str | None:
    """The words of a page round the first place that speaks of a discount or surcharge; None where none does."""
    match = _discount().search(fold(text))
    if match is None:
        return None
    return " ".join(text[max(match.start() - NOTE_LETTERS, 0) : match.end() + NOTE_LETTERS].split())


def with_price_notes(invoice: Invoice, page_text: str) -> Invoice:
    """The invoice with what its page says of discounts and surcharges among its notes."""
    note = discount_note(page_text)
    return invoice if note is None else invoice.replace(notes=tuple(dict.fromkeys((*invoice.notes, note))))


def speaks_of_discount(notes: Iterable[str]) -> bool:
    """Whether notes of a page speak of discounts or surcharges."""
    return any(_discount().search(fold(note)) for note in notes)
