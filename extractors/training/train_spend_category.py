"""Train the spend-category model on the vocabularies and the keyword dictionary: ``python -m extractors.training.train_spend_category``.

Texts: the product names of every ``vocabulary/products.<language>.yaml``, with and without a qualifier behind them, the purchases of
``purchases/<language>.yaml``, the dictionary's own phrases and, with ``--taxonomies FOLDER``, class names of public vocabularies
(`extractors.training.spend_taxonomy`), some with the codes, sizes and periods that invoices put beside a name. One product name in ten and one
class in ten (in all its languages) are kept apart; on those the way of combining model, keywords and seller and the temperature are chosen, and
then the model is fitted once more on all of them. Takes a minute on one core; seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from extractors.spend_category import FILE as KEYWORDS_FILE
from extractors.spend_category import Evidence, ItemText, combine, gather, parse_keywords
from extractors.spend_model import FILE, SpendModel, buckets
from extractors.training.spend_taxonomy import class_names
from schemas.invoice import SPEND_CATEGORIES

SIZE = 1 << 17
EPOCHS = 12
LEAST_SURE = 0.3  # a guess below this calibrated probability is none: on items kept apart such are wrong more often than right
CLASSES_EACH = 500  # class names per category
GOODS_MORE = 4  # times as many for goods, whose names are the most varied
CLASS_WEIGHT = 0.25  # of a class name beside an item name: registers name things otherwise than invoices do
KEPT_CLASSES_EACH = 40
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
    for path in sorted((Path(__file__).parent / "vocabulary").glob("products.*.yaml")):
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
                samples.append(Sample(re.sub(r"\{\w+\}", str(rng.randint(1, 99)), text), category, language, seller))
    return samples


def keyword_samples() -> list[Sample]:
    document = yaml.safe_load(files("extractors").joinpath("data", KEYWORDS_FILE).read_text(encoding="utf-8"))
    entries, _ = parse_keywords(document)
    return [Sample(" ".join(entry.words), entry.category, entry.language) for entry in entries if entry.weight >= 1]


def purchase_samples() -> list[Sample]:
    """The names in ``purchases/<language>.yaml``, by category, separated by semicolons."""
    samples: list[Sample] = []
    for path in sorted((Path(__file__).parent / "purchases").glob("*.yaml")):
        categories: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for category, text in categories.items():
            samples += [Sample(name, category, path.stem) for name in filter(None, (part.strip() for part in text.split(";")))]
    return samples


@cache
def _buckets(text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    found, weights = buckets(text, size=SIZE)
    return found.astype(np.int32), weights


def matrix(texts: Sequence[str], idf: NDArray[np.float32]) -> Any:
    """[n, SIZE] sparse, rows of length 1: what `SpendModel.log_probabilities` computes for one text."""
    from scipy.sparse import csr_matrix

    indices: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    starts = [0]
    for text in texts:
        found, weights = _buckets(text)
        weights = weights * idf[found]
        indices.append(found)
        values.append(weights / max(float(np.linalg.norm(weights)), 1e-9))
        starts.append(starts[-1] + len(found))
    return csr_matrix((np.concatenate(values), np.concatenate(indices), np.array(starts)), shape=(len(texts), SIZE))


def fit(samples: Sequence[Sample], *, strength: float) -> SpendModel:
    """``strength`` is the inverse regularisation; one-against-the-rest logistic regressions by averaged stochastic gradient, which here is as
    accurate as the exact solution and takes seconds in place of minutes."""
    from sklearn.linear_model import SGDClassifier

    seen = np.zeros(SIZE, np.float32)
    for sample in samples:
        seen[_buckets(sample.text)[0]] += 1
    idf = (np.log((1 + len(samples)) / (1 + seen)) + 1).astype(np.float16)
    every_epoch = cast(Any, None)  # no early stop
    alpha = 1 / (strength * len(samples))
    regression = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=EPOCHS, tol=every_epoch, average=True, random_state=7)
    regression.fit(
        matrix([s.text for s in samples], idf.astype(np.float32)),
        [SPEND_CATEGORIES.index(s.category) for s in samples],
        sample_weight=[s.weight for s in samples],
    )
    weights = np.asarray(regression.coef_, np.float32)
    scales = np.abs(weights).max(axis=1) / 127
    quantised = np.round(weights / scales[:, None]).astype(np.int8).T
    biases = np.asarray(regression.intercept_, np.float32)
    return SpendModel(SPEND_CATEGORIES, np.ascontiguousarray(quantised), scales.astype(np.float32), biases, idf, {})


def choose_settings(model: SpendModel, kept: Sequence[Sample]) -> tuple[dict[str, float], dict[str, float]]:
    """The exponents with the best accuracy on the items kept apart, each category counting alike, and the temperature with the best log loss."""
    truth = np.array([SPEND_CATEGORIES.index(sample.category) for sample in kept])
    weights = 1 / np.bincount(truth, minlength=len(SPEND_CATEGORIES))[truth]
    evidence: list[Evidence] = gather([ItemText(s.text, s.seller, s.language) for s in kept], model=model)

    def mean(values: NDArray[Any]) -> float:
        return float((values * weights).sum() / weights.sum())

    tried: list[tuple[float, float, float]] = []
    for keyword_exponent in (0.5, 0.75, 1.0, 1.5, 2.0):
        for seller_exponent in (0.5, 1.0, 1.5, 2.0):
            scores = combine(evidence, keyword_exponent=keyword_exponent, seller_exponent=seller_exponent)
            tried.append((mean(scores.argmax(axis=1) == truth), keyword_exponent, seller_exponent))
    accuracy, keyword_exponent, seller_exponent = max(tried, key=lambda entry: (entry[0], -entry[2]))
    losses: dict[float, float] = {}
    for temperature in (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5):
        scores = combine(evidence, keyword_exponent=keyword_exponent, seller_exponent=seller_exponent, temperature=temperature)
        losses[temperature] = -mean(np.log(scores[np.arange(len(truth)), truth] + 1e-9))
    temperature = min(losses, key=lambda t: losses[t])
    scores = combine(evidence, keyword_exponent=keyword_exponent, seller_exponent=seller_exponent, temperature=temperature)
    right, top = scores.argmax(axis=1) == truth, scores.max(axis=1)
    passed = top >= LEAST_SURE
    report = {
        "accuracy of the best guess": accuracy,
        "coverage": mean(passed),
        "precision of what is covered": float((right * weights)[passed].sum() / weights[passed].sum()),
    }
    settings = {
        "keyword_exponent": keyword_exponent,
        "seller_exponent": seller_exponent,
        "temperature": temperature,
        "threshold": LEAST_SURE,
    }
    return settings, report


def save(model: SpendModel, path: Path, *, report: dict[str, float]) -> None:
    about = json.dumps({"categories": model.categories, "settings": model.settings, "report": report})
    np.savez_compressed(
        path, weights=model.weights, scales=model.scales, biases=model.biases, idf=model.idf, about=np.array(about), allow_pickle=False
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / FILE)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--strength", type=float, default=10.0)
    parser.add_argument("--taxonomies", type=Path, help="folder with public product and procurement vocabularies")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    products = product_samples(rng)
    rng.shuffle(products)
    kept, rest = products[: len(products) // 10], products[len(products) // 10 :]
    keywords = [*keyword_samples(), *purchase_samples()]
    classes, kept_classes = class_samples(rng, arguments.taxonomies) if arguments.taxonomies else ([], [])
    counts = f"{len(products)} product names, {len(keywords)} keywords and purchases, {len(classes)} class names"
    print(f"{counts}; {len(kept)} and {len(kept_classes)} kept apart", file=sys.stderr)
    trial = fit([*rest, *keywords, *classes], strength=arguments.strength)
    settings, report = choose_settings(trial, [*kept, *kept_classes])
    print({**settings, **report}, file=sys.stderr)
    for name, items in (("product names", kept), ("class names", kept_classes)):
        if items:
            print(f"{name} kept apart: {_accuracy(trial, items, settings):.3f} right", file=sys.stderr)
    model = fit([*products, *keywords, *classes], strength=arguments.strength)
    save(SpendModel(model.categories, model.weights, model.scales, model.biases, model.idf, settings), arguments.out, report=report)
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes", file=sys.stderr)


def _accuracy(model: SpendModel, items: Sequence[Sample], settings: dict[str, float]) -> float:
    evidence = gather([ItemText(s.text, s.seller, s.language) for s in items], model=model)
    scores = combine(evidence, **{name: settings[name] for name in ("keyword_exponent", "seller_exponent", "temperature")})
    return float(np.mean([SPEND_CATEGORIES[best] == s.category for best, s in zip(scores.argmax(axis=1), items, strict=True)]))


if __name__ == "__main__":
    main()
