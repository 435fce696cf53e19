"""Line items and totals of generated documents: what is an item's name, what is only told about it, what is no item."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from extractors.training.amounts import Adjustment
from extractors.training.attributes import STRUCTURED, attribute_lines
from extractors.training.columns import Plan
from extractors.training.complete_totals import complete_totals
from extractors.training.facts import Facts, make_facts
from extractors.training.generate import render_pdf
from extractors.training.interludes import with_interludes
from extractors.training.item_sheets import item_sheet, sheet_form
from extractors.training.item_words import is_taken_off, item_list, item_word
from extractors.training.layout import Block, Span, text_of, wrap
from extractors.training.look import make_look
from extractors.training.names import composed_name
from extractors.training.render import Placed
from extractors.training.rows import make_rows
from extractors.training.subrows import subrows
from extractors.training.table import make_table
from extractors.training.truth import truth_of
from extractors.training.vocabulary import held_out, languages, vocabulary
from extractors.training.writing import Writer

KINDS = ("position", "description", "unit_price", "quantity", "net_amount")


def facts_of(seed: int, *, rows: int = 4, language: str = "de") -> Facts:
    return make_facts(Random(seed), "train", document_type="invoice", row_count=rows, language=language)


def plan_of(**changes: object) -> Plan:
    values: dict[str, object] = {"kinds": KINDS, "code_place": "none", "unit_place": "none", "discount_as": "percent", **changes}
    return Plan(**values)  # pyright: ignore[reportArgumentType]


def texts_of(block: Block, label: str) -> list[str]:
    return [span.text for run in block.runs for span in run.spans if span.label == label]


def test_attributes_under_a_name_are_notes_of_their_row_and_never_the_name() -> None:
    facts = facts_of(3)
    writer = Writer(Random(1), facts, "train")
    for form in ("lines", "bullets", "inline", "headed", "bare"):
        for spans in attribute_lines(Random(2), writer, facts.rows[1], STRUCTURED, form, 1):
            assert {(s.label, s.group) for s in spans} == {("line.note", 1)}


def test_lines_under_an_item_are_told_of_it_and_add_nothing() -> None:
    facts = facts_of(5)
    writer = Writer(Random(1), facts, "train")
    table = make_table(Random(4), writer, make_look(Random(4), "de", "train"), plan_of(), facts.rows, 500, pages=1)
    for kind in ("parts", "prices", "log"):
        pieces = list(subrows(Random(6), writer, table, facts.rows[0], 0, kind))
        assert pieces
        assert all(piece.amount is None for piece in pieces)
        assert {s.label for p in pieces for r in p.block.runs for s in r.spans} == {"line.note"}


def test_stacked_values_stand_under_each_other_in_one_column() -> None:
    facts = facts_of(7)
    writer = Writer(Random(1), facts, "train")
    plan = plan_of(stacked=(("quantity", "unit"),))
    table = make_table(Random(4), writer, make_look(Random(4), "de", "train"), plan, facts.rows, 500, pages=1)
    assert "unit" not in table.edges
    left, right = table.edges["quantity"]
    runs = {s.label: run for run in table.pieces[0].block.runs for s in run.spans}
    assert runs["line.unit"].y > runs["line.quantity"].y
    assert left <= runs["line.unit"].x <= right


def test_a_sheet_prints_every_value_of_the_row_once() -> None:
    facts = facts_of(9, rows=1)
    writer = Writer(Random(1), facts, "train")
    plan, look, row = plan_of(), make_look(Random(4), "de", "train"), facts.rows[0]
    form = sheet_form(Random(3), writer, plan)
    content = {"quantity": [Span("3", "line.quantity", 0)], "net_amount": [Span("12,00", "line.net_amount", 0)]}
    name = [[Span(row.name, "line.description", 0)]]
    block = item_sheet(form, Random(5), writer, look, row, content, name, [], 0, 500)
    assert " ".join(texts_of(block, "line.description")) == " ".join(row.name.split())
    assert texts_of(block, "line.quantity") == ["3"]
    assert texts_of(block, "line.net_amount") == ["12,00"]


@pytest.mark.parametrize("seed", range(6))
def test_complete_totals_name_each_sum_and_leave_zeros_without_a_field(seed: int) -> None:
    facts = facts_of(seed, rows=3)
    found = complete_totals(Random(seed), Writer(Random(1), facts, "train"), told=False)
    spans = [s for part in found for s in part.value if s.label != "O"]
    shown = {s.label: s.value for s in spans if s.label.startswith("header.") and s.label != "header.currency"}
    assert shown["header.net_total"] == facts.totals.net
    assert shown["header.gross_total"] == facts.totals.gross
    assert shown["header.amount_due"] == facts.totals.due
    assert all(s.value for s in spans if s.label.startswith("adjustment."))
    assert not any("{" in text_of(part.label) for part in found)


@pytest.mark.parametrize("seed", range(20))
def test_complete_totals_print_no_place_of_a_rate_that_they_do_not_fill(seed: int) -> None:
    facts = facts_of(seed, language="it")
    facts.adjustments.append(Adjustment("withholding", Decimal("12.00"), Decimal(20)))
    found = complete_totals(Random(seed), Writer(Random(seed), facts, "train"), told=False)
    assert not any("{" in text_of(part.label) for part in found)


def test_surcharges_at_the_end_may_show_nothing_but_their_amount() -> None:
    words, bare = vocabulary("de"), 0
    for seed in range(60):
        facts = facts_of(seed)
        rows, _ = make_rows(Random(seed), words, facts.category, facts.country, "standard", date(2026, 3, 1), count=8)
        for row in rows:
            if not row.priced:
                bare += 1
                assert row.quantity == 1
                assert abs(row.price - row.net) < Decimal("0.01")
                assert not row.code
    assert bare > 3


@pytest.mark.parametrize("language", languages())
def test_composed_names_are_clean_text(language: str) -> None:
    rng, words = Random(8), vocabulary(language)
    names = [composed_name(rng, words, date(2026, 5, 4)) for _ in range(300)]
    assert all(name == " ".join(name.split()) and name and "{" not in name for name in names)
    assert len(set(names)) > 200


def test_words_around_items_keep_some_for_the_exam() -> None:
    rng = Random(2)
    seen = {item_word(rng, "gross_price", "en", "train") for _ in range(400)} | {
        item_word(rng, "remarks", "en", "train") for _ in range(400)
    }
    first = {item_list(key, "en")[0] for key in ("gross_price", "remarks")}
    assert all(not held_out(word) for word in seen - first)


def test_a_long_code_is_cut_behind_its_hyphens_in_a_narrow_column() -> None:
    style = make_look(Random(1), "en", "train").body.but(size=10)
    parts = [text_of(spans) for spans in wrap([Span("SCREW-AW30-(A2K)-7,5X152-")], style, 60)]
    assert "".join(parts) == "SCREW-AW30-(A2K)-7,5X152-"
    assert all(part.endswith("-") for part in parts)


def test_a_thousand_rows_stay_a_thousand() -> None:
    _, truth = render_pdf(11, rows=1000, document_type="invoice")
    assert len(truth["line_items"]) == 1000
    assert truth["pages"] > 10
    amounts = [Decimal(item["net_amount"] or item["gross_amount"]) for item in truth["line_items"]]
    assert truth["header"]["net_total"] in (None, format(sum(amounts), "f")) or truth["document_adjustments"]


def printed_row(*labels: str) -> dict[str, object]:
    """The truth of a page that prints these values of one row of 2 at 50.00 with 10 % off."""
    facts = facts_of(11, rows=1)
    row = facts.rows[0]
    row.quantity, row.price, row.discount_percent, row.discount_amount = Decimal(2), Decimal("50.00"), Decimal(10), Decimal("10.00")
    values = {"quantity": row.quantity, "unit_price": row.price, "discount": row.discount_percent, "net_amount": Decimal("90.00")}
    spans = [Span(str(values[label]), f"line.{label}", 0, values[label]) for label in labels]
    placed = [Placed(0, 40.0 * at, 40.0 * at + 30, 100.0, 10.0, span) for at, span in enumerate(spans)]
    return truth_of(facts, placed, identity="one", pages=1, layout={}, currency_seen=True)


def test_a_page_that_hides_a_line_discount_is_marked_as_adding_up_wrongly() -> None:
    hidden = printed_row("quantity", "unit_price", "net_amount")
    assert (hidden["expect"], hidden.get("prints_wrong_sums")) == ("review", True)
    for told in (("quantity", "unit_price", "discount", "net_amount"), ("quantity", "net_amount")):  # shown, or nothing to compare
        shown = printed_row(*told)
        assert (shown["expect"], shown.get("prints_wrong_sums")) == ("accept", None)


def test_a_charge_that_stands_in_the_table_is_a_line_of_the_truth() -> None:
    facts = facts_of(11, rows=1)
    facts.adjustments = [Adjustment("shipping", Decimal("5.90")), Adjustment("allowance", Decimal("2.00"), Decimal(10))]
    for seed in range(40):
        writer = Writer(Random(1), facts, "train")
        table = make_table(Random(4), writer, make_look(Random(4), "de", "train"), plan_of(), facts.rows, 500, pages=1)
        pieces = with_interludes(Random(seed), writer, table, plan_of())
        if writer.in_table:
            break
    spans = [span for piece in pieces for run in piece.block.runs for span in run.spans]
    rows = {group: [(s.label, s.value) for s in spans if s.group == group and s.value is not None] for group in (1, 2)}
    assert rows == {1: [("line.net_amount", Decimal("5.90"))], 2: [("line.net_amount", Decimal("-2.00"))]}
    assert not any(s.label.startswith("adjustment.") for s in spans)
    placed = [Placed(0, 40.0, 90.0, 100.0 + 12 * at, 10.0, span) for at, span in enumerate(spans)]
    truth = truth_of(facts, placed, identity="one", pages=1, layout={}, currency_seen=True)
    assert [line["net_amount"] for line in truth["line_items"]][1:] == ["5.90", "-2.00"]
    assert truth["document_adjustments"] == []


@pytest.mark.parametrize("language", languages())
def test_every_language_knows_what_is_taken_off(language: str) -> None:
    assert any(is_taken_off(name, language) for name in item_list("taken_off", language))


def test_discounts_and_returns_lower_the_sum() -> None:
    names, country = set(item_list("taken_off", "en")), facts_of(3).country
    rows = [
        row
        for seed in range(300)
        for row in make_rows(Random(seed), vocabulary("en"), "telecom", country, "standard", date(2026, 3, 1), count=8)[0]
        if row.name in names
    ]
    assert rows
    assert all(row.net <= 0 for row in rows)
    assert any(row.net < 0 for row in rows)


@pytest.mark.parametrize(
    ("label", "shown", "net"),
    [("total.line_total", "0.00", True), ("total.line_total", "1.00", False), ("tax.taxable_amount", "0.00", True)],
)
def test_the_base_of_the_tax_or_the_sum_of_the_lines_is_the_net_total_where_none_is_named(label: str, shown: str, net: bool) -> None:
    facts = facts_of(11, rows=1)
    amount = facts.totals.net + Decimal(shown)
    spans = [Span("Desk", "line.description", 0), Span("1", label, 0 if label.startswith("tax.") else -1, amount)]
    placed = [Placed(0, 40.0, 90.0, 100.0 + 12 * at, 10.0, span) for at, span in enumerate(spans)]
    truth = truth_of(facts, placed, identity="one", pages=1, layout={}, currency_seen=True)
    assert truth["header"]["net_total"] == (format(amount, "f") if net else None)


def test_remarks_under_a_name_may_be_read_with_it_up_to_any_of_them() -> None:
    facts = facts_of(11, rows=1)
    facts.rows[0].name = "Coffee"
    texts = (
        ("Coffee", "description", 50.0),
        ("ground", "description", 50.0),
        ("4711", "note", 300.0),
        ("billed monthly", "note", 52.0),
        ("no refunds", "note", 50.0),
    )
    placed = [
        Placed(0, left, left + 40, 100.0 + 12 * at, 10.0, Span(text, f"line.{label}", 0)) for at, (text, label, left) in enumerate(texts)
    ]
    (line,) = truth_of(facts, placed, identity="one", pages=1, layout={}, currency_seen=True)["line_items"]
    assert line["description"] == "Coffee ground"
    assert line["description_alternatives"] == [
        "Coffee",
        "Coffee ground 4711 billed monthly no refunds",
        "Coffee ground billed monthly",
        "Coffee ground billed monthly no refunds",
    ]


def test_a_remark_between_rows_belongs_to_the_row_above_it() -> None:
    facts = facts_of(7, rows=6)
    found: set[tuple[str, int]] = set()
    for seed in range(60):
        writer = Writer(Random(seed), facts, "train")
        table = make_table(Random(4), writer, make_look(Random(4), "de", "train"), plan_of(), facts.rows, 500, pages=1)
        before = -1
        for piece in with_interludes(Random(seed), writer, table, plan_of()):
            spans = [span for run in piece.block.runs for span in run.spans]
            groups = {span.group for span in spans if span.label == "line.net_amount"}
            if groups:
                (before,) = groups
            elif spans and all(span.label == "line.note" for span in spans):
                found |= {("same" if span.group == before else "other", 0) for span in spans}
    assert found == {("same", 0)}


def test_the_base_of_the_tax_is_the_net_total_although_another_sum_is_called_so() -> None:
    facts = facts_of(11, rows=1)
    subtotal = facts.totals.net - Decimal("4.00")
    spans = [Span("1", "header.net_total", -1, subtotal), Span("2", "tax.taxable_amount", 0, facts.totals.net)]
    placed = [Placed(0, 40.0, 90.0, 100.0 + 12 * at, 10.0, span) for at, span in enumerate(spans)]
    found = [truth_of(facts, shown, identity="one", pages=1, layout={}, currency_seen=True) for shown in (placed, placed[:1])]
    assert [truth["header"]["net_total"] for truth in found] == [format(facts.totals.net, "f"), format(subtotal, "f")]


@pytest.mark.parametrize("language", ["it", "nl", "pl", "pt"])
def test_a_wording_with_a_place_for_the_rate_names_it(language: str) -> None:
    writer = Writer(Random(2), make_facts(Random(3), "train", document_type="invoice", language=language), "train")
    found = {
        writer.adjustment(kind, percent) for kind in ("allowance", "withholding") for percent in (Decimal("7.5"), None) for _ in range(60)
    }
    assert not any("{" in text or "}" in text for text in found)
    assert any("7" in text and "%" in text for text in found)
