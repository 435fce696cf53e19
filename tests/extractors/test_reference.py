"""What a model saw in training, kept beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.reference import REFERENCE_FILE, Reference, load_reference, save_reference
from extractors.training.reference import make_reference
from schemas.errors import ModelError
from schemas.invoice import Evidence, Header, Invoice, LineItem
from schemas.observed import KNOWN_WORDS, NUMBER_AT, TOTAL_AT, observed, spreads


def read(number: int, description: str) -> Invoice:
    return Invoice(
        id=str(number),
        sha256="",
        source="",
        pages=1 + number % 2,
        language="de",
        header=Header(currency="EUR"),
        line_items=(LineItem(description=description),) * 3,
        confidence=0.95,
        evidence={
            "header.gross_total": Evidence(1, (400.0, 700.0, 450.0, 710.0), "1", 0.9, "task_model"),
            "header.invoice_number": Evidence(1, (450.0, 100.0, 480.0, 110.0), "1", 0.9, "task_model"),
        },
    )


def test_a_reference_comes_back_as_it_was_written(tmp_path: Path) -> None:
    made = make_reference([read(n, "Torque wrench set") for n in range(10)], model="abc")
    save_reference(made, tmp_path)
    assert load_reference(tmp_path) == made
    assert made.documents == 10
    assert made.spreads["pages"] == {"1": 5, "2": 5}
    assert made.spreads[TOTAL_AT] == {"8": 10}
    assert made.spreads[NUMBER_AT] == {"2-0": 10}
    assert made.words == {"torque", "wrench", "set"}


def test_documents_do_not_vouch_for_their_own_words() -> None:
    # Every second document teaches words, the others are measured: these share none.
    invoices = [read(n, "Drehmoment" if n % 2 else "Schraube") for n in range(10)]
    assert make_reference(invoices, model="abc").spreads[KNOWN_WORDS] == {"0": 5}


def test_words_that_training_never_saw_move_the_spread() -> None:
    reference = make_reference([read(n, "Torque wrench set") for n in range(10)], model="abc")
    new = spreads([observed(read(1, "Quantum torque flux"))], known_words=reference.words)
    assert new[KNOWN_WORDS] == {"2": 1}, "one of three words is known: 5/3, rounded"


def test_no_reference_is_none_and_a_broken_one_is_said(tmp_path: Path) -> None:
    assert load_reference(tmp_path) is None
    (tmp_path / REFERENCE_FILE).write_text('{"format": 99}')
    with pytest.raises(ModelError, match="expected format 1, found 99"):
        load_reference(tmp_path)
    (tmp_path / REFERENCE_FILE).write_text("[]")
    with pytest.raises(ModelError, match="cannot be read"):
        load_reference(tmp_path)


def test_the_same_reference_gives_the_same_bytes(tmp_path: Path) -> None:
    reference = Reference("m", 1, {"pages": {"2": 1, "1": 3}}, frozenset({"b", "a"}))
    first = save_reference(reference, tmp_path).read_bytes()
    assert save_reference(reference, tmp_path).read_bytes() == first
