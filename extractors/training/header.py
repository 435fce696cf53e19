"""The head of the first page: which blocks it has and how they are arranged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from extractors.training.layout import Block, beside, line, stack, text_block
from extractors.training.letterhead import name_span, party_block, sender_line, third_party_block, wordmark
from extractors.training.look import Look
from extractors.training.metadata import Pair, entries
from extractors.training.metadata_forms import dateline, metadata_block, metadata_form, title_block
from extractors.training.vocabulary import choose, fill
from extractors.training.writing import Writer

Maker = Callable[[float, str], Block]  # width and alignment to block


@dataclass(slots=True)
class HeadChoices:
    arrangement: str
    metadata: str
    title: str
    seller_in_head: bool


def header_blocks(
    rng: Random, writer: Writer, look: Look, width: float, choices: HeadChoices, *, pairs: list[Pair] | None = None
) -> list[Block]:
    """Rows of the head, top to bottom, each as wide as the page's inner width; ``pairs`` given: those fields, none where empty."""
    facts = writer.facts
    seller_vat, buyer_vat = rng.random() < 0.42, rng.random() < 0.4 or facts.regime in ("reverse_charge", "intra")
    skip: list[str] = []
    if choices.title in ("number", "sentence") and rng.random() < 0.75:
        skip.append("invoice_number")
    dated = rng.random() < 0.07
    if choices.title == "sentence" or dated:
        skip.append("issue_date")
    if buyer_vat:
        skip.append("buyer_vat_id")
    if pairs is None:
        pairs = entries(rng, writer, skip=tuple(skip), busy=rng.choice((0.5, 0.8, 1.0, 1.5)))
    # the block names a department of the buyer, the buyer's own name stands among the fields
    apart = bool(pairs) and not facts.buyer.person and rng.random() < 0.025
    if apart:
        pairs.insert(rng.randint(0, len(pairs)), (writer.label("customer_name"), [name_span(facts.buyer, "buyer")]))
    wide_meta = choices.metadata in ("grid", "cells", "strip") and len(pairs) > 1
    seller_label = rng.random() < 0.25
    buyer_label = rng.random() < 0.68
    contact = rng.random() < 0.5

    # the seller's name in the logo alone, above an address without it
    only_logo = facts.seller.brand.casefold() == facts.seller.name.casefold() and rng.random() < 0.3

    def seller(room: float, align: str) -> Block:
        return party_block(
            rng, writer, look, "seller", width=room, label=seller_label, vat=seller_vat, contact=contact, align=align, named=not only_logo
        )

    def buyer(room: float, align: str) -> Block:
        block = party_block(
            rng,
            writer,
            look,
            "buyer",
            width=room,
            label=buyer_label,
            vat=buyer_vat,
            contact=rng.random() < 0.08,
            align=align if rng.random() < 0.3 else "left",
            named=not apart,
        )
        if apart:
            department = rng.choice(facts.buyer.departments or writer.words.listed("departments") or [""])
            block = stack(
                [text_block([line(f"{facts.buyer.brand} {fill(str(department), {'name': facts.buyer.contact})}")], look.body), block]
            )
        if rng.random() < 0.22 and choices.arrangement in ("letter", "rows"):
            return stack([sender_line(rng, writer, look, room), block])
        return block

    def ship_to(room: float, align: str) -> Block:
        return party_block(rng, writer, look, "ship_to", width=room, label=True, vat=False, align=align if rng.random() < 0.3 else "left")

    def meta(room: float, align: str) -> Block:
        return metadata_block(rng, writer, look, pairs, room, choices.metadata)

    def title(room: float, align: str) -> Block:
        block = title_block(rng, writer, look, choices.title, room)
        return block if align == "left" else stack([block], align=align, width=room)

    def logo(room: float, align: str) -> Block:
        block = wordmark(rng, writer, look, width=room, spelled=only_logo)
        return block if align == "left" else stack([block], align=align, width=room)

    makers: dict[str, Maker] = {"seller": seller, "buyer": buyer, "meta": meta, "title": title}
    if not pairs:
        del makers["meta"]
    if facts.ship_to is not None:
        makers["ship_to"] = ship_to
    if rng.random() < 0.62 or only_logo:
        makers["logo"] = logo
    if rng.random() < 0.07:
        makers["third"] = lambda room, align: third_party_block(rng, writer, look, room, align)
    if not choices.seller_in_head:
        del makers["seller"]
    if choices.title == "none":
        del makers["title"]
    if dated:
        makers["dateline"] = lambda room, align: stack([dateline(rng, writer, look)], align="right", width=room)
    rows = arrange(rng, list(makers), choices.arrangement, wide_meta=wide_meta)
    return [row_of(rng, [makers[name] for name in row], width) for row in rows]


def arrange(rng: Random, names: list[str], arrangement: str, *, wide_meta: bool) -> list[list[str]]:
    """Names of blocks in rows."""
    have = set(names)

    def row(*wanted: str) -> list[str]:
        taken = [n for n in wanted if n in have]
        have.difference_update(taken)
        return taken

    rows: list[list[str]] = []
    if arrangement == "letter":
        rows.append(
            row(*rng.choice((("logo", "seller"), ("seller", "logo"), ("logo",), ("seller",), ("seller", "title"), ("title", "logo"))))
        )
        if rng.random() < 0.3:
            rows.append(row("title"))
        side = [] if wide_meta else ["meta"]
        middle = rng.choice(
            (["buyer", "seller", *side], ["buyer", *side], ["buyer", "ship_to", *side], ["buyer", "seller"], [*side, "buyer"])
        )
        rows.append(row(*middle))
        rows.append(row("ship_to", "seller"))
        rows.append(row("dateline"))
        rows.append(row("title"))
        rows.append(row("meta", "logo"))
    elif arrangement == "columns":
        rows.append(row(*rng.choice((("logo", "title"), ("title", "logo"), ("title",), ("logo",)))))
        trio = ["seller", "buyer", "ship_to"] if wide_meta else ["seller", "buyer", "meta"]
        if rng.random() < 0.5:
            rng.shuffle(trio)
        rows.append(row(*trio))
        rows.append(row("ship_to", "dateline"))
        rows += [row("logo"), row("title"), row("meta")]
    elif arrangement == "stacked":
        order = rng.choice(
            (
                ("logo", "seller", "title", "meta", "buyer", "ship_to"),
                ("title", "meta", "seller", "buyer", "ship_to"),
                ("seller", "title", "buyer", "ship_to", "meta"),
                ("title", "buyer", "meta", "seller"),
            )
        )
        rows = [row(name) for name in order]
        rows.append(row("dateline"))
    else:
        top = [n for n in ("logo", "seller", "title", "dateline") if n in have]
        rng.shuffle(top)
        cut = rng.randint(1, max(1, len(top)))
        rows += [row(*top[:cut][:2]), row(*top[:cut][2:])]
        rest = [n for n in names if n in have and not (n == "meta" and wide_meta)]
        rng.shuffle(rest)
        while rest:
            size = rng.choices((1, 2, 3), (20, 58, 22))[0]
            rows.append(row(*rest[:size]))
            rest = rest[size:]
        if wide_meta and "meta" in have:
            rows.insert(rng.randint(1, len(rows)), row("meta"))
    for name in names:
        if name in have:
            rows.append(row(name))
    return [r for r in rows if r]


def row_of(rng: Random, makers: list[Maker], width: float) -> Block:
    """Blocks side by side over the whole width."""
    count = len(makers)
    gap = rng.uniform(10, 24)
    if count == 1:
        align = rng.choices(("left", "center", "right"), (70, 14, 16))[0]
        room = width if rng.random() < 0.5 else width * rng.uniform(0.5, 0.9)
        block = makers[0](room, "left" if align == "left" else align)
        out = Block(width, 0)
        out.add(block, {"left": 0.0, "center": max(0.0, (width - block.width) / 2), "right": max(0.0, width - block.width)}[align], 0)
        return out
    first = rng.uniform(0.42, 0.62) if count == 2 else rng.uniform(0.3, 0.4)
    cuts = [0.0, first] if count == 2 else [i / count for i in range(count)]
    widths = [(b - a) * width - gap for a, b in zip(cuts, [*cuts[1:], 1.0], strict=True)]
    last = rng.choices(("left", "right"), (70, 30))[0]
    aligns = ["left"] * (count - 1) + [last]
    blocks = [make(room, align) for make, room, align in zip(makers, widths, aligns, strict=True)]
    xs = [cut * width for cut in cuts]
    for index in range(1, count):  # what is wider than its column pushes the next one
        xs[index] = max(xs[index], xs[index - 1] + blocks[index - 1].width + 8)
    if last == "right" or xs[-1] + blocks[-1].width > width:
        xs[-1] = max(xs[-2] + blocks[-2].width + 8, width - blocks[-1].width)
    if xs[-1] + blocks[-1].width > width + 4:  # too wide to stand side by side
        return stack(blocks, gap=8)
    return beside(blocks, xs, valign=rng.choices(("top", "bottom", "middle"), (84, 10, 6))[0])


def head_choices(rng: Random, writer: Writer) -> HeadChoices:
    family = writer.family
    arrangement = choose(rng, {"letter": 36, "rows": 38, "columns": 16, "stacked": 10}, family, exam_only=("stacked",))
    wide = rng.random() < 0.22
    return HeadChoices(
        arrangement, metadata_form(rng, family, wide=wide), choose(rng, {"plain": 66, "number": 22, "sentence": 6, "none": 6}, family), rng.random() < 0.88,
    )  # fmt: skip


def amount_box(rng: Random, writer: Writer, look: Look) -> Block:
    """The amount to pay shown large near the top."""
    facts = writer.facts
    pairs: list[Pair] = [(writer.label("amount_due", "totals"), writer.money(facts.totals.due, "header.amount_due"))]
    if rng.random() < 0.5:
        pairs.append((writer.label("due_date"), [writer.date(facts.dates["due_date"], "header.due_date")]))
    big = look.body.but(size=look.size * rng.uniform(1.2, 2), bold=True)
    return stack([stack([text_block([[label]], look.label_style), text_block([value], big)]) for label, value in pairs], gap=3)
