"""A tagged document to an invoice: header, rows, totals and the evidence of every value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from extractors.assembly.anchors import Anchors
from extractors.assembly.begun_names import begin_names_with_currencies, finish_begun_names, finish_names_of_allowances
from extractors.assembly.bracketed_codes import mark_bracketed_codes
from extractors.assembly.captions import Captions
from extractors.assembly.card_amounts import take_amounts_of_cards
from extractors.assembly.code_columns import clear_legends, with_rates_of_code_column
from extractors.assembly.coded_rates import with_rates_by_code
from extractors.assembly.columns import agree_in_columns
from extractors.assembly.doubt import Doubt, doubt_of
from extractors.assembly.headed_codes import mark_headed_codes
from extractors.assembly.headed_numbers import take_numbers_under_headings
from extractors.assembly.header_reading import read_header
from extractors.assembly.item_names import settle_names
from extractors.assembly.labelled_codes import mark_labelled_codes
from extractors.assembly.line_items import Row, agrees, build_row, first_number
from extractors.assembly.line_rates import with_rates_by_base, with_sole_rate, with_tax_inside, without_rates_of_no_tax
from extractors.assembly.nameless_rows import name_nameless_rows
from extractors.assembly.numbers import NumberHabit, infer_habit
from extractors.assembly.parted_rows import join_parts
from extractors.assembly.price_components import settle_components, take_sums_of_components
from extractors.assembly.proven_amounts import take_amounts_that_make_the_total, take_proven_amounts, take_unseen_amounts
from extractors.assembly.proven_quantities import part_quantities_from_prices, read_as_the_others
from extractors.assembly.rows import find_rows, join_halves
from extractors.assembly.spans import (
    LABEL_INDEX,
    NUMERIC_LABELS,
    Span,
    Words,
    complete_grouped_numbers,
    find_spans,
)
from extractors.assembly.summed_columns import take_column_that_makes_the_total
from extractors.assembly.table_charges import take_charges_in_the_table_for_items
from extractors.assembly.text_segments import smooth_text_segments
from extractors.assembly.totals import Totals, read_totals
from extractors.assembly.valid_rows import valid_rows
from extractors.labels import DOCUMENT_TYPES
from extractors.tagger import TaggedDocument
from schemas.invoice import DocumentType, Evidence, Header, LineItem

FAINT = 0.3  # weight of "no label" where a field is missing; chosen on generated layouts
FAINT_FIELDS = ("header.invoice_number", "header.issue_date", "header.due_date", "header.seller_name", "header.buyer_name")
_AMOUNT_COLUMNS = [LABEL_INDEX[n] for n in sorted(NUMERIC_LABELS)]


@dataclass(frozen=True, slots=True)
class Assembled:
    """What assembly makes of a document, before rules and decision. ``document_type`` is one of `DOCUMENT_TYPES`; ``text`` is the page text."""

    document_type: str
    type_probability: float
    language: str
    header: Header
    totals: Totals
    line_items: tuple[LineItem, ...]
    evidence: dict[str, Evidence]
    seller_country: str | None
    buyer_country: str | None
    lines_agree: bool | None
    doubt: Doubt
    anchors: Anchors
    text: str

    @property
    def is_invoice(self) -> bool:
        """Whether this is an invoice or credit note rather than another business document."""
        return self.document_type in (DocumentType.INVOICE, DocumentType.CREDIT_NOTE)


def assemble(tagged: TaggedDocument, *, words: Words | None = None) -> Assembled:
    """Header, totals, tax breakdown and line items of one document, with evidence by field path. ``words``: those of another reading of it, if there is
    one; what that reading found in the print is not looked for again."""
    if words is not None:
        return _assembled(words.tagged_by(tagged))
    words = Words(tagged)
    try:
        return _assembled(words)
    finally:
        words.forget()


def _assembled(words: Words) -> Assembled:
    tagged, captions = words.tagged, words.once(Captions)
    own = tagged.labels.copy()
    mark_bracketed_codes(words, own)
    mark_labelled_codes(words, own)
    clear_legends(words, own)
    probabilities = agree_in_columns(words, smooth_text_segments(words, own))
    finish_begun_names(words, own, probabilities)
    begin_names_with_currencies(words, probabilities)
    complete_grouped_numbers(words, probabilities)
    habit = _number_habit(words, probabilities, tagged.language)
    take_charges_in_the_table_for_items(words, probabilities, habit)
    take_unseen_amounts(words, probabilities, habit)
    take_amounts_that_make_the_total(words, probabilities, habit)
    take_amounts_of_cards(words, captions, probabilities, habit)
    priced = take_sums_of_components(words, probabilities, habit)
    rows = find_rows(words, probabilities)
    mark_headed_codes(words, probabilities, rows)
    rows = settle_names(words, probabilities, rows)
    rows = join_parts(words, probabilities, join_halves(words, probabilities, rows), habit)
    settle_components(words, probabilities, rows, priced)
    take_column_that_makes_the_total(words, probabilities, rows, habit)
    name_nameless_rows(words, captions, probabilities, rows)
    take_numbers_under_headings(words, captions, probabilities, rows, habit)
    take_proven_amounts(words, probabilities, rows, habit)
    finish_names_of_allowances(words, probabilities, rows)
    part_quantities_from_prices(words, probabilities, rows, habit)
    spans = find_spans(words, probabilities, rows=rows)
    numbered = _build_rows(words, probabilities, spans, rows, habit)
    built = valid_rows(list(read_as_the_others(numbered, habit).values()), _possible_totals(spans, habit))
    amounts = [row.item.amount for row in built if row.item.amount is not None]
    lines_sum = sum(amounts, Decimal(0)) if amounts else None
    quantities = [row.item.quantity for row in built if row.item.quantity is not None]
    totals = read_totals(
        words,
        captions,
        probabilities,
        [s for s in spans if not s.label.startswith("line.")],
        habit,
        lines_sum=lines_sum,
        counted=sum(quantities, Decimal(0)) if len(quantities) == len(built) else None,
    )
    header_spans = [*spans, *_faint_spans(words, probabilities, spans)]
    read = read_header(words, captions, probabilities, header_spans, totals, habit=habit, language=tagged.language)
    evidence = dict(read.evidence)
    for name, value in totals.evidence.items():
        evidence[f"header.{name}"] = value
    evidence.update(totals.breakdown_evidence)
    for index, row in enumerate(built):
        for name, value in row.evidence.items():
            evidence[f"line_items.{index}.{name}"] = value
    listed = with_rates_of_code_column([row.item for row in built], totals, evidence, words, probabilities, rows, habit)
    coded = with_rates_by_code(listed, totals, evidence, words, probabilities, rows, habit)
    rated = with_sole_rate(without_rates_of_no_tax(coded, totals, evidence), totals, evidence)
    items = with_tax_inside(with_rates_by_base(rated, totals, evidence), totals, evidence)
    kind, probability = _document_type(tagged, totals, built)
    return Assembled(
        kind,
        probability,
        tagged.language,
        read.header,
        totals,
        items,
        evidence,
        read.seller_country,
        read.buyer_country,
        _lines_agree(lines_sum, totals),
        replace(
            doubt_of(words, probabilities, spans, rows),
            order_assumed=float(read.order_assumed),
            other_letterhead=float(read.other_letterhead),
        ),
        read.anchors,
        words.full_text,
    )


def _possible_totals(spans: Sequence[Span], habit: NumberHabit) -> list[Decimal]:
    labels = ("header.net_total", "header.gross_total", "header.amount_due", "total.line_total")
    values = (first_number(s.text, habit) for s in spans if s.label in labels)
    return [v for v in values if v]


def _faint_spans(words: Words, probabilities: np.ndarray[Any, Any], spans: Sequence[Span]) -> list[Span]:
    """Spans of header fields that no word shows clearly: what is found when "none of them" counts for less."""
    missing = {name for name in FAINT_FIELDS if not any(s.label == name for s in spans)}
    if not missing:
        return []
    relaxed = probabilities.copy()
    relaxed[:, 0] *= FAINT
    return find_spans(words, relaxed, wanted=missing)


def _number_habit(words: Words, probabilities: np.ndarray[Any, Any], language: str) -> NumberHabit:
    weight = probabilities[:, _AMOUNT_COLUMNS].sum(1)
    tokens = [
        (words.texts[i], 0.1 + float(weight[i]))
        for i in range(len(words.texts))
        if words.texts[i][-1:] and words.has_digit[i] and weight[i] > 0.1
    ]
    return infer_habit(tokens, language=language)


def _build_rows(
    words: Words, probabilities: np.ndarray[Any, Any], spans: Sequence[Span], rows: np.ndarray[Any, Any], habit: NumberHabit
) -> dict[int, Row]:
    """The items by their number in ``rows``, down the pages."""
    if not len(rows) or rows.max() < 0:
        return {}
    by_row: dict[int, list[Span]] = {}
    for span in spans:
        row = int(rows[span.first])
        if row >= 0 and span.label.startswith("line."):
            by_row.setdefault(row, []).append(span)
    members: dict[int, list[int]] = {}
    for i in np.flatnonzero(rows >= 0):
        members.setdefault(int(rows[i]), []).append(int(i))
    return {row: build_row(words, probabilities, by_row[row], np.array(members[row]), habit) for row in sorted(by_row)}


def _document_type(tagged: TaggedDocument, totals: Totals, rows: Sequence[Row]) -> tuple[str, float]:
    probabilities = tagged.type_probabilities
    invoice = float(probabilities[:2].sum())
    other = int(probabilities[2:].argmax()) + 2
    if float(probabilities[2:].sum()) > 0.5:
        return DOCUMENT_TYPES[other], 1 - invoice
    kind = DocumentType.CREDIT_NOTE if probabilities[1] > probabilities[0] else DocumentType.INVOICE
    return kind.value, invoice


def _lines_agree(lines_sum: Decimal | None, totals: Totals) -> bool | None:
    """Whether the lines add up to the net or gross total, with or without the adjustments; None where there is nothing to compare."""
    targets = [abs(totals.values[n]) for n in ("net_total", "gross_total") if n in totals.values]
    if lines_sum is None or not targets:
        return None
    change = sum(
        ((-1 if a.kind.value == "allowance" else 1) * a.amount for a in totals.adjustments if a.kind.value in ("allowance", "charge")),
        Decimal(0),
    )
    return any(abs(abs(lines_sum) + c - t) <= Decimal("0.05") for t in targets for c in (Decimal(0), change))


def rows_that_agree(items: Sequence[LineItem]) -> tuple[int, int]:
    """Number of lines whose quantity, price and amount agree, and of lines that print all three."""
    full = [i for i in items if i.quantity is not None and i.unit_price is not None and i.amount is not None]
    good = sum(
        agrees(i.amount, i.quantity, i.unit_price, i.discount, i.discount_percent)
        for i in full
        if i.amount is not None and i.quantity is not None and i.unit_price is not None
    )
    return good, len(full)
