"""The generator's promises: repeatable documents, exact sums, and labelled words that say what the truth says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from stdnum import iban as iban_check
from stdnum.de import vat as german_vat

from extractors.labels import DOCUMENT_TYPES, FIELDS
from extractors.training.facts import make_facts
from extractors.training.generate import generate, render_pdf
from extractors.training.identifiers import IBAN_FORMS, iban, vat_body
from extractors.training.locales import NumberStyle
from extractors.training.sample import LabelledDocument
from extractors.training.vocabulary import Vocabulary, held_out, languages, vocabulary
from schemas.invoice import Invoice

Spans = dict[tuple[str, int], list[str]]


def spans_of(document: LabelledDocument) -> Spans:
    """Texts of the labelled spans by label and group."""
    found: dict[tuple[str, int], list[list[str]]] = defaultdict(list)
    for page, labels, groups, starts in zip(document.pages, document.labels, document.groups, document.starts, strict=True):
        for index in np.flatnonzero(labels):
            key = (FIELDS[labels[index] - 1], int(groups[index]))
            if starts[index] or not found[key]:
                found[key].append([])
            found[key][-1].append(page.texts[index])
    return {key: [" ".join(words) for words in spans] for key, spans in found.items()}


def letters(text: object) -> str:
    return re.sub(r"[\W_]+", "", str(text)).casefold()


def digits(text: str) -> str:
    """Digits without the zeros that a habit of printing adds or drops."""
    return re.sub(r"\D", "", text).strip("0")


@pytest.fixture(scope="module", params=["train", "exam"])
def documents(request: pytest.FixtureRequest) -> list[LabelledDocument]:
    return [generate(seed, family=request.param) for seed in range(60)]


def test_labelled_words_say_what_the_truth_says(documents: list[LabelledDocument]) -> None:
    checked = wrong = 0
    for document in documents:
        if document.truth["status"] != "accepted":
            continue
        spans, header = spans_of(document), document.truth["header"]
        for name in ("invoice_number", "purchase_order", "seller_name", "buyer_name", "seller_vat_id", "buyer_vat_id", "iban"):
            if header[name] is not None:
                # a label glued to its value is one word with it
                found = any(letters(header[name]) in letters(text) for text in spans.get((f"header.{name}", -1), []))
                checked, wrong = checked + 1, wrong + (not found)
        for name in ("net_total", "amount_due"):
            if header[name] is not None:
                texts = spans.get((f"header.{name}", -1), []) + spans.get(("header.gross_total", -1), [])
                if name == "net_total" and ("header.net_total", -1) not in spans:  # it is the base of the tax, or the sum of the lines
                    bases = [text for (label, _), found_texts in spans.items() if label == "tax.taxable_amount" for text in found_texts]
                    if len(document.truth["tax_breakdown"]) > 1:
                        continue
                    texts = bases + spans.get(("total.line_total", -1), [])
                checked, wrong = checked + 1, wrong + (digits(header[name]) not in {digits(t) for t in texts})
        for group, item in enumerate(document.truth["line_items"]):
            joined = " ".join(spans.get(("line.description", group), []))
            checked, wrong = checked + 1, wrong + (letters(item["description"]) != letters(joined))
            for name in ("quantity", "unit_price", "net_amount", "gross_amount", "tax_rate"):
                if item[name] is not None:
                    texts = spans.get((f"line.{name}", group), [])
                    if name == "tax_rate" and not texts:  # the page prints one rate for all its lines
                        texts = [text for (label, _), found_texts in spans.items() if label == "tax.rate" for text in found_texts]
                    found = any(digits(text).startswith(digits(item[name])) for text in texts)
                    checked, wrong = checked + 1, wrong + (not found)
    assert checked > 1000
    assert wrong <= checked * 0.002, f"{wrong} of {checked} values are not what the labelled words say"


def test_every_word_has_a_label_and_every_document_a_truth(documents: list[LabelledDocument]) -> None:
    for document in documents:
        for page, labels, groups, starts in zip(document.pages, document.labels, document.groups, document.starts, strict=True):
            assert len(page) == len(labels) == len(groups) == len(starts)
            assert labels.max(initial=0) <= len(FIELDS)
            assert not (starts & (labels == 0)).any()
            in_rows = np.array([label > 0 and FIELDS[label - 1].startswith(("line.", "tax.c", "tax.r", "tax.t")) for label in labels], bool)
            assert ((groups >= 0) == in_rows).all()
        assert document.document_type in DOCUMENT_TYPES
        assert document.language in languages()


def test_documents_that_are_no_invoices_have_no_labels_and_no_values() -> None:
    found = [d for d in (generate(seed) for seed in range(120)) if d.document_type not in ("invoice", "credit_note")]
    assert len(found) >= 4
    for document in found:
        assert not any(labels.any() for labels in document.labels)
        assert document.truth["line_items"] == []
        assert all(value is None for value in document.truth["header"].values())


def test_truth_is_the_data_contract(documents: list[LabelledDocument]) -> None:
    for document in documents:
        json.dumps(document.truth)
        if document.truth["status"] == "accepted":
            invoice = Invoice.from_json(document.truth)
            assert invoice.header.seller_name and invoice.line_items
            assert all(item.description for item in invoice.line_items)


def test_printed_sums_add_up(documents: list[LabelledDocument]) -> None:
    for document in documents:
        if document.truth["status"] != "accepted":
            continue
        header = Invoice.from_json(document.truth).header
        charges = sum(
            Decimal(a["amount"]) * (-1 if a["kind"] == "allowance" else 1)
            for a in document.truth["document_adjustments"]
            if a["kind"] in ("allowance", "charge")
        )
        if header.net_total is not None and header.tax_total is not None and header.gross_total is not None:
            assert header.gross_total - header.net_total - header.tax_total in (0, charges), document.truth["id"]


@pytest.mark.parametrize("seed", range(40))
def test_facts_are_exact(seed: int) -> None:
    facts = make_facts(Random(seed), "train", document_type="invoice")
    totals = facts.totals
    assert totals.net + totals.tax == totals.gross
    assert sum(part.tax for part in facts.breakdown) == totals.tax
    lines = sum((row.gross if facts.inclusive else row.net) for row in facts.rows)
    assert lines == totals.lines
    after = sum(a.amount * (-1 if a.label == "allowance" else 1) for a in facts.adjustments if a.in_net)
    assert lines + after == (totals.gross if facts.inclusive else totals.net)
    moved = sum(a.amount * (1 if a.kind == "rounding" else -1) for a in facts.adjustments if not a.in_net)
    assert totals.gross + moved == totals.due


def test_same_seed_same_document_other_family_other_document() -> None:
    first, again, exam = generate(17), generate(17), generate(17, family="exam")
    assert first.truth == again.truth
    assert [p.texts for p in first.pages] == [p.texts for p in again.pages]
    assert [p.texts for p in first.pages] != [p.texts for p in exam.pages]
    assert render_pdf(17)[1] == first.truth


def test_a_seed_gives_the_same_document_in_every_process() -> None:
    """Sets have another order in every process, which must not reach what is drawn."""
    program = (
        "import json; from extractors.training.generate import generate; "
        "print(json.dumps([(d.truth, d.layout) for d in (generate(seed, family='exam') for seed in (800_007, 800_033, 800_070))], sort_keys=True))"
    )

    def made(hashes: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": hashes}
        ).stdout

    assert made("1") == made("2")


def test_training_never_sees_held_out_wordings() -> None:
    train, exam = vocabulary("de"), vocabulary("de", "exam")
    wordings = [str(w) for w in train.data["labels"]["invoice_number"]]
    kept = {w for w in wordings[1:] if held_out(w)}
    assert kept
    assert not kept & set(train.all("labels", "invoice_number"))
    assert kept <= set(exam.all("labels", "invoice_number"))


@pytest.mark.parametrize("language", languages())
def test_every_language_makes_documents(language: str) -> None:
    words = vocabulary(language)
    assert isinstance(words, Vocabulary)
    facts = make_facts(Random(3), "train", document_type="invoice", language=language)
    assert facts.language == language


def test_identifiers_have_valid_check_digits() -> None:
    rng = Random(5)
    assert all(iban_check.is_valid(str(iban(rng, country)), check_country=False) for country in IBAN_FORMS)
    assert all(german_vat.is_valid(str(vat_body(rng, "DE"))) for _ in range(5))


@pytest.mark.parametrize(
    ("style", "value", "places", "expected"),
    [
        (NumberStyle(".", ","), "1234567.5", 2, "1.234.567,50"),
        (NumberStyle(",", ".", "paren"), "-1234.5", 2, "(1,234.50)"),
        (NumberStyle("", ",", "trail"), "-12.345", 2, "12,35-"),
        (NumberStyle("i", "."), "1234567", 2, "12,34,567.00"),
        (NumberStyle(" ", ","), "1234", 0, "1 234"),
        (NumberStyle(".", ",", dash_cents=True), "12", 2, "12,-"),
    ],
)
def test_numbers_are_written_in_the_habit_of_the_country(style: NumberStyle, value: str, places: int, expected: str) -> None:
    assert style.text(Decimal(value), places) == expected
