"""Pages of runs to PDF bytes, in one of several ways to write a text layer; and where every labelled piece came to stand."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from extractors.training.fonts import Face
from extractors.training.layout import Run, Span
from extractors.training.pages import Sheet
from extractors.training.vocabulary import choose

SPELLED = {
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "İ": "I",
    "đ": "d",
    "Đ": "D",
    "\u2212": "-",
    "\u202f": " ",
    "\u00a0": " ",
    "₺": "TL",
    "₹": "Rs",
    "ø": "o",
    "№": "No",
    "\u2011": "-",
    "→": ">",
    "✓": "x",
    "\u2009": " ",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A span's place: x-range and baseline in points from the top left, for matching words to labels."""

    page: int
    x0: float
    x1: float
    baseline: float
    size: float
    span: Span


def spelled(text: str, face: Face) -> str:
    """``text`` with what the face cannot print replaced by its nearest spelling."""
    if face.covers(text):
        return text
    out: list[str] = []
    for char in text:
        if face.covers(char):
            out.append(char)
            continue
        plain = SPELLED.get(char) or "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        out.append(plain if face.covers(plain) else "?")
    return "".join(out)


def settle_texts(sheet: Sheet) -> None:
    """Replace what the chosen faces cannot print, in the texts and in the values that the truth takes from them."""
    for page in sheet.pages:
        for run in page.runs:
            for span in run.spans:
                span.text = spelled(span.text, run.face)
                if isinstance(span.value, str):
                    span.value = spelled(span.value, run.face)


def text_mode(rng: Random, family: str) -> str:
    """How text is written: whole lines, one string per span or word, glyph by glyph, with no-break spaces, or by the other renderer."""
    return choose(rng, {"lines": 42, "spans": 20, "words": 20, "glyphs": 5, "nbsp": 4, "split": 4, "tracked": 5, "typst": 14}, family)


def render(rng: Random, sheet: Sheet, mode: str) -> tuple[bytes, list[Placed]]:
    """PDF bytes and the place of every span."""
    from reportlab.pdfgen import canvas

    buffer = io.BytesIO()
    pdf: Any = canvas.Canvas(buffer, pagesize=(sheet.width, sheet.height), pageCompression=0, invariant=1)
    placed: list[Placed] = []
    shuffled = rng.random() < 0.12
    for number, page in enumerate(sheet.pages):
        pdf.setLineCap(0)
        for shape in page.shapes:
            _draw(pdf, shape, sheet.height)
        runs = list(page.runs)
        if shuffled:
            rng.shuffle(runs)
        text: Any = pdf.beginText()
        text.setFillColorRGB(0, 0, 0)  # shapes leave their own colour behind
        state = (1.0, 0.0, (0.0, 0.0, 0.0))
        for run in runs:
            if run.rotated:
                continue
            wanted = (run.face.squeeze, run.tracking, run.colour)
            if wanted[0] != state[0]:
                text.setHorizScale(wanted[0] * 100)
            if wanted[1] != state[1]:
                text.setCharSpace(wanted[1])
            if wanted[2] != state[2]:
                text.setFillColorRGB(*wanted[2])
            state = wanted
            placed.extend(_write(rng, text, run, sheet.height, number, mode))
        if state != (1.0, 0.0, (0.0, 0.0, 0.0)):
            text.setHorizScale(100)
            text.setCharSpace(0)
            text.setFillColorRGB(0, 0, 0)
        pdf.drawText(text)
        for run in runs:
            if run.rotated:
                pdf.saveState()
                pdf.translate(run.x, sheet.height - run.y)
                pdf.rotate(90)
                pdf.setFont(run.face.font(run.bold), run.size)
                pdf.drawString(0, 0, run.spans[0].text)
                pdf.restoreState()
        pdf.showPage()
    pdf.save()
    return buffer.getvalue(), placed


def _draw(pdf: Any, shape: Any, height: float) -> None:
    if shape.stroke is not None:
        pdf.setStrokeColorRGB(*shape.stroke)
        pdf.setLineWidth(shape.width)
    if shape.kind == "line":
        pdf.line(shape.x0, height - shape.y0, shape.x1, height - shape.y1)
        return
    if shape.fill is not None:
        pdf.setFillColorRGB(*shape.fill)
    pdf.rect(
        shape.x0,
        height - shape.y1,
        shape.x1 - shape.x0,
        shape.y1 - shape.y0,
        stroke=int(shape.stroke is not None),
        fill=int(shape.fill is not None),
    )


def _write(rng: Random, text: Any, run: Run, height: float, page: int, mode: str) -> list[Placed]:
    """Write one run; strings are positioned anew where the mode asks for it."""
    out: list[Placed] = []
    x = run.x
    y = height - run.y
    pending: tuple[str, str, float] | None = None  # text, font, x

    def flush() -> None:
        nonlocal pending
        if pending is not None:
            text.setFont(pending[1], run.size)
            text.setTextOrigin(pending[2], y)
            text.textOut(pending[0])
            pending = None

    for index, span in enumerate(run.spans):
        bold = run.bold if span.bold is None else span.bold
        font = run.face.font(bold)
        blank = advance(run, " ", bold) if index and span.space else 0.0
        width = advance(run, span.text, bold)
        if mode in ("lines", "nbsp"):
            lead = (" " if mode == "lines" else "\u00a0") if blank else ""
            body = span.text if mode == "lines" else span.text.replace(" ", "\u00a0")
            if pending is not None and pending[1] == font:
                pending = (pending[0] + lead + body, font, pending[2])
            else:
                if pending is not None and lead:
                    pending = (pending[0] + lead, pending[1], pending[2])
                flush()
                pending = (body, font, x + blank)
        else:
            text.setFont(font, run.size)
            for piece, offset in _pieces(rng, run, span.text, bold, mode):
                text.setTextOrigin(x + blank + offset, y)
                text.textOut(piece)
        out.append(Placed(page, x + blank, x + blank + width, run.y, run.size, span))
        x += blank + width
    flush()
    return out


def advance(run: Run, text: str, bold: bool) -> float:
    return run.face.width(text, bold) * run.size + run.tracking * len(text) * run.face.squeeze


def _pieces(rng: Random, run: Run, text: str, bold: bool, mode: str) -> Sequence[tuple[str, float]]:
    """Strings of a span with their offsets."""
    if mode in ("spans", "tracked"):
        return [(text, 0.0)]
    if mode == "glyphs":
        return [(char, advance(run, text[:i], bold)) for i, char in enumerate(text) if char != " "]
    out: list[tuple[str, float]] = []
    at = 0
    for word in text.split(" "):
        if word:
            offset = advance(run, text[:at], bold)
            if mode == "split" and len(word) > 3 and rng.random() < 0.3:
                cut = rng.randrange(1, len(word))
                out.append((word[:cut], offset))
                out.append((word[cut:], advance(run, text[: at + cut], bold)))
            else:
                out.append((word, offset))
        at += len(word) + 1
    return out
