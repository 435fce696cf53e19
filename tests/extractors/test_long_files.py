"""Long PDFs through the whole extraction: reports end after a few pages, invoices keep every row, and XML counts whatever the pages look like."""

from __future__ import annotations

import io
from datetime import date

import pytest
from facturx import generate_from_binary
from reportlab.pdfgen import canvas

from extractors.pipeline import ExtractOptions, SourceFile, extract
from schemas.invoice import Invoice, Route, Status
from tests.extractors.hybrids import PAGE, cii

PROSE = (
    "The committee met in spring and discussed the state of the archive.",
    "Members reported that the shelves in the eastern wing had been repaired,",
    "and that visitors came more often than in earlier years.",
    "It was agreed to continue, and to write down what had been learned.",
)
COUNT = 14


def report(*, first_page: tuple[str, ...] = PROSE) -> bytes:
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, pagesize=(595, 842), invariant=True)
    for number in range(COUNT):
        for row in range(28):
            lines = PROSE if number else first_page
            drawing.drawString(60, 790 - 26 * row, lines[row % len(lines)] if number or row < len(lines) else "")
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def extracted(data: bytes) -> Invoice:
    return extract(SourceFile(id="long", source="long.pdf", data=data), options=ExtractOptions(today=date(2026, 5, 20)))


def test_a_long_report_is_refused_and_its_pages_counted() -> None:
    invoice = extracted(report())
    assert (invoice.status, invoice.pages, [issue.rule for issue in invoice.issues]) == (Status.REJECTED, COUNT, ["LI-NOTINV"])
    assert invoice.language == "en"


def test_the_xml_of_a_long_hybrid_counts_whatever_its_pages_look_like() -> None:
    data = generate_from_binary(report(first_page=PAGE), cii(), flavor="factur-x", level="en16931", check_xsd=True)
    invoice = extracted(data)
    assert (invoice.route, invoice.pages, invoice.header.invoice_number) == (Route.EINVOICE_XML, COUNT, "HP-2026/104")


def test_a_long_invoice_keeps_its_rows_to_the_last_page() -> None:
    from extractors.training.generate import render_pdf

    data, truth = render_pdf(95250, family="train", rows=130, document_type="invoice")
    invoice = extracted(data)
    assert invoice.pages == truth["pages"] >= 8
    assert len(invoice.line_items) == pytest.approx(len(truth["line_items"]), rel=0.02)  # the network may mistake one of them
    assert str(invoice.line_items[-1].net_amount) == truth["line_items"][-1]["net_amount"]
