"""Seller and buyer: the same name or VAT id cannot be both, so the two are chosen together, each from what the network, the heading of its block
and the rest of the page say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import plain
from extractors.assembly.captions import Captions
from extractors.assembly.header import Choice, text_key
from extractors.assembly.legal_forms import has_legal_form, is_legal_form
from extractors.assembly.names import LINE_PITCH_EM, PARTY_NAMES
from extractors.assembly.party_places import as_headed, odds_by_place, set_right
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span

LEGAL_FORM_BONUS = 0.2
FORM_ALONE = 0.1  # what is left of a legal form that stands alone: the rest of the name was not found
LONGEST_FORM = 4  # words
SHORTEST_FORM = 2  # letters
REPEATED = 0.02
# Chosen on generated layouts.
HEADING_ODDS = 20.0  # for the party that the block of a candidate is headed with
FLOOR = 0.005  # the network is never surer than this
OTHER_PARTY = 0.35  # what is left of a candidate in the block of a delivery address, a bank or a contact
WEBSITE_BONUS = 0.35  # the seller's name in a web or mail address
AS_SURE = 0.9  # share of the probability of a part that the whole name has at least
THRESHOLD = 0.05  # support that a candidate needs without a tag of its own
_DOMAIN = re.compile(r"(?:@|www\.|https?://)([\w.\-]+)", re.IGNORECASE)

THIRD = ("delivery", "other_party")  # roles of blocks that name neither party for itself

Support = Mapping[str, tuple[float, Span]]


def choose_names(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    *,
    clean: Callable[[str], str],
    head: Span | None = None,
) -> tuple[Choice | None, Choice | None]:
    """Names of seller and buyer; ``spans`` are candidates of either label, ``head`` is what stands over the first page in large letters."""
    domains = text_key(" ".join(_DOMAIN.findall(words.full_text)))
    keys = [text_key(clean(span.text)) for span in spans]
    headline = text_key(clean(head.text)) if head is not None else ""
    odds = odds_by_place(words, captions, set(keys), head=headline)
    roles = [captions.party(span.first) for span in spans]
    told = set_right(words, spans, [shares_of(probabilities, span, PARTY_NAMES) for span in spans], keys, head=headline)
    told = as_headed(told, keys, [captions.headed(span.first) for span in spans], roles)
    shares = oriented(told, keys, roles, odds)

    def seller_bonus(name: str) -> float:
        tokens = [text_key(t) for t in name.split()]
        return WEBSITE_BONUS if any(len(t) >= 5 and t in domains for t in tokens) else 0.0

    sellers = supported(words, spans, [s for s, _ in shares], clean, bonus=seller_bonus, forms=True)
    buyers = supported(words, spans, [b for _, b in shares], clean, forms=True)
    seller, buyer = best_pair(sellers, buyers, clean)
    return _with_legal_form(words, probabilities, seller), _with_legal_form(words, probabilities, buyer)


def oriented(
    told: Sequence[tuple[float, float]],
    keys: Sequence[str],
    roles: Sequence[str | None],
    odds: Mapping[str, float],
    *,
    heading: float = HEADING_ODDS,
) -> list[tuple[float, float]]:
    """Probability of each mention of a value to be the seller's, and the buyer's. All mentions of a value, the same ``keys``, decide together whose it is:
    the mean log-odds of what the network ``told`` of them, the headings (``roles``, with the odds
    ``heading``) over any of them, and the ``odds`` of where it stands."""
    leans: dict[str, list[tuple[float, float]]] = {}
    headed: dict[str, set[str | None]] = {}
    for (seller, buyer), key, role in zip(told, keys, roles, strict=True):
        weight = min(seller + buyer, 1.0) * (OTHER_PARTY if role in THIRD else 1.0)
        leans.setdefault(key, []).append((weight, log(max(seller, FLOOR) / max(buyer, FLOOR))))
        headed.setdefault(key, set()).add(role)
    result: list[tuple[float, float]] = []
    for (seller, buyer), key, role in zip(told, keys, roles, strict=True):
        weights = sum(weight for weight, _ in leans[key])
        lean = sum(weight * each for weight, each in leans[key]) / max(weights, FLOOR) + log(odds.get(key, 1.0))
        lean += log(heading) * (("seller" in headed[key]) - ("buyer" in headed[key]))
        together = min(seller + buyer, 1.0) * (OTHER_PARTY if role in THIRD else 1.0)
        share = 1 / (1 + exp(-lean))
        result.append((together * share, together * (1 - share)))
    return result


def _with_legal_form(words: Words, probabilities: NDArray[np.float32], choice: Choice | None) -> Choice | None:
    """A name as it is printed elsewhere on the pages with a legal form behind it or, where it has none, in front of it where it stands."""
    if choice is None or isinstance(choice.value, date) or is_legal_form(choice.value.split()[-1]):
        return choice
    if not has_legal_form(choice.value) and (whole := _form_in_front(words, probabilities, choice)) is not None:
        return whole
    tokens = [plain(t) for t in choice.value.split()]
    for line, keys in words.once(_plain_lines):
        for k in range(len(line) - len(tokens)):
            if keys[k] != tokens[0] or keys[k : k + len(tokens)] != tokens:
                continue
            for end in range(k + len(tokens) + 1, min(k + len(tokens) + LONGEST_FORM, len(line)) + 1):
                form = line[k + len(tokens) : end]
                close = all(is_beside(words, a, b) for a, b in pairwise(line[k:end]))
                if close and is_legal_form(" ".join(words.texts[i] for i in form)) and not _says_on(words, line[k:], end - k):
                    span = make_span(words, choice.span.label, line[k:end], probabilities)
                    return Choice(span.text.rstrip(","), span, choice.probability)
    return choice


def _says_on(words: Words, members: Sequence[int], end: int) -> bool:
    """Whether the last of a name's first ``end`` words is the verb of a sentence that looks like a legal form ("Nordwind is a brand of ...")."""
    text = words.texts[members[end - 1]]
    return text.islower() and text.isalpha() and len(text) <= SHORTEST_FORM and not words.texts[members[0]].islower() and end < len(members)


def _plain_lines(words: Words) -> list[tuple[list[int], list[str]]]:
    """The words of every line, and their texts as `plain`."""
    return [(line, [plain(words.texts[i]) for i in line]) for line in words.words_of_line.values()]


def _form_in_front(words: Words, probabilities: NDArray[np.float32], choice: Choice) -> Choice | None:
    """The name with the legal form directly in front of it ("S.A. Hôtel Pelletier")."""
    line = words.words_of_line[choice.span.line]
    k = line.index(choice.span.first)
    for start in range(max(k - LONGEST_FORM + 1, 0), k):
        form = line[start:k]
        close = all(is_beside(words, a, b) for a, b in pairwise(line[start : k + 1]))
        alone = start == 0 or not is_beside(words, line[start - 1], line[start])
        if close and alone and is_legal_form(" ".join(words.texts[i] for i in form)):
            span = make_span(words, choice.span.label, (*form, *choice.span.words), probabilities)
            return Choice(" ".join((*(words.texts[i] for i in form), str(choice.value))), span, choice.probability)
    return None


def shares_of(probabilities: NDArray[np.float32], span: Span, labels: tuple[str, str]) -> tuple[float, float]:
    """Probability of a span to be the seller's, and the buyer's, as the network sees it."""
    members = list(span.words)
    seller, buyer = (float(probabilities[members, LABEL_INDEX[label]].mean()) for label in labels)
    if span.label in labels:
        seller, buyer = (max(seller, span.probability), buyer) if span.label == labels[0] else (seller, max(buyer, span.probability))
    return seller, buyer


def supported(
    words: Words,
    spans: Sequence[Span],
    shares: Sequence[float],
    clean: Callable[[str], str],
    *,
    bonus: Callable[[str], float] | None = None,
    forms: bool = False,
) -> dict[str, tuple[float, Span]]:
    """By identity of the value, accents aside: probability that at least one of its spans is right, and its likeliest span, of those that print most
    accents. A legal form breaks near ties."""
    groups: dict[str, list[tuple[float, Span]]] = {}
    for span, share in zip(spans, shares, strict=True):
        key = text_key(plain(clean(span.text)))  # some programs print names without their accents in places
        if forms and is_legal_form(clean(span.text)):
            share *= FORM_ALONE
        if key:
            groups.setdefault(key, []).append((share, span))
    if forms:
        _fold_parts_of_names(words, groups, clean)
    result: dict[str, tuple[float, Span]] = {}
    for key, members in groups.items():
        missing = 1.0
        for share, _ in members:
            missing *= 1 - min(share, 0.99)
        if 1 - missing < THRESHOLD:
            continue
        own = [m for m in members if text_key(plain(clean(m[1].text))) == key]
        most = max(_marks(span.text) for _, span in own)
        best = max((m for m in own if _marks(m[1].text) == most), key=lambda m: m[0])[1]
        extra = LEGAL_FORM_BONUS if forms and any(has_legal_form(span.text) for _, span in members) else 0.0
        extra += bonus(clean(best.text)) if bonus else 0.0
        result[key] = (1 - missing + REPEATED * len(members) + extra, best)
    return result


def _fold_parts_of_names(words: Words, groups: dict[str, list[tuple[float, Span]]], clean: Callable[[str], str]) -> None:
    """Move the spans of a name that is but the beginning or the end of another one to the latter: its line was too short, or a column cut it. The whole
    is printed more often, or goes on in the next line, and is believed as much or read on behind each of the parts. ``groups`` (share, span) by `text_key`
    is changed in place."""
    tokens = {key: plain(clean(members[0][1].text)).split() for key, members in groups.items()}
    sure = {key: max(share for share, _ in members) for key, members in groups.items()}
    for part in sorted(groups, key=lambda key: len(tokens[key])):
        n, shown = len(tokens[part]), [span for _, span in groups[part]]
        wholes = [
            key
            for key, words_of_name in tokens.items()
            if key in groups
            and len(words_of_name) > n
            and tokens[part] in (words_of_name[:n], words_of_name[-n:])
            and (
                all(_is_spelled_on(words, span, words_of_name[n:]) for span in shown)
                or (
                    (
                        len(groups[key]) > len(shown)
                        or any(_leads_to(words, span, words_of_name[n]) or _led_by(words, span, words_of_name[-n - 1]) for span in shown)
                    )
                    and (sure[key] >= AS_SURE * sure[part] or is_legal_form(clean(shown[0].text)))
                )
            )
        ]
        if len(wholes) == 1 and n:
            groups[wholes[0]].extend(groups.pop(part))


def _leads_to(words: Words, span: Span, following: str) -> bool:
    """Whether a piece of the next line begins with the word ``following`` (`plain`)."""
    line = words.words_of_line.get(words.line_list[span.words[-1]] + 1, ())
    return any(
        plain(words.texts[i]) == following and (k == 0 or not is_beside(words, line[k - 1], i))
        for k, i in enumerate(line)
        if words.page[i] == span.page
    )


def _is_spelled_on(words: Words, span: Span, rest: Sequence[str]) -> bool:
    """Whether what stands behind a span, or begins a piece of the next line, reads like the ``rest`` of a name (words as `plain`)."""
    line = words.words_of_line[words.line_list[span.words[-1]]]
    below = words.words_of_line.get(words.line_list[span.words[-1]] + 1, ())
    starts = [line[line.index(span.words[-1]) + 1 :]] if line[-1] != span.words[-1] else []
    starts += [below[k:] for k, i in enumerate(below) if words.page[i] == span.page and (k == 0 or not is_beside(words, below[k - 1], i))]
    return any(plain(" ".join(words.texts[i] for i in start[: len(rest) + 1])).split()[: len(rest)] == list(rest) for start in starts)


def _led_by(words: Words, span: Span, leading: str) -> bool:
    """Whether the text over the start of a span ends in the word ``leading`` (`plain`)."""
    size, left = words.size_list[span.first], words.box_list[span.first][0]
    for line in range(span.line - 3, span.line):
        members = words.words_of_line.get(line, ())
        for k, i in enumerate(members):
            x0, _, x1, bottom = words.box_list[i]
            ends = k + 1 == len(members) or not is_beside(words, i, members[k + 1])
            near = words.page[i] == span.page and 0 < span.box[3] - bottom < LINE_PITCH_EM * size and x0 - size < left < x1
            if ends and near and plain(words.texts[i]) == leading:
                return True
    return False


def _marks(text: str) -> int:
    """How many letters are none of the alphabet without accents."""
    return sum(not c.isascii() for c in text if c.isalpha())


def best_pair(sellers: Support, buyers: Support, clean: Callable[[str], str]) -> tuple[Choice | None, Choice | None]:
    """The pair of different values with most support, either of which may be missing."""
    best: tuple[float, str | None, str | None] = (0.0, None, None)
    for seller in (*sellers, None):
        for buyer in (*buyers, None):
            if seller is not None and seller == buyer:
                continue
            total = (sellers[seller][0] if seller else 0.0) + (buyers[buyer][0] if buyer else 0.0)
            if total > best[0]:
                best = (total, seller, buyer)
    return _choice(sellers, best[1], clean), _choice(buyers, best[2], clean)


def _choice(support: Support, key: str | None, clean: Callable[[str], str]) -> Choice | None:
    if key is None:
        return None
    span = support[key][1]
    return Choice(clean(span.text), span, span.probability)


def is_beside(words: Words, left: int, right: int) -> bool:
    return words.box_list[right][0] - words.box_list[left][2] < 0.8 * words.size_list[left]
