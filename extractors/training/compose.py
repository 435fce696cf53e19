"""One document from its facts: header, body, totals, closing, footers on pages."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from extractors.training.cards import make_cards
from extractors.training.closing import bank_lines, closing_lines, company_lines, footer_block, page_words, payment_slip
from extractors.training.columns import Plan, make_plan
from extractors.training.facts import Facts
from extractors.training.header import amount_box, head_choices, header_blocks
from extractors.training.interludes import sum_row, with_interludes
from extractors.training.layout import Block, Line, Span, framed, text_block
from extractors.training.letterhead import name_span, third_party_block
from extractors.training.look import Look, make_look
from extractors.training.margins import margin_texts
from extractors.training.metadata import Pair, entries, number_span
from extractors.training.negatives import body_of
from extractors.training.noise import annex, noise_blocks, stamp, terms_block
from extractors.training.pages import PAGE_SIZES, Sheet, copy_of
from extractors.training.special import printout, receipt, sidebar
from extractors.training.stylesheet import stylesheet
from extractors.training.table import make_table
from extractors.training.totals import adjustment_table, tax_table, total_lines, totals_block, totals_form
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
    sheet = _sheet(rng, facts) if whole != "receipt" else _slip(rng, facts)
    if whole in ("printout", "receipt", "stylesheet"):
        sheet.new_page()
        if whole == "receipt":
            look = look.smaller(min(1.0, 8 / look.size))
            return sheet, receipt(rng, writer, look, sheet), writer
        names = (printout if whole == "printout" else stylesheet)(rng, writer, look, sheet)
        _footers(rng, writer, look, sheet, None, every_page=False)
        return sheet, names, writer
    choices = head_choices(rng, writer)
    footer_columns = company_lines(rng, writer) if rng.random() < 0.6 or not choices.seller_in_head else []
    if not choices.seller_in_head and not any(
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
    if facts.document_type in ("statement", "reminder", "payslip", "letter"):
        body_of(rng, writer, look, sheet)
        names["body"] = facts.document_type
    else:
        names |= _body(rng, writer, look, sheet)
    _closing(rng, writer, look, sheet, has_bank=any(s.label == "header.iban" for c in footer_columns for spans in c for s in spans))
    _footers(rng, writer, look, sheet, footer, every_page=every_page)
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


def _body(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> dict[str, str]:
    facts = writer.facts
    plan = make_plan(rng, writer)
    if facts.document_type in ("delivery_note", "purchase_order") and (facts.document_type == "delivery_note" or rng.random() < 0.4):
        plan = Plan(
            tuple(k for k in plan.kinds if k not in ("unit_price", "discount", "tax_rate", "tax_amount", "net_amount", "gross_amount")),
            plan.code_place,
            plan.unit_place,
            plan.discount_as,
        )
    width = sheet.inner if rng.random() < 0.85 else sheet.inner * rng.uniform(0.8, 0.97)
    as_cards = rng.random() < (0.16 if writer.family == "exam" else 0.08)
    make = make_cards(rng, writer, look, plan, facts.rows, width) if as_cards else None
    table = make or make_table(rng, writer, look, plan, facts.rows, width, pages=1 + len(facts.rows) // 8)
    pieces = with_interludes(rng, writer, table, plan)
    money = [k for k in plan.kinds if k in ("net_amount", "gross_amount")]
    carried = rng.random() < 0.25 and bool(money) and not as_cards

    def carry(running: Decimal, where: str) -> Block:
        return sum_row(writer, table, "carried_forward" if where == "forward" else "brought_forward", running)

    sheet.put_table(table.head, pieces, repeat=rng.random() < 0.75, carry=carry if carried else None, gap=rng.uniform(6, 24))
    if facts.document_type == "delivery_note" or not money:
        return {"table": "x".join(plan.kinds)}
    separate = rng.random() < (0.42 if len(facts.breakdown) > 1 else 0.14) and facts.country.tax != "sales" and bool(facts.totals.tax)
    form = totals_form(rng, writer.family)
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
    return {"table": "cards" if as_cards else "x".join(plan.kinds), "totals": form, "tax_table": where or "none"}


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
