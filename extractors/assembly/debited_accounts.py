"""Bank accounts that a page names because the amount is taken from them: the buyer's, to which nobody pays."""

from __future__ import annotations

import re

from extractors.assembly.caption_words import match
from extractors.assembly.captions import Captions
from extractors.assembly.spans import Span

# What may stand between such words and the number: "your account IBAN", "account no."
_NAMES_OF_NUMBERS = re.compile(
    r"( (iban|bban|no|nr|n|number|numero|numer|nummer|konto|account|compte|conto|cuenta|conta|rekening|ucet|tili))+$"
)


def is_debited(captions: Captions, span: Span) -> bool:
    """Whether a sentence says that the amount is taken from an account, or its caption that it is the payer's. That a mandate is named beside an account
    says nothing: it stands beside the seller's as often."""
    before = captions.before(span.first)
    own = captions.pieces[captions.piece_of[span.first]]
    if own.words[0] == span.first and (over := captions.line_over(span.first)) is not None:
        before = f"{over.text} {before}".strip()
    return any(match("debit", text) is not None for text in (before, _NAMES_OF_NUMBERS.sub("", before)))
