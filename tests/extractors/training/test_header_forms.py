"""What the heads and edges of generated documents promise: whose names, accounts and dates carry a label, in every language."""

from __future__ import annotations

from random import Random

import pytest

from extractors.training.closing import bank_lines, closing_lines
from extractors.training.compose import compose
from extractors.training.facts import Facts, make_facts
from extractors.training.generate import generate
from extractors.training.layout import Span, text_of
from extractors.training.letterhead import broken_name, third_party_block
from extractors.training.look import make_look
from extractors.training.margins import software_line
from extractors.training.pages import Sheet
from extractors.training.parties import place_name
from extractors.training.stylesheet import stylesheet
from extractors.training.vocabulary import languages, vocabulary
from extractors.training.writing import Writer

PHRASES = ("terms_both", "instalments", "order_sentence", "vat_ids", "debit_notice", "software")
SECTIONS = ("invoice", "payment", "delivery", "tax", "totals", "notes", "attachments", "references", "lines", "technical")


def facts_of(seed: int, language: str = "en") -> tuple[Random, Facts, Writer]:
    rng = Random(seed)
    facts = make_facts(rng, "train", document_type="invoice", language=language, row_count=3)
    return rng, facts, Writer(rng, facts, "train")


def spans_on(sheet: Sheet) -> list[Span]:
    return [span for page in sheet.pages for run in page.runs for span in run.spans]


@pytest.mark.parametrize("language", languages())
def test_a_stylesheet_shows_the_parties_the_number_and_the_total(language: str) -> None:
    rng, facts, writer = facts_of(11, language)
    sheet = Sheet(595, 842, 40, 40, 40, 40)
    sheet.new_page()
    stylesheet(rng, writer, make_look(rng, language, "train"), sheet)
    shown = {span.label: span.value for span in spans_on(sheet) if span.label.startswith("header.")}
    assert shown["header.invoice_number"] == facts.numbers["invoice_number"]
    assert shown["header.seller_name"] == facts.seller.name
    assert shown["header.buyer_name"] == facts.buyer.name
    assert {"header.gross_total", "header.amount_due"} & set(shown)


def test_a_printed_stylesheet_is_labelled_as_the_truth_says() -> None:
    found = [d for d in (generate(seed) for seed in range(60)) if d.layout["arrangement"] == "stylesheet"]
    assert found
    for document in found:
        assert document.truth["header"]["seller_name"] and document.truth["header"]["invoice_number"]
        assert document.truth["line_items"]


def test_a_debit_prints_the_buyers_account_and_no_account_to_pay_to() -> None:
    seen = 0
    for seed in range(150):
        rng, facts, writer = facts_of(seed, "de")
        if facts.seller.banks:
            continue
        seen += 1
        spans = [s for spans in (*bank_lines(rng, writer), *closing_lines(rng, writer)) for s in spans]
        assert not any(s.label == "header.iban" for s in spans)
        sheet, _, _ = compose(rng, facts, "train")
        assert not any(s.label == "header.iban" for s in spans_on(sheet))
    assert seen


def test_somebody_who_neither_sells_nor_buys_has_no_labels() -> None:
    rng, facts, writer = facts_of(4)
    for _ in range(20):
        block = third_party_block(rng, writer, make_look(rng, facts.language, "train"), 200)
        assert block.runs and all(s.label == "O" for run in block.runs for s in run.spans)


def test_the_day_of_an_early_payment_discount_is_not_the_due_date() -> None:
    _, facts, writer = facts_of(2)
    due = writer.date(facts.dates["due_date"], "header.due_date")
    for pattern in writer.words.all("phrases", "terms_both"):
        spans = writer.filled(pattern, {"percent": "2", "date": writer.date(facts.dates["cash_date"]), "due_date": due})
        assert spans is not None
        assert [s.value for s in spans if s.label == "header.due_date"] == [facts.dates["due_date"]]
        assert [s.label for s in spans if s.value == facts.dates["cash_date"] and s.value != facts.dates["due_date"]] in ([], ["O"])


def test_a_name_broken_over_lines_stays_one_value() -> None:
    name = Span("Nordlicht Bau und Handel GmbH", "header.seller_name", value="Nordlicht Bau und Handel GmbH")
    for seed in range(20):
        lines = broken_name(Random(seed), [name])
        assert len(lines) in (2, 3)
        assert " ".join(text_of(spans) for spans in lines) == name.text
        assert {(s.key, s.label) for spans in lines for s in spans} == {(name.key, name.label)}
    street = [Span("Long Street 5")]
    assert broken_name(Random(1), street) == [street]


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_words_of_heads_and_edges(language: str) -> None:
    words = vocabulary(language)
    assert all(words.has("phrases", key) for key in PHRASES)
    assert all(words.has("labels", f"section_{key}") for key in SECTIONS)
    assert place_name(Random(3), words, "Testtown")
    rng, _, writer = facts_of(5, language)
    assert text_of(software_line(rng, writer))
