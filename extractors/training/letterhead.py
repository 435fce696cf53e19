"""Blocks of the parties: wordmark, seller, buyer, delivery address, sender line."""

from __future__ import annotations

from random import Random

from extractors.training import identifiers
from extractors.training.layout import Block, Line, Shape, Span, Style, framed, line, text_block
from extractors.training.look import Look
from extractors.training.name_lines import named_lines
from extractors.training.parties import Party, make_party
from extractors.training.vocabulary import choose, fill, small_words
from extractors.training.writing import Writer

BARE_CONTACT = 0.14  # buyers' blocks that name a person above or below the company
TAX_ID_WORDS = {
    "GB": ("VAT Reg. No.", "VAT No", "VAT number", "VAT Registration No.", "VAT Reg No", "VAT No.", "VAT ID", "Our VAT No."),
    "IE": ("VAT No.", "VAT Reg. No.", "VAT number", "VAT"),
    "US": ("EIN", "Tax ID", "Federal Tax ID", "FEIN"),
    "AU": ("ABN", "A.B.N.", "ABN No."),
    "IN": ("GSTIN", "GSTIN/UIN", "GST No.", "GSTIN No"),
    "CA": ("GST/HST No.", "GST #", "Business Number", "HST #", "GST Reg. No."),
    "NZ": ("GST No.", "GST Number", "GST Reg No"),
    "SG": ("GST Reg. No.", "GST No."),
}


def vat_line(rng: Random, writer: Writer, party: Party, role: str) -> Line | None:
    """Label and VAT id of a party."""
    if party.vat_id is None:
        return None
    key = f"{role}_vat_id"
    special = TAX_ID_WORDS.get(party.country) if writer.facts.language == "en" else None
    wording = rng.choice(special) if special else writer.word(key)
    value = Span(party.vat_id, f"header.{key}", value=party.vat_id)
    if rng.random() < 0.07:
        return line(value) if party.vat_id[:2].isalpha() else [Span(wording), value]
    if rng.random() < 0.05:
        value.space = False
        return [Span(wording + ":"), value]
    return [Span(writer.punctuated(wording) if rng.random() < 0.8 else wording), value]


def name_span(party: Party, role: str) -> Span:
    return Span(party.name, f"header.{role}_name", value=party.name)


def wordmark(rng: Random, writer: Writer, look: Look, *, width: float, spelled: bool = False) -> Block:
    """A logo: letters of the brand, a shape with initials, or both. The brand counts as the name only where it is the legal name.

    Letters shrink to ``width``. ``spelled``: the letters must be there, for the name stands nowhere else.
    """
    seller = writer.facts.seller
    style = look.heading.but(
        size=look.size * rng.uniform(1.4, 3.2), bold=rng.random() < 0.7, colour=look.accent, tracking=rng.choice((0, 0, 0, 1.5, 3))
    )
    kind = choose(rng, {"brand": 45, "shape": 0 if spelled else 30, "both": 25}, writer.family)
    text = seller.brand.upper() if rng.random() < 0.3 else seller.brand
    same = seller.brand.casefold() == seller.name.casefold()
    label = "header.seller_name" if same else "O"
    mark = text_block([[Span(text, label, value=seller.name if same else None)]], style)
    if mark.width > width:
        style = style.but(size=style.size * width / mark.width, tracking=0)
        mark = text_block([[Span(text, label, value=seller.name if same else None)]], style)
    if kind == "brand":
        if rng.random() < 0.2:
            slogan = writer.words.data["company"]["trades"]
            extra = text_block([line(" · ".join(str(t) for t in rng.sample(slogan, k=2)))], look.small)
            mark.add(extra, 0, mark.height)
        return mark
    side = rng.uniform(24, 60)
    box = Block(side * rng.uniform(1, 2.5), side, [], [])
    box.shapes.append(Shape("rect", 0, 0, box.width, side, None, look.accent))
    if kind == "both":
        box.add(mark, box.width + 6, max(0, (side - mark.height) / 2))
    elif rng.random() < 0.4:
        letters = text_block([line(identifiers.from_form(rng, "@@"))], style.but(size=side * 0.5, colour=(1, 1, 1), tracking=0))
        box.add(letters, 4, side * 0.2)
    return box


def party_lines(rng: Random, writer: Writer, party: Party, role: str, *, vat: bool, contact: bool) -> list[Line]:
    """Name, departments, address and what else a party's block shows."""
    lines: list[Line] = [[name_span(party, role)] if role in ("seller", "buyer") else line(party.name)]
    if writer.facts.manners.key and role in ("seller", "buyer"):
        lines = named_lines(writer, party, role)
    extras = [line(d) for d in party.departments]
    language = writer.facts.language
    if role in ("seller", "buyer") and rng.random() < 0.07:
        values = {"city": party.city, "name": party.manager, "trade": str(rng.choice(writer.words.data["company"]["trades"]))}
        extras.insert(0, line(fill(rng.choice(small_words("branch", language)), values)))
    salutation = rng.choice(small_words("salutation", language)) if role == "buyer" and rng.random() < 0.1 else None
    if role in ("buyer", "ship_to") and rng.random() < 0.12:
        extras.append(line(f"{writer.word('attention')} {party.contact}"))
    bare = role == "buyer" and not party.person and rng.random() < BARE_CONTACT  # a person without a word that says so
    if bare:
        title = rng.choice(small_words("salutation", language)) if rng.random() < 0.3 else None
        extras.append(line(title, party.contact))
    if extras and rng.random() < (0.5 if bare else 0.2) and role == "buyer":
        lines = [*extras, *lines]
    else:
        lines += extras
    if party.brand != party.name and rng.random() < (0.06 if role == "seller" else 0.02):  # the trading name above the legal one
        lines = [line(party.brand), *lines]
    if role in ("seller", "buyer") and rng.random() < 0.035:
        number = writer.facts.numbers["customer_number" if role == "buyer" else "supplier_number"]
        gln = line(rng.choice(("GLN", "ILN:", "ID")), identifiers.from_form(rng, "4############"))
        lines = [
            gln if rng.random() < 0.4 else line(writer.label(f"{'customer' if role == 'buyer' else 'supplier'}_number"), number),
            *lines,
        ]
    if salutation is not None:
        lines = [line(salutation), *lines] if rng.random() < 0.6 else [[Span(salutation), *lines[0]], *lines[1:]]
    if role == "seller" and rng.random() < 0.12:
        lines.append(line(party.contact))
    if rng.random() < 0.1:
        lines.append(line(", ".join(party.address)))
    else:
        lines += [line(part) for part in party.address]
    if contact:
        if rng.random() < 0.8:
            lines.append(line(writer.label("phone") if rng.random() < 0.85 else None, party.phone))
        if rng.random() < 0.35:
            lines.append(line(writer.label("fax"), party.fax))
        if rng.random() < 0.6:
            lines.append(line(writer.label("email") if rng.random() < 0.6 else None, party.email))
        if rng.random() < 0.5:
            lines.append(line(writer.label("web") if rng.random() < 0.4 else None, party.web))
    if rng.random() < 0.05:
        lines.append(line(rng.choice(("GLN", "ILN", "GLN:", "EORI", "ID:")), identifiers.from_form(rng, "4############")))
    if role != "seller" and rng.random() < 0.06:
        lines.append(line(writer.label("customer_number"), writer.facts.numbers["customer_number"]))
    if vat:
        found = vat_line(rng, writer, party, role)
        if found is not None:
            lines.append(found)
    if role == "seller" and rng.random() < 0.12:
        lines.append(line(writer.label("tax_number"), party.tax_number))
    if role == "seller" and rng.random() < 0.06 and party.register:
        lines.append(line(party.register))
    return lines


def party_block(
    rng: Random,
    writer: Writer,
    look: Look,
    role: str,
    *,
    width: float,
    label: bool,
    vat: bool,
    contact: bool = False,
    align: str = "left",
    named: bool = True,
) -> Block:
    """The block of a party as one of several forms: plain, labelled, framed, or a list of label-value lines; without the name where not ``named``."""
    facts = writer.facts
    party = {"seller": facts.seller, "buyer": facts.buyer, "ship_to": facts.ship_to or facts.buyer}[role]
    form = choose(rng, {"plain": 80, "pairs": 7, "framed": 8, "filled": 5}, writer.family, exam_only=("filled",))
    lines = (
        pair_lines(rng, writer, party, role, vat=vat)
        if form == "pairs"
        else party_lines(rng, writer, party, role, vat=vat, contact=contact)
    )
    if not named:
        lines = [spans for spans in lines if not any(s.label.endswith("_name") for s in spans)]
    if rng.random() < 0.04 and form == "plain":  # everything on one line
        lines = [
            [
                *lines[0],
                *[
                    Span(", " + s.text if i == 0 else s.text, s.label, s.group, s.value, i > 0, None, s.key)
                    for part in lines[1:]
                    for i, s in enumerate(part)
                ],
            ]
        ]
    style = look.body if rng.random() < 0.85 else look.small
    if rng.random() < 0.09 and form != "pairs":
        lines = [part for spans in lines for part in broken_name(rng, spans)]
    block = Block()
    caption: Block | None = None
    if label:
        wording = {"seller": "seller", "buyer": "bill_to", "ship_to": "ship_to"}[role]
        head = look.label_style if rng.random() < 0.6 else style.but(bold=True)
        title = writer.punctuated(writer.word(wording)) if rng.random() < 0.6 else writer.word(wording)
        if rng.random() < 0.05 and form == "plain":  # "Bill to: ACME Ltd" on the first line
            lines[0] = [Span(title), *lines[0]]
        elif facts.manners.captions_below:
            caption = text_block([line(title.rstrip(" :"))], look.small, width=width, align=align)
        else:
            block.add(text_block([line(title)], head, width=width, align=align), 0, 0)
            if rng.random() < 0.12:
                block.shapes.append(Shape("line", 0, block.height, width, block.height, look.accent, None, 0.6))
            block.height += rng.choice((0, 0, 2, 4))
    if rng.random() < 0.45 and form != "pairs":
        first = text_block(
            lines[:1], style.but(bold=rng.random() < 0.8, size=style.size * rng.choice((1, 1, 1.15, 1.4))), width=width, align=align
        )
        block.add(first, 0, block.height)
        lines = lines[1:]
    block.add(text_block(lines, style, width=width, align=align), 0, block.height)
    if caption is not None:
        block.add(caption, 0, block.height)
    if form in ("framed", "filled"):
        return framed(
            block,
            pad=rng.uniform(3, 8),
            stroke=look.line_colour if form == "framed" else None,
            fill=look.tint if form == "filled" else None,
            width=width,
        )
    return block


def broken_name(rng: Random, spans: Line) -> list[Line]:
    """A name of several words over two or three lines, as a narrow window or column breaks it; other lines as they are."""
    if len(spans) != 1 or not spans[0].label.endswith("_name") or " " not in spans[0].text:
        return [spans]
    words = spans[0].text.split(" ")
    cuts = sorted(rng.sample(range(1, len(words)), k=min(len(words) - 1, rng.choice((1, 1, 2)))))
    return [[spans[0].part(" ".join(words[a:b]), space=True)] for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]


def third_party_block(rng: Random, writer: Writer, look: Look, width: float, align: str = "left") -> Block:
    """Somebody who neither sells nor buys (factoring company, tax representative, carrier, agent), with data like a party's and no labels."""
    party = make_party(rng, writer.words, rng.choice(writer.words.countries), role="seller")
    lines = [line(party.name), *(line(part) for part in party.address)]
    if rng.random() < 0.3:
        lines.append(line(writer.label("phone"), party.phone))
    if rng.random() < 0.25 and party.vat_id is not None:
        lines.append(line(writer.label("seller_vat_id"), party.vat_id))
    heading = writer.word("third_party")
    if rng.random() < 0.2:
        return text_block([line(f"{heading}: {party.name}, {party.city}")], look.body, width=width, align=align)
    head = text_block([line(writer.punctuated(heading))], look.label_style, width=width, align=align)
    head.add(text_block(lines, look.body, width=width, align=align), 0, head.height)
    return head


def pair_lines(rng: Random, writer: Writer, party: Party, role: str, *, vat: bool) -> list[Line]:
    """A party as label-value lines ("Name: ...", "Street: ..."), as visualisations of structured invoices print it."""
    names = small_words("address", writer.facts.language)
    name = name_span(party, role) if role != "ship_to" else Span(party.name)
    lines = [[Span(writer.punctuated(names[0])), name], line(writer.punctuated(names[1]), party.address[0])]
    for extra in party.address[1:2]:
        lines.append(line(writer.punctuated(names[2]), extra))
    if rng.random() < 0.4:
        lines.append(line(writer.punctuated(names[3]), party.country))
    if vat and (found := vat_line(rng, writer, party, role)) is not None:
        lines.insert(rng.randrange(1, len(lines) + 1), found)
    return lines


def sender_line(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """The small line above the address window: name and address of the seller in one line."""
    seller = writer.facts.seller
    mark = rng.choice((" · ", ", ", " - ", " | ", " • ", " * "))
    style = Style(look.body.face, max(5.0, look.size * rng.uniform(0.6, 0.8)), leading=1.3)
    rest = Span(mark + mark.join(seller.address), space=False)
    block = text_block([[name_span(seller, "seller"), rest]], style)
    if rng.random() < 0.5:
        block.shapes.append(Shape("line", 0, block.height, min(block.width, width), block.height, look.line_colour, None, 0.4))
    block.height += 4
    return block
