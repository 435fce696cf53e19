"""A document that is one ruled table: parties, number and dates, items, totals and bank data in its cells."""

from __future__ import annotations

from random import Random

from extractors.training.closing import bank_lines, closing_lines
from extractors.training.columns import make_plan
from extractors.training.interludes import with_interludes
from extractors.training.layout import Block, Line, Shape, line, stack, text_block
from extractors.training.letterhead import party_block
from extractors.training.look import Look
from extractors.training.metadata import Pair, entries
from extractors.training.metadata_forms import title_block
from extractors.training.pages import Sheet
from extractors.training.table import make_table
from extractors.training.table_totals import total_rows
from extractors.training.totals import total_lines
from extractors.training.trade_cells import mark_legend
from extractors.training.trade_columns import trade_plan
from extractors.training.writing import Writer


def one_grid(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> dict[str, str]:
    """Cells under and beside each other, each with its border."""
    facts, width = writer.facts, sheet.inner
    own = facts.manners.draw("grid")
    pad = own.uniform(2.5, 5)

    def boxed(cells: list[Block], shares: list[float]) -> Block:
        out = Block(width, 0)
        height, x = max(c.height for c in cells) + 2 * pad, 0.0
        for cell, share in zip(cells, shares, strict=True):
            out.add(cell, x + pad, pad)
            out.shapes.append(Shape("rect", x, 0, x + width * share, height, look.line_colour, None, 0.5))
            x += width * share
        out.width, out.height = width, height
        return out

    def pair_cells(pairs: list[Pair], room: float) -> Block:
        """Label and value in cells of their own, or the value under its label; one row each."""
        beside_it = own.random() < 0.6
        out = Block(room, 0)
        for label, value in pairs:
            part = Block(room, 0)
            if beside_it:
                part.add(text_block([[label]], look.label_style, width=room * 0.45 - 2), 0, 1)
                part.add(text_block([value] if value else [line(" ")], look.body, width=room * 0.55 - 4), room * 0.45 + 2, 1)
                part.shapes.append(Shape("line", room * 0.45, 0, room * 0.45, part.height + 1, look.line_colour, None, 0.4))
            else:
                part.add(text_block([[label], value or line(" ")], look.small, width=room - 2), 0, 1)
            part.shapes.append(Shape("line", 0, part.height + 1, room, part.height + 1, look.line_colour, None, 0.4))
            out.add(part, 0, out.height)
            out.height += 1
        return out

    title = title_block(rng, writer, look, "plain", width - 2 * pad)
    seller_share = own.choice((0.5, 0.55, 0.6, 0.66))
    left = width * seller_share - 2 * pad
    pairs = entries(rng, writer, busy=own.choice((0.4, 0.6, 0.9)))
    seller = party_block(
        rng, writer, look, "seller", width=left, label=rng.random() < 0.3, vat=rng.random() < 0.8, contact=rng.random() < 0.6
    )
    buyer = party_block(rng, writer, look, "buyer", width=left, label=rng.random() < 0.9, vat=rng.random() < 0.5)
    parties = [seller, buyer]
    if own.random() < 0.12:
        parties.reverse()
    if own.random() < 0.75:
        sheet.put(boxed([stack([title], align=own.choice(("left", "center", "center")), width=width - 2 * pad)], [1.0]))
    else:
        pairs.insert(0, (title.runs[0].spans[0], []) if title.runs else pairs[0])
    right = width * (1 - seller_share) - 2 * pad
    if own.random() < 0.55:  # the document's data beside both parties
        column = Block(left, 0)
        for party in parties:
            if column.height:
                column.height += pad
                column.shapes.append(Shape("line", -pad, column.height, left + pad, column.height, look.line_colour, None, 0.5))
                column.height += pad
            column.add(party, 0, column.height)
        sheet.put(boxed([column, pair_cells(pairs, right)], [seller_share, 1 - seller_share]))
    else:
        cut = (len(pairs) + 1) // 2
        sheet.put(boxed([parties[0], pair_cells(pairs[:cut], right)], [seller_share, 1 - seller_share]))
        sheet.put(boxed([parties[1], pair_cells(pairs[cut:], right) if pairs[cut:] else Block()], [seller_share, 1 - seller_share]))
    plan = trade_plan(writer, make_plan(rng, writer))
    table = make_table(rng, writer, look, plan, facts.rows, width, pages=1 + len(facts.rows) // 8)
    pieces = with_interludes(rng, writer, table, plan)
    if any(k in plan.kinds for k in ("net_amount", "gross_amount")):
        pieces += total_rows(writer, table, total_lines(rng, writer, taxes=True))
    sheet.put_table(table.head, pieces, repeat=own.random() < 0.7, carry=None)
    foot: list[Line] = [*closing_lines(rng, writer)]
    if legend := mark_legend(writer):
        foot.insert(0, line(legend))
    bank = bank_lines(rng, writer)
    if own.random() < 0.5 and foot:
        sheet.put(
            boxed(
                [text_block(bank, look.body, width=width * 0.5 - 2 * pad), text_block(foot, look.small, width=width * 0.5 - 2 * pad)],
                [0.5, 0.5],
            )
        )
    else:
        for lines in (bank, foot):
            if lines:
                sheet.put(boxed([text_block(lines, look.body, width=width - 2 * pad)], [1.0]))
    return {"arrangement": "grid", "metadata": "grid", "title": "plain", "table": "x".join(plan.kinds), "totals": "table"}
