"""Known names of purchases are found whole, and inside longer descriptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extractors.spend_category import ItemText, categorize
from extractors.spend_names import Known, SpendNames, load_spend_names
from extractors.spend_words import words
from schemas.invoice import SPEND_CATEGORIES

NAMES = (
    ("Depotgebühr Quartal", "bank_fees"),
    ("Depot", "rent_property"),
    ("Quartal", "other"),
    ("Server", "it_hardware"),
    ("Server", "rent_equipment"),
    ("Kaffee", "meals_and_entertainment"),
    ("Tee", "meals_and_entertainment"),
    ("4711", "other"),
)


def found(description: str) -> tuple[Known, dict[str, float]]:
    names = SpendNames.of(NAMES).find(words(description))
    return names.known, {SPEND_CATEGORIES[n]: float(names.scores[n]) for n in np.flatnonzero(names.scores)}


@pytest.mark.parametrize(
    ("description", "known", "scores"),
    [
        ("DEPOTGEBÜHR Quartal 2026", Known.WHOLE, {"bank_fees": 2}),
        ("Art. 17 Depotgebühr Quartal / schwarz, Größe L", Known.NAME, {"bank_fees": 2}),
        ("Kaffee und Server", Known.WORD, {"meals_and_entertainment": 1, "it_hardware": 0.5, "rent_equipment": 0.5}),
        ("Kaffeemaschine", Known.NOTHING, {}),  # part of a word
        ("Quartal Depotgebühr", Known.WORD, {"other": 1}),  # another order
        ("Tee im Beutel", Known.NOTHING, {}),  # too short a name to stand inside another text
        ("Tee", Known.WHOLE, {"meals_and_entertainment": 1}),
        ("4711", Known.NOTHING, {}),
        ("", Known.NOTHING, {}),
    ],
)
def test_the_longest_known_names_count(description: str, known: Known, scores: dict[str, float]) -> None:
    assert found(description) == (known, scores)


def test_names_are_read_as_they_were_written(tmp_path: Path) -> None:
    SpendNames.of(NAMES).save(tmp_path / "names.npz")
    read = SpendNames.load(tmp_path / "names.npz")
    for name, _ in NAMES:
        before, after = SpendNames.of(NAMES).find(words(name)), read.find(words(name))
        assert (before.known, before.scores.tolist()) == (after.known, after.scores.tolist())


def test_additions_do_not_hide_a_known_name() -> None:
    names = ("Kontoführung", "Klickkosten Suchanzeigen")
    assert {load_spend_names().find(words(name)).known for name in names} == {Known.WHOLE}
    added = [ItemText(f"{name}, Sonderposten grün gebürstet 250er Packung auf Wunsch", None, "de") for name in names]
    assert [category for category, _ in categorize(added)] == ["bank_fees", "advertising"]
