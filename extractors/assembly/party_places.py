"""What the places of names on the pages, and the headings over them, say of whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate

import numpy as np

from extractors.assembly.caption_words import match, plain
from extractors.assembly.captions import Captions
from extractors.assembly.header import text_key
from extractors.assembly.spans import Span, Words
from extractors.words import Page

# Chosen on generated layouts.
FOOTER_ODDS = (
    5.0  # for the seller, whose name stands at the foot of a page too: 654 of 1,443 generated invoices showed his there, 74 the buyer's
)
LATER_PAGE_ODDS = 8.0  # for the seller, whose name heads the pages behind the first too: 95 of 1,443, and 2
LETTERHEAD_ODDS = 3.0  # for the seller, whose name is written large over the first page: 222 of 735, and 41
DELIVERY_ODDS = 4.0  # for the buyer, to whom goods go: 45 of 697 generated invoices showed the name under a heading of deliveries, 9 of 722 the seller's
# For the seller, to whom an account belongs: of the names behind such a caption 136 were the seller's, 3 the buyer's, in 2,226 generated invoices.
PAYEE_ODDS = 30.0
FOOT, HEAD = 0.86, 0.08  # shares of a page's height where its foot begins and its head ends
SURE = 0.7


def set_right(
    words: Words, spans: Sequence[Span], shares: Sequence[tuple[float, float]], keys: Sequence[str], *, head: str
) -> list[tuple[float, float]]:
    """The shares, changed over above the foot of the pages where the network took the two parties' blocks for each other: it says that a name is the
    seller's at the foot, and the buyer's above. Of nine such names in generated invoices all nine were the seller's. Where another name, surely the
    seller's, is the ``head`` of the first page in large letters, the foot names whom the document is for and is changed over itself."""
    low = [(s.box[1] + s.box[3]) / 2 > FOOT * words.tagged.document.pages[s.page].height_pt for s in spans]
    below = {key for key, (seller, _), foot in zip(keys, shares, low, strict=True) if foot and seller > SURE}
    above = {key for key, (_, buyer), foot in zip(keys, shares, low, strict=True) if not foot and buyer > SURE}
    others = {key for key, foot in zip(keys, low, strict=True) if foot} - (below & above)  # a slip for the payment names both
    if len(below & above) != 1 or others:
        return list(shares)
    headed = any(key == head and key not in below and seller > SURE for key, (seller, _) in zip(keys, shares, strict=True))
    if headed:
        return [
            (buyer, seller) if key in below and foot else (seller, buyer)
            for key, (seller, buyer), foot in zip(keys, shares, low, strict=True)
        ]
    return [(seller, buyer) if foot else (buyer, seller) for (seller, buyer), foot in zip(shares, low, strict=True)]


def as_headed(
    told: Sequence[tuple[float, float]], keys: Sequence[str], headed: Sequence[str | None], roles: Sequence[str | None]
) -> Sequence[tuple[float, float]]:
    """The shares, changed over where the network took the parties for each other: the headings directly over names (``headed``) say that one is the other
    party's, or that each of two is, none of the headings of the blocks (``roles``) says that the network is right, and no other name is surely the one's
    that it was taken for."""
    taken_for = ["seller" if seller > buyer else "buyer" for seller, buyer in told]
    against = {(key, role) for key, role, said in zip(keys, taken_for, headed, strict=True) if said is not None and said != role}
    agreed = any(said == role for said, role in zip(roles, taken_for, strict=True))
    wrong = dict(against)
    if agreed or not against or not len(against) == len(wrong) == len(set(wrong.values())):
        return told
    for key, role, shares in zip(keys, taken_for, told, strict=True):
        expected = wrong.get(key, next(iter({"seller", "buyer"} - set(wrong.values())), None))
        if role != expected and max(shares) > SURE:  # the network has told the two apart elsewhere
            return told
    return [(buyer, seller) for seller, buyer in told]


def odds_by_place(words: Words, captions: Captions, names: Iterable[str], *, head: str) -> dict[str, float]:
    """Odds for the seller of names (letters and digits alone) that stand at the foot of a page, head one behind the first, are ``head``, what stands
    over the first in large letters, that hold an account, or are delivered to."""
    known = {name: plain(name) for name in names}
    shown = {name for name in known.values() if name}
    places = words.once(_pieces_by_letters, captions)
    delivered = {key for key in shown if any(captions.party(first) == "delivery" for first in places.get(key, ()))}
    paid = _account_holders(captions, shown)
    told_again = bool(head) and words.once(letters_of_pages).count(head) > 1  # else it may be the title of a section
    feet, heads = words.once(_feet_and_heads)
    return {
        name: (FOOTER_ODDS if any(name in text for text in feet) else 1.0)
        * (LATER_PAGE_ODDS if any(name in text for text in heads) else 1.0)
        * (LETTERHEAD_ODDS if told_again and (name in head or head in name) else 1.0)
        * (PAYEE_ODDS if without_accents in paid else 1.0)
        / (DELIVERY_ODDS if without_accents in delivered else 1.0)
        for name, without_accents in known.items()
        if name
    }


def _account_holders(captions: Captions, names: Collection[str]) -> set[str]:
    """Those of ``names`` (`plain`, no spaces) that stand behind the caption of an account holder."""
    found: set[str] = set()
    for piece in captions.pieces:
        text = piece.text.replace(" ", "")
        for name in names:
            if name not in text:
                continue
            start = text.index(name)
            ends = list(accumulate(map(len, piece.text.split())))
            lead = piece.text.split()[: ends.index(start) + 1] if start in ends else []
            caption = " ".join(lead) if start else captions.before(piece.words[0])
            if match("naming", caption) == "account":
                found.add(name)
    return found


def letters_of_pages(words: Words) -> str:
    """Letters and digits of all pages."""
    return text_key(words.full_text)


def _pieces_by_letters(words: Words, captions: Captions) -> dict[str, list[int]]:
    """First words of the pieces of text that read the same, by their letters without accents."""
    found: dict[str, list[int]] = {}
    for piece in captions.pieces:
        found.setdefault(piece.text.replace(" ", ""), []).append(piece.words[0])
    return found


def _feet_and_heads(words: Words) -> tuple[list[str], list[str]]:
    """Letters and digits at the foot of each page, and at the head of each behind the first."""
    pages = words.tagged.document.pages
    return [_text_between(page, FOOT, 1.0) for page in pages], [_text_between(page, 0.0, HEAD) for page in pages[1:]]


def _text_between(page: Page, top: float, bottom: float) -> str:
    middle = (page.boxes[:, 1] + page.boxes[:, 3]) / 2
    inside = (middle >= top * page.height_pt) & (middle <= bottom * page.height_pt)
    return text_key(" ".join(page.texts[i] for i in np.flatnonzero(inside)))
