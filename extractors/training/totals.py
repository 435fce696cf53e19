"""The totals of a document: which amounts are named, in what words, and in what shape they stand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from random import Random

from extractors.training.amounts import Adjustment, TaxPart
from extractors.training.layout import Block, Line, Shape, Span, Style, framed, line, text_block, width_of
from extractors.training.look import Look
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer


@dataclass(slots=True)
class TotalLine:
    """``label`` may hold labelled spans (a rate, a base); ``strong`` lines are set bold or larger."""

    label: Line
    value: Line
    strong: bool = False
    base: Line | None = None  # the base in a column of its own


def total_lines(rng: Random, writer: Writer, *, taxes: bool, adjusted_apart: bool = False) -> list[TotalLine]:
    """The lines of the totals block in their order. ``taxes`` False: the tax rows stand in a table of their own."""
    facts = writer.facts
    totals = facts.totals
    inside = [a for a in facts.adjustments if a.in_net and a not in writer.in_table]
    after = [a for a in facts.adjustments if not a.in_net]
    lines: list[TotalLine] = []
    untaxed = facts.regime in ("small", "margin", "none") or (facts.country.tax == "sales" and not totals.tax)
    net_shown = not facts.inclusive and (not untaxed or rng.random() < 0.3) and rng.random() < 0.95
    if inside and not facts.inclusive:
        american = facts.country.tax == "sales" or (facts.language == "en" and rng.random() < 0.15)
        if american:  # subtotal, shipping, tax, total: no other net line
            lines.append(_line(writer, "net_total", totals.lines, "header.net_total"))
            lines += _adjustments(rng, writer, inside)
            net_shown = False
        else:
            if rng.random() < 0.9:
                lines.append(_line(writer, "line_total", totals.lines, "total.line_total"))
            lines += _adjustments(rng, writer, inside)
    elif adjusted_apart and rng.random() < 0.8:  # they stand in a table of their own: the sum before them is still told
        lines.append(_line(writer, "line_total", totals.lines, "total.line_total"))
    elif facts.inclusive:
        if inside:
            lines.append(_line(writer, "line_total", totals.lines, "total.line_total"))
            lines += _adjustments(rng, writer, inside)
        elif rng.random() < 0.15 and not writer.in_table:
            lines.append(_line(writer, "line_total", totals.lines, "total.line_total"))
    elif rng.random() < 0.04 and not writer.in_table:
        lines.append(_line(writer, "line_total", totals.lines, "total.line_total"))
    if net_shown:
        lines.append(_line(writer, "net_total", totals.net, "header.net_total"))
    tax_lines = _tax_lines(rng, writer, untaxed=untaxed) if taxes else ([_sum_of_tax(writer)] if totals.tax and rng.random() < 0.6 else [])
    tail: list[TotalLine] = []
    due_words = bool(after) or rng.random() < 0.17
    gross_words = bool(after) or not due_words or rng.random() < 0.55
    if gross_words:
        key = "gross_incl" if facts.inclusive and rng.random() < 0.5 and writer.words.has("totals", "gross_incl") else "gross_total"
        tail.append(_line(writer, key, totals.gross, "header.gross_total", strong=True))
    if facts.inclusive and rng.random() < 0.75:  # "of which VAT" stands under the total
        tail += tax_lines
        if rng.random() < 0.25:
            tail.append(_line(writer, "net_total", totals.net, "header.net_total"))
        tax_lines = []
    elif facts.inclusive and rng.random() < 0.5:
        lines.append(_line(writer, "net_total", totals.net, "header.net_total"))
    lines += tax_lines
    tail += _adjustments(rng, writer, after)
    if due_words:
        tail.append(_line(writer, "amount_due", totals.due, "header.amount_due", strong=True))
    return lines + tail


def _line(writer: Writer, key: str, value: Decimal, label: str, *, strong: bool = False) -> TotalLine:
    return TotalLine([writer.label(key, "totals")], writer.money(value, label), strong)


def _adjustments(rng: Random, writer: Writer, found: list[Adjustment]) -> list[TotalLine]:
    out: list[TotalLine] = []
    negative = rng.random() < 0.6
    for item in found:
        kind, amount, percent = item.kind, item.amount, item.percent
        words: Line = [Span(writer.word(kind, "totals"))]
        if percent is not None and rng.random() < 0.8:
            words.append(writer.rate(percent, "O", sign=True))
        words[-1].text = words[-1].text if rng.random() < 0.5 else writer.punctuated(words[-1].text)
        shown = -amount if kind in ("allowance", "prepaid", "withholding") and negative else amount
        spans = writer.money(shown, f"adjustment.{item.label}")
        out.append(TotalLine(words, spans))
    return out


def rated_words(rng: Random, writer: Writer, key: str, part: TaxPart, group: int, *, base: bool = True) -> Line:
    """The words of a tax row, with the rate and perhaps the base inside."""
    pattern = ""
    for _ in range(8):
        pattern = writer.word(key, "totals")
        if "{base}" not in pattern or base:
            break
    values = {"rate": writer.rate(part.rate, "tax.rate", group, sign=False), "base": writer.money(part.base, "tax.taxable_amount", group)}
    if "{base}" in pattern and not base:
        pattern = "{rate} %"
    found = writer.filled(pattern, values) or line(pattern)
    if writer.shout:
        for span in found:
            if span.label == "O":
                span.text = span.text.upper()
    # the sign after the rate belongs to the rate
    for before, after in pairwise(found):
        if before.label == "tax.rate" and after.text.startswith("%") and not after.space:
            before.text += "%"
            after.text = after.text[1:].lstrip()
            after.space = (bool(after.text) and after.text[0].isalnum()) or after.text.startswith("(")
    found = [s for s in found if s.text]
    if found and found[-1].label == "O" and rng.random() < 0.6:
        found[-1].text = writer.punctuated(found[-1].text)
    return found


def _tax_lines(rng: Random, writer: Writer, *, untaxed: bool) -> list[TotalLine]:
    facts = writer.facts
    parts = facts.breakdown
    if untaxed and rng.random() < 0.75:
        return []
    if not facts.totals.tax and rng.random() < 0.35 and facts.regime != "standard":
        return []
    out: list[TotalLine] = []
    if len(parts) == 1 or (facts.country.tax == "sales"):
        part = max(parts, key=lambda p: p.rate)
        key = "tax_included" if facts.inclusive and writer.words.has("totals", "tax_included") else "tax_total"
        words = rated_words(rng, writer, key, part, 0)
        if not any(s.label == "tax.rate" for s in words) and rng.random() < 0.5:
            words.append(writer.rate(part.rate, "tax.rate", 0, sign=True))
        tax = TotalLine(words, writer.money(facts.totals.tax, "header.tax_total"))
        if rng.random() < 0.08 and not facts.inclusive:
            tax.base = [writer.amount(part.base, "tax.taxable_amount", 0)]
        return [tax]
    include_base = rng.random() < 0.4
    for group, part in enumerate(parts):
        if not part.rate and rng.random() < 0.5:
            if rng.random() < 0.5 or part.base == 0:
                continue
            out.append(TotalLine([writer.label("exempt", "totals")], writer.money(part.base, "tax.taxable_amount", group)))
            continue
        if part.name:
            words = [Span(part.name), *([writer.rate(part.rate, "tax.rate", group, sign=True)] if rng.random() < 0.85 else [])]
        else:
            words = rated_words(rng, writer, "tax_line", part, group, base=include_base)
        out.append(TotalLine(words, writer.money(part.tax, "tax.tax_amount", group)))
    if rng.random() < 0.25 or not out:
        out.append(_sum_of_tax(writer))
    return out


def _sum_of_tax(writer: Writer) -> TotalLine:
    return _line(writer, "tax_sum", writer.facts.totals.tax, "header.tax_total")


def totals_block(
    rng: Random, writer: Writer, look: Look, lines: list[TotalLine], width: float, form: str, *, right_edge: float | None = None
) -> Block:
    """Labels and amounts in one of the forms of `totals_form`; ``right_edge`` aligns the amounts with the table's amount column."""
    if form == "strip":
        return _strip(rng, look, lines, width)
    if form == "sentence":
        return text_block([[*part.label, *part.value] for part in lines], look.body)
    label_right = rng.random() < 0.25
    rules = choose(rng, {"none": 40, "strong": 30, "all": 15, "box": 15}, writer.family)
    size = look.size * rng.choice((1, 1, 1.1, 1.25))
    block = Block()
    for part in lines:
        style: Style = look.body.but(bold=part.strong and rng.random() < 0.8, size=size if part.strong else look.size)
        value = text_block([part.value], style)
        room = width - value.width - 10
        label = text_block([part.label], style, width=max(room * (0.6 if part.base else 1.0), 60))
        top = block.height + rng.choice((0, 0, 1, 2))
        edge = right_edge if right_edge is not None else width
        left = max(edge - value.width - 14 - label.width - (look.size * 8 if part.base else 0), 0) if label_right else 0
        block.add(label, left, top)
        last = top + label.height - value.height
        if part.base:
            base = text_block([part.base], style)
            block.add(base, max(edge - value.width - base.width - 18, left + label.width + 6), last)
        block.add(value, edge - value.width, last)
        if rules == "all" or (rules == "strong" and part.strong):
            y = top if part.strong else block.height
            block.shapes.append(Shape("line", 0, y, width, y, look.line_colour, None, 0.7))
        if part.strong and rules == "box":
            block.shapes.insert(0, Shape("rect", -2, top, width + 2, block.height, None, look.tint))
    block.width = width
    return block


def totals_form(rng: Random, family: str) -> str:
    return choose(rng, {"right": 62, "left": 7, "wide": 12, "column": 10, "strip": 6, "sentence": 3}, family, exam_only=("sentence",))


def _strip(rng: Random, look: Look, lines: list[TotalLine], width: float) -> Block:
    """All totals beside each other, label over amount."""
    cell = width / max(1, len(lines))
    block = Block()
    align = rng.choice(("left", "right", "center"))
    heads = [text_block([part.label], look.small, width=cell - 6, align=align) for part in lines]
    values = [text_block([part.value], look.body.but(bold=part.strong), width=cell - 6, align=align) for part in lines]
    head = max((h.height for h in heads), default=0)
    for index, (h, v) in enumerate(zip(heads, values, strict=True)):
        block.add(h, index * cell + 3, 2)
        block.add(v, index * cell + 3, head + 4)
        block.shapes.append(Shape("line", index * cell, 0, index * cell, head + v.height + 6, look.line_colour, None, 0.4))
    block.width = width
    return framed(block, pad=0, stroke=look.line_colour)


def tax_table(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """The breakdown as a table of its own: rate, base, tax and perhaps the gross per rate, with or without a row of sums."""
    facts = writer.facts
    single = len(facts.breakdown) == 1
    kinds = ["rate", "base", "tax"]
    if rng.random() < 0.3:
        kinds = ["base", "rate", "tax"]
    if rng.random() < 0.4:
        kinds.append("gross")
    if rng.random() < 0.22:
        kinds.insert(0, "category")
    words = {
        "rate": writer.word("tax_rate", "columns"),
        "base": writer.word("tax_base", "totals"),
        "tax": writer.word("tax_amount", "columns"),
        "gross": writer.word("gross_amount", "columns"),
        "category": rng.choice(
            ("Code", "Cat.", "VAT code" if facts.language == "en" else "Code", "Key" if facts.language == "en" else "K")
        ),
    }
    rows: list[list[Line]] = [[line(words[k]) for k in kinds]] if rng.random() < 0.94 else []
    for group, part in enumerate(facts.breakdown):
        tax_label = "header.tax_total" if single else "tax.tax_amount"
        cell: dict[str, Line] = {
            "rate": [writer.rate(part.rate, "tax.rate", group)]
            if not part.name
            else [Span(part.name), writer.rate(part.rate, "tax.rate", group)],
            "base": [writer.amount(part.base, "tax.taxable_amount", group)],
            "tax": [writer.amount(part.tax, tax_label, -1 if single else group)],
            "gross": [Span(writer.number.text(part.base + part.tax, writer.places))],
            "category": [Span(writer.tax_code(part.category, part.rate), "tax.category", group, part.category)],
        }
        rows.append([cell[k] for k in kinds])
    if not single and rng.random() < 0.4:
        sums: dict[str, Line] = {
            "rate": line(writer.word("gross_total", "totals")) if kinds[0] == "rate" else [], "base": [writer.amount(facts.totals.net, "header.net_total")],
            "tax": [writer.amount(facts.totals.tax, "header.tax_total")], "gross": [writer.amount(facts.totals.gross, "header.gross_total")], "category": [],
        }  # fmt: skip
        if facts.regime == "split":
            sums["base"], sums["gross"] = [], []
        rows.append([sums[k] for k in kinds])
    return small_table(rng, look, rows, width)


def adjustment_table(rng: Random, writer: Writer, look: Look, width: float) -> Block | None:
    """Allowances and charges of the document as a table of their own, with base, percentage and tax rate; None where there are none."""
    facts = writer.facts
    found = [a for a in facts.adjustments if a.in_net and a not in writer.in_table]
    if not found or facts.country.tax == "sales":
        return None
    rows: list[list[Line]] = [
        [
            line(writer.word("description", "columns")),
            line(writer.word("tax_base", "totals")),
            line("%"),
            line(writer.word("net_amount", "columns")),
            line(writer.word("tax_rate", "columns")),
        ]
    ]
    for item in found:
        writer.in_table.append(item)
        amount = -item.amount if item.label == "allowance" else item.amount
        base = [Span(writer.number.text(facts.totals.lines, writer.places))] if item.percent is not None else []
        percent = [writer.rate(item.percent, "O")] if item.percent is not None else []
        rows.append(
            [
                line(writer.word(item.kind, "totals")),
                base,
                percent,
                [writer.amount(amount, f"adjustment.{item.label}")],
                [writer.rate(facts.rows[0].rate, "O")],
            ]
        )
    if rng.random() < 0.3:
        rows = [[row[0], *row[2:]] for row in rows]
    return small_table(rng, look, rows, width)


def small_table(rng: Random, look: Look, rows: list[list[Line]], width: float) -> Block:
    """A little table, columns as wide as needed or spread over ``width``, now and then turned on its side."""
    if rng.random() < 0.06:
        rows = [list(column) for column in zip(*rows, strict=True)]
    style = look.body if rng.random() < 0.6 else look.small
    count = len(rows[0])
    widths = [max(width_of(row[i], style) for row in rows) + rng.uniform(8, 18) for i in range(count)]
    if sum(widths) > width:
        factor = max(0.55, width / sum(widths))
        style, widths = style.but(size=style.size * factor), [w * factor for w in widths]
    if sum(widths) < width and rng.random() < 0.5:
        extra = (width - sum(widths)) / count
        widths = [w + extra for w in widths]
    align = rng.choice(("right", "right", "left", "center"))
    ruled = rng.random() < 0.5
    block, y = Block(), 0.0
    for row in rows:
        x, height = 0.0, 0.0
        for spans, size in zip(row, widths, strict=True):
            cell = text_block([spans], style, width=size - 6, align=align)
            block.add(cell, x + 3, y + 1)
            height = max(height, cell.height + 2)
            if ruled:
                block.shapes.append(Shape("rect", x, y, x + size, y + style.size * style.leading + 2, look.line_colour, None, 0.4))
            x += size
        y += height
    return block
