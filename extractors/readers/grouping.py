"""Glyphs to words, words to visual order: geometry only, no PDF library.

Distances are in em (multiples of the font size), so they hold for any size. The gaps were chosen on glyph advance boxes:
a space is 0.22-0.33 em wide in ordinary fonts, kerning and tracking of running text stay under 0.15 em.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extractors.readers.characters import Characters, clean_text, has_right_to_left, is_right_to_left

GAP_EM = 0.2  # wider: a new word
HINTED_GAP_EM = 0.12  # the same where the PDF library, too, took the glyphs for two words
BACKWARD_EM = 0.35  # the pen moved back further than kerning does: a new word
OVERLAP_EM = 0.2  # text drawn on its own that starts so far inside the glyph before it ran over its column: a new word
BASELINE_EM = 0.2  # superscripts and the next line start a new word
SIZE_RATIO = 1.5  # small capitals (0.7-0.8 of the size) stay in their word
PAIR_GAP_EM = 0.09  # two glyphs of one word as far apart may be letter-spaced, where their neighbours are
TOUCHING_EM = 0.08  # words drawn apart but touching are one word to the eye
_TO_OPENING, _TO_CLOSING = str.maketrans(")]}", "([{"), str.maketrans("([{", ")]}")
LINE_EM = 0.4  # words whose baselines differ less stand on one line


@dataclass(frozen=True, slots=True)
class Words:
    """Words as columns; shapes as in `extractors.words.Page`, plus ``baselines`` [n, 2], ``turns`` [n], ``skewed`` [n]
    and ``spaced`` [n]: a space character stands before the word."""

    texts: list[str]
    boxes: NDArray[np.float32]
    sizes: NDArray[np.float32]
    bold: NDArray[np.bool_]
    baselines: NDArray[np.float32]
    turns: NDArray[np.int8]
    skewed: NDArray[np.bool_]
    spaced: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)

    def select(self, order: NDArray[np.intp]) -> Words:
        """The words at the given indices, in that order."""
        return Words(
            [self.texts[i] for i in order],
            self.boxes[order],
            self.sizes[order],
            self.bold[order],
            self.baselines[order],
            self.turns[order],
            self.skewed[order],
            self.spaced[order],
        )


def group_words(characters: Characters) -> Words:
    """Words in visual order: lines from the top, left to right; turned and skewed text after all upright text, each in its own order."""
    if not len(characters):
        nothing, none = np.zeros(0, np.float32), np.zeros(0, bool)
        return Words([], nothing.reshape(0, 4), nothing, none, nothing.reshape(0, 2), nothing.astype(np.int8), none, none)
    along, across = _reading_frame(characters.boxes, characters.baselines, characters.turns)
    kept = ~_drawn_twice(characters, along, across)
    if not kept.all():
        bold = characters.bold.copy()
        bold[:-1] |= ~kept[1:]  # a glyph drawn twice is how some programs print bold
        characters = replace(characters, bold=bold).select(kept)
        along, across = along[kept], across[kept]
    breaks = _word_breaks(characters, along, across)
    breaks = _without_letter_spacing(characters, along, across, breaks)
    words = _to_words(characters, breaks)
    words = words.select(visual_order(words))
    if not is_right_to_left(characters.codes).any():
        return _join_touching(words)
    # Where a page also runs right to left, pdfium moves spaces and brackets between the directions: only the geometry counts.
    words = _join_touching(replace(words, spaced=np.zeros(len(words), bool)))
    return replace(words, texts=[_with_turned_brackets(text) for text in words.texts])


def _reading_frame(
    boxes: NDArray[np.float32], baselines: NDArray[np.float32], turns: NDArray[np.int8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where glyphs lie along their line [n, 2] (start, end) and on which baseline [n], growing downwards, whatever way the text runs."""
    x, y = boxes[:, 0::2], boxes[:, 1::2]
    vertical, backward = (turns % 2).astype(bool), turns >= 2
    along = np.where(vertical[:, None], y, x)
    along = np.where(backward[:, None], -along[:, ::-1], along)
    across = np.where(vertical, baselines[:, 0], baselines[:, 1])
    across = np.where((turns == 1) | (turns == 2), -across, across)
    return along.astype(np.float32), across.astype(np.float32)


def _drawn_twice(characters: Characters, along: NDArray[np.float32], across: NDArray[np.float32]) -> NDArray[np.bool_]:
    """[n] true for a glyph that repeats the one before it at nearly the same place."""
    twice = np.zeros(len(characters), bool)
    width = along[1:, 1] - along[1:, 0]
    size = characters.sizes[1:]
    twice[1:] = (
        (characters.codes[1:] == characters.codes[:-1])
        & (np.abs(along[1:, 0] - along[:-1, 0]) < np.minimum(0.12 * size, 0.5 * width))
        & (np.abs(across[1:] - across[:-1]) < 0.12 * size)
        & (characters.turns[1:] == characters.turns[:-1])
        & ~characters.piece[1:]
    )
    return twice


def _word_breaks(characters: Characters, along: NDArray[np.float32], across: NDArray[np.float32]) -> NDArray[np.bool_]:
    """[n] true where a word starts."""
    n = len(characters)
    breaks = np.ones(n, bool)
    if n < 2:
        return breaks
    size, before = characters.sizes[1:], characters.sizes[:-1]
    em = np.minimum(size, before)
    leftward = is_right_to_left(characters.codes)
    leftward = leftward[1:] | leftward[:-1]
    forward_gap = along[1:, 0] - along[:-1, 1]
    gap = np.where(leftward, np.maximum(forward_gap, along[:-1, 0] - along[1:, 1]), forward_gap)
    moved_back = ~leftward & (along[1:, 0] - along[:-1, 0] < -BACKWARD_EM * em)
    run_over = ~leftward & characters.starts_run[1:] & (forward_gap < -OVERLAP_EM * em)
    off_line = np.abs(across[1:] - across[:-1]) > BASELINE_EM * em
    skewed = characters.skewed[1:] & characters.skewed[:-1]
    geometric = (gap > np.where(characters.hinted[1:], HINTED_GAP_EM, GAP_EM) * em) | moved_back | run_over | off_line
    breaks[1:] = (
        characters.spaced[1:]
        | (geometric & ~skewed)
        | (np.maximum(size, before) > SIZE_RATIO * em)
        | (characters.turns[1:] != characters.turns[:-1])
        | (characters.skewed[1:] != characters.skewed[:-1])
    )
    return breaks


def _without_letter_spacing(
    characters: Characters, along: NDArray[np.float32], across: NDArray[np.float32], breaks: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Breaks without those inside a letter-spaced word: four or more single letters at even distances ("R E C H N U N G").

    Digits are joined only where no space character stands between them: "1 2 3 4" may be four columns.
    """
    if np.count_nonzero(np.diff(np.append(np.flatnonzero(breaks), len(breaks))) == 1) < 4:
        return breaks
    pairs = _spaced_pairs(characters, along, breaks)
    breaks = breaks.copy()
    breaks[pairs] = True
    starts = np.flatnonzero(breaks)
    single = np.diff(np.append(starts, len(breaks))) == 1
    apart = breaks.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], single, [False])).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first < 4:
            continue
        glyphs = starts[first:last]
        sizes = characters.sizes[glyphs]
        other = (np.abs(np.diff(across[glyphs])) >= BASELINE_EM * sizes[1:]) & (np.abs(np.diff(sizes)) >= 0.1 * sizes[1:])
        for lines in np.split(glyphs, np.flatnonzero(other) + 1):  # of one size
            for run in _even_runs(characters, along, across, lines):
                breaks[run[1:]] = False
                apart[run] = False
    breaks[pairs[apart[pairs] & apart[pairs - 1]]] = False
    return breaks


def _spaced_pairs(characters: Characters, along: NDArray[np.float32], breaks: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The second glyphs of two-letter words whose letters stand apart: of letter-spaced words some pairs are nearer, by kerning."""
    starts = np.flatnonzero(breaks)
    pairs = starts[np.diff(np.append(starts, len(breaks))) == 2]
    pairs = pairs[~is_right_to_left(characters.codes[pairs])]
    gaps = (along[pairs + 1, 0] - along[pairs, 1]) / np.maximum(characters.sizes[pairs], 0.1)
    return pairs[gaps > PAIR_GAP_EM] + 1


def _even_runs(
    characters: Characters, along: NDArray[np.float32], across: NDArray[np.float32], glyphs: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    sizes = characters.sizes[glyphs]
    gaps = (along[glyphs[1:], 0] - along[glyphs[:-1], 1]) / np.maximum(sizes[:-1], 0.1)
    letters = np.array([chr(code).isalpha() for code in characters.codes[glyphs].tolist()])
    same_line = (np.abs(np.diff(across[glyphs])) < BASELINE_EM * sizes[1:]) & (np.diff(characters.turns[glyphs]) == 0)
    joinable = (
        same_line
        & ~characters.skewed[glyphs[1:]]
        & (gaps > 0)
        & (gaps < 1.2)
        & (sizes[:-1] < SIZE_RATIO * sizes[1:])  # small capitals behind a large one
        & (sizes[:-1] > 0.9 * sizes[1:])
        & ((letters[1:] & letters[:-1]) | (~characters.spaced[glyphs[1:]] & (gaps < 0.6)))
    )
    if np.count_nonzero(joinable) < 3:
        return []
    usual = float(np.median(gaps[joinable]))
    joined = joinable & (gaps < usual * 1.35 + 0.02)
    runs = np.split(glyphs, np.flatnonzero(~joined) + 1)
    if max(len(run) for run in runs) < 4:
        return []
    apart = usual * 1.35 + 0.02
    # Short words beside an evenly spaced long one are spaced the same way; words as near to others as to each other ("5 L - 1 L") are words.
    return [run for run in runs if len(run) >= 2 and _stands_alone(characters, along, across, run, apart, glyphs)]


def _stands_alone(
    characters: Characters,
    along: NDArray[np.float32],
    across: NDArray[np.float32],
    run: NDArray[np.intp],
    apart_em: float,
    glyphs: NDArray[np.intp],
) -> bool:
    """Whether the words before and after a run of single glyphs are further away than the glyphs are from each other."""
    for left, right in ((int(run[0]) - 1, int(run[0])), (int(run[-1]), int(run[-1]) + 1)):
        if left < 0 or right >= len(characters) or (left in glyphs and right in glyphs):
            continue
        size = max(float(characters.sizes[left]), 0.1)
        if abs(across[right] - across[left]) < BASELINE_EM * size and 0 < (along[right, 0] - along[left, 1]) / size < apart_em:
            return False
    return True


def _to_words(characters: Characters, breaks: NDArray[np.bool_]) -> Words:
    starts = np.flatnonzero(breaks)
    ends = np.append(starts[1:], len(breaks))
    page = characters.codes.astype("<u4").tobytes().decode("utf-32-le", errors="replace")
    texts = [clean_text(page[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    upper = np.minimum.reduceat(characters.boxes[:, :2], starts)
    lower = np.maximum.reduceat(characters.boxes[:, 2:], starts)
    words = Words(
        texts,
        np.concatenate((upper, lower), axis=1),
        np.maximum.reduceat(characters.sizes, starts),
        np.add.reduceat(characters.bold.astype(np.int32), starts) * 2 > ends - starts,
        characters.baselines[starts],
        characters.turns[starts],
        characters.skewed[starts],
        characters.spaced[starts],
    )
    return words.select(np.array([i for i, text in enumerate(texts) if text], np.intp))


def _with_turned_brackets(text: str) -> str:
    """A left-to-right word with its outer brackets facing inwards: pdfium mirrors them on lines that also run right to left."""
    if len(text) < 2 or has_right_to_left(text):
        return text
    return text[0].translate(_TO_OPENING) + text[1:-1] + text[-1].translate(_TO_CLOSING)


def visual_order(words: Words) -> NDArray[np.intp]:
    """[n] indices: upright words line by line, then words turned by a quarter, a half, three quarters, then skewed ones."""
    along, across = _reading_frame(words.boxes, words.baselines, words.turns)
    order: list[int] = []
    kinds = np.where(words.skewed, 4, words.turns)
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        if kind == 4:
            order.extend(members.tolist())
            continue
        order.extend(_line_order(members, along[:, 0], across, words.sizes))
    return np.array(order, np.intp)


def _line_order(
    members: NDArray[np.intp], start: NDArray[np.float32], baseline: NDArray[np.float32], sizes: NDArray[np.float32]
) -> list[int]:
    by_baseline = members[np.argsort(baseline[members], kind="stable")]
    order: list[int] = []
    line: list[int] = []
    line_baseline = line_size = 0.0
    for word, base, size in zip(by_baseline.tolist(), baseline[by_baseline].tolist(), sizes[by_baseline].tolist(), strict=True):
        if line and base - line_baseline > LINE_EM * min(size, line_size):
            order.extend(sorted(line, key=start.__getitem__))
            line = []
        if not line:
            line_baseline, line_size = base, size
        line_size = min(line_size, size)
        line.append(word)
    order.extend(sorted(line, key=start.__getitem__))
    return order


def _join_touching(words: Words) -> Words:
    """Words in visual order, without repetitions at the same place and with neighbours that touch made one."""
    if len(words) < 2:
        return words
    along, across = _reading_frame(words.boxes, words.baselines, words.turns)
    em = np.minimum(words.sizes[1:], words.sizes[:-1])
    same_line = (
        (np.abs(np.diff(across)) < BASELINE_EM * em) & (words.turns[1:] == words.turns[:-1]) & ~words.skewed[1:] & ~words.skewed[:-1]
    )
    repeated = same_line & (np.abs(np.diff(along[:, 0])) < 0.15 * em) & (np.abs(np.diff(along[:, 1])) < 0.15 * em)
    gap = along[1:, 0] - along[:-1, 1]
    touching = (
        same_line & (np.abs(gap) < TOUCHING_EM * em) & ~words.spaced[1:] & (np.maximum(words.sizes[1:], words.sizes[:-1]) < SIZE_RATIO * em)
    )
    if not (repeated.any() or touching.any()):
        return words
    texts = list(words.texts)
    boxes, bold = words.boxes.copy(), words.bold.copy()
    kept: list[int] = [0]
    for i in range(1, len(words)):
        last = kept[-1]
        if repeated[i - 1] and last == i - 1 and texts[i] == texts[last]:
            bold[last] = True
        elif touching[i - 1] and not has_right_to_left(texts[i]) and not has_right_to_left(texts[last]):
            texts[last] += texts[i]
            boxes[last, :2] = np.minimum(boxes[last, :2], boxes[i, :2])
            boxes[last, 2:] = np.maximum(boxes[last, 2:], boxes[i, 2:])
        else:
            kept.append(i)
    joined = Words(texts, boxes, words.sizes, bold, words.baselines, words.turns, words.skewed, words.spaced)
    return joined.select(np.array(kept, np.intp))
