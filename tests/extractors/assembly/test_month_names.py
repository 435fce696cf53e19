"""The table of months against its source, the CLDR as Babel brings it."""

import pytest
from babel import Locale

from extractors.assembly.dates import _fold, _months, month_number  # the table is private to the dates

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "tr", "fi", "no", "hu", "ro")
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
    assert _months() == {name: number for name, number in names.items() if name not in clashes or name in KEPT}


@pytest.mark.parametrize(("word", "month"), [("Januar", 1), ("stycznia", 1), ("août", 8), ("Kasım", 11), ("rekening", None)])
def test_names_are_known_in_any_language(word: str, month: int | None) -> None:
    assert month_number(word) == month
