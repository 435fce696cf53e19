"""The totals as structured invoices list them: every sum has its line, also where it is zero, empty or the same as the one above."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random

from extractors.training.item_words import item_word
from extractors.training.layout import Line, Span
from extractors.training.total_line import TotalLine, named_total
from extractors.training.writing import Writer

_PLACES = re.compile(r"\{rate\} ?%?|\{base\}", re.IGNORECASE)  # of a rate and its base in a wording, also in capitals


def complete_totals(rng: Random, writer: Writer, *, told: bool) -> list[TotalLine]:
    """All sums of EN 16931's BG-22 in its order. ``told``: allowances and charges stand in a table of their own, so their sums repeat it."""
    facts, totals = writer.facts, writer.facts.totals
    empty = rng.choice(("zero", "zero", "blank", "left out"))
    lines = [named_total(writer, "line_total", totals.lines, "total.line_total")]
    kinds = ["charge", "allowance"]
    if rng.random() < 0.5:
        kinds.reverse()
    for kind in kinds:
        found = [a for a in facts.adjustments if a.label == kind]
        fresh = [a for a in found if a not in writer.in_table]
        label = f"adjustment.{kind}" if fresh == found and not told else "O"
        amount = sum((a.amount for a in found), Decimal(0))
        lines += _sum(rng, writer, f"{kind}_sum", amount, label, empty)
    lines.append(named_total(writer, "net_total", totals.net, "header.net_total", strong=rng.random() < 0.4))
    lines.append(named_total(writer, "tax_sum" if rng.random() < 0.6 else "tax_total", totals.tax, "header.tax_total"))
    _without_rate(lines[-1])
    lines.append(named_total(writer, "gross_total", totals.gross, "header.gross_total", strong=True))
    for kind in ("prepaid", "withholding", "rounding"):
        amount = sum((a.amount for a in facts.adjustments if a.kind == kind), Decimal(0))
        if amount or kind == "prepaid" or (kind == "rounding" and rng.random() < 0.3):
            shown = TotalLine([writer.label(kind, "totals")], writer.money(amount, f"adjustment.{kind}"))
            _without_rate(shown)
            lines += [shown] if amount else _nothing(writer, shown, empty)
    lines.append(named_total(writer, "amount_due", totals.due, "header.amount_due", strong=True))
    return lines


def _sum(rng: Random, writer: Writer, key: str, amount: Decimal, label: str, empty: str) -> list[TotalLine]:
    words: Line = [Span(writer.punctuated(item_word(rng, key, writer.facts.language, writer.family)))]
    found = TotalLine(words, writer.money(amount, label))
    return [found] if amount else _nothing(writer, found, empty)


def _nothing(writer: Writer, found: TotalLine, empty: str) -> list[TotalLine]:
    """A sum of nothing: a zero that belongs to no field, a bare label, or no line at all."""
    if empty == "left out":
        return []
    found.value = writer.money(Decimal(0)) if empty == "zero" else []
    for span in found.value:
        span.value = None if span.label == "O" else span.value
    return [found]


def _without_rate(found: TotalLine) -> None:
    """Wordings with a place for the rate are for lines of one rate; here the sum stands alone."""
    for span in found.label:
        span.text = " ".join(_PLACES.sub("", span.text).split())
