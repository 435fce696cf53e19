"""The name under which a seller is registered, where the pages show the one under which he trades more plainly: a logo, a brand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, plain
from extractors.assembly.header import Choice, text_key
from extractors.assembly.legal_forms import has_legal_form, is_legal_form
from extractors.assembly.spans import JOINING, Span, Words, make_span

LONGEST_PHRASE = 6  # words that lead from one name to the other
LONGEST_NAME = 8  # words
FULLER = 0.4  # probability from which a fuller name is one
LOGO_SIZE = 1.15  # of the letters of a fuller name without a legal form
SHORTEST_WORD = 3  # letters by which a word is known again
MORE_WORDS = 4  # of a name that goes on, with its legal form
_ENDS_SENTENCE = re.compile(r"[^\W\d_]{3,}\.$")
_ENDS = (".", ",", ";", ":")


def registered_name(words: Words, probabilities: NDArray[np.float32], choice: Choice | None, names: Sequence[Span]) -> Choice | None:
    """The seller's ``choice``, or the name that stands behind it and "is a trading name of", or, where it has no legal form, the fuller of the ``names``
    that holds its words in their order: with a legal form, or in smaller letters."""
    if choice is None or has_legal_form(str(choice.value)):
        return choice
    legal = _behind_phrase(words, text_key(str(choice.value)))
    if not legal:
        legal = _begun_by(words, str(choice.value))
    if not legal:
        fuller = (span for span in names if span.label == choice.span.label and _is_fuller(words, choice, span))
        legal = max((span.words for span in fuller), key=lambda found: words.size_list[found[0]], default=())
    if not legal:
        return choice
    span = make_span(words, choice.span.label, legal, probabilities)
    text = span.text.rstrip(",;:")
    return Choice(text[:-1] if _ENDS_SENTENCE.search(text) else text, span, choice.probability)


def _behind_phrase(words: Words, key: str) -> tuple[int, ...]:
    """The words of the name behind the phrase that follows the name ``key`` somewhere; empty where none does."""
    for line in words.words_of_line.values():
        texts = [words.texts[i] for i in line]
        for k in range(1, len(line) - 1):
            if not key.endswith(text_key(texts[k - 1]) or " "):
                continue
            n = next((n for n in range(LONGEST_PHRASE, 1, -1) if announces("called", plain(" ".join(texts[k : k + n])))), 0)
            begins = n and k + n < len(line) and texts[k + n][:1].isupper()
            if begins and any(text_key(" ".join(texts[start:k])) == key for start in range(max(k - LONGEST_NAME, 0), k)):
                return tuple(_name_from(words, line[k + n :]))
    return ()


def _begun_by(words: Words, name: str) -> tuple[int, ...]:
    """The words of a longer name with a legal form that begins a line of text with those of ``name`` ("Nordwind", "Nordwind Kiel, Handels-GmbH")."""
    own = [plain(text) for text in name.split()]
    for line in words.words_of_line.values():
        texts = [words.texts[i] for i in line]
        if [plain(text) for text in texts[: len(own)]] != own:
            continue
        for n in range(len(own) + 2, min(len(own) + MORE_WORDS, len(line)) + 1):
            between = texts[len(own) : n - 1]
            if is_legal_form(texts[n - 1]) and all(text[:1].isupper() for text in between) and _is_one_text(words, line[:n]):
                return tuple(line[:n])
    return ()


def _is_one_text(words: Words, members: Sequence[int]) -> bool:
    return all(words.box_list[b][0] - words.box_list[a][2] < words.size_list[a] for a, b in pairwise(members))


def _name_from(words: Words, line: Sequence[int]) -> Sequence[int]:
    """The words of a name at the beginning of a text: up to its legal form, or else the end of a sentence."""
    texts = [words.texts[i] for i in line[:LONGEST_NAME]]
    for n in range(2, len(texts) + 1):
        if is_legal_form(texts[n - 1]):
            return line[: max(m for m in range(n, len(texts) + 1) if is_legal_form(" ".join(texts[n - 1 : m])))]
    end = next((n for n, text in enumerate(texts, 1) if text.endswith(_ENDS) and len(text) > SHORTEST_WORD), len(texts))
    return line[:end]


def _is_a_logo(words: Words, short: Span, long: Span) -> bool:
    return words.size_list[short.first] > LOGO_SIZE * words.size_list[long.first]


def _is_fuller(words: Words, choice: Choice, span: Span) -> bool:
    """Whether ``span`` shows the words of a name in their order and more of it."""
    short, long = str(choice.value), span.text
    own = [key for word in short.split() if len(key := text_key(word)) >= SHORTEST_WORD]
    letters = text_key(long)
    at = 0
    for key in own:
        at = letters.find(key, at)
        if at < 0:
            return False
        at += len(key)
    said_more = len(letters) > len(text_key(short)) and long.split()[-1].casefold() not in JOINING
    return (
        bool(own)
        and said_more
        and span.probability >= FULLER
        and len(span.words) <= LONGEST_NAME
        and (has_legal_form(long) or (letters.startswith(text_key(short)[:1]) and _is_a_logo(words, choice.span, span)))
    )
