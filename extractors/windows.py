"""Windows over a document of any length: every word lies in one window's core exactly once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.features import NEIGHBOURS, WordFeatures

WINDOW_WORDS = 640
OVERLAP_WORDS = 128


@dataclass(frozen=True, slots=True)
class Window:
    """Words ``start`` to ``stop`` are shown to the network, of which ``core_start`` to ``core_stop`` are taken from it."""

    start: int
    stop: int
    core_start: int
    core_stop: int


def windows(length: int, *, size: int = WINDOW_WORDS, overlap: int = OVERLAP_WORDS) -> list[Window]:
    """Cut ``length`` words into windows of at most ``size`` that overlap by ``overlap``; cores meet in the middle of the overlaps."""
    if length <= size:
        return [Window(0, length, 0, length)] if length else []
    step = size - overlap
    count = -(-(length - overlap) // step)
    result: list[Window] = []
    core = 0
    for i in range(count):
        start = min(i * step, length - size)
        stop = start + size
        core_stop = length if i == count - 1 else stop - overlap // 2
        result.append(Window(start, stop, core, core_stop))
        core = core_stop
    return result


def cut(features: WordFeatures, window: Window) -> WordFeatures:
    """The window's part of a document's features: neighbours count from the window's start (own index where they lie outside)."""
    part = slice(window.start, window.stop)
    size = window.stop - window.start
    near = features.neighbours[part] - window.start
    own = np.arange(size, dtype=np.int32)[:, None].repeat(NEIGHBOURS, 1)
    return WordFeatures(
        features.ngrams[part],
        features.shape[part],
        features.layout[part],
        np.where((near < 0) | (near >= size), own, near).astype(np.int32),
        features.position[part],
        features.page[part],
        features.meaning[part],
    )
