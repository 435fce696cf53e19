"""Hybrid e-invoices made by independent libraries: drafthorse writes the XML, reportlab the page, factur-x puts one into the other."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem as Line
from facturx import generate_from_binary
from reportlab.pdfgen import canvas

IBAN = "DE89370400440532013000"
PAGE = (
    "Hammer & Partner GmbH · Werkstr. 5 · 20095 Hamburg",
    "USt-IdNr. DE136695976",
    "Rechnung",
    "Rechnungsnummer: HP-2026/104",
    "Rechnungsdatum: 04.05.2026",
    "Pos Bezeichnung Menge Einzelpreis Betrag",
    "1 Zimmermannshammer 600 g 40 Stk 30,00 1.200,00",
    "Nettobetrag 1.200,00 EUR",
    "19 % MwSt 228,00 EUR",
    "Gesamtbetrag 1.428,00 EUR",
    "Zahlbar bis 03.06.2026 auf DE89 3704 0044 0532 0130 00",
)


def cii(*, number: str = "HP-2026/104", gross: str = "1428.00", lines: str = "1200.00", account: str = IBAN, seller: str = "Hammer & Partner GmbH",
        day: date = date(2026, 5, 4)) -> bytes:  # fmt: skip
    """A Factur-X XML of profile EN 16931 with one line."""
    document = Document()
    document.context.guideline_parameter.id = "urn:cen.eu:en16931:2017"
    document.header.id = number
    document.header.type_code = "380"
    document.header.issue_date_time = day
    trade = document.trade
    trade.agreement.seller.name = seller
    trade.agreement.seller.address.country_id = "DE"
    trade.agreement.seller.tax_registrations.add(_registration("DE136695976"))
    trade.agreement.buyer.name = "Baumarkt Nord AG"
    trade.agreement.buyer.address.country_id = "DE"
    trade.settlement.currency_code = "EUR"
    means = PaymentMeans()
    means.type_code = "58"
    means.payee_account.iban = account
    trade.settlement.payment_means.add(means)
    terms = PaymentTerms()
    terms.due = date(2026, 6, 3)
    trade.settlement.terms.add(terms)
    line = Line()
    line.document.line_id = "1"
    line.product.name = "Zimmermannshammer 600 g"
    line.agreement.net.amount = Decimal("30.00")
    line.delivery.billed_quantity = (Decimal("40"), "C62")
    line.settlement.trade_tax.type_code = "VAT"
    line.settlement.trade_tax.category_code = "S"
    line.settlement.trade_tax.rate_applicable_percent = Decimal("19.00")
    line.settlement.monetary_summation.total_amount = Decimal("1200.00")
    trade.items.add(line)
    tax = ApplicableTradeTax()
    tax.calculated_amount, tax.basis_amount = Decimal("228.00"), Decimal("1200.00")
    tax.type_code, tax.category_code, tax.rate_applicable_percent = "VAT", "S", Decimal("19.00")
    trade.settlement.trade_tax.add(tax)
    summation = trade.settlement.monetary_summation
    summation.line_total, summation.tax_basis_total = Decimal(lines), Decimal("1200.00")
    summation.charge_total, summation.allowance_total = Decimal("0.00"), Decimal("0.00")
    summation.tax_total = (Decimal("228.00"), "EUR")
    summation.grand_total, summation.due_amount = Decimal(gross), Decimal(gross)
    return document.serialize(schema="FACTUR-X_EN16931")


def _registration(vat_id: str) -> object:
    from drafthorse.models.party import TaxRegistration

    registration = TaxRegistration()
    registration.id = ("VA", vat_id)
    return registration


def page(lines: tuple[str, ...] = PAGE) -> bytes:
    """A PDF of one page that prints the lines."""
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, pagesize=(595, 842), invariant=True)
    for number, line in enumerate(lines):
        drawing.drawString(60, 780 - 22 * number, line)
    drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def hybrid(xml: bytes, lines: tuple[str, ...] = PAGE) -> bytes:
    """The page with the XML embedded as Factur-X."""
    return generate_from_binary(page(lines), xml, flavor="factur-x", level="en16931", check_xsd=True)


def edited(old: str, new: str) -> tuple[str, ...]:
    """The page's lines with one text replaced, which must be there."""
    lines = tuple(line.replace(old, new) for line in PAGE)
    assert lines != PAGE
    return lines
