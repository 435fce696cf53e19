"""How far a spend category is believed is chosen on invoices put together from names that nothing was trained on."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from extractors.spend_category import TEMPERATURES, Evidence, ItemText, calibrated
from extractors.spend_model import NOTHING, SpendModel
from extractors.spend_names import Known, SpendNames
from extractors.training.spend_invoices import OF_ONE_KIND, InvoiceLine, documents_of, invoices_of
from extractors.training.spend_samples import Sample, nothing_samples, seller_words
from extractors.training.train_spend_category import CLASSES, TRIED, TRIED_JOINED, TRIED_TEMPERATURES, choose_settings
from extractors.training.vocabulary import languages
from schemas.invoice import SPEND_CATEGORIES, Header, Invoice, LineItem

SETTINGS: dict[str, float] = dict(zip(TEMPERATURES, (1.5, 1.2, 1.1, 0.9), strict=True))
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet")


def names(language: str = "en") -> list[Sample]:
    return [Sample(f"{word} {category}", category, language) for category in SPEND_CATEGORIES for word in WORDS]


def test_an_invoice_has_one_seller_one_language_and_mostly_one_kind_of_lines() -> None:
    documents: dict[str | None, list[tuple[ItemText, str]]] = defaultdict(list)
    for line in invoices_of([*names("en"), *names("de")], seed=3):
        documents[line.item.document].append((line.item, line.category))
    assert all(len({(item.seller, item.language) for item, _ in lines}) == 1 for lines in documents.values())
    alike = [
        max(sum(other == kind for _, other in lines) for _, kind in lines) / len(lines) for lines in documents.values() if len(lines) > 2
    ]
    assert OF_ONE_KIND - 0.05 < sum(alike) / len(alike) < 1
    trades = {word for words in seller_words().values() for word in words}
    sellers = [lines[0][0].seller for lines in documents.values()]
    assert {seller.removeprefix("Nova ") for seller in sellers if seller} <= trades
    assert 0.5 < sum(seller is not None for seller in sellers) / len(sellers) < 0.7


def test_the_same_seed_gives_the_same_invoices_and_another_gives_others() -> None:
    assert invoices_of(names(), seed=1) == invoices_of(names(), seed=1)
    assert invoices_of(names(), seed=1) != invoices_of(names(), seed=2)


def test_the_more_of_a_line_is_known_the_more_its_guess_is_believed() -> None:
    nothing, word = np.zeros(len(SPEND_CATEGORIES), np.float32), np.eye(len(SPEND_CATEGORIES), dtype=np.float32)[3]
    probabilities = np.full((5, len(SPEND_CATEGORIES)), 0.2 / 24, np.float32)
    probabilities[:, 3] = 0.8
    kinds = [(nothing, Known.NOTHING), (word, Known.NOTHING), (nothing, Known.WORD), (word, Known.NAME), (nothing, Known.WHOLE)]
    rows = calibrated(probabilities, [Evidence(nothing, words, nothing, nothing, known) for words, known in kinds], settings=SETTINGS)
    assert set(rows.argmax(axis=1)) == {3}
    unknown, by_dictionary, by_name, named, whole = rows[:, 3]
    assert unknown < by_dictionary == by_name < named < 0.8 < whole
    assert rows.sum(axis=1) == pytest.approx(1)


def test_a_model_that_is_sure_of_anything_is_believed_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.training.spend_invoices.INVOICES", 60)
    monkeypatch.setattr("extractors.training.train_spend_category.TRIED", dict.fromkeys(TRIED, (0.5, 1.0)))
    monkeypatch.setattr(
        "extractors.training.train_spend_category.TRIED_JOINED", {name: values[:1] for name, values in TRIED_JOINED.items()}
    )
    settings, report = choose_settings(boastful(), names()[::4], names=SpendNames.of([]), documents=invoices_of(names()[1::4], seed=1))
    assert settings["text_temperature_unknown"] == max(TRIED_TEMPERATURES)
    assert settings["temperature_whole_name"] == 1, "no line is a whole known name"
    assert report["names kept apart"]["accuracy of the best guess"] < 0.6
    assert set(report) == {"names kept apart", "documents"}


def test_lines_of_documents_are_those_that_tell_their_category(tmp_path: Path) -> None:
    item = LineItem(description="Klickkosten", spend_category="advertising")
    invoice = Invoice("a", "", "", 1, language="de", header=Header(seller_name="Nova"), line_items=(item, LineItem(description="Ring 7")))
    for name, kind in (("a", "invoice"), ("b", "quote")):
        (tmp_path / f"{name}.json").write_text(json.dumps(invoice.to_json() | {"document_type": kind}), encoding="utf-8")
    assert documents_of(tmp_path) == [InvoiceLine(ItemText("Klickkosten", "Nova", "de", document="a"), "advertising")]


def boastful() -> SpendModel:
    """A model that is sure of a category drawn from each letter's hash: it knows nothing."""
    weights = np.random.default_rng(5).integers(-127, 128, (1 << 10, len(SPEND_CATEGORIES))).astype(np.int8)
    scales, biases = np.full(len(SPEND_CATEGORIES), 0.1, np.float32), np.zeros(len(SPEND_CATEGORIES), np.float32)
    return SpendModel(SPEND_CATEGORIES, weights, scales, biases, np.ones(1 << 10, np.float16), {})


def test_texts_that_name_nothing_are_of_no_category_and_of_all_languages() -> None:
    samples = nothing_samples(random.Random(1), count=340)
    assert {sample.category for sample in samples} == {NOTHING}
    assert {sample.language for sample in samples} == set(languages())
    assert all(sample.text.strip() and "{" not in sample.text for sample in samples)


def test_what_likely_names_nothing_speaks_for_all_alike() -> None:
    weights = np.zeros((1 << 10, len(CLASSES)), np.int8)
    scales, biases = np.ones(len(CLASSES), np.float32), np.zeros(len(CLASSES), np.float32)
    biases[0], biases[-1] = 1.0, 9.0
    sure = SpendModel(SPEND_CATEGORIES, weights[:, :-1], scales[:-1], biases[:-1], np.ones(1 << 10, np.float16), {})
    unsure = SpendModel(CLASSES, weights, scales, biases, np.ones(1 << 10, np.float16), {})
    both = [np.exp(model.log_probabilities(["Depot Emden"])[0]) for model in (sure, unsure)]
    assert [len(row) for row in both] == [len(SPEND_CATEGORIES)] * 2
    assert [float(row.sum()) for row in both] == pytest.approx([1, 1])
    assert both[0][0] > 0.08 > both[1][0] > 1 / len(SPEND_CATEGORIES)
