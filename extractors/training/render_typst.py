"""The second renderer: the same pages set by typst, whose PDF differs in every technical respect (CID fonts, kerning, ligatures, streams)."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from extractors.training.fonts import BASE_FAMILIES, TYPST_NAMES, font_folders
from extractors.training.layout import Run, Shape
from extractors.training.pages import Sheet
from extractors.training.render import Placed, advance


def available(sheet: Sheet) -> bool:
    """Whether typst is installed and can set every face of the document (it has no base-14 fonts)."""
    if find_spec("typst") is None:
        return False
    return all(run.face.name in TYPST_NAMES and run.face.name not in BASE_FAMILIES for page in sheet.pages for run in page.runs)


@lru_cache(maxsize=1)
def _compiler() -> Any:
    import typst

    folders: list[Any] = [str(folder) for folder in font_folders()]
    return typst.Compiler(b"", font_paths=folders)


def render(sheet: Sheet) -> tuple[bytes, list[Placed]]:
    """PDF bytes and the place of every span; raises whatever typst raises on text that it cannot set."""
    placed: list[Placed] = []
    out = [
        f"#set page(width: {sheet.width:.2f}pt, height: {sheet.height:.2f}pt, margin: 0pt)",
        '#set text(top-edge: "baseline", bottom-edge: "baseline", hyphenate: false)',
        "#let w(x, y, body) = place(top + left, dx: x * 1pt, dy: y * 1pt, box(width: 9999pt, body))",
    ]
    for number, page in enumerate(sheet.pages):
        if number:
            out.append("#pagebreak(weak: false)")
        out += [_shape(shape) for shape in page.shapes]
        for run in page.runs:
            if run.rotated:
                turned = _text(run, run.spans[0].text, bold=run.bold)
                out.append(f"#place(top + left, dx: {run.x:.2f}pt, dy: {run.y:.2f}pt, rotate(-90deg, origin: bottom + left, {turned}))")
                continue
            x = run.x
            for index, span in enumerate(run.spans):
                bold = run.bold if span.bold is None else span.bold
                x += advance(run, " ", bold) if index and span.space else 0.0
                width = advance(run, span.text, bold)
                if span.text.strip():
                    out.append(f"#w({x:.2f}, {run.y:.2f}, {_text(run, span.text, bold=bold)})")
                placed.append(Placed(number, x, x + width, run.y, run.size, span))
                x += width
    return _compiler().compile(input="\n".join(out).encode(), format="pdf"), placed


def _text(run: Run, text: str, *, bold: bool) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    red, green, blue = (round(c * 255) for c in run.colour)
    weight = "bold" if bold else "regular"
    stretch = ", stretch: 75%" if "Condensed" in run.face.name else ""
    tracking = f", tracking: {run.tracking}pt" if run.tracking else ""
    fill = f"rgb({red}, {green}, {blue})"
    body = f'text(font: "{TYPST_NAMES[run.face.name]}", size: {run.size:.2f}pt, weight: "{weight}", fill: {fill}{tracking}{stretch}, "{escaped}")'
    return body if run.face.squeeze == 1.0 else f"scale(x: {run.face.squeeze * 100:.1f}%, origin: left, {body})"


def _shape(shape: Shape) -> str:
    def colour(value: tuple[float, float, float]) -> str:
        return "rgb(" + ", ".join(str(round(c * 255)) for c in value) + ")"

    stroke = f"{shape.width}pt + {colour(shape.stroke)}" if shape.stroke is not None else "none"
    if shape.kind == "line":
        return f"#place(top + left, line(start: ({shape.x0:.2f}pt, {shape.y0:.2f}pt), end: ({shape.x1:.2f}pt, {shape.y1:.2f}pt), stroke: {stroke}))"
    fill = colour(shape.fill) if shape.fill is not None else "none"
    width, height = max(0.0, shape.x1 - shape.x0), max(0.0, shape.y1 - shape.y0)
    return f"#place(top + left, dx: {shape.x0:.2f}pt, dy: {shape.y0:.2f}pt, rect(width: {width:.2f}pt, height: {height:.2f}pt, stroke: {stroke}, fill: {fill}))"
