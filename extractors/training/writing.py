"""One document's habits of writing: how it words labels and prints numbers, money, dates and identifiers as labelled spans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from extractors.training import identifiers, locales
from extractors.training.amounts import Adjustment
from extractors.training.facts import Facts
from extractors.training.layout import Line, Span
from extractors.training.vocabulary import PLACEHOLDER, Vocabulary, choose, small_words, vocabulary

# English wordings serve countries with different taxes: what may not stand on an invoice of each.
FOREIGN_TAX_WORDS = {
    "US": r"VAT|GST|HST|PST|ABN|CGST|TDS|CIS|RCT",
    "GB": r"GST|HST|PST|Sales Tax|State|ABN|TDS|RCT|EIN|SSN",
    "IE": r"GST|HST|PST|Sales Tax|State|ABN|TDS|CIS|EIN",
    "IN": r"VAT|HST|PST|Sales Tax|State Tax|ABN|CIS|RCT|EIN",
    "CA": r"VAT|IGST|CGST|ABN|TDS|CIS|RCT|EIN",
    "AU": r"VAT|HST|PST|Sales Tax|State Tax|IGST|TDS|CIS|RCT|EIN|GSTIN",
    "NZ": r"VAT|HST|PST|Sales Tax|State|IGST|TDS|CIS|ABN",
    "SG": r"VAT|HST|PST|Sales Tax|State|IGST|TDS|CIS|ABN",
}
CODES = re.compile(r"\b(USD|EUR|GBP|AUD|CAD|INR|CHF|SEK|DKK|NOK|PLN|CZK|TRY|BRL|TL|zł|Kč|kr|€|Euro?s?|NZD|MXN)\b|€|£|\$|₹")


class Writer:
    """Habits are drawn once, when the writer is made; wordings at every use."""

    def __init__(self, rng: Random, facts: Facts, family: str) -> None:
        self.rng, self.facts, self.family = rng, facts, family
        words = facts.vocabulary
        code = facts.seller.country
        self.words: Vocabulary = words
        self.number = locales.number_style(rng, code)
        months: Mapping[str, Sequence[str]] = words.data["months"]
        make = [str(p) for p in words.data["date_words"]]
        self.dates = locales.date_style(rng, code, make, [str(m) for m in months["full"]], [str(m) for m in months["short"]])
        self.other_dates = (
            self.dates
            if rng.random() < 0.8
            else locales.date_style(rng, code, make, [str(m) for m in months["full"]], [str(m) for m in months["short"]])
        )
        tokens = (
            facts.country.tokens
            if facts.country.currency == facts.currency
            else [  # a token of the country's own currency would say that one
                t for t in locales.FOREIGN_TOKENS.get(facts.currency, (facts.currency,)) if t not in facts.country.tokens
            ]
        )
        self.token = rng.choice(tokens)
        self.line_place = choose(rng, {"none": 62, "after": 14, "before": 9, "glued_before": 10, "glued_after": 5})
        self.total_place = choose(rng, {"none": 22, "after": 30, "before": 22, "glued_before": 17, "glued_after": 9})
        if self.token.isalpha() or "." in self.token:  # "EUR120.00" is rare
            self.line_place, self.total_place = (
                p if not p.startswith("glued") or rng.random() < 0.08 else "none" for p in (self.line_place, self.total_place)
            )
        elif facts.currency in ("USD", "GBP", "AUD", "CAD", "INR", "NZD", "SGD", "MXN", "BRL") and rng.random() < 0.6:
            self.line_place, self.total_place = rng.choice((("none", "glued_before"), ("glued_before", "glued_before"), ("none", "before")))
        self.colon = rng.choices((":", "", " :", ".:", ":", " -", "#"), (50, 30, 7, 1, 5, 1, 0.5))[0]
        self.shout = rng.random() < 0.1
        self.percent = rng.choices(("{} %", "{}%", "{}"), (38, 45, 17))[0]
        self.rate_places = rng.choices((0, 1, 2), (68, 12, 20))[0]
        self.places = 0 if facts.currency in locales.WHOLE_CURRENCIES else 2
        self.quantity_places = rng.choices((0, 1, 2, 3), (72, 4, 16, 8))[0]
        self.iban_gap = rng.random() < 0.7
        self.currency_seen = False
        self.code_style = rng.choice(("standard", "standard", "ABCD", "1234", "VNFE", ("01", "02", "03", "04"), ("V1", "V2", "V0", "V9")))
        self.in_table: list[Adjustment] = []  # allowances and charges printed as rows of the table
        self.second = vocabulary("en", family) if facts.language != "en" and rng.random() < 0.045 else None
        self.banned = (
            FOREIGN_TAX_WORDS.get(code, FOREIGN_TAX_WORDS["IE"])
            if facts.language == "en"
            else r"TPS|TVQ|TVH"
            if facts.language == "fr" and code != "CA"
            else None
        )

    # -- labels ------------------------------------------------------------------------------------------------

    def word(self, key: str, section: str = "labels") -> str:
        """A wording that fits the country's tax and the document's currency."""
        found = key
        for _ in range(12):
            found = self.words.pick(self.rng, section, key, default=key.replace("_", " ").capitalize())
            if self.banned and re.search(self.banned, found):
                continue
            strange = CODES.search(found)
            if strange is None or strange[0] in (self.facts.currency, self.token):
                break
        else:
            found = CODES.sub("", found).replace("()", "").strip()
        return found

    def label(self, key: str, section: str = "labels") -> Span:
        """The label before a value, with this document's punctuation, in two languages where the document is bilingual."""
        wording = self.word(key, section)
        if self.second is not None and self.second.has(section, key):
            wording += self.rng.choice((" / ", "/", " / ", " - ")) + self.second.all(section, key)[0]
        return Span(self.punctuated(wording))

    def punctuated(self, wording: str) -> str:
        if self.shout:
            wording = wording.upper()
        if wording.endswith(("#", ":", "№")):
            return wording
        return wording + (self.colon.lstrip(".") if wording.endswith(".") else self.colon)

    def tax_code(self, category: str, rate: Decimal) -> str:
        """This document's code of a category and rate: EN 16931's letter, or a letter or digit of its own."""
        if self.code_style == "standard":
            return category
        rates = [(p.category, p.rate) for p in self.facts.breakdown]
        index = rates.index((category, rate)) if (category, rate) in rates else 0
        return self.code_style[index % len(self.code_style)]

    # -- values ------------------------------------------------------------------------------------------------

    def date(self, day: date, label: str = "O", *, other: bool = False) -> Span:
        return Span((self.other_dates if other else self.dates).text(day), label, value=day)

    def currency(self, text: str | None = None) -> Span:
        return Span(text or self.token, "header.currency", value=self.facts.currency)

    def amount(self, value: Decimal, label: str = "O", group: int = -1, *, places: int | None = None) -> Span:
        """A bare amount without currency."""
        return Span(self.number.text(value, self.places if places is None else places), label, group, value)

    def money(self, value: Decimal, label: str = "O", group: int = -1, *, place: str | None = None, places: int | None = None) -> Line:
        """An amount with the currency where this document puts it; a glued symbol becomes part of the amount's word."""
        place = place or self.total_place
        number = self.amount(value, label, group, places=places)
        token = self.token
        if place == "none":
            return [number]
        if place in ("before", "after"):
            sign = self.currency(token)
            return [sign, number] if place == "before" else [number, sign]
        self.currency_seen = True
        if place == "glued_before":
            lead = number.text[:1] in "-\u2212" and self.rng.random() < 0.7
            number.text = number.text[0] + token + number.text[1:] if lead else token + number.text
        else:
            number.text += token
        return [number]

    def rate(self, value: Decimal, label: str, group: int = -1, *, sign: bool | None = None) -> Span:
        text = self.number.plain_group().short(value, least=self.rate_places)
        pattern = self.percent if sign is None else ("{} %" if self.percent == "{} %" else "{}%") if sign else "{}"
        return Span(pattern.format(text), label, group, value)

    def adjustment(self, kind: str, percent: Decimal | None) -> str:
        """What an allowance, charge or withholding is called, with its ``percent`` where the wording has a place for one."""
        for _ in range(12):
            found = self.word(kind, "totals")
            if "{base}" not in found and ("{rate}" not in found or percent is not None):
                break
        else:
            found = kind.capitalize()
        return found.replace("{rate}", self.rate(percent, "O", sign=False).text if percent is not None else "")

    def quantity(self, value: Decimal, label: str = "line.quantity", group: int = -1) -> Span:
        return Span(self.number.short(value, least=self.quantity_places), label, group, value)

    def iban(self, account: str, label: str = "header.iban") -> Span:
        return Span(identifiers.chunked(account, 4) if self.iban_gap else account, label, value=account)

    # -- sentences ---------------------------------------------------------------------------------------------

    def sentence(self, key: str, values: Mapping[str, Any], section: str = "phrases") -> Line | None:
        """A phrase of the vocabulary with its placeholders filled by spans or texts; None where the language has none that can be filled."""
        options = self.words.all(section, key)
        if not options:
            return None
        pattern = self.words.pick(self.rng, section, key)
        return self.filled(pattern, values)

    def filled(self, pattern: str, values: Mapping[str, Any]) -> Line | None:
        """Spans of a pattern. A placeholder that has no value makes it None."""
        out: Line = []
        at = 0
        for match in PLACEHOLDER.finditer(pattern):
            value = values.get(match[1])
            if value is None:
                return None
            before = pattern[at : match.start()]
            if before.strip():
                out.append(Span(before.strip(), space=not out or before.startswith(" ")))
            glued = bool(out) and not before.endswith(" ") and before != ""
            parts: Line = [Span(str(value))] if not isinstance(value, Span | list) else [value] if isinstance(value, Span) else list(value)
            for index, part in enumerate(parts):  # own keys: a value said twice is two spans
                space = part.space if index else not glued and (before != "" or not out)
                out.append(Span(part.text, part.label, part.group, part.value, space, part.bold))
            at = match.end()
        rest = pattern[at:]
        if rest.strip():
            out.append(Span(rest.strip(), space=rest.startswith(" ")))
        return out

    def of_date(self) -> str:
        return self.rng.choice(small_words("of_date", self.facts.language))
