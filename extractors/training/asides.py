"""Blocks near the line table that look like items or totals and are none: instalments, payments, readings, hours, points, summaries."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.item_words import item_word
from extractors.training.layout import Block, Line, Span, line, stack, text_block
from extractors.training.locales import rounded
from extractors.training.look import Look
from extractors.training.parties import person_name
from extractors.training.small_tables import small_table
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer


def aside(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """One block under the table; none of its words is labelled."""
    kinds = ["history", "hours", "summary", "points", "remark", "readings"]
    if any(a.kind == "prepaid" for a in writer.facts.adjustments):
        kinds = ["instalments"]
    kind = rng.choice(kinds)
    make = {
        "instalments": _instalments, "history": _history, "hours": _hours, "summary": _summary, "points": _points, "readings": _readings,
    }.get(kind)  # fmt: skip
    if make is None:
        words = " ".join(item_word(rng, "remarks", writer.facts.language, writer.family) for _ in range(rng.randint(1, 4)))
        return text_block([line(words)], look.body if rng.random() < 0.5 else look.small, width=width)
    title, rows = make(rng, writer)
    body = small_table(rng, look, rows, width * rng.uniform(0.5, 1.0))
    if not title or rng.random() < 0.2:
        return body
    return stack([text_block([line(title)], look.body.but(bold=rng.random() < 0.6), width=width), body], gap=2)


def _word(rng: Random, writer: Writer, key: str) -> str:
    return item_word(rng, key, writer.facts.language, writer.family)


def _dated(rng: Random, writer: Writer, amounts: list[Decimal], *, numbered: bool) -> list[list[Line]]:
    day = writer.facts.dates["issue_date"]
    rows: list[list[Line]] = []
    for index, amount in enumerate(amounts):
        earlier = day - timedelta(days=31 * (len(amounts) - index))
        number = identifiers.document_number(rng, earlier) if numbered else f"{index + 1}."
        rows.append([line(number), [writer.date(earlier)], [Span(writer.number.text(amount, writer.places))]])
    return rows


def _instalments(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    """Earlier invoices whose amounts make the prepayment of the totals."""
    total = sum((a.amount for a in writer.facts.adjustments if a.kind == "prepaid"), Decimal(0))
    count = rng.randint(1, 4)
    share = rounded(total / count, writer.places)
    amounts = [share] * (count - 1) + [total - share * (count - 1)]
    return _word(rng, writer, "prepaid_list"), _dated(rng, writer, amounts, numbered=rng.random() < 0.8)


def _history(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    amounts = [Decimal(rng.randrange(100, 500000)) / 100 * rng.choice((1, 1, -1)) for _ in range(rng.randint(2, 6))]
    return _word(rng, writer, "history"), _dated(rng, writer, amounts, numbered=rng.random() < 0.5)


def _hours(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    hours = [Decimal(rng.randrange(1, 160)) / 4 for _ in range(rng.randint(1, 5))]
    rows: list[list[Line]] = [[line(person_name(rng, writer.words)), [writer.quantity(h, "O")], line("h")] for h in hours]
    rows.append([line(_word(rng, writer, "hours")), [writer.quantity(sum(hours, Decimal(0)), "O")], line("h")])
    return "", rows


def _summary(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    """Group sums: one per section, delivery note, day or kind of goods."""
    facts = writer.facts
    names = facts.sections or [facts.numbers[k] for k in ("delivery_note_number", "sales_order", "project")]
    rows: list[list[Line]] = []
    for name in names:
        amount = Decimal(rng.randrange(1000, 900000)) / 100
        rows.append([line(str(name)[:40]), line(str(rng.randrange(1, 30))), [Span(writer.number.text(amount, writer.places))]])
    return writer.word("subtotal_section", "totals"), rows


def _points(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    return "", [[line(_word(rng, writer, "points")), line(str(rng.randrange(1, 9000)))]]


def _readings(rng: Random, writer: Writer) -> tuple[str, list[list[Line]]]:
    words = small_words("reading", writer.facts.language)
    start = rng.randrange(100, 90000)
    values = [start, start + rng.randrange(10, 9000)]
    rows: list[list[Line]] = [
        [line(word), [writer.date(writer.facts.dates[key])], line(writer.number.text(Decimal(value), 0))]
        for word, key, value in zip(words, ("period_from", "period_to"), values, strict=False)
    ]
    return identifiers.from_form(rng, "1@@@##########") if rng.random() < 0.4 else "", rows
