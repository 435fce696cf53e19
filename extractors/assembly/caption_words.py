"""The vocabulary of captions: which kind of value a printed text announces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from extractors.data_files import read_yaml

WHOLE = 0.5  # share of a heading that its expression covers: the same in a second language may stand beside it
_NO_LETTERS = re.compile(r"[^\w#]+")
_SPECIAL = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "№": "no", "°": "o", "º": "o"})


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Small letters without accents; every run of other characters is one space, ``#`` stays."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return _NO_LETTERS.sub(" ", "".join([c for c in decomposed if not unicodedata.combining(c)])).strip()


@lru_cache(maxsize=16384)
def match(topic: str, text: str, *, whole: bool = False) -> str | None:
    """The kind of ``topic`` whose expression ends nearest to the end of ``text``, the longest of those. ``whole``: the
    expression is most of the text and stands at one of its ends."""
    best: tuple[int, int, str] | None = None
    for kind, pattern in _patterns()[topic].items():
        for found in pattern.finditer(text):
            length = found.end() - found.start()
            if whole and (length < WHOLE * len(text) or (found.start() > 0 and found.end() < len(text))):
                continue
            key = (found.end(), length, kind)
            if best is None or key[:2] > best[:2]:
                best = key
    return best[2] if best else None


@lru_cache(maxsize=16384)
def announces(topic: str, text: str) -> bool:
    """Whether ``text`` (`plain`) is, from end to end, an expression of ``topic``."""
    return any(pattern.fullmatch(text) for pattern in _patterns()[topic].values())


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    topics = cast("dict[str, dict[str, Sequence[str]]]", read_yaml("captions.yaml"))
    return {
        topic: {kind: re.compile(rf"(?<!\w)(?:{'|'.join(f'(?:{e})' for e in expressions)})(?!\w)") for kind, expressions in kinds.items()}
        for topic, kinds in topics.items()
    }
