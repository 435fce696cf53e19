"""Bank accounts that the network does not tag: in a sentence an account is known by its check digits alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.caption_words import match, plain
from extractors.assembly.captions import Captions
from extractors.assembly.header import IBAN_LENGTHS, Choice, choose_iban, iban_is_valid
from extractors.assembly.spans import Span, Words, make_span

FEWEST_DIGITS = 11  # of a bank account among its letters
_BEGINS = re.compile(rf"^(?:IBAN\W*)?((?:{'|'.join(IBAN_LENGTHS)})\d{{2}})")


def choose_account(
    words: Words, captions: Captions, probabilities: NDArray[np.float32], spans: Sequence[Span], *, not_to_pay: Callable[[Span], bool]
) -> Choice | None:
    """The IBAN among the tagged ``spans``; where no valid one is, a valid one that the pages print elsewhere than with the buyer's address, unless they
    speak of a debit: then the only account may be the buyer's. None of those that are ``not_to_pay``, and no number of a point of supply, which may
    look like one."""

    def refused(span: Span) -> bool:
        return not_to_pay(span) or match("supply_point", captions.before(span.first)) is not None

    tagged = choose_iban(spans, words, not_to_pay=refused)
    if tagged is not None and iban_is_valid(str(tagged.value)):
        return tagged
    if match("direct_debit", plain(words.full_text)) is not None:
        return tagged
    begun = ((i, start) for i, text in enumerate(words.texts) if words.has_digit[i] and (start := _BEGINS.match(text)) is not None)
    printed = (_printed(words, i, start[1], probabilities, refused) for i, start in begun if captions.party(i) != "buyer")
    return next((choice for choice in printed if choice is not None), tagged)


def _printed(words: Words, i: int, start: str, probabilities: NDArray[np.float32], refused: Callable[[Span], bool]) -> Choice | None:
    """The valid IBAN that begins with word ``i``, in the letters and digits of ``start``."""
    choice = choose_iban([make_span(words, "header.iban", [i], probabilities)], words, not_to_pay=refused)
    value = str(choice.value) if choice is not None else ""
    return choice if value.startswith(start) and iban_is_valid(value) and sum(c.isdigit() for c in value) >= FEWEST_DIGITS else None
