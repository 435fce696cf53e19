"""What stands with a party's name: its trading name, what it does, a department, who acts for it."""

from __future__ import annotations

from extractors.training.layout import Line, Span, line
from extractors.training.parties import Party, company_name, person_name
from extractors.training.structure_words import structure_list, structure_word
from extractors.training.vocabulary import fill
from extractors.training.writing import Writer


def named_lines(writer: Writer, party: Party, role: str) -> list[Line]:
    """The name's line and those that belong to it; the legal name alone carries the label."""
    manners, language = writer.facts.manners, writer.facts.language
    label = f"header.{role}_name"
    first: Line = [Span(party.name, label, value=party.name)]
    lines: list[Line] = [first]
    rng = manners.draw(f"name {role}")
    if role == "seller" and hides_name(writer):
        lines = [line(party.brand)]
    elif role == "seller" and manners.names == "trading_as" and party.brand != party.name:
        other = party.brand if rng.random() < 0.5 else str(rng.choice(writer.words.data["company"]["fantasy"]))
        tail = line(structure_word(rng, "trading_as", language), other)
        lines = [[*first, *tail]] if rng.random() < 0.6 else [first, tail]
    if manners.trade_line:
        trades = [str(t) for t in writer.words.data["company"]["trades"]]
        if role == "seller":
            words = rng.choice((" · ", ", ", " - ", " + ", " / ")).join(rng.sample(trades, k=min(len(trades), rng.choice((1, 2, 2, 3)))))
            behind = rng.random() < 0.35
        else:
            departments = [str(d) for d in writer.words.listed("departments")] or trades
            words = fill(rng.choice(departments), {"name": person_name(rng, writer.words), "city": party.city})
            behind = rng.random() < 0.3
        if words and behind:
            lines[0] = [*lines[0], Span(f"{rng.choice(('-', '–', '|', '/'))} {words}")]
        elif words:
            lines.insert(1, line(words))
    if role == "buyer" and manners.agent:
        agent = company_name(rng, writer.words, writer.words.countries[0])[0] if rng.random() < 0.8 else person_name(rng, writer.words)
        words = line(fill(structure_word(rng, "care_of", language), {"agent": agent}))
        if rng.random() < 0.2:  # the agent first, for whom it acts behind it
            lines = [line(agent), *lines]
        elif rng.random() < 0.2:
            lines[0] = [*lines[0], *words]
        else:
            lines.insert(len(lines), words)
    if manners.placeholders and rng.random() < 0.5:
        lines.append(line(rng.choice(structure_list("placeholder", language))))
    return lines


def hides_name(writer: Writer) -> bool:
    """Whether the head shows the brand and only footer or small print tell the legal name."""
    seller = writer.facts.seller
    return writer.facts.manners.names in ("footer", "footer_only") and seller.brand.casefold() != seller.name.casefold()


def trading_line(writer: Writer) -> Line:
    """The sentence that tells the legal name behind the brand."""
    seller = writer.facts.seller
    pattern = structure_word(writer.facts.manners.draw("trading"), "trading", writer.facts.language)
    values = {
        "brand": seller.brand,
        "company": Span(seller.name, "header.seller_name", value=seller.name),
        "city": seller.city,
        "address": ", ".join(seller.address),
    }
    return writer.filled(pattern, values) or []
