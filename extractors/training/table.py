"""Line tables as blocks: a heading, one block per row, and where their columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from extractors.training.amounts import Row
from extractors.training.cells import cells, description_lines
from extractors.training.columns import Plan, heading
from extractors.training.conditions import condition_lines
from extractors.training.layout import Block, Line, Shape, Style, beside, stack, text_block, width_of
from extractors.training.look import Look
from extractors.training.table_form import Form, make_form, mannered
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer


@dataclass(slots=True)
class Piece:
    """A block of the table with the amount that it adds to the running total (None = not an item)."""

    block: Block
    amount: Decimal | None = None
    fresh: bool = False  # begins a page


@dataclass(slots=True)
class Table:
    """``edges``: left and right edge of every column; ``pieces`` in order."""

    width: float
    edges: dict[str, tuple[float, float]]
    form: Form
    look: Look
    head: list[Block] = field(default_factory=list[Block])  # copies for the pages, made in advance
    pieces: list[Piece] = field(default_factory=list[Piece])
    stacked: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def make_table(
    rng: Random, writer: Writer, look: Look, plan: Plan, rows: Sequence[Row], width: float, *, pages: int, first: int = 0
) -> Table:
    """Lay out the rows, of which the first is the document's ``first``; ``pages`` copies of the heading are made."""
    place = choose(rng, {"in": 81, "above": 9, "hung": 5, "below": 5}, writer.family, exam_only=("below",))
    if len([k for k in plan.kinds if k not in ("description", "position")]) < 3:
        place = "in"
    form = make_form(rng, writer, look, plan, place)
    if writer.facts.manners.key:
        form = mannered(writer.facts.manners, form)
        place = form.place
    if place != "in" and form.rules in ("grid", "outer") and rng.random() < 0.8:
        form = replace(form, rules="rows")  # vertical rules would cross the descriptions
    step = rng.choices((1, 10, 100), (84, 13, 3))[0]
    pattern = rng.choices(("{}", "{}.", "{:02}", "{:03}", "{:04}"), (66, 14, 8, 8, 4))[0]
    contents = [cells(rng, writer, plan, row, index, pattern.format((index + 1) * step)) for index, row in enumerate(rows, start=first)]
    conditions = [
        condition_lines(writer, row, content, index) for index, (row, content) in enumerate(zip(rows, contents, strict=True), start=first)
    ]
    headings = {kind: heading(rng, writer, kind) for kind in plan.every_kind}
    stacked: dict[str, list[str]] = {}
    for host, guest in plan.stacked:
        stacked.setdefault(host, []).append(guest)
    if stacked and rng.random() < 0.25:  # the heading names the upper values only
        for _, guest in plan.stacked:
            headings[guest] = []
    if rng.random() < 0.06:  # a column that nobody named
        headings[rng.choice([k for k in plan.kinds if k != "description"] or ["description"])] = []
    bold = rng.random() < 0.7
    measured = [*contents, *(cells for lines in conditions for _, cells in lines)]
    edges, fits = _edges(rng, look, form, plan, measured, headings, width, _head_style(look, bold=bold), stacked)
    for _ in range(4):
        if fits:
            break
        look = look.smaller(0.88)
        edges, fits = _edges(rng, look, form, plan, measured, headings, width, _head_style(look, bold=bold), stacked)
    table = Table(width, edges, form, look, stacked=stacked)
    if rng.random() > 0.03:
        for _ in range(pages):
            table.head.append(
                _head(
                    form,
                    look,
                    _head_style(look, bold=bold),
                    edges,
                    {k: [s.part(s.text, space=s.space) for s in v] for k, v in headings.items()},
                    width,
                    stacked,
                )
            )
    for index, (row, content) in enumerate(zip(rows, contents, strict=True)):
        name, under = description_lines(rng, writer, plan, row, first + index)
        block = row_block(table, name, under, content, index)
        if conditions[index]:
            block = stack([block, *(row_block(table, [words], [], below, 0) for words, below in conditions[index])])
        amount = row.gross if writer.facts.inclusive else row.net
        table.pieces.append(Piece(block, amount))
    return table


def _edges(
    rng: Random,
    look: Look,
    form: Form,
    plan: Plan,
    contents: Sequence[dict[str, Line]],
    headings: dict[str, Line],
    width: float,
    head_style: Style,
    stacked: dict[str, list[str]],
) -> tuple[dict[str, tuple[float, float]], bool]:
    """Column edges (natural widths, the description takes the rest), and whether everything fits at this size."""
    style = look.body
    natural: dict[str, float] = {}
    for kind in plan.kinds:
        if kind == "description":
            continue
        shared = [kind, *stacked.get(kind, [])]
        widest = max((width_of(c.get(k, []), style) for c in contents for k in shared), default=0.0)
        words = max((width_of([s], head_style) for k in shared for s in _words(headings[k])), default=0.0)
        natural[kind] = max(widest, min(words + 1, 90.0)) + 2 * form.pad + rng.uniform(0, 8)
    floor = 0.0 if form.place != "in" else max(80.0, width * rng.choice((0.2, 0.28, 0.36)))
    total = sum(natural.values())
    fits = total + floor <= width
    rest = max(width - total, 60.0)
    kinds = [k for k in plan.kinds if form.place == "in" or k != "description"]
    if form.place == "in" and 0 < form.narrow < rest and len(kinds) > 2:
        share = (rest - form.narrow) / (len(kinds) - 1) * rng.choice((1.0, 1.0, 0.6))
        natural = {k: v + share for k, v in natural.items()}
        rest = form.narrow
    if form.place != "in":
        spread = max(0.0, width - total) / max(1, len(kinds))
        natural = {k: v + spread for k, v in natural.items()}
    elif not form.narrow and rng.random() < 0.1:  # a table with an even spread
        share = rest * 0.35 / max(1, len(kinds) - 1)
        natural = {k: v + share for k, v in natural.items()}
        rest *= 0.65
    edges: dict[str, tuple[float, float]] = {}
    x = 0.0
    for kind in kinds:
        size = rest if kind == "description" else natural[kind]
        edges[kind] = (x, x + size)
        x += size
    if form.place != "in":
        hang = edges[kinds[1]][0] if form.place == "hung" and edges[kinds[1]][0] < width * 0.4 else 0.0
        edges["description"] = (hang, width)
    return edges, fits


def _head_style(look: Look, *, bold: bool) -> Style:
    return look.label_style.but(size=min(look.label_style.size, look.size), bold=bold, colour=(0, 0, 0))


def _words(spans: Line) -> Line:
    return [s.part(w, space=True) for s in spans for w in s.text.split()]


def _cell(spans: list[Line], style: Style, left: float, right: float, pad: float, align: str) -> tuple[Block, float]:
    inner = max(right - left - 2 * pad, 10.0)
    block = text_block(spans, style, width=inner, align=align)
    return block, left + pad


def _head(
    form: Form,
    look: Look,
    style: Style,
    edges: dict[str, tuple[float, float]],
    headings: dict[str, Line],
    width: float,
    stacked: dict[str, list[str]],
) -> Block:
    guests = {guest for names in stacked.values() for guest in names}
    parts = [
        _cell(
            [headings[kind], *(headings[k] for k in stacked.get(kind, []) if headings[k])], style, *edges[kind], form.pad, form.align[kind]
        )
        for kind in headings
        if kind not in guests and (form.place == "in" or kind != "description")
    ]
    if form.place == "above":
        parts_block = beside([b for b, _ in parts], [x for _, x in parts])
        title, x = _cell([headings["description"]], style, 0, width, form.pad, "left")
        block = stack([beside([title], [x]), parts_block])
    else:
        block = beside([b for b, _ in parts], [x for _, x in parts], valign="bottom")
        if form.place in ("below", "hung"):
            title, x = _cell([headings["description"]], style, *edges["description"], form.pad, "left")
            block.add(title, x, block.height)
    block.height += 3
    block.width = width
    for run in block.runs:
        run.y += 1.5
    if form.head_fill:
        block.shapes.insert(0, Shape("rect", 0, 0, width, block.height, None, look.tint))
    if form.rules == "grid":
        for left, right in edges.values():
            block.shapes.append(Shape("rect", left, 0, right, block.height, look.line_colour, None, 0.5))
    elif form.rules != "none":
        block.shapes.append(Shape("line", 0, block.height, width, block.height, look.line_colour, None, 0.8))
        if form.head_lines:
            block.shapes.append(Shape("line", 0, 0, width, 0, look.line_colour, None, 0.5))
    return block


def _numbers(table: Table, content: dict[str, Line], height: float) -> Block:
    """The cells beside the description, ``height`` tall; some columns stand lower than the others."""
    form, out = table.form, Block()
    guests = {guest for names in table.stacked.values() for guest in names}
    cells: list[tuple[str, Block, float]] = []
    for kind, spans in content.items():
        lines = [part for part in (spans, *(content.get(k, []) for k in table.stacked.get(kind, []))) if part]
        if lines and kind not in guests:
            cells.append((kind, *_cell(lines, table.look.body, *table.edges[kind], form.pad, form.align[kind])))
    for kind, block, x in cells:
        free = max(0.0, height - block.height)
        low = min(free, table.look.size * 0.6)
        out.add(block, x, {"top": 0.0, "middle": free / 2, "bottom": free, "low": low}[form.settle.get(kind, "top")])
    return out


def row_block(table: Table, name: list[Line], under: list[Line], content: dict[str, Line], index: int) -> Block:
    """One row: the description's lines and the other cells in the table's columns."""
    form, look, edges, width = table.form, table.look, table.edges, table.width
    left, right = edges["description"]
    inner = max(right - left - 2 * form.pad, 40.0)
    blocks = [text_block(name, look.body.but(bold=form.name_bold), width=inner)]
    if under:
        lower = text_block(under, form.note_style, width=inner - form.indent)
        shifted = Block()
        shifted.add(lower, form.indent, 0)
        blocks.append(shifted)
    description = stack(blocks, gap=form.note_gap)
    numbers = _numbers(table, content, description.height if form.place == "in" else 0.0)
    block = Block()
    if form.place == "above":
        block.add(description, form.pad, 0)
        block.add(numbers, 0, description.height)
    elif form.place in ("below", "hung"):
        block.add(numbers, 0, 0)
        block.add(description, left + form.pad + (form.indent if form.place == "below" else 0.0), numbers.height)
    else:
        shift = {
            "top": 0.0,
            "bottom": max(0.0, description.height - numbers.height),
            "middle": max(0.0, (description.height - numbers.height) / 2),
        }[form.valign]
        block.add(description, left + form.pad, 0)
        block.add(numbers, 0, shift)
    top = form.row_gap / 2 + (1.5 if form.rules in ("grid", "rows", "zebra") else 0)
    out = Block()
    out.add(block, 0, top)
    out.height += top
    out.width = width
    if form.rules == "grid":
        for a, b in ((edges[k]) for k in edges if form.place == "in" or k != "description"):
            out.shapes.append(Shape("rect", a, 0, b, out.height, look.line_colour, None, 0.4))
    elif form.rules == "rows":
        out.shapes.append(Shape("line", 0, out.height, width, out.height, look.line_colour, None, 0.4))
    elif form.rules == "zebra" and index % 2:
        out.shapes.insert(0, Shape("rect", 0, 0, width, out.height, None, look.tint))
    elif form.rules == "outer":
        for a, b in edges.values():
            out.shapes.append(Shape("line", a, 0, a, out.height, look.line_colour, None, 0.4))
            out.shapes.append(Shape("line", b, 0, b, out.height, look.line_colour, None, 0.4))
    return out
