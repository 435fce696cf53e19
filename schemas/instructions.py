"""Text on a page that instructs a reader: found by phrases kept as data, reported, never followed."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from schemas.errors import ConfigurationError
from schemas.tables import shipped
from schemas.tax_phrases import fold

FILE = "instruction_phrases.yaml"
REACH = 80  # characters of the page shown on either side


def parse_instructions(document: Any, *, file: str = FILE) -> tuple[str, ...]:
    """Folded phrases of all languages. Raises `ConfigurationError` naming the language whose list is not usable."""
    if not isinstance(document, dict) or not document:
        raise ConfigurationError(f"{file}: expected lists of phrases by language")
    phrases: list[str] = []
    for language, entries in cast("dict[str, object]", document).items():
        if not isinstance(entries, list) or not all(
            isinstance(entry, str) and fold(entry).strip() for entry in cast("list[object]", entries)
        ):
            raise ConfigurationError(f"{file}, {language}: expected a list of phrases, found {entries!r}")
        phrases += [" ".join(fold(entry).split()) for entry in cast("list[str]", entries)]
    return tuple(dict.fromkeys(phrases))


@cache
def _phrases() -> tuple[str, ...]:
    import yaml

    return parse_instructions(yaml.safe_load(shipped(FILE)))


def find_instructions(text: str) -> str | None:
    """The words round the first sentence of a page that instructs a reading machine; None where there is none."""
    words = text.split()
    folded = f" {' '.join(' '.join(fold(word).split()) for word in words)} "
    folded = f" {' '.join(folded.split())} "
    for phrase in _phrases():
        at = folded.find(f" {phrase} ")
        if at >= 0:
            return folded[max(at - REACH, 0) : at + len(phrase) + REACH].strip()
    return None
