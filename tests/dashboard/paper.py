"""A flagged invoice with its page: what the page says, what was misread, and where its words stand."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from schemas.invoice import Evidence, Header, Invoice, Issue, LineItem, Severity, Status, TaxLine

WORDS = {
    "Nordwind": (72, 80), "Werkzeuge": (140, 80), "GmbH": (215, 80), "Rechnung": (72, 120), "RE-77": (140, 120), "04.05.2026": (72, 140),
    "Torque": (72, 220), "wrench": (120, 220), "4": (280, 220), "250,00": (330, 220), "1.000,00": (420, 220),
    "Netto": (330, 300), "1.000,00 ": (420, 300), "MwSt": (330, 320), "190,00": (420, 320), "Brutto": (330, 340), "1.190,00": (420, 340),
}  # fmt: skip


def page_of(title: str) -> bytes:
    """The page as PDF, different for each title."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.setTitle(title)
    for word, (x, y) in WORDS.items():
        canvas.drawString(x, 842 - y, word.strip())
    canvas.drawString(72, 842 - 700, title)
    canvas.save()
    return buffer.getvalue()


def flagged(title: str, data: bytes, *, number: str | None = None, gross: str = "1910.00") -> Invoice:
    """The invoice as it was read: the gross total has two digits exchanged, so it is not net plus tax."""
    correct = gross == "1190.00"
    issue = Issue("BR-CO-15", Severity.ERROR, "header.gross_total", "1190.00", gross, f"Net 1000.00 plus tax 190.00 is not {gross}.")
    x, y = WORDS["1.190,00"]
    return Invoice(
        id=title,
        sha256=sha256(data).hexdigest(),
        source=f"inbox/{title}.pdf",
        pages=1,
        status=Status.REVIEW,
        header=Header(
            invoice_number=number or f"RE-{title}",
            issue_date=date(2026, 5, 4),
            due_date=date(2026, 6, 3),
            currency="EUR",
            seller_name="Nordwind Werkzeuge GmbH",
            buyer_name="Muster AG",
            net_total=Decimal("1000.00"),
            tax_total=Decimal("190.00"),
            gross_total=Decimal(gross),
            amount_due=Decimal("1190.00"),
        ),
        tax_breakdown=(TaxLine("S", Decimal("19"), Decimal("1000.00"), Decimal("190.00")),),
        line_items=(
            LineItem(
                description="Torque wrench",
                quantity=Decimal("4"),
                unit="pcs",
                unit_price=Decimal("250.00"),
                net_amount=Decimal("1000.00"),
                tax_rate=Decimal("19"),
                tax_category="S",
            ),
        ),
        confidence=0.62,
        evidence={
            "header.gross_total": Evidence(1, (x, y - 9, x + 45, y + 3), "1.910,00", 0.55, "task_model"),
            "header.net_total": Evidence(1, (x, 291, x + 45, 303), "1.000,00", 0.97, "task_model"),
            "line_items.0.description": Evidence(1, (72, 211, 160, 223), "Torque wrench", 0.9, "task_model"),
        },
        issues=() if correct else (issue,),
        seller_country="DE",
    )


def distinct(invoice: Invoice, net: int) -> Invoice:
    """The same with an amount of its own, so that no two of them look like duplicates."""
    scale = Decimal(net) / 1000
    header = invoice.header
    return invoice.replace(
        header=replace(
            header,
            net_total=Decimal(net).quantize(Decimal("0.01")),
            tax_total=(Decimal("190") * scale).quantize(Decimal("0.01")),
            gross_total=(header.gross_total or Decimal(0)) * scale,
            amount_due=None,
        )
    )
