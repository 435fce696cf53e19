"""Names, identifiers, dates and currency of the header, each from all places where the page shows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.assembly.spans import Span, Words

_LABEL_PREFIX = re.compile(r"^[^\d:#°]{1,30}[:#°]+\s*(?=\S)")
_GLUED_VAT_LABEL = re.compile(r"^[^\d]{3,}?[.\-:]+(?=[A-Z]{2}[\dA-Z]*\d{5})")
_SHORT_VAT_LABEL = re.compile(r"^(?:ID|UID|VAT|NIP|NIF|CIF|TIN|EIN|BTW|TVA|PIVA|CUI|ABN|GSTIN|NR|N[ºO]?[.:º])[:.]*(?=\d)")
_SYMBOLS: Mapping[str, str] = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "kč": "CZK", "₺": "TRY", "tl": "TRY", "ft": "HUF", "lei": "RON",
    "r$": "BRL", "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "fr.": "CHF", "sfr.": "CHF", "rs": "INR", "rs.": "INR",
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD",
}  # fmt: skip
_CODES = frozenset(
    "EUR USD GBP CHF CAD AUD INR SEK DKK NOK CZK PLN TRY HUF RON BRL MXN JPY CNY AED SAR ZAR NZD SGD HKD BGN ISK ILS KRW THB "  # noqa: SIM905
    "QAR KWD EGP MAD TND COP CLP ARS PEN UAH RSD KES NGN PHP IDR MYR VND TWD".split()
)
_KRONE = {"SE": "SEK", "DK": "DKK", "NO": "NOK", "sv": "SEK", "da": "DKK", "no": "NOK"}
_DOLLAR = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen value, the span that shows it best, and the support for it over all spans that read the same."""

    value: str | date
    span: Span
    probability: float


def text_key(text: str) -> str:
    """Letters and digits of a text, casefolded: the identity of a printed name or number."""
    return re.sub(r"[^\w]+|_", "", unicodedata.normalize("NFKC", text).casefold())


def clean_identifier(text: str) -> str:
    """An identifier without the label that may be glued in front of it and without punctuation around it."""
    return _LABEL_PREFIX.sub("", text).strip(" .,;:#|*")


def clean_name(text: str) -> str:
    """A party's name without separators around it."""
    return _LABEL_PREFIX.sub("", text).strip(" ,;:|·•–-*")


def clean_vat_id(text: str) -> str:
    """A VAT id without spaces and without a glued label."""
    compact = re.sub(r"\s+", "", clean_identifier(text)).upper().strip("()[]")
    compact = _SHORT_VAT_LABEL.sub("", compact)
    glued = _GLUED_VAT_LABEL.match(compact)
    return compact[glued.end() :] if glued else compact


def iban_is_valid(text: str) -> bool:
    """Check digits (ISO 7064 mod 97-10) and a length between 15 and 34."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def choose_iban(spans: Sequence[Span], words: Words) -> Choice | None:
    """The first valid IBAN among the tagged spans, else the likeliest. A span is completed from, or cut back to, the words of its line where that makes
    the check digits right."""
    candidates: list[Choice] = []
    for span in sorted(spans, key=lambda s: s.first):
        compact = re.sub(r"[^0-9A-Z]", "", clean_identifier(span.text).upper())
        compact = re.sub(r"^(?:IBAN)", "", compact)
        if iban_is_valid(compact):
            return Choice(compact, span, span.probability)
        completed = _complete_iban(span, words)
        if completed:
            return Choice(completed, span, span.probability)
        if re.match(r"[A-Z]{2}\d{2}", compact) and len(compact) >= 15:
            candidates.append(Choice(compact, span, span.probability))
    return max(candidates, key=lambda c: c.probability) if candidates else None


def _complete_iban(span: Span, words: Words) -> str | None:
    line = words.words_of_line[span.line]
    first = line.index(span.words[0])
    for start in range(first, max(first - 9, -1), -1):
        text = ""
        for i in line[start : start + 14]:
            text += re.sub(r"[^0-9A-Za-z]", "", words.texts[i]).upper()
            bare = re.sub(r"^IBAN", "", text)
            if len(bare) >= 15 and iban_is_valid(bare):
                return bare
            if len(bare) > 34:
                break
    return None


def choose_currency(spans: Sequence[Span], words: Words, *, language: str, country: str | None) -> Choice | None:
    """ISO 4217 code by vote over currency tokens and over symbols glued to amounts; "$" and "kr" by the seller's country or the language."""
    votes: dict[str, float] = {}
    shown: dict[str, Span] = {}
    for span in spans:
        code = currency_code(span.text, language=language, country=country)
        if code:
            votes[code] = votes.get(code, 0) + span.probability
            if code not in shown or shown[code].probability < span.probability:
                shown[code] = span
    if not votes:
        for i, text in enumerate(words.texts):
            match = re.match(
                r"^[-–(]?\s*([^\d\s.,'()\-–+/:#%*&]{1,4})\s*[-–]?\d[\d.,'’]*[)-]?$|^[-–(]?\d[\d.,'’]*\s*([^\d\s.,'()\-–+/:#%*&]{1,4})\)?$",
                text,
            )
            code = currency_code(match.group(1) or match.group(2), language=language, country=country) if match else None
            if code:
                votes[code] = votes.get(code, 0) + 0.2
                span = Span("header.currency", (i,), text, int(words.page[i]), int(words.line[i]), words.box_of([i]), 0.9)
                shown.setdefault(code, span)
    if not votes:
        return None
    code = max(votes, key=lambda c: votes[c])
    return Choice(code, shown[code], shown[code].probability)


def currency_code(text: str, *, language: str, country: str | None) -> str | None:
    """ISO 4217 code of a printed currency token, None where it is none."""
    token = text.strip(" .,:;()[]/|*")
    upper = token.upper()
    if upper in _CODES:
        return upper
    low = text.strip(" ,:;()[]/|*").casefold()
    if low in _SYMBOLS or low.rstrip(".") in _SYMBOLS:
        return _SYMBOLS.get(low) or _SYMBOLS[low.rstrip(".")]
    if low.rstrip(".") == "kr":
        return _KRONE.get(country or "") or _KRONE.get(language, "SEK")
    if low == "$":
        return _DOLLAR.get(country or "", "USD")
    codes = [word for word in re.findall(r"[A-Z]{3}", upper) if word in _CODES]
    if len(codes) == 1:
        return codes[0]
    symbols = [s for s in "€£¥₹₺" if s in token]
    return _SYMBOLS[symbols[0]] if len(symbols) == 1 else None
