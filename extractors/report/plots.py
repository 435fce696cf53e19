"""Small pictures as SVG text: lines over an axis, and how well confidence matches what is right. Colours follow the page's light or dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 46, 40
LEGEND_STEP = 130
COLOURS = ("#1f6fd6", "#d9822b", "#2e9e5b", "#a34fb8", "#c23b3b", "#5b7083")
STYLE = (
    "<style>.plot text{font:12px system-ui,sans-serif;fill:currentColor}.plot .soft{opacity:.7}.plot .grid{stroke:currentColor;opacity:.15}"
    ".plot{color:#24221e}@media(prefers-color-scheme:dark){.plot{color:#e9e7e2}}</style>"
)

Series = Sequence[tuple[float, float]]


def line_plot(series: Mapping[str, Series], *, title: str = "", x_label: str = "", y_label: str = "") -> str:
    """One line per series of (x, y) points, with axes and legend: a whole SVG picture of 560 × 320."""
    points = [point for line in series.values() for point in line]
    if not points:
        return _picture(title, '<text x="60" y="150">nothing to show</text>')
    x_ticks = ticks(min(0.0, *(x for x, _ in points)), max(x for x, _ in points))
    y_ticks = ticks(min(y for _, y in points), max(y for _, y in points))
    parts = [_axes(x_ticks, y_ticks, x_label, y_label)]
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{_across(x, x_ticks):.1f},{_up(y, y_ticks):.1f}" for x, y in line)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"><title>{escape(name)}</title></polyline>')
        if len(series) > 1:
            x = LEFT + LEGEND_STEP * number
            parts.append(f'<rect x="{x}" y="30" width="14" height="3" fill="{colour}"/><text x="{x + 18}" y="36">{escape(name)}</text>')
    return _picture(title, "".join(parts), top=0 if title or len(series) > 1 else TOP - 16)


def reliability_diagram(bins: Sequence[tuple[float, float, int]], *, title: str = "") -> str:
    """Share of right documents over confidence. ``bins`` are (mean confidence, share right, documents), empty ones left out.

    A bar per bin, as wide as its tenth, with the number of documents on it; the diagonal is perfect calibration.
    """
    unit = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    parts = [_axes(unit, unit, "confidence", "share right")]
    for confidence, right, count in bins:
        start = min(int(confidence * 10), 9) / 10
        x, width = _across(start, unit) + 2, _across(0.1, unit) - _across(0.0, unit) - 4
        top, floor = _up(right, unit), _up(0.0, unit)
        parts.append(
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{max(floor - top, 1):.1f}" fill="{COLOURS[0]}" opacity=".55">'
            f"<title>{count} documents: confidence {confidence:.2f}, right {right:.2f}</title></rect>"
            f'<text x="{x + width / 2:.1f}" y="{floor - 5:.1f}" text-anchor="middle">{count}</text>'
            f'<circle cx="{_across(confidence, unit):.1f}" cy="{top:.1f}" r="4" fill="{COLOURS[1]}"/>'
        )
    diagonal = f'x1="{_across(0, unit):.1f}" y1="{_up(0, unit):.1f}" x2="{_across(1, unit):.1f}" y2="{_up(1, unit):.1f}"'
    parts.append(f'<line {diagonal} stroke="currentColor" stroke-dasharray="4 4" opacity=".6"/>')
    return _picture(title, "".join(parts), top=0 if title else TOP - 16)


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round numbers that span ``low`` to ``high``, about so many steps of 1, 2 or 5 times a power of ten."""
    span = max(high - low, 1e-9 * max(abs(high), 1.0))
    power = 10.0 ** math.floor(math.log10(span / about))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _axes(x_ticks: Sequence[float], y_ticks: Sequence[float], x_label: str, y_label: str) -> str:
    parts: list[str] = []
    for y in y_ticks:
        at = _up(y, y_ticks)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>')
        parts.append(f'<text class="soft" x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{y:.4g}</text>')
    for x in x_ticks:
        parts.append(f'<text class="soft" x="{_across(x, x_ticks):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{x:.4g}</text>')
    parts.append(f'<text class="soft" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_label)}</text>')
    if y_label:
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(f'<text class="soft" transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>')
    return "".join(parts)


def _across(x: float, marks: Sequence[float]) -> float:
    return LEFT + (x - marks[0]) / (marks[-1] - marks[0]) * (WIDTH - LEFT - RIGHT)


def _up(y: float, marks: Sequence[float]) -> float:
    return HEIGHT - BOTTOM - (y - marks[0]) / (marks[-1] - marks[0]) * (HEIGHT - TOP - BOTTOM)


def _picture(title: str, body: str, *, top: int = 0) -> str:
    heading = f'<text x="{LEFT}" y="18" font-weight="600">{escape(title)}</text>' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 {top} {WIDTH} {HEIGHT - top}" width="{WIDTH}" role="img" '
        f'aria-label="{escape(title)}">{STYLE}{heading}{body}</svg>'
    )
