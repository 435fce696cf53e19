"""The totals of a document: which amounts are named, in what words, and in what shape they stand."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from extractors.training.amounts import Adjustment, TaxPart
from extractors.training.complete_totals import complete_totals
from extractors.training.layout import Block, Line, Shape, Span, Style, framed, line, stack, text_block
from extractors.training.look import Look
from extractors.training.small_tables import small_table
from extractors.training.tax_tables import adjustment_table, tax_table
from extractors.training.total_line import TotalLine, named_total
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer

COMPLETE_SHARE = 0.09  # documents whose totals are listed as structured invoices do

__all__ = ["TotalLine", "adjustment_table", "rated_words", "small_table", "tax_table", "total_lines", "totals_block", "totals_form"]


def total_lines(rng: Random, writer: Writer, *, taxes: bool, adjusted_apart: bool = False) -> list[TotalLine]:
    """The lines of the totals block in their order. ``taxes`` False: the tax rows stand in a table of their own."""
    facts = writer.facts
    totals = facts.totals
    inside = [a for a in facts.adjustments if a.in_net and a not in writer.in_table]
    after = [a for a in facts.adjustments if not a.in_net]
    lines: list[TotalLine] = []
    if not facts.inclusive and facts.country.tax == "vat" and rng.random() < COMPLETE_SHARE:
        return complete_totals(rng, writer, told=adjusted_apart)
    untaxed = facts.regime in ("small", "margin", "none") or (facts.country.tax == "sales" and not totals.tax)
    net_shown = not facts.inclusive and (not untaxed or rng.random() < 0.3) and rng.random() < 0.95
    if inside and not facts.inclusive:
        american = facts.country.tax == "sales" or (facts.language == "en" and rng.random() < 0.15)
        if american:  # subtotal, shipping, tax, total: no other net line
            lines.append(named_total(writer, "net_total", totals.lines, "header.net_total"))
            lines += _adjustments(rng, writer, inside)
            net_shown = False
        else:
            if rng.random() < 0.9:
                lines.append(named_total(writer, "line_total", totals.lines, "total.line_total"))
            lines += _adjustments(rng, writer, inside)
    elif adjusted_apart and rng.random() < 0.8:  # they stand in a table of their own: the sum before them is still told
        lines.append(named_total(writer, "line_total", totals.lines, "total.line_total"))
    elif facts.inclusive:
        if inside:
            lines.append(named_total(writer, "line_total", totals.lines, "total.line_total"))
            lines += _adjustments(rng, writer, inside)
        elif rng.random() < 0.15 and not writer.in_table:
            lines.append(named_total(writer, "line_total", totals.lines, "total.line_total"))
    elif rng.random() < 0.04 and not writer.in_table:
        lines.append(named_total(writer, "line_total", totals.lines, "total.line_total"))
    if net_shown:
        lines.append(named_total(writer, "net_total", totals.net, "header.net_total"))
    tax_lines = _tax_lines(rng, writer, untaxed=untaxed) if taxes else ([_sum_of_tax(writer)] if totals.tax and rng.random() < 0.6 else [])
    tail: list[TotalLine] = []
    due_words = bool(after) or rng.random() < 0.17
    gross_words = bool(after) or not due_words or rng.random() < 0.55
    if gross_words:
        key = "gross_incl" if facts.inclusive and rng.random() < 0.5 and writer.words.has("totals", "gross_incl") else "gross_total"
        tail.append(named_total(writer, key, totals.gross, "header.gross_total", strong=True))
    if facts.inclusive and rng.random() < 0.75:  # "of which VAT" stands under the total
        tail += tax_lines
        if rng.random() < 0.25:
            tail.append(named_total(writer, "net_total", totals.net, "header.net_total"))
        tax_lines = []
    elif facts.inclusive and rng.random() < 0.5:
        lines.append(named_total(writer, "net_total", totals.net, "header.net_total"))
    lines += tax_lines
    tail += _adjustments(rng, writer, after)
    if due_words:
        tail.append(named_total(writer, "amount_due", totals.due, "header.amount_due", strong=True))
    return lines + tail


def _adjustments(rng: Random, writer: Writer, found: list[Adjustment]) -> list[TotalLine]:
    out: list[TotalLine] = []
    negative = rng.random() < 0.6
    for item in found:
        kind, amount, percent = item.kind, item.amount, item.percent
        words: Line = [Span(writer.adjustment(kind, percent))]
        if percent is not None and "%" not in words[0].text and rng.random() < 0.8:
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
    return named_total(writer, "tax_sum", writer.facts.totals.tax, "header.tax_total")


def totals_block(
    rng: Random, writer: Writer, look: Look, lines: list[TotalLine], width: float, form: str, *, right_edge: float | None = None
) -> Block:
    """Labels and amounts in one of the forms of `totals_form`; ``right_edge`` aligns the amounts with the table's amount column."""
    if form == "strip":
        return _strip(rng, look, lines, width)
    if form == "above":
        return _above(rng, look, lines, width, below=writer.facts.manners.captions_below)
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
    return choose(
        rng, {"right": 62, "left": 7, "wide": 12, "column": 10, "strip": 6, "above": 3, "sentence": 3}, family, exam_only=("sentence",)
    )


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


def _above(rng: Random, look: Look, lines: list[TotalLine], width: float, *, below: bool = False) -> Block:
    """Every label over its amount, or ``below`` it, one under the other."""
    align = rng.choice(("right", "left"))
    parts = [
        part
        for item in lines
        for part in (
            text_block([item.label], look.small, width=width, align=align),
            text_block([item.value], look.body.but(bold=item.strong), width=width, align=align),
        )[:: -1 if below else 1]
    ]
    return stack(parts, gap=rng.uniform(0, 3), width=width)
