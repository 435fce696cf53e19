"""Digits that OCR took for letters, and decimal marks that it lost: put right only where the page's arithmetic proves it.

"1O0,00" may be 100,00, and "12345" may be 123,45. Each such word is read the other way, the document is assembled anew, and the other reading stays only
where its value then takes part in a sum or product of printed numbers that holds: quantity × price = amount, Σ lines = total, net + tax = gross,
base × rate = tax. What proves nothing stays as it was read. Only words that OCR gave are touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from extractors.assembly.document import Assembled, assemble
from extractors.assembly.line_items import agrees
from extractors.words import Document, Page

if TYPE_CHECKING:
    from extractors.model_directory import WordTagger
    from extractors.tagger import TaggedDocument

REPAIRED = "+digit_repair"  # behind what set a value whose words were read otherwise than OCR gave them
MOST_TRIALS = 3
CENT = Decimal("0.01")
# Letters that OCR engines give for digits, as they look alike in most typefaces.
_MISREAD = str.maketrans("OoQDlIi|!ZzSsBbGgqε", "0000111112255866993")
_NUMBER = re.compile(r"[-–−+(]?[€$£]?\d{1,3}(?:[.,'’]?\d{3})*(?:[.,]\d{1,4})?[€%]?[-)]?")
_TWO_DECIMALS = re.compile(r"\d[.,]\d{2}\D?$")
_DIGITS_ONLY = re.compile(r"\d{3,9}")
_SHARE_WITH_DECIMALS = 0.6  # of a document's numbers with a mark before their end; where fewer have two decimals, none was lost

Place = tuple[int, int]  # page and word, from 0


def repaired(tagged: TaggedDocument, assembled: Assembled, tagger: WordTagger) -> Assembled:
    """``assembled`` with the digits of OCR put right where arithmetic proves them; the same object where nothing is to be done."""
    document = tagged.document
    if not assembled.is_invoice or not any(_is_recognised(page) for page in document.pages):
        return assembled
    known = _words_of(document, assembled, proven_values(assembled))
    readings = {place: text for place, text in other_readings(document).items() if place not in known}
    for _ in range(MOST_TRIALS):
        if not readings:
            return assembled
        trial_document = _with_readings(document, readings)
        trial = assemble(tagger.tag_many([trial_document])[0])
        proven = proven_values(trial)
        shown = _words_of(trial_document, trial, proven)
        if not trial.is_invoice or not known <= shown:  # what was proven before must still be
            return assembled
        if readings.keys() <= shown:
            return _marked(trial, proven, trial_document, readings)
        readings = {place: text for place, text in readings.items() if place in shown}
    return assembled


def other_readings(document: Document) -> dict[Place, str]:
    """Words of OCR that may be misread numbers, with the number that they may be."""
    numbers = [text for page in document.pages for text in page.texts if _NUMBER.fullmatch(text) and re.search(r"[.,]", text)]
    decimals = [text for text in numbers if _TWO_DECIMALS.search(text)]
    lost_marks = len(decimals) > _SHARE_WITH_DECIMALS * len(numbers)
    mark = "," if sum(text.rstrip("€%-)")[-3:-2] == "," for text in decimals) * 2 > len(decimals) else "."
    found: dict[Place, str] = {}
    for p, page in enumerate(document.pages):
        if not _is_recognised(page):
            continue
        for w, text in enumerate(page.texts):
            if page.confidences[w] >= 1:
                continue
            digits = text.translate(_MISREAD)
            if digits != text and _NUMBER.fullmatch(digits) and (any(c.isdigit() for c in text) or _TWO_DECIMALS.search(digits)):
                found[p, w] = digits
            elif lost_marks and _DIGITS_ONLY.fullmatch(text):
                found[p, w] = f"{text[:-2]}{mark}{text[-2:]}"
    return found


def proven_values(assembled: Assembled) -> frozenset[str]:
    """The paths of printed values that take part in a sum or product that holds."""
    paths: set[str] = set()
    values: dict[str, Decimal | None] = {
        f"header.{name}": getattr(assembled.header, name) for name in ("net_total", "tax_total", "gross_total")
    }
    amounts: dict[str, Decimal | None] = {}
    for i, item in enumerate(assembled.line_items):
        at = f"line_items.{i}."
        amount_path = at + ("net_amount" if item.net_amount is not None else "gross_amount")
        amounts[amount_path] = item.amount
        amount, quantity, price = item.amount, item.quantity, item.unit_price
        if amount and quantity and price and agrees(amount, quantity, price, item.discount, item.discount_percent):
            paths |= _printed(assembled, (at + "quantity", at + "unit_price", amount_path))
    lines = _sum(amounts.values())
    for name in ("header.net_total", "header.gross_total"):
        if lines and values[name] == lines:
            paths |= _printed(assembled, (*amounts, name))
    net, tax, gross = values.values()
    if net and tax and gross and net + tax == gross:
        paths |= _printed(assembled, values)
    for i, row in enumerate(assembled.totals.breakdown):
        at = f"tax_breakdown.{i}."
        if row.taxable_amount and row.rate and row.tax_amount and abs(row.taxable_amount * row.rate / 100 - row.tax_amount) <= CENT:
            paths |= _printed(assembled, (at + "taxable_amount", at + "rate", at + "tax_amount"))
    return frozenset(paths)


def _printed(assembled: Assembled, paths: Iterable[str]) -> set[str]:
    """The paths where all of them are printed; else none, as a value that was computed proves nothing."""
    paths = set(paths)
    return paths if paths <= assembled.evidence.keys() else set()


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _words_of(document: Document, assembled: Assembled, paths: Iterable[str]) -> set[Place]:
    """The words that the values at ``paths`` were read from."""
    places: set[Place] = set()
    for path in paths:
        evidence = assembled.evidence[path]
        page = document.pages[evidence.page - 1]
        x0, y0, x1, y1 = evidence.box
        for w, (left, top, right, bottom) in enumerate(page.boxes.tolist()):
            if x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1:
                places.add((evidence.page - 1, w))
    return places


def _with_readings(document: Document, readings: Mapping[Place, str]) -> Document:
    pages = (
        replace(page, texts=tuple(readings.get((p, w), text) for w, text in enumerate(page.texts))) for p, page in enumerate(document.pages)
    )
    return replace(document, pages=tuple(pages))


def _marked(trial: Assembled, proven: frozenset[str], document: Document, readings: Mapping[Place, str]) -> Assembled:
    evidence = dict(trial.evidence)
    for path in proven:
        if _words_of(document, trial, (path,)) & readings.keys():
            evidence[path] = replace(evidence[path], set_by=evidence[path].set_by + REPAIRED)
    return replace(trial, evidence=evidence)


def _is_recognised(page: Page) -> bool:
    return len(page.confidences) == len(page) > 0 and bool((page.confidences < 1).any())
