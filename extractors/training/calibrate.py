"""Fit the confidence of a model: ``python -m extractors.training.calibrate MODEL_DIR --data SHARDS...``.

Documents are generated apart from training. A document counts as right when every critical header field and every line is right by the
definitions of `extractors.scoring`. The accept threshold is the lowest confidence above which at most 0.5 % of documents that no rule
flags are wrong (with a floor).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.document import Assembled, assemble
from extractors.confidence import SIGNALS, signals
from extractors.scoring import score
from extractors.tagger import Tagger
from extractors.training.windows_data import load_shard
from extractors.words import Document
from schemas.invoice import DocumentType, Invoice, Severity
from schemas.rules import RuleContext, validate

WRONG_AMONG_ACCEPTED = 0.005
FLOOR = 0.5


def as_invoice(assembled: Assembled, *, id: str = "") -> Invoice:
    """The invoice of an assembled document, without confidence and decision."""
    kind = DocumentType(assembled.document_type) if assembled.is_invoice else DocumentType.INVOICE
    return Invoice(
        id=id,
        sha256="",
        source="",
        pages=1,
        language=assembled.language,
        document_type=kind,
        header=assembled.header,
        tax_breakdown=assembled.totals.breakdown,
        line_items=assembled.line_items,
        document_adjustments=assembled.totals.adjustments,
        evidence=assembled.evidence,
        seller_country=assembled.seller_country,
        buyer_country=assembled.buyer_country,
    )


def collect(tagger: Tagger, shards: Sequence[Path], *, today: date) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Signals [n, signals], whether the document is right [n], whether a rule flags it [n]; documents that are not invoices are left out."""
    rows: list[list[float]] = []
    right: list[bool] = []
    flagged: list[bool] = []
    for number, shard in enumerate(shards):
        samples = [s for s in load_shard(shard) if s.document_type in ("invoice", "credit_note")]
        tagged = tagger.tag_many([Document(s.pages, reader="generated") for s in samples])
        assembled = [assemble(t) for t in tagged]
        invoices = [as_invoice(a) for a in assembled]
        issues = validate(invoices, context=RuleContext(today=today))
        for sample, a, invoice, found in zip(samples, assembled, invoices, issues, strict=True):
            rows.append(signals(a))
            right.append(score([(sample.truth, invoice.to_json())]).perfect == 1)
            flagged.append(not a.is_invoice or any(i.severity is Severity.ERROR for i in found))
        print(f"\rcalibration: shard {number + 1} of {len(shards)}, {np.mean(right):.1%} right", end="", flush=True)
    print()
    return np.array(rows), np.array(right), np.array(flagged)


def expected_calibration_error(probability: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 10) -> float:
    """ECE: mean distance of confidence and accuracy over equal-width bins, weighted by their size (Naeini et al. 2015)."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        inside = index == b
        if inside.any():
            total += inside.mean() * abs(probability[inside].mean() - right[inside].mean())
    return float(total)


def choose_threshold(probability: NDArray[np.float64], right: NDArray[np.bool_], *, wrong: float = WRONG_AMONG_ACCEPTED) -> float:
    """The lowest threshold at which the documents above it are wrong in at most a share of ``wrong``; 0.999 where there is none."""
    order = np.argsort(-probability)
    share_wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share_wrong <= wrong)
    return float(max(probability[order][good[-1]], FLOOR)) if len(good) else 0.999


def calibrate(model: Path, shards: Sequence[Path], *, today: date) -> dict[str, float]:
    """Fit on half of the documents, choose the threshold and report on the other half; write ``calibration.json`` into ``model``."""
    from sklearn.linear_model import LogisticRegression

    x, right, flagged = collect(Tagger(model, threads=2), shards, today=today)
    fit = np.arange(len(x)) % 2 == 0
    regression = LogisticRegression(C=1.0, max_iter=2000).fit(x[fit], right[fit])
    probability = regression.predict_proba(x)[:, 1]
    judged = ~fit & ~flagged
    threshold = choose_threshold(probability[judged], right[judged])
    accepted = judged & (probability >= threshold)
    figures = {
        "documents": float(len(x)),
        "right": float(right.mean()),
        "ece": expected_calibration_error(probability[~fit], right[~fit]),
        "touchless": float(accepted.sum() / max((~fit).sum(), 1)),
        "wrong_among_accepted": float((~right[accepted]).mean()) if accepted.any() else 0.0,
    }
    weights = {name: round(float(w), 5) for name, w in zip(SIGNALS, regression.coef_[0], strict=True)}
    (model / "calibration.json").write_text(
        json.dumps(
            {
                "bias": round(float(regression.intercept_[0]), 5),
                "weights": weights,
                "accept_threshold": round(threshold, 4),
                "measured": figures,
            },
            indent=1,
        )
        + "\n"
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="shard files")
    arguments = parser.parse_args()
    print(calibrate(arguments.model, arguments.data, today=date.today()))


if __name__ == "__main__":
    main()
