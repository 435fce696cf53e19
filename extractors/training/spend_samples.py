"""Texts with a spend category to train on: our product names and keywords, and, where a folder of them is at hand, the classes of public taxonomies.

A class is a concept with a name in each language; samples that share one are kept together, so that what is measured on concepts kept apart was
never seen in any language.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from extractors.spend_category import FILE as KEYWORDS_FILE
from extractors.spend_category import parse_keywords
from schemas.invoice import SPEND_CATEGORIES

HERE = Path(__file__).parent
LANGUAGES = ("de", "es", "fr", "it", "nl")
MAPPING = HERE / "spend_taxonomies.yaml"


@dataclass(frozen=True, slots=True)
class Sample:
    """``concept`` names what the text means; texts of one concept are never split between training and measuring."""

    text: str
    category: str
    language: str
    concept: str
    source: str
    seller: str | None = None


def product_samples(rng: random.Random) -> Iterator[Sample]:
    """One sample for each product name, half of them with a seller's name."""
    for path in sorted((HERE / "vocabulary").glob("products.*.yaml")):
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        language = path.stem.split(".")[-1]
        for category, entry in document["categories"].items():
            for number, item in enumerate(entry["items"]):
                text = re.sub(r"\{\w+\}", str(rng.randint(1, 99)), str(item))
                seller = None
                if entry.get("sellers") and rng.random() < 0.5:
                    seller = f"{rng.choice(['Nova', 'Berger', 'Lindner', 'Castell'])} {rng.choice(entry['sellers'])}"
                yield Sample(text, category, language, f"{language}-{category}-{number}", "products", seller)


def phrase_samples() -> Iterator[Sample]:
    """The purchases of ``spend_phrases.yaml``: names by category and language, each one its own concept."""
    path = HERE / "spend_phrases.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for category, languages in document.items():
        for language, text in languages.items():
            for number, name in enumerate(filter(None, (part.strip() for part in str(text).split(";")))):
                yield Sample(name, category, language, f"phrase-{category}-{language}-{number}", "phrases")


def keyword_samples() -> Iterator[Sample]:
    document = yaml.safe_load(files("extractors").joinpath("data", KEYWORDS_FILE).read_text(encoding="utf-8"))
    entries, _ = parse_keywords(document)
    for entry in entries:
        if entry.weight >= 1:
            yield Sample(" ".join(entry.words), entry.category, entry.language, f"key-{entry.category}-{' '.join(entry.words)}", "keywords")


def taxonomy_samples(folder: Path) -> Iterator[Sample]:
    """Classes of the taxonomies in ``folder`` that the mapping puts into a category. Raises `ValueError` for a category that does not exist."""
    mapping: dict[str, dict[str, str]] = yaml.safe_load(MAPPING.read_text(encoding="utf-8"))
    unknown = {c for prefixes in mapping.values() for c in prefixes.values()} - {"", *SPEND_CATEGORIES}
    if unknown:
        raise ValueError(f"{MAPPING.name}: unknown categories {', '.join(sorted(unknown))}")
    yield from _procurement(folder, mapping["cpv"])
    yield from _products(folder, mapping["google"])


def _longest(prefixes: dict[str, str], name: str) -> str:
    return next((prefixes[name[:end]] for end in range(len(name), -1, -1) if name[:end] in prefixes), "")


def _procurement(folder: Path, prefixes: dict[str, str]) -> Iterator[Sample]:
    names: dict[str, str] = {}
    for line in (folder / "cpv_en.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        cells = line.split("\t")
        if re.fullmatch(r"\d{8}-\d", cells[0]):
            names[cells[0]] = re.sub(r"\.?\(\d\)$", "", cells[4])
    translated = {
        language: yaml.load(
            (folder / f"cpv_{language}_{language}.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )  # noqa: S506
        for language in LANGUAGES
    }
    for code, name in names.items():
        category = _longest(prefixes, code)
        if not category:
            continue
        concept = f"cpv-{name.casefold()}"
        yield Sample(name, category, "en", concept, "cpv")
        for language, words in translated.items():
            other = words.get(name)
            if other:
                yield Sample(str(other), category, language, concept, "cpv")


def _products(folder: Path, prefixes: dict[str, str]) -> Iterator[Sample]:
    categories: dict[str, str] = {}
    for language, region in (("en", "US"), ("de", "DE"), ("es", "ES"), ("fr", "FR"), ("it", "IT"), ("nl", "NL")):
        for line in (folder / f"google_taxonomy.{language}-{region}.txt").read_text(encoding="utf-8").splitlines()[1:]:
            number, _, path = line.partition(" - ")
            if language == "en":
                categories[number] = _longest(prefixes, path)
            category = categories.get(number, "")
            if category:
                yield Sample(path.rsplit(" > ", 1)[-1], category, language, f"google-{number}", "google")


def with_trimmings(sample: Sample, rng: random.Random, qualifiers: dict[str, list[str]]) -> Sample:
    """The text as an invoice prints it: with a qualifier, a code, a size or a number beside the name, in capitals now and then."""
    text = sample.text
    if rng.random() < 0.25 and qualifiers.get(sample.language):
        text = f"{text} {rng.choice(qualifiers[sample.language])}"
    if rng.random() < 0.15:
        text = f"{rng.choice('ABCDEFGHKLMNPRSTVWX')}{rng.choice('ABCDEFGHKLMNPRSTVWX')}{rng.choice(['-', '', ' '])}{rng.randrange(10, 99999)} {text}"
    if rng.random() < 0.2:
        text = f"{text} {rng.randrange(1, 500)}{rng.choice([' mm', ' cm', ' kg', ' l', ' m', 'x' + str(rng.randrange(2, 90)), ' W', ' ml', ' g', ' St', ' pcs'])}"
    if rng.random() < 0.08:
        text = text.upper()
    return replace(sample, text=text)


def qualifiers() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((HERE / "vocabulary").glob("products.*.yaml")):
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[path.stem.split(".")[-1]] = [re.sub(r"\{\w+\}", "7", str(text)) for text in document.get("qualifiers") or ()]
    return found
