"""What leaves the machine under the policy ``redacted``: nothing but words known to be harmless. All others become placeholders.

An allow-list instead of a search for personal data: names, addresses, accounts, telephone numbers, identifiers and item texts need not be recognised,
because every word that is not a known caption, a date, an amount with decimals, a percentage or a currency is replaced. The same word gets the same
placeholder, so captions and repetition still tell what is what, and the answer's placeholders are put back.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from babel import Locale

from extractors.assembly.dates import DateHabit, parse_date
from extractors.fallback.grounding import currency_symbols
from extractors.fallback.question import field_texts, row_texts

# Two decimals at most, and groups of three only before them: an identifier such as 782.582.141.275 is no amount.
_AMOUNT = re.compile(r"[-+(]?(?:(?:0|[1-9]\d{0,5})[.,]\d{1,2}|[1-9]\d{0,2}(?:[.'’]\d{3})+,\d{2}|[1-9]\d{0,2}(?:[,'’]\d{3})+\.\d{2})[)-]?")
_PERCENT = re.compile(r"\d{1,2}([.,]\d{1,2})?%")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}")
_CORE = re.compile(r"[^\W_]+(?:[.,'’/\-@&+_][^\W_]+)*")
_PLACEHOLDER = re.compile(r"\[?\b([WN]\d{1,5})\b\]?")
_CAPTIONS = re.compile(r"[a-z]{3,}")

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro")  # of the vocabulary


class Redactor:
    """The placeholders of one document. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._words: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """``text`` with a placeholder for every word that is not known to be harmless. White space stays."""
        return "".join(part if part.isspace() else self._hide_word(part) for part in re.split(r"(\s+)", text) if part)

    def restore(self, text: str) -> str:
        """``text`` with the words in place of their placeholders."""
        return _PLACEHOLDER.sub(lambda match: self._words.get(match[1], match[0]), text)

    def _hide_word(self, word: str) -> str:
        if _harmless(word.strip(".,:;()[]*")):
            return word
        return _CORE.sub(lambda match: match[0] if _harmless(match[0]) else self._placeholder(match[0]), word)

    def _placeholder(self, word: str) -> str:
        if word not in self._names:
            name = f"{'N' if any(c.isdigit() for c in word) else 'W'}{len(self._names) + 1}"
            self._names[word] = name
            self._words[name] = word
        return f"[{self._names[word]}]"


def _harmless(word: str) -> bool:
    if not word or not any(c.isalnum() for c in word):
        return True
    if any(c.isdigit() for c in word):
        if _DATE.fullmatch(word):
            return parse_date(word, DateHabit(True)) is not None or parse_date(word, DateHabit(False)) is not None
        bare = word.strip("".join(s for s in _signs() if len(s) == 1))
        return bool(_AMOUNT.fullmatch(bare) or _PERCENT.fullmatch(word))
    plain = word.casefold()
    return plain in captions() or plain in _signs() or word in currency_symbols()


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    return frozenset(sign for signs in currency_symbols().values() for sign in signs)


@lru_cache(maxsize=1)
def captions() -> frozenset[str]:
    """Words of captions in the served languages, of field names, and of days and months: words that name nobody."""
    text = files("extractors").joinpath("data/captions.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.lstrip().startswith("- ")]
    words = {word for line in lines for word in _CAPTIONS.findall(line.casefold())}
    words |= {word for told in (*field_texts().values(), *row_texts().values()) for word in _CAPTIONS.findall(told.casefold())}
    for language in LANGUAGES:
        months = Locale(language).months
        words |= {
            name.casefold().strip(".")
            for form in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
            for name in months[form][width].values()
        }
    return frozenset(words)
