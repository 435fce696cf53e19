"""Fitting confidence on made-up outcomes whose truth is known."""

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="fitting needs scikit-learn (train extra)")

from extractors.confidence import ValueCurve, logit
from extractors.cross_check import AGREEMENT_SIGNALS
from extractors.signals import PARTS, SIGNALS
from extractors.training.calibrate import fit, fit_agreement
from extractors.training.calibration_data import Outcomes
from extractors.training.confidence_model import choose_threshold, expected_calibration_error, fit_curve, upper_bound


def made_up(documents: int) -> Outcomes:
    """The issue date is wrong the likelier the less probable it is; all else is right but for chance."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(documents, len(SIGNALS)))
    outcomes = Outcomes()
    odds = 3 + 2 * x[:, SIGNALS.index("log_issue_date")]
    for row, good in zip(x, rng.random(documents) < 1 / (1 + np.exp(-odds)), strict=True):
        outcomes.signals.append(row.tolist())
        for name in PARTS:
            outcomes.right_parts[name].append(bool(good) if name == "issue_date" else True)
        outcomes.right.append(bool(good))
        outcomes.flagged.append(False)
        outcomes.layout.append("rows" if row[0] > 0 else "stacked")
    outcomes.values["date"] = [(i, 0.99, bool(r)) for i, r in enumerate(outcomes.right)]
    return outcomes


def test_confidence_is_calibrated_and_the_threshold_keeps_its_promise() -> None:
    calibration, figures = fit(made_up(3000))
    assert figures["ece"] < 0.02
    assert figures["auc"] > 0.85
    assert figures["wrong_among_accepted"] <= 0.005
    assert figures["touchless"] > 0.2
    share = float(np.mean(made_up(3000).right))
    assert calibration.curves["date"].probability(0.99) == pytest.approx(share, abs=0.01)


def test_a_second_reading_that_seldom_makes_the_same_mistake_lets_more_documents_pass() -> None:
    outcomes = made_up(3000)
    rng = np.random.default_rng(8)
    for right in outcomes.right:
        differs = rng.random() < (0.05 if right else 0.9)
        outcomes.agreement.append([float(differs and name == "differs_issue_date") for name in AGREEMENT_SIGNALS])
        outcomes.opinions.append(rng.normal(size=(2, len(SIGNALS))).tolist())
        if differs:
            outcomes.differing.setdefault("date", []).append(right)
    _, once = fit(outcomes)
    agreement, twice = fit_agreement(outcomes)
    assert twice["twice_touchless"] > once["touchless"] + 0.1
    assert twice["twice_wrong_among_accepted"] <= 0.005
    assert twice["twice_compared"] >= twice["twice_touchless"]
    assert agreement.differing["date"] < 0.5


def test_documents_that_are_all_right_teach_nothing() -> None:
    outcomes = made_up(50)
    outcomes.right = [True] * 50
    with pytest.raises(ValueError, match="50 of 50"):
        fit(outcomes)


def test_bound_is_that_of_clopper_and_pearson() -> None:
    assert upper_bound(0, 598, level=0.95) == pytest.approx(0.005, abs=1e-5)  # 1 - 0.05 ** (1 / 598)
    assert upper_bound(3, 100, level=0.95) == pytest.approx(0.0757, abs=1e-4)
    assert upper_bound(5, 5) == 1


def test_threshold_accepts_nothing_where_even_the_surest_are_wrong() -> None:
    found = choose_threshold(np.array([0.9, 0.8, 0.7]), np.array([False, True, True]))
    assert (found.value, found.accepted) == (1.0, 0)


def test_threshold_prefers_a_share_that_the_sample_can_vouch_for() -> None:
    probability = np.linspace(0.99, 0.6, 400)
    right = np.ones(400, bool)
    right[350:] = False
    found = choose_threshold(probability, right)
    assert found.wrong <= 1 and found.accepted >= 300
    assert found.bound <= 0.01


def test_documents_of_one_confidence_are_accepted_together_or_not_at_all() -> None:
    right = np.array([True] * 300 + [False] * 10)
    assert choose_threshold(np.full(310, 0.9), right).accepted == 0


def test_a_curve_undoes_overconfidence() -> None:
    rng = np.random.default_rng(3)
    raw = rng.uniform(0.5, 0.999, 4000)
    true = np.array([ValueCurve(0.4, -0.2).probability(p) for p in raw])
    right = rng.random(4000) < true
    curve = fit_curve(raw, right)
    after = np.array([curve.probability(p) for p in raw])
    assert expected_calibration_error(after, right) < 0.02 < expected_calibration_error(raw, right)
    assert curve.slope == pytest.approx(0.4, abs=0.08)
    assert logit(1.0) < 10
