"""Which lines of an address name the party: the one under its heading, the one over "c/o", all of a community that is called by its address."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import announces, match, plain
from extractors.assembly.captions import Captions, Piece
from extractors.assembly.legal_forms import has_legal_form
from extractors.assembly.name_ends import names_a_department
from extractors.assembly.spans import LABEL_INDEX, Words

HEADED = 0.04  # probability of a name from which a heading names a party that the network finds nowhere
LONGEST_NAME = 8  # words
LONGEST_PHRASE = 3
ROLES = {"header.seller_name": "seller", "header.buyer_name": "buyer"}


def naming_line(words: Words, captions: Captions, members: list[int]) -> list[int]:
    """The words of a name ``members``, of its whole line where a community is called by its address, or of the line over it where it stands behind "c/o"."""
    own = captions.pieces[captions.piece_of[members[0]]]
    begin = own.words.index(members[0])
    named = [words.texts[i] for i in members]
    start = [*(words.texts[i] for i in own.words[:begin]), *named]
    over = _over(captions, own)
    if any(announces("care_of", plain(" ".join(start[:n]))) for n in range(1, LONGEST_PHRASE + 1)):
        if over is not None and _is_heading(over):
            over = _over(captions, over)  # a form may print its captions under the lines
        return list(over.words) if over is not None and _can_name(words, over) else members
    if any(announces("community", plain(" ".join(named[:n]))) for n in range(1, LONGEST_PHRASE + 1)):
        rest = own.words[begin:]
        return list(rest) if len(members) < len(rest) <= LONGEST_NAME else members
    return members


def name_under_heading(words: Words, captions: Captions, probabilities: NDArray[np.float32], label: str) -> Sequence[int]:
    """The words of the only text that the headings of a party name, in the line below or behind their colon; nothing where the network is sure that it is
    no name."""
    found: dict[str, Sequence[int]] = {}
    columns = [LABEL_INDEX[each] for each in ROLES]
    for piece in captions.pieces:
        texts = [words.texts[i] for i in piece.words]
        colon = next((k for k, text in enumerate(texts[:-1], 1) if text.endswith(":")), 0)
        behind = bool(colon) and captions.party(piece.words[colon]) == ROLES[label]
        members = piece.words[colon:] if behind else piece.words
        if not behind and captions.headed(piece.words[0]) != ROLES[label]:
            continue
        if float(probabilities[np.ix_(members, columns)].sum(1).mean()) > HEADED and _can_name(words, piece, members):
            found.setdefault(plain(" ".join(words.texts[i] for i in members)), members)
    return next(iter(found.values())) if len(found) == 1 else ()


def _over(captions: Captions, piece: Piece) -> Piece | None:
    over = captions.line_over(piece.words[0])
    return over if over is not None and abs(over.box[0] - piece.box[0]) < captions.words.size_list[piece.words[0]] else None


def _is_heading(piece: Piece) -> bool:
    return any(announces(topic, piece.text) for topic in ("party", "naming", "key"))


def _can_name(words: Words, piece: Piece, members: Sequence[int] | None = None) -> bool:
    """Whether a text may be a party's name: some words that begin with a capital, none of them a caption's, a department's or an address on the net."""
    members = members or piece.words
    text = " ".join(words.texts[i] for i in members)
    told = any(match(topic, plain(text), whole=True) for topic in ("party", "naming", "number", "date", "amount", "title", "tax_id"))
    numbers = sum(c.isdigit() for c in text) > sum(c.isalpha() for c in text) / 2
    usable = len(members) <= LONGEST_NAME and text[:1].isupper() and not text.endswith(":") and "@" not in text and not numbers
    return usable and (has_legal_form(text) or not told) and not names_a_department(words, members)
