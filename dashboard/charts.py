"""Charts as SVG text. Every mark is also a row of the table beside it; colours come from the style sheet by class, so they follow light and dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from markupsafe import Markup

WIDTH, HALF, HEIGHT = 1080, 560, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24
DIGIT = 8  # width of a character beside the axis, at most
ANCHORS = ("start", "middle", "middle", "middle", "end")  # of five labels over the whole width
LABEL = 96  # room for a label below the axis


def stacked_bars(
    columns: Sequence[tuple[str, Mapping[str, int]]],
    kinds: Sequence[str],
    *,
    title: str,
    links: Mapping[str, str] | None = None,
    width: int = WIDTH,
) -> Markup:
    """One bar per column (name, count by kind), the first kind at the bottom. ``links`` lead from a column's name to what is behind it."""
    most = max((sum(parts.values()) for _, parts in columns), default=0)
    top = _round_up(most)
    left = max(LEFT, DIGIT * len(_whole(top)) + 8)
    step = (width - left - RIGHT) / max(len(columns), 1)
    thick = max(min(step * 0.72, 48.0), 1.0)
    marks = [_axis(top, width, left)]
    every = max(1, -(-len(columns) * LABEL // (width - left - RIGHT)))
    for number, (name, parts) in enumerate(columns):
        x = left + step * number + (step - thick) / 2
        y = float(HEIGHT - BOTTOM)
        bars: list[Markup] = []
        for kind in kinds:
            if count := parts.get(kind, 0):
                height = count / top * _plot_height()
                y -= height
                bars.append(
                    Markup('<rect class="fill-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(kind, x, y, thick, height)
                )
        words = ", ".join(f"{count} {kind}" for kind in kinds if (count := parts.get(kind, 0))) or "none"
        group = Markup("<g><title>{}: {}</title>{}</g>").format(name, words, Markup("").join(bars))
        if links and name in links and bars:
            group = Markup('<a href="{}" tabindex="-1" aria-label="{}: {}">{}</a>').format(links[name], name, words, group)
        marks.append(group)
        if number % every == 0:
            marks.append(_label(x + thick / 2, HEIGHT - 6, _short(name), "middle"))
    return _picture(marks, title, width)


def bars(
    values: Sequence[tuple[str, float]], *, title: str, kind: str = "touchless", links: Mapping[str, str] | None = None, width: int = WIDTH
) -> Markup:
    """One bar per value."""
    return stacked_bars([(name, {kind: round(value)}) for name, value in values], [kind], title=title, links=links, width=width)


def points(values: Sequence[tuple[float, float, float]], *, title: str, width: int = HALF) -> Markup:
    """Points (x, y, weight) between 0 and 1 against the diagonal: a reliability diagram."""
    left, size = LEFT, _plot_height()
    marks = [_axis(1.0, width, left, form="{:.0%}".format)]
    marks.append(
        Markup('<line class="diagonal" x1="{}" y1="{}" x2="{:.1f}" y2="{}"/>').format(
            left, HEIGHT - BOTTOM, width - RIGHT, HEIGHT - BOTTOM - size
        )
    )
    heaviest = max((weight for _, _, weight in values), default=1.0)
    for x, y, weight in values:
        place = (left + x * (width - LEFT - RIGHT), HEIGHT - BOTTOM - y * size, 3 + 6 * (weight / heaviest) ** 0.5)
        words = f"confidence {x:.0%}: {y:.0%} right, {weight:g} documents"
        marks.append(
            Markup('<circle class="fill-touchless" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle>').format(*place, words)
        )
    marks += [_label(left + share / 4 * (width - LEFT - RIGHT), HEIGHT - 6, f"{share * 25}%", ANCHORS[share]) for share in range(5)]
    return _picture(marks, title, width)


def _axis(top: float, width: int, left: float, form: Callable[[float], str] | None = None) -> Markup:
    marks: list[Markup] = []
    for part in range(5):
        value = top * part / 4
        y = HEIGHT - BOTTOM - _plot_height() * part / 4
        marks.append(Markup('<line class="grid" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(left, y, width - RIGHT, y))
        marks.append(_label(left - 6, y + 4, (form or _whole)(value), "end"))
    return Markup("").join(marks)


def _whole(value: float) -> str:
    """A number of documents or an amount, thousands apart."""
    return f"{value:,.0f}".replace(",", " ")


def _short(name: str) -> str:
    """A day without its year, as there is little room: ``2026-11-03`` → ``3 Nov``."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return name
    return f"{day.day} {day:%b}"


def _label(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _plot_height() -> float:
    return HEIGHT - TOP - BOTTOM


def _picture(marks: Sequence[Markup], title: str, width: int) -> Markup:
    drawn = Markup("").join(marks)
    return Markup('<svg class="chart{}" viewBox="0 0 {} {}" role="{}" aria-label="{}">{}</svg>').format(
        " half" if width == HALF else "", width, HEIGHT, "group" if "<a " in drawn else "img", title, drawn
    )


def _round_up(most: int) -> int:
    """The next number whose quarters are round: 4, 8, 20, 40, 80, 200, …"""
    scale = 1
    while True:
        for step in (4, 8, 20):
            if most <= step * scale:
                return step * scale
        scale *= 10
