"""Words that a page sets, or a reader gives, as one although two things are printed: a label and its value ("Nr.K-6803", "du28-11-2024")."""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.assembly.caption_words import announces, plain

_ABBREVIATED = re.compile(
    r"^(?:[Nn][ro]|[Nn]ro|[Nn]um|[Rr]ef|[Dd]oc|NR|NO|NRO)[.:º°]+(?=[^\W_])|^[Nn][.:]?[º°]+(?=[^\W_])|^[Nn]\.(?=[A-Z]{1,3}(?:[/-]|\s)\d)|^n\.(?=[A-Z]{0,4}\d)|^(?:Nr|No|nr|no|num)(?=[A-Z\d])|^NR(?=\d)"
    r"|^(?!NO\d{9})NO(?=\d)"  # nine digits: a Norwegian organisation number
)
_LEADING = re.compile(r"^([^\W\d_]{1,5}\.?)(?=[A-Z\d])")
_INTRODUCES = frozenset(  # what leads to a number or a date in running text
    "vom am den du le de del della el la il on of dated for z dne av from à".split()  # noqa: SIM905
)
_LABEL = re.compile(r"^([^\W\d_]{3,}[a-zß-ž]\.?)(?=[A-Z\d][\w./\\-]*\d)")
_NAMING = re.compile(r"^([^\W\d_]{3,})(?=[A-ZÀ-Þ][a-zß-ÿ])")
_TOPICS = ("number", "date")
LONG_HEADING = 13  # letters from which the heading of a party's block is no part of a name ("CustomerFirst" is one)
# "FAKTURANR20240311-2": an abbreviation of "number" ends the label
_CAPITAL_NUMBER = re.compile(r"^([^\W\d_]{2,}(?:NR|NO|NRO|NUM|NUMMER|NUMBER|NUMERO|NÚMERO))[.:]*(?=\d)")
_DATED = re.compile(
    r"^((?:[^\W\d_]{2,}[a-zß-ž]|[^\W\d_]{5,})[.:]?)(?=(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{2}[./-]\d{2})$)"
)
_RUNNING = re.compile(r"^([A-ZÀ-Þ]?[a-zß-ž]{5,})(?=\d{3})")  # the last word of a label
# A word that ends in an abbreviation of "number", an abbreviation in small letters, or a word in brackets.
_NUMBERED = re.compile(
    r"^(?:[^\W\d_][^\W\d_-]+-?(?:[Nn]r|[Nn]ro|[Nn]um)[.:]+|[^\W\d_][^\W\d_/-]+[/-]+[^\W\d_/-]*-?(?:[Nn]ummer|[Nn]umber|[Nn][uú]mero|[Nn]umer)|[^\W\d_]{4,}-(?:[Nn]r|NR|NO|I[Dd])|[a-zß-ž]{3,}\.|\([^\W\d_]{3,}\))(?=[A-Z\d][\w./\\-]*\d|\d)"
)


@lru_cache(maxsize=16384)
def glued_label(text: str) -> str:
    """The label at the start of a word whose value follows without a space; empty where there is none."""
    found = _ABBREVIATED.match(text)
    if found:
        return found[0]
    leading = _LEADING.match(text)
    if leading and leading[1].casefold() in _INTRODUCES and not leading[1].isupper():
        return leading[1]
    running = _DATED.match(text) or _RUNNING.match(text)
    if running:
        return running[1]
    numbered = _NUMBERED.match(text)
    if numbered:
        return numbered[0]
    word = _LABEL.match(text) or _CAPITAL_NUMBER.match(text)
    if word and any(announces(topic, plain(word[1])) for topic in _TOPICS):
        return word[0]
    return ""


@lru_cache(maxsize=4096)
def glued_naming(text: str) -> str:
    """As `glued_label` for a word that begins a party's name ("NameRocha"); empty where there is none."""
    word = _NAMING.match(text)
    if word is None:
        return ""
    label = plain(word[1])
    return word[1] if announces("naming", label) or (len(label) >= LONG_HEADING and announces("party", label)) else ""


def without_label(text: str) -> str:
    """The value of a word to which a label may be glued."""
    return text[len(glued_label(text)) :]
