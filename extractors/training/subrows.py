"""Lines of the table that belong to the item above: parts of a set, the story of its price, the hours that it sums up. None is an item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.amounts import Row
from extractors.training.cells import note, unit_span
from extractors.training.item_words import item_word
from extractors.training.items import item_name
from extractors.training.layout import Line
from extractors.training.locales import rounded
from extractors.training.parties import person_name
from extractors.training.table import Piece, Table, row_block
from extractors.training.writing import Writer


def subrows(rng: Random, writer: Writer, table: Table, row: Row, group: int, kind: str) -> Iterator[Piece]:
    """The lines under one item. ``kind``: parts, prices, log."""
    if kind == "parts":
        return _parts(rng, writer, table, row, group)
    if not row.priced or not row.price:
        return iter(())
    return _prices(rng, writer, table, row, group) if kind == "prices" else _log(rng, writer, table, row, group)


def _parts(rng: Random, writer: Writer, table: Table, row: Row, group: int) -> Iterator[Piece]:
    """Parts of the item, without prices of their own."""
    lead = rng.choice(("- ", "• ", "  ", "* ", ""))
    coded = rng.random() < 0.4
    for _ in range(rng.randint(1, 4)):
        name = item_name(rng, writer.words, row.spend, row.day)
        cells: dict[str, Line] = {}
        count = str(rng.randint(1, 5))
        if "quantity" in table.edges and rng.random() < 0.7:
            cells["quantity"] = [note(count, group)]
            if "unit" in table.edges and rng.random() < 0.6:
                cells["unit"] = [note(unit_span(rng, writer, row, group).text, group)]
        else:
            name = f"{count} x {name}"
        for column in ("item_code", "gtin"):
            if coded and column in table.edges:
                cells[column] = [note(identifiers.from_form(rng, "4############" if column == "gtin" else "######"), group)]
        if coded and "tax_rate" in table.edges:
            cells["tax_rate"] = [note(writer.rate(row.rate, "O").text, group)]
        yield Piece(row_block(table, [[note((lead + name).strip(), group)]], [], cells, 0))


def _prices(rng: Random, writer: Writer, table: Table, row: Row, group: int) -> Iterator[Piece]:
    """List price and allowances whose amounts stand in the price column."""
    lang, habit = writer.facts.language, Random(int(writer.facts.totals.net) + 1)
    labels = [item_word(habit, key, lang, writer.family) for key in ("gross_price", "allowance", "allowance")]
    percents = [Decimal(rng.choice(("2", "5", "10", "16.7"))) for _ in range(rng.choices((1, 2), (70, 30))[0])]
    column = "unit_price" if "unit_price" in table.edges else "description"
    before = row.price
    parts: list[tuple[str, Decimal]] = []
    for label, percent in zip(labels[1:], percents, strict=False):
        above = rounded(before * 100 / (100 - percent), 4)
        parts.insert(0, (f"{label} {writer.rate(percent, 'O', sign=True).text}", before - above))
        before = above
    parts.insert(0, (labels[0], before))
    for words, amount in parts:
        shown = writer.number.text(amount, rng.choice((2, 4)))
        if column == "description":
            yield Piece(row_block(table, [[note(f"{words}: {shown}", group)]], [], {}, 0))
        else:
            yield Piece(row_block(table, [[note(words, group)]], [], {column: [note(shown, group)]}, 0))


def _log(rng: Random, writer: Writer, table: Table, row: Row, group: int) -> Iterator[Piece]:
    """Who worked when and for how long."""
    count = rng.randint(2, 6)
    share = rounded(row.quantity / count, 2)
    who = person_name(rng, writer.words)
    for index in range(count):
        day = writer.date(row.day + timedelta(days=index), other=True).text
        hours = writer.number.short(share)
        cells: dict[str, Line] = {}
        words = f"{day} {who}"
        if "quantity" in table.edges and rng.random() < 0.6:
            cells["quantity"] = [note(hours, group)]
        else:
            words += f" {hours} h"
        yield Piece(row_block(table, [[note(words, group)]], [], cells, 0))
