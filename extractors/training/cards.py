"""Items that are not rows of a table: label-value lines, inline fields, name and amount with a small line of arithmetic, boxes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from extractors.training.amounts import Row
from extractors.training.cells import cells, description_lines
from extractors.training.columns import Plan, heading
from extractors.training.item_sheets import item_sheet, sheet_form
from extractors.training.layout import Block, Line, Shape, Span, framed, stack, text_block, width_of
from extractors.training.look import Look
from extractors.training.metadata_forms import metadata_block
from extractors.training.table import Piece, Table
from extractors.training.table_form import make_form
from extractors.training.told_items import Teller
from extractors.training.vocabulary import choose, small_words
from extractors.training.writing import Writer

AMOUNTS = ("net_amount", "gross_amount")


def make_cards(rng: Random, writer: Writer, look: Look, plan: Plan, rows: Sequence[Row], width: float) -> Table:
    """The rows as cards of one form; the table has no columns to align with."""
    kind = choose(rng, {"pairs": 20, "inline": 20, "split": 26, "box": 11, "sheet": 30}, writer.family, exam_only=("box",))
    sheet = sheet_form(rng, writer, plan) if kind == "sheet" else None
    form = make_form(rng, writer, look, plan, "in")
    table = Table(width, {"description": (0.0, width)}, form, look)
    words = {k: heading(rng, writer, k) for k in plan.every_kind}
    mark = rng.choice((" / ", " | ", ", ", "   ", " · ", "; "))
    at_word = rng.choice(small_words("at", writer.facts.language))
    gap = rng.uniform(3, 12)
    habit = rng.random()
    teller = Teller(writer, look, plan, width) if writer.facts.manners.cards else None
    if teller is not None:
        gap = writer.facts.manners.draw("gap").choice((0.0, 0.0, 2.0, 5.0))
    for index, row in enumerate(rows):
        content = cells(rng, writer, plan, row, index, str(index + 1))
        name, under = description_lines(rng, writer, plan, row, index)
        same = Random(habit)  # every card of a document looks alike
        if teller is not None:
            block = teller.block(row, name, under, index)
        elif sheet is not None:
            block = item_sheet(sheet, rng, writer, look, row, content, name, under, index, width)
        elif kind == "pairs":
            block = _pairs(same, writer, look, words, content, name, under, width)
        elif kind == "inline":
            block = _inline(writer, look, words, content, name, under, width, mark)
        elif kind == "box":
            block = _box(same, writer, look, words, content, name, under, width)
        else:
            block = _split(same, look, content, name, under, width, at_word)
        block.height += gap
        block.width = width
        if form.rules in ("rows", "grid"):
            block.shapes.append(Shape("line", 0, block.height - gap / 2, width, block.height - gap / 2, look.line_colour, None, 0.4))
        table.pieces.append(Piece(block, row.gross if writer.facts.inclusive else row.net))
    return table


def _labelled(writer: Writer, words: dict[str, Line], kind: str, spans: Line) -> tuple[Span, Line]:
    return Span(writer.punctuated(" ".join(s.text for s in words[kind] if s.label == "O"))), spans


def _position_first(content: dict[str, Line], name: list[Line]) -> list[Line]:
    position = content.get("position")
    return [[*position, *name[0]], *name[1:]] if position else name


def _pairs(
    rng: Random,
    writer: Writer,
    look: Look,
    words: dict[str, Line],
    content: dict[str, Line],
    name: list[Line],
    under: list[Line],
    width: float,
) -> Block:
    """Every field on a line of its own, the description among them or above."""
    pairs = [_labelled(writer, words, kind, spans) for kind, spans in content.items() if spans and kind != "position"]
    if rng.random() < 0.4:
        pairs.insert(0, _labelled(writer, words, "description", name[0]))
        return stack([metadata_block(rng, writer, look, pairs, width, "columns"), text_block(under, look.small, width=width)])
    return stack(
        [
            text_block(_position_first(content, name), look.body.but(bold=rng.random() < 0.5), width=width),
            text_block(under, look.small, width=width),
            metadata_block(rng, writer, look, pairs, width * 0.6, rng.choice(("columns", "lines"))),
        ]
    )


def _inline(
    writer: Writer,
    look: Look,
    words: dict[str, Line],
    content: dict[str, Line],
    name: list[Line],
    under: list[Line],
    width: float,
    mark: str,
) -> Block:
    """Fields behind each other under the name: "Qty: 3 / Price: 4.00"."""
    fields: Line = []
    for kind, spans in content.items():
        if not spans or kind == "position":
            continue
        if fields and mark.strip():
            fields.append(Span(mark.strip(), space=mark.startswith(" ")))
        label, value = _labelled(writer, words, kind, spans)
        fields += [label, *value]
    return stack([text_block(_position_first(content, name), look.body, width=width), text_block([*under, fields], look.body, width=width)])


def _split(rng: Random, look: Look, content: dict[str, Line], name: list[Line], under: list[Line], width: float, at_word: str) -> Block:
    """The amount right of the name, quantity and price in small under it."""
    amount = next((content[k] for k in reversed(list(content)) if k in AMOUNTS and content[k]), [])
    value = text_block([amount], look.body)
    block = Block(width, 0)
    block.add(text_block(_position_first(content, name), look.body, width=max(80.0, width - value.width - 16)), 0, 0)
    block.add(value, width - value.width, 0)
    if block.runs and rng.random() < 0.2:  # dots lead from the name to the amount
        first = block.runs[0]
        start = width_of(first.spans, look.body) + 4
        dots = int((width - value.width - 4 - start) / max(1.0, width_of([Span(".")], look.body)))
        if dots > 3 and value.runs and first.y == value.runs[0].y:
            block.add(text_block([[Span("." * dots)]], look.body), start, 0)
    small: Line = []
    if content.get("quantity"):
        small += content["quantity"] + content.get("unit", [])
    if content.get("unit_price"):
        small += ([Span(at_word)] if small else []) + content["unit_price"]
    for kind in ("discount", "tax_rate", "item_code", "date"):
        if content.get(kind):
            small += [Span(",", space=False), *content[kind]] if small and rng.random() < 0.5 else content[kind]
    lower = text_block([*([small] if small else []), *under], look.small if rng.random() < 0.6 else look.body, width=width * 0.75)
    block.add(lower, 0, block.height)
    return block


def _box(
    rng: Random,
    writer: Writer,
    look: Look,
    words: dict[str, Line],
    content: dict[str, Line],
    name: list[Line],
    under: list[Line],
    width: float,
) -> Block:
    """A frame with the name above a row of small fields."""
    pairs = [_labelled(writer, words, kind, spans) for kind, spans in content.items() if spans and kind != "position"]
    body = stack(
        [
            text_block([*_position_first(content, name), *under], look.body, width=width - 12),
            metadata_block(rng, writer, look, pairs, width - 12, "cells"),
        ],
        gap=2,
    )
    return framed(body, pad=5, stroke=look.line_colour, fill=look.tint if rng.random() < 0.3 else None, width=width)
