"""Structures that only some documents for training have: what is labelled in them, and that their amounts fit each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from extractors.training.columns import Plan, make_plan
from extractors.training.compose import compose
from extractors.training.conditions import condition_lines
from extractors.training.facts import Facts, make_facts
from extractors.training.form_rows import form_rows
from extractors.training.identifiers import FREE_FORMS, VAT_FORMS, vat_id
from extractors.training.layout import Block, Run, Span, line, text_of
from extractors.training.look import make_look
from extractors.training.manners import CARDS, MARKS, PLAIN, TRADES, Manners
from extractors.training.metadata_forms import metadata_block
from extractors.training.name_lines import named_lines, trading_line
from extractors.training.pages import Sheet
from extractors.training.row_groups import group_rows
from extractors.training.row_shapes import shape_rows
from extractors.training.rows import make_rows
from extractors.training.series import series_number
from extractors.training.structure_words import structure_list, structure_table
from extractors.training.table import make_table
from extractors.training.told_items import Teller
from extractors.training.trade_cells import TRADE_KINDS, mark_legend, short_price, tax_marks, trade_cell, trade_heading
from extractors.training.trade_columns import CLAIMS, FREIGHTS, HIRES, SHIPMENTS, trade_plan
from extractors.training.vocabulary import held_out, languages, vocabulary
from extractors.training.writing import Writer

AMOUNT_LABELS = ("line.net_amount", "line.gross_amount")


def facts_with(seed: int, *, rows: int = 5, language: str = "de", **manners: object) -> Facts:
    facts = make_facts(Random(seed), "train", document_type="invoice", row_count=rows, language=language)
    facts.manners = replace(PLAIN, key=f"test {seed}", **manners)  # pyright: ignore[reportArgumentType]
    return facts


def made_with(seed: int, manners: dict[str, object]) -> Facts:
    facts = facts_with(seed)
    facts.manners = replace(facts.manners, **manners)  # pyright: ignore[reportArgumentType]
    return facts


def standard(**manners: object) -> Facts:
    """Facts of the first seed whose rows are priced without tax and pay some."""
    return next(f for f in (made_with(seed, manners) for seed in range(80)) if f.regime == "standard" and f.totals.tax > 0)


def plan_of(*kinds: str) -> Plan:
    return Plan(kinds, "none", "none", "percent")


def runs_of(sheet: Sheet) -> list[tuple[int, Run]]:
    return [(number, run) for number, page in enumerate(sheet.pages) for run in page.runs]


def composed(facts: Facts, seed: int = 1) -> tuple[Sheet, dict[str, str]]:
    sheet, names, _ = compose(Random(seed), facts, "train")
    return sheet, names


def labelled(sheet: Sheet, *labels: str) -> list[Span]:
    return [span for _, run in runs_of(sheet) for span in run.spans if span.label in labels]


def amounts(spans: list[Span]) -> dict[int, Decimal]:
    return {span.group: span.value for span in spans}


def test_documents_of_the_exam_have_none_of_it() -> None:
    exam = [make_facts(Random(seed), "exam", document_type="invoice").manners for seed in range(30)]
    train = [make_facts(Random(seed), "train", document_type="invoice").manners for seed in range(300)]
    assert exam == [PLAIN] * 30
    assert len({m.key for m in train}) == 300
    assert {m.trade for m in train} == {"", *TRADES}
    assert {m.cards for m in train} == {"", *CARDS}
    assert {m.whole for m in train} == {"", "grid", "printer"}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_headings_and_sentences(language: str) -> None:
    for kind in TRADE_KINDS:
        writer = Writer(Random(1), facts_with(1, language=language), "train")
        assert trade_heading(writer, kind) or kind == "tax_mark"
    for key, words in structure_table().items():
        assert "en" in words or key in ("series",), key
        assert all(text == text.strip() and text for text in words.get(language, ["x"])), key
    assert all("{name}" in s and "{amount}" in s for s in structure_list("sentence", language))
    assert any("{price}" not in s for s in structure_list("sentence", language))


def test_a_claim_bills_what_is_done_and_was_not_billed_before() -> None:
    facts = standard(trade="claim")
    writer = Writer(Random(1), facts, "train")
    for group, row in enumerate(r for r in facts.rows if r.priced):
        kinds = CLAIMS[0]
        cells = {k: trade_cell(writer, row, k, group, kinds) for k in ("contract_amount", "done_so_far", "billed_before")}
        assert all(s.label == "line.note" and s.group == group for spans in cells.values() for s in spans)
        so_far, before = (_number(writer, cells[k]) for k in ("done_so_far", "billed_before"))
        assert so_far - before == row.net
        assert abs(_number(writer, cells["contract_amount"])) >= abs(so_far) - 1


def _number(writer: Writer, spans: list[Span]) -> Decimal:
    text = "".join(c for c in "".join(s.text for s in spans) if c.isdigit() or c == writer.number.decimal).replace(
        writer.number.decimal, "."
    )
    return Decimal(text.strip(".") or "0")


@pytest.mark.parametrize("kinds", FREIGHTS)
def test_base_and_surcharges_make_the_amount(kinds: tuple[str, ...]) -> None:
    facts = standard(trade="freight")
    facts.rows = [r for r in facts.rows if r.priced and r.net > 0]
    writer = Writer(Random(1), facts, "train")
    shown = [k for k in kinds if k == "base_amount" or k.startswith("surcharge")]
    for group, row in enumerate(facts.rows):
        assert sum(_number(writer, trade_cell(writer, row, k, group, kinds)) for k in shown) == row.net


def test_what_was_ordered_is_what_came_and_what_is_still_to_come() -> None:
    facts = standard(trade="shipment")
    writer = Writer(Random(1), facts, "train")
    writer.number = replace(writer.number, group="")
    for group, row in enumerate(r for r in facts.rows if r.priced and r.quantity > 0):
        ordered, missing = (_number(writer, trade_cell(writer, row, k, group, SHIPMENTS[0])) for k in ("all_ordered", "backordered"))
        assert ordered == row.quantity + missing


def test_rows_of_hire_count_their_weeks_and_small_prices_their_places() -> None:
    country = facts_with(1).country
    for manners in (
        Manners(key="a", trade="hire"),
        Manners(key="b", fine="places"),
        Manners(key="c", fine="per"),
        Manners(key="d", conditions="always"),
    ):
        rows, _ = make_rows(Random(3), vocabulary("de"), "telecom", country, "standard", date(2026, 3, 1), count=30, manners=manners)
        for row in rows:
            full = row.quantity * row.price * row.factor / row.per
            assert abs(full * (100 - (row.discount_percent or 0)) / 100 - row.net) <= Decimal("0.005")
        if manners.trade:
            assert any(row.factor > 1 for row in rows)
        if manners.fine:
            assert any(row.per > 1 or row.price_places > 2 for row in rows)
        if manners.conditions:
            assert any(row.discount_percent for row in rows)
    assert not shape_rows(Manners(key="e", trade="claim"), rows, 2)


def test_the_value_that_counts_stands_below_the_conditions() -> None:
    facts = standard(conditions="always")
    writer = Writer(Random(1), facts, "train")
    row = next(r for r in facts.rows if r.priced and r.price > 0)
    row.discount_percent, row.discount_amount = Decimal(10), Decimal("7.00")
    content = {"quantity": [], "unit_price": [], "net_amount": [writer.amount(row.net, "line.net_amount", 0)]}
    lines = condition_lines(writer, row, content, 0)
    assert [s.label for s in content["net_amount"]] == ["line.note"]
    assert _number(writer, content["net_amount"]) == abs(row.net + 7)
    spans = [s for words, cells in lines for part in (words, *cells.values()) for s in part]
    assert [s.value for s in spans if s.label == "line.net_amount"] == [row.net]
    assert {s.value for s in spans if s.label == "line.discount" and s.value is not None} == {Decimal(10)}
    assert [s for s in lines[-1][1]["net_amount"] if s.label == "line.net_amount"]
    for seed in range(30):  # whatever the columns, no condition stands in one that the table lacks
        facts.manners = replace(facts.manners, key=f"key {seed}")
        content = {"quantity": [], "net_amount": [writer.amount(row.net, "line.net_amount", 0)]}
        assert all(cells.keys() <= content.keys() for _, cells in condition_lines(writer, row, content, 0))


def test_columns_of_a_trade_show_the_amount_of_the_row_once() -> None:
    for seed in range(60):
        facts = facts_with(seed, trade=list(TRADES)[seed % len(TRADES)])
        writer = Writer(Random(seed), facts, "train")
        plan = trade_plan(writer, make_plan(Random(seed), writer))
        counts = Counter(plan.every_kind)
        assert max(counts.values()) == 1, (seed, plan.kinds)
        assert "description" in plan.kinds
        if not facts.inclusive and facts.manners.trade != "money":
            assert "net_amount" in plan.kinds
    assert {k for kinds in (*CLAIMS, *FREIGHTS, *SHIPMENTS, *HIRES) for k in kinds} & set(TRADE_KINDS) >= {
        "duration",
        "share_done",
        "base_amount",
    }


@pytest.mark.parametrize("kind", CARDS)
def test_items_that_are_told_have_name_and_amount_once(kind: str) -> None:
    for seed in range(12):
        facts = facts_with(seed, cards=kind)
        writer = Writer(Random(seed), facts, "train")
        look = make_look(Random(seed), "de", "train")
        teller = Teller(writer, look, plan_of("description", "net_amount"), 480)
        for group, row in enumerate(facts.rows):
            name = Span(row.name, "line.description", group)
            block = teller.block(row, [[name]], [], group)
            spans = [s for run in block.runs for s in run.spans]
            assert all(s.group in (group, -1) for s in spans)
            assert " ".join(s.text for s in spans if s.label == "line.description") == " ".join(row.name.split())
            values = {s.value for s in spans if s.label in AMOUNT_LABELS}
            assert values == {row.gross if facts.inclusive else row.net}
            prices = {s.value for s in spans if s.label == "line.unit_price"}
            assert prices <= {row.price}


@pytest.mark.parametrize("form", ["above", "cells", "grid"])
def test_captions_stand_below_their_values(form: str) -> None:
    facts = facts_with(2, captions_below=True)
    writer = Writer(Random(1), facts, "train")
    block = metadata_block(Random(3), writer, make_look(Random(4), "de", "train"), [(Span("Caption"), line("4711"))], 300, form)
    places = {text_of(run.spans): run.y for run in block.runs}
    assert places["Caption"] > places["4711"]


def test_two_tables_side_by_side_show_every_row_once() -> None:
    facts = next(f for f in (facts_with(s, rows=7, twin=True) for s in range(20)) if not f.sections and not f.inclusive)
    sheet, names = composed(facts)
    assert names["table"] == "twin"
    assert amounts(labelled(sheet, *AMOUNT_LABELS)) == {i: row.net for i, row in enumerate(facts.rows)}
    left = {s.group: run.x for _, run in runs_of(sheet) for s in run.spans if s.label == "line.description"}
    assert left[6] > left[0] + 100


def test_a_line_printer_knows_one_face_and_mostly_capitals() -> None:
    capitals = 0
    for seed in range(12):
        sheet, names = composed(facts_with(seed, whole="printer"))
        assert names["arrangement"] == "printer" or names["arrangement"] in ("receipt", "printout", "stylesheet")
        if names["arrangement"] != "printer":
            continue
        assert len({run.face.name for _, run in runs_of(sheet)}) == 1
        texts = "".join(s.text for _, run in runs_of(sheet) for s in run.spans)
        capitals += texts == texts.upper()
        for span in labelled(sheet, "header.seller_name", "header.invoice_number"):
            assert span.text.casefold() in span.value.casefold()
    assert capitals >= 5


def test_one_grid_holds_the_header_the_items_and_the_totals() -> None:
    for seed in range(10):
        facts = facts_with(seed, whole="grid")
        sheet, names = composed(facts)
        assert names["arrangement"] == "grid"
        found = {
            span.label for span in labelled(sheet, "header.seller_name", "header.buyer_name", "header.invoice_number", "header.gross_total")
        }
        assert {"header.seller_name", "header.buyer_name", "header.invoice_number"} <= found
        assert len({s.group for s in labelled(sheet, "line.description")}) >= len(facts.rows)


def test_totals_may_be_rows_of_the_table() -> None:
    facts = standard(totals_in_table=True)
    for seed in range(30):
        sheet, names = composed(facts, seed)
        if names.get("totals") == "table" and "net_amount" in names["table"]:
            money = {round(run.x + 0.0) for _, run in runs_of(sheet) for s in run.spans if s.label == "header.gross_total"}
            assert money
            assert {s.value for s in labelled(sheet, "header.gross_total")} <= {facts.totals.gross}
            return
    pytest.fail("no document with its totals in the table")


def test_the_totals_may_come_pages_before_the_items() -> None:
    facts = standard(summary_first=True)
    for seed in range(10):
        sheet, names = composed(facts, seed)
        if names["arrangement"] in ("printout", "receipt", "stylesheet") or "net_amount" not in names["table"]:
            continue
        total = min(page for page, run in runs_of(sheet) for s in run.spans if s.label in ("header.gross_total", "header.amount_due"))
        items = min(page for page, run in runs_of(sheet) for s in run.spans if s.label == "line.description")
        assert total < items
        return
    pytest.fail("no document with its totals first")


def test_groups_name_a_person_or_a_thing_and_may_begin_pages() -> None:
    facts = facts_with(4, rows=6, groups="person", fresh_pages=True)
    facts.sections = group_rows(facts.manners, facts.rows, facts.vocabulary)
    assert len({row.section for row in facts.rows}) == len(facts.sections) >= 2
    assert [row.section for row in facts.rows] == sorted(row.section for row in facts.rows)
    sheet, _ = next(
        c for c in (composed(facts, seed) for seed in range(20)) if c[1]["arrangement"] in ("rows", "letter") and c[1]["table"] != "cards"
    )
    pages = {span.group: page for page, run in runs_of(sheet) for span in run.spans if span.label == "line.description"}
    assert len(set(pages.values())) > 1
    headings = [s for _, run in runs_of(sheet) for s in run.spans if any(s.text.startswith(h[:12]) for h in facts.sections)]
    assert headings and all(s.label == "O" for s in headings)


def test_a_brand_in_the_head_leaves_the_legal_name_to_the_small_print() -> None:
    facts = next(f for f in (facts_with(s, names="footer") for s in range(40)) if f.seller.brand.casefold() != f.seller.name.casefold())
    writer = Writer(Random(1), facts, "train")
    head = named_lines(writer, facts.seller, "seller")
    assert [text_of(spans) for spans in head] == [facts.seller.brand]
    assert all(s.label == "O" for spans in head for s in spans)
    assert [(s.text, s.value) for s in trading_line(writer) if s.label == "header.seller_name"] == [(facts.seller.name, facts.seller.name)]
    for seed in range(12):
        for names in ("footer", "footer_only"):
            facts.manners = replace(facts.manners, names=names)
            sheet, arranged = composed(facts, seed)
            assert labelled(sheet, "header.seller_name"), (seed, names, arranged)


def test_who_acts_for_a_party_and_what_it_does_are_not_its_name() -> None:
    for seed in range(30):
        facts = facts_with(seed, agent=True, trade_line=True, names="trading_as")
        writer = Writer(Random(1), facts, "train")
        for role, party in (("seller", facts.seller), ("buyer", facts.buyer)):
            lines = named_lines(writer, party, role)
            named = [s.text for spans in lines for s in spans if s.label == f"header.{role}_name"]
            assert named == [party.name]
            assert len([s for spans in lines for s in spans]) > 1


@pytest.mark.parametrize("kind", MARKS)
def test_signs_of_a_tax_are_explained(kind: str) -> None:
    facts = next(
        f for f in (facts_with(s, rows=8, marks=kind) for s in range(60)) if f.regime == "multi" and len({r.rate for r in f.rows}) > 1
    )
    writer = Writer(Random(1), facts, "train")
    marks = {mark for mark in tax_marks(writer).values() if mark}
    assert marks
    assert all(mark in mark_legend(writer) for mark in marks)
    if kind in ("letters", "digits", "glued"):
        assert len(marks) == len({(r.category, r.rate) for r in facts.rows})
    plain = Writer(Random(1), facts_with(1), "train")
    assert not tax_marks(plain)
    assert not mark_legend(plain)


def test_rows_that_nobody_filled_in_are_no_items() -> None:
    for seed in range(20):
        facts = facts_with(seed, unused=True)
        writer = Writer(Random(1), facts, "train")
        look = make_look(Random(seed), "de", "train")
        table = make_table(
            Random(2), writer, look, plan_of("position", "description", "quantity", "unit_price", "net_amount"), facts.rows, 480, pages=1
        )
        pieces = list(form_rows(writer, table))
        assert pieces
        assert all(piece.amount is None and _labels(piece.block) <= {"O"} for piece in pieces)


def _labels(block: Block) -> set[str]:
    return {s.label for run in block.runs for s in run.spans}


def test_a_price_may_lack_the_zero_before_its_mark() -> None:
    writer = Writer(Random(1), facts_with(1, fine="places", bare_point=True), "train")
    spans = short_price(writer, [Span("0,0825", "line.unit_price", 0, Decimal("0.0825")), Span("0,50", "line.net_amount", 0)])
    assert [s.text for s in spans] == [",0825", "0,50"]


@pytest.mark.parametrize("country", sorted(VAT_FORMS))
def test_further_forms_of_vat_ids_keep_their_digits(country: str) -> None:
    for seed in range(30):
        found = vat_id(Random(seed), country, "train")
        usual = vat_id(Random(seed), country)
        assert found is not None and usual is not None
        assert found == found.strip()
        assert not set("{}#") & set(found)
        if country not in FREE_FORMS:
            digits = ["".join(c for c in text if c.isdigit()) for text in (found, usual)]
            assert digits[0][:5] in digits[1] or digits[1][:5] in digits[0] or country in ("CA", "HU", "SG"), (found, usual)


def test_words_that_are_kept_for_the_exam_stay_out_where_there_are_others() -> None:
    kept = vocabulary("de", "exam").data["columns"]["ordered_quantity"]
    held = {str(w) for i, w in enumerate(kept) if i and held_out(str(w))}
    assert not held & set(structure_list("ordered", "de"))
    assert structure_list("tax_name", "sv")  # its only word


@pytest.mark.parametrize("language", languages())
def test_numbers_of_a_series_are_whole(language: str) -> None:
    for seed in range(40):
        number = series_number(Random(seed), language, date(2026, 4, 5))
        assert number == " ".join(number.split())
        assert any(c.isdigit() for c in number)
        assert not set("{}#@") & set(number)
