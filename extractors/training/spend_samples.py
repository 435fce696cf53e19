"""Texts that the spend-category model learns from, each with its category: product names, purchases, dictionary phrases, class names."""

from __future__ import annotations

import random
import re
import zlib
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from extractors.spend_category import FILE, parse_keywords
from extractors.spend_model import NOTHING
from extractors.training.spend_taxonomy import class_names
from extractors.training.vocabulary import languages, vocabulary
from schemas.invoice import SPEND_CATEGORIES

CLASSES_EACH = 500  # class names per category
GOODS_MORE = 4  # times as many for goods, whose names are the most varied
CLASS_WEIGHT = 0.25  # of a class name beside an item name: registers name things otherwise than invoices do
KEPT_CLASSES_EACH = 40
PLACES = Path(__file__).parent / "spend_places.yaml"
NOTHING_WEIGHT = 0.5
NOTHING_FORMS = (
    *(
        "{city} - {city2}",
        "{city} {city2}",
        "{code} {city} {code2} {city2}",
        "{code} {city} - {code2} {city2}",
        "{city}",
        "{code} {city}",
        "{firm} {city} - {city2}",
    ),
    *(
        "Depot {city}",
        "Werk {n} {city}",
        "Hub {city} {city2}",
        "Centre {city}",
        "Terminal {city}",
        "{firm} {code} {city} {surname} {code2} {city2}",
    ),
    *("{person}", "{surname}", "{firm}", "{firm} {city}", "{surname} {city}", "{sku}", "{sku} {n}", "{sku}-{n} {city}", "{firm} {surname}"),
    *("{person}, {city}", "{surname} & {firm}", "{month} {n}", "{person} {month}", "{person} {city} {month}", "{firm} {firm2} {city}"),
)
MONTHS = (
    "Jan",
    "Feb",
    "March",
    "April",
    "Mai",
    "Juni",
    "July",
    "Aug",
    "Sept",
    "Oktober",
    "Nov",
    "Dec",
    "janvier",
    "marzo",
    "mayo",
    "Q1",
    "KW 12",
    "week 7",
)
GOODS = "materials_and_merchandise"
NOISE = ("{code} ", "{n} x ", "Art. {code} ", "", "")
TAIL = (" {n} mm", " {n} kg", " {n}/20{y}", " 20{y}", ", {n} pcs", " ({n} %)", " - {code}", " {n} l", " Q{q}/20{y}", "")


@dataclass(frozen=True, slots=True)
class Sample:
    text: str
    category: str
    language: str
    seller: str | None = None
    weight: float = 1.0
    name: str | None = None  # the text without a qualifier, where it may have one


def class_samples(rng: random.Random, folder: Path) -> tuple[list[Sample], list[Sample]]:
    """Class names to learn from, and names of other classes to measure on; both limited per category."""
    by_category: dict[str, list[Sample]] = defaultdict(list)
    kept: dict[str, list[Sample]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for name in class_names(folder):
        key = (name.text.lower(), name.language)
        if key in seen:
            continue
        seen.add(key)
        apart = zlib.crc32(name.concept.encode()) % 10 == 0
        (kept if apart else by_category)[name.category].append(Sample(name.text, name.category, name.language, weight=CLASS_WEIGHT))
    learnt: list[Sample] = []
    measured: list[Sample] = []
    for category in SPEND_CATEGORIES:
        count = CLASSES_EACH * (GOODS_MORE if category == GOODS else 1)
        rng.shuffle(by_category[category])
        rng.shuffle(kept[category])
        learnt += [noisy(rng, sample) for sample in by_category[category][:count]]
        measured += kept[category][:KEPT_CLASSES_EACH]
    return learnt, measured


def noisy(rng: random.Random, sample: Sample) -> Sample:
    """Half of the samples with what stands around a name on an invoice."""
    if rng.random() < 0.5:
        return sample
    code = "".join(rng.choice("ABCDEFGHKLMNPRSTX") for _ in range(2)) + str(rng.randint(10, 99_999))
    values = {"code": code, "n": rng.randint(1, 999), "y": rng.randint(10, 29), "q": rng.randint(1, 4)}
    text = (rng.choice(NOISE) + "{text}" + rng.choice(TAIL)).format(text=sample.text, **values)
    return replace(sample, text=text)


def product_samples(rng: random.Random) -> list[Sample]:
    """One sample for each product name; a third with a qualifier behind it, half with a seller's name."""
    samples: list[Sample] = []
    for path in _vocabularies():
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        language = path.stem.split(".")[-1]
        qualifiers = [str(text) for text in document.get("qualifiers") or ()]
        for category, entry in document["categories"].items():
            for item in entry["items"]:
                text = str(item)
                if qualifiers and rng.random() < 0.33:
                    text = f"{text} {rng.choice(qualifiers)}"
                seller = (
                    f"{rng.choice(['Nova', 'Berger', 'Lindner', 'Castell'])} {rng.choice(entry['sellers'])}" if rng.random() < 0.5 else None
                )
                filled = re.sub(r"\{\w+\}", str(rng.randint(1, 99)), text)
                samples.append(Sample(filled, category, language, seller, name=re.sub(r"\{\w+\}", "", str(item))))
    return samples


@cache
def seller_words() -> dict[str, list[str]]:
    """Trade words of sellers' names by category, of all languages."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in _vocabularies():
        for category, entry in yaml.safe_load(path.read_text(encoding="utf-8"))["categories"].items():
            found[category] += [str(word) for word in entry["sellers"]]
    return found


def _vocabularies() -> list[Path]:
    return sorted((Path(__file__).parent / "vocabulary").glob("products.*.yaml"))


def keyword_samples() -> list[Sample]:
    document = yaml.safe_load(files("extractors").joinpath("data", FILE).read_text(encoding="utf-8"))
    entries, _ = parse_keywords(document)
    return [Sample(" ".join(entry.words), entry.category, entry.language) for entry in entries if entry.weight >= 1]


def nothing_samples(rng: random.Random, *, count: int) -> list[Sample]:
    """Texts that name no purchase: places, routes, people, companies, dates, codes. Lines of invoices hold such, and letters of theirs must not pass for
    a category's."""
    samples: list[Sample] = []
    towns = [place.strip() for text in yaml.safe_load(PLACES.read_text(encoding="utf-8")).values() for place in text.split(",")]
    for language in languages():
        words = vocabulary(language)
        known = [city for country in words.countries for _, city, *_ in words.listed("cities", country)]
        for _ in range(count // len(languages())):
            city, city2 = (rng.choice(towns if rng.random() < 0.7 else known) for _ in range(2))
            given, surname, firm, firm2 = (words.pick(rng, "company", key) for key in ("given", "surnames", "fantasy", "fantasy"))
            values = {
                "city": rng.choice((city, city.upper(), city)),
                "city2": rng.choice((city2, city2.upper(), city2)),
                "code": f"{rng.randint(1000, 99_999)}",
                "code2": f"{rng.randint(10, 99_999)}",
                "person": f"{given} {surname}",
                "surname": surname,
                "firm": firm,
                "firm2": firm2,
                "n": str(rng.randint(1, 9999)),
                "sku": "".join(rng.choices("ABCDEFGHKLMNPRSTVXZ", k=rng.randint(1, 4))) + str(rng.randint(1, 99_999)),
                "month": rng.choice(MONTHS),
            }
            samples.append(Sample(rng.choice(NOTHING_FORMS).format(**values), NOTHING, language, weight=NOTHING_WEIGHT))
    return samples


def purchase_samples() -> list[Sample]:
    """The names in ``purchases/<language>.yaml``, by category, separated by semicolons."""
    samples: list[Sample] = []
    for path in sorted((Path(__file__).parent / "purchases").glob("*.yaml")):
        categories: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for category, text in categories.items():
            samples += [Sample(name, category, path.stem) for name in filter(None, (part.strip() for part in text.split(";")))]
    return samples
