"""What a reviewer is told about a flagged document."""

from __future__ import annotations

from flows.explaining import explain
from schemas.invoice import Evidence, Header, Invoice, Issue, Severity, Status
from warehouse.documents import Decision


def test_a_reviewer_learns_what_is_wrong_where_to_look_and_what_was_tried() -> None:
    invoice = Invoice(
        id="a",
        sha256="0",
        source="a.pdf",
        pages=1,
        status=Status.REVIEW,
        header=Header(invoice_number="4711", seller_name="Muster\x1b[31m GmbH"),
        issues=(Issue("BR-CO-15", Severity.ERROR, "header.gross_total", "5", "6", "The totals do not add up."),),
        evidence={"header.gross_total": Evidence(2, (0, 0, 1, 1), "6,00", 0.42, "task_model")},
    )
    told = " ".join(explain(invoice, Decision("ask_fields", ("A model was asked once.",), "m", "1")).sentences)
    assert "Invoice 4711" in told
    assert "waits for a person" in told
    assert "The totals do not add up. (see page 2, “6,00”)" in told
    assert "unsure of gross total “6,00” (42%)" in told
    assert "A model was asked once." in told
    assert "\x1b" not in told
