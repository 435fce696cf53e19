"""Names, identifiers and bank account of the header, each from all places where the page shows it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from extractors.assembly.caption_words import announces, plain
from extractors.assembly.glued import glued_naming, without_label
from extractors.assembly.legal_forms import is_legal_form
from extractors.assembly.spans import Span, Words

_NO_LETTERS = re.compile(r"[^\w]+|_")
_TERM = re.compile(r"^\(?BT-\d{1,3}\)?[:\s]*(?=\S)")  # the number of a business term (EN 16931), in front of its value
_LABEL_PREFIX = re.compile(r"^[^\d:#°]{1,30}[:#°]+\s*(?=\S)")
_BRACKETED = re.compile(r"^\s*\([^()]*\)\s*(?=\w)")  # a remark of a form, in front of the name
LONGEST_NAMING = 4  # words of a label such as "Name" or "Raison sociale", of a heading such as "Bill to", of a salutation
SHORTEST_REPEATED = 5  # characters
LONGEST_IBAN, LONGEST_IBAN_WORDS = 34, 14  # characters, and words that it is printed in with a label
LINE_PITCH_EM = 2.2  # from the baseline of a line to that of the next
_GLUED_VAT_LABEL = re.compile(r"^[^\d]{3,}?[.\-:]+(?=[A-Z]{2}[\dA-Z]*\d{5})")
_SHORT_VAT_LABEL = re.compile(
    r"^(?:(?:ID|UID|VAT|NIP|NIF|CIF|TIN|EIN|BTW|TVA|PIVA|CUI|ABN|GSTIN|UE|NR|N[ºO]?[.:º])[:.]*(?=\d)|ID(?=[A-Z]{2}\d{8}))"
)
# "GSTIN/UIN27ABCDE1234F1Z5", "C.N.P.J.12.345.678/0001-90", "CLIENT123456789"
_CAPITAL_LABEL = re.compile(
    r"^(?:UE|[A-Z]{4,}(?:[/-][A-Z]{2,})?[-/.:]*|(?:[A-Z]\.){2,}:?)(?=[A-Z]{0,3}\d[\d.\-]{6,}|\d{2}[A-Z]{5}\d{4}[A-Z]\w{3}$)"
)
_GLUED_WORD = re.compile(r"^[^\W\dA-Z_]{4,}(?=[A-Z]{2,4}\d{5})")  # the end of a label, in small letters
# How many characters a VAT id has after its prefix, in countries where that is fixed (European Commission, VIES FAQ, as of 2026-11).
_AFTER_PREFIX = {
    "AT": 9, "BE": 10, "DE": 9, "DK": 8, "EE": 9, "EL": 9, "ES": 9, "FI": 8, "FR": 11, "HR": 11, "HU": 8, "IT": 11, "LU": 8, "MT": 8, "NL": 12,
    "PL": 10, "PT": 9, "SE": 12, "SI": 8, "SK": 10,
}  # fmt: skip
# Characters of an IBAN by country (SWIFT, IBAN Registry, release 99).
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27,
    "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip


NORWEGIAN_LENGTHS = (9, 12)  # of an organisation number, alone and with "MVA"
SHORTEST_ID, FEWEST_DIGITS_OF_ID = 9, 7  # of a word that can be a whole VAT id
FEWEST_DIGITS_AFTER = 5  # of a word behind it that is no part of it: "RT0001" and "MVA" are
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")
_BEFORE_BRACKET = re.compile(r"^\(?[^\s)(]{1,7}\)\s?(?=(?:\w ?){6})")  # "BT-31)DE136695976", "(ES) B12345674"


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen value, the span that shows it best, and the support for it over all spans that read the same."""

    value: str | date
    span: Span
    probability: float


@lru_cache(maxsize=16384)
def text_key(text: str) -> str:
    """Letters and digits of a text, casefolded: the identity of a printed name or number."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def clean_identifier(text: str) -> str:
    """An identifier without the label that may be glued in front of it and without punctuation around it."""
    return without_label(_LABEL_PREFIX.sub("", _TERM.sub("", text)).strip(" .,;:#|*"))


@lru_cache(maxsize=4096)
def clean_name(text: str) -> str:
    """A party's name without a label in front of it and without separators around it; of a name that is printed twice, the fuller one."""
    words = _BRACKETED.sub("", _LABEL_PREFIX.sub("", _TERM.sub("", text))).strip(" ,;:|·•–-*").split()
    for k in range(min(LONGEST_NAMING, len(words) - 1), 0, -1):
        before = plain(" ".join(words[:k]))
        announced = announces("naming", before) or (" " in before and announces("party", before))
        if announced and (" " in before or not words[k][0].islower()) and not is_legal_form(" ".join(words[k:])):
            words = words[k:]
            break
    if words:
        words[0] = words[0][len(glued_naming(words[0])) :]
    for k in range(1, len(words)):
        first, rest = text_key(" ".join(words[:k])), text_key(" ".join(words[k:]))
        if len(first) >= SHORTEST_REPEATED and rest.startswith(first) and text_key(words[k - 1]) and text_key(words[k]):
            words = words[k:]
            break
    return " ".join(words).replace(" ,", ",")  # letters that are spaced out leave a space before a comma


@lru_cache(maxsize=4096)
def clean_vat_id(text: str) -> str:
    """A VAT id without spaces, without a glued label and without another number that is printed after it."""
    parts = _one_id(
        _GLUED_WORD.sub("", _BEFORE_BRACKET.sub("", clean_identifier(_BEFORE_BRACKET.sub("", text)))).upper().strip("()[]").split()
    )
    compact = _CAPITAL_LABEL.sub("", _SHORT_VAT_LABEL.sub("", "".join(parts)))
    glued = _GLUED_VAT_LABEL.match(compact)
    if glued:
        compact = compact[glued.end() :]
    cut = 2 + _AFTER_PREFIX.get(compact[:2], len(compact))
    ends = {len(compact) - len("".join(parts[k:])) for k in range(1, len(parts))}  # where a printed word ends
    return compact[:cut] if cut in ends and not compact[cut:].isdecimal() else compact


def _one_id(parts: list[str]) -> list[str]:
    """The words of one id: a word that is a whole id ends it where another number or the letters of a country follow."""
    for k, part in enumerate(parts):
        part, mark, _ = part.partition(";")
        digits = sum(c.isdigit() for c in part)
        whole = digits >= FEWEST_DIGITS_OF_ID and len(text_key(part)) >= SHORTEST_ID
        after = parts[k + 1] if k + 1 < len(parts) else ""
        if whole and (mark or sum(c.isdigit() for c in after) >= FEWEST_DIGITS_AFTER or _COUNTRY_CODE.fullmatch(after)):
            return [*parts[:k], part]
    return parts


def fits_prefix(prefix: str, number: str) -> bool:
    """Whether a number has as many letters and digits as one behind the country's VAT ``prefix``, where that is fixed."""
    length = len(_NO_LETTERS.sub("", number))
    if prefix.strip("-") == "NO":
        return length in NORWEGIAN_LENGTHS
    return length == _AFTER_PREFIX.get(prefix.strip("-"), length)


def iban_is_valid(text: str) -> bool:
    """Check digits (ISO 7064 mod 97-10) and the country's length, where it is known, else one between 15 and 34."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}", text) or len(text) != IBAN_LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def choose_iban(spans: Sequence[Span], words: Words, *, not_to_pay: Callable[[Span], bool] = lambda span: False) -> Choice | None:
    """The first valid IBAN among the tagged spans, else the likeliest, without those that are ``not_to_pay`` in any place. A span is completed from, or
    cut back to, the words of its line where that makes the check digits right."""
    candidates: list[tuple[bool, Choice]] = []
    refused: set[str] = set()
    for span in sorted(spans, key=lambda s: s.first):
        compact = re.sub(r"[^0-9A-Z]", "", clean_identifier(span.text).upper())
        compact = re.sub(r"^(?:IBAN)", "", compact)
        value = compact if iban_is_valid(compact) else _complete_iban(span, words)
        found = value or (compact if re.match(r"[A-Z]{2}\d{2}", compact) and len(compact) >= 15 else None)
        if found:
            candidates.append((value is not None, Choice(found, span, span.probability)))
            if not_to_pay(span):
                refused.add(found)
    candidates = [(valid, choice) for valid, choice in candidates if choice.value not in refused]
    first_valid = next((choice for valid, choice in candidates if valid), None)
    return first_valid or max((choice for _, choice in candidates), key=lambda c: c.probability, default=None)


def _complete_iban(span: Span, words: Words) -> str | None:
    """The valid IBAN that begins on the span's line at or before the span; it may go on in one of the next lines."""
    line = words.words_of_line[span.line]
    first = line.index(span.words[0])
    for start in range(first, max(first - 9, -1), -1):
        own = line[start : start + LONGEST_IBAN_WORDS]
        cell = _without_gap(words, own)
        for run in (own, *((*cell, *rest) for rest in _next_lines(words, cell))):
            text = ""
            for i in run:
                text += re.sub(r"[^0-9A-Za-z]", "", words.texts[i]).upper()
                bare = re.sub(r"^IBAN", "", text)
                if len(bare) >= 15 and iban_is_valid(bare):
                    return bare
                if len(bare) > LONGEST_IBAN:
                    break
    return None


def _without_gap(words: Words, line: Sequence[int]) -> Sequence[int]:
    """The words of a line up to the first wide gap."""
    for k in range(1, len(line)):
        if words.box_list[line[k]][0] - words.box_list[line[k - 1]][2] > words.size_list[line[k - 1]]:
            return line[:k]
    return line


def _next_lines(words: Words, cell: Sequence[int]) -> list[Sequence[int]]:
    """What may go on with the text ``cell``: the words of the lines directly under it from where a piece of theirs begins, or behind its first word, which
    may be the number of a business term."""
    size, bottom = words.size_list[cell[0]], words.box_list[cell[0]][3]
    result: list[Sequence[int]] = []
    for line in range(words.line_list[cell[0]] + 1, words.line_list[cell[0]] + 4):
        members = words.words_of_line.get(line, [])
        near = (
            members and words.page[members[0]] == words.page[cell[0]] and 0 < words.box_list[members[0]][3] - bottom < LINE_PITCH_EM * size
        )
        starts = [
            k
            for k in range(len(members))
            if k == 0 or words.box_list[members[k]][0] - words.box_list[members[k - 1]][2] > words.size_list[members[k]]
        ]
        result += [members[k : k + LONGEST_IBAN_WORDS] for start in starts for k in (start, start + 1) if near]
    return result
