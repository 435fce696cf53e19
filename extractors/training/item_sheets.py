"""Items as stylesheets of structured invoices print them: a headed group of labelled values per line, in one to three columns."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from extractors.training.amounts import Row
from extractors.training.attributes import STRUCTURED, attribute_text, note_span
from extractors.training.columns import Plan, heading
from extractors.training.item_words import item_word
from extractors.training.layout import Block, Line, Shape, Span, Style, line, stack, text_block
from extractors.training.look import Look
from extractors.training.writing import Writer

Pair = tuple[Span, list[Line], bool]  # label, value, whether it takes a whole row
WORDS = {
    "quantity": "quantity", "unit": "unit", "unit_price": "net_price", "tax_rate": "rate", "tax_code": "category", "net_amount": "total",
    "item_code": "seller_code", "list_price": "gross_price", "buyer_code": "buyer_code", "gtin": "gtin", "per": "base_quantity", "origin": "origin",
    "period": "period", "discount": "allowance",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetForm:
    """How every group of the document looks. ``label_share``: of a column's width; ``stands``: label beside, above or below its value."""

    columns: int
    label_share: float
    stands: str
    label_right: bool
    striped: bool
    ruled: bool
    title: str  # filled, bold, none
    numbered: bool
    labels: dict[str, str]
    colon: str
    extra: tuple[str, ...]
    dash: str
    name_first: bool


def sheet_form(rng: Random, writer: Writer, plan: Plan) -> SheetForm:
    """One form for all items of a document."""
    facts = writer.facts
    own = rng.random() < 0.25  # the table's usual headings instead of the terms of structured invoices
    labels: dict[str, str] = {}
    for kind in plan.every_kind:
        if kind in WORDS and not own and not (facts.inclusive and kind == "unit_price"):
            labels[kind] = item_word(rng, WORDS[kind], facts.language, writer.family)
        else:
            labels[kind] = " ".join(s.text for s in heading(rng, writer, kind) if s.label == "O")
    for key in ("name", "description", "line", *STRUCTURED):
        labels.setdefault(f"+{key}", item_word(rng, key, facts.language, writer.family))
    return SheetForm(
        columns=rng.choices((1, 2, 3), (50, 34, 16))[0],
        label_share=rng.uniform(0.25, 0.5),
        stands="above" if rng.random() < 0.15 else "below" if facts.manners.captions_below else "beside",
        label_right=rng.random() < 0.15,
        striped=rng.random() < 0.25,
        ruled=rng.random() < 0.2,
        title=rng.choice(("filled", "bold", "none", "filled")),
        numbered="position" in plan.kinds or rng.random() < 0.6,
        labels=labels,
        colon=rng.choice((":", ":", "", " :")),
        extra=tuple(rng.sample(STRUCTURED, k=rng.randint(0, 5))),
        dash=rng.choice(("-", "–", "", "n/a")) if rng.random() < 0.3 else "",
        name_first=rng.random() < 0.7,
    )


def item_sheet(
    form: SheetForm,
    rng: Random,
    writer: Writer,
    look: Look,
    row: Row,
    content: dict[str, Line],
    name: list[Line],
    under: list[Line],
    group: int,
    width: float,
) -> Block:
    """One item. Its values keep their labels; what else structured invoices tell of it is a detail of the row."""
    pairs: list[Pair] = []
    for kind, spans in content.items():
        if kind == "position":
            continue
        if spans:
            pairs.append((_label(form, form.labels[kind]), [spans], False))
        elif form.dash and row.priced:
            pairs.append((_label(form, form.labels[kind]), [line(form.dash)], False))
    for kind in form.extra:
        if kind not in content:
            pairs.append((_label(form, form.labels[f"+{kind}"]), [[note_span(attribute_text(rng, writer, row, kind), group)]], False))
    told = [spans for spans in under if spans]
    named: list[Pair] = [(_label(form, form.labels["+name"]), name, True)]
    if told:
        named.append((_label(form, form.labels["+description"]), told, True))
    if form.name_first or form.title == "none":  # without a heading the name is what tells where an item begins
        pairs = named + pairs
    else:
        pairs[1:1] = named
    blocks: list[Block] = []
    if form.title != "none":
        blocks.append(_title(form, look, content.get("position", []), group, width))
    blocks.append(_pairs(form, look, pairs, width))
    return stack(blocks, gap=2)


def _label(form: SheetForm, text: str) -> Span:
    return Span(text if text.endswith(":") else text + form.colon)


def _title(form: SheetForm, look: Look, position: Line, group: int, width: float) -> Block:
    words: Line = [Span(form.labels["+line"])]
    if form.numbered:
        words += position or [Span(str(group + 1), "line.position", group, str(group + 1))]
    block = text_block([words], look.body.but(bold=True), width=width)
    block.width = width
    if form.title == "filled":
        block.shapes.insert(0, Shape("rect", 0, 0, width, block.height, None, look.tint))
    return block


def _pairs(form: SheetForm, look: Look, pairs: list[Pair], width: float) -> Block:
    """The pairs row by row over the columns, each value wrapped to its room; name and description take whole rows."""
    count = min(form.columns, max(1, int(width // 140)))
    grid: list[list[Pair]] = [[]]
    for pair in pairs:
        if grid[-1] and (pair[2] or len(grid[-1]) == count or grid[-1][0][2]):
            grid.append([])
        grid[-1].append(pair)
    room = width / count
    block, y = Block(), 0.0
    for index, row in enumerate(grid):
        height = max(
            (_pair(form, look, block, column * room, y, label, lines, room, width if wide else room) for column, (label, lines, wide) in enumerate(row)),
            default=0.0,
        )  # fmt: skip
        if form.striped and index % 2:
            block.shapes.insert(0, Shape("rect", 0, y, width, y + height, None, look.tint))
        if form.ruled:
            block.shapes.append(Shape("line", 0, y + height, width, y + height, look.line_colour, None, 0.3))
        y += height + (1.5 if form.ruled else 0.0)
    block.width, block.height = width, max(block.height, y)
    return block


def _pair(
    form: SheetForm, look: Look, block: Block, x: float, y: float, label: Span, lines: list[Line], room: float, width: float
) -> float:
    """Place one pair at (x, y) in ``block``; its height. ``room`` is a column's width, ``width`` what the pair may take."""
    style: Style = look.body
    if form.stands in ("above", "below"):
        head = text_block([[label]], look.small, width=width - 8)
        value = text_block(lines, style, width=width - 8)
        first, second = (head, value) if form.stands == "above" else (value, head)
        block.add(first, x, y)
        block.add(second, x, y + first.height)
        return head.height + value.height + 2
    left = room * form.label_share
    head = text_block([[label]], style.but(bold=look.label_style.bold), width=left - 6, align="right" if form.label_right else "left")
    value = text_block(lines, style, width=width - left - 6)
    block.add(head, x, y)
    block.add(value, x + left, y)
    return max(head.height, value.height)
