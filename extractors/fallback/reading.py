"""A model's answer as one more reading of the page: parsed, held to the schema, grounded. What cannot be found on the page is dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, cast

from extractors.fallback.grounding import PageIndex, Place, letters
from extractors.fallback.question import MAX_TEXT, ROW_FIELDS, TOTALS, Question
from extractors.scoring import same_value
from extractors.strategy import ROWS
from schemas.invoice import DocumentType, Evidence, Invoice

DATES = frozenset({"issue_date", "due_date"})
MAX_ROWS = 1000
Value = str | Decimal | date | None


class AnswerError(ValueError):
    """The answer is not JSON of the asked schema; the message tells a model what to mend."""


@dataclass(frozen=True, slots=True)
class RowReading:
    """One line item as a model reads it, with the places of its values; values that the page does not print are left out."""

    values: Mapping[str, Value]
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Reading:
    """Grounded values by header field; ``rows`` None: not asked. ``ungrounded`` lists (path, text) of values that the page does not print."""

    role: str
    header: Mapping[str, Value] = field(default_factory=dict[str, Value])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    rows: tuple[RowReading, ...] | None = None
    ungrounded: tuple[tuple[str, str], ...] = ()


def parse_answer(text: str, question: Question) -> dict[str, Any]:
    """The answer's JSON object. Raises `AnswerError` when it is none, lacks an asked field or holds other kinds of values."""
    answer = parse_object(text, [name for name in question.fields if name != ROWS])
    if question.rows:
        if "line_items" not in answer:
            raise AnswerError("the field line_items is missing")
        _check_rows(answer["line_items"])
    return answer


def parse_object(text: str, names: Iterable[str]) -> dict[str, Any]:
    """A JSON object with a text or null for each of ``names``. Raises `AnswerError`."""
    body = re.sub(r"^```(?:json)?\s*|\s*```$", "", text.strip())
    try:
        data = json.loads(body, parse_float=str, parse_int=str)  # no binary float on the way
    except (ValueError, RecursionError) as exc:
        raise AnswerError(f"expected one JSON object, found text that is not JSON ({exc})") from exc
    if not isinstance(data, dict):
        raise AnswerError(f"expected one JSON object, found {type(data).__name__}")
    answer = cast("dict[str, Any]", data)
    for name in names:
        if name not in answer:
            raise AnswerError(f"the field {name} is missing")
        if answer[name] is not None and not isinstance(answer[name], str):
            raise AnswerError(f"{name}: expected a text or null")
    return answer


def _check_rows(rows: Any) -> None:
    if not isinstance(rows, list) or len(cast("list[Any]", rows)) > MAX_ROWS:
        raise AnswerError(f"line_items: expected a list of at most {MAX_ROWS} objects")
    for row in cast("list[Any]", rows):
        if not isinstance(row, dict) or not set(ROW_FIELDS) <= set(cast("dict[str, Any]", row)):
            raise AnswerError(f"line_items: expected objects with {', '.join(ROW_FIELDS)}")


def ground(answer: Mapping[str, Any], question: Question, *, invoice: Invoice, index: PageIndex, role: str) -> Reading:
    """``answer`` with every value found on the page, or dropped and listed."""
    header: dict[str, Value] = {}
    places: dict[str, Place] = {}
    ungrounded: list[tuple[str, str]] = []
    for name in question.fields:
        if name == ROWS:
            continue
        raw = answer.get(name)
        value, place = _grounded(name, raw, index, _near(invoice.evidence.get(f"header.{name}")))
        if raw not in (None, "") and place is None:
            value, place = _as_read_before(name, str(raw), getattr(invoice.header, name), invoice.evidence.get(f"header.{name}"))
        if raw not in (None, "") and place is None:
            ungrounded.append((f"header.{name}", str(raw)[:MAX_TEXT]))
            continue
        header[name] = value
        if place is not None:
            places[name] = place
    rows = _ground_rows(answer["line_items"], invoice, index, ungrounded) if question.rows else None
    return Reading(role, header, places, rows, tuple(ungrounded))


def settled(invoice: Invoice, readings: Sequence[Reading], name: str) -> bool:
    """Whether two readings or more were asked for ``name`` (a header field, ``rows``) and all say the same."""
    unsigned = invoice.document_type is DocumentType.CREDIT_NOTE
    told = [_told(reading, name) for reading in readings if (reading.rows is not None if name == ROWS else name in _asked(reading))]
    return len(told) > 1 and all(_alike(one, other, unsigned=unsigned) for one, other in pairwise(told))


def _asked(reading: Reading) -> set[str]:
    return {*reading.header, *(path.removeprefix("header.") for path, _ in reading.ungrounded)}


def _told(reading: Reading, name: str) -> list[Mapping[str, Value]]:
    return [row.values for row in reading.rows or ()] if name == ROWS else [{name: reading.header.get(name)}]


def _alike(one: Sequence[Mapping[str, Value]], other: Sequence[Mapping[str, Value]], *, unsigned: bool) -> bool:
    return len(one) == len(other) and all(
        same_value(name, _text(a.get(name)), _text(b.get(name)), unsigned=unsigned)
        for a, b in zip(one, other, strict=True)
        for name in {**a, **b}
    )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


def _ground_rows(
    raw_rows: list[Mapping[str, Any]], invoice: Invoice, index: PageIndex, ungrounded: list[tuple[str, str]]
) -> tuple[RowReading, ...]:
    before = [(line.description, invoice.evidence.get(f"line_items.{n}.description")) for n, line in enumerate(invoice.line_items)]
    rows: list[RowReading] = []
    last: Place | None = None
    for number, raw in enumerate(raw_rows):
        values: dict[str, Value] = {}
        places: dict[str, Place] = {}
        for name in ROW_FIELDS:
            anchor = places.get("description") or last
            value, place = _grounded(name, raw.get(name), index, anchor)
            if place is None and name == "description" and raw.get(name):
                found = (_as_read_before(name, str(raw[name]), old, shown) for old, shown in before)
                value, place = next((pair for pair in found if pair[1] is not None), (None, None))
            if place is not None:
                places[name] = place
            elif raw.get(name) not in (None, ""):
                ungrounded.append((f"line_items.{number}.{name}", str(raw.get(name))[:MAX_TEXT]))
                continue
            values[name] = value
        last = places.get("description") or last
        rows.append(RowReading(values, places))
    return tuple(rows)


def _grounded(name: str, raw: Any, index: PageIndex, near: Place | None) -> tuple[Value, Place | None]:
    """The value in our types and where the page prints it; (None, None) where it does not."""
    if raw is None:
        return None, None
    text = str(raw).strip()[:MAX_TEXT]
    if name in DATES:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None, None
        place = index.find_date(day)
        return (day, place) if place else (None, None)
    if name in TOTALS or name in ("quantity", "unit_price", "amount"):
        number = _number(text)
        place = index.find_number(number, near=near) if number is not None else None
        return (number, place) if place else (None, None)
    if name == "currency":
        code = text.upper()
        place = index.find_currency(code) if re.fullmatch(r"[A-Z]{3}", code) else None
        return (code, place) if place else (None, None)
    if not letters(text):
        return None, None
    place = index.find_text(text, near=near)
    if place is None:
        return None, None
    return (re.sub(r"\s", "", text).upper() if name in ("iban", "seller_vat_id", "buyer_vat_id") else text), place


def _as_read_before(name: str, raw: str, old: Value, shown: Evidence | None) -> tuple[Value, Place | None]:
    """The specialist's value where the answer is the same: its words were found on the page already."""
    if old is None or shown is None or not same_value(name, str(old), raw[:MAX_TEXT]):
        return None, None
    return old, _near(shown)


def _number(text: str) -> Decimal | None:
    plain = text.replace(" ", "").rstrip("%")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(plain) <= 40 else None


def _near(shown: Evidence | None) -> Place | None:
    return Place(shown.page, shown.box, shown.words) if shown else None
