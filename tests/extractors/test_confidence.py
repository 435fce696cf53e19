"""Calibrated confidence: from signals to a probability, and what ships in calibration.json."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.calibration_file import load_calibration, save_calibration
from extractors.confidence import OPINION_SIGNALS, Agreement, Calibration, Forest, Part, Scale, Tree, ValueCurve, leaf
from extractors.model_directory import calibration_of, threshold_of
from extractors.signals import PARTS, SIGNALS
from extractors.tagger import MODEL_DIRECTORY
from schemas.errors import ModelError
from schemas.invoice import Evidence


def calibration() -> Calibration:
    parts = {name: Part(3.0, tuple(1.0 if signal == "log_issue_date" else 0.0 for signal in signals)) for name, signals in PARTS.items()}
    torn = SIGNALS.index("torn")
    forest = Forest((Tree([torn, -1, -1], [0.5, 0.98, 0.1], [2, 0, 0]), leaf(0.9)))
    return Calibration(parts, forest, Scale(((0.0, 0.0), (0.8, 0.9), (1.0, 1.0))), 0.9, {"total": ValueCurve(0.5, -1.0)})


def test_a_doubtful_part_makes_the_document_doubtful() -> None:
    sure = [0.0] * len(SIGNALS)
    doubtful = list(sure)
    doubtful[SIGNALS.index("log_issue_date")] = -4.0
    model = calibration()
    parts = model.part_probabilities(doubtful)
    assert model.probability(doubtful) < model.probability(sure) - 0.1
    assert min(parts, key=lambda name: parts[name]) == "issue_date"


def test_the_forest_sees_what_no_part_sees() -> None:
    torn = [0.0] * len(SIGNALS)
    torn[SIGNALS.index("torn")] = 1.0
    model = calibration()
    assert model.part_probabilities(torn) == model.part_probabilities([0.0] * len(SIGNALS))
    assert model.probability(torn) < model.probability([0.0] * len(SIGNALS)) - 0.2


def test_values_of_a_group_are_calibrated_and_others_left_alone() -> None:
    shown = Evidence(1, (0.0, 0.0, 1.0, 1.0), "10.00", 0.9, "task_model")
    found = calibration().evidence({"header.gross_total": shown, "header.currency": shown, "tax_breakdown.0.rate": shown})
    assert found["header.gross_total"].confidence < 0.9
    assert found["header.currency"] == found["tax_breakdown.0.rate"] == shown
    higher = calibration().evidence({"header.gross_total": replace(shown, confidence=0.99)})
    assert higher["header.gross_total"].confidence > found["header.gross_total"].confidence


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    save_calibration(calibration(), tmp_path, measured={"documents": 1000.0})
    assert load_calibration(tmp_path) == calibration()


def test_the_part_for_two_networks_counts_only_where_there_are_two(tmp_path: Path) -> None:
    straight = Scale(((0.0, 0.0), (1.0, 1.0)))
    agreement = Agreement(Part(1.0, (0.5,) * len(OPINION_SIGNALS)), Forest((leaf(0.75),)), straight, 0.8, 0.4, {"total": 0.5})
    save_calibration(calibration(), tmp_path, measured={}, agreement=agreement)
    assert load_calibration(tmp_path) == calibration()
    assert load_calibration(tmp_path, twice=True) == replace(calibration(), agreement=agreement, accept_threshold=0.8)
    save_calibration(calibration(), tmp_path, measured={})
    assert load_calibration(tmp_path, twice=True) == calibration(), "fitted without a second network"


def test_a_calibration_for_other_signals_is_refused(tmp_path: Path) -> None:
    save_calibration(calibration(), tmp_path, measured={})
    path = tmp_path / "calibration.json"
    data = json.loads(path.read_text())
    del data["parts"]["issue_date"]["weights"]["log_issue_date"]
    path.write_text(json.dumps(data))
    with pytest.raises(ModelError, match="log_issue_date"):
        load_calibration(tmp_path)
    with pytest.raises(ModelError, match="calibrate the model again"):
        load_calibration(tmp_path / "nowhere")


def test_the_threshold_alone_is_that_of_the_whole_calibration(tmp_path: Path) -> None:
    assert threshold_of(None) == calibration_of(None).accept_threshold == load_calibration(MODEL_DIRECTORY, twice=True).accept_threshold
    (tmp_path / "specialist.json").write_bytes((MODEL_DIRECTORY / "specialist.json").read_bytes())
    shipped = json.loads((MODEL_DIRECTORY / "calibration.json").read_text())
    (tmp_path / "calibration.json").write_text(
        json.dumps({**shipped, "accept_threshold": 0.75})
    )  # of one reading, which has one of its own
    assert threshold_of(tmp_path) == calibration_of(tmp_path).accept_threshold == 0.75
    (tmp_path / "calibration.json").write_text("{}")
    with pytest.raises(ModelError, match="accept_threshold"):
        threshold_of(tmp_path)


def test_the_shipped_calibration_can_be_used() -> None:
    shipped = load_calibration(MODEL_DIRECTORY)
    assert 0.5 <= shipped.accept_threshold <= 1
    assert 0 < shipped.probability([0.0] * len(SIGNALS)) < 1
