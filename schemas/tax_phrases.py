"""Phrases on the page that tell why no tax is charged: data in ``data/tax_phrases.yaml``, found in any spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from schemas.errors import ConfigurationError
from schemas.invoice import TAX_CATEGORIES
from schemas.tables import shipped

FILE = "tax_phrases.yaml"
GAP_WORDS = 6  # how many words ".." in a phrase may stand for
_WORD = re.compile(r"§|[^\s§]+")
SENTENCE_REACH = 160  # characters either side of a phrase in which its sentence is looked for


@dataclass(frozen=True, slots=True)
class Treatment:
    """One kind of tax treatment. ``rank`` is its precedence, 0 first; ``vatex`` is the exemption code of the VATEX list."""

    name: str
    category: str
    vatex: str | None
    source: str
    rank: int


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A phrase found in a text: its treatment, language, and the sentence around it."""

    treatment: Treatment
    language: str
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of a phrase in runs; between two runs up to `GAP_WORDS` other words may stand."""

    runs: tuple[tuple[str, ...], ...]
    treatment: Treatment
    language: str


def fold(text: str) -> str:
    """Lower case, no accents, no punctuation but the paragraph sign; as long as ``text``, so positions stay what they were."""
    return "".join(_fold_character(ch) for ch in text)


@cache
def _fold_character(ch: str) -> str:
    if ch in "ıİ":
        return "i"
    if ch in "łŁ":
        return "l"
    if ch in "øØ":
        return "o"
    if ch == "§":
        return ch
    first = unicodedata.normalize("NFKD", ch)[0].lower()[:1]
    return first if first.isalnum() else " "


def _runs(phrase: str) -> tuple[tuple[str, ...], ...]:
    parts = [tuple(_WORD.findall(fold(part))) for part in re.split(r"\.\.(?!\w)", phrase)]
    return tuple(part for part in parts if part)


def parse_phrases(document: Any, *, file: str = FILE) -> list[tuple[Treatment, str, str]]:
    """(treatment, language, phrase) of a phrase file's content. Raises `ConfigurationError` naming the entry that is not usable."""
    entries = cast("list[Any]", document.get("treatments")) if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ConfigurationError(f"{file}: expected a list under 'treatments'")
    found: list[tuple[Treatment, str, str]] = []
    for rank, entry in enumerate(entries):
        name = str(entry.get("treatment") or "") if isinstance(entry, dict) else ""
        if not name:
            raise ConfigurationError(f"{file}, entry {rank + 1}: 'treatment' is missing")
        category = str(entry.get("category"))
        if category not in TAX_CATEGORIES:
            raise ConfigurationError(f"{file}, {name}: category must be one of {' '.join(TAX_CATEGORIES)}, found {category!r}")
        if not entry.get("source"):
            raise ConfigurationError(f"{file}, {name}: source is missing")
        treatment = Treatment(name, category, entry.get("vatex"), str(entry["source"]), rank)
        for language, phrases in (entry.get("phrases") or {}).items():
            for phrase in phrases:
                if not isinstance(phrase, str) or not fold(phrase).strip():
                    raise ConfigurationError(f"{file}, {name}, {language}: expected a phrase, found {phrase!r}")
                found.append((treatment, str(language), phrase))
    return found


@cache
def _shipped_phrases() -> Mapping[str, tuple[_Phrase, ...]]:
    """The shipped phrases by their first word, the longest first."""
    import yaml

    by_word: dict[str, list[_Phrase]] = {}
    document = yaml.load(shipped(FILE), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (safe loaders, the C one is faster)
    for treatment, language, phrase in parse_phrases(document):
        runs = _runs(phrase)
        by_word.setdefault(runs[0][0], []).append(_Phrase(runs, treatment, language))
    return {word: tuple(sorted(found, key=lambda p: -sum(map(len, p.runs)))) for word, found in by_word.items()}


def find_phrases(text: str) -> tuple[PhraseMatch, ...]:
    """Every phrase in a page's text, in order of place; of two that overlap, the one with more words."""
    phrases = _shipped_phrases()
    folded = fold(text)
    places = [(match.start(), match.end()) for match in _WORD.finditer(folded)]
    words = [folded[start:end] for start, end in places]
    candidates: list[tuple[int, int, _Phrase]] = []
    for first, word in enumerate(words):
        for phrase in phrases.get(word, ()):
            after = _end_of(phrase.runs, words, first)
            if after is not None:
                candidates.append((first, after, phrase))
    kept: list[tuple[int, int, _Phrase]] = []
    taken: set[int] = set()
    for first, after, phrase in sorted(candidates, key=lambda c: (-sum(map(len, c[2].runs)), c[0])):
        if taken.isdisjoint(range(first, after)):
            taken.update(range(first, after))
            kept.append((first, after, phrase))
    matches: list[PhraseMatch] = []
    for first, after, phrase in sorted(kept, key=lambda c: c[0]):
        start, end = places[first][0], places[after - 1][1]
        matches.append(PhraseMatch(phrase.treatment, phrase.language, _sentence(text, start, end), start, end))
    return tuple(matches)


def _end_of(runs: tuple[tuple[str, ...], ...], words: list[str], first: int) -> int | None:
    """The index after the phrase's last word when the phrase starts at word ``first``, else None."""
    at = first
    for number, run in enumerate(runs):
        starts = (at,) if number == 0 else range(at, at + GAP_WORDS + 1)
        found = next((start for start in starts if tuple(words[start : start + len(run)]) == run), None)
        if found is None:
            return None
        at = found + len(run)
    return at


def _sentence(text: str, start: int, end: int) -> str:
    """The words round a phrase up to an empty line or the end of a sentence; a full stop after a short word (art., Nr.) does not end one."""
    low, high = max(0, start - SENTENCE_REACH), min(len(text), end + SENTENCE_REACH)
    while 0 < low < start and not text[low - 1].isspace():
        low += 1
    while end < high < len(text) and not text[high].isspace():
        high -= 1
    for stop in _STOP.finditer(text, low, high):
        if stop.end() <= start:
            low = stop.end()
        elif stop.start() >= end:
            high = stop.start() + 1
            break
    return " ".join(text[low:high].split())


_STOP = re.compile(r"(?<=[^\W\d]{4})[.!?]\s|\n\s*\n|[•|]")


def treatments_in(texts: Iterable[str]) -> frozenset[str]:
    """Names of the treatments (``small_business``, ``export``, ...) of which these sentences speak."""
    return frozenset(match.treatment.name for text in texts for match in find_phrases(text))
