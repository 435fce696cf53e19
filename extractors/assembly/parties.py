"""Seller and buyer: the same name or VAT id cannot be both, so the two are chosen together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import cast

import yaml

from extractors.assembly.header import Choice, clean_vat_id, text_key
from extractors.assembly.spans import Span, Words

LEGAL_FORM_BONUS = 0.2
_COUNTRY = re.compile(r"^(?:[A-Z]{2}|CHE)-?$")
_DIGIT_GROUP = re.compile(r"^[0-9A-Z.\-]*\d[0-9A-Z.\-]*,?$")


def choose_parties(sellers: Sequence[Span], buyers: Sequence[Span], *, clean: Callable[[str], str]) -> tuple[Choice | None, Choice | None]:
    """The pair of different values with most support, either of which may be missing."""
    seller_support, buyer_support = _support(sellers, clean), _support(buyers, clean)
    best: tuple[float, str | None, str | None] = (0.0, None, None)
    for seller in (*seller_support, None):
        for buyer in (*buyer_support, None):
            if seller is not None and seller == buyer:
                continue
            total = (seller_support[seller][0] if seller else 0.0) + (buyer_support[buyer][0] if buyer else 0.0)
            if total > best[0]:
                best = (total, seller, buyer)
    _, seller, buyer = best
    return _choice(seller_support, seller, clean), _choice(buyer_support, buyer, clean)


def _support(spans: Sequence[Span], clean: Callable[[str], str]) -> dict[str, tuple[float, Span]]:
    """By identity of the value: probability that at least one of its spans is right, and its likeliest span. A legal form breaks near ties."""
    groups: dict[str, list[Span]] = {}
    for span in spans:
        key = text_key(clean(span.text))
        if key:
            groups.setdefault(key, []).append(span)
    result: dict[str, tuple[float, Span]] = {}
    for key, members in groups.items():
        missing = 1.0
        for span in members:
            missing *= 1 - min(span.probability, 0.99)
        bonus = LEGAL_FORM_BONUS if any(has_legal_form(span.text) for span in members) else 0.0
        result[key] = (1 - missing + 0.02 * len(members) + bonus, max(members, key=lambda s: s.probability))
    return result


def _choice(support: Mapping[str, tuple[float, Span]], key: str | None, clean: Callable[[str], str]) -> Choice | None:
    if key is None:
        return None
    span = support[key][1]
    return Choice(clean(span.text), span, span.probability)


@lru_cache(maxsize=1)
def _legal_forms() -> frozenset[str]:
    text = files("extractors").joinpath("data/legal_forms.yaml").read_text(encoding="utf-8")
    forms = cast("dict[str, list[str]]", yaml.safe_load(text))
    return frozenset(_compact(form) for group in forms.values() for form in group)


def _compact(text: str) -> str:
    return re.sub(r"[\s.,/()]", "", text).casefold()


def has_legal_form(name: str) -> bool:
    """Whether a name ends in, or holds, a company's legal form ("GmbH", "S.r.l.", "Ltd")."""
    tokens = name.split()
    return any(
        _compact("".join(tokens[i:j])) in _legal_forms() for i in range(len(tokens)) for j in range(i + 1, min(i + 4, len(tokens)) + 1)
    )


def could_be_vat_id(text: str) -> bool:
    """Whether a text has the length and the digits of a VAT id: a postcode with a country prefix has not."""
    compact = re.sub(r"[^0-9A-Za-z]", "", text)
    return len(compact) >= (6 if compact[:2].upper() == "RO" else 8) and sum(c.isdigit() for c in compact) >= 5


def complete_vat_ids(words: Words, spans: Sequence[Span]) -> list[Span]:
    """Spans whose VAT id was cut between country prefix and digits, completed from the words beside them; those too short for a VAT id are left out."""
    result: list[Span] = []
    for span in spans:
        line = words.words_of_line[span.line] if len({words.line_list[i] for i in span.words}) == 1 else []
        members = list(span.words)
        if line and _COUNTRY.match(span.text.strip(" :.")):
            for i in line[line.index(members[-1]) + 1 :]:
                if _beside(words, members[-1], i) and _DIGIT_GROUP.match(words.texts[i]) and len(members) < 6:
                    members.append(i)
                else:
                    break
        elif line and members[0] != line[0] and span.text[:1].isdigit():
            before = line[line.index(members[0]) - 1]
            if _beside(words, before, members[0]) and _COUNTRY.match(words.texts[before]):
                members.insert(0, before)
        if len(members) != len(span.words):
            text = " ".join(words.texts[i] for i in members)
            span = Span(span.label, tuple(members), text, span.page, span.line, words.box_of(members), span.probability)
        if could_be_vat_id(clean_vat_id(span.text)):
            result.append(span)
    return result


def _beside(words: Words, left: int, right: int) -> bool:
    return words.box_list[right][0] - words.box_list[left][2] < 0.8 * words.size_list[left]
