"""The country of a party, from what only that country prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# Prefixes of VAT ids in the Union and the United Kingdom, as alternatives of an expression.
VAT_PREFIXES = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK"
_VAT_PREFIX = re.compile(rf"^({VAT_PREFIXES}|CHE|NO)[\dA-Z.\-]")
_OTHER_IDS: Mapping[str, re.Pattern[str]] = {
    "CA": re.compile(r"^\d{3} ?\d{3} ?\d{3} ?R[TPC] ?\d{4}$"),  # business number and program account, Canada Revenue Agency
    "IN": re.compile(r"^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d]$"),  # GSTIN, Central Board of Indirect Taxes and Customs
}
# State abbreviations in front of a postcode: United States Postal Service, Publication 28; Australia Post, addressing guidelines.
_US_STATES = "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
_AU_STATES = "NSW|VIC|QLD|TAS|SA|WA|ACT|NT"
_TELLING: Mapping[str, re.Pattern[str]] = {
    "AU": re.compile(rf"\bABN\b|\bA\.?B\.?N\.|\bA\.?C\.?N\b|\b(?:{_AU_STATES}),? \d{{4}}\b|\bAustralia\b"),
    "IN": re.compile(r"\bGSTIN\b|\b[CSI]GST\b|\bIndia\b"),
    "CA": re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b|\b[HPQ]ST\b|\bTVQ\b|\bTPS\b|\bCanada\b"),
    "MX": re.compile(r"\b[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}\b|\bRFC\b|\bCFDI\b|\bM[ée]xico\b|\bC\.V\.|\bS\. ?de R\. ?L\.|\bCDMX\b"),
    "NZ": re.compile(r"\bNZBN\b|\bNew Zealand\b"),
    "SG": re.compile(r"\bSingapore\b"),
    "ZA": re.compile(r"\bSouth Africa\b|\(Pty\)\.? ?Ltd\b|\bZAR\b", re.IGNORECASE),
    "CO": re.compile(r"\bColombia\b|\bDIAN\b|\bCUFE\b|\bBogotá\b"),
    "CL": re.compile(r"\bChile\b|\bS\.I\.I\."),
    "AR": re.compile(r"\bArgentina\b|\bC\.?U\.?I\.?T\b|\bAFIP\b"),
    "GB": re.compile(r"\bUnited Kingdom\b|\bUK VAT\b|\bSort Code\b", re.IGNORECASE),
    "US": re.compile(rf"\b(?:{_US_STATES}),? \d{{5}}(?:-\d{{4}})?\b|\bF?EIN\b|\bFederal (?:Tax )?ID\b|\bUnited States\b|\bUSA\b"),
}


_KRONER: Mapping[str, re.Pattern[str]] = {
    "SE": re.compile(r"\b(?:Sverige|Sweden|Schweden|Suède|Svezia|Suecia|Suécia|Zweden|Ruotsi|SE-\d{3} \d{2}|SE-\d{5})\b"),
    "DK": re.compile(r"\b(?:Danmark|Denmark|Dänemark|Danemark|Danimarca|Dinamarca|Denemarken|Tanska|DK-\d{4})\b"),
    "NO": re.compile(r"\b(?:Norge|Noreg|Norway|Norwegen|Norvège|Norvegia|Noruega|Noorwegen|Norja|NO-\d{4})\b"),
}


def country_of_ids(vat_id: str | None, iban: str | None) -> str | None:
    """ISO 3166-1 alpha-2 country from the prefix of a VAT id, else of an IBAN."""
    match = _VAT_PREFIX.match(vat_id or "")
    if match:
        return {"EL": "GR", "CHE": "CH"}.get(match[1], match[1])
    for country, pattern in _OTHER_IDS.items():
        if pattern.match(vat_id or ""):
            return country
    return iban[:2] if iban else None


@lru_cache(maxsize=64)
def countries_told(text: str) -> Mapping[str, int]:
    """How often the page prints what only one country prints: postcodes, registration names, country names."""
    return _counts(_TELLING, text)


def country_of_kroner(text: str) -> str | None:
    """The country with kronor or kroner that the page names most often; None without any."""
    return _most(_counts(_KRONER, text))


def _counts(patterns: Mapping[str, re.Pattern[str]], text: str) -> dict[str, int]:
    return {country: count for country, pattern in patterns.items() if (count := len(pattern.findall(text)))}


def _most(counts: Mapping[str, int]) -> str | None:
    return max(counts, key=lambda country: counts[country]) if counts else None


_CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys(("AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"), "EUR"),
    "GB": "GBP", "CH": "CHF", "SE": "SEK", "DK": "DKK", "NO": "NOK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "TR": "TRY", "US": "USD",
    "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "IN": "INR", "MX": "MXN", "ZA": "ZAR", "CO": "COP", "CL": "CLP", "AR": "ARS",
}  # fmt: skip
_CURRENCIES_OF_LANGUAGES: Mapping[str, str] = {
    "pl": "PLN", "cs": "CZK", "hu": "HUF", "ro": "RON", "tr": "TRY", "sv": "SEK", "da": "DKK", "no": "NOK", "de": "EUR", "fr": "EUR", "it": "EUR",
    "es": "EUR", "nl": "EUR", "pt": "EUR", "fi": "EUR",
}  # fmt: skip


def own_currency(country: str | None, language: str) -> str | None:
    """ISO 4217 code of what is paid with in a country, or, where that is unknown, where a language is mostly spoken; None for English
    and for other countries."""
    return _CURRENCIES.get(country) if country else _CURRENCIES_OF_LANGUAGES.get(language)


# Countries of `_TELLING` in which a language is used in business; English and unknown languages are used in all, languages not named in none.
_USED_IN: Mapping[str, frozenset[str]] = {
    "en": frozenset(_TELLING),
    "other": frozenset(_TELLING),
    "fr": frozenset({"CA"}),
    "es": frozenset({"MX", "US", "CO", "CL", "AR"}),
}
# Postcodes with the letters of a country in front (Universal Postal Union, addressing guides; the letters are those of vehicles or ISO 3166).
_POSTCODE = re.compile(r"(?<![\w-])([A-Z]{1,3})-\d{4,5}\b")
_LETTERS = {
    "A": "AT", "AT": "AT", "B": "BE", "BE": "BE", "CH": "CH", "CZ": "CZ", "D": "DE", "DE": "DE", "DK": "DK", "E": "ES", "ES": "ES", "F": "FR", "FR": "FR",
    "FI": "FI", "FIN": "FI", "H": "HU", "HU": "HU", "I": "IT", "IT": "IT", "L": "LU", "LU": "LU", "N": "NO", "NO": "NO", "PT": "PT", "RO": "RO",
    "S": "SE", "SE": "SE", "SK": "SK",
}  # fmt: skip


def country_of_address(text: str) -> str | None:
    """The only country that the text of one party's block tells of: by its postcode or by what only that country prints; None without any."""
    told = countries_told(text).keys() | {_LETTERS[letters] for letters in _POSTCODE.findall(text) if letters in _LETTERS}
    return next(iter(told)) if len(told) == 1 else None


def country_from_text(text: str, language: str) -> str | None:
    """The country that the page tells of most often (`countries_told`) of those in which its language is used; None without any."""
    return _most({country: n for country, n in countries_told(text).items() if country in _USED_IN.get(language, ())})
