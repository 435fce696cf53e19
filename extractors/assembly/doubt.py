"""How sure the network is of a document: what its probabilities say before votes and sums have smoothed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.header import text_key
from extractors.assembly.spans import LABEL_INDEX, Span
from extractors.labels import FIELDS

_HEADER = np.array([LABEL_INDEX[n] for n in FIELDS if n.startswith("header.")])
_LINE = np.array([LABEL_INDEX[n] for n in FIELDS if n.startswith("line.")])
_NAMES = np.array([LABEL_INDEX[n] for n in ("line.description", "line.note")])
RIVALS = ("header.invoice_number", "header.issue_date", "header.seller_name", "header.buyer_name")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Sums over words of the probability that is not on the likeliest label, where it concerns header fields, numbers of lines, and names of lines;
    ``rival``: the strongest second candidate of a critical field, 0 to 1."""

    header: float
    lines: float
    names: float
    weakest: float
    rival: float


def doubt_of(labels: NDArray[np.float32], spans: Sequence[Span]) -> Doubt:
    """``labels`` [n, 1 + fields] are the network's own probabilities, ``spans`` the spans that were read from them."""
    if not len(labels):
        return Doubt(0.0, 0.0, 0.0, 1.0, 0.0)
    open_share = 1 - labels.max(1)
    header, lines, names = labels[:, _HEADER].sum(1), labels[:, _LINE].sum(1), labels[:, _NAMES].sum(1)
    touched = header + lines > 0.02
    weakest = float(labels.max(1)[touched].min()) if touched.any() else 1.0
    return Doubt(
        float((open_share * header).sum()),
        float((open_share * (lines - names)).sum()),
        float((open_share * names).sum()),
        weakest,
        max((_rival(spans, name) for name in RIVALS), default=0.0),
    )


def _rival(spans: Sequence[Span], label: str) -> float:
    best: dict[str, float] = {}
    for span in spans:
        if span.label == label:
            key = text_key(span.text)
            best[key] = max(best.get(key, 0.0), span.probability)
    ranked = sorted(best.values(), reverse=True)
    return ranked[1] if len(ranked) > 1 else 0.0
