"""Folding and canonical forms of the words of item descriptions, so that dictionary words meet printed ones.

``Schraubenschlüsselsätze`` is not in any dictionary: a word is taken as it is, else by its stem, else by the part of a compound that decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "nb", "fi", "hu"})
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "đ": "d"})
_ENDING_LETTERS = frozenset("aeiouysnrmxt")
ARABIC_ARTICLES = ("وال", "بال", "لل", "ال")  # the article, also behind "and", "with", "for": written as part of the word it belongs to
MIN_SUFFIX = 4  # letters that a compound's last part must have
MIN_PREFIX = 6


def fold(text: str) -> str:
    """Lower case without accents."""
    lowered = unicodedata.normalize("NFKD", text.lower().translate(_SPECIAL))
    return "".join(ch for ch in lowered if not unicodedata.combining(ch))


def words(text: str) -> list[str]:
    """Folded words of a text: runs of letters, with digits where they are part of the word; bare numbers and the Arabic article are left out."""
    return [_bare(word) for word in re.findall(r"[^\W_]+", fold(text)) if not word.isdigit()]


def _bare(word: str) -> str:
    article = next((form for form in ARABIC_ARTICLES if word.startswith(form) and len(word) > len(form) + 2), "")
    return word.removeprefix(article)


def stem(word: str) -> str:
    """A word without its ending: up to three trailing vowels and inflection consonants, four letters stay. Deliberately crude:
    it only has to make the forms of one word meet, in any language that writes endings."""
    end = len(word)
    while end > 4 and len(word) - end < 3 and word[end - 1] in _ENDING_LETTERS:
        end -= 1
    return word[:end]


class CanonicalWords:
    """The words of a dictionary, and the way from a printed word to one of them.

    ``known`` are all words that occur in phrases, ``single`` those that are a phrase on their own: only these may stand for a compound.
    """

    def __init__(self, *, known: Iterable[str], single: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._single = frozenset(single)
        self._by_stem: dict[str, str] = {}
        for word in sorted(self._single, key=len, reverse=True):
            if len(word) >= 4:
                self._by_stem[stem(word)] = word  # the shortest word wins
        self._cache: dict[tuple[str, bool], str] = {}

    def __call__(self, word: str, *, compounds: bool) -> str:
        """The dictionary word for ``word``, or ``word`` itself where there is none."""
        key = (word, compounds)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 100_000:
                self._cache.clear()
            found = self._cache[key] = self._find(word, compounds=compounds)
        return found

    def _find(self, word: str, *, compounds: bool) -> str:
        for form in dict.fromkeys((word, word.replace("ae", "a").replace("oe", "o").replace("ue", "u"))):
            if form in self._known:
                return form
            if len(form) >= 4 and stem(form) in self._by_stem:
                return self._by_stem[stem(form)]
            if compounds:
                part = self._part(form)
                if part:
                    return part
        return word

    def _part(self, word: str) -> str | None:
        for start in range(2, len(word) - MIN_SUFFIX + 1):  # the longest last part first
            last = word[start:]
            if last in self._single:
                return last
            root = self._by_stem.get(stem(last))
            if root is not None and len(root) >= MIN_SUFFIX and abs(len(root) - len(last)) <= 2:
                return root
        for end in range(len(word) - 2, MIN_PREFIX - 1, -1):
            if word[:end] in self._single:
                return word[:end]
        return None
