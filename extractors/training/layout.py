"""The layout kit: labelled spans, lines, blocks, and ways to put blocks beside and under each other.

Coordinates are points, origin top left, y downwards. A `Span` is a piece of text with one label; spans of one ``key`` make one value even
when wrapping splits them. A `Run` is a line of spans at a place; a `Block` is a group of runs and shapes with a size.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.training.fonts import Face

_keys = itertools.count(1)


@dataclass(slots=True)
class Span:
    """``value`` is what the truth records for this label (None = nothing, or told by the text); ``space``: a space stands before it."""

    text: str
    label: str = "O"
    group: int = -1
    value: Any = None
    space: bool = True
    bold: bool | None = None
    key: int = field(default_factory=lambda: next(_keys))

    def part(self, text: str, *, space: bool) -> Span:
        return Span(text, self.label, self.group, self.value, space, self.bold, self.key)


Line = list[Span]


@dataclass(slots=True)
class Run:
    """One line of text: ``x`` is the left edge, ``y`` the baseline."""

    x: float
    y: float
    spans: Line
    face: Face
    size: float
    bold: bool
    colour: tuple[float, float, float] = (0, 0, 0)
    tracking: float = 0.0
    rotated: bool = False


@dataclass(slots=True)
class Shape:
    """``kind``: line or rect; ``fill`` and ``stroke`` are grey or RGB, None = not painted."""

    kind: str
    x0: float
    y0: float
    x1: float
    y1: float
    stroke: tuple[float, float, float] | None = (0, 0, 0)
    fill: tuple[float, float, float] | None = None
    width: float = 0.5


@dataclass(slots=True)
class Block:
    width: float = 0.0
    height: float = 0.0
    runs: list[Run] = field(default_factory=list[Run])
    shapes: list[Shape] = field(default_factory=list[Shape])

    def add(self, other: Block, x: float, y: float) -> None:
        """Take over ``other`` with its top left corner at (x, y)."""
        for run in other.runs:
            run.x += x
            run.y += y
        for shape in other.shapes:
            shape.x0 += x
            shape.x1 += x
            shape.y0 += y
            shape.y1 += y
        self.runs.extend(other.runs)
        self.shapes.extend(other.shapes)
        self.width = max(self.width, x + other.width)
        self.height = max(self.height, y + other.height)


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: face, size in points, bold, leading as a multiple of the size."""

    face: Face
    size: float
    bold: bool = False
    leading: float = 1.25
    colour: tuple[float, float, float] = (0, 0, 0)
    tracking: float = 0.0

    def but(self, **changes: Any) -> Style:
        values = {name: getattr(self, name) for name in ("face", "size", "bold", "leading", "colour", "tracking")}
        return Style(**{**values, **changes})


def line(*parts: Span | str | None) -> Line:
    """A line of spans; plain strings are unlabelled."""
    return [Span(p) if isinstance(p, str) else p for p in parts if p is not None and p != ""]


def text_of(spans: Iterable[Span]) -> str:
    out = ""
    for span in spans:
        out += (" " if out and span.space else "") + span.text
    return out


def width_of(spans: Sequence[Span], style: Style) -> float:
    """Set width in points."""
    total, count = 0.0, 0
    for index, span in enumerate(spans):
        bold = style.bold if span.bold is None else span.bold
        text = (" " if index and span.space else "") + span.text
        total += style.face.width(text, bold)
        count += len(text)
    return total * style.size + style.tracking * count


def wrap(spans: Sequence[Span], style: Style, width: float) -> list[Line]:
    """Break a line at spaces so that no part is wider than ``width``; a word that is wider still is cut, unless the room is tiny."""
    if width_of(spans, style) <= width:
        return [list(spans)]
    lines: list[Line] = []
    current: Line = []
    used = 0.0
    blank = style.face.width(" ", style.bold) * style.size
    for span in spans:
        bold = style.bold if span.bold is None else span.bold
        for index, word in enumerate(span.text.split(" ")):
            if not word:
                continue
            spaced = span.space or index > 0
            if width > 40 and style.face.width(word, bold) * style.size + style.tracking * len(word) > width:
                for part in _cut(word, style, width, bold=bold):
                    if current:
                        lines.append(current)
                    current = [span.part(part, space=spaced)]
                    used = style.face.width(part, bold) * style.size + style.tracking * len(part)
                continue
            size = style.face.width(word, bold) * style.size + style.tracking * len(word)
            if current and spaced and used + blank + size > width:
                lines.append(current)
                current, used = [], 0.0
            joined = bool(current) and current[-1].key == span.key and current[-1].label == span.label and index > 0
            if joined:
                current[-1] = span.part(current[-1].text + " " + word, space=current[-1].space)
            else:
                current.append(span.part(word, space=spaced))
            used += size + (blank if spaced and len(current) + index else 0)
    if current:
        lines.append(current)
    return lines


def _cut(word: str, style: Style, width: float, *, bold: bool) -> list[str]:
    """Parts of a word, each as long as fits; most words are cut behind a hyphen or slash where they have one."""
    parts, current = [], ""
    for char in word:
        if current and (style.face.width(current + char, bold) + style.tracking * len(current)) * style.size > width:
            at = max(current.rfind("-"), current.rfind("/")) + 1 if len(word) % 4 else 0
            cut = at if 1 < at < len(current) else len(current)
            parts.append(current[:cut])
            current = current[cut:]
        current += char
    return [*parts, current]


def text_block(lines: Sequence[Line], style: Style, *, width: float | None = None, align: str = "left", gap: float = 0.0) -> Block:
    """Lines under each other, wrapped to ``width`` where one is given; a block without width is as wide as its longest line."""
    wrapped: list[Line] = []
    for spans in lines:
        wrapped.extend(wrap(spans, style, width) if width is not None and spans else [list(spans)])
    natural = max((width_of(spans, style) for spans in wrapped), default=0.0)
    room = width if width is not None and align != "left" else natural
    step = style.size * style.leading + gap
    block = Block(max(room, natural) if align == "left" else room, step * len(wrapped))
    for index, spans in enumerate(wrapped):
        if not spans:
            continue
        free = room - width_of(spans, style) if align != "left" else 0.0
        x = {"left": 0.0, "right": free, "center": free / 2}[align]
        block.runs.append(
            Run(
                x,
                index * step + style.size * (0.5 + style.leading / 2 - 0.12),
                spans,
                style.face,
                style.size,
                style.bold,
                style.colour,
                style.tracking,
            )
        )
    return block


def stack(blocks: Sequence[Block], *, gap: float = 0.0, align: str = "left", width: float | None = None) -> Block:
    """Blocks under each other."""
    out = Block()
    room = max([width or 0.0, *(b.width for b in blocks)])
    for block in blocks:
        x = {"left": 0.0, "right": room - block.width, "center": (room - block.width) / 2}[align]
        out.add(block, x, out.height + (gap if out.height else 0.0))
    out.width = max(out.width, room)
    return out


def beside(blocks: Sequence[Block], xs: Sequence[float], *, valign: str = "top") -> Block:
    """Blocks next to each other at the given left edges."""
    out = Block()
    height = max((b.height for b in blocks), default=0.0)
    for block, x in zip(blocks, xs, strict=True):
        out.add(block, x, {"top": 0.0, "bottom": height - block.height, "middle": (height - block.height) / 2}[valign])
    return out


def framed(
    block: Block,
    *,
    pad: float,
    stroke: tuple[float, float, float] | None = (0, 0, 0),
    fill: tuple[float, float, float] | None = None,
    width: float | None = None,
) -> Block:
    """The block inside a rectangle with a margin of ``pad``."""
    out = Block()
    out.add(block, pad, pad)
    out.width = max(block.width + 2 * pad, width or 0.0)
    out.height = block.height + 2 * pad
    out.shapes.insert(0, Shape("rect", 0, 0, out.width, out.height, stroke, fill))
    return out


def rule(width: float, *, thickness: float = 0.5, colour: tuple[float, float, float] = (0, 0, 0), pad: float = 2.0) -> Block:
    return Block(width, 2 * pad, [], [Shape("line", 0, pad, width, pad, colour, None, thickness)])
