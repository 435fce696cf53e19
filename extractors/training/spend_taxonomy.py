"""Names of goods and services from public product and procurement vocabularies, each with the spend category of its class.

The vocabularies are read from a folder of the user's own; only the map of their codes to categories (``spend_taxonomies.yaml``) belongs to
Lineitem. Expected files: ``cpv_en.tsv`` (code, …, name) with translations ``cpv_<language>….yaml`` keyed by the English name,
``google_taxonomy.<language>….txt`` (``id - A > B``) and ``shopify_categories.<language>.txt`` (``…/id : A > B``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from schemas.errors import ConfigurationError
from schemas.invoice import SPEND_CATEGORIES

MAP = Path(__file__).parent / "spend_taxonomies.yaml"
LEFT_OUT = "-"


@dataclass(frozen=True, slots=True)
class ClassName:
    """One class of a vocabulary in one language. ``concept`` is the same for all languages."""

    text: str
    category: str
    language: str
    concept: str


def read_map(path: Path = MAP) -> dict[str, dict[str, str]]:
    """vocabulary → code → category. Raises `ConfigurationError` for an unknown category and for a code that stands twice."""
    document = cast("dict[str, dict[str, object]]", yaml.safe_load(path.read_text(encoding="utf-8")))
    maps: dict[str, dict[str, str]] = {}
    for vocabulary, categories in document.items():
        codes = maps[vocabulary] = {}
        for category, text in categories.items():
            if category != LEFT_OUT and category not in SPEND_CATEGORIES:
                raise ConfigurationError(f"{path.name}, {vocabulary}: unknown category {category!r}")
            for code in str(text).split():
                if code in codes:
                    raise ConfigurationError(f"{path.name}, {vocabulary}: {code} stands under {codes[code]} and under {category}")
                codes[code] = category
    return maps


def class_names(folder: Path) -> Iterator[ClassName]:
    """All classes with a category, in all languages of the folder's files."""
    maps = read_map()
    yield from _cpv(folder, maps["cpv"])
    for path in sorted(folder.glob("google_taxonomy.*.txt")):
        yield from _google(path, maps["google"])
    for path in sorted(folder.glob("shopify_categories.*.txt")):
        yield from _shopify(path, maps["shopify"])


def by_prefix(code: str, codes: Mapping[str, str]) -> str | None:
    """The category of the longest code that ``code`` begins with; None where there is none or it is left out."""
    for end in range(len(code), 0, -1):
        if code[:end] in codes:
            return None if codes[code[:end]] == LEFT_OUT else codes[code[:end]]
    return None


def _cpv(folder: Path, codes: Mapping[str, str]) -> Iterator[ClassName]:
    table = folder / "cpv_en.tsv"
    if not table.is_file():
        return
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    english = {row[-1].strip(): row[0] for row in rows}
    translations: dict[str, Mapping[str, str]] = {"en": {name: name for name in english}}
    for path in sorted(folder.glob("cpv_*.yaml")):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        translations[path.stem.split("_")[1]] = cast("dict[str, str]", yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
    for name, code in english.items():
        category = by_prefix(code.split("-")[0], codes)
        if category is None:
            continue
        for language, translation in translations.items():
            if name in translation:
                yield ClassName(str(translation[name]), category, language, f"cpv {code}")


def _google(path: Path, codes: Mapping[str, str]) -> Iterator[ClassName]:
    language = path.name.split(".")[1][:2]
    numbers: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or " - " not in line:
            continue
        number, _, names = line.partition(" - ")
        numbers[names] = number
        parts = names.split(" > ")
        for depth in range(len(parts), 0, -1):
            category = codes.get(numbers.get(" > ".join(parts[:depth]), ""))
            if category is not None:
                if category != LEFT_OUT:
                    yield ClassName(parts[-1], category, language, f"google {number}")
                break


def _shopify(path: Path, codes: Mapping[str, str]) -> Iterator[ClassName]:
    language = path.name.split(".")[1]
    for line in path.read_text(encoding="utf-8").splitlines():
        if "TaxonomyCategory/" not in line:
            continue
        identifier, _, names = line.partition(" : ")
        code = identifier.strip().rsplit("/", 1)[1]
        category = by_prefix(code, codes)
        if category is not None:
            yield ClassName(names.strip().split(" > ")[-1], category, language, f"shopify {code}")
