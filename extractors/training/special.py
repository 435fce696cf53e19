"""Documents that are composed differently as a whole: label-value printouts of structured invoices, and till receipts."""

from __future__ import annotations

from random import Random

from extractors.training.cards import make_cards
from extractors.training.closing import closing_lines
from extractors.training.columns import Plan, make_plan
from extractors.training.layout import Block, Line, Shape, Span, beside, line, stack, text_block, width_of
from extractors.training.letterhead import pair_lines, party_block, vat_line
from extractors.training.look import Look
from extractors.training.metadata import Pair, entries
from extractors.training.metadata_forms import metadata_block, title_block
from extractors.training.pages import Sheet
from extractors.training.table import Table, make_table
from extractors.training.totals import tax_table, total_lines, totals_block
from extractors.training.trade_columns import trade_plan
from extractors.training.writing import Writer

TERM_NUMBERS = (
    "BT-1",
    "BT-2",
    "BT-3",
    "BT-5",
    "BT-9",
    "BT-10",
    "BT-13",
    "BT-27",
    "BT-31",
    "BT-44",
    "BT-84",
    "BT-106",
    "BT-109",
    "BT-112",
    "BT-115",
    "BT-131",
    "BT-146",
)


def printout(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> dict[str, str]:
    """The whole document as groups of labels and values, as viewers of structured invoices show it."""
    facts = writer.facts
    numbered = rng.random() < 0.25
    two = rng.random() < 0.5
    headed = rng.choice(("bold", "filled", "ruled"))
    form = rng.choice(("columns", "columns", "table", "lines"))

    def pairs_block(pairs: list[Pair], width: float) -> Block:
        if numbered:
            for label, _ in pairs:
                label.text = (
                    f"{label.text} ({rng.choice(TERM_NUMBERS)})" if rng.random() < 0.5 else f"{rng.choice(TERM_NUMBERS)} {label.text}"
                )
        return metadata_block(rng, writer, look, pairs, width, form)

    def group(title: str, body: Block, width: float) -> Block:
        head = text_block([line(title)], look.body.but(bold=True, size=look.size * 1.1))
        head.width, head.height = width, head.height + 3
        if headed == "filled":
            head.shapes.insert(0, Shape("rect", 0, 0, width, head.height, None, look.tint))
        elif headed == "ruled":
            head.shapes.append(Shape("line", 0, head.height, width, head.height, look.line_colour, None, 0.6))
        return stack([head, body], gap=2)

    sheet.put(title_block(rng, writer, look, "plain" if rng.random() < 0.7 else "number", sheet.inner), gap=4)
    half = sheet.inner / 2 - 10
    width = half if two else sheet.inner
    parties = [group(writer.word(words), pairs_block(_split_pairs(pair_lines(rng, writer, party, role, vat=True), rng, writer, role), width), width)
               for words, role, party in (("seller", "seller", facts.seller), ("bill_to", "buyer", facts.buyer))]  # fmt: skip
    if rng.random() < 0.3:
        parties.reverse()
    data = group(
        writer.words.pick(rng, "titles", facts.document_type), pairs_block(entries(rng, writer, busy=1.2, skip=("page",)), width), width
    )
    blocks = [data, *parties] if rng.random() < 0.5 else [*parties, data]
    if two:
        sheet.put(beside(blocks[:2], [0.0, half + 20]), gap=8)
        sheet.put(blocks[2], gap=10)
    else:
        for block in blocks:
            sheet.put(block, gap=8)
    plan = trade_plan(writer, make_plan(rng, writer))
    table = lines_of(rng, writer, look, plan, sheet.inner, cards=rng.random() < 0.65)
    parts: list[Pair] = []
    for total in total_lines(rng, writer, taxes=rng.random() < 0.5):
        parts.append((total.label[0], [*total.label[1:], *total.value]))
    totals = group(writer.word("gross_total", "totals"), pairs_block(parts, sheet.inner), sheet.inner)
    breakdown = (
        tax_table(rng, writer, look, sheet.inner) if facts.totals.tax and facts.country.tax != "sales" and rng.random() < 0.7 else None
    )
    early = rng.random() < 0.35
    if early:
        sheet.put(totals, gap=10)
    sheet.put(text_block([line(writer.word("description", "columns"))], look.body.but(bold=True)), gap=10)
    sheet.put_table(table.head, table.pieces, repeat=True, carry=None, gap=4)
    if not early:
        sheet.put(totals, gap=10)
    if breakdown is not None:
        sheet.put(breakdown, gap=8)
    if facts.seller.ibans:
        payment: list[Pair] = [
            (writer.label("iban"), [writer.iban(facts.seller.ibans[0])]),
            (writer.label("bic"), line(facts.seller.bics[0])),
            (writer.label("bank"), line(facts.seller.banks[0])),
        ]
        if rng.random() < 0.6:
            payment.append((writer.label("payment_reference"), line(facts.numbers["payment_reference"])))
        sheet.put(group(writer.word("payment_method"), pairs_block(payment, sheet.inner), sheet.inner), gap=8)
    return {
        "arrangement": "printout",
        "metadata": form,
        "title": "plain",
        "table": "cards" if table.edges.keys() == {"description"} else "table",
    }


def _split_pairs(lines: list[Line], rng: Random, writer: Writer, role: str) -> list[Pair]:
    """Label-value lines as pairs, with more of the party's data behind them."""
    party = writer.facts.seller if role == "seller" else writer.facts.buyer
    pairs: list[Pair] = [(spans[0], spans[1:]) for spans in lines if len(spans) > 1]
    for key, text in (
        ("phone", party.phone),
        ("email", party.email),
        ("contact", party.contact),
        ("tax_number", party.tax_number),
        ("customer_number", writer.facts.numbers["customer_number"]),
    ):
        if rng.random() < 0.4:
            pairs.append((writer.label(key), line(text)))
    return pairs


def lines_of(rng: Random, writer: Writer, look: Look, plan: Plan, width: float, *, cards: bool) -> Table:
    rows = writer.facts.rows
    return (
        make_cards(rng, writer, look, plan, rows, width)
        if cards
        else make_table(rng, writer, look, plan, rows, width, pages=1 + len(rows) // 8)
    )


def receipt(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> dict[str, str]:
    """A till receipt: one narrow column, items with amounts at the right edge."""
    facts = writer.facts
    sheet.put(
        party_block(
            rng, writer, look, "seller", width=sheet.inner, label=False, vat=rng.random() < 0.8, contact=rng.random() < 0.5, align="center"
        ),
        gap=4,
    )
    if rng.random() < 0.6:
        sheet.put(title_block(rng, writer, look, "plain", sheet.inner), gap=6)
    sheet.put(metadata_block(rng, writer, look, entries(rng, writer, busy=0.35), sheet.inner, rng.choice(("lines", "columns"))), gap=6)
    if rng.random() < 0.35:
        sheet.put(party_block(rng, writer, look, "buyer", width=sheet.inner, label=rng.random() < 0.7, vat=rng.random() < 0.4), gap=6)
    dashes = "-" * max(8, int(sheet.inner / max(1.0, width_of([Span("-")], look.body))))
    sheet.put(text_block([line(dashes)], look.body), gap=2)
    plan = make_plan(rng, writer)
    kinds = tuple(
        k
        for k in plan.kinds
        if k in ("description", "quantity", "unit_price", "net_amount", "gross_amount", "tax_rate", "item_code", "discount")
    )
    table = make_cards(rng, writer, look, Plan(kinds, plan.code_place, plan.unit_place, plan.discount_as), facts.rows, sheet.inner)
    sheet.put_table([], table.pieces, repeat=False, carry=None)
    sheet.put(text_block([line(dashes)], look.body), gap=1)
    separate = rng.random() < 0.5 and bool(facts.totals.tax) and facts.country.tax != "sales"
    sheet.put(totals_block(rng, writer, look, total_lines(rng, writer, taxes=not separate), sheet.inner, "right"), gap=2)
    if separate:
        sheet.put(tax_table(rng, writer, look, sheet.inner), gap=6)
    if rng.random() < 0.4:
        sheet.put(
            text_block(
                [
                    line(rng.choice(("VISA", "Mastercard", "EC", "CASH", "Maestro")), f"**** {rng.randrange(1000, 9999)}"),
                    line("Auth", str(rng.randrange(10**5, 10**6))),
                ],
                look.body,
            ),
            gap=4,
        )
    for spans in closing_lines(rng, writer)[:3]:
        sheet.put(text_block([spans], look.body, width=sheet.inner, align="center"), gap=4)
    return {"arrangement": "receipt", "metadata": "lines", "title": "plain", "table": "cards"}


def sidebar(rng: Random, writer: Writer, look: Look, sheet: Sheet, pairs: list[Pair], *, bank: list[Line]) -> float:
    """A coloured strip along one edge with the seller's data and perhaps the document's; returns its width."""
    width = sheet.width * rng.uniform(0.2, 0.3)
    right = rng.random() < 0.6
    blocks = [party_block(rng, writer, look, "seller", width=width - 20, label=rng.random() < 0.2, vat=rng.random() < 0.5, contact=True)]
    if pairs:
        blocks.append(metadata_block(rng, writer, look, pairs, width - 20, rng.choice(("above", "columns", "lines"))))
    found = vat_line(rng, writer, writer.facts.seller, "seller")
    if found is not None and rng.random() < 0.4:
        blocks.append(text_block([found], look.small, width=width - 20))
    if bank:
        blocks.append(text_block(bank, look.small, width=width - 20))
    if rng.random() < 0.4:
        rng.shuffle(blocks)
    strip = stack(blocks, gap=rng.uniform(8, 24))
    x = sheet.width - width if right else 0.0
    if rng.random() < 0.5:
        sheet.pages[0].shapes.insert(0, Shape("rect", x, 0, x + width, sheet.height, None, look.tint))
    sheet.place(strip, x + 10, sheet.top + rng.uniform(0, 60))
    if right:
        sheet.right = width + 12
    else:
        sheet.left = width + 12
    return width
