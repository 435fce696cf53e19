"""Small tables beside the line table: columns as wide as needed, or spread."""

from __future__ import annotations

from random import Random

from extractors.training.layout import Block, Line, Shape, text_block, width_of
from extractors.training.look import Look


def small_table(rng: Random, look: Look, rows: list[list[Line]], width: float) -> Block:
    """A little table, columns as wide as needed or spread over ``width``, now and then turned on its side; long texts wrap."""
    if rng.random() < 0.06:
        rows = [list(column) for column in zip(*rows, strict=True)]
    style = look.body if rng.random() < 0.6 else look.small
    count = len(rows[0])
    cap = max(60.0, width * 0.4)
    widths = [min(max(width_of(row[i], style) for row in rows), cap) + rng.uniform(8, 18) for i in range(count)]
    if sum(widths) > width:
        factor = max(0.55, width / sum(widths))
        style, widths = style.but(size=style.size * factor), [w * factor for w in widths]
    if sum(widths) < width and rng.random() < 0.5:
        extra = (width - sum(widths)) / count
        widths = [w + extra for w in widths]
    align = rng.choice(("right", "right", "left", "center"))
    first = align if rng.random() < 0.6 else "left"
    middle = rng.random() < 0.3
    ruled = rng.random() < 0.5
    block, y = Block(), 0.0
    for row in rows:
        cells = [
            text_block([spans], style, width=size - 6, align=align if i else first)
            for i, (spans, size) in enumerate(zip(row, widths, strict=True))
        ]
        height = max((cell.height + 2 for cell in cells), default=0.0)
        x = 0.0
        for cell, size in zip(cells, widths, strict=True):
            block.add(cell, x + 3, y + 1 + ((height - 2 - cell.height) / 2 if middle else 0.0))
            if ruled:
                block.shapes.append(Shape("rect", x, y, x + size, y + height, look.line_colour, None, 0.4))
            x += size
        y += height
    return block
