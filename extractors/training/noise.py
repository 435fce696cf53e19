"""Numbers and texts around an invoice that belong to nobody's fields: account summaries, weights, exchange rates, terms, stamps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from extractors.training import identifiers
from extractors.training.items import item_name
from extractors.training.layout import Block, Line, Run, Span, beside, framed, line, text_block, width_of
from extractors.training.locales import rounded
from extractors.training.look import Look
from extractors.training.pages import Sheet
from extractors.training.parties import person_name
from extractors.training.totals import small_table
from extractors.training.vocabulary import small_words
from extractors.training.writing import Writer


def noise_blocks(rng: Random, writer: Writer, look: Look, width: float) -> list[Block]:
    """Blocks to put somewhere before or after the totals; most documents get none."""
    facts = writer.facts
    lang = facts.language
    out: list[Block] = []
    if rng.random() < 0.07:
        lines = [
            line(
                writer.punctuated(word),
                writer.number.text(Decimal(rng.randrange(10, 90000)) / 100, rng.choice((0, 1, 2))) + rng.choice((" kg", " kg", "", "kg")),
            )
            for word in small_words("weight", lang)
        ]
        out.append(text_block(lines, look.small))
    if rng.random() < 0.035:
        foreign = rng.choice([c for c in ("USD", "EUR", "GBP", "CHF") if c != facts.currency])
        rate = Decimal(rng.randrange(5000, 250000)) / 10000
        if rng.random() < 0.5:  # the total once more in the other currency
            other = writer.number.text(rounded(facts.totals.gross * rate), 2)
            out.append(text_block([line(writer.word("gross_total", "totals"), foreign, other)], look.small))
        out.append(
            text_block(
                [
                    line(
                        small_words("exchange_rate", lang)[0],
                        rng.choice(
                            (
                                f"1 {foreign} = {writer.number.text(rate, 4)} {facts.currency}",
                                f"{foreign}/{facts.currency} {writer.number.text(rate, 4)}",
                            )
                        ),
                    )
                ],
                look.small,
            )
        )
    if rng.random() < 0.045:
        rows: list[list[Line]] = [
            [line(word), [writer.amount(Decimal(rng.randrange(0, 400000)) / 100)]] for word in small_words("balance", lang)
        ]
        block = small_table(rng, look, rows, width * 0.5)
        out.append(framed(block, pad=4, stroke=look.line_colour) if rng.random() < 0.4 else block)
    if rng.random() < 0.04:  # a history of earlier invoices
        day = facts.dates["issue_date"]
        history: list[list[Line]] = []
        for back in range(1, rng.randint(3, 6)):
            earlier = day - timedelta(days=30 * back)
            history.append(
                [
                    [writer.date(earlier)],
                    line(identifiers.document_number(rng, earlier)),
                    [writer.amount(Decimal(rng.randrange(1000, 300000)) / 100)],
                ]
            )
        out.append(small_table(rng, look, history, width * 0.6))
    if rng.random() < (0.3 if facts.seller.country in ("IN", "PL", "TR") else 0.025):
        words = " ".join(rng.choices(small_words("number_words", lang), k=rng.randint(3, 9)))
        out.append(
            text_block(
                [line(rng.choice(small_words("in_words", lang)), words, facts.currency if rng.random() < 0.4 else None)],
                look.body,
                width=width,
            )
        )
    if rng.random() < 0.035:
        spans = writer.filled(
            rng.choice(small_words("amounts_in", lang)), {"currency": writer.currency(rng.choice((facts.currency, writer.token)))}
        )
        if spans:
            out.append(text_block([spans], look.small))
    if rng.random() < 0.05:
        out.append(
            text_block(
                [line(f"{writer.word('contact')}: {facts.seller.contact}, {facts.seller.phone}, {facts.seller.email}")],
                look.small,
                width=width,
            )
        )
    return out


def terms_block(rng: Random, writer: Writer, look: Look, width: float) -> Block:
    """A paragraph or a page of small print from the language's sentences."""
    sentences: list[str] = []
    for key in ("retention", "legal_footer", "letter_text", "reminder_text", "delivery_text", "quote_validity"):
        sentences += writer.words.all("phrases", key)
    chosen = [s for s in rng.choices(sentences, k=rng.choice((4, 8, 20, 40))) if "{" not in s]
    return text_block([line(" ".join(chosen))], look.small.but(size=max(4.5, look.small.size * 0.85)), width=width)


def annex(rng: Random, writer: Writer, look: Look, width: float) -> list[Block]:
    """Rows behind the invoice that look like items and are none: calls, hours, consignments that the items sum up."""
    facts = writer.facts
    day = facts.dates["period_from"]
    kind = rng.choice(("calls", "hours", "trips"))
    out: list[list[Line]] = []
    for index in range(rng.choice((5, 12, 25, 40))):
        day += timedelta(days=rng.choice((0, 0, 1, 2)))
        amount = writer.amount(Decimal(rng.randrange(5, 9000)) / 100)
        clock = f"{rng.randrange(6, 22):02}:{rng.randrange(60):02}"
        if kind == "calls":
            row = [
                [writer.date(day)],
                line(clock),
                line(identifiers.phone(rng, facts.seller.country)),
                line(f"00:{rng.randrange(60):02}:{rng.randrange(60):02}"),
                [amount],
            ]
        elif kind == "hours":
            row = [
                [writer.date(day)],
                line(person_name(rng, writer.words)),
                line(item_name(rng, writer.words, facts.category, day)[:40]),
                line(writer.number.text(Decimal(rng.randrange(1, 16)) / 2, 2)),
            ]
        else:
            row = [
                line(str(index + 1)),
                [writer.date(day)],
                line(identifiers.from_form(rng, "########")),
                line(facts.buyer.city),
                line(writer.number.text(Decimal(rng.randrange(10, 9000)) / 10, 1), "kg"),
                [amount],
            ]
        out.append(row)
    columns = range(len(out[0]))
    widths = [max(width_of(row[i], look.small) for row in out) + rng.uniform(8, 20) for i in columns]
    scale = min(1.0, width / sum(widths))
    edges = [sum(widths[:i]) * scale for i in columns]
    title = text_block(
        [line(rng.choice((writer.word("service_period"), writer.word("project"), writer.word("delivery_note_number"))))],
        look.body.but(bold=True),
    )
    return [title, *(beside([text_block([cell], look.small.but(size=look.small.size * scale)) for cell in row], edges) for row in out)]


def stamp(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> None:
    """PAID, COPY and the like, upright among the blocks or turned."""
    text = rng.choice(small_words("stamp", writer.facts.language))
    size = rng.uniform(10, 40)
    grey = rng.uniform(0.6, 0.9)
    spans = [Span(text)]
    if rng.random() < 0.4 and text in ("PAID", "BEZAHLT", "PAGADO", "BETAALD"):
        spans.append(writer.date(writer.facts.dates["issue_date"] + timedelta(days=5)))
    page = sheet.pages[0]
    page.runs.append(
        Run(
            rng.uniform(0.3, 0.7) * sheet.width,
            rng.uniform(0.2, 0.8) * sheet.height,
            spans,
            look.heading.face,
            size,
            True,
            (grey, grey, grey),
            rotated=rng.random() < 0.4,
        )
    )
