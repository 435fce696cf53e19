"""Calibrated confidence: the probability that every critical field and every line of a document is right, and that a single value is.

A document is right when all its parts are (`extractors.signals.PARTS`). Each part has a logistic model over its own signals; a forest over all
signals sees what goes together. The mean of the two, in log-odds, is brought to scale. All are fitted on generated documents kept apart from training
(`extractors.training.calibrate`) and ship beside the network in ``calibration.json``, as do the curves that turn the network's probability of a
single value into a calibrated one.

A document that two networks read is believed by the reading of their mean, by what each reads by itself, and by where these differ from it
(`extractors.cross_check`, `Agreement`): a logistic model over the log-odds of the readings, and a forest over the signals of all of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors.cross_check import AGREEMENT_SIGNALS
from extractors.signals import PARTS, SIGNALS, signals
from schemas.invoice import Evidence

__all__ = ["SIGNALS", "Agreement", "Calibration", "Part", "Scale", "ValueCurve", "group_of", "signals"]

GROUPS: Mapping[str, str] = {
    "invoice_number": "number", "purchase_order": "number", "issue_date": "date", "due_date": "date", "currency": "currency",
    "seller_name": "party", "buyer_name": "party", "seller_vat_id": "tax_id", "buyer_vat_id": "tax_id", "iban": "tax_id",
    "net_total": "total", "tax_total": "total", "gross_total": "total", "amount_due": "total",
    "description": "line_text", "quantity": "line_number", "unit_price": "line_number", "net_amount": "line_number", "gross_amount": "line_number",
    "tax_rate": "line_rate",
}  # fmt: skip
_LARGEST_LOGIT = 7.0
_PLACE = {name: place for place, name in enumerate(SIGNALS)}


@dataclass(frozen=True, slots=True)
class Scale:
    """A rising line through ``points`` (raw probability, calibrated probability), from (0, 0) to (1, 1)."""

    points: tuple[tuple[float, float], ...]

    def probability(self, raw: float) -> float:
        """Calibrated probability, 0 to 1."""
        at = bisect_left(self.points, (min(max(raw, 0.0), 1.0), -1.0), 1, len(self.points) - 1)
        (x0, y0), (x1, y1) = self.points[at - 1], self.points[at]
        return y0 + (y1 - y0) * (min(max(raw, 0.0), 1.0) - x0) / (x1 - x0) if x1 > x0 else y1


@dataclass(frozen=True, slots=True)
class Part:
    """Logistic model of one part of a document: log-odds = ``bias`` + ``weights`` · its signals, in the order of `PARTS`."""

    bias: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree of n nodes as plain lists, as they stand in the file: there are hundreds of thousands of nodes. The root comes first, and the left
    branch of a fork directly behind it. ``places`` [n]: the place of the signal that a fork asks for, -1 in a leaf; ``cuts`` [n]: the way goes left
    where the signal is at most this, in a leaf the share of right documents that came there; ``rights`` [n]: node of the right branch, 0 in a leaf."""

    places: Sequence[int]
    cuts: Sequence[float]
    rights: Sequence[int]

    def share(self, signals: Sequence[float]) -> float:
        """The share of right documents in the leaf that ``signals`` lead to."""
        node = 0
        while (place := self.places[node]) >= 0:
            node = node + 1 if signals[place] <= self.cuts[node] else self.rights[node]
        return self.cuts[node]


def leaf(share: float) -> Tree:
    """A tree that gives every document the same share."""
    return Tree([-1], [share], [0])


@dataclass(frozen=True, slots=True)
class Forest:
    """Extremely randomized trees (Geurts, Ernst, Wehenkel 2006): the mean of the leaves that the signals lead to."""

    trees: Sequence[Tree]

    def log_odds(self, signals: Sequence[float]) -> float:
        """``signals`` in the order that the trees' places count in."""
        return logit(sum(tree.share(signals) for tree in self.trees) / len(self.trees))


@dataclass(frozen=True, slots=True)
class ValueCurve:
    """Platt scaling of one group of fields: log-odds = ``slope`` × logit(probability) + ``offset``."""

    slope: float
    offset: float

    def probability(self, raw: float) -> float:
        """Calibrated probability of a value that the network finds ``raw`` likely, 0 to 1."""
        return _sigmoid(self.slope * logit(raw) + self.offset)


# What the readings of a document show: log-odds that each is right, and where those of single networks differ from the one by their mean.
OPINION_SIGNALS: tuple[str, ...] = ("log_odds", "log_odds_first", "log_odds_second", *AGREEMENT_SIGNALS)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Confidence in a document that two networks read: a logistic model over `OPINION_SIGNALS` and a forest over the `spread` of all signals; their mean
    in log-odds is brought to scale.

    ``from_probability``: only where the reading by their mean is at least that sure is it compared with their own; the others could not be accepted
    anyway. ``differing``: by group of fields, how often a value is right that one of them gives differently."""

    whole: Part
    forest: Forest
    scale: Scale
    accept_threshold: float
    from_probability: float = 0.0
    differing: Mapping[str, float] = field(default_factory=dict[str, float])

    def raw(self, signals: Sequence[float], spread: Sequence[float]) -> float:
        """Probability that the document is right, not yet to scale. ``signals`` in the order of `OPINION_SIGNALS`, ``spread`` as by `spread`."""
        logistic = self.whole.bias + sum(w * x for w, x in zip(self.whole.weights, signals, strict=True))
        return _sigmoid((logistic + self.forest.log_odds(spread)) / 2)

    def evidence(self, evidence: Mapping[str, Evidence], differing: Collection[str]) -> dict[str, Evidence]:
        """The evidence, where values at the paths ``differing`` are no surer than such values are right."""
        most = {path: self.differing.get(group_of(path) or "", 1.0) for path in differing}
        return {path: replace(e, confidence=min(e.confidence, most.get(path, 1.0))) for path, e in evidence.items()}


@dataclass(frozen=True, slots=True)
class Calibration:
    """The models of the parts, by name, and of the whole; what brings them to scale; the threshold chosen with them; and the curves of single values
    by group (`group_of`). ``rare``: by signals too rare for the models to learn from, the share of right documents among those that show one: none
    of them is surer than that. ``agreement``: where a second network reads too; ``accept_threshold`` is then that of documents read by both."""

    parts: Mapping[str, Part]
    forest: Forest
    scale: Scale
    accept_threshold: float
    curves: Mapping[str, ValueCurve] = field(default_factory=dict[str, ValueCurve])
    rare: Mapping[str, float] = field(default_factory=dict[str, float])
    agreement: Agreement | None = None

    def probability(self, signals: Sequence[float]) -> float:
        """Probability that the document is right, 0 to 1."""
        return self.scale.probability(self.raw(signals))

    def raw(self, signals: Sequence[float]) -> float:
        """As `probability`, not yet to scale."""
        product = math.prod(self.part_probabilities(signals).values())
        together = _sigmoid((logit(product) + self.forest.log_odds(signals)) / 2)
        return min(together, self._most(signals))

    def _most(self, signals: Sequence[float]) -> float:
        """The most that a document with these signals is believed."""
        return min((share for name, share in self.rare.items() if signals[_PLACE[name]]), default=1.0)

    def opinion_signals(self, signals: Sequence[float], opinions: Sequence[Sequence[float]], agreement: Sequence[float]) -> list[float]:
        """`OPINION_SIGNALS` of a reading and of those of both networks by themselves, by their `SIGNALS` and their `AGREEMENT_SIGNALS`."""
        return [logit(self.raw(signals)), *(logit(self.raw(own)) for own in opinions), *agreement]

    def probability_by_opinions(self, signals: Sequence[float], opinions: Sequence[Sequence[float]], agreement: Sequence[float]) -> float:
        """As `probability`, for a document that both networks have read by themselves too."""
        assert self.agreement is not None
        raw = self.agreement.raw(self.opinion_signals(signals, opinions, agreement), spread(signals, opinions, agreement))
        return self.agreement.scale.probability(min(raw, self._most(signals)))

    def part_probabilities(self, signals: Sequence[float]) -> dict[str, float]:
        """Probability of each part that it is right. ``signals`` in the order of `SIGNALS`."""
        value = dict(zip(SIGNALS, signals, strict=True))
        return {
            name: _sigmoid(part.bias + sum(w * value[signal] for w, signal in zip(part.weights, PARTS[name], strict=True)))
            for name, part in self.parts.items()
        }

    def evidence(self, evidence: Mapping[str, Evidence]) -> dict[str, Evidence]:
        """The evidence with calibrated confidences; fields of no group keep the network's probability."""
        result: dict[str, Evidence] = {}
        for path, shown in evidence.items():
            curve = self.curves.get(group_of(path) or "")
            result[path] = replace(shown, confidence=curve.probability(shown.confidence)) if curve else shown
        return result


def spread(signals: Sequence[float], opinions: Sequence[Sequence[float]], agreement: Sequence[float]) -> list[float]:
    """What all readings of a document show, in one list: the `SIGNALS` of the one by the mean, the least and the greatest of each among all readings, and
    the `AGREEMENT_SIGNALS`."""
    readings = (signals, *opinions)
    return [*signals, *map(min, zip(*readings, strict=True)), *map(max, zip(*readings, strict=True)), *agreement]


def group_of(path: str) -> str | None:
    """The group of fields that are calibrated together, by a field's path such as ``line_items.3.quantity``; None where there is none."""
    return GROUPS.get(path.rsplit(".", 1)[-1]) if path.startswith(("header.", "line_items.")) else None


def logit(probability: float) -> float:
    """Log-odds, bounded where the probability is next to 0 or 1."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return max(min(math.log(inside / (1 - inside)), _LARGEST_LOGIT), -_LARGEST_LOGIT)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(min(z, 30.0), -30.0)))
