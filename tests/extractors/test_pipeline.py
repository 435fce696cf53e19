"""From bytes to a decided invoice, with the model that ships."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from extractors.pipeline import ExtractOptions, SourceFile, extract, extract_many, pipeline_version
from extractors.scoring import score
from schemas.invoice import Invoice, Severity, Status

EXAMPLES = Path(__file__).parents[2] / "examples"
OPTIONS = ExtractOptions(today=date(2026, 11, 21))


def source(path: Path) -> SourceFile:
    return SourceFile(path.stem, path.name, path.read_bytes())


@pytest.fixture(scope="module")
def extracted() -> dict[str, Invoice]:
    paths = sorted(EXAMPLES.glob("*.pdf"))
    return {invoice.id: invoice for invoice in extract_many([source(p) for p in paths], options=OPTIONS)}


def truth(name: str) -> dict[str, object]:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def test_the_examples_are_mostly_read_right(extracted: dict[str, Invoice]) -> None:
    names = [name for name in extracted if truth(name)["status"] == "accepted"]
    figures = score([(truth(name), extracted[name].to_json()) for name in names])
    assert figures.header_f1 > 0.85
    assert figures.line_f1 > 0.85


def test_nothing_wrong_is_accepted(extracted: dict[str, Invoice]) -> None:
    for name, invoice in extracted.items():
        if invoice.status is Status.ACCEPTED:
            assert score([(truth(name), invoice.to_json())]).accepted_wrong == 0, name


def test_a_wrong_total_goes_to_a_person(extracted: dict[str, Invoice]) -> None:
    invoice = extracted["wrong-total-en"]
    assert invoice.status is Status.REVIEW
    assert any(issue.severity is Severity.ERROR for issue in invoice.issues)


def test_the_strategy_has_the_other_reader_read_what_breaks_a_rule_and_nothing_else() -> None:
    told: dict[int, tuple[str, ...]] = {}
    paths = [EXAMPLES / f"{name}.pdf" for name in ("wrong-total-en", "goods-es", "quote-fr")]
    options = replace(OPTIONS, second_read_pages=1)
    invoices = extract_many([source(path) for path in paths], options=options, read_again=told)
    broken = [n for n, invoice in enumerate(invoices) if any(i.severity is Severity.ERROR for i in invoice.issues)]
    assert set(told) == {0}
    assert broken[0] == 0, "the page itself is wrong: no reader mends it"
    because, outcome = told[0]
    assert "the other reader reads the page again" in because
    assert "the first one stands" in outcome
    extract_many([source(paths[0])], options=OPTIONS, read_again=(never := dict[int, tuple[str, ...]]()))
    assert never == {}, "without the setting no page is read twice"


def test_documents_that_are_no_invoices_are_never_accepted(extracted: dict[str, Invoice]) -> None:
    for name in ("quote-fr", "delivery-note-de"):
        assert extracted[name].status is not Status.ACCEPTED


def test_every_value_of_a_line_and_of_the_header_has_evidence(extracted: dict[str, Invoice]) -> None:
    for invoice in extracted.values():
        for name in ("invoice_number", "issue_date", "seller_name", "net_total", "gross_total", "currency"):
            if getattr(invoice.header, name) is not None:
                assert f"header.{name}" in invoice.evidence
        for index, item in enumerate(invoice.line_items):
            for name in ("description", "quantity", "unit_price", "net_amount"):
                if getattr(item, name) is not None:
                    assert f"line_items.{index}.{name}" in invoice.evidence


def test_one_and_many_give_the_same(extracted: dict[str, Invoice]) -> None:
    path = EXAMPLES / "services-de.pdf"
    alone = extract(source(path), options=OPTIONS).to_json()
    together = extracted[path.stem].to_json()
    assert alone["header"] == together["header"]
    assert alone["line_items"] == together["line_items"]
    assert alone["status"] == together["status"]


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\nbroken", b"<?xml version='1.0'?><a/>", b"\x89PNG\r\n\x1a\n" + b"0" * 64])
def test_a_bad_document_is_rejected_with_a_reason_and_the_rest_goes_on(data: bytes) -> None:
    good = source(EXAMPLES / "services-de.pdf")
    bad, fine = extract_many([SourceFile("bad", "bad.pdf", data), good], options=OPTIONS)
    assert bad.status is Status.REJECTED
    assert bad.issues[0].rule.startswith("LI-DOC")
    assert bad.issues[0].message
    assert fine.line_items


def test_the_version_says_what_results_depend_on() -> None:
    assert pipeline_version(OPTIONS) == pipeline_version(ExtractOptions(today=date(2020, 1, 1)))
    assert pipeline_version(OPTIONS) != pipeline_version(ExtractOptions(today=date(2020, 1, 1), ignore_xml=True))
