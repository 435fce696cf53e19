"""Fit the confidence of a model: ``python -m extractors.training.calibrate MODEL_DIR --data SHARDS... [--test SHARDS...]``.

Documents are generated apart from training. A document counts as right when every critical header field and every line is right by the
definitions of `extractors.scoring`. Figures come from cross-validation by document, and again by layout: each arrangement of the page is judged by a model that
never saw it. The accept threshold is chosen on the cross-validated confidences of documents that no rule flags (`choose_threshold`).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from extractors.calibration_file import save_calibration
from extractors.confidence import Agreement, Calibration, ValueCurve
from extractors.thresholds import reach
from extractors.training.calibration_data import Outcomes, as_invoice, collect
from extractors.training.confidence_model import (
    BOUND,
    LEVEL,
    WRONG_AMONG_ACCEPTED,
    Flags,
    Floats,
    Threshold,
    area_under_curve,
    by_opinions_out_of_fold,
    choose_threshold,
    expected_calibration_error,
    fit_agreement_model,
    fit_curve,
    fit_parts,
    fit_scale,
    opinions_out_of_fold,
    out_of_fold,
    probabilities,
    reliability,
    scaled_out_of_fold,
    spreads_of,
    to_scale,
)

WORTH = 0.95  # probability by all readings for which it is worth to compare them, or the threshold where that is lower
MISSED_BY_START = 0.02  # share of such documents whose readings are not compared, as the one by the mean is not sure enough

__all__ = ["as_invoice", "calibrate", "main"]


def calibrate(model: Path, shards: Sequence[Path], *, today: date, test: Sequence[Path] = (), workers: int = 1) -> dict[str, float]:
    """Fit on ``shards``, report on ``test`` too where it is given, and write ``calibration.json`` into ``model``. ``workers``: processes that read.

    Returns the figures. Raises `ValueError` where all documents are right or all are wrong.
    """
    outcomes = collect(
        model,
        shards,
        today=today,
        workers=workers,
        report=lambda done: print(f"\rcalibration: shard {done} of {len(shards)}", end="", flush=True),
    )
    print()
    calibration, figures = fit(outcomes)
    agreement = None
    if outcomes.opinions:
        agreement, figures_twice = fit_agreement(outcomes)
        figures |= figures_twice
    if test:
        held = collect(model, test, today=today, workers=workers)
        x, right, flagged = np.array(held.signals), np.array(held.right), np.array(held.flagged)
        figures |= {
            f"test_{k}": v
            for k, v in _judge("other documents", calibration.accept_threshold, probabilities(calibration, x), right, flagged).items()
        }
        _value_report(held, calibration.curves)
    save_calibration(calibration, model, measured=figures, agreement=agreement)
    return figures


def fit(outcomes: Outcomes) -> tuple[Calibration, dict[str, float]]:
    """The calibration of a model with these outcomes, and its figures; prints the reliability of documents and values."""
    x, right, flagged = np.array(outcomes.signals), np.array(outcomes.right), np.array(outcomes.flagged)
    if right.all() or not right.any():
        raise ValueError(f"{int(right.sum())} of {len(right)} documents are right, expected some of either kind")
    parts = outcomes.flags_by_part
    raw = out_of_fold(x, parts)
    scale = fit_scale(raw, right)
    threshold = choose_threshold(to_scale(scale, raw)[~flagged], right[~flagged])
    curves = {group: fit_curve(*_columns(found)) for group, found in sorted(outcomes.values.items())}
    calibration = replace(fit_parts(x, parts), scale=scale, accept_threshold=threshold.value, curves=curves)
    figures = _judge("cross-validation by document", threshold.value, to_scale(scale, raw), right, flagged)
    figures["ece"] = expected_calibration_error(scaled_out_of_fold(raw, right), right)
    print(f"  ECE with a scale fitted on other documents {figures['ece']:.4f}")
    if len(set(outcomes.layout)) > 1:
        unseen = to_scale(scale, out_of_fold(x, parts, outcomes.layout))
        figures |= {f"layout_{k}": v for k, v in _judge("cross-validation by layout", threshold.value, unseen, right, flagged).items()}
    print(_threshold_line(threshold))
    figures |= {"bound_on_wrong": threshold.bound}
    figures |= _value_report(outcomes)
    return calibration, {name: round(value, 4) for name, value in figures.items()}


def fit_agreement(outcomes: Outcomes) -> tuple[Agreement, dict[str, float]]:
    """What the networks' own readings add to the confidence, and its figures, all of them cross-validated by document; prints the reliability."""
    x, right, flagged = np.array(outcomes.signals), np.array(outcomes.right), np.array(outcomes.flagged)
    opinions, agreement = np.array(outcomes.opinions), np.array(outcomes.agreement)
    parts = outcomes.flags_by_part
    by_mean, pairs = opinions_out_of_fold(x, opinions, agreement, parts)
    spreads = spreads_of(x, opinions, agreement)
    raw = by_opinions_out_of_fold(pairs, spreads, right)
    scale = fit_scale(raw, right)
    twice = to_scale(scale, raw)
    alone = to_scale(fit_scale(by_mean, right), by_mean)
    worth = ~flagged & (twice >= min(WORTH, choose_threshold(twice[~flagged], right[~flagged]).value))
    start = float(np.quantile(alone[worth], MISSED_BY_START)) if worth.any() else 0.0
    final = np.where(alone >= start, twice, np.minimum(alone, start))
    threshold = choose_threshold(final[~flagged], right[~flagged])
    differing = {group: (sum(found) + 1) / (len(found) + 2) for group, found in sorted(outcomes.differing.items())}
    fitted = fit_agreement_model(pairs, spreads, right)
    model = replace(fitted, scale=scale, accept_threshold=threshold.value, from_probability=start, differing=differing)
    figures = _judge("both networks, cross-validation by document", threshold.value, final, right, flagged)
    figures["ece"] = expected_calibration_error(np.where(alone >= start, scaled_out_of_fold(raw, right), alone), right)
    figures["compared"] = float((alone >= start).mean())
    print(f"  compared {figures['compared']:.1%}; ECE with a scale fitted on other documents {figures['ece']:.4f}")
    print(_threshold_line(threshold))
    figures |= {"bound_on_wrong": threshold.bound}
    return model, {f"twice_{name}": round(value, 4) for name, value in figures.items()}


def _on_curve(curve: ValueCurve, raw: Floats) -> Floats:
    return np.array([curve.probability(p) for p in raw.tolist()])


def _columns(found: Sequence[tuple[int, float, bool]]) -> tuple[Floats, Flags]:
    return np.array([p for _, p, _ in found], np.float64), np.array([r for _, _, r in found], bool)


def _judge(name: str, threshold: float, confidence: Floats, right: Flags, flagged: Flags) -> dict[str, float]:
    """Print and return what a confidence is worth."""
    accepted = ~flagged & (confidence >= threshold)
    figures = {
        "documents": float(len(right)),
        "right": float(right.mean()),
        "ece": expected_calibration_error(confidence, right),
        "auc": area_under_curve(confidence, right),
        "auc_unflagged": area_under_curve(confidence[~flagged], right[~flagged]),
        "touchless": float(accepted.mean()),
        "wrong_among_accepted": float((~right[accepted]).mean()) if accepted.any() else 0.0,
    }
    print(f"\n{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    print(f"  right but flagged by a rule {(right & flagged).mean():.1%}; confidence: documents, mean, share right")
    for b, size, mean, share in reliability(confidence, right):
        print(f"  {b / 10:.1f} to {(b + 1) / 10:.1f}: {size:6d}  {mean:.3f}  {share:.3f}")
    for allowed in (0.005, 0.01, 0.02, 0.05):
        found = reach(zip(confidence[~flagged].tolist(), right[~flagged].tolist(), strict=True), wrong=allowed)
        print(f"  touchless at {allowed:.1%} wrong: {(found.accepted if found else 0) / len(right):.1%}")
    return figures


def _threshold_line(threshold: Threshold) -> str:
    reached = "within" if threshold.bound <= BOUND else "ABOVE"
    return (
        f"\nthreshold {threshold.value:.4f}: {threshold.wrong} of {threshold.accepted} accepted are wrong (allowed {WRONG_AMONG_ACCEPTED:.1%}); "
        f"one-sided {LEVEL:.0%} Clopper-Pearson bound {threshold.bound:.2%}, {reached} {BOUND:.1%}"
    )


def _value_report(outcomes: Outcomes, curves: Mapping[str, ValueCurve] | None = None) -> dict[str, float]:
    """ECE of single values before and after their curves; without ``curves`` each half of the documents by a curve of the other half."""
    print("\nvalues: number, share right, ECE raw, ECE calibrated")
    figures: dict[str, float] = {}
    for group, found in sorted(outcomes.values.items()):
        raw, right = _columns(found)
        even = np.array([document % 2 == 0 for document, _, _ in found])
        after = np.zeros(len(raw))
        for half in (even, ~even):
            curve = (
                curves[group]
                if isinstance(curves, dict)
                else fit_curve(raw[~half], right[~half])
                if (~half).any()
                else ValueCurve(1.0, 0.0)
            )
            after[half] = _on_curve(curve, raw[half])
        figures[f"ece_{group}"] = expected_calibration_error(after, right)
        print(
            f"  {group:12} {len(raw):6d}  {right.mean():.3f}  {expected_calibration_error(raw, right):.4f}  {figures[f'ece_{group}']:.4f}"
        )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="shard files of the documents to fit on")
    parser.add_argument("--test", type=Path, nargs="+", default=[], help="shard files of other documents to report on")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that read documents (default: one per core)")
    arguments = parser.parse_args()
    calibrate(arguments.model, arguments.data, today=date.today(), test=arguments.test, workers=arguments.workers)


if __name__ == "__main__":
    main()
