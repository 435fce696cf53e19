"""The header of a tagged document: each field from all places where the pages show it, each choice with what the others tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.anchors import Anchors, anchors_of
from extractors.assembly.caption_words import announces
from extractors.assembly.captions import Captions
from extractors.assembly.country import country_from_text, country_of_address, country_of_ids
from extractors.assembly.currency import choose_currency, converted_into
from extractors.assembly.dates import infer_date_habit
from extractors.assembly.debited_accounts import is_debited
from extractors.assembly.header import Choice, clean_name, text_key
from extractors.assembly.header_dates import dates_in_order
from extractors.assembly.line_items import SET_BY, evidence_of
from extractors.assembly.name_lines import name_under_heading
from extractors.assembly.names import letterhead, stands_apart, whole_names, without_headings
from extractors.assembly.number_parts import may_be_a_label
from extractors.assembly.numbers import NumberHabit
from extractors.assembly.numbers_of_header import choose_number
from extractors.assembly.parties import choose_names
from extractors.assembly.printed_accounts import choose_account
from extractors.assembly.spans import Span, Words, join_wrapped, make_span
from extractors.assembly.totals import Totals
from extractors.assembly.trade_names import registered_name
from extractors.assembly.vat_ids import choose_vat_ids
from schemas.invoice import Evidence, Header

_YEAR = re.compile(r"(?:19|20)\d{2}")
_NUMBERS = ("header.invoice_number", "header.purchase_order")


@dataclass(frozen=True, slots=True)
class ReadHeader:
    """The header with the evidence of its fields by path. ``order_assumed``: nothing tells whether the day or the month comes first;
    ``other_letterhead``: a name in large letters heads the page that is neither the seller's nor the buyer's."""

    header: Header
    evidence: Mapping[str, Evidence]
    seller_country: str | None
    buyer_country: str | None
    order_assumed: bool
    other_letterhead: bool
    anchors: Anchors


def read_header(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    totals: Totals,
    *,
    habit: NumberHabit,
    language: str,
) -> ReadHeader:
    """The header fields: numbers, parties, dates, currency and bank account from ``spans``, amounts from ``totals``."""
    by_label: dict[str, list[Span]] = {}
    unheaded, headings = without_headings(words, spans)
    for span in join_wrapped(words, unheaded, probabilities, apart=lambda above, below: _are_two(words, captions, above, below)):
        by_label.setdefault(span.label.removeprefix("header."), []).append(span)
    choices: dict[str, Choice | None] = {}
    joined = [s for found in by_label.values() for s in found]
    choices["invoice_number"] = choose_number(words, captions, probabilities, joined, name="invoice_number", caption="invoice_number")
    choices["purchase_order"] = choose_number(
        words, captions, probabilities, joined, name="purchase_order", caption="order_number", exclude=_key(choices["invoice_number"])
    )
    tagged_names = [*by_label.get("seller_name", ()), *by_label.get("buyer_name", ())]
    names = whole_names(words, captions, probabilities, [*tagged_names, *headings])  # a heading tells of its name once more
    head = letterhead(words, captions, probabilities)
    choices["seller_name"], choices["buyer_name"] = choose_names(words, captions, probabilities, names, clean=clean_name, head=head)
    registered = registered_name(words, probabilities, choices["seller_name"], names)
    if registered is not None and text_key(str(registered.value)) not in _key(choices["buyer_name"]):
        choices["seller_name"] = registered
    if choices["seller_name"] is None and head is not None and text_key(head.text) not in _key(choices["buyer_name"]):
        choices["seller_name"] = Choice(clean_name(head.text), head, head.probability)
    for name, other in (("buyer_name", "seller_name"), ("seller_name", "buyer_name")):
        if choices[name] is None and (members := name_under_heading(words, captions, probabilities, f"header.{name}")):
            span = make_span(words, f"header.{name}", members, probabilities)
            if text_key(clean_name(span.text)) not in _key(choices[other]):
                choices[name] = Choice(clean_name(span.text), span, span.probability)
    choices["seller_vat_id"], choices["buyer_vat_id"] = choose_vat_ids(
        words,
        captions,
        probabilities,
        [*by_label.get("seller_vat_id", ()), *by_label.get("buyer_vat_id", ())],
        (choices["seller_name"], choices["buyer_name"]),
    )
    choices["iban"] = choose_account(
        words, captions, probabilities, by_label.get("iban", ()), not_to_pay=lambda span: is_debited(captions, span)
    )
    seller = choices["seller_name"]
    seller_country = (
        (country_of_address(captions.block(seller.span.first)) if seller else None)
        or country_of_ids(_text(choices["seller_vat_id"]), _text(choices["iban"]))
        or country_from_text(words.full_text, language)
    )
    buyer_country = country_of_ids(_text(choices["buyer_vat_id"]), None)
    choices["currency"] = choose_currency(
        by_label.get("currency", ()),
        words,
        probabilities,
        language=language,
        country=seller_country,
        lines_of_totals=_lines_of(words, totals),
        foreign=converted_into(words, habit, totals.values.get("gross_total")),
    )
    dates = [s.text for name in ("issue_date", "due_date") for s in by_label.get(name, ())]
    currency = choices["currency"]
    order = infer_date_habit(
        dates, others=words.texts, currency=str(currency.value) if currency else None, country=seller_country, language=language
    )
    choices["issue_date"], choices["due_date"] = dates_in_order(
        words, captions, probabilities, joined, order, due_is_tagged=bool(by_label.get("due_date")), language=language
    )
    values: dict[str, Any] = dict(totals.values)
    values |= {name: choice.value for name, choice in choices.items() if choice is not None}
    evidence = {f"header.{name}": evidence_of(choice.span, SET_BY) for name, choice in choices.items() if choice is not None}
    header = Header(**values)
    anchors = anchors_of(words, captions, choices, totals.evidence, head=text_key(clean_name(head.text)) if head is not None else "")
    return ReadHeader(header, evidence, seller_country, buyer_country, order.assumed, _is_another(head, header), anchors)


def _are_two(words: Words, captions: Captions, above: Span, below: Span) -> bool:
    """Whether two lines are not one value: two names, or a number that a text of its own stands in front of, or that is a year."""
    own = captions.before(below.first)
    caption_goes_on = announces("number", f"{captions.before(above.first)} {own}")
    named = may_be_a_label(own) and not caption_goes_on and above.text[-1] not in "-/" and below.text[0] not in "-/"
    numbered = below.label in _NUMBERS and (
        named or _YEAR.fullmatch(below.text) is not None or captions.in_front("number", below.first) is not None
    )
    return numbered or stands_apart(words, captions, above, below)


def _is_another(head: Span | None, header: Header) -> bool:
    """Whether what heads the page names neither party."""
    shown = text_key(head.text) if head is not None else ""
    known = [text_key(name) for name in (header.seller_name, header.buyer_name) if name]
    return bool(shown) and not any(shown in name or name in shown for name in known)


def _lines_of(words: Words, totals: Totals) -> frozenset[int]:
    """Lines on which the chosen totals stand."""
    return frozenset(words.line_list[i] for shown in totals.evidence.values() for i in words.inside(shown.page - 1, shown.box))


def _text(choice: Choice | None) -> str | None:
    return str(choice.value) if choice is not None else None


def _key(choice: Choice | None) -> tuple[str, ...]:
    return (text_key(str(choice.value)),) if choice is not None and not isinstance(choice.value, date) else ()
