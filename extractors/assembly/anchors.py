"""Whether the printed captions say of the chosen values what these were taken for: what nothing announces is more often something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from extractors.assembly.captions import Captions
from extractors.assembly.header import Choice, text_key
from extractors.assembly.party_places import odds_by_place
from extractors.assembly.spans import Words
from extractors.assembly.totals import TOTALS
from schemas.invoice import Evidence

SAID, SILENT, OTHERWISE = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Anchors:
    """``number``, ``date``: 1 where the caption of the invoice number and the issue date names just these, -1 where it names another kind, 0 where none
    stands there. ``totals``, ``other_totals``: how many of the printed totals are captioned so, and otherwise. ``parties``: whether a heading calls the seller
    seller or the buyer buyer; ``parties_otherwise``: a heading gives only one of them a role, and not its own; ``place``: log-odds, by where the two
    names stand on the pages, that they are not the other way round (`extractors.assembly.party_places.odds_by_place`)."""

    number: int = SILENT
    date: int = SILENT
    totals: int = 0
    other_totals: int = 0
    parties: bool = False
    parties_otherwise: bool = False
    place: float = 0.0


def anchors_of(
    words: Words, captions: Captions, choices: Mapping[str, Choice | None], totals: Mapping[str, Evidence], *, head: str
) -> Anchors:
    """The captions of the ``choices`` of header fields and of the ``totals``, both by name of field; ``head`` as for `odds_by_place`."""
    seller, buyer = (_role(captions, choices.get(name)) for name in ("seller_name", "buyer_name"))
    places: dict[tuple[int, tuple[float, ...]], list[str]] = {}  # one printed amount may be two totals
    for name in TOTALS:
        if name in totals:
            places.setdefault((totals[name].page, totals[name].box), []).append(name)
    told = [_says(captions, "amount", _first_word(words, totals[names[0]]), names) for names in places.values()]
    return Anchors(
        _says(captions, "number", _first(choices.get("invoice_number")), ("invoice_number", "credit_number")),
        _says(captions, "date", _first(choices.get("issue_date")), ("issue_date",)),
        told.count(SAID),
        told.count(OTHERWISE),
        seller == "seller" or buyer == "buyer",
        (seller in ("buyer", "delivery") and buyer is None) or (buyer == "seller" and seller is None),
        _place(words, captions, choices.get("seller_name"), choices.get("buyer_name"), head=head),
    )


def _place(words: Words, captions: Captions, seller: Choice | None, buyer: Choice | None, *, head: str) -> float:
    names = [text_key(str(choice.value)) if choice is not None else "" for choice in (seller, buyer)]
    odds = odds_by_place(words, captions, names, head=head)
    return log(odds.get(names[0], 1.0)) - log(odds.get(names[1], 1.0))


def _role(captions: Captions, choice: Choice | None) -> str | None:
    return captions.party(choice.span.first) if choice is not None else None


def _first(choice: Choice | None) -> int | None:
    return choice.span.first if choice is not None else None


def _says(captions: Captions, topic: str, first: int | None, kinds: Sequence[str]) -> int:
    said = captions.cue(topic, first) if first is not None else None
    return SILENT if said is None else SAID if said in kinds else OTHERWISE


def _first_word(words: Words, shown: Evidence) -> int | None:
    """The first word inside the box of a value."""
    return min(words.inside(shown.page - 1, shown.box), key=lambda i: words.box_list[i][0], default=None)
