"""Names, identifiers and bank account of the header, each from all places where the page shows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.assembly.caption_words import announces, plain
from extractors.assembly.glued import glued_naming, without_label
from extractors.assembly.spans import Span, Words

_LABEL_PREFIX = re.compile(r"^[^\d:#°]{1,30}[:#°]+\s*(?=\S)")
LONGEST_NAMING = 3  # words of a label such as "Name" or "Raison sociale"
SHORTEST_REPEATED = 5  # characters
_GLUED_VAT_LABEL = re.compile(r"^[^\d]{3,}?[.\-:]+(?=[A-Z]{2}[\dA-Z]*\d{5})")
_SHORT_VAT_LABEL = re.compile(r"^(?:ID|UID|VAT|NIP|NIF|CIF|TIN|EIN|BTW|TVA|PIVA|CUI|ABN|GSTIN|NR|N[ºO]?[.:º])[:.]*(?=\d)")


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen value, the span that shows it best, and the support for it over all spans that read the same."""

    value: str | date
    span: Span
    probability: float


def text_key(text: str) -> str:
    """Letters and digits of a text, casefolded: the identity of a printed name or number."""
    return re.sub(r"[^\w]+|_", "", unicodedata.normalize("NFKC", text).casefold())


def clean_identifier(text: str) -> str:
    """An identifier without the label that may be glued in front of it and without punctuation around it."""
    return without_label(_LABEL_PREFIX.sub("", text).strip(" .,;:#|*"))


def clean_name(text: str) -> str:
    """A party's name without a label in front of it and without separators around it; of a name that is printed twice, the fuller one."""
    words = _LABEL_PREFIX.sub("", text).strip(" ,;:|·•–-*").split()
    for k in range(min(LONGEST_NAMING, len(words) - 1), 0, -1):
        if announces("naming", plain(" ".join(words[:k]))) and not words[k][0].islower():
            words = words[k:]
            break
    if words:
        words[0] = words[0][len(glued_naming(words[0])) :]
    for k in range(1, len(words)):
        first, rest = text_key(" ".join(words[:k])), text_key(" ".join(words[k:]))
        if len(first) >= SHORTEST_REPEATED and rest.startswith(first) and text_key(words[k - 1]) and text_key(words[k]):
            words = words[k:]
            break
    return " ".join(words)


def clean_vat_id(text: str) -> str:
    """A VAT id without spaces and without a glued label."""
    compact = re.sub(r"\s+", "", clean_identifier(text)).upper().strip("()[]")
    compact = _SHORT_VAT_LABEL.sub("", compact)
    glued = _GLUED_VAT_LABEL.match(compact)
    return compact[glued.end() :] if glued else compact


def iban_is_valid(text: str) -> bool:
    """Check digits (ISO 7064 mod 97-10) and a length between 15 and 34."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def choose_iban(spans: Sequence[Span], words: Words) -> Choice | None:
    """The first valid IBAN among the tagged spans, else the likeliest. A span is completed from, or cut back to, the words of its line where that makes
    the check digits right."""
    candidates: list[Choice] = []
    for span in sorted(spans, key=lambda s: s.first):
        compact = re.sub(r"[^0-9A-Z]", "", clean_identifier(span.text).upper())
        compact = re.sub(r"^(?:IBAN)", "", compact)
        if iban_is_valid(compact):
            return Choice(compact, span, span.probability)
        completed = _complete_iban(span, words)
        if completed:
            return Choice(completed, span, span.probability)
        if re.match(r"[A-Z]{2}\d{2}", compact) and len(compact) >= 15:
            candidates.append(Choice(compact, span, span.probability))
    return max(candidates, key=lambda c: c.probability) if candidates else None


def _complete_iban(span: Span, words: Words) -> str | None:
    line = words.words_of_line[span.line]
    first = line.index(span.words[0])
    for start in range(first, max(first - 9, -1), -1):
        text = ""
        for i in line[start : start + 14]:
            text += re.sub(r"[^0-9A-Za-z]", "", words.texts[i]).upper()
            bare = re.sub(r"^IBAN", "", text)
            if len(bare) >= 15 and iban_is_valid(bare):
                return bare
            if len(bare) > 34:
                break
    return None
