"""The forms in which a document shows its own data: columns, lines, grids, strips, titles, a dateline."""

from __future__ import annotations

from random import Random

from extractors.training.layout import Block, Line, Shape, Span, Style, framed, line, stack, text_block, width_of
from extractors.training.look import Look
from extractors.training.metadata import Pair, number_span
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer


def metadata_block(rng: Random, writer: Writer, look: Look, pairs: list[Pair], width: float, form: str) -> Block:
    """The fields in one of the forms of `metadata_form`."""
    if form == "lines":
        glue = rng.random() < 0.1
        for _, value in pairs:
            if value and glue:
                value[0].space = False
        return text_block(
            [[label, *value] for label, value in pairs], look.body, width=width, align=rng.choice(("left", "left", "left", "right"))
        )
    below = writer.facts.manners.captions_below
    if form == "above":
        parts = [
            [
                text_block([[label]], look.small if below else look.label_style, width=width),
                text_block([value], look.body.but(bold=rng.random() < 0.2), width=width),
            ]
            for label, value in pairs
        ]
        return stack([captioned(writer, look, head, body) if below else stack([head, body]) for head, body in parts], gap=rng.uniform(1, 5))
    if form in ("grid", "cells"):
        return _grid(rng, look, pairs, width, ruled=form == "grid", below=below)
    if form == "strip":
        return _strip(rng, look, pairs, width)
    return _columns(rng, look, pairs, width, ruled=form == "table")


def metadata_form(rng: Random, family: str, *, wide: bool) -> str:
    if wide:
        return choose(rng, {"grid": 40, "cells": 25, "strip": 20, "columns": 15}, family)
    return choose(rng, {"columns": 48, "lines": 24, "above": 10, "table": 12, "cells": 6}, family, exam_only=("above",))


def _columns(rng: Random, look: Look, pairs: list[Pair], width: float, *, ruled: bool) -> Block:
    """Labels in one column, values aligned in a second one."""
    labels = [text_block([[label]], look.label_style) for label, _ in pairs]
    left = max((b.width for b in labels), default=0.0)
    gap = rng.uniform(4, 18)
    room = max(60.0, width - left - gap)
    label_right, value_right = rng.random() < 0.2, rng.random() < 0.3
    block = Block()
    pad = rng.uniform(1, 3) if ruled else rng.choice((0, 0, 1))
    for (_, value), label in zip(pairs, labels, strict=True):
        body = text_block([value] if value else [line(" ")], look.body, width=room, align="right" if value_right else "left")
        y = block.height + pad
        top = y
        # one baseline for label and value, whatever their sizes
        shift = (look.body.size * (0.38 + look.body.leading / 2)) - (look.label_style.size * (0.38 + look.label_style.leading / 2))
        block.add(label, left - label.width if label_right else 0, top + max(shift, 0))
        block.add(body, left + gap, top)
        block.height = max(block.height, top + body.height) + pad
        if ruled:
            block.shapes.append(Shape("line", -3, block.height, left + gap + room, block.height, look.line_colour, None, 0.4))
    block.width = left + gap + (room if value_right or ruled else max((width_of(v, look.body) for _, v in pairs), default=0))
    if ruled and rng.random() < 0.6:
        block.shapes.append(Shape("rect", -3, 0, block.width, block.height, look.line_colour, None, 0.5))
        block.shapes.append(Shape("line", left + gap / 2, 0, left + gap / 2, block.height, look.line_colour, None, 0.4))
    return block


def captioned(writer: Writer, look: Look, caption: Block, value: Block) -> Block:
    """A value with its caption below, perhaps with a line between them as on a form that is filled in."""
    rng = writer.facts.manners.draw("captions")
    out = stack([value, caption], gap=rng.choice((0.0, 1.0, 2.0)))
    if rng.random() < 0.6:
        out.shapes.append(Shape("line", 0, value.height, max(value.width, caption.width), value.height, look.line_colour, None, 0.5))
    out.height += rng.choice((2.0, 6.0))
    return out


def _grid(rng: Random, look: Look, pairs: list[Pair], width: float, *, ruled: bool, below: bool = False) -> Block:
    """Cells with the label over the value, some per row, with or without borders."""
    per_row = max(1, min(rng.randint(2, 6), int(width // 62), len(pairs)))
    cell = width / per_row
    centre = rng.choice(("left", "left", "center"))
    head_fill = look.tint if ruled and rng.random() < 0.5 else None
    rows: list[Block] = []
    for start in range(0, len(pairs), per_row):
        part = pairs[start : start + per_row]
        row = Block()
        heads = [
            text_block([[label]], look.label_style.but(size=min(look.label_style.size, 6.5 if below else 8)), width=cell - 6, align=centre)
            for label, _ in part
        ]
        values = [text_block([value] if value else [line(" ")], look.body, width=cell - 6, align=centre) for _, value in part]
        if below:
            heads, values = values, heads
        head = max(h.height for h in heads)
        for index, (h, v) in enumerate(zip(heads, values, strict=True)):
            row.add(h, index * cell + 3, 1)
            row.add(v, index * cell + 3, head + 3)
        row.height += 2
        row.width = width
        if ruled:
            for index in range(len(part)):
                row.shapes.append(Shape("rect", index * cell, 0, (index + 1) * cell, row.height, look.line_colour, None, 0.5))
            if head_fill is not None and not below:
                row.shapes.insert(0, Shape("rect", 0, 0, cell * len(part), head + 2, None, head_fill))
            if rng.random() < 0.5:
                row.shapes.append(Shape("line", 0, head + 2, cell * len(part), head + 2, look.line_colour, None, 0.4))
        rows.append(row)
    return stack(rows, gap=0 if ruled else 4)


def _strip(rng: Random, look: Look, pairs: list[Pair], width: float) -> Block:
    """Label and value after each other along the line."""
    mark = rng.choice(("", "", "|", "·", "/"))
    gap = look.size * rng.uniform(0.9, 2.5)
    block, x, y = Block(), 0.0, 0.0
    for label, value in pairs:
        item = text_block([[label, *value]], look.body)
        if x and x + item.width > width:
            x, y = 0.0, y + item.height
        block.add(item, x, y)
        x += item.width + gap
        if mark:
            sep = text_block([line(mark)], look.body)
            block.add(sep, x, y)
            x += sep.width + gap
    if rng.random() < 0.4:
        return framed(block, pad=3, stroke=look.line_colour, width=width)
    return block


def title_block(rng: Random, writer: Writer, look: Look, form: str, width: float) -> Block:
    """The heading: alone, with the number in it, or a sentence with number and date."""
    facts = writer.facts
    title = writer.words.pick(rng, "titles", facts.document_type)
    if rng.random() < 0.18:
        title = title.upper()
    style: Style = look.heading.but(
        size=look.size * rng.uniform(1.0, 2.8),
        bold=rng.random() < 0.75,
        colour=look.accent if rng.random() < 0.4 else (0, 0, 0),
        tracking=rng.choice((0, 0, 0, 0, 0, 2, 4)) if form == "plain" else 0,
    )
    spans: Line = [Span(title)]
    if form in ("number", "sentence"):
        connector = rng.choice(
            (
                "",
                "",
                "#",
                "",
                "No." if facts.language == "en" else "",
                "Nr." if facts.language in ("de", "pl", "nl", "da", "sv") else "",
                "N°" if facts.language in ("fr", "it", "es", "pt") else "",
                "N°+" if facts.language in ("fr", "it", "es", "pt") else "Nr.+" if facts.language in ("de", "nl", "pl") else "",
                ":",
            )
        )
        number = number_span(writer)
        if connector == "#":
            spans.append(Span("#"))
            number.space = rng.random() < 0.3
        elif connector == ":":
            spans[0].text += ":"
        elif connector:
            spans.append(Span(connector.rstrip("+")))
            number.space = not connector.endswith("+")
        spans.append(number)
    if form == "sentence":
        spans += line(writer.of_date(), writer.date(facts.dates["issue_date"], "header.issue_date"))
        style = style.but(size=min(style.size, look.size * 1.5))
    return text_block([spans], style, width=width)


def dateline(rng: Random, writer: Writer, look: Look) -> Block:
    """Place and date, as a letter has it."""
    city = writer.facts.seller.city
    lead = rng.choice((f"{city},", f"{city},", f"{city}, den" if writer.facts.language == "de" else f"{city},", ""))
    return text_block([line(lead, writer.date(writer.facts.dates["issue_date"], "header.issue_date"))], look.body)
