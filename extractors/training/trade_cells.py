"""What stands in the columns of trades: amounts, shares, days and signs that are told of a row beside its own amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random

from extractors.training.amounts import ZERO, Row
from extractors.training.layout import Line, Span
from extractors.training.locales import rounded
from extractors.training.structure_words import structure_word
from extractors.training.writing import Writer

WORDS = {"from_date": "from", "to_date": "to", "all_ordered": "ordered"}
TRADE_AMOUNTS = ("contract_amount", "done_so_far", "billed_before", "base_amount", "surcharge_1", "surcharge_2", "surcharge_3")
TRADE_KINDS = (*TRADE_AMOUNTS, "share_done", "all_ordered", "backordered", "duration", "from_date", "to_date", "tax_mark")


def trade_heading(writer: Writer, kind: str) -> str:
    """The heading of a trade's column; none stands over a mark."""
    if kind == "tax_mark":
        return ""
    return structure_word(writer.facts.manners.draw(f"heading {kind}"), WORDS.get(kind, kind), writer.facts.language)


def own_heading(writer: Writer, kind: str) -> str:
    """What this trade calls a usual column, "" where it has no word of its own."""
    trade = writer.facts.manners.trade
    rng = writer.facts.manners.draw(f"own {kind}")
    key = {("claim", "net_amount"): "this_period", ("claim", "gross_amount"): "this_period", ("shipment", "quantity"): "shipped"}.get(
        (trade, kind)
    )
    return structure_word(rng, key, writer.facts.language) if key and rng.random() < 0.8 else ""


def trade_cell(writer: Writer, row: Row, kind: str, group: int, kinds: Sequence[str]) -> Line:
    """What stands in a trade's column. The numbers of one row fit each other and its amount."""
    manners = writer.facts.manners
    if kind == "tax_mark":
        return mark_spans(writer, row, group)
    if not row.priced:
        return []
    if kind in ("from_date", "to_date"):
        start = row.day - timedelta(days=int(row.factor) * 7)
        return [_note(writer.date(start if kind == "from_date" else row.day, other=True).text, group)]
    if kind == "duration":
        return [_note(writer.number.short(row.factor), group)]
    amount = row.gross if writer.facts.inclusive else row.net
    rng = manners.draw(f"row {group}")
    if kind in ("all_ordered", "backordered"):
        missing = Decimal(rng.choice((0, 0, 0, 0, 1, 2, 5, 10))) * (1 if row.quantity >= 0 else 0)
        if kind == "all_ordered":
            return [_note(writer.number.short(row.quantity + missing, least=writer.quantity_places), group)]
        return [_note(writer.number.short(missing), group)] if missing or manners.draw("zeros").random() < 0.6 else []
    claim = kind in ("contract_amount", "share_done", "done_so_far", "billed_before")
    values = _claim(rng, amount, writer.places) if claim else _freight(rng, amount, writer.places, kinds)
    value = values.get(kind)
    if value is None or (not value and manners.draw("zeros").random() < 0.4):
        return []
    if kind == "share_done":
        return [_note(writer.rate(value, "O", sign=writer.percent != "{}").text, group)]
    return [_note(span.text, group) for span in writer.money(value, "O", place=writer.line_place)]


def _claim(rng: Random, amount: Decimal, places: int) -> dict[str, Decimal]:
    """Contract, share, sum so far and what was billed before, of which the row's amount is the rest."""
    before = rounded(amount * Decimal(rng.choice((0, 0, 25, 50, 80, 100, 150, 240, 400))) / 100, places)
    done = before + amount
    whole = done if rng.random() < 0.3 else rounded(done * 100 / Decimal(rng.choice((20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95))), places)
    share = rounded(done * 100 / whole, 1 if rng.random() < 0.3 else 0) if whole else ZERO
    return {"contract_amount": whole, "share_done": share, "done_so_far": done, "billed_before": before}


def _freight(rng: Random, amount: Decimal, places: int, kinds: Sequence[str]) -> dict[str, Decimal]:
    """A base and three surcharges; those that have no column are part of the base."""
    shares = [rng.randrange(20, 140), rng.choice((0, 0, 25, 60)), rng.choice((0, 0, 0, 40, 110))]
    parts = {
        f"surcharge_{at}": rounded(amount * Decimal(share) / 1000, places)
        for at, share in enumerate(shares, start=1)
        if f"surcharge_{at}" in kinds
    }
    return {"base_amount": amount - sum(parts.values(), ZERO), **parts}


def mark_spans(writer: Writer, row: Row, group: int) -> Line:
    """The sign of a row's tax: a letter or digit of its own for each rate, a star or a T where it is taxed differently or at all."""
    mark = tax_marks(writer).get((row.category, row.rate), "")
    return [Span(mark, "line.tax_category", group, row.category)] if mark else []


def tax_marks(writer: Writer) -> dict[tuple[str, Decimal], str]:
    """The sign of every category and rate of the document."""
    facts = writer.facts
    kind = facts.manners.marks
    if not kind:
        return {}
    rates = list(dict.fromkeys((r.category, r.rate) for r in facts.rows))
    rng = facts.manners.draw("signs")
    if kind in ("stars", "flag"):
        sign = "T" if kind == "flag" else ""
        taxed = [pair for pair in rates if pair[1]] if kind == "flag" else sorted(rates, key=lambda pair: -pair[1])
        return {pair: sign or "*" * (index + 1) for index, pair in enumerate(taxed)}
    signs = rng.choice(
        ("ABCDEFGH", "ABCDEFGH", "VNEFXYZW", "SRZEABCD") if kind in ("letters", "glued") else ("12345678", "01234567", "87654321")
    )
    return dict(zip(rates, signs, strict=False))


def _note(text: str, group: int) -> Span:
    return Span(text, "line.note", group)


def glued_mark(writer: Writer, row: Row, kind: str, group: int) -> Line:
    """The sign right behind the row's amount, without a space."""
    if writer.facts.manners.marks != "glued" or kind != ("gross_amount" if writer.facts.inclusive else "net_amount"):
        return []
    return [Span(s.text, s.label, s.group, s.value, space=False) for s in mark_spans(writer, row, group)]


def short_price(writer: Writer, spans: Line) -> Line:
    """A price below one without the zero before its decimal mark, where the document writes so."""
    if writer.facts.manners.bare_point and writer.facts.manners.fine == "places":
        for span in spans:
            if span.label == "line.unit_price" and span.text[:2] in ("0.", "0,"):
                span.text = span.text[1:]
    return spans


def mark_legend(writer: Writer) -> str:
    """What the signs mean, in a line under the items: "A = 19 % VAT", "* = 7 %"; "" where the document marks none."""
    marks = tax_marks(writer) if writer.facts.manners.marks else {}
    if not marks:
        return ""
    rng = writer.facts.manners.draw("legend")
    language = writer.facts.language
    if writer.facts.manners.marks == "flag":
        return structure_word(rng, "taxed", language).format(mark="T")
    name = structure_word(rng, "tax_name", language)
    form = rng.choice(
        (
            "{mark} = {rate} {name}",
            "{mark}: {name} {rate}",
            "{mark}={rate}",
            "({mark}) {name} {rate}",
            "{mark} {rate}",
            "{name} {mark} = {rate}",
        )
    )
    parts = [form.format(mark=mark, rate=writer.rate(rate, "O", sign=True).text, name=name) for (_, rate), mark in marks.items()]
    return rng.choice(("   ", ", ", "; ", " / ", " | ")).join(parts)
