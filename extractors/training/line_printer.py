"""A line printer's page: one face of fixed width, capitals, no rules but rows of signs, and a word at the foot of pages that go on."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from extractors.training import fonts
from extractors.training.columns import Plan
from extractors.training.layout import Block, Span, line, stack, text_block, width_of
from extractors.training.look import Look
from extractors.training.pages import Sheet
from extractors.training.structure_words import structure_word
from extractors.training.table import Table
from extractors.training.writing import Writer


def printer_look(writer: Writer, look: Look) -> Look:
    """The same look in one face and size. (DejaVu Mono is as wide as Courier, which the exam keeps for itself.)"""
    rng = writer.facts.manners.draw("printer")
    face = fonts.face("DejaVu Mono") or look.body.face
    style = look.body.but(
        face=dataclasses.replace(face, squeeze=rng.choice((1.0, 1.0, 0.9, 0.82))),
        size=rng.choice((7.0, 7.5, 8.0, 8.5)),
        leading=rng.choice((1.2, 1.33, 1.5)),
    )
    plain = style.but(colour=(0, 0, 0), tracking=0)
    return dataclasses.replace(look, body=plain, heading=plain, small=plain, label_style=plain.but(bold=False), accent=(0, 0, 0))


def printer_plan(writer: Writer, plan: Plan) -> Plan:
    """Number and name in one run of text, units behind quantities."""
    code = "before" if writer.facts.rows[0].code and writer.facts.manners.draw("run").random() < 0.75 else plan.code_place
    kinds = tuple(k for k in plan.kinds if code != "before" or k != "item_code")
    return dataclasses.replace(plan, kinds=kinds, code_place=code, stacked=())


def dashed_heads(writer: Writer, table: Table) -> None:
    """Rows of signs above and below the table's heading."""
    rng = writer.facts.manners.draw("dashes")
    sign = rng.choice("--=*_.")
    above = rng.random() < 0.8
    for index, head in enumerate(table.head):
        rows = [_dashes(table.look, table.width, sign)] if above else []
        block = stack([*rows, head, _dashes(table.look, table.width, sign)])
        block.width = table.width
        block.shapes.clear()
        table.head[index] = block


def going_on(writer: Writer, table: Table, running: Decimal | None) -> Block:
    """The row at a page's foot that says that the document goes on, perhaps with the sum so far."""
    rng = writer.facts.manners.draw("continued")
    words = line(structure_word(rng, "continued", writer.facts.language))
    if running is not None and rng.random() < 0.3:
        words.append(Span(writer.number.text(running, writer.places)))
    return text_block([words], table.look.body, width=table.width, align=rng.choice(("left", "right", "center")))


def print_all(writer: Writer, sheet: Sheet) -> None:
    """Everything in capitals and black, without lines and fills."""
    rng = writer.facts.manners.draw("ribbon")
    capitals, bold = rng.random() < 0.85, rng.random() < 0.2
    seen: set[int] = set()
    for page in sheet.pages:
        if rng.random() < 0.9:
            page.shapes.clear()
        for run in page.runs:
            run.colour = (0, 0, 0)
            run.bold = run.bold and bold
            for span in run.spans:
                if capitals and id(span) not in seen:
                    seen.add(id(span))
                    span.text = span.text.upper()
                    span.value = span.value.upper() if isinstance(span.value, str) and span.label != "header.currency" else span.value
    if capitals:
        for row in writer.facts.rows:
            row.name = row.name.upper()


def _dashes(look: Look, width: float, sign: str) -> Block:
    count = int(width / max(0.5, width_of([Span(sign * 10)], look.body) / 10))
    return text_block([[Span(sign * count)]], look.body)
