"""Train the spend-category model on the vocabularies and the keyword dictionary: ``python -m extractors.training.train_spend_category``.

Texts: the product names of every ``vocabulary/products.<language>.yaml``, with and without a qualifier behind them, the purchases of
``purchases/<language>.yaml``, the dictionary's own phrases and, with ``--taxonomies FOLDER``, class names of public vocabularies
(`extractors.training.spend_taxonomy`), some with the codes, sizes and periods that invoices put beside a name, and places, people and codes that name
nothing. One product name in ten and one class in ten (in all its languages) are kept apart; on invoices made of the former
(`extractors.training.spend_invoices`) the way of combining model, keywords, known names, seller and neighbours is chosen, on these and on generated
documents (``--documents FOLDER`` of ``lineitem synth``) the temperatures, and then the model is fitted once more on all of them. Takes two minutes on
one core; seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from extractors.scoring import SPEND_PRECISION, covered, gap_of_confidence
from extractors.spend_category import (
    TEMPERATURES,
    TEXT_TEMPERATURES,
    TINY,
    Evidence,
    ItemText,
    believed,
    calibrated,
    combine,
    gather,
    joined,
    kinds_of,
    tempered,
)
from extractors.spend_model import FILE, NOTHING, SpendModel, buckets
from extractors.spend_names import FILE as NAMES_FILE
from extractors.spend_names import SpendNames
from extractors.training.spend_invoices import InvoiceLine, documents_of, invoices_of
from extractors.training.spend_samples import Sample, class_samples, keyword_samples, nothing_samples, product_samples, purchase_samples
from schemas.invoice import SPEND_CATEGORIES

SIZE = 1 << 18
EPOCHS = 12
CLASSES = (*SPEND_CATEGORIES, NOTHING)
TRIED = {"keyword_exponent": (0.5, 1.0), "name_exponent": (0.5, 1.0, 1.5)}  # settings of `extractors.spend_category.combine`
TRIED_JOINED = {
    "own_share": (0.7, 0.8),
    "seller_odds": (10.0, 20.0, 40.0),
    "others_exponent": (0.35, 0.5, 0.75),
}  # of `extractors.spend_category.joined`
NOTHINGS = 8000
TRIED_TEMPERATURES = tuple(round(0.7 + 0.1 * step, 1) for step in range(24))
LEAST_SURE = 0.2  # a guess below this calibrated probability is none; nineteen of twenty lines of names kept apart are given one


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
        [CLASSES.index(s.category) for s in samples],
        sample_weight=[s.weight for s in samples],
    )
    weights = np.asarray(regression.coef_, np.float32)
    scales = np.abs(weights).max(axis=1) / 127
    quantised = np.round(weights / scales[:, None]).astype(np.int8).T
    biases = np.asarray(regression.intercept_, np.float32)
    return SpendModel(CLASSES[: len(weights)], np.ascontiguousarray(quantised), scales.astype(np.float32), biases, idf, {})


def choose_settings(
    model: SpendModel, kept: Sequence[Sample], *, names: SpendNames, documents: Sequence[InvoiceLine]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """The exponents with the best log loss on invoices made of the names kept apart (`spend_invoices`) at their best temperature, first of the texts alone,
    then, with texts believed as far as they are right, of seller and other lines; then the temperatures with the best log loss, one for each kind of
    evidence, on twice as many of these and the lines of ``documents``, most of whose names are known and have additions: what companies buy is partly
    known. A line of which nothing is known is judged by the names kept apart alone: in documents it is a learnt name in disguise. With them a report on
    other invoices of names kept apart, and on the documents."""
    unseen = invoices_of(kept, seed=1)
    items, truth = [line.item for line in unseen], _numbers(unseen)
    evidence = gather(items, model=model, names=names)

    def text_loss(tried: dict[str, float]) -> float:
        scores = combine(evidence, exponents=tried)
        return _loss(scores, truth, temperature=_temperature(scores, truth))

    settings = min((dict(zip(TRIED, values, strict=True)) for values in product(*TRIED.values())), key=text_loss)
    lines = [*unseen, *invoices_of(kept, seed=3)]
    fresh, lines = len(lines), [*lines, *documents]
    all_items, all_truth = [line.item for line in lines], _numbers(lines)
    all_evidence = gather(all_items, model=model, names=names)

    def set_temperatures(scores: NDArray[np.float32], kinds: Sequence[str]) -> None:
        found = np.array(kinds_of(all_evidence))
        for kind, name in enumerate(kinds):
            rows = found == kind
            if kind == 0:
                rows[fresh:] = False
            settings[name] = _temperature(scores[rows], all_truth[rows]) if rows.any() else 1.0

    set_temperatures(combine(all_evidence, exponents=settings), TEXT_TEMPERATURES)
    own = _texts(evidence, settings)

    def joined_loss(tried: dict[str, float]) -> float:
        scores = joined(own, items, evidence, settings=settings | tried)
        return _loss(scores, truth, temperature=_temperature(scores, truth))

    settings |= min((dict(zip(TRIED_JOINED, values, strict=True)) for values in product(*TRIED_JOINED.values())), key=joined_loss)
    set_temperatures(joined(_texts(all_evidence, settings), all_items, all_evidence, settings=settings), TEMPERATURES)
    settings["threshold"] = LEAST_SURE
    sets = {"names kept apart": invoices_of(kept, seed=2), "documents": documents}
    return settings, {kind: _report(model, lines, settings, names=names) for kind, lines in sets.items()}


def _texts(evidence: Sequence[Evidence], settings: dict[str, float]) -> NDArray[np.float32]:
    """[n, categories]: what the texts say, as far as it is right."""
    return tempered(combine(evidence, exponents=settings), evidence, settings=settings, temperatures=TEXT_TEMPERATURES)


def _numbers(lines: Sequence[InvoiceLine]) -> NDArray[np.int64]:
    return np.array([SPEND_CATEGORIES.index(line.category) for line in lines])


def _temperature(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """The one of `TRIED_TEMPERATURES` at which the true categories are likeliest."""
    return min(TRIED_TEMPERATURES, key=lambda temperature: _loss(scores, truth, temperature=temperature))


def _loss(scores: NDArray[np.float32], truth: NDArray[np.int64], *, temperature: float) -> float:
    """The mean negative log probability of the true categories."""
    logits = np.log(scores + TINY) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(truth)), truth]))


def _report(model: SpendModel, lines: Sequence[InvoiceLine], settings: dict[str, float], *, names: SpendNames) -> dict[str, float]:
    items = [line.item for line in lines]
    evidence = gather(items, model=model, names=names)
    scores = calibrated(believed(items, evidence, settings=settings), evidence, settings=settings)
    right, top = scores.argmax(axis=1) == _numbers(lines), scores.max(axis=1)
    given = [(float(p), bool(r)) for p, r in zip(top, right, strict=True) if p >= LEAST_SURE]
    return {
        "accuracy of the best guess": float(np.mean(right)),
        "coverage": len(given) / len(lines),
        "precision of what is covered": float(np.mean([r for _, r in given])),
        "coverage at 95 % precision": covered(given, of=len(lines), precision=SPEND_PRECISION),
        "calibration error": gap_of_confidence(given),
    }


def save(model: SpendModel, path: Path, *, report: dict[str, dict[str, float]]) -> None:
    about = json.dumps({"categories": model.categories, "settings": model.settings, "report": report})
    np.savez_compressed(
        path, weights=model.weights, scales=model.scales, biases=model.biases, idf=model.idf, about=np.array(about), allow_pickle=False
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data", help="folder of the model and the names")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--strength", type=float, default=14.0)
    parser.add_argument("--taxonomies", type=Path, help="folder with public product and procurement vocabularies")
    parser.add_argument("--documents", type=Path, help="folder of generated documents' truth; without it invoices of names learnt")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    products = product_samples(rng)
    rng.shuffle(products)
    kept, rest = products[: len(products) // 10], products[len(products) // 10 :]
    keywords = [*keyword_samples(), *purchase_samples()]
    classes, kept_classes = class_samples(rng, arguments.taxonomies) if arguments.taxonomies else ([], [])
    counts = f"{len(products)} product names, {len(keywords)} keywords and purchases, {len(classes)} class names"
    print(f"{counts}; {len(kept)} and {len(kept_classes)} kept apart", file=sys.stderr)
    nothing = nothing_samples(rng, count=NOTHINGS)
    trial = fit([*rest, *keywords, *classes, *nothing], strength=arguments.strength)
    names = names_of([*rest, *keywords])
    documents = documents_of(arguments.documents) if arguments.documents else invoices_of(rest[: len(kept)], seed=1)
    settings, report = choose_settings(trial, kept, names=names, documents=documents)
    print(settings, report, sep="\n", file=sys.stderr)
    for name, items in (("product names", kept), ("class names", kept_classes)):
        if items:
            print(f"{name} kept apart: {_accuracy(trial, items, settings, names=names):.3f} right", file=sys.stderr)
    model = fit([*products, *keywords, *classes, *nothing], strength=arguments.strength)
    save(replace(model, settings=settings), arguments.out / FILE, report=report)
    names_of([*products, *keywords]).save(arguments.out / NAMES_FILE)


def names_of(samples: Sequence[Sample]) -> SpendNames:
    return SpendNames.of((sample.name or sample.text, sample.category) for sample in samples)


def _accuracy(model: SpendModel, items: Sequence[Sample], settings: dict[str, float], *, names: SpendNames) -> float:
    texts = [ItemText(s.text, s.seller, s.language) for s in items]
    scores = believed(texts, gather(texts, model=model, names=names), settings=settings)
    return float(np.mean([SPEND_CATEGORIES[best] == s.category for best, s in zip(scores.argmax(axis=1), items, strict=True)]))


if __name__ == "__main__":
    main()
