"""Bodies of documents that are not invoices: statements, reminders, payslips, letters. Quotes, orders and delivery notes use the invoice's body."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.layout import Line, Span, line, text_block
from extractors.training.look import Look
from extractors.training.pages import Sheet
from extractors.training.totals import small_table
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer

NEGATIVES = {
    "quote": 20,
    "order_confirmation": 16,
    "purchase_order": 14,
    "delivery_note": 16,
    "statement": 10,
    "reminder": 11,
    "payslip": 6,
    "letter": 7,
}


def body_of(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> None:
    """Text and tables typical of the kind of document."""
    kind = writer.facts.document_type
    if kind in ("statement", "reminder"):
        _texts(rng, writer, look, sheet, f"{kind}_text", 1)
        sheet.put(small_table(rng, look, _open_items(rng, writer), sheet.inner), gap=10)
        if rng.random() < 0.8:
            total = writer.money(writer.facts.totals.due)
            sheet.put(text_block([[writer.label("amount_due", "totals"), *total]], look.body.but(bold=True)), gap=8)
    elif kind == "payslip":
        sheet.put(small_table(rng, look, _earnings(rng, writer), sheet.inner), gap=10)
    else:
        _texts(rng, writer, look, sheet, "letter_text", rng.randint(2, 6))


def _texts(rng: Random, writer: Writer, look: Look, sheet: Sheet, key: str, count: int) -> None:
    facts = writer.facts
    values = {
        "name": facts.seller.contact,
        "date": writer.date(facts.dates["issue_date"]),
        "due_date": writer.date(facts.dates["due_date"]),
        "days": "14",
        "number": facts.numbers["invoice_number"],
        "phone": facts.seller.phone,
        "email": facts.seller.email,
        "amount": writer.money(facts.totals.due),
        "customer": facts.numbers["customer_number"],
        "fee": writer.money(Decimal(5)),
        "iban": writer.iban(facts.seller.ibans[0]) if facts.seller.ibans else "-",
        "company": facts.seller.name,
        "invoice_number": facts.numbers["invoice_number"],
        "percent": "2",
        "year": str(facts.dates["issue_date"].year),
        "city": facts.seller.city,
        "balance": writer.money(facts.totals.gross),
    }
    for _ in range(count):
        spans = writer.sentence(key, values)
        if spans:
            sheet.put(text_block([spans], look.body, width=sheet.inner), gap=rng.uniform(4, 10))


def _open_items(rng: Random, writer: Writer) -> list[list[Line]]:
    facts = writer.facts
    day = facts.dates["issue_date"] - timedelta(days=120)
    rows: list[list[Line]] = [
        [
            line(writer.word("issue_date")),
            line(writer.word("invoice_number")),
            line(writer.word("due_date")),
            line(writer.word("gross_total", "totals")),
            line(writer.word("amount_due", "totals")),
        ]
    ]
    for _ in range(rng.randint(1, 14)):
        day += timedelta(days=rng.randrange(1, 20))
        amount = Decimal(rng.randrange(500, 900000)) / 100
        rows.append(
            [
                [writer.date(day)],
                line(identifiers.document_number(rng, day)),
                [writer.date(day + timedelta(days=30))],
                writer.money(amount),
                writer.money(amount),
            ]
        )
    return rows


def _earnings(rng: Random, writer: Writer) -> list[list[Line]]:
    words = small_words("payslip", writer.facts.language)
    rows: list[list[Line]] = []
    for index, word in enumerate(words):
        amount = Decimal(rng.randrange(10000, 500000)) / 100
        rows.append([[Span(f"{(index + 1) * 100:04}")], line(word), writer.money(amount)])
    return rows
