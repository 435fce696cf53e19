"""VAT ids of seller and buyer: what looks like one and is called one, completed where the page breaks it, each given to the party that it stands with."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, match
from extractors.assembly.captions import Captions
from extractors.assembly.country import VAT_PREFIXES
from extractors.assembly.header import Choice, clean_vat_id, fits_prefix, text_key
from extractors.assembly.parties import THIRD, best_pair, is_beside, oriented, shares_of, supported
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span

LABELS = ("header.seller_vat_id", "header.buyer_vat_id")
LONGEST_ID = 24  # letters and digits of a VAT id with its suffix, whatever its country
MOST_GROUPS = 6  # words that an id is printed in
# Odds of an id for the seller, fitted to generated layouts: for the party of the heading over it, the one whose name it stands under, the one that its
# caption names; in more than one place, and anyway.
HEADING_ODDS = 2.5
NEAR_ODDS = 3.5
OWNER_ODDS = 8.0  # beside those of a heading
REPEATED_ODDS = 3.4
ANY_ODDS = 0.5
LONE_ODDS = 4.0  # of the only one on the pages
SURE = 0.999  # no more is taken for certain
TOLD = 0.9  # probability from which what has not the digits of a VAT id may be one
FAINT = 0.1  # probability of the words of an id that only its caption tells of
_COUNTRY = re.compile(r"^(?:[A-Z]{2}|CHE)-?$")
_UNPREFIXED = re.compile(r"^U?\d")
_GLUED_COUNTRY = re.compile(rf"[^\W\d_]{{2,}}\W*[:.]({VAT_PREFIXES})$")  # at the end of a label
_DIGIT_GROUP = re.compile(r"^[0-9A-Z.\-]*\d[0-9A-Z.\-]*,?$")
_FIRST_GROUP = re.compile(r"^\d{2,4}$")
_TAX_SUFFIX = re.compile(r"^(?:MWST|TVA|IVA|MVA)[.,]?$")  # part of a Swiss or Norwegian number
_ODD_ID = re.compile(r"^(?=(?:[A-Z]*\d){2})[A-Z0-9]{9,14}$")  # what stands behind "VAT no." in examples and forms
_TOWN = re.compile(r"\d[^\W\d_]{4,}(?<!MWST)(?<!mwst)$")
_SWEDISH_COMPANY = re.compile(r"\d{6}-\d{4}")
_LABEL_IN_CAPITALS = re.compile(r"\W*(?:VAT|TAX|GST|REG|REGN|REGISTRATION|ID|IDENTIFICATION|REF)\.?")
_PREFIX = re.compile(VAT_PREFIXES)
_DIGITS_ALONE = re.compile(r"[\d.\-/ ]+")


def choose_vat_ids(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    names: tuple[Choice | None, Choice | None],
) -> tuple[Choice | None, Choice | None]:
    """VAT ids of seller and buyer; an id whose block has no heading goes with the name that it stands under."""
    found = [*spans, *_called_tax_ids(words, captions, probabilities, spans)]
    complete = [span for span in complete_vat_ids(words, found) if not _is_another_number(captions, span)]
    keys = [text_key(clean_vat_id(span.text)) for span in complete]
    owners = [match("whose", captions.before(span.first)) for span in complete]
    roles = [owner or captions.party(span.first) for owner, span in zip(owners, complete, strict=True)]
    near = [None if role else _party_above(words, captions, span, names) for role, span in zip(roles, complete, strict=True)]
    owners = [owner or _party_in_front(words, captions, span, names) for owner, span in zip(owners, complete, strict=True)]
    odds = _odds(keys, owners, near)
    if len(odds) == 1 and "buyer" not in (*owners, *roles):  # the seller has to name his
        odds = {key: LONE_ODDS * value for key, value in odds.items()}
    told = [shares_of(probabilities, span, LABELS) for span in complete]
    shares = _one_each(oriented(told, keys, roles, odds, heading=HEADING_ODDS), keys, roles)
    sellers = supported(words, complete, [s for s, _ in shares], clean_vat_id)
    buyers = supported(words, complete, [b for _, b in shares], clean_vat_id)
    seller, buyer = best_pair(sellers, buyers, clean_vat_id)
    return _with_country(words, probabilities, seller), _with_country(words, probabilities, buyer)


def _with_country(words: Words, probabilities: NDArray[np.float32], choice: Choice | None) -> Choice | None:
    """The id, with the letters of its country where the pages print it so too: "DIČ 2023456789, IČ DPH SK2023456789"."""
    value = str(choice.value) if choice is not None else ""
    if choice is None or not value.isdecimal():
        return choice
    for i, text in enumerate(words.texts):
        whole = clean_vat_id(text) if value in text else ""
        if whole != value and _PREFIX.fullmatch(whole.removesuffix(value)) and fits_prefix(whole[:2], value):
            return Choice(whole, make_span(words, choice.span.label, [i], probabilities), choice.probability)
    return choice


def _one_each(shares: Sequence[tuple[float, float]], keys: Sequence[str], roles: Sequence[str | None]) -> list[tuple[float, float]]:
    """The shares of seller and buyer, where a party has one id: what is surely the one's leaves another id, of other ``keys``, to the party that its
    heading names (``roles``)."""
    result: list[tuple[float, float]] = []
    for key, role, (seller, buyer) in zip(keys, roles, shares, strict=True):
        others = [pair for other, pair in zip(keys, shares, strict=True) if other not in key and key not in other]
        if role == "seller":
            seller /= 1 - min(buyer * max((share for _, share in others), default=0.0), SURE)
        elif role == "buyer":
            buyer /= 1 - min(seller * max((share for share, _ in others), default=0.0), SURE)
        result.append((seller, buyer))
    return result


def _odds(keys: Sequence[str], owners: Sequence[str | None], near: Sequence[str | None]) -> dict[str, float]:
    """The odds of each id for the seller, by ``keys`` of its mentions: from the parties that their captions name and whose names they stand under."""
    result: dict[str, float] = {}
    for key in dict.fromkeys(keys):
        mentions = [i for i, other in enumerate(keys) if other == key]
        named, under = ({parties[i] for i in mentions} for parties in (owners, near))
        result[key] = (
            ANY_ODDS
            * (REPEATED_ODDS if len(mentions) > 1 else 1.0)
            * OWNER_ODDS ** (("seller" in named) - ("buyer" in named))
            * NEAR_ODDS ** (("seller" in under) - ("buyer" in under))
        )
    return result


def _called_tax_ids(words: Words, captions: Captions, probabilities: NDArray[np.float32], spans: Sequence[Span]) -> list[Span]:
    """What a caption calls a tax id, and the network half takes for one, but for nothing else either."""
    columns = [LABEL_INDEX[label] for label in LABELS]
    faint = probabilities[:, columns].sum(1) >= FAINT
    taken = {i for span in spans for i in span.words}
    result: list[Span] = []
    for i in np.flatnonzero(faint).tolist():
        if i in taken or not words.has_digit[i] or match("tax_id", _text_before(captions, i)) is None or captions.party(i) in THIRD:
            continue
        line = words.words_of_line[words.line_list[i]]
        members = [i]
        for k in line[line.index(i) + 1 :]:
            if not (faint[k] and k not in taken and is_beside(words, members[-1], k)):
                break
            members.append(k)
        taken.update(members)
        label = LABELS[int(probabilities[members][:, columns].mean(0).argmax())]
        result.append(make_span(words, label, members, probabilities))
    return result


def _text_before(captions: Captions, first: int) -> str:
    """The text in front of a word, or, where a sentence goes on with it, the line over it."""
    before = captions.before(first)
    over = captions.line_over(first) if not before else None
    return over.text if over is not None else before


def _is_another_number(captions: Captions, span: Span) -> bool:
    """Whether the caption of a number says that it is the buyer's in the seller's books, that of an order or a register: no VAT id, unless it has a
    country's prefix or suffix."""
    before = captions.before(span.first)
    text = clean_vat_id(span.text)
    if span.probability < TOLD and captions.in_front("number", span.first) == "order_number" and match("tax_id", before) is None:
        return True
    kind = match("register", before) if _DIGITS_ALONE.fullmatch(text) else None
    return announces("customer", before) or kind == "number" or (kind == "company" and _SWEDISH_COMPANY.fullmatch(text) is not None)


def _party_above(words: Words, captions: Captions, span: Span, names: tuple[Choice | None, Choice | None]) -> str | None:
    """The party whose name stands over an id, in its column and at most a block of an address away."""
    size = words.size_list[span.first]
    piece = captions.pieces[captions.piece_of[span.first]]
    best: tuple[float, str] | None = None
    for role, choice in zip(("seller", "buyer"), names, strict=True):
        if choice is None or choice.span.page != span.page:
            continue
        drop = span.box[1] - choice.span.box[1]
        if -0.5 * size < drop < 14 * size and abs(piece.box[0] - choice.span.box[0]) < 4 * size and (best is None or drop < best[0]):
            best = (drop, role)
    return best[1] if best else None


def _party_in_front(words: Words, captions: Captions, span: Span, names: tuple[Choice | None, Choice | None]) -> str | None:
    """The party whose name stands in front of an id, in the same text: "Example Ltd - VAT GB 123 4567 89"."""
    piece = captions.pieces[captions.piece_of[span.first]].words
    front = text_key(" ".join(words.texts[i] for i in piece[: piece.index(span.first)]))
    named = [
        role for role, choice in zip(("seller", "buyer"), names, strict=True) if choice is not None and text_key(str(choice.value)) in front
    ]
    return named[0] if len(named) == 1 else None


def could_be_vat_id(text: str) -> bool:
    """Whether a text has the length and the digits of a VAT id and no word in it: a postcode with a country prefix, or with its town, has not, nor the
    name of a profile of electronic invoices."""
    compact = re.sub(r"[^0-9A-Za-z]", "", text)
    if _TOWN.search(text) or "#" in text or len(compact) > LONGEST_ID:
        return False
    return len(compact) >= (6 if compact[:2].upper() == "RO" else 8) and sum(c.isdigit() for c in compact) >= 5


def complete_vat_ids(words: Words, spans: Sequence[Span]) -> list[Span]:
    """Spans whose VAT id was cut between country prefix and digits, completed from the words beside them; those too short for a VAT id are left out."""
    result: list[Span] = []
    for span in spans:
        line = words.words_of_line[span.line] if len({words.line_list[i] for i in span.words}) == 1 else []
        members, prefix = list(span.words), ""
        if line and _COUNTRY.match(span.text.strip(" :.")):
            for i in line[line.index(members[-1]) + 1 :]:
                if is_beside(words, members[-1], i) and _DIGIT_GROUP.match(words.texts[i]) and len(members) < MOST_GROUPS:
                    members.append(i)
                else:
                    break
        elif line and members[0] != line[0] and _UNPREFIXED.match(span.text):
            members, prefix = _with_prefix(words, line, members)
        if line and span.text[:3] in ("CHE", "NO ") and members[-1] != line[-1]:
            after = line[line.index(members[-1]) + 1]
            if _TAX_SUFFIX.match(words.texts[after]) and is_beside(words, members[-1], after):
                members.append(after)
        if len(members) != len(span.words) or prefix:
            text = prefix + " ".join(words.texts[i] for i in members)
            span = Span(span.label, tuple(members), text, span.page, span.line, words.box_of(members), span.probability)
        if could_be_vat_id(clean_vat_id(span.text)) or (span.probability > TOLD and _ODD_ID.match(span.text)):
            result.append(span)
    return result


def _with_prefix(words: Words, line: Sequence[int], members: list[int]) -> tuple[list[int], str]:
    """The words of an id without a prefix, with the groups of digits in front of them and the prefix in front of these, which may end a label (then it is
    given as text)."""
    first = line.index(members[0])
    if _FIRST_GROUP.match(words.texts[members[0]]):
        while first > 0 and _FIRST_GROUP.match(words.texts[line[first - 1]]) and is_beside(words, line[first - 1], line[first]):
            first -= 1
            members = [line[first], *members]
    if first == 0 or not is_beside(words, line[first - 1], line[first]):
        return members, ""
    before, number = words.texts[line[first - 1]], " ".join(words.texts[i] for i in members)
    glued = _GLUED_COUNTRY.search(before)
    if _COUNTRY.match(before) and fits_prefix(before, number) and not _abbreviates_number(words, line, first - 1):
        return [line[first - 1], *members], ""
    return members, glued[1] if glued else ""


def _abbreviates_number(words: Words, line: Sequence[int], k: int) -> bool:
    """Whether "NO" ends a label in capitals ("VAT REG NO") rather than being Norway."""
    return words.texts[line[k]] == "NO" and k > 0 and _LABEL_IN_CAPITALS.fullmatch(words.texts[line[k - 1]]) is not None
