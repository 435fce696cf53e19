"""Word features of the specialist: what the network sees of a page. NumPy only, shared by training and inference.

A word is described by hashed character n-grams (no vocabulary, so an unseen word still has parts that were seen), by shape and
typography, by geometry, by what it means (`extractors.word_vectors`), and by arithmetic: whether a number is a product on its line, a sum of
other numbers, the sum of a column or a percentage of another is visible to the network before it tags anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from extractors.arithmetic_features import mark_columns, mark_percentages, mark_products, mark_sums
from extractors.word_vectors import VECTOR_SIZE, word_vectors
from extractors.words import Document, Page

NGRAM_BUCKETS = 32768
NGRAMS_PER_WORD = 20
SHAPE_FEATURES = 24
LAYOUT_FEATURES = 30
NEIGHBOURS = 4  # left, right, above, below

_AMOUNT = re.compile(
    r"^[\(\-+–−]?\s*(?:[A-Z]{3}|[^\w\s\d.,'()-]{1,3})?\s*[\-–−]?\d{1,3}(?:[.,'’\s]?\d{3})*(?:[.,]\d{1,4})?\s*(?:[A-Z]{3}|[^\w\s\d.,'()-]{1,3})?[\)\-]?(?:,-|,–)?$"
)
_DECIMALS = re.compile(r"[.,]\d{2}\D{0,4}$")
_DATE = re.compile(
    r"^\W?(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[-.][A-Za-zçûéäöü]{3,9}[-.]\d{2,4})\W?$"
)
_VAT_ID = re.compile(r"^[A-Z]{2,3}[-.]?[\dA-Z][\dA-Z.\-]{6,14}$")
_IBAN = re.compile(r"^[A-Z]{2}\d{2}(?:[\dA-Z]{0,30})$")
_CURRENCIES = frozenset(
    "EUR USD GBP CHF CAD AUD INR SEK DKK NOK CZK PLN TRY HUF RON BRL MXN JPY CNY AED SAR ZAR NZD SGD HKD "  # noqa: SIM905
    "€ $ £ ¥ ₹ kr zł Kč TL ₺ Ft lei R$ Fr. SFr.".split()
)
_DIGITS = str.maketrans("123456789", "000000000")


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """Features of n words of one document.

    Shapes: ``ngrams`` [n, 20] uint16 (0 = padding), ``shape`` [n, 24] float32, ``layout`` [n, 30] float32, ``neighbours`` [n, 4] int32
    (index of a word, or the word's own index where there is none), ``position`` [n, 3] float32 (x0, x1, y centre in points; y runs on
    through the pages), ``page`` [n] int32 (index of the page), ``meaning`` [n, 64] int8 (see `extractors.word_vectors`).
    """

    ngrams: NDArray[np.uint16]
    shape: NDArray[np.float32]
    layout: NDArray[np.float32]
    neighbours: NDArray[np.int32]
    position: NDArray[np.float32]
    page: NDArray[np.int32]
    meaning: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.page)


def document_features(document: Document) -> WordFeatures:
    """Features of all words, pages in order. A document without words gives arrays of length 0."""
    pages = [page for page in document.pages if len(page)]
    if not pages:
        return WordFeatures(
            np.zeros((0, NGRAMS_PER_WORD), np.uint16),
            np.zeros((0, SHAPE_FEATURES), np.float32),
            np.zeros((0, LAYOUT_FEATURES), np.float32),
            np.zeros((0, NEIGHBOURS), np.int32),
            np.zeros((0, 3), np.float32),
            np.zeros(0, np.int32),
            np.zeros((0, VECTOR_SIZE), np.int8),
        )
    texts = [text for page in pages for text in page.texts]
    described = [_describe(text) for text in texts]
    ngrams = np.stack([d[0] for d in described])
    shape = np.stack([d[1] for d in described])
    values = np.array([d[2] for d in described])
    sizes = np.concatenate([page.sizes for page in pages])
    median_size = float(np.median(sizes)) or 10.0

    layouts: list[NDArray[np.float32]] = []
    neighbours: list[NDArray[np.int32]] = []
    positions: list[NDArray[np.float32]] = []
    page_index: list[NDArray[np.int32]] = []
    offset, y_offset = 0, 0.0
    last = len(document.pages)
    for page in pages:
        n = len(page)
        layout, near, lines = _page_layout(page, median_size)
        layout[:, 16] = page.number == 1
        layout[:, 17] = page.number == last
        layout[:, 18] = min(page.number, 10) / 10
        mark_products(layout, lines, values[offset : offset + n])
        layouts.append(layout)
        neighbours.append(near + np.int32(offset))
        centre = (page.boxes[:, 1] + page.boxes[:, 3]) / 2 + y_offset
        positions.append(np.stack([page.boxes[:, 0], page.boxes[:, 2], centre.astype(np.float32)], axis=1))
        page_index.append(np.full(n, page.number - 1, np.int32))
        offset += n
        y_offset += page.height_pt
    layout = np.concatenate(layouts)
    position = np.concatenate(positions).astype(np.float32)
    mark_sums(layout, values)
    mark_columns(layout, values, position)
    mark_percentages(layout, values, texts)
    if len(pages) > 1:
        layout[:, 29] = _repeated(texts, pages)
    return WordFeatures(
        ngrams,
        shape,
        layout,
        np.concatenate(neighbours),
        position,
        np.concatenate(page_index),
        word_vectors(texts),
    )


def rough_number(text: str) -> float:
    """The number that a token shows, whatever its locale; NaN where it shows none. For features only: values are parsed by the assembly."""
    core = text.strip("()[]:;*€$£¥₹ +").rstrip("%-–").lstrip("-–−")
    core = core.removesuffix(",")
    if not core or (not core[0].isdigit() and core[0] not in ".,"):
        core = core.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ€$£. ")
    while core and not core[-1].isdigit():
        core = core[:-1]
    if not core or not core[0].isdigit() or not all(c.isdigit() or c in ".,'’  " for c in core):
        return float("nan")
    mark = max(core.rfind("."), core.rfind(","))
    digits_after = len(core) - mark - 1
    if mark >= 0 and (digits_after != 3 or core[:mark].strip("0") == "") and core.count(core[mark]) == 1:
        whole, fraction = core[:mark], core[mark + 1 :]
    else:
        whole, fraction = core, ""
    whole, fraction = re.sub(r"\D", "", whole), re.sub(r"\D", "", fraction)
    if len(whole) > 12:
        return float("nan")
    return float(f"{whole or '0'}.{fraction or '0'}")


@lru_cache(maxsize=65536)
def _describe(text: str) -> tuple[NDArray[np.uint16], NDArray[np.float32], float]:
    plain = unicodedata.normalize("NFKC", text).strip()
    folded = plain.casefold()
    ngrams = _ngrams(folded)
    digits = sum(c.isdigit() for c in plain)
    letters = sum(c.isalpha() for c in plain)
    uppers = sum(c.isupper() for c in plain)
    length = max(len(plain), 1)
    value = rough_number(plain)
    known = value == value  # not NaN
    upper = plain.upper().strip(".,;:()")
    shape = np.zeros(SHAPE_FEATURES, np.float32)
    shape[:] = (
        min(length, 30) / 10,
        digits / length,
        letters / length,
        uppers / length,
        plain[:1].isupper(),
        letters > 1 and uppers == letters,
        bool(_AMOUNT.match(plain)) and digits > 0,
        bool(_DECIMALS.search(plain)),
        bool(_DATE.match(plain)),
        plain.endswith("%"),
        plain.endswith(":"),
        plain.rstrip(".").rstrip(":") in _CURRENCIES,
        bool(re.search(r"[€$£¥₹]", plain)),
        bool(_VAT_ID.match(upper)) and digits >= 5,
        bool(_IBAN.match(upper)),
        "@" in plain or "www." in folded or "://" in folded,
        digits == length,
        plain.startswith(("-", "–", "−", "(")) or plain.endswith("-"),
        np.log1p(value) / 10 if known else 0.0,
        known,
        known and value == int(value),
        min(digits, 20) / 10,
        bool(re.search(r"\d", plain)) and letters > 0,
        bool(re.search(r"[/\\_#|]", plain)),
    )
    is_amount = known and shape[6] > 0 and shape[8] == 0 and not (len(plain) > 6 and digits == length)
    return ngrams, shape, value if is_amount else float("nan")


def _ngrams(folded: str) -> NDArray[np.uint16]:
    pattern = folded.translate(_DIGITS)
    marked = f"^{pattern[:40]}$"
    grams = [f"w{folded[:40]}", f"p{pattern[:40]}"]
    grams += [f"a{marked[:k]}" for k in (3, 4, 5) if len(marked) > k]
    grams += [f"z{marked[-k:]}" for k in (3, 4, 5) if len(marked) > k]
    trigrams = [f"t{marked[i : i + 3]}" for i in range(1, max(len(marked) - 3, 2))]
    room = NGRAMS_PER_WORD - len(grams)
    if len(trigrams) > room:  # spread over the word rather than cut its end
        trigrams = [trigrams[round(i * (len(trigrams) - 1) / (room - 1))] for i in range(room)]
    grams += trigrams
    ids = np.zeros(NGRAMS_PER_WORD, np.uint16)
    for i, gram in enumerate(grams[:NGRAMS_PER_WORD]):
        ids[i] = crc32(gram.encode()) % (NGRAM_BUCKETS - 1) + 1
    return ids


def _page_layout(page: Page, median_size: float) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """Layout features [n, 30], neighbour indices [n, 4] and the line number [n] of every word of a page."""
    n = len(page)
    boxes = page.boxes.astype(np.float32)
    x0, y0, x1, y1 = boxes.T
    height = np.maximum(y1 - y0, 1.0)
    size = np.where(page.sizes > 0, page.sizes, height).astype(np.float32)
    centre_y = (y0 + y1) / 2
    own = np.arange(n, dtype=np.int32)

    near = np.tile(own[:, None], (1, NEIGHBOURS))
    gaps = np.full((n, NEIGHBOURS), 20.0, np.float32)
    for start in range(0, n, 512):  # blocks keep the pairwise matrices small on crowded pages
        rows = slice(start, min(start + 512, n))
        dy = np.abs(centre_y[None, :] - centre_y[rows, None])
        same_line = dy < 0.45 * np.maximum(height[rows, None], height[None, :])
        em = size[rows, None]
        right = (x0[None, :] - x1[rows, None]) / em
        left = (x0[rows, None] - x1[None, :]) / em
        down = (y0[None, :] - y1[rows, None]) / em
        up = (y0[rows, None] - y1[None, :]) / em
        overlap = np.minimum(x1[None, :], x1[rows, None]) - np.maximum(x0[None, :], x0[rows, None])
        distances = (
            np.where(same_line & (left > -0.6), left, np.inf),
            np.where(same_line & (right > -0.6), right, np.inf),
            np.where(~same_line & (overlap > 0) & (up > -0.5), up, np.inf),
            np.where(~same_line & (overlap > 0) & (down > -0.5), down, np.inf),
        )
        for k, distance in enumerate(distances):
            distance[np.arange(distance.shape[0]), own[rows]] = np.inf
            best = distance.argmin(axis=1)
            found = distance[np.arange(distance.shape[0]), best]
            ok = np.isfinite(found)
            near[rows, k] = np.where(ok, best, own[rows])
            gaps[rows, k] = np.where(ok, np.clip(found, 0, 20), 20.0)

    lines = line_numbers(boxes)
    layout = np.zeros((n, LAYOUT_FEATURES), np.float32)
    layout[:, 0] = x0 / page.width_pt
    layout[:, 1] = x1 / page.width_pt
    layout[:, 2] = y0 / page.height_pt
    layout[:, 3] = y1 / page.height_pt
    layout[:, 4] = np.log(size / median_size)
    layout[:, 5] = page.bold
    layout[:, 6:10] = np.log1p(gaps)
    layout[:, 10] = gaps[:, 0] >= 20
    layout[:, 11] = gaps[:, 1] >= 20
    layout[:, 12] = np.log1p(_aligned(x0))
    layout[:, 13] = np.log1p(_aligned(x1))
    layout[:, 14] = np.log1p(np.bincount(lines, minlength=1)[lines]) / 2
    layout[:, 15] = page.width_pt > page.height_pt
    letters = np.array([len(text) for text in page.texts], np.float32)
    layout[:, 28] = np.clip(np.log((x1 - x0 + 0.5) / (0.5 * letters * height)), -3, 3)  # rotated words are far narrower than their letters
    return layout, near.astype(np.int32), lines


def line_numbers(boxes: NDArray[np.float32]) -> NDArray[np.int32]:
    """Number of the text line of every box [n, 4], from the top: boxes whose vertical centres lie within 0.45 of a height."""
    n = len(boxes)
    if n == 0:
        return np.zeros(0, np.int32)
    centre = (boxes[:, 1] + boxes[:, 3]) / 2
    height = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    order = np.argsort(centre, kind="stable")
    lines = np.zeros(n, np.int32)
    line, reference, size = 0, centre[order[0]], height[order[0]]
    for i in order[1:]:
        if centre[i] - reference > 0.45 * min(max(height[i], size * 0.6), 2 * size):
            line += 1
            reference, size = centre[i], height[i]
        lines[i] = line
    return lines


def _aligned(edges: NDArray[np.float32], tolerance_pt: float = 1.5) -> NDArray[np.float32]:
    """How many other words of the page share this edge, [n]."""
    ordered = np.sort(edges)
    high = np.searchsorted(ordered, edges + tolerance_pt, side="right")
    low = np.searchsorted(ordered, edges - tolerance_pt, side="left")
    return (high - low - 1).astype(np.float32)


def _repeated(texts: list[str], pages: list[Page]) -> NDArray[np.float32]:
    """Whether the same word stands at the same place of another page, [n]: letterheads, footers, repeated table headers."""
    places = np.round(np.concatenate([page.boxes[:, :2] for page in pages]) / 3).astype(np.int64)
    keys = [(text, int(x), int(y)) for text, (x, y) in zip(texts, places, strict=True)]
    seen = Counter(keys)
    return np.array([seen[key] > 1 for key in keys], np.float32)
