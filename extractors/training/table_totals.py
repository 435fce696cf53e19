"""Totals, taxes and round-offs as rows of the item table, and tables in two halves side by side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from extractors.training.columns import Plan
from extractors.training.layout import Block, Shape, Style, text_block
from extractors.training.look import Look
from extractors.training.table import Piece, Table, make_table
from extractors.training.total_line import TotalLine
from extractors.training.writing import Writer

MONEY = ("net_amount", "gross_amount")


def total_rows(writer: Writer, table: Table, lines: Sequence[TotalLine]) -> list[Piece]:
    """The totals under the items, their amounts in the items' column."""
    rng = writer.facts.manners.draw("total rows")
    form, look = table.form, table.look
    money = next(k for k in reversed(list(table.edges)) if k in MONEY)
    left, right = table.edges[money]
    named = rng.random() < 0.5  # the words in the items' column, else beside the amount
    start = table.edges["description"][0] + form.pad if named else form.pad
    ruled = form.rules in ("grid", "outer", "rows")
    pieces: list[Piece] = []
    for part in lines:
        style: Style = look.body.but(bold=part.strong)
        value = text_block([part.value], style)
        edge = max(right - form.pad, value.width + 40)
        border = min(left, edge - value.width - 4)
        room = (border - 4 if ruled else edge - value.width - 10) - start
        label = text_block([part.label], style, width=max(room, 60.0), align="left" if named else "right")
        block = Block(table.width, 0)
        block.add(label, start, 1.5)
        block.add(value, edge - value.width, 1.5 + label.height - value.height)
        if part.base:
            base = text_block([part.base], style)
            if named and start + label.width + base.width + value.width + 24 < edge:
                block.add(base, edge - value.width - base.width - 16, 1.5 + label.height - base.height)
        block.height += 1.5
        block.width = table.width
        if ruled:
            block.shapes.append(Shape("rect", 0, 0, table.width, block.height, look.line_colour, None, 0.4))
            block.shapes.append(Shape("line", border, 0, border, block.height, look.line_colour, None, 0.4))
        pieces.append(Piece(block))
    return pieces


def twin_table(rng: Random, writer: Writer, look: Look, plan: Plan, width: float) -> Table:
    """Two tables side by side, the second half of the rows in the right one; each piece holds a row of either."""
    own = writer.facts.manners.draw("twin")
    rows = writer.facts.rows
    money = "gross_amount" if writer.facts.inclusive else "net_amount"
    middle = own.choice((("quantity",), (), ("quantity", "unit_price"), ("unit_price",), ("item_code",)))
    middle = tuple(k for k in middle if k != "item_code" or rows[0].code)
    kinds = ("description", *middle, money) if own.random() < 0.6 else (*middle[:1], "description", *middle[1:], money)
    half = Plan(kinds, "none", "none", plan.discount_as, "under" if "unit_price" in kinds else "column")
    gap = own.uniform(10, 24)
    room = (width - gap) / 2
    cut = -(-len(rows) // 2)
    look = look.smaller(min(1.0, 8.5 / look.size))
    state = rng.getstate()
    tables: list[Table] = []
    for first, part in ((0, rows[:cut]), (cut, rows[cut:])):
        rng.setstate(state)  # the same form and headings
        tables.append(make_table(rng, writer, look, half, part, room, pages=1 + len(rows) // 8, first=first))
    one, other = tables
    out = Table(width, {k: (a + room + gap, b + room + gap) for k, (a, b) in other.edges.items()}, one.form, one.look)
    across = own.random() < 0.5
    for left, right in zip(one.head, other.head, strict=False):
        out.head.append(_joined([left, right], room + gap, width))
    if across or sum(p.block.height for p in one.pieces) > 420:  # row beside row
        for index, piece in enumerate(one.pieces):
            pair = [piece, *other.pieces[index : index + 1]]
            out.pieces.append(
                Piece(_joined([p.block for p in pair], room + gap, width), sum((p.amount or Decimal(0) for p in pair), Decimal(0)))
            )
        return out
    columns: list[Block] = []
    for table in tables:
        column = Block(room, 0)
        for piece in table.pieces:
            column.add(piece.block, 0, column.height)
        columns.append(column)
    out.pieces.append(
        Piece(_joined(columns, room + gap, width), sum((p.amount or Decimal(0) for t in tables for p in t.pieces), Decimal(0)))
    )
    return out


def _joined(blocks: Sequence[Block], step: float, width: float) -> Block:
    out = Block()
    for index, block in enumerate(blocks):
        out.add(block, index * step, 0)
    out.width = width
    return out
