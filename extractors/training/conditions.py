"""Price conditions under a row as large programs print them: the main line shows the full price and amount, the next ones what is taken off, the last the
value that counts."""

from __future__ import annotations

from decimal import Decimal

from extractors.training.amounts import Row
from extractors.training.layout import Line, Span
from extractors.training.locales import rounded
from extractors.training.structure_words import structure_word
from extractors.training.writing import Writer

Condition = tuple[Line, dict[str, Line]]  # words in the description's column, cells of the others


def condition_lines(writer: Writer, row: Row, content: dict[str, Line], group: int) -> list[Condition]:
    """The lines under one row; takes the row's amount out of ``content``, where the amount before discounts stands instead."""
    manners = writer.facts.manners
    if not manners.conditions or not row.priced or not row.price:
        return []
    money = "gross_amount" if writer.facts.inclusive else "net_amount"
    discounted = row.discount_amount is not None and row.discount_percent is not None
    if money not in content or (not discounted and (manners.conditions != "always" or manners.draw("plain").random() < 0.5)):
        return []
    rng = manners.draw("condition words")
    language = writer.facts.language
    amount = content[money]
    value = row.gross if writer.facts.inclusive else row.net
    off = row.discount_amount if discounted and row.discount_amount is not None else Decimal(0)
    out: list[Condition] = []
    content[money] = [_note(writer.number.text(value + off, writer.places), group)]
    if discounted and row.discount_percent is not None:
        words, numbered = structure_word(rng, "discount_line", language), rng.random() < 0.2
        form = rng.choice(("trail", "trail", "lead", "plain"))
        places = rng.choice((0, 1, 2, 3))
        percent = Span(
            _signed(form, writer.number.text(row.discount_percent, max(places, _places(row.discount_percent)))),
            "line.discount",
            group,
            row.discount_percent,
        )
        shown = _note(_signed(form if off > 0 else "plain", writer.number.text(abs(off), writer.places)), group)
        sign = Span("%", "line.discount", group, key=percent.key)
        where = rng.choice(("unit_price", "unit_price", "words", "quantity"))
        label: Line = [_note(f"{rng.choice(('K004', 'RA01', 'ZR10', '0020'))} {words}" if numbered else words, group)]
        cells: dict[str, Line] = {money: [shown]}
        if where == "words" or where not in content:
            label += [percent, sign]
        else:
            cells[where] = [percent, sign]
        out.append((label, cells))
        if rng.random() < 0.2 and row.quantity > 0 and "unit_price" in content:
            each = rounded(value * row.per / row.quantity / row.factor, 4)
            out.append(
                (
                    [_note(structure_word(rng, "net_value", language), group)],
                    {"unit_price": [_note(writer.number.text(each, 4), group)], money: amount},
                )
            )
            return out
    out.append(([_note(structure_word(rng, "net_value", language), group)], {money: amount}))
    return out


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _signed(form: str, text: str) -> str:
    return f"{text}-" if form == "trail" else f"-{text}" if form == "lead" else text


def _note(text: str, group: int) -> Span:
    return Span(text, "line.note", group)
