"""What of each document is watched for change: how sure the reading was, which words it met, and how the page is laid out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from schemas.invoice import Invoice

# Each feature's values fall into few groups, so that some hundred documents fill them.
CONFIDENCE, KNOWN_WORDS, LANGUAGE, CURRENCY = "confidence", "known words", "language", "currency"
PAGES, LINES, TOTAL_AT, NUMBER_AT = "pages", "lines", "place of the total", "place of the number"
FEATURES = (CONFIDENCE, KNOWN_WORDS, LANGUAGE, CURRENCY, PAGES, LINES, TOTAL_AT, NUMBER_AT)

_LINE_STEPS = (0, 1, 2, 5, 10, 20, 50)
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Observed:
    """One document. Places are in points from the top left of the page; ``description`` is that of its first line. None: not found."""

    confidence: float | None
    pages: int | None
    language: str | None
    currency: str | None
    lines: int
    total_y_pt: float | None
    number_x_pt: float | None
    number_y_pt: float | None
    description: str | None


def observed(invoice: Invoice) -> Observed:
    """What is watched of an invoice."""
    total, number = invoice.evidence.get("header.gross_total"), invoice.evidence.get("header.invoice_number")
    return Observed(
        confidence=invoice.confidence,
        pages=invoice.pages,
        language=invoice.language,
        currency=invoice.header.currency,
        lines=len(invoice.line_items),
        total_y_pt=total.box[1] if total else None,
        number_x_pt=number.box[0] if number else None,
        number_y_pt=number.box[1] if number else None,
        description=invoice.line_items[0].description if invoice.line_items else None,
    )


def spreads(documents: Iterable[Observed], *, known_words: Collection[str] | None = None) -> dict[str, Mapping[str, int]]:
    """How many documents fall into which group, by feature; values that were not found count nowhere.

    ``known_words`` are those of the reference, in lower case; without them the feature is left out.
    """
    found: dict[str, Counter[str]] = {name: Counter() for name in FEATURES if name != KNOWN_WORDS or known_words is not None}
    for each in documents:
        for name, group in _groups(each, known_words):
            found[name][group] += 1
    return dict(found)


def words_of(description: str | None) -> list[str]:
    """The words of a description that carry meaning, in lower case: letters only, three or more."""
    return [word.lower() for word in _WORD.findall(description or "")]


def _groups(each: Observed, known_words: Collection[str] | None) -> Iterable[tuple[str, str]]:
    if each.confidence is not None:
        yield CONFIDENCE, str(min(max(int(each.confidence * 10), 0), 9))
    if known_words is not None and (words := words_of(each.description)):
        yield KNOWN_WORDS, str(round(5 * sum(word in known_words for word in words) / len(words)))
    yield LANGUAGE, each.language or "unknown"
    yield CURRENCY, each.currency or "unknown"
    if each.pages is not None:
        yield PAGES, str(min(each.pages, 5))
    yield LINES, str(max(step for step in _LINE_STEPS if step <= each.lines))
    if each.total_y_pt is not None:
        yield TOTAL_AT, str(int(each.total_y_pt // 85))  # tenths of an A4 page
    if each.number_x_pt is not None and each.number_y_pt is not None:
        yield NUMBER_AT, f"{int(each.number_x_pt // 200)}-{int(each.number_y_pt // 210)}"  # thirds across, quarters down
