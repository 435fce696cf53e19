"""Text on a page that instructs a reader: found by wordings kept as data, reported, never followed and never passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from schemas.errors import ConfigurationError
from schemas.tables import shipped
from schemas.tax_phrases import fold

FILE = "instruction_phrases.yaml"
REACH = 80  # characters of the page shown on either side


@dataclass(frozen=True, slots=True)
class Wordings:
    """Folded phrases, which are surely instructions, and patterns over small letters, which may be."""

    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def parse_instructions(document: Any, *, file: str = FILE) -> Wordings:
    """The wordings of all languages. Raises `ConfigurationError` naming the list that is not usable."""
    if not isinstance(document, dict) or not isinstance(document.get("phrases"), dict) or not document["phrases"]:
        raise ConfigurationError(f"{file}: expected phrases by language, and patterns")
    lists = cast("Mapping[str, object]", document["phrases"])
    phrases = [" ".join(fold(entry).split()) for language in lists for entry in _texts(lists[language], file=file, name=language)]
    try:
        patterns = tuple(re.compile(entry) for entry in _texts(document.get("patterns", []), file=file, name="patterns"))
    except re.error as exc:
        raise ConfigurationError(f"{file}, patterns: {exc.pattern!r} is no regular expression ({exc})") from exc
    return Wordings(tuple(dict.fromkeys(phrases)), patterns)


def find_instructions(text: str) -> str | None:
    """The words round the first sentence of a page that instructs a reading machine; None where there is none."""
    folded = _folded(text)
    for phrase in _wordings().phrases:
        at = folded.find(f" {phrase} ")
        if at >= 0:
            return folded[max(at - REACH, 0) : at + len(phrase) + REACH].strip()
    return None


def instructing_lines(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines that may instruct a reader, alone or together with the line below."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        if _may_instruct(line):
            found.add(number)
        elif number + 1 < len(lines) and not _may_instruct(lines[number + 1]) and _may_instruct(f"{line} {lines[number + 1]}"):
            found |= {number, number + 1}
    return found


def _may_instruct(text: str) -> bool:
    plain = " ".join(text.casefold().split())
    return any(pattern.search(plain) for pattern in _wordings().patterns) or find_instructions(text) is not None


def _folded(text: str) -> str:
    folded = f" {' '.join(' '.join(fold(word).split()) for word in text.split())} "
    return f" {' '.join(folded.split())} "


def _texts(entries: object, *, file: str, name: str) -> list[str]:
    if not isinstance(entries, list) or not all(isinstance(entry, str) and fold(entry).strip() for entry in cast("list[object]", entries)):
        raise ConfigurationError(f"{file}, {name}: expected a list of texts, found {entries!r}")
    return cast("list[str]", entries)


@cache
def _wordings() -> Wordings:
    import yaml

    return parse_instructions(yaml.safe_load(shipped(FILE)))
