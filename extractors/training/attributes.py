"""What stands under an item's name beside prose: labelled attributes, remarks, price details. All of it belongs to the row, none of it is its name."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.amounts import Row
from extractors.training.item_words import item_list, item_word
from extractors.training.layout import Line, Span
from extractors.training.locales import rounded
from extractors.training.phrases import phrase
from extractors.training.vocabulary import fill
from extractors.training.writing import Writer

# Attributes that structured invoices carry per line, and those that shops and plants print.
STRUCTURED = ("buyer_code", "gtin", "gross_price", "base_quantity", "period", "origin", "order_line", "delivery", "note", "classification")
PLAIN = ("packaging", "colour", "size", "material", "batch", "site", "weight", "serial", "order_line", "buyer_code")
# The code lists of UN/ECE recommendation 20 and 21, as structured invoices name units.
UNIT_CODES = {
    "piece": ("C62", "H87", "EA"), "hour": ("HUR",), "day": ("DAY",), "month": ("MON",), "year": ("ANN",), "kg": ("KGM",), "g": ("GRM",),
    "t": ("TNE",), "m": ("MTR",), "m2": ("MTK",), "m3": ("MTQ",), "km": ("KMT",), "l": ("LTR",), "set": ("SET",), "pack": ("XPK", "PK"),
    "box": ("XBX", "BX"), "pair": ("PR",), "lump_sum": ("LS",), "kwh": ("KWH",), "thousand": ("MIL",), "pallet": ("XPX",), "roll": ("XRO",),
}  # fmt: skip


def attribute_kinds(rng: Random) -> tuple[str, ...]:
    """Which attributes the items of one document carry."""
    pool = STRUCTURED if rng.random() < 0.6 else PLAIN
    return tuple(rng.sample(pool, k=rng.choices((1, 2, 3, 4, 6), (30, 30, 20, 12, 8))[0]))


def note_span(text: str, group: int) -> Span:
    return Span(text, "line.note", group)


def attribute_text(rng: Random, writer: Writer, row: Row, kind: str) -> str:
    """The value of one attribute as text."""
    facts, lang = writer.facts, writer.facts.language
    if kind == "gtin":
        return identifiers.from_form(rng, "4############") + rng.choice(("", "", " (GTIN)", " (0160)"))
    if kind in ("buyer_code", "seller_code", "classification"):
        return identifiers.from_form(rng, rng.choice(("######", "@@-####", "KD-@@@", "@@@ # @@-###", "####.##", "########")))
    if kind == "gross_price":
        return writer.number.text(rounded(row.price * Decimal(rng.choice(("1", "1.1", "1.25", "1.05"))), 4), rng.choice((2, 2, 4)))
    if kind == "base_quantity":
        return f"{row.per} {rng.choice(writer.words.all('units', row.unit) or ['x'])}"
    if kind == "period":
        dates = facts.dates
        return f"{writer.date(dates['period_from']).text} {rng.choice(('-', '–', '/'))} {writer.date(dates['period_to']).text}"
    if kind == "origin":
        return rng.choice(("DE", "CN", "IT", "FR", "US", "NL", "ES", "TR", "EU"))
    if kind == "order_line":
        return rng.choice((str(rng.randrange(1, 40)), f"{facts.numbers['purchase_order']} / {rng.randrange(1, 40)}"))
    if kind == "delivery":
        return f"{facts.numbers['delivery_note_number']} {writer.date(row.day).text}"
    if kind == "note":
        return rng.choice(item_list("remarks", lang))
    if kind == "colour":
        return rng.choice(item_list("colours", lang))
    if kind == "material":
        return rng.choice(item_list("materials", lang))
    if kind == "size":
        return rng.choice(("S", "M", "L", "XL", "42", f"{rng.randrange(5, 400)} x {rng.randrange(5, 300)} cm", "A4", "DN 50", '1/2"'))
    if kind == "packaging":
        count = str(rng.choice((1, 6, 10, 20, 24)))
        return rng.choice((item_word(rng, "objects", lang, writer.family), count, f"{count} x {rng.randrange(1, 9)}"))
    if kind == "weight":
        return writer.number.text(Decimal(rng.randrange(5, 90000)) / 100, 2) + " kg"
    if kind == "site":
        return facts.buyer.city
    return identifiers.from_form(rng, rng.choice(("##########", "@#####", "####-##", "L######")))


def attribute_label(rng: Random, writer: Writer, kind: str) -> str:
    key = kind if kind not in ("weight", "serial") else None
    text = item_word(rng, kind, writer.facts.language, writer.family) if key else writer.word(kind, "columns")
    return text.upper() if writer.shout else text


def attribute_lines(rng: Random, writer: Writer, row: Row, kinds: tuple[str, ...], form: str, group: int) -> list[Line]:
    """The attributes of one row. ``form``: lines, bullets, inline, headed, bare (values without labels)."""
    habit = Random(repr(kinds))  # the labels of a document stay the same from row to row
    colon = habit.choice((":", ":", " :", "", " -"))
    out: list[Line] = []
    for kind in kinds:
        if kind == "base_quantity" and row.per == 1 and habit.random() < 0.4:
            continue
        if kind == "note" and rng.random() < 0.6:
            continue
        text = attribute_text(rng, writer, row, kind)
        if kind == "note" and habit.random() < 0.75:
            out.append([note_span(text, group)])
            continue
        label = attribute_label(habit, writer, kind)
        out.append([note_span(text if form == "bare" else f"{label}{colon} {text}", group)])
    if form == "bullets":
        mark = habit.choice(("•", "-", "*", "–", "·"))
        out = [[note_span(mark, group), *spans] for spans in out]
    elif form == "headed" and out:
        out.insert(0, [note_span(attribute_label(habit, writer, "attributes") + colon, group)])
    elif form == "inline" and out:
        mark = habit.choice((",", ";", " |", " /"))
        joined: Line = []
        for spans in out:
            if joined:
                joined.append(Span(mark.strip(), "line.note", group, space=mark.startswith(" ")))
            joined += spans
        out = [joined]
    return out


def remark(rng: Random, writer: Writer, group: int) -> Line:
    """A sentence about an item."""
    count = rng.choices((1, 2, 3), (70, 22, 8))[0]
    if writer.family == "train" and rng.random() < 0.55:
        words = writer.words
        return [
            note_span(
                fill(
                    phrase(rng, words, writer.facts.dates["issue_date"], labelled=True),
                    {"n": str(rng.randrange(2, 40)), "number": str(rng.randrange(10, 9999))},
                ),
                group,
            )
        ]
    return [note_span(" ".join(rng.choice(item_list("remarks", writer.facts.language)) for _ in range(count)), group)]


def allowance_lines(rng: Random, writer: Writer, row: Row, group: int) -> list[Line]:
    """How the printed price came about from the list price; the amounts are details of the price, not of the line."""
    share = Decimal(rng.choice(("5", "10", "12.5", "20")))
    before = rounded(row.price * 100 / (100 - share), 4)
    lang, family = writer.facts.language, writer.family
    habit = Random(int(writer.facts.totals.net))
    labels = [item_word(habit, key, lang, family) for key in ("gross_price", "allowance")]
    parts = [
        [note_span(f"{labels[0]}: {writer.number.text(before, 4)}", group)],
        [note_span(f"{labels[1]} {writer.rate(share, 'O', sign=True).text}: {writer.number.text(row.price - before, 4)}", group)],
    ]
    return parts if habit.random() < 0.6 else [[*parts[0], *parts[1]]]


def unit_code(rng: Random, unit: str) -> str:
    """The unit as UN/ECE recommendation 20 codes it."""
    return rng.choice(UNIT_CODES.get(unit, ("C62",)))
