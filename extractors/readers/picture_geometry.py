"""Pictures of pages made upright and level, and the way back from their pixels to points of the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.words import Placement

MAX_SKEW_DEGREES = 5.0
_MIN_SKEW_DEGREES = 0.15  # less does not matter to any engine
_PROFILE_PIXELS = 900  # longer side of the picture on which the skew is sought


@dataclass(frozen=True, slots=True)
class Straightened:
    """A picture turned by ``quarter_turns`` (clockwise), then by ``skew_degrees`` (clockwise) about its centre.

    ``size`` is the (width, height) in pixels of the picture as it was; ``pixels`` [height, width] uint8.
    """

    pixels: NDArray[np.uint8]
    size: tuple[int, int]
    quarter_turns: int = 0
    skew_degrees: float = 0.0

    def placement(self, *, width_pt: float, height_pt: float) -> Placement | None:
        """Where points of the straightened page lie on the page as it came, whose size is given; None where nothing was turned."""
        if not self.quarter_turns and not self.skew_degrees:
            return None
        height, width = self.pixels.shape
        original_width = self.size[0]
        pt = width_pt / original_width  # a page's pixels are square
        cos, sin = np.cos(np.radians(self.skew_degrees)), np.sin(np.radians(self.skew_degrees))
        centre_x, centre_y = width * pt / 2, height * pt / 2
        # Undo the skew about the centre ...
        a, b, c = cos, sin, centre_x - cos * centre_x - sin * centre_y
        d, e, f = -sin, cos, centre_y + sin * centre_x - cos * centre_y
        # ... then the quarter turns.
        match self.quarter_turns % 4:
            case 0:
                matrix = (a, b, c, d, e, f)
            case 1:
                matrix = (d, e, f, -a, -b, height_pt - c)
            case 2:
                matrix = (-a, -b, width_pt - c, -d, -e, height_pt - f)
            case _:
                matrix = (-d, -e, width_pt - f, a, b, c)
        return Placement(*(float(value) for value in matrix))


def straighten(pixels: NDArray[np.uint8], *, quarter_turns: int = 0) -> Straightened:
    """The picture turned clockwise by quarters and made level. ``pixels`` [height, width]."""
    height, width = pixels.shape
    turned = np.ascontiguousarray(np.rot90(pixels, -quarter_turns % 4))
    skew = find_skew(turned)
    if abs(skew) >= _MIN_SKEW_DEGREES:
        image = Image.fromarray(turned).rotate(-skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
        turned = np.asarray(image, np.uint8)
    else:
        skew = 0.0
    return Straightened(turned, (width, height), quarter_turns % 4, skew)


def find_skew(pixels: NDArray[np.uint8]) -> float:
    """The clockwise turn, in degrees, that makes the text level: the one after which ink gathers most in rows."""
    image = Image.fromarray(pixels)
    image.thumbnail((_PROFILE_PIXELS, _PROFILE_PIXELS))
    ink = 255 - np.asarray(image, np.int16)
    ink = np.where(ink > max(60, int(ink.max()) // 3), 255, 0).astype(np.uint8)
    if not ink.any():
        return 0.0
    small = Image.fromarray(ink)
    best, step = 0.0, 1.0
    candidates = np.arange(-MAX_SKEW_DEGREES, MAX_SKEW_DEGREES + step / 2, step)
    while step > 0.05:
        scores = [_rowness(small, float(angle)) for angle in candidates]
        best = float(candidates[int(np.argmax(scores))])
        step /= 4
        candidates = best + step * np.arange(-4, 5)
    return best if _rowness(small, best) > 1.02 * _rowness(small, 0.0) else 0.0


def _rowness(ink: Image.Image, clockwise_degrees: float) -> float:
    rows = np.asarray(ink.rotate(-clockwise_degrees, resample=Image.Resampling.BILINEAR), np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())
