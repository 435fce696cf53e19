"""The table of months against its source, the CLDR as Babel brings it."""

import pytest
from babel import Locale

from extractors.assembly.dates import _fold, _months, month_number  # the table is private to the dates

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro")
WITHOUT_SHORT_NAMES = ("lt", "lv", "et", "hr", "sl", "sk")  # whose abbreviations of three letters are words of other languages
WORDS_ELSEWHERE = ("saus", "liep")
LATVIAN_LOCATIVES = {
    "janvari": 1, "februari": 2, "marta": 3, "aprili": 4, "maija": 5, "junija": 6, "julija": 7, "augusta": 8, "septembri": 9, "oktobri": 10,
    "novembri": 11, "decembri": 12,
}  # fmt: skip
BY_HAND = {"mrz": 3, "sept": 9, "mai": 5, "maj": 5, "okt": 10, "dez": 12, "dec": 12, "gen": 1, "ene": 1, "ago": 8}
KEPT = ("mar", "mai", "maj")  # of one month in most languages


def test_months_are_those_of_the_cldr() -> None:
    names: dict[str, int] = {}
    clashes: set[str] = set()
    for language in LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    key = _fold(name)
                    if len(key) < 3:
                        continue
                    if names.get(key, number) != number:
                        clashes.add(key)
                    names.setdefault(key, number)
                    if width == "wide" and len(key) > 4:
                        names.setdefault(key[:3], number)
    names |= BY_HAND
    added: dict[str, set[int]] = {}
    for language in WITHOUT_SHORT_NAMES:
        months = Locale(language).months
        for number, name in (
            (n, name) for c in ("format", "stand-alone") for w in ("wide", "abbreviated") for n, name in months[c][w].items()
        ):
            if len(key := _fold(name)) > 3 and key not in WORDS_ELSEWHERE:
                added.setdefault(key, set()).add(number)
    names = {**{name: min(numbers) for name, numbers in added.items() if len(numbers) == 1}, **LATVIAN_LOCATIVES, **names}
    assert _months() == {name: number for name, number in names.items() if name not in clashes or name in KEPT}


@pytest.mark.parametrize(
    ("word", "month"), [("Januar", 1), ("stycznia", 1), ("août", 8), ("Kasım", 11), ("lapkričio", 11), ("februārī", 2), ("rekening", None)]
)
def test_names_are_known_in_any_language(word: str, month: int | None) -> None:
    assert month_number(word) == month
