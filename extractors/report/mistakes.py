"""Every wrong value of an evaluation, with the kind of mistake that it is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from extractors.report.evaluated import Evaluated
from extractors.scoring import LINE_FIELDS, NAME_FIELDS, NUMBER_FIELDS, align, likeness, line_value, same_value
from schemas.invoice import HEADER_FIELDS

IDENTIFIERS = ("invoice_number", "purchase_order", "seller_vat_id", "buyer_vat_id", "iban")
DATES = ("issue_date", "due_date")
TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")
ROLES = (("seller_name", "buyer_name"), ("seller_vat_id", "buyer_vat_id"))
CUT_OFF = 0.5  # likeness from which two texts are the same one, longer or shorter


class Kind(StrEnum):
    """What went wrong, in words for a person."""

    NOT_FOUND = "value not found"
    INVENTED = "value that the page does not show"
    ROW_MISSING = "row missing"
    ROW_INVENTED = "row invented"
    TOO_LONG = "text too long"
    TOO_SHORT = "text too short"
    MIXED = "text mixed from two rows"
    OTHER_TEXT = "another text"
    PARTY_SWAPPED = "party swapped"
    LOOK_ALIKE = "look-alike identifier"
    OTHER_IDENTIFIER = "identifier of another role"
    IDENTIFIER_CUT = "identifier cut or run together"
    DATE_ROLE = "date of another role"
    DATE_ORDER = "day and month swapped"
    OTHER_DATE = "another date"
    TOTAL_ROLE = "total of another role"
    OTHER_COLUMN = "number of another column"
    OTHER_ROW = "number of another row"
    DIGITS_LOST = "digits lost or added"
    SCALE = "decimal point misplaced"
    SIGN = "sign wrong"
    WRONG_NUMBER = "wrong number"
    CURRENCY = "wrong currency"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong value. ``field`` is ``header.NAME``, ``line_items.NAME`` or ``line_items``; ``row`` counts the truth's rows from 0, ``found_row`` those
    found; ``evidence`` is the key of the found value's place."""

    document: Evaluated
    field: str
    kind: Kind
    expected: Any
    found: Any
    row: int | None = None
    found_row: int | None = None
    evidence: str | None = None

    @property
    def label(self) -> str:
        """The kind with its field: what mistakes are counted by."""
        name = self.field.rpartition(".")[2].replace("_", " ")
        return str(self.kind) if self.field == "line_items" else f"{name}: {self.kind}"


def mistakes_of(document: Evaluated) -> list[Mistake]:
    """All wrong values of one document, header first."""
    return [*_header(document), *_rows(document)]


def counted(mistakes: Sequence[Mistake]) -> list[tuple[str, int, int]]:
    """(label, mistakes, documents) of the kinds of mistakes, the commonest first."""
    counts = Counter(mistake.label for mistake in mistakes)
    documents = {label: len({m.document.name for m in mistakes if m.label == label}) for label in counts}
    return sorted(((label, count, documents[label]) for label, count in counts.items()), key=lambda entry: (-entry[1], entry[0]))


def _header(document: Evaluated) -> Iterator[Mistake]:
    truth, found = document.truth.get("header") or {}, document.found.get("header") or {}
    unsigned = document.truth.get("document_type") == "credit_note"
    for name in HEADER_FIELDS:
        if name not in truth:
            continue
        expected, got = truth[name], found.get(name)
        if same_value(name, expected, got, unsigned=unsigned):
            continue
        yield Mistake(document, f"header.{name}", header_kind(name, truth, got), expected, got, evidence=f"header.{name}" if got else None)


def header_kind(name: str, truth: Mapping[str, Any], got: Any) -> Kind:
    """Why a header field is wrong; ``truth`` is the true header."""
    expected = truth[name]
    if got is None:
        return Kind.NOT_FOUND
    for pair in ROLES:
        if name in pair:
            other = truth.get(pair[0] if name == pair[1] else pair[1])
            if other is not None and same_value(name, other, got):
                return Kind.PARTY_SWAPPED
    if expected is None:
        return Kind.INVENTED
    if name in NAME_FIELDS:
        return text_kind(expected, got)
    if name in DATES:
        return _date_kind(name, truth, got)
    if name in TOTALS:
        others = [truth[n] for n in TOTALS if n != name and truth.get(n) is not None]
        if any(same_value(name, other, got) for other in others):
            return Kind.TOTAL_ROLE
        return number_kind(expected, got)
    if name in IDENTIFIERS:
        if any(same_value(name, truth[n], got) for n in IDENTIFIERS if n != name and truth.get(n) is not None):
            return Kind.OTHER_IDENTIFIER
        a, b = _letters(expected), _letters(got)
        return Kind.IDENTIFIER_CUT if a and b and (a in b or b in a) else Kind.LOOK_ALIKE
    return Kind.CURRENCY


def _date_kind(name: str, truth: Mapping[str, Any], got: Any) -> Kind:
    if any(truth.get(n) == got for n in DATES if n != name):
        return Kind.DATE_ROLE
    a, b = str(truth[name]).split("-"), str(got).split("-")
    if len(a) == len(b) == 3 and a[0] == b[0] and a[1:] == b[:0:-1]:
        return Kind.DATE_ORDER
    return Kind.OTHER_DATE


def _rows(document: Evaluated) -> Iterator[Mistake]:
    truth, found = document.truth.get("line_items") or [], document.found.get("line_items") or []
    unsigned = document.truth.get("document_type") == "credit_note"
    pairs = align(truth, found)
    for i, j in pairs:
        for key in LINE_FIELDS:
            expected, got = line_value(truth[i], key), line_value(found[j], key)
            others = truth[i].get("description_alternatives") or ()
            if expected is None or same_value(key, expected, got, unsigned=unsigned, alternatives=others):
                continue
            kind = row_kind(key, truth, i, got)
            yield Mistake(document, f"line_items.{key}", kind, expected, got, i, j, _evidence(document, j, key))
    for i in sorted(set(range(len(truth))) - {i for i, _ in pairs}):
        yield Mistake(document, "line_items", Kind.ROW_MISSING, _summary(truth[i]), None, row=i)
    for j in sorted(set(range(len(found))) - {j for _, j in pairs}):
        yield Mistake(document, "line_items", Kind.ROW_INVENTED, None, _summary(found[j]), None, j, _evidence(document, j, None))


def row_kind(key: str, truth: Sequence[Mapping[str, Any]], row: int, got: Any) -> Kind:
    """Why the value ``key`` of the true row ``row`` is wrong."""
    expected = line_value(truth[row], key)
    if got is None:
        return Kind.NOT_FOUND
    if key not in NUMBER_FIELDS:
        others = [str(line_value(r, key) or "") for i, r in enumerate(truth) if i != row]
        return text_kind(expected, got, others=others)
    if any(same_value(key, line_value(truth[row], k), got) for k in LINE_FIELDS if k != key and k in NUMBER_FIELDS):
        return Kind.OTHER_COLUMN
    if any(same_value(key, line_value(r, key), got) for i, r in enumerate(truth) if i != row):
        return Kind.OTHER_ROW
    return number_kind(expected, got)


def text_kind(expected: Any, got: Any, *, others: Sequence[str] = ()) -> Kind:
    """How a text differs: longer, shorter, mixed with one of ``others``, or another one altogether."""
    wanted, seen = Counter(_words(expected)), Counter(_words(got))
    shared, extra, lost = wanted & seen, seen - wanted, wanted - seen
    if not shared:
        return Kind.OTHER_TEXT
    foreign = max((_covered(extra, other) for other in others), default=0.0)
    if extra and foreign > 0.5 and max(likeness(other, got) for other in others) >= 0.25:
        return Kind.MIXED
    if extra and not lost:
        return Kind.TOO_LONG
    if lost and not extra:
        return Kind.TOO_SHORT
    if likeness(expected, got) < CUT_OFF and not (shared.total() >= 0.6 * wanted.total()):
        return Kind.OTHER_TEXT
    return Kind.TOO_LONG if extra.total() >= lost.total() else Kind.TOO_SHORT


def _covered(words: Counter[str], text: str) -> float:
    return (words & Counter(_words(text))).total() / words.total() if words else 0.0


def number_kind(expected: Any, got: Any) -> Kind:
    """How a number differs from the true one."""
    try:
        a, b = Decimal(str(expected)), Decimal(str(got))
    except InvalidOperation:
        return Kind.WRONG_NUMBER
    if a == -b:
        return Kind.SIGN
    left, right = str(abs(a).normalize().as_tuple().digits), str(abs(b).normalize().as_tuple().digits)
    if left == right and a and b:
        return Kind.SCALE
    x, y = format(abs(a), "f"), format(abs(b), "f")
    x, y = (text.rstrip("0").rstrip(".") if "." in text else text for text in (x, y))
    if len(min(x, y, key=len)) >= 2 and (x.endswith(y) or y.endswith(x) or x.startswith(y) or y.startswith(x)):
        return Kind.DIGITS_LOST
    return Kind.WRONG_NUMBER


def _evidence(document: Evaluated, row: int, key: str | None) -> str | None:
    places: Mapping[str, Any] = document.found.get("evidence") or {}
    names = {"amount": ("net_amount", "gross_amount"), None: ("description", "net_amount", "gross_amount", "unit_price", "quantity")}
    candidates = (f"line_items.{row}.{name}" for name in names.get(key, (key,)))
    return next((name for name in candidates if name in places), None)


def _summary(row: Mapping[str, Any]) -> str:
    values = (line_value(row, key) for key in ("description", "quantity", "unit_price", "amount"))
    return " · ".join(str(value) for value in values if value is not None)


def _letters(value: Any) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(value)).casefold())


def _words(value: Any) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", str(value)).casefold())
