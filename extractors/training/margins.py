"""What stands at the edges of pages and belongs to no field: running heads, software lines, form numbers, copyright with a year."""

from __future__ import annotations

from random import Random

from extractors.training import identifiers
from extractors.training.layout import Block, Line, Run, Span, Style, text_block, width_of
from extractors.training.look import Look
from extractors.training.pages import Sheet
from extractors.training.parties import coined
from extractors.training.writing import Writer


def margin_texts(rng: Random, writer: Writer, look: Look, sheet: Sheet) -> None:
    """Running head or foot on every page and rotated text at an edge; most pages have neither."""
    if rng.random() < 0.14:
        spans = software_line(rng, writer)
        style = look.small.but(size=max(4.5, min(7.5, look.small.size)))
        top, corner = rng.random() < 0.45, rng.choice((0.0, 0.5, 1.0))
        for page in range(len(sheet.pages)):
            block = text_block([[Span(s.text, space=s.space) for s in spans]], style)
            x = max(4.0, sheet.left + (sheet.width - sheet.left - sheet.right - block.width) * corner)
            y = 3.0 if top else sheet.height - 7 - block.height
            if _free(sheet, page, x, y, block):
                sheet.place(block, x, y, page)
    if rng.random() < 0.09:
        _rotated(rng, writer, look.small, sheet)


def _free(sheet: Sheet, page: int, x: float, y: float, block: Block) -> bool:
    """Whether nothing is printed there yet: page numbers and footers use the edges too."""
    for run in sheet.pages[page].runs:
        if run.y - run.size < y + block.height and run.y + 0.3 * run.size > y and not run.rotated:
            right = run.x + width_of(run.spans, Style(run.face, run.size, run.bold, tracking=run.tracking))
            if run.x < x + block.width + 6 and right > x - 6:
                return False
    return True


def software_line(rng: Random, writer: Writer) -> Line:
    """A line of the program that made the document: its name, a version, a year that is no date of the invoice."""
    facts = writer.facts
    year = facts.dates["issue_date"].year + rng.choice((0, 0, -1, -3, 1, -10))
    values = {
        "maker": coined(rng) + rng.choice(("", " ERP", " Office", " Cloud", " e.V.", " Software")),
        "version": rng.choice((f"{rng.randrange(1, 20)}.{rng.randrange(10)}", f"{year}.{rng.randrange(1, 13)}", f"v{rng.randrange(1, 9)}")),
        "year": str(year),
        "number": identifiers.from_form(rng, rng.choice(("####", "@-###", "##.###", "@@ ####"))),
        "date": writer.date(facts.dates["print_date"]),
    }
    return writer.sentence("software", values) or [Span(f"{values['maker']} {year}")]


def _rotated(rng: Random, writer: Writer, style: Style, sheet: Sheet) -> None:
    """Text along the left or right edge, on the first page or on all, between whose lines it falls in reading order."""
    facts = writer.facts
    pieces = [
        " ".join(s.text for s in software_line(rng, writer)),
        identifiers.from_form(rng, rng.choice(("###-@@-####", "########/##", "@@@@######"))),
    ]
    if rng.random() < 0.4:
        pieces.append(f"{facts.seller.web} {facts.numbers['our_reference']}")
    text = rng.choice(("  ", " / ", " - ")).join(rng.sample(pieces, k=rng.randint(1, len(pieces))))
    x = rng.uniform(9, 16) if rng.random() < 0.7 else sheet.width - rng.uniform(6, 12)
    pages = range(len(sheet.pages)) if rng.random() < 0.5 else range(1)
    y = sheet.height * rng.uniform(0.35, 0.95)
    for page in pages:
        sheet.pages[page].runs.append(Run(x, y, [Span(text)], style.face, rng.uniform(4.5, 7), False, rotated=True))
