"""Printouts of structured invoices as stylesheets make them: headed sections of labels and values in one, two or three columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from extractors.training.columns import make_plan
from extractors.training.layout import Block, Line, Shape, Span, beside, line, stack, text_block
from extractors.training.look import Look
from extractors.training.metadata import number_span
from extractors.training.pages import Sheet
from extractors.training.special import lines_of
from extractors.training.stylesheet_fields import (
    Field,
    attachment_fields,
    document_fields,
    note_fields,
    party_fields,
    payment_fields,
    reference_fields,
    technical_fields,
    total_fields,
)
from extractors.training.totals import small_table, tax_table
from extractors.training.trade_columns import trade_plan
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer

BLANKS = ("", "", "-", "-", "–", "n/a", "./.", "?")


@dataclass(frozen=True, slots=True)
class Habits:
    """How one stylesheet sets its fields. ``share`` is the label's part of a column, ``term`` the pattern of the business term's number."""

    label: str
    heading: str
    share: float
    colon: str
    term: str
    blank: str
    empty: float
    zebra: bool
    ruled: bool
    bold_labels: bool
    gap: float


def make_habits(rng: Random, family: str) -> Habits:
    return Habits(
        label=choose(rng, {"left": 62, "right": 12, "above": 18, "inline": 8}, family, exam_only=("right",)),
        heading=choose(rng, {"bold": 38, "filled": 30, "ruled": 20, "boxed": 12}, family, exam_only=("boxed",)),
        share=rng.uniform(0.28, 0.5),
        colon=rng.choice((":", ":", "", "")),
        term=rng.choice(("{}", "({})", "[{}]", "{}:")) if rng.random() < 0.25 else "",
        blank=rng.choice(BLANKS),
        empty=rng.choice((0.0, 0.0, 0.03, 0.12)),
        zebra=rng.random() < 0.22,
        ruled=rng.random() < 0.2,
        bold_labels=rng.random() < 0.3,
        gap=rng.choice((0.0, 0.0, 1.0, 2.5, 5.0)),
    )


def stylesheet(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> dict[str, str]:
    """The whole document in sections; returns the names of its choices."""
    facts = writer.facts
    habits = make_habits(rng, writer.family)
    look = look.smaller(rng.choice((1.0, 0.9, 0.8)))
    inner = sheet.inner
    if rng.random() < 0.3:
        sheet.put(text_block([line(writer.word("section_technical"))], look.body.but(bold=True, size=look.size * 1.4)), gap=2)
    early = rng.random() < 0.4
    if early and rng.random() < 0.6:
        sheet.put(field_rows(rng, habits, look, technical_fields(rng, writer), inner, columns=1), gap=4)
    number_in_title, date_in_title = _title(rng, writer, look, sheet)
    columns = rng.choices((1, 2, 3), (45, 42, 13))[0]
    narrow = inner / columns - 10

    def section(key: str, fields: Sequence[Field], width: float, count: int = 1) -> Block | None:
        if not fields:
            return None
        body = field_rows(rng, habits, look, fields, width, columns=count)
        return stack([headline(habits, look, writer.word(key), width), body], gap=rng.choice((1, 3)))

    due_in_payment = rng.random() < 0.3
    data = document_fields(rng, writer, number=not number_in_title or rng.random() < 0.4, date=not date_in_title or rng.random() < 0.4)
    if due_in_payment:
        data = [f for f in data if f.term != "BT-9"]
    references = reference_fields(rng, writer)
    if rng.random() < 0.6:  # one section for both
        data, references = data + references, []
    role_of_ship = rng.choices(("section_delivery", "ship_to"), (40, 60))[0]
    parties: list[tuple[str, list[Field]]] = [
        ("seller", party_fields(rng, writer, facts.seller, "seller")),
        ("bill_to", party_fields(rng, writer, facts.buyer, "buyer")),
    ]
    if rng.random() < 0.3:
        parties.reverse()
    if facts.ship_to is not None:
        parties.append((role_of_ship, party_fields(rng, writer, facts.ship_to, "ship_to")))
    head = [("section_invoice", data), ("section_references", references)]
    plain = [part for part in (*head, *parties) if part[1]] if rng.random() < 0.5 else [part for part in (*parties, *head) if part[1]]
    if columns == 1:
        for key, fields in plain:
            _put(sheet, section(key, fields, inner), 10)
    else:
        for start in range(0, len(plain), columns):
            blocks = [section(key, fields, narrow) for key, fields in plain[start : start + columns]]
            found = [b for b in blocks if b is not None]
            sheet.put(beside(found, [i * inner / columns for i in range(len(found))]), gap=10)
    wide = 1 if columns == 1 else rng.choice((1, 2))
    pay = section("section_payment", payment_fields(rng, writer, due=due_in_payment), inner, wide)
    sums_first = rng.random() < 0.3
    separate = bool(facts.totals.tax) and facts.country.tax != "sales" and rng.random() < 0.6
    sums = section("section_totals", total_fields(rng, writer, taxes=not separate), inner * rng.choice((1.0, 1.0, 0.6)))
    breakdown = tax_table(rng, writer, look, inner) if separate else None
    if facts.document_type == "invoice" and not due_in_payment and rng.random() < 0.15:
        pay = stack([b for b in (pay, terms_table(rng, writer, look, inner)) if b is not None], gap=6)
    tail: list[Block | None] = [sums, _titled(habits, look, writer.word("section_tax"), breakdown, inner), pay]
    if rng.random() < 0.5:
        tail.reverse()
    if sums_first:
        for block in tail:
            _put(sheet, block, 8)
    cards = rng.random() < 0.5
    sheet.put(headline(habits, look, writer.word("section_lines"), inner), gap=10)
    table = lines_of(rng, writer, look, trade_plan(writer, make_plan(rng, writer)), inner, cards=cards)
    sheet.put_table(table.head, table.pieces, repeat=True, carry=None, gap=4)
    if not sums_first:
        for block in tail:
            _put(sheet, block, 10)
    for key, fields, share in (
        ("section_notes", note_fields(rng, writer), 0.8),
        ("section_attachments", attachment_fields(rng, writer), 0.15),
        ("section_technical", [] if early else technical_fields(rng, writer), 0.3),
    ):
        if rng.random() < share:
            _put(sheet, section(key, fields, inner), 10)
    return {"arrangement": "stylesheet", "metadata": habits.label, "title": "plain", "table": "cards" if cards else "table"}


def _put(sheet: Sheet, block: Block | None, gap: float) -> None:
    if block is not None:
        sheet.put(block, gap=gap)


def _titled(habits: Habits, look: Look, title: str, block: Block | None, width: float) -> Block | None:
    return None if block is None else stack([headline(habits, look, title, width), block], gap=3)


def _title(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> tuple[bool, bool]:
    """The document's own heading: its kind, perhaps with code, number and date. Returns whether number and date stand in it."""
    facts = writer.facts
    kind = writer.words.pick(rng, "titles", facts.document_type)
    spans: Line = [Span(kind)]
    if rng.random() < 0.25:
        spans.append(Span("(380)" if facts.document_type == "invoice" else "(381)"))
    number, date = rng.random() < 0.35, False
    if number:
        spans.append(Span(rng.choice(("Nr.", "No.", "N°", "#", "nr", ":")))) if rng.random() < 0.6 else None
        spans.append(number_span(writer))
        date = rng.random() < 0.5
    if date:
        spans += line(writer.of_date(), writer.date(facts.dates["issue_date"], "header.issue_date"))
        if rng.random() < 0.3:
            spans += line("-", kind.upper())
    style = look.body.but(bold=True, size=look.size * rng.uniform(1.1, 1.8))
    sheet.put(text_block([spans], style, width=sheet.inner), gap=rng.uniform(4, 12))
    return number, date


def terms_table(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """The terms of payment as a table: the day of the discount in one row, the due date in the next."""
    facts = writer.facts
    due = writer.date(facts.dates["due_date"], "header.due_date")
    rows: list[list[Line]] = [
        [line(writer.word("payment_terms")), line(writer.word("due_date")), line(writer.word("gross_total", "totals"))],
        [line(f"{rng.choice(('2', '3'))} %"), [writer.date(facts.dates["cash_date"])], [writer.amount(facts.totals.due)]],
        [line("0 %"), [due], [writer.amount(facts.totals.due)]],
    ]
    if rng.random() < 0.3:
        del rows[1]
    return small_table(rng, look, rows, width)


def headline(habits: Habits, look: Look, title: str, width: float) -> Block:
    style = look.body.but(bold=True, size=look.size * 1.1)
    block = text_block([line(title.upper() if habits.heading == "boxed" else title)], style)
    block.width, block.height = width, block.height + 3
    if habits.heading == "filled":
        block.shapes.insert(0, Shape("rect", 0, 0, width, block.height, None, look.tint))
    elif habits.heading == "ruled":
        block.shapes.append(Shape("line", 0, block.height, width, block.height, look.line_colour, None, 0.6))
    elif habits.heading == "boxed":
        block.shapes.append(Shape("rect", 0, 0, width, block.height, look.line_colour, None, 0.6))
    return block


def field_rows(rng: Random, habits: Habits, look: Look, fields: Sequence[Field], width: float, *, columns: int) -> Block:
    """The fields down one column or dealt over several, a few of them empty as in a form that shows every term."""
    size = -(-len(fields) // columns)
    out: list[Block] = []
    for at in range(columns):
        block = Block()
        for index, item in enumerate(fields[at * size : (at + 1) * size]):
            block.add(_field(rng, habits, look, item, width / columns - 6, shaded=habits.zebra and index % 2 == 1), 0, block.height)
        out.append(block)
    joined = beside(out, [at * width / columns for at in range(columns)])
    joined.width = width
    return joined


def _field(rng: Random, habits: Habits, look: Look, item: Field, width: float, *, shaded: bool) -> Block:
    """One field: label left of, above or before its value; what is too long is wrapped in its part of the column."""
    labels = item.spans if item.spans is not None else line(item.label + habits.colon if item.label else "")
    if habits.term and item.term:
        term = Span(habits.term.format(item.term))
        labels = [*labels, term] if rng.random() < 0.9 else [term, *labels]
    style = look.body
    head = style.but(bold=habits.bold_labels)
    optional = item.spans is None and not any(s.label != "O" for s in item.value)
    value = item.value
    if not value or (optional and rng.random() < habits.empty):
        value = line(habits.blank) if not item.more else []
    values = [v for v in (value, *item.more) if v]
    block = Block()
    if habits.label == "inline":
        block.add(text_block([[*labels, *(values[0] if values else [])], *values[1:]], style, width=width), 0, 0)
    elif habits.label == "above":
        block.add(text_block([labels] if labels else [], look.label_style, width=width), 0, 0)
        block.add(text_block(values or [line(" ")], style, width=width), 0, block.height)
    else:
        room = width * habits.share
        left = text_block([labels] if labels else [], head, width=room - 6, align="right" if habits.label == "right" else "left")
        block.add(left, 0, 0)
        block.add(text_block(values, style, width=width - room), room, 0)
        block.height = max(block.height, style.size * style.leading)
    block.height += habits.gap
    block.width = width
    if shaded:
        block.shapes.insert(0, Shape("rect", 0, 0, width, block.height, None, (0.95, 0.95, 0.95)))
    if habits.ruled:
        block.shapes.append(Shape("line", 0, block.height, width, block.height, (0.8, 0.8, 0.8), None, 0.3))
    return block
