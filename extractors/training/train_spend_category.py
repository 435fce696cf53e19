"""Train the spend-category model on the vocabularies and the keyword dictionary: ``python -m extractors.training.train_spend_category``.

Texts: the product names of every ``vocabulary/products.<language>.yaml``, with and without a qualifier behind them, the purchases of
``purchases/<language>.yaml``, the dictionary's own phrases and, with ``--taxonomies FOLDER``, class names of public vocabularies
(`extractors.training.spend_taxonomy`), some with the codes, sizes and periods that invoices put beside a name. One product name in ten and one
class in ten (in all its languages) are kept apart; on invoices made of the former (`extractors.training.spend_invoices`) the way of combining
model, keywords and seller and the temperatures are chosen, and then the model is fitted once more on all of them. Takes a minute on one core;
seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from extractors.scoring import SPEND_PRECISION, covered, gap_of_confidence
from extractors.spend_category import TEMPERATURES, TINY, ItemText, believed, calibrated, gather, kinds_of
from extractors.spend_model import FILE, SpendModel, buckets
from extractors.training.spend_invoices import InvoiceLine, invoices_of
from extractors.training.spend_samples import Sample, class_samples, keyword_samples, product_samples, purchase_samples
from schemas.invoice import SPEND_CATEGORIES

SIZE = 1 << 17
EPOCHS = 12
KEYWORD_EXPONENTS = (0.5, 1.0, 1.5, 2.0)
SELLER_EXPONENTS = (1.0, 2.0, 3.0)
TRIED_TEMPERATURES = tuple(round(0.7 + 0.1 * step, 1) for step in range(24))
LEAST_SURE = 0.25  # a guess below this calibrated probability is none; nine of ten items kept apart are given one


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


def choose_settings(
    model: SpendModel, kept: Sequence[Sample], *, learnt: Sequence[Sample]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """The exponents with the best accuracy on invoices made of the names kept apart (`spend_invoices`), then the temperatures with the best log
    loss, one for each kind of evidence, on as many invoices of names that the model ``learnt`` besides: what companies buy is partly known.
    With them a report on other invoices of either kind of names."""
    unseen = invoices_of(kept, seed=1)
    items, truth = [line.item for line in unseen], _numbers(unseen)
    evidence = gather(items, model=model)
    settings = max(
        ({"keyword_exponent": a, "seller_exponent": b} for a in KEYWORD_EXPONENTS for b in SELLER_EXPONENTS),
        key=lambda tried: float(np.mean(believed(items, evidence, settings=tried).argmax(axis=1) == truth)),
    )
    lines = [*unseen, *invoices_of(learnt, seed=1)]
    items, truth = [line.item for line in lines], _numbers(lines)
    evidence = gather(items, model=model)
    scores, kinds = believed(items, evidence, settings=settings), np.array(kinds_of(evidence))
    settings |= {kind: _temperature(scores[kinds == kind], truth[kinds == kind]) for kind in TEMPERATURES}
    settings["threshold"] = LEAST_SURE
    names = {"names kept apart": kept, "names learnt": learnt}
    return settings, {kind: _report(model, invoices_of(samples, seed=2), settings) for kind, samples in names.items()}


def _numbers(lines: Sequence[InvoiceLine]) -> NDArray[np.int64]:
    return np.array([SPEND_CATEGORIES.index(line.category) for line in lines])


def _temperature(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """The one of `TRIED_TEMPERATURES` at which the true categories are likeliest."""
    logs = np.log(scores + TINY)

    def loss(temperature: float) -> float:
        logits = logs / temperature
        logits -= logits.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(truth)), truth]))

    return min(TRIED_TEMPERATURES, key=loss)


def _report(model: SpendModel, lines: Sequence[InvoiceLine], settings: dict[str, float]) -> dict[str, float]:
    items = [line.item for line in lines]
    evidence = gather(items, model=model)
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
    settings, report = choose_settings(trial, kept, learnt=rest[: len(kept)])
    print(settings, report, sep="\n", file=sys.stderr)
    for name, items in (("product names", kept), ("class names", kept_classes)):
        if items:
            print(f"{name} kept apart: {_accuracy(trial, items, settings):.3f} right", file=sys.stderr)
    model = fit([*products, *keywords, *classes], strength=arguments.strength)
    save(SpendModel(model.categories, model.weights, model.scales, model.biases, model.idf, settings), arguments.out, report=report)
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes", file=sys.stderr)


def _accuracy(model: SpendModel, items: Sequence[Sample], settings: dict[str, float]) -> float:
    texts = [ItemText(s.text, s.seller, s.language) for s in items]
    scores = believed(texts, gather(texts, model=model), settings=settings)
    return float(np.mean([SPEND_CATEGORIES[best] == s.category for best, s in zip(scores.argmax(axis=1), items, strict=True)]))


if __name__ == "__main__":
    main()
