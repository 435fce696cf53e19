"""The measures, and their agreement with an independent scorer where that is at hand."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.scoring import HEADER_FIELDS, LINE_FIELDS, align, covered, gap_of_confidence, score

SCORER = Path(__file__).parents[2].parent / "shared" / "tools" / "score.py"

WORDS = ["Schraube", "M8", "Beratung", "Stunde", "hosting", "Café", "été", "ß-Teil", "№ 5", "40 mm", "Papier"]


def truth_document(rng: random.Random, number: int) -> dict[str, Any]:
    def line() -> dict[str, Any]:
        return {
            "description": " ".join(rng.choices(WORDS, k=rng.randint(1, 5))), "quantity": str(rng.randint(1, 9)),
            "unit_price": f"{rng.randint(1, 99999) / 100:.2f}" if rng.random() < 0.8 else None,
            "net_amount": f"{rng.randint(1, 99999) / 100:.2f}" if rng.random() < 0.7 else None,
            "gross_amount": f"{rng.randint(1, 99999) / 100:.2f}", "tax_rate": rng.choice(["19", "7", None]),
            "tax_category": rng.choice(["S", "Z", None]), "spend_category": rng.choice(["travel", None]),
            "description_alternatives": ["Beratung Stunde"] if rng.random() < 0.2 else None,
        }  # fmt: skip

    header: dict[str, Any] = {
        "invoice_number": f"RE-{number:04}", "issue_date": "2026-05-04", "due_date": rng.choice([None, "2026-06-04"]), "purchase_order": None,
        "currency": "EUR", "seller_name": "Müller & Söhne GmbH", "seller_vat_id": "DE123456789", "buyer_name": "Käufer AG", "buyer_vat_id": None,
        "iban": "DE02 1203 0000 0000 2020 51", "net_total": "100.00", "tax_total": "19.00", "gross_total": "119.00", "amount_due": "119.00",
    }  # fmt: skip
    if rng.random() < 0.2:
        del header["purchase_order"]
    return {
        "id": f"doc{number}", "document_type": rng.choice(["invoice", "credit_note"]), "expect": rng.choice(["accept", "accept", "review"]),
        "header": header, "line_items": [line() for _ in range(rng.randint(0, 6))],
    }  # fmt: skip


def perturbed(rng: random.Random, truth: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(truth)
    header = found["header"]
    for name in list(header):
        if rng.random() < 0.12:
            header[name] = rng.choice([None, "x", "119.004", "-119.00", "MULLER & SÖHNE GMBH", "de-123456789", "2026-05-04", "nonsense 1"])
    for item in found["line_items"]:
        for name in item:
            if rng.random() < 0.08:
                item[name] = rng.choice([None, "1.00", "-3", "Beratung Stunde", "travel", "S"])
    lines = found["line_items"]
    if lines and rng.random() < 0.2:
        del lines[rng.randrange(len(lines))]
    if lines and rng.random() < 0.1:
        lines.insert(rng.randrange(len(lines)), copy.deepcopy(rng.choice(lines)))
    if len(lines) > 1 and rng.random() < 0.1:
        lines[0], lines[-1] = lines[-1], lines[0]
    found["status"] = rng.choice(["accepted", "accepted", "review", "rejected"])
    found["route"] = rng.choice(["task_model", "einvoice_xml"])
    found["confidence"] = rng.random()
    return found


@pytest.mark.skipif(not SCORER.exists(), reason="the independent scorer is not here")
@pytest.mark.parametrize("seed", range(4))
def test_measures_agree_with_the_independent_scorer(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    truths = [truth_document(rng, number) for number in range(60)]
    found = [perturbed(rng, truth) if rng.random() < 0.95 else None for truth in truths]
    (tmp_path / "truth").mkdir()
    (tmp_path / "found").mkdir()
    for truth, got in zip(truths, found, strict=True):
        (tmp_path / "truth" / f"{truth['id']}.json").write_text(json.dumps(truth))
        if got is not None:
            (tmp_path / "found" / f"{truth['id']}.json").write_text(json.dumps(got))
    out = tmp_path / "out.json"
    subprocess.run([sys.executable, SCORER, tmp_path / "truth", tmp_path / "found", "--json", out], check=True, capture_output=True)
    theirs = json.loads(out.read_text())["all"]
    ours = score(zip(truths, found, strict=True))
    for prefix, tallies in (("h", ours.header), ("l", ours.lines)):
        for name, tally in tallies.items():
            assert (tally.expected, tally.extracted, tally.right) == tuple(
                theirs.get(f"{prefix}.{name}.{k}", 0) for k in ("truth", "pred", "ok")
            ), name
    assert (ours.rows.expected, ours.rows.extracted, ours.rows.right) == tuple(theirs.get(f"rows.{k}", 0) for k in ("truth", "pred", "ok"))
    for mine, name in (
        (ours.documents, "documents"), (ours.extracted, "predicted"), (ours.perfect, "perfect"), (ours.accepted, "accepted"),
        (ours.accepted_wrong, "accepted.wrong"), (ours.should_pass, "clean"), (ours.should_pass_accepted, "clean.accepted"),
        (ours.should_review, "traps"), (ours.should_review_caught, "traps.caught"),
        (ours.spend_category.right, "cat.ok"), (ours.tax_category.right, "vat.ok"), (ours.spend_category.expected, "cat.truth"),
    ):  # fmt: skip
        assert mine == theirs.get(name, 0), name


def test_the_truth_itself_is_perfect() -> None:
    rng = random.Random(1)
    truths = [{**truth_document(rng, number), "expect": "accept"} for number in range(20)]
    result = score((truth, {**truth, "status": "accepted", "confidence": 1.0}) for truth in truths)
    assert (result.header_f1, result.line_f1, result.rows.f1, result.touchless, result.wrong_among_accepted) == (1, 1, 1, 1, 0)
    assert result.calibration_error == 0
    assert result.wrong == []


def test_what_is_missing_counts_as_wrong() -> None:
    truth = truth_document(random.Random(2), 1)
    result = score([(truth, None)])
    assert (result.header_f1, result.line_f1, result.perfect, result.accepted) == (0, 0, 0, 0)
    assert set(result.header) == set(HEADER_FIELDS)
    assert set(result.lines) == set(LINE_FIELDS)


def test_calibration_error_is_the_gap_between_confidence_and_being_right() -> None:
    truth = {**truth_document(random.Random(3), 1), "document_type": "invoice"}
    wrong = {**truth, "header": {**truth["header"], "gross_total": str(Decimal("1"))}}
    pairs = [(truth, {**got, "status": "accepted", "confidence": 0.75}) for got in (truth, truth, wrong, wrong)]
    assert score(pairs).calibration_error == pytest.approx(0.25)


def test_coverage_and_calibration_of_categories() -> None:
    guesses = [(0.9, True)] * 19 + [(0.9, False)] + [(0.6, False)] * 5 + [(0.5, True)] * 10
    assert covered(guesses, of=50, precision=0.95) == 20 / 50
    assert covered(guesses, of=50, precision=0.99) == 0.0  # equal probabilities cannot be told apart
    assert covered([], of=0, precision=0.95) == 0.0
    assert gap_of_confidence([(0.75, True)] * 3 + [(0.75, False)]) == 0.0
    assert gap_of_confidence([(0.5, True)] * 4) == 0.5


def test_the_share_of_categories_at_a_precision_is_reported() -> None:
    lines = [{"description": f"Paint {n}", "spend_category": "office_supplies", "spend_category_probability": 0.9} for n in "abcd"]
    truth = {"id": "x", "header": {}, "line_items": [{**line, "spend_category": "office_supplies"} for line in lines]}
    found = {"header": {}, "line_items": [*lines[:3], {**lines[3], "spend_category": None}]}
    total = score([(truth, found)])
    assert (total.spend_category.right, total.spend_category.expected) == (3, 4)
    assert total.spend_coverage == 0.75
    assert total.spend_calibration_error == pytest.approx(0.1)


def test_long_tables_are_aligned_around_the_rows_that_stand_once_in_both() -> None:
    truth = [{"description": f"Item {n} blue", "quantity": "2", "unit_price": "2.50", "net_amount": str(5 + n)} for n in range(3000)]
    found = [dict(row) for row in truth]
    found[10]["net_amount"] = "3"  # still the same row
    found[2500] = {"description": "something else", "net_amount": "0.01"}
    found.insert(700, dict(truth[700]))  # a row twice
    del found[2901]  # a row lost
    expected = [(n, n + (n > 700)) for n in range(2900) if n != 2500] + [(n, n) for n in range(2901, 3000)]
    pairs = align(truth, found)
    assert [p for p in pairs if p[0] not in (700,)] == [p for p in expected if p[0] not in (700,)]
    assert (700, 700) in pairs or (700, 701) in pairs
    assert align(truth[:90], found[:90]) == [(n, n) for n in range(90)]


def test_rows_that_changed_places_are_paired_in_order_only() -> None:
    truth = [{"description": f"Item {n}", "net_amount": str(n)} for n in range(400)]
    found = [*truth[200:], *truth[:200]]
    assert align(truth, found) in ([(n, n + 200) for n in range(200)], [(n + 200, n) for n in range(200)])
