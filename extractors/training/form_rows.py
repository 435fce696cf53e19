"""Rows of a form that nobody filled in: empty, with "- €" or 0,00 where formulas stand, with the words of the template. None is an item."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.training.layout import Line, Span, line
from extractors.training.structure_words import structure_list
from extractors.training.table import Piece, Table, row_block
from extractors.training.writing import Writer

MONEY = ("net_amount", "gross_amount")


def form_rows(writer: Writer, table: Table) -> Iterator[Piece]:
    """The rest of the form under the last item."""
    rng = writer.facts.manners.draw("form")
    count = len(writer.facts.rows)
    zero = writer.number.text(Decimal(0), writer.places)
    filler = rng.choice(
        (
            ["-", writer.token],
            [writer.token, "-"],
            ["-"],
            [zero],
            [zero],
            [zero, writer.token],
            [writer.token, zero],
            [f"{writer.token}-"],
            ["0"],
            [],
        )
    )
    wide = rng.choice(((), ("unit_price",), ("unit_price", "tax_amount"), ("quantity",), ("quantity", "unit_price")))
    numbered = "position" in table.edges and rng.random() < 0.4
    words = rng.choice(structure_list("placeholder", writer.facts.language)) if rng.random() < 0.15 else ""
    for number in range(count + 1, count + 1 + rng.randint(1, 12)):
        content: dict[str, Line] = {}
        for kind in table.edges:
            if kind in MONEY and filler:
                content[kind] = [Span(text) for text in filler]
            elif kind in wide and filler:
                content[kind] = line("0" if kind == "quantity" else filler[0] if len(filler) == 1 else " ".join(filler))
        if numbered:
            content["position"] = line(str(number))
        block = row_block(table, [line(words)] if words else [], [], content, number)
        if not content and not words:
            block.height = max(block.height, table.look.size * 1.4)
            block = row_block(table, [[Span(" ")]], [], {}, number)
        yield Piece(block)
