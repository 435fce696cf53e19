"""What readers and scanners do to words: lose, split, glue and misread them, and shift their boxes. Labels follow the words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from extractors.training.sample import LabelledDocument
from extractors.words import Page

CONFUSED = (
    ("0", "O"), ("O", "0"), ("1", "l"), ("l", "1"), ("I", "l"), ("5", "S"), ("S", "5"), ("8", "B"), ("B", "8"), ("2", "Z"), ("rn", "m"),
    ("m", "rn"), ("6", "b"), ("cl", "d"), ("e", "c"), ("ü", "u"), ("é", "e"), ("ö", "o"), ("ß", "B"), (".", ","), (",", "."), (":", "."),
    ("-", ""), ("ll", "II"), ("vv", "w"), ("g", "q"),
)  # fmt: skip


@dataclass(slots=True)
class _Word:
    text: str
    box: list[float]
    size: float
    bold: bool
    label: int
    group: int
    start: bool


@dataclass(frozen=True, slots=True)
class Noise:
    """Chances per word, and ``jitter``: standard deviation of box edges in points."""

    drop: float = 0.0
    split: float = 0.0
    glue: float = 0.0
    misread: float = 0.0
    jitter: float = 0.0


def some_noise(rng: Random) -> Noise | None:
    """The noise of one document; most have none."""
    kind = rng.random()
    if kind < 0.72:
        return None
    if kind < 0.86:  # a text layer that cuts words otherwise
        return Noise(split=rng.choice((0.0, 0.02, 0.05)), glue=rng.choice((0.0, 0.02, 0.05)), jitter=0.2)
    strength = rng.choice((0.3, 1.0, 2.0))  # a scan
    return Noise(0.006 * strength, 0.01 * strength, 0.015 * strength, 0.02 * strength, 0.6 * strength)


def noisy(document: LabelledDocument, rng: Random) -> LabelledDocument:
    """The document as another reader might have read it; the same object when no noise falls to it."""
    noise = some_noise(rng)
    if noise is None:
        return document
    pages: list[Page] = []
    labels: list[NDArray[np.int16]] = []
    groups: list[NDArray[np.int32]] = []
    starts: list[NDArray[np.bool_]] = []
    for page, page_labels, page_groups, page_starts in zip(document.pages, document.labels, document.groups, document.starts, strict=True):
        words = [
            _Word(text, [float(v) for v in box], float(size), bool(bold), int(label), int(group), bool(start))
            for text, box, size, bold, label, group, start in zip(
                page.texts, page.boxes, page.sizes, page.bold, page_labels, page_groups, page_starts, strict=True
            )
        ]
        words = _glued(_split([w for w in words if rng.random() >= noise.drop], noise, rng), noise, rng)
        for word in words:
            if rng.random() < noise.misread:
                word.text = misread(word.text, rng)
            if noise.jitter:
                word.box = [v + rng.gauss(0, noise.jitter) for v in word.box]
                word.box[2], word.box[3] = max(word.box[2], word.box[0] + 1), max(word.box[3], word.box[1] + 1)
        pages.append(
            replace(
                page,
                texts=tuple(w.text for w in words),
                boxes=np.array([w.box for w in words], np.float32).reshape(-1, 4),
                sizes=np.array([w.size for w in words], page.sizes.dtype),
                bold=np.array([w.bold for w in words], page.bold.dtype),
                confidences=np.zeros(0, np.float32),
            )
        )
        labels.append(np.array([w.label for w in words], page_labels.dtype))
        groups.append(np.array([w.group for w in words], page_groups.dtype))
        starts.append(np.array([w.start for w in words], page_starts.dtype))
    return replace(document, pages=tuple(pages), labels=tuple(labels), groups=tuple(groups), starts=tuple(starts))


def misread(text: str, rng: Random) -> str:
    """``text`` with one letter or digit taken for another, as scans do it."""
    fitting = [(a, b) for a, b in CONFUSED if a in text]
    if not fitting:
        return text
    wrong, right = rng.choice(fitting)
    at = rng.choice([i for i in range(len(text)) if text.startswith(wrong, i)])
    return text[:at] + right + text[at + len(wrong) :] or text


def _split(words: list[_Word], noise: Noise, rng: Random) -> list[_Word]:
    out: list[_Word] = []
    for word in words:
        n = len(word.text)
        if n < 4 or rng.random() >= noise.split:
            out.append(word)
            continue
        marks = [i + 1 for i, c in enumerate(word.text[:-1]) if not c.isalnum()]
        at = rng.choice(marks) if marks and rng.random() < 0.7 else rng.randrange(1, n)
        x0, y0, x1, y1 = word.box
        middle = x0 + (x1 - x0) * at / n
        out.append(replace(word, text=word.text[:at], box=[x0, y0, middle, y1]))
        out.append(replace(word, text=word.text[at:], box=[middle + 0.3, y0, x1, y1], start=False))
    return out


def _glued(words: list[_Word], noise: Noise, rng: Random) -> list[_Word]:
    out: list[_Word] = []
    for word in words:
        last = out[-1] if out else None
        if last is not None and rng.random() < noise.glue and _may_glue(last, word):
            ahead = last if last.label else word
            box = [last.box[0], min(last.box[1], word.box[1]), word.box[2], max(last.box[3], word.box[3])]
            out[-1] = _Word(last.text + word.text, box, last.size, last.bold, ahead.label, ahead.group, ahead.start)
        else:
            out.append(word)
    return out


def _may_glue(left: _Word, right: _Word) -> bool:
    """Neighbours on a line with a narrow gap whose labels do not contradict each other; amounts stay apart from other numbers."""
    gap = right.box[0] - left.box[2]
    if abs(left.box[1] - right.box[1]) > 2 or not -1 < gap < 0.6 * max(left.size, 4):
        return False
    if left.label and right.label and (left.label, left.group) != (right.label, right.group):
        return False
    return not (left.text[-1:].isdigit() and right.text[:1].isdigit() and (left.label or right.label))
