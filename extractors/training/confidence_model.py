"""Fitting the confidence of documents and values: logistic regression by part, Platt scaling, and the choice of the threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.confidence import OPINION_SIGNALS, Agreement, Calibration, Forest, Part, Scale, Tree, ValueCurve, leaf, logit, spread
from extractors.signals import PARTS, SIGNALS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOLDS = 5
STRENGTH = (
    0.3  # inverse of the logistic penalty on standardised signals; 0.1 to 1 differ by less than 0.002 of AUC on 1,658 generated documents
)
FOREST: dict[str, Any] = {"n_estimators": 150, "min_samples_leaf": 20, "max_features": 0.6}
WIDE_FOREST = FOREST | {"max_features": 0.4}  # of three times as many signals
BINS = 12  # of equal size, through whose shares the scale runs
STEEPNESS = 0.05  # share of the straight line in the scale: it keeps documents of one bin in order
IDENTITY = Scale(((0.0, 0.0), (1.0, 1.0)))
WRONG_AMONG_ACCEPTED = 0.005
BOUND = 0.01  # what the share of wrong documents among accepted ones may be at most, at the level of `LEVEL`
LEVEL = 0.8
FLOOR = 0.5
RARE = 0.015  # share of documents that show a signal from which the models learn what it means


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold with the documents that reached it when it was chosen, the wrong ones among them, and the one-sided upper bound of their share."""

    value: float
    accepted: int
    wrong: int
    bound: float


def fit_parts(x: Floats, right_parts: Mapping[str, Flags]) -> Calibration:
    """A logistic model for each part of documents, over the signals ``x`` [n, signals]; ``right_parts`` [n] by name. Scale and threshold are still open."""
    parts = {name: _fit_part(x[:, [SIGNALS.index(s) for s in names]], right_parts[name]) for name, names in PARTS.items()}
    right = np.all(list(right_parts.values()), axis=0)
    return Calibration(parts, fit_forest(x, right), IDENTITY, 1.0, rare=rare_signals(x, right))


def rare_signals(x: Floats, right: Flags) -> dict[str, float]:
    """Share of right documents (by Laplace's rule of succession) among those that show a signal, for yes-or-no signals that few of them show."""
    result: dict[str, float] = {}
    for place, name in enumerate(SIGNALS):
        shown = x[:, place] == 1
        if set(np.unique(x[:, place]).tolist()) <= {0.0, 1.0} and 0 < shown.sum() <= RARE * len(x):
            result[name] = float((right[shown].sum() + 1) / (shown.sum() + 2))
    return result


def fit_forest(x: Floats, right: Flags, settings: Mapping[str, Any] = FOREST) -> Forest:
    """A forest that tells right documents from wrong ones by all signals together."""
    from sklearn.ensemble import ExtraTreesClassifier

    if right.all() or not right.any():
        return Forest([leaf(float((right.sum() + 1) / (len(right) + 2)))])
    model: Any = ExtraTreesClassifier(**settings, random_state=0).fit(x, right)
    return Forest(tuple(_tree(tree.tree_) for tree in model.estimators_))


def _tree(tree: Any) -> Tree:
    """Of a tree of scikit-learn, which writes the left branch of a fork directly behind it. ``value`` [nodes, 1, 2] holds the shares of wrong and right
    documents."""
    shares = tree.value[:, 0, 1] / tree.value[:, 0].sum(1)
    ends = tree.children_left < 0
    if (tree.children_left[~ends] != np.flatnonzero(~ends) + 1).any():
        raise ValueError("the left branches do not follow their forks")
    cuts = np.where(ends, shares, tree.threshold)
    return Tree(np.where(ends, -1, tree.feature).tolist(), cuts.tolist(), np.where(ends, 0, tree.children_right).tolist())


def _fit_part(x: Floats, right: Flags) -> Part:
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():  # nothing to tell apart
        return Part(math.log((right.sum() + 1) / ((~right).sum() + 1)), (0.0,) * x.shape[1])
    spread, centre = x.std(0), x.mean(0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    model: Any = LogisticRegression(C=STRENGTH, max_iter=3000).fit((x - centre) / scale, right)
    weights: Floats = model.coef_[0] / scale
    return Part(float(model.intercept_[0] - (weights * centre).sum()), tuple(weights.tolist()))


def probabilities(model: Calibration, x: Floats) -> Floats:
    """Confidence of every row of ``x``, [n]."""
    return np.array([model.probability(row) for row in x.tolist()])


def fit_scale(raw: Floats, right: Flags) -> Scale:
    """Isotonic regression over bins of equal size (Zadrozny and Elkan 2002), joined by straight lines. ``raw`` [n] are probabilities."""
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(raw, kind="stable")
    bins = [b for b in np.array_split(order, min(BINS, max(len(raw) // 20, 1))) if len(b)]
    x, size = np.array([raw[b].mean() for b in bins]), np.array([len(b) for b in bins])
    shares = np.array([(right[b].sum() + 0.5) / (len(b) + 1) for b in bins])
    y = (1 - STEEPNESS) * np.asarray(IsotonicRegression().fit(x, shares, sample_weight=size).predict(x)) + STEEPNESS * x
    points = [(0.0, 0.0), *zip(x.tolist(), y.tolist(), strict=True), (1.0, 1.0)]
    return Scale(tuple(p for p, after in pairwise([*points, (2.0, 2.0)]) if p[0] < after[0]))


def to_scale(scale: Scale, raw: Floats) -> Floats:
    """Calibrated probabilities, [n]."""
    return np.array([scale.probability(p) for p in raw.tolist()])


def scaled_out_of_fold(raw: Floats, right: Flags) -> Floats:
    """Each document's probability by a scale that was fitted on the others, [n]."""
    from sklearn.model_selection import KFold

    result = np.zeros(len(raw))
    for fit, held in KFold(FOLDS, shuffle=True, random_state=1).split(raw):
        result[held] = to_scale(fit_scale(raw[fit], right[fit]), raw[held])
    return result


def fit_curve(raw: Floats, right: Flags) -> ValueCurve:
    """Platt scaling with its guarded targets (Platt 1999), never falling. ``raw`` [n] are probabilities."""
    from sklearn.linear_model import LogisticRegression

    good, bad = int(right.sum()), int((~right).sum())
    z = np.array([logit(p) for p in raw.tolist()])[:, None]
    high, low = (good + 1) / (good + 2), 1 / (bad + 2)
    sure = np.where(right, high, 1 - low)  # each document counts as right or wrong with the weight of its guarded target
    model: Any = LogisticRegression(C=1e4, max_iter=1000).fit(
        np.concatenate([z, z]), np.concatenate([right, ~right]), sample_weight=np.concatenate([sure, 1 - sure])
    )
    slope = float(model.coef_[0, 0])
    if slope <= 0:
        return ValueCurve(0.0, math.log((good + 1) / (bad + 1)))
    return ValueCurve(slope, float(model.intercept_[0]))


def out_of_fold(x: Floats, right_parts: Mapping[str, Flags], groups: Sequence[str] | None = None) -> Floats:
    """Confidence of every document by a model that was fitted without it (nor any of its group), [n], not yet to scale."""
    from sklearn.model_selection import GroupKFold, KFold

    result = np.zeros(len(x))
    folds: Any = KFold(FOLDS, shuffle=True, random_state=0) if groups is None else GroupKFold(min(FOLDS, len(set(groups))))
    for fit, held in folds.split(x, groups=groups):
        result[held] = probabilities(fit_parts(x[fit], {name: flags[fit] for name, flags in right_parts.items()}), x[held])
    return result


def opinions_out_of_fold(x: Floats, opinions: Floats, agreement: Floats, right_parts: Mapping[str, Flags]) -> tuple[Floats, Floats]:
    """For every document, by a model that was fitted without it: the confidence by the networks' mean [n], not yet to scale, and the
    `OPINION_SIGNALS` [n, opinion signals]. ``x`` [n, signals] are the signals of the reading by the mean, ``opinions`` [n, networks, signals] those of
    each network's own."""
    from sklearn.model_selection import KFold

    alone, shown = np.zeros(len(x)), np.zeros((len(x), len(OPINION_SIGNALS)))
    for fit, held in KFold(FOLDS, shuffle=True, random_state=0).split(x):
        model = fit_parts(x[fit], {name: flags[fit] for name, flags in right_parts.items()})
        alone[held] = [model.raw(row) for row in x[held].tolist()]
        for i in held.tolist():
            shown[i] = model.opinion_signals(x[i].tolist(), opinions[i].tolist(), agreement[i].tolist())
    return alone, shown


def fit_agreement_model(shown: Floats, spreads: Floats, right: Flags) -> Agreement:
    """What `OPINION_SIGNALS` [n, opinion signals] and the `spread` of all signals [n, spread] say of documents. Scale, threshold and start are still
    open."""
    return Agreement(_fit_part(shown, right), fit_forest(spreads, right, WIDE_FOREST), IDENTITY, 1.0)


def by_opinions_out_of_fold(shown: Floats, spreads: Floats, right: Flags) -> Floats:
    """Confidence [n] by `OPINION_SIGNALS` and the `spread` of all signals, each document's by a model that was fitted without it, not yet to scale."""
    from sklearn.model_selection import KFold

    result = np.zeros(len(shown))
    for fit, held in KFold(FOLDS, shuffle=True, random_state=2).split(shown):
        model = fit_agreement_model(shown[fit], spreads[fit], right[fit])
        result[held] = [model.raw(*both) for both in zip(shown[held].tolist(), spreads[held].tolist(), strict=True)]
    return result


def spreads_of(x: Floats, opinions: Floats, agreement: Floats) -> Floats:
    """The `spread` of every document, [n, spread]."""
    return np.array([spread(*one) for one in zip(x.tolist(), opinions.tolist(), agreement.tolist(), strict=True)])


def expected_calibration_error(probability: Floats, right: Flags, *, bins: int = 10) -> float:
    """ECE: mean distance of confidence and accuracy over equal-width bins, weighted by their size (Naeini et al. 2015)."""
    total = 0.0
    for _, size, confidence, accuracy in reliability(probability, right, bins=bins):
        total += size * abs(confidence - accuracy)
    return total / max(len(probability), 1)


def reliability(probability: Floats, right: Flags, *, bins: int = 10) -> list[tuple[int, int, float, float]]:
    """Bins of equal width that hold documents: (bin, documents, mean confidence, share right)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    inside = ((b, index == b) for b in range(bins))
    return [(b, int(m.sum()), float(probability[m].mean()), float(right[m].mean())) for b, m in inside if m.any()]


def area_under_curve(probability: Floats, right: Flags) -> float:
    """AUC: how often a right document has the higher confidence of a right and a wrong one; 0.5 where one kind is missing."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, probability)) if right.any() and not right.all() else 0.5


def upper_bound(wrong: int, documents: int, *, level: float = LEVEL) -> float:
    """One-sided Clopper-Pearson bound of a share at a confidence level: the share at which ``wrong`` or fewer are seen with probability 1 - level."""
    if wrong >= documents:
        return 1.0
    low, high = wrong / documents, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, documents, middle) > 1 - level else (low, middle)
    return high


def _at_most(k: int, n: int, p: float) -> float:
    """Probability of at most ``k`` of ``n``, each with probability ``p``."""
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 else 0.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p) for i in range(k + 1)
    ]
    return sum(math.exp(v) for v in logs)


def choose_threshold(
    probability: Floats, right: Flags, *, wrong: float = WRONG_AMONG_ACCEPTED, bound: float = BOUND, level: float = LEVEL
) -> Threshold:
    """The lowest threshold, not below `FLOOR`, above which at most a share of ``wrong`` of the documents is wrong and the one-sided upper bound of that
    share is at most ``bound``. Too few documents for the bound: the share alone decides. None with that share: 1, which accepts nothing."""
    order = np.argsort(-probability, kind="stable")
    ranked, errors = probability[order], np.cumsum(~right[order])
    counts = np.arange(1, len(order) + 1)
    last_of_ties = np.append(ranked[1:] < ranked[:-1], True) if len(ranked) else np.zeros(0, bool)
    good = np.flatnonzero((errors <= wrong * counts) & last_of_ties & (ranked >= FLOOR))
    bounded = [i for i in good.tolist() if upper_bound(int(errors[i]), i + 1, level=level) <= bound]
    chosen = bounded[-1] if bounded else int(good[-1]) if len(good) else None
    if chosen is None:
        return Threshold(1.0, 0, 0, 1.0)
    accepted, mistakes = chosen + 1, int(errors[chosen])
    return Threshold(float(ranked[chosen]), accepted, mistakes, upper_bound(mistakes, accepted, level=level))
