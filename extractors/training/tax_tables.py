"""Tables that tell how the totals come about: the tax breakdown, the allowances and charges of the document."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from extractors.training.item_words import item_word
from extractors.training.layout import Block, Line, Span, line
from extractors.training.look import Look
from extractors.training.small_tables import small_table
from extractors.training.writing import Writer


def tax_table(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """The breakdown as a table of its own: rate, base, tax and perhaps the gross per rate, with or without a row of sums."""
    facts = writer.facts
    single = len(facts.breakdown) == 1
    kinds = ["rate", "base", "tax"]
    if rng.random() < 0.3:
        kinds = ["base", "rate", "tax"]
    if rng.random() < 0.4:
        kinds.append("gross")
    wordy = writer.code_style == "standard" and rng.random() < 0.18  # "Value added tax (S)", the reason of an exemption
    if wordy:
        kinds.insert(0, "kind")
        if rng.random() < 0.5:
            kinds[1:1] = ["goods", "moves"]
    elif rng.random() < 0.22:
        kinds.insert(0, "category")
    elif rng.random() < 0.08:
        kinds[0:0] = ["goods", "moves"]
    lang = facts.language
    vat_words = item_word(rng, "vat_words", lang, writer.family)
    blank = rng.random() < 0.5 or bool(facts.adjustments)  # columns that stay empty
    words = {
        "rate": writer.word("tax_rate", "columns"),
        "base": writer.word("tax_base", "totals"),
        "tax": writer.word("tax_amount", "columns"),
        "gross": writer.word("gross_amount", "columns"),
        "category": rng.choice(
            ("Code", "Cat.", "VAT code" if facts.language == "en" else "Code", "Key" if facts.language == "en" else "K")
        ),
        "kind": item_word(rng, "category", lang, writer.family),
        "goods": item_word(rng, "goods", lang, writer.family),
        "moves": item_word(rng, "moves", lang, writer.family),
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
            "kind": [
                Span(part.name or vat_words),
                Span(f"({part.category})", "tax.category", group, part.category),
                *([Span(item_word(rng, "reasons", lang, writer.family))] if not part.rate else []),
            ],
            "goods": [] if blank else [Span(writer.number.text(part.base, writer.places))],
            "moves": [] if blank else [Span(writer.number.text(Decimal(0), writer.places))],
        }
        rows.append([cell[k] for k in kinds])
    if not single and rng.random() < 0.4:
        sums: dict[str, Line] = {
            "rate": line(writer.word("gross_total", "totals")) if kinds[0] == "rate" else [], "base": [writer.amount(facts.totals.net, "header.net_total")],
            "tax": [writer.amount(facts.totals.tax, "header.tax_total")], "gross": [writer.amount(facts.totals.gross, "header.gross_total")], "category": [],
            "kind": line(writer.word("gross_total", "totals")), "goods": [], "moves": [],
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
                line(writer.adjustment(item.kind, item.percent)),
                base,
                percent,
                [writer.amount(amount, f"adjustment.{item.label}")],
                [writer.rate(facts.rows[0].rate, "O")],
            ]
        )
    if rng.random() < 0.3:
        rows = [[row[0], *row[2:]] for row in rows]
    return small_table(rng, look, rows, width)
