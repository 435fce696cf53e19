"""Hybrids whose page says something else than their XML are held back; those that agree are not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hybrids import IBAN, PAGE, cii, edited, hybrid, page

from extractors.page_agreement import disagreements, printed_price, text_of
from extractors.pipeline import ExtractOptions, SourceFile, extract
from extractors.readers.document import read_document
from extractors.readers.einvoice_prices import Price
from extractors.readers.einvoice_xml import read_einvoice
from schemas.invoice import Header, Invoice, LineItem, Route, Severity, Status

D = Decimal
OPTIONS = ExtractOptions(today=date(2026, 11, 21))


def result(data: bytes) -> Invoice:
    return extract(SourceFile("hybrid", "hybrid.pdf", data), options=OPTIONS)


def flagged(invoice: Invoice) -> list[str | None]:
    return [issue.field for issue in invoice.issues if issue.rule == "LI-XML" and issue.severity is Severity.ERROR]


def test_a_hybrid_whose_page_agrees_is_accepted() -> None:
    invoice = result(hybrid(cii()))
    assert invoice.route is Route.EINVOICE_XML
    assert flagged(invoice) == []
    assert invoice.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("xml", "lines", "field"),
    [
        (cii(number="HP-2026/105"), PAGE, "header.invoice_number"),
        (cii(day=date(2026, 5, 5)), PAGE, "header.issue_date"),
        (cii(seller="Zange Werkzeug KG"), edited("DE136695976", "DE111111125"), "header.seller_name"),
        (cii(), edited("1.428,00", "1.248,00"), "header.gross_total"),
        (cii(account="DE02120300000000202051"), PAGE, "header.iban"),
        (cii(), edited("228,00", "-228,00"), "header.tax_total"),
    ],
)
def test_a_page_that_differs_is_flagged_with_its_field(xml: bytes, lines: tuple[str, ...], field: str) -> None:
    invoice = result(hybrid(xml, lines))
    assert field in flagged(invoice)
    assert invoice.status is Status.REVIEW
    assert invoice.header.iban is not None  # the XML's values stand; a person decides


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("04.05.2026", "4. Mai 2026"),
        ("04.05.2026", "2026-05-04"),
        ("04.05.2026", "05/04/26"),
        ("HP-2026/104", "HP 2026 104"),
        ("1.428,00", "1 428,00"),
        ("1.428,00", "1428,-"),
        ("1.428,00", "1'428.00"),
        ("Hammer & Partner GmbH", "HAMMER & PARTNER"),
        (" auf DE89 3704 0044 0532 0130 00", ""),
    ],
)
def test_other_ways_to_print_the_same_are_no_contradiction(old: str, new: str) -> None:
    xml = read_einvoice(cii(), id="a", sha256="", source="a", pages=1)
    assert disagreements(xml, read_document(page(edited(old, new)))) == ()


def test_any_of_the_accounts_in_the_xml_may_be_printed() -> None:
    xml = read_einvoice(cii(account="DE02120300000000202051"), id="a", sha256="", source="a", pages=1)
    assert disagreements(xml, read_document(page()), accounts=["DE02120300000000202051", IBAN]) == ()


def test_a_cover_page_is_not_compared() -> None:
    xml = read_einvoice(cii(), id="a", sha256="", source="a", pages=1)
    assert disagreements(xml, read_document(page(("See the attached XML.",)))) == ()


def test_a_total_is_not_found_inside_a_longer_number() -> None:
    invoice = Invoice("a", "", "a", 1, header=Header(gross_total=D("28.00")))
    assert [issue.field for issue in disagreements(invoice, read_document(page()))] == ["header.gross_total"]


def test_xml_whose_own_sums_contradict_is_caught() -> None:
    invoice = result(hybrid(cii(lines="1300.00")))
    assert any(issue.rule == "LI-XML" and "sum of the lines" in issue.message for issue in invoice.issues)
    assert invoice.status is Status.REVIEW


def test_two_different_einvoices_in_one_pdf_are_flagged() -> None:
    import io

    import pikepdf

    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(hybrid(cii()))) as document:
        document.attachments["other.xml"] = pikepdf.AttachedFileSpec(document, cii(number="X-1"), filename="other.xml")
        document.save(buffer)
    assert any(issue.rule == "LI-XML" and issue.found == "2" for issue in result(buffer.getvalue()).issues)


def test_the_price_that_the_page_prints_is_taken() -> None:
    line = LineItem(quantity=D("20"), unit_price=D("4.10"), net_amount=D("81.90"))
    text = text_of(read_document(page(("Nougat 20 4,55 10 % 81,90",))))
    changed = printed_price(line, Price(D("4.10")), Price(D("4.55")), text=text)
    assert (changed.unit_price, changed.discount) == (D("4.55"), D("9.10"))
    exact = LineItem(quantity=D("10"), unit_price=D("100"), net_amount=D("1000"))
    text = text_of(read_document(page(("Coil 10 1000,00 1000,00",))))
    assert printed_price(exact, Price(D("100")), Price(D("1000")), text=text) == exact, "the net price explains the amount"
    line = LineItem(quantity=D("300"), unit_price=D("0.4929"), net_amount=D("147.87"))
    text = text_of(read_document(page(("Flour per 100 300 49,29 147,87",))))
    assert printed_price(line, Price(D("49.29"), D("100")), Price(None), text=text).unit_price == D("49.29")


def test_xml_without_lines_leaves_the_lines_to_the_page() -> None:
    import io
    import re

    import pikepdf

    minimum = re.sub(
        rb"<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", b"", cii(number="OTHER-9"), flags=re.S
    )
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(page())) as document:
        document.attachments["x"] = pikepdf.AttachedFileSpec(document, minimum, filename="x")
        document.save(buffer)
    invoice = result(buffer.getvalue())
    assert invoice.route is Route.TASK_MODEL
    assert [item.net_amount for item in invoice.line_items] == [D("1200.00")]
    assert "header.invoice_number" in flagged(invoice)
