"""One document from its facts: header, body, totals, closing, footers on pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from extractors.training.cards import make_cards
from extractors.training.closing import bank_lines, closing_lines, company_lines, footer_block, page_words, payment_slip
from extractors.training.columns import Plan, make_plan
from extractors.training.facts import Facts
from extractors.training.header import amount_box, head_choices, header_blocks
from extractors.training.interludes import sum_row, with_interludes
from extractors.training.layout import Block, Line, Span, framed, line, text_block
from extractors.training.letterhead import name_span, third_party_block
from extractors.training.line_printer import dashed_heads, going_on, print_all, printer_look, printer_plan
from extractors.training.look import Look, make_look
from extractors.training.margins import margin_texts
from extractors.training.metadata import Pair, entries, number_span
from extractors.training.name_lines import hides_name, trading_line
from extractors.training.negatives import body_of
from extractors.training.noise import annex, noise_blocks, stamp, terms_block
from extractors.training.one_grid import one_grid
from extractors.training.pages import PAGE_SIZES, Sheet, copy_of
from extractors.training.special import printout, receipt, sidebar
from extractors.training.structure_words import structure_word
from extractors.training.stylesheet import stylesheet
from extractors.training.table import make_table
from extractors.training.table_totals import total_rows, twin_table
from extractors.training.totals import adjustment_table, tax_table, total_lines, totals_block, totals_form
from extractors.training.trade_cells import mark_legend
from extractors.training.trade_columns import trade_plan
from extractors.training.vocabulary import choose
from extractors.training.writing import Writer


def compose(rng: Random, facts: Facts, family: str) -> tuple[Sheet, dict[str, str], Writer]:
    """Lay out the document; returns its pages, the names of the choices, and the writer that worded it."""
    writer = Writer(rng, facts, family)
    look = make_look(rng, facts.language, family)
    if not look.body.face.covers(writer.token):
        writer.token = facts.currency
    whole = (
        choose(rng, {"usual": 84, "stylesheet": 6, "printout": 3, "receipt": 3, "sidebar": 4}, family, exam_only=())
        if facts.is_invoice
        else "usual"
    )
    if family == "exam" and facts.is_invoice and rng.random() < 0.1:
        whole = rng.choice(("printout", "sidebar", "receipt", "stylesheet"))
    if whole == "receipt" and len(facts.rows) > 40:
        whole = "usual"
    manners = facts.manners
    if manners.whole == "grid":
        whole = "grid"
    elif manners.whole == "printer":
        whole, look, writer.shout = "usual", printer_look(writer, look), manners.draw("shout").random() < 0.8
    sheet = _sheet(rng, facts) if whole != "receipt" else _slip(rng, facts)
    if whole in ("printout", "receipt", "stylesheet", "grid"):
        sheet.new_page()
        if whole == "receipt":
            look = look.smaller(min(1.0, 8 / look.size))
            return sheet, receipt(rng, writer, look, sheet), writer
        make = {"printout": printout, "grid": one_grid}.get(whole, stylesheet)
        names = make(rng, writer, look, sheet)
        if hides_name(writer):
            sheet.put(text_block([trading_line(writer)], look.small, width=sheet.inner), gap=4)
        _footers(rng, writer, look, sheet, None, every_page=False)
        return sheet, names, writer
    choices = head_choices(rng, writer)
    if manners.captions_below:
        choices.metadata = manners.draw("metadata").choice(("above", "cells", "grid", "cells"))
    footer_columns = company_lines(rng, writer) if rng.random() < 0.6 or not choices.seller_in_head else []
    if hides_name(writer):
        footer_columns = [*footer_columns, [trading_line(writer)]] if manners.names == "footer" and footer_columns else footer_columns
        small_print = manners.names == "footer" and not footer_columns
    else:
        small_print = False
    if (not choices.seller_in_head or (hides_name(writer) and not small_print)) and not any(
        s.label == "header.seller_name" for column in footer_columns for spans in column for s in spans
    ):
        footer_columns.insert(0, [[name_span(facts.seller, "seller")]])
    footer = footer_block(rng, writer, look, footer_columns, sheet.inner) if footer_columns else None
    every_page = rng.random() < 0.7
    sheet.bottom += footer.height + 6 if footer is not None else 8
    continued = rng.random() < 0.4
    if continued:
        sheet.on_new_page = lambda s: s.put(_continuation(rng, writer, look), gap=0)
    sheet.new_page()
    in_strip: list[Pair] | None = None
    if whole == "sidebar":
        choices.seller_in_head = False
        in_strip = entries(rng, writer, busy=0.9) if rng.random() < 0.6 else None
        sidebar(rng, writer, look, sheet, in_strip or [], bank=bank_lines(rng, writer) if rng.random() < 0.5 else [])
        footer = None
    for block in header_blocks(rng, writer, look, sheet.inner, choices, pairs=[] if in_strip else None):
        sheet.put(block, gap=rng.uniform(4, 26))
    if facts.is_invoice and rng.random() < 0.08:
        box = amount_box(rng, writer, look)
        sheet.put(
            framed(box, pad=6, stroke=look.line_colour) if rng.random() < 0.6 else box,
            x=rng.choice((0.0, max(0.0, sheet.inner - box.width - 12))),
            gap=10,
        )
    if rng.random() < 0.3:
        words = [
            writer.sentence(
                key, {"name": facts.buyer.contact, "number": facts.numbers["sales_order"], "date": writer.date(facts.dates["order_date"])}
            )
            for key in ("greeting", "intro")
        ]
        sheet.put(text_block([w for w in words if w], look.body, width=sheet.inner), gap=rng.uniform(6, 16))
    if facts.is_invoice and rng.random() < 0.05:
        sheet.put(text_block([_order_line(writer)], look.body, width=sheet.inner), gap=rng.uniform(4, 12))
    names = {"arrangement": whole if whole == "sidebar" else choices.arrangement, "metadata": choices.metadata, "title": choices.title}
    later: Callable[[], None] | None = None
    if facts.document_type in ("statement", "reminder", "payslip", "letter"):
        body_of(rng, writer, look, sheet)
        names["body"] = facts.document_type
    else:
        body, later = _body(rng, writer, look, sheet)
        names |= body
    if small_print:
        sheet.put(text_block([trading_line(writer)], look.small, width=sheet.inner), gap=6)
    _closing(rng, writer, look, sheet, has_bank=any(s.label == "header.iban" for c in footer_columns for spans in c for s in spans))
    if later is not None:
        later()
    _footers(rng, writer, look, sheet, footer, every_page=every_page)
    if manners.whole == "printer":
        print_all(writer, sheet)
        names["arrangement"] = "printer"
    return sheet, names, writer


def _order_line(writer: Writer) -> Line:
    """The buyer's order in a sentence above the items."""
    number = writer.facts.numbers["purchase_order"]
    values = {
        "purchase_order": Span(number, "header.purchase_order", value=number),
        "order_date": writer.date(writer.facts.dates["order_date"]),
    }
    return writer.sentence("order_sentence", values) or []


def _sheet(rng: Random, facts: Facts) -> Sheet:
    american = facts.seller.country in ("US", "CA", "MX")
    size = rng.choices(("a4", "letter", "a4_landscape", "legal"), (6, 88, 5, 1) if american else (92, 3, 5, 0))[0]
    width, height = PAGE_SIZES[size]
    margin = rng.uniform(26, 70)
    return Sheet(width, height, margin, margin if rng.random() < 0.6 else rng.uniform(26, 60), rng.uniform(22, 60), rng.uniform(18, 40))


def _slip(rng: Random, facts: Facts) -> Sheet:
    """A roll of paper, cut where the text ends (roughly)."""
    width = rng.choice((164.0, 204.0, 226.8, 240.0, 280.0))
    margin = rng.uniform(6, 16)
    return Sheet(width, 300.0 + 46 * len(facts.rows) + rng.uniform(60, 200), margin, margin, 10, 10)


def _continuation(rng: Random, writer: Writer, look: Look) -> Block:
    """The small head of following pages."""
    title = writer.words.pick(rng, "titles", writer.facts.document_type)
    return text_block(
        [[Span(title), number_span(writer), *([name_span(writer.facts.seller, "seller")] if rng.random() < 0.3 else [])], []], look.body
    )


def _body(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> tuple[dict[str, str], Callable[[], None] | None]:
    """Items and totals; where the totals come first, what puts the items on the pages behind them is the second value."""
    facts, manners = writer.facts, writer.facts.manners
    plan = make_plan(rng, writer)
    if facts.document_type in ("delivery_note", "purchase_order") and (facts.document_type == "delivery_note" or rng.random() < 0.4):
        plan = Plan(
            tuple(k for k in plan.kinds if k not in ("unit_price", "discount", "tax_rate", "tax_amount", "net_amount", "gross_amount")),
            plan.code_place,
            plan.unit_place,
            plan.discount_as,
        )
    plan = trade_plan(writer, plan)
    if manners.whole == "printer":
        plan = printer_plan(writer, plan)
    width = sheet.inner if rng.random() < 0.85 else sheet.inner * rng.uniform(0.8, 0.97)
    as_cards = rng.random() < (0.16 if writer.family == "exam" else 0.08)
    as_cards = as_cards or bool(manners.cards)
    make = make_cards(rng, writer, look, plan, facts.rows, width) if as_cards else None
    twin = manners.twin and not as_cards and 3 < len(facts.rows) < 80 and facts.is_invoice and not facts.sections
    if twin:
        make = twin_table(rng, writer, look, plan, width)
        plan = replace(plan, kinds=tuple(make.edges))
    table = make or make_table(rng, writer, look, plan, facts.rows, width, pages=1 + len(facts.rows) // 8)
    pieces = with_interludes(rng, writer, table, plan) if not twin else table.pieces
    if manners.whole == "printer":
        dashed_heads(writer, table)
    money = [k for k in plan.kinds if k in ("net_amount", "gross_amount")]
    carried = rng.random() < 0.25 and bool(money) and not as_cards

    def carry(running: Decimal, where: str) -> Block:
        if manners.whole == "printer":
            return going_on(writer, table, running if money else None) if where == "forward" else Block()
        return sum_row(writer, table, "carried_forward" if where == "forward" else "brought_forward", running)

    repeat, table_gap = rng.random() < 0.75, rng.uniform(6, 24)
    carried = (carried and not twin) or (manners.whole == "printer" and manners.draw("goes on").random() < 0.7)
    in_table = manners.totals_in_table and bool(money) and not as_cards and not twin
    if in_table:
        pieces += total_rows(writer, table, total_lines(rng, writer, taxes=True))

    def items() -> None:
        sheet.put_table(table.head, pieces, repeat=repeat, carry=carry if carried else None, gap=table_gap)
        if legend := mark_legend(writer):
            sheet.put(text_block([line(legend)], look.small, width=sheet.inner), gap=4)

    def details() -> None:
        sheet.new_page()
        title = structure_word(manners.draw("details"), "details_title", facts.language)
        if manners.draw("titled").random() < 0.7:
            sheet.put(text_block([line(title)], look.body.but(bold=True, size=look.size * 1.2)), gap=2)
        items()

    last = manners.summary_first and bool(money) and not in_table and facts.is_invoice
    if not last:
        items()
    if facts.document_type == "delivery_note" or not money or in_table:
        return {"table": "x".join(plan.kinds)} | ({"totals": "table"} if in_table else {}), None
    separate = rng.random() < (0.42 if len(facts.breakdown) > 1 else 0.14) and facts.country.tax != "sales" and bool(facts.totals.tax)
    form = totals_form(rng, writer.family)
    if manners.captions_below and manners.draw("totals").random() < 0.6:
        form = "above"
    if twin and form == "column":
        form = "right"
    extra_table = adjustment_table(rng, writer, look, sheet.inner * rng.uniform(0.6, 1.0)) if rng.random() < 0.12 else None
    if extra_table is not None:
        sheet.put(extra_table, gap=rng.uniform(4, 14))
    lines = total_lines(rng, writer, taxes=not separate, adjusted_apart=extra_table is not None)
    right_edge = None
    width = sheet.inner
    x = 0.0
    if form == "right":
        width = sheet.inner * rng.uniform(0.36, 0.6)
        x = (table.width if rng.random() < 0.7 else sheet.inner) - width
    elif form == "left":
        width = sheet.inner * rng.uniform(0.35, 0.55)
    elif form in ("column", "wide"):
        width = table.width
        right_edge = table.edges[money[-1]][1] - 4 if form == "column" and not as_cards else None
    noise = noise_blocks(rng, writer, look, sheet.inner)
    while noise and rng.random() < 0.5:
        sheet.put(noise.pop(), gap=rng.uniform(4, 12))
    block = totals_block(rng, writer, look, lines, width, form, right_edge=right_edge)
    taxes = tax_table(rng, writer, look, sheet.inner * rng.uniform(0.4, 0.8)) if separate else None
    where = rng.choice(("before", "after", "beside")) if taxes is not None else ""
    if taxes is not None and where == "before":
        sheet.put(taxes, gap=rng.uniform(4, 14))
    gap = rng.uniform(2, 18)
    if taxes is not None and where == "beside" and x > taxes.width + 10:
        joint = Block()
        joint.add(taxes, 0, 0)
        joint.add(block, x, 0)
        sheet.put(joint, gap=gap)
    else:
        sheet.put(block, x=x, gap=gap)
        if taxes is not None and where != "before":
            sheet.put(taxes, gap=rng.uniform(4, 14))
    for extra in noise:
        sheet.put(extra, gap=rng.uniform(4, 12))
    table_name = "cards" if as_cards else "twin" if twin else "x".join(plan.kinds)
    return {"table": table_name, "totals": form, "tax_table": where or "none"}, details if last else None


def _closing(rng: Random, writer: Writer, look: Look, sheet: Sheet, *, has_bank: bool) -> None:
    facts = writer.facts
    for spans in closing_lines(rng, writer):
        sheet.put(
            text_block([spans], look.body if rng.random() < 0.7 else look.small, width=sheet.inner * rng.choice((1.0, 1.0, 0.6))),
            gap=rng.uniform(2, 12),
        )
    if rng.random() < (0.2 if has_bank else 0.5):
        sheet.put(
            text_block(bank_lines(rng, writer), look.body if rng.random() < 0.6 else look.small, width=sheet.inner), gap=rng.uniform(6, 18)
        )
    if rng.random() < 0.05:
        sheet.put(terms_block(rng, writer, look, sheet.inner), gap=8)
    if rng.random() < 0.04 and facts.is_invoice:
        if rng.random() < 0.5:
            sheet.new_page()
        for block in annex(rng, writer, look, sheet.inner):
            sheet.put(block)
    if rng.random() < 0.04:
        sheet.put(third_party_block(rng, writer, look, sheet.inner * rng.uniform(0.4, 0.7)), gap=rng.uniform(4, 14))
    if rng.random() < 0.05:
        stamp(rng, writer, look, sheet)
    if facts.is_invoice and rng.random() < (0.3 if facts.seller.country == "CH" else 0.06):
        slip = payment_slip(rng, writer, look, sheet.inner)
        if sheet.room > slip.height + 10:
            sheet.place(slip, sheet.left, sheet.height - sheet.bottom - slip.height)
            sheet.y = sheet.height
        else:
            sheet.put(slip, gap=10)


def _footers(rng: Random, writer: Writer, look: Look, sheet: Sheet, footer: Block | None, *, every_page: bool) -> None:
    pages = len(sheet.pages)
    numbered = rng.random() < (0.85 if pages > 1 else 0.3)
    corner = choose(rng, {"bottom_right": 40, "bottom_center": 25, "top_right": 20, "bottom_left": 15}, writer.family)
    for page in range(pages):
        if footer is not None and (every_page or page == pages - 1):
            sheet.place(copy_of(footer), sheet.left, sheet.height - sheet.bottom + 4, page)
        if numbered:
            block = text_block([[page_words(writer, page + 1, pages)]], look.small)
            x = {"right": sheet.width - sheet.right - block.width, "center": (sheet.width - block.width) / 2, "left": sheet.left}[
                corner.split("_")[1]
            ]
            y = 8.0 if corner.startswith("top") else sheet.height - 14
            sheet.place(block, x, y, page)
    margin_texts(rng, writer, look, sheet)
