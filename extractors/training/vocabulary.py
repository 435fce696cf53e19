"""Wordings that invoices print, by language: read from ``vocabulary/<language>.yaml`` and ``products.<language>.yaml``.

A fifth of the wordings of every label is kept for the exam family (chosen by a hash of the wording itself), so that what the exam
measures includes labels that training never showed. The first wording of a list, the best known, is always open to both.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "vocabulary"
HELD_OUT_SECTIONS = ("titles", "labels", "columns", "totals", "phrases")
EXAM_SHARE = 0.5  # how often the exam takes a held-out wording where one exists
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Vocabulary:
    """One language's wordings as one family sees them."""

    def __init__(self, language: str, family: str, data: Mapping[str, Any], products: Mapping[str, Any]) -> None:
        self.language = language
        self.family = family
        self.data = data
        self.products = products
        self._lists: dict[tuple[str, str], tuple[list[str], list[str]]] = {}

    @property
    def countries(self) -> list[str]:
        return [str(code) for code in self.data["countries"]]

    def all(self, section: str, key: str) -> list[str]:
        """Every wording open to this family, possibly none."""
        shared, held = self._split(section, key)
        return shared + held if self.family == "exam" else shared

    def pick(self, rng: Random, section: str, key: str, default: str | None = None) -> str:
        """One wording; the well-known ones at the head of the list are somewhat likelier than the tail."""
        shared, held = self._split(section, key)
        if self.family == "exam" and held and rng.random() < EXAM_SHARE:
            return rng.choice(held)
        if not shared:
            if default is None:
                raise KeyError(f"vocabulary/{self.language}.yaml: {section}.{key} is missing or empty")
            return default
        if rng.random() < 0.25:
            return shared[rng.randrange(min(3, len(shared)))]
        return rng.choice(shared)

    def has(self, section: str, key: str) -> bool:
        return bool(self._split(section, key)[0])

    def _split(self, section: str, key: str) -> tuple[list[str], list[str]]:
        found = self._lists.get((section, key))
        if found is None:
            part: Any = self.data.get(section) or {}
            words = [str(w) for w in (part.get(key) or [])]
            if section in HELD_OUT_SECTIONS:
                held = [w for i, w in enumerate(words) if i and held_out(w)]
                shared = [w for i, w in enumerate(words) if not i or not held_out(w)]
            else:
                shared, held = words, []
            found = self._lists[(section, key)] = (shared, held)
        return found

    def listed(self, key: str, country: str | None = None) -> list[Any]:
        """A top-level list, or the list of one country in a top-level mapping (any country's where it has none)."""
        value: Any = self.data.get(key)
        if isinstance(value, Mapping) and country is not None:
            options: Mapping[str, list[Any]] = value
            return list(options.get(country) or next(iter(options.values()), []))
        return list(value or [])


def held_out(wording: str) -> bool:
    """Whether a wording is kept for the exam family."""
    return zlib.crc32(wording.casefold().encode()) % 5 == 0


@lru_cache(maxsize=64)
def vocabulary(language: str, family: str = "train") -> Vocabulary:
    """The vocabulary of a language; products fall back to English, then to trade words, where the language has none."""
    data = read_words(FOLDER / f"{language}.yaml")
    found = [path for code in (language, "en") if (path := FOLDER / f"products.{code}.yaml").exists()]
    trades = {"items": data["company"]["trades"], "sellers": data["company"]["trades"]}
    products = read_words(found[0]) if found else {"categories": {"other": trades}, "qualifiers": data["phrases"]["detail"]}
    return Vocabulary(language, family, data, products)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Languages that have a vocabulary file, sorted."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.yaml") if "." not in p.stem))


@lru_cache(maxsize=64)
def read_words(path: Path) -> dict[str, Any]:
    """A file of words."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  CSafeLoader is the safe loader in C


def small_words(key: str, language: str) -> list[str]:
    """Words that the generator needs beside the vocabularies; English where a language has none."""
    table = read_words(FOLDER.parent / "small_words.yaml")
    return list(table.get(language, {}).get(key) or table["en"][key])


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """``pattern`` with its ``{placeholders}`` replaced; unknown ones vanish."""
    return re.sub(r"\s{2,}", " ", PLACEHOLDER.sub(lambda m: values.get(m[1], ""), pattern)).strip()


def placeholders(pattern: str) -> list[str]:
    return PLACEHOLDER.findall(pattern)


def choose(rng: Random, options: Mapping[str, float], family: str = "train", exam_only: Sequence[str] = ()) -> str:
    """One key by weight. ``exam_only`` choices never occur in training and are three times as likely in the exam."""
    if family == "exam":
        weights = {k: w * (3 if k in exam_only else 1) for k, w in options.items()}
    else:
        weights = {k: w for k, w in options.items() if k not in exam_only}
    return rng.choices(list(weights), list(weights.values()))[0]
