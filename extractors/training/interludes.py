"""Rows of a table that are no items: headings, subtotals, comments, components, options, allowances, sums."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.asides import aside
from extractors.training.attributes import remark
from extractors.training.columns import Plan
from extractors.training.form_rows import form_rows
from extractors.training.items import item_name
from extractors.training.layout import Block, Line, Span, line, stack, text_block
from extractors.training.subrows import subrows
from extractors.training.table import Piece, Table, row_block
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer

ASIDES = 0.09  # tables that end with a block of other things
UNUSED = 0.05  # tables with rows that nobody filled in
MONEY = ("net_amount", "gross_amount")


def with_interludes(rng: Random, writer: Writer, table: Table, plan: Plan) -> list[Piece]:
    """The table's rows with what else stands between them."""
    comments = rng.random() < 0.13
    under = rng.choices(("", "parts", "prices", "log"), (87, 7, 3.5, 2.5))[0]
    options = rng.random() < 0.035
    out: list[Piece] = []
    numbers = _sections(rng, writer, table) if writer.facts.sections else {}
    every = rng.randint(2, 6)
    above = -1  # the row under which the next line stands, -1 where something else stands between
    for index, piece in enumerate(table.pieces):
        row = writer.facts.rows[index]
        heading = numbers.get((index, "before"), [])
        out += heading
        if comments and index % every == 0:
            out += _comment(rng, writer, table, above=-1 if heading else above)
        out.append(piece)
        above = index
        if under and rng.random() < 0.5:
            out += subrows(rng, writer, table, row, index, under)
        if options and rng.random() < 0.3:
            out += _option(rng, writer, table)
            above = -1
        closing = numbers.get((index, "after"), [])
        out += closing
        if closing:
            above = -1
    if any(k in table.edges for k in MONEY):
        out += _adjustment_rows(rng, writer, table)
        if rng.random() < 0.06 and not writer.facts.adjustments:
            out.append(Piece(_column_sums(rng, writer, table)))
    if rng.random() < UNUSED:
        out += _unused_rows(rng, writer, table)
    elif writer.facts.manners.unused:
        out += form_rows(writer, table)
    if rng.random() < ASIDES:
        block = aside(rng, writer, table.look, table.width)
        for run in block.runs:
            run.y += 6
        block.height += 8
        out.append(Piece(block))
    return out


def sum_row(writer: Writer, table: Table, key: str, amount: Decimal) -> Block:
    """A row of the table with words and an amount that is no item."""
    look = table.look
    kind = next(k for k in reversed(list(table.edges)) if k in MONEY)
    _, right = table.edges[kind]
    block = Block(table.width, 0)
    block.add(text_block([[Span(writer.word(key, "totals"))]], look.body), max(0.0, table.edges["description"][0] + 4), 1)
    value = text_block([[Span(writer.number.text(amount, writer.places))]], look.body)
    block.add(value, right - 4 - value.width, 1)
    block.height += 2
    block.width = table.width
    return block


def _sections(rng: Random, writer: Writer, table: Table) -> dict[tuple[int, str], list[Piece]]:
    """Headings before the sections, perhaps subtotals after them."""
    facts = writer.facts
    subtotals = rng.random() < 0.55 and any(k in table.edges for k in MONEY)
    numbered = rng.random() < 0.4
    ordered, kind = rng.random() < 0.35, rng.choice(("order_ref", "delivery_ref"))
    out: dict[tuple[int, str], list[Piece]] = {}
    running = Decimal(0)
    for index, row in enumerate(facts.rows):
        if index == 0 or facts.rows[index - 1].section != row.section:
            spans: Line = line(f"{row.section + 1}." if numbered else None, facts.sections[row.section % len(facts.sections)])
            if ordered and not facts.manners.groups:
                number = identifiers.reference(rng, row.day)
                spans = writer.sentence(kind, {"number": number, "date": writer.date(row.day).text, "name": facts.seller.contact}) or spans
            out[(index, "before")] = [
                Piece(
                    stack([text_block([spans], table.look.body.but(bold=rng.random() < 0.8), width=table.width)], gap=2),
                    fresh=bool(facts.manners.groups) and facts.manners.fresh_pages and index > 0,
                )
            ]
            running = Decimal(0)
        running += row.gross if facts.inclusive else row.net
        if subtotals and (index + 1 == len(facts.rows) or facts.rows[index + 1].section != row.section):
            out[(index, "after")] = [Piece(sum_row(writer, table, "subtotal_section", running))]
    return out


def _comment(rng: Random, writer: Writer, table: Table, *, above: int) -> Iterator[Piece]:
    """A line across the table: which order or delivery the next rows belong to, or a remark, which belongs to the row ``above`` it: nothing on the page
    tells it from a remark of that item."""
    facts = writer.facts
    values = {
        "number": facts.numbers["delivery_note_number"],
        "date": writer.date(facts.dates["delivery_date"]),
        "name": facts.seller.contact,
    }
    remarked = rng.random() < 0.35
    kind = "detail" if remarked else rng.choice(("order_ref", "delivery_ref", "detail"))
    spans = remark(rng, writer, -1) if remarked else writer.sentence(kind, values)
    of_row = kind == "detail" and above >= 0
    if spans:
        for span in spans:
            span.value, span.label, span.group = (None, "line.note", above) if of_row else (None, "O", -1)
        yield Piece(
            row_block(table, [spans], [], {}, 0)
            if rng.random() < 0.6
            else text_block([spans], table.look.body.but(bold=rng.random() < 0.4), width=table.width)
        )


def _unused_rows(rng: Random, writer: Writer, table: Table) -> Iterator[Piece]:
    """The rows of a form that were left empty: numbered, with a dash, a zero or a currency sign where amounts would stand."""
    count = len(writer.facts.rows)
    numbered = "position" in table.edges and rng.random() < 0.7
    filler = rng.choice(("-", "–", "", "", writer.number.text(Decimal(0), writer.places), writer.token, writer.token))
    wide = rng.random() < 0.3  # the filler stands in every column of amounts
    columns = [k for k in table.edges if k in (("unit_price", "tax_amount", *MONEY) if wide else MONEY)]
    if not numbered and not filler:
        return
    for number in range(count + 1, count + 1 + rng.randint(1, 8)):
        content = {kind: line(filler) for kind in columns} if filler else {}
        if numbered:
            content["position"] = line(str(number))
        yield Piece(row_block(table, [], [], content, number))


def _option(rng: Random, writer: Writer, table: Table) -> Iterator[Piece]:
    """An optional position, priced but not counted."""
    words = rng.choice(small_words("option", writer.facts.language))
    name = item_name(rng, writer.words, writer.facts.category, writer.facts.dates["issue_date"])
    amount = Decimal(rng.randrange(1000, 90000)) / 100
    text = writer.number.text(amount, writer.places)
    cells = {k: line(f"({text})" if rng.random() < 0.5 else words.lower()) for k in table.edges if k in MONEY}
    if "unit_price" in table.edges:
        cells["unit_price"] = line(text)
    if "quantity" in table.edges:
        cells["quantity"] = line("1")
    yield Piece(row_block(table, [line(f"{words}:", name)], [], cells, 0))


def _adjustment_rows(rng: Random, writer: Writer, table: Table) -> Iterator[Piece]:
    """Allowances and charges of the whole document as last rows of the table: what stands in its columns like an item is a line, whatever it is for."""
    facts = writer.facts
    found = [a for a in facts.adjustments if a.in_net]
    if not found or rng.random() > 0.25 or facts.country.tax == "sales":
        return
    kind = next(k for k in table.edges if k in MONEY)
    for group, item in enumerate(found, start=len(facts.rows)):
        writer.in_table.append(item)
        amount = -item.amount if item.label == "allowance" else item.amount
        name = Span(writer.adjustment(item.kind, item.percent), "line.description", group)
        words: Line = [name]
        if item.percent is not None and "%" not in name.text:
            percent = writer.rate(item.percent, "O", sign=True)
            words.append(Span(percent.text, "line.description", group, key=name.key))
        yield Piece(row_block(table, [words], [], {kind: writer.money(amount, f"line.{kind}", group, place=writer.line_place)}, 0))


def _column_sums(rng: Random, writer: Writer, table: Table) -> Block:
    """A closing row with the sums of the columns; the money sums are totals of the document."""
    facts = writer.facts
    cells: dict[str, Line] = {}
    for kind in table.edges:
        if kind == "quantity" and rng.random() < 0.4:
            cells[kind] = line(writer.number.short(sum((r.quantity for r in facts.rows), Decimal(0))))
        elif kind == "net_amount" and facts.regime != "sales":
            cells[kind] = [writer.amount(facts.totals.net, "header.net_total")]
        elif kind == "gross_amount" and (facts.inclusive or facts.totals.gross == sum((r.gross for r in facts.rows), Decimal(0))):
            cells[kind] = [writer.amount(facts.totals.gross, "header.gross_total")]
        elif kind == "tax_amount" and facts.totals.tax == sum((r.tax for r in facts.rows), Decimal(0)):
            cells[kind] = [writer.amount(facts.totals.tax, "header.tax_total")]
    words = rng.choice((writer.word("line_total", "totals"), writer.word("gross_total", "totals"), "Σ"))
    return row_block(table, [line(words)], [], cells, 0)
