"""A document's typography: faces, sizes, colours, spacing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from random import Random

from extractors.training import fonts
from extractors.training.layout import Style

Colour = tuple[float, float, float]
WESTERN = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "no", "fi")


@dataclass(frozen=True, slots=True)
class Look:
    body: Style
    heading: Style
    small: Style
    label_style: Style
    accent: Colour
    tint: Colour
    line_colour: Colour

    @property
    def size(self) -> float:
        return self.body.size

    def smaller(self, factor: float) -> Look:
        """The same look with smaller text, for crowded tables."""
        body, label = self.body, self.label_style
        return dataclasses.replace(
            self,
            body=body.but(size=max(4.5, body.size * factor)),
            label_style=label.but(size=max(4.5, label.size * factor)),
            small=self.small.but(size=max(4.2, self.small.size * factor)),
        )


def make_look(rng: Random, language: str, family: str) -> Look:
    """Draw a look. Squeezed faces stand for the condensed fonts that the machine lacks."""
    western = language in WESTERN
    names = fonts.families(latin_1_only=western, exam=family == "exam")
    weights = [
        3.0
        if n in ("Helvetica", "DejaVu Condensed")
        else 2.0
        if n in ("Times", "DejaVu Sans", "Vera", "STIX")
        else 0.7
        if n in ("Courier", "DejaVu Mono")
        else 1.0
        for n in names
    ]
    body = _squeezed(rng, fonts.face(rng.choices(names, weights)[0]))
    heading = body if rng.random() < 0.7 else _squeezed(rng, fonts.face(rng.choices(names, weights)[0]))
    size = rng.choices((6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 12), (2, 5, 7, 14, 12, 18, 10, 16, 5, 7, 3))[0]
    if "Mono" in body.name or body.name == "Courier":
        size = min(size, 9)
    leading = rng.uniform(1.08, 1.55)
    accent = rng.choice(
        ((0, 0, 0), (0, 0, 0), (0.1, 0.25, 0.5), (0.6, 0.1, 0.1), (0.1, 0.4, 0.25), (0.3, 0.3, 0.3), (0.9, 0.45, 0), (0.4, 0.1, 0.5))
    )
    base = Style(body, size, leading=leading)
    label = base.but(
        bold=rng.random() < 0.45,
        size=size * rng.choice((1, 1, 0.85, 0.75)),
        colour=rng.choice(((0, 0, 0), (0, 0, 0), (0.4, 0.4, 0.4), accent)),
    )
    return Look(
        base,
        Style(heading, size, leading=1.2),
        base.but(size=max(5.0, size * rng.uniform(0.7, 0.85))),
        label,
        accent,
        rng.choice(((0.93, 0.93, 0.93), (0.9, 0.94, 0.98), (0.96, 0.94, 0.88), (0.85, 0.85, 0.85))),
        rng.choice(((0, 0, 0), (0.5, 0.5, 0.5), (0.8, 0.8, 0.8), accent)),
    )


def _squeezed(rng: Random, face: fonts.Face | None) -> fonts.Face:
    assert face is not None
    squeeze = rng.choices((1.0, 0.92, 0.85, 0.78, 1.06), (62, 14, 12, 6, 6))[0]
    return face if squeeze == 1.0 else dataclasses.replace(face, squeeze=squeeze)
