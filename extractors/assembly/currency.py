"""The document's currency: ISO 4217 codes, names and symbols, and what a symbol of several currencies means here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.country import country_from_text, country_of_kroner, own_currency
from extractors.assembly.currency_words import CODES, SYMBOLS
from extractors.assembly.header import Choice
from extractors.assembly.line_items import first_number
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.spans import LABEL_INDEX, Span, Words, groups_touch, make_span

IN_ITEM = 0.5  # probability of an item's text from which a code in it ("16.35 USD per 1,000") says nothing of the document's amounts
FAINT = 0.05  # probability from which a currency's name counts where nothing clearer is printed
ONCE = 0.2  # weight of a symbol on one amount; half of it in a language that does not use these letters
ON_TOTALS = 3.0  # weight of what stands beside a total, against elsewhere
ON_AMOUNT = 0.9  # probability of a symbol that is written on an amount
_KRONE = {"SE": "SEK", "DK": "DKK", "NO": "NOK", "sv": "SEK", "da": "DKK", "no": "NOK"}
_DOLLAR = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN", "CL": "CLP", "CO": "COP", "AR": "ARS"}
DOLLAR_COUNTRIES = frozenset({"US", *_DOLLAR})
# Letters that could as well begin a number of another kind ("FT-2044", "KR 63"): believed beside an amount with decimals, in their own languages.
_LETTERS_OF: Mapping[str, tuple[str, ...]] = {
    "kr": ("sv", "da", "no", "fi", "other"), "zł": ("pl", "other"), "kč": ("cs", "other"), "tl": ("tr", "other"), "ft": ("hu", "other"),
    "lei": ("ro", "other"), "rs": ("en", "other"), "r": ("en", "other"), "fr": ("de", "fr", "it", "other"), "sfr": ("de", "fr", "it", "other"),
}  # fmt: skip
_FAMILIES: Mapping[str, frozenset[str]] = {
    "$": frozenset({"USD", *_DOLLAR.values()}), "kr": frozenset(_KRONE.values()), "¥": frozenset({"JPY", "CNY"}),
}  # fmt: skip
_CODE = re.compile(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])")
_GLUED_CODE = re.compile(r"(?<![A-Z])[A-Z]{3}(?![^\W\d_]|0\d)")  # "SAR007" is a customer's number
_ITEM_TEXTS = [LABEL_INDEX["line.description"], LABEL_INDEX["line.note"]]
RAND = "R"
_EURO = ("euro", "euros")
SLACK = Decimal("0.02")
_AROUND = " .,:;()[]/|*#"
_SIGNS = "-–−("
_BESIDE_AMOUNT = re.compile(
    r"^[-–(]?\s*(?P<before>M\.N|[^\d\s.,'()\-–+/:#%*&]{1,4})\.?\s*[-–(]?(?P<a>(?!0\d)\d[\d.,'’]*)[)-]?$"
    r"|^[-–(]?(?P<b>\d[\d.,'’]*)[)-]?\s*(?P<after>M\.N|[^\d\s.,'()\-–+/:#%*&]{1,4})\.?\)?$"
)
_DECIMALS = re.compile(r"[.,]\d{2}$|\d[.,'’]\d{3}(?:[.,]\d{2})?$")


def choose_currency(
    spans: Sequence[Span],
    words: Words,
    probabilities: NDArray[np.float32],
    *,
    language: str,
    country: str | None,
    lines_of_totals: frozenset[int] = frozenset(),
    foreign: frozenset[str] = frozenset(),
) -> Choice | None:
    """ISO 4217 code by vote over currency tokens, else over symbols on amounts, else by faint tokens; "$" and "kr" by the code that the page prints
    for them, the seller's country or the language. What stands on ``lines_of_totals`` says in which currency they are, when the page converts them
    into another one too; ``foreign`` are currencies that it converts into (`converted_into`)."""
    votes: dict[str, float] = {}
    shown: dict[str, Span] = {}
    told = country_from_text(words.full_text, language) if country else None
    told = told if told in DOLLAR_COUNTRIES else None
    tagged = {i for span in spans for i in span.words}
    krone = country if country in _KRONE or language in _KRONE else country_of_kroner(words.full_text) or country
    own = own_currency(country, language)
    printed = {span.text.strip(_AROUND).upper() for span in spans} & CODES - foreign

    def vote(span: Span, text: str, weight: float) -> None:
        dollar = text.strip(_AROUND) == "$" and country not in DOLLAR_COUNTRIES
        kronor = text.strip(_AROUND).casefold() == "kr"
        code = currency_code(text, language=language, country=(told or country) if dollar else krone if kronor else country)
        family = _FAMILIES.get(text.strip(_AROUND).casefold(), frozenset()) & printed
        if len(family) == 1:
            code = next(iter(family))
        if code and code not in foreign:
            votes[code] = votes.get(code, 0) + weight
            if code not in shown or shown[code].probability < span.probability:
                shown[code] = span

    for span in spans:
        vote(span, span.text, span.probability * (ON_TOTALS if span.line in lines_of_totals else 1))
    if votes:
        for line in lines_of_totals:
            for i in words.words_of_line.get(line, ()):
                text = words.texts[i].strip(_AROUND)
                symbol = text if text in CODES and i not in tagged else _symbol_on_amount(words.texts[i])
                if symbol:
                    vote(_at(words, i, ON_AMOUNT), symbol, ON_AMOUNT * ON_TOTALS)
    if not votes:
        for i, text in enumerate(words.texts):
            symbol = _symbol_on_amount(text)
            if symbol:
                strange = _is_strange(symbol, language) and currency_code(symbol, language=language, country=country) != own
                vote(_at(words, i, ON_AMOUNT), symbol, ONCE / 2 if strange else ONCE)
        votes = {code: weight for code, weight in votes.items() if weight >= ONCE}
    if not votes:
        for line in lines_of_totals:
            for i in words.words_of_line.get(line, ()):
                for code in [words.texts[i]] if words.texts[i] == RAND else _codes_told(words.texts[i]):
                    vote(_at(words, i, FAINT), code, FAINT)
    if not votes:
        for i in np.flatnonzero(probabilities[:, LABEL_INDEX["header.currency"]] >= FAINT).tolist():
            span = make_span(words, "header.currency", [i], probabilities)
            if _is_strange(span.text, language):
                continue
            vote(span, span.text, span.probability)
    if not votes:
        in_items = probabilities[:, _ITEM_TEXTS].sum(1)
        of_rates = words.once(_lines_of_rates)
        for i, text in enumerate(words.texts):
            for code in _codes_told(text) if in_items[i] < IN_ITEM else ():
                if foreign or code == own or words.line_list[i] not in of_rates:
                    vote(_at(words, i, FAINT), code, FAINT * (ON_TOTALS if code == own else 1))
    if not votes:
        return None
    code = max(votes, key=lambda c: votes[c])
    return Choice(code, shown[code], shown[code].probability)


def converted_into(words: Words, habit: NumberHabit, gross: Decimal | None) -> frozenset[str]:
    """Currencies in which the page shows the gross total once more: an exchange rate is printed for them, and the amount beside their code is the
    total times, or divided by, that rate."""
    if not gross:
        return frozenset()
    told = words.once(_lines_with_codes, habit)
    rates = [(codes, [n for n, _ in numbers if n % 1]) for codes, numbers in told if len(codes) == 2]
    result: set[str] = set()
    for pair, values in rates:
        for codes, numbers in told:
            if not codes <= pair or any(n == abs(gross) for n, _ in numbers):
                continue
            result |= {code for n, code in numbers if code in pair and any(_is_converted(n, abs(gross), rate) for rate in values)}
    return frozenset(result)


def _lines_with_codes(words: Words, habit: NumberHabit) -> list[tuple[set[str], list[tuple[Decimal, str]]]]:
    """By line the codes of currencies on it, and its numbers with the code next to each."""
    told: list[tuple[set[str], list[tuple[Decimal, str]]]] = []
    for members in words.words_of_line.values():
        codes = {code for i in members for code in _CODE.findall(words.texts[i]) if code in CODES}
        if codes:
            told.append((codes, _numbers_of(words, members, habit)))
    return told


def _lines_of_rates(words: Words) -> frozenset[int]:
    """Lines that show the codes of two currencies: an exchange rate, which by itself does not tell which of the two the amounts are in."""
    told = ((line, {code for i in members for code in _codes_told(words.texts[i])}) for line, members in words.words_of_line.items())
    return frozenset(line for line, codes in told if len(codes) > 1)


def _numbers_of(words: Words, members: Sequence[int], habit: NumberHabit) -> list[tuple[Decimal, str]]:
    """The numbers of a line without signs, groups of digits that stand side by side also as one, each with the code of a currency that is nearest to it."""
    codes = [(k, code) for k, i in enumerate(members) for code in _CODE.findall(words.texts[i]) if code in CODES]
    found: list[tuple[Decimal, str]] = []
    for k, i in enumerate(members):
        if not words.has_digit[i]:
            continue
        texts = [words.texts[i]]
        if k and words.texts[members[k - 1]].lstrip(_SIGNS).isdigit() and groups_touch(words, members[k - 1], i):
            texts.append(words.texts[members[k - 1]] + words.texts[i])
        nearest = min(codes, key=lambda code: abs(code[0] - k))[1]
        found += [(abs(n), nearest) for text in texts if (n := first_number(text, habit))]
    return found


def _is_converted(amount: Decimal, gross: Decimal, rate: Decimal) -> bool:
    return min(abs(amount - gross * rate), abs(amount - gross / rate)) <= max(SLACK, amount / 1000)


def currencies_shown(text: str) -> frozenset[str]:
    """ISO 4217 codes of all codes and unmistakable symbols of a text."""
    return frozenset(code for code in _CODE.findall(text) if code in CODES) | frozenset(SYMBOLS[s] for s in "€₹₺" if s in text)


def _is_strange(symbol: str, language: str) -> bool:
    """Whether letters that may stand for a currency are none of a language, in which they may begin something else ("Ft": "fattura")."""
    letters = symbol.strip(_AROUND).casefold()
    return letters in _LETTERS_OF and language not in _LETTERS_OF[letters]


def _at(words: Words, i: int, probability: float) -> Span:
    return Span("header.currency", (i,), words.texts[i], int(words.page[i]), int(words.line[i]), words.box_of([i]), probability)


def _codes_told(text: str) -> list[str]:
    """Codes in a word of any kind, also behind a label ("ValutaEUR", "EUR/Subtotal"), and the euro by its name."""
    if text.strip(_AROUND).casefold() in _EURO:
        return ["EUR"]
    return [code for code in _GLUED_CODE.findall(text) if code in CODES]


def _symbol_on_amount(text: str) -> str | None:
    """The currency symbol that a word joins to an amount."""
    found = _BESIDE_AMOUNT.match(text.replace("−", "-"))
    if found is None:
        return None
    symbol, amount = (found["before"], found["a"]) if found["before"] else (found["after"], found["b"])
    letters = symbol.casefold().rstrip(".")
    plain = letters.isalpha() and symbol.upper() not in CODES and letters not in _EURO
    return None if plain and (letters not in _LETTERS_OF or not _DECIMALS.search(amount)) else symbol


def currency_code(text: str, *, language: str, country: str | None) -> str | None:
    """ISO 4217 code of a printed currency token, None where it is none."""
    token = text.strip(_AROUND)
    upper = token.upper()
    if upper in CODES:
        return upper
    low = token.casefold()
    if low in SYMBOLS:
        return SYMBOLS[low]
    if low == "r":
        return "ZAR" if country == "ZA" else None
    if low == "kr":
        return _KRONE.get(country or "") or _KRONE.get(language, "SEK")
    if low == "$":
        return _DOLLAR.get(country or "", "USD") if country else {"es": "MXN", "fr": "CAD"}.get(language, "USD")
    codes = [word for word in re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", upper) if word in CODES]
    if len(codes) == 1:
        return codes[0]
    symbols = [s for s in "€£¥₹₺" if s in token]
    return SYMBOLS[symbols[0]] if len(symbols) == 1 else None
