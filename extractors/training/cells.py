"""What stands in the cells of a row, and the lines of its description."""

from __future__ import annotations

from random import Random

from extractors.training.amounts import Row
from extractors.training.attributes import allowance_lines, attribute_lines, attribute_text, remark, unit_code
from extractors.training.columns import Plan
from extractors.training.layout import Line, Span
from extractors.training.trade_cells import TRADE_KINDS, glued_mark, short_price, trade_cell
from extractors.training.writing import Writer

UNPRICED = (
    "quantity", "unit", "unit_price", "list_price", "per", "item_code", "buyer_code", "gtin", "weight", "ordered", "old_reading", "new_reading",
    "serial",
)  # fmt: skip


def cells(rng: Random, writer: Writer, plan: Plan, row: Row, group: int, position: str) -> dict[str, Line]:
    """The contents of every column but the description, and of what is stacked under another column's values."""
    out: dict[str, Line] = {}
    place = writer.line_place
    for kind in plan.every_kind:
        if not row.priced and kind in UNPRICED:
            out[kind] = []
            continue
        if kind == "position":
            out[kind] = [Span(position, "line.position", group, position.strip("."))]
        elif kind == "item_code":
            out[kind] = [Span(row.code, "line.item_code", group, row.code)] if row.code else []
        elif kind == "quantity":
            out[kind] = quantity_spans(rng, writer, plan, row, group)
        elif kind == "unit":
            out[kind] = [unit_span(rng, writer, row, group, coded=plan.unit_codes)]
        elif kind in ("list_price", "buyer_code"):
            out[kind] = [note(attribute_text(rng, writer, row, "gross_price" if kind == "list_price" else kind), group)]
        elif kind in ("cgst", "sgst"):
            out[kind] = [note(writer.rate(row.rate / 2, "O").text, group), note(writer.number.text(row.tax / 2, writer.places), group)]
        elif kind == "unit_price":
            out[kind] = short_price(writer, writer.money(row.price, "line.unit_price", group, place=place, places=row.price_places))
            if plan.unit_place == "price":
                out[kind] += [Span("/"), unit_span(rng, writer, row, group, coded=plan.unit_codes)]
        elif kind == "discount":
            out[kind] = discount_spans(writer, plan, row, group)
        elif kind == "tax_rate":
            out[kind] = [writer.rate(row.rate, "line.tax_rate", group)]
        elif kind == "tax_amount":
            out[kind] = writer.money(row.tax, "line.tax_amount", group, place=place)
        elif kind == "net_amount":
            out[kind] = [*writer.money(row.net, "line.net_amount", group, place=place), *glued_mark(writer, row, kind, group)]
        elif kind == "gross_amount":
            out[kind] = [*writer.money(row.gross, "line.gross_amount", group, place=place), *glued_mark(writer, row, kind, group)]
        elif kind in TRADE_KINDS:
            out[kind] = trade_cell(writer, row, kind, group, plan.every_kind)
        elif kind == "date":
            out[kind] = [note(writer.date(row.day, other=True).text, group)]
        elif kind == "gtin":
            out[kind] = [note("4" + str(rng.randrange(10**11, 10**12)), group)]
        elif kind == "serial":
            out[kind] = [note(f"{rng.choice('ABCKLX')}{rng.randrange(10**5, 10**7)}", group)]
        elif kind == "origin":
            out[kind] = [note(rng.choice(("DE", "CN", "IT", "EU", "US", "FR", "TW", "PL")), group)]
        elif kind == "weight":
            out[kind] = [note(writer.number.text(abs(row.quantity) * rng.randrange(1, 900) / 100, rng.choice((1, 2, 3))), group)]
        elif kind == "ordered":
            out[kind] = [note(writer.number.short(row.quantity + rng.choice((0, 0, 0, 1, 5)), least=writer.quantity_places), group)]
        elif kind == "employee":
            out[kind] = [note(row.person, group)]
        elif kind == "period":
            dates = writer.facts.dates
            out[kind] = [note(f"{writer.dates.text(dates['period_from'])} {plan.dash} {writer.dates.text(dates['period_to'])}", group)]
        elif kind == "tax_code":
            out[kind] = [Span(writer.tax_code(row.category, row.rate), "line.tax_category", group, row.category)]
        elif kind == "per":
            out[kind] = [note(str(row.per), group)]
        elif kind in ("old_reading", "new_reading"):
            out[kind] = [note(writer.number.short(row.reading + (row.quantity if kind == "new_reading" else 0)), group)]
        elif kind == "reference":
            out[kind] = [note(f"{rng.randrange(10**4, 10**7)}", group)]
        elif kind == "project":
            out[kind] = [note(writer.facts.numbers["project"], group)]
        elif kind == "delivery":
            out[kind] = [note(rng.choice((writer.facts.numbers["delivery_note_number"], writer.date(row.day, other=True).text)), group)]
    return out


def note(text: str, group: int) -> Span:
    return Span(text, "line.note", group)


def unit_span(rng: Random, writer: Writer, row: Row, group: int, *, coded: bool = False) -> Span:
    if coded:
        code = unit_code(Random(row.unit), row.unit)
        return Span(code, "line.unit", group, code)
    forms = writer.words.all("units", row.unit) or [row.unit]
    text = forms[hash_of(row.unit, len(forms), writer)] if rng.random() < 0.9 else rng.choice(forms)
    return Span(text, "line.unit", group, text)


def hash_of(unit: str, count: int, writer: Writer) -> int:
    """A document prints one form of each unit throughout."""
    return (len(unit) * 31 + ord(unit[0]) + int(writer.facts.totals.net)) % count


def quantity_spans(rng: Random, writer: Writer, plan: Plan, row: Row, group: int) -> Line:
    quantity = writer.quantity(row.quantity, group=group)
    if plan.unit_place == "glued":
        unit = unit_span(rng, writer, row, group, coded=plan.unit_codes).text
        quantity.text += unit if " " not in unit else ""
        return [quantity]
    if plan.unit_place == "after":
        return [quantity, unit_span(rng, writer, row, group, coded=plan.unit_codes)]
    if plan.unit_place == "times":
        return [quantity, note("x", group)]
    return [quantity]


def discount_spans(writer: Writer, plan: Plan, row: Row, group: int) -> Line:
    if row.discount_percent is None or row.discount_amount is None:
        return []
    if plan.discount_as == "percent":
        return [writer.rate(row.discount_percent, "line.discount", group, sign=plan.discount_place == "under" or writer.percent != "{}")]
    value = row.discount_amount if plan.discount_as == "amount" else -row.discount_amount
    return writer.money(value, "line.discount", group, place="none")


def description_lines(rng: Random, writer: Writer, plan: Plan, row: Row, group: int) -> tuple[list[Line], list[Line]]:
    """The name (with the code where it stands inside) and the lines under it: details and notes."""
    name = Span(row.name, "line.description", group)
    if plan.dated_names:  # the period is part of what is sold: "Hosting 01.01.2026 - 31.12.2026"
        dates = writer.facts.dates
        name.text += f" {writer.dates.text(dates['period_from'])} {plan.dash} {writer.dates.text(dates['period_to'])}"
    code = Span(row.code, "line.item_code", group, row.code)
    first: Line = [name]
    under: list[Line] = []
    if not row.code:
        pass
    elif plan.code_place == "before":
        first = [code, *([Span("-")] if group % 7 == 0 else []), name]
    elif plan.code_place == "bracket":
        code.text = f"[{row.code}]"
        first = [code, name]
    elif plan.code_place == "after":
        code.text = f"({row.code})"
        first = [name, code]
    elif plan.code_place == "under":
        under.append([writer.label("item_code", "columns") if group % 5 else Span("SKU:"), code])
    details = [[Span(text, "line.description", group, key=name.key)] for text in row.details]
    notes: list[Line] = []
    if plan.discount_place == "under" and row.discount_percent is not None:
        under.append([note(writer.word("discount", "columns"), group), *discount_spans(writer, plan, row, group)])
    if plan.inline_price and row.quantity != 1:  # "3 x 12.00" once more in words
        notes_price = f"{writer.number.short(row.quantity)} {plan.inline_price} {writer.number.text(row.price, row.price_places)}"
        under.append([note(notes_price, group)])
    for kind, number in row.notes:
        spans = note_line(rng, writer, row, kind, number, group)
        if spans is not None:
            notes.append(spans)
    if plan.attributes and row.priced:
        notes += attribute_lines(rng, writer, row, plan.attributes, plan.attribute_form, group)
    if plan.price_story and row.priced and row.price > 0 and rng.random() < 0.5:
        notes += allowance_lines(rng, writer, row, group)
    if plan.remarks and rng.random() < plan.remarks:
        spans = remark(rng, writer, group)
        notes = [spans, *notes] if rng.random() < 0.6 else [*notes, spans]
    if plan.airy:
        notes = [part for spans in notes for part in ([], spans)]
    if row.details and rng.random() < 0.1:
        return [first], [*notes, *under, *details]
    if under and rng.random() < 0.5:
        return [first], [*under, *details, *notes]
    return [first], [*details, *under, *notes]


def note_line(rng: Random, writer: Writer, row: Row, kind: str, number: str, group: int) -> Line | None:
    dates = writer.facts.dates
    values: dict[str, object] = {
        "number": number,
        "from": writer.date(dates["period_from"]).text,
        "to": writer.date(dates["period_to"]).text,
        "date": writer.date(row.day).text,
        "name": row.person,
        "n": str(rng.choice((12, 24, 36))),
        "months": str(rng.choice((12, 24))),
        "years": "2",
        "country": rng.choice(("DE", "CN", "IT")),
        "days": "30",
        "percent": "10",
        "city": writer.facts.buyer.city,
    }
    spans = writer.sentence(kind, values)
    if spans is None:
        return None
    for span in spans:
        span.label, span.group, span.value = "line.note", group, None
    return spans
