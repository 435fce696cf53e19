"""Rows of tagged words to line items: values by the document's number habit, arithmetic choosing between close readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.item_lines import is_name_heading
from extractors.assembly.item_readings import ONE, Reading, take_credit_marks, take_minus_of_quantity, units_of_price
from extractors.assembly.numbers import NumberHabit, other_reading, parse_number, parse_percent
from extractors.assembly.spans import LABEL_INDEX, Span, Words, is_group_of_digits, make_span
from schemas.invoice import Evidence, LineItem

_FIRST_NUMBER = re.compile(r"[-–−(]?\s*\d[\d.,'’ ]*")
_UNIT_TAIL = re.compile(r"^[-+]?[\d.,'’ ]+\s*([^\W\d_][\w.²³/]*)$")
_BEFORE_HYPHEN = re.compile(r"([^\W\d_]+)-$")
_FIRST_WORD = re.compile(r"[^\W\d_]+\.?")
_CONJUNCTIONS = frozenset("und oder bzw. u. and or en of et ou e ed o y och eller og i oraz lub a nebo ja tai".split())  # noqa: SIM905
_PREFIXES = frozenset({"non", "self", "ex", "pré", "pós"})
_LABEL_PREFIX = re.compile(r"^[^\d:]{2,25}[:#]\s*(?=\S)")
_NO_VALUE = frozenset({0, LABEL_INDEX["line.note"]})
_UNREAD = _NO_VALUE | {LABEL_INDEX["line.discount"]}
_LOOSE = _UNREAD | {LABEL_INDEX["line.position"]}
EXACT = Decimal("0.005")
ROUNDED = Decimal("0.011")  # a net amount and a gross amount, both rounded
_FRACTION = re.compile(r"[.,]\d")
ALTERNATIVE_FLOOR = 0.02  # readings less likely than this are never tried by the arithmetic
SET_BY = "task_model"
SET_BY_ARITHMETIC = "task_model+arithmetic"


@dataclass(frozen=True, slots=True)
class Row:
    """A line item with the evidence of its fields (by field name)."""

    item: LineItem
    evidence: Mapping[str, Evidence]


def build_row(
    words: Words, probabilities: NDArray[np.float32], spans: Sequence[Span], members: NDArray[np.int64], habit: NumberHabit
) -> Row:
    """The line item of one row: ``spans`` are the row's spans in reading order, ``members`` its words."""
    by_label: dict[str, list[Span]] = {}
    for span in spans:
        by_label.setdefault(span.label.removeprefix("line."), []).append(span)

    numbers = {
        name: _readings(by_label.get(name, ()), habit) for name in ("quantity", "unit_price", "net_amount", "gross_amount", "tax_rate")
    }
    discounts = by_label.get("discount", [])
    discount, discount_percent = _discount(discounts, habit)
    amount_name = "net_amount" if numbers["net_amount"] or not numbers["gross_amount"] else "gross_amount"
    picked = {name: readings[0] for name, readings in numbers.items() if readings}
    _in_order(picked)
    set_by = dict.fromkeys(picked, SET_BY)
    shown = None if discounts else _printed_discount(words, probabilities, picked, members, amount_name, habit)
    if shown is not None:
        discounts = [shown]
        discount, discount_percent = _discount(discounts, habit)
    amounts = [name for name in (amount_name, "gross_amount") if name in picked]  # prices with tax make the amount with tax
    units = units_of_price(words, probabilities, picked.get("unit_price"))
    if not any(_consistent(picked, name, discount, discount_percent, units) for name in amounts):
        better = _repair(words, probabilities, numbers, members, amount_name, discount, discount_percent, habit, units)
        for name, reading in better.items():
            if name not in picked or picked[name].value != reading.value:
                picked[name], set_by[name] = reading, SET_BY_ARITHMETIC

    take_credit_marks(words, probabilities, picked)
    take_minus_of_quantity(words, probabilities, picked, amount_name)

    evidence: dict[str, Evidence] = {}
    for name, reading in picked.items():
        if reading.span is not None:
            evidence[name] = evidence_of(reading.span, set_by[name])
    texts: dict[str, str | None] = {}
    if "tax_rate" not in picked and not by_label.get("tax_category"):  # a code in the column of the rates ("GST", "A")
        by_label["tax_category"] = by_label.get("tax_rate", [])
    for name in ("position", "item_code", "unit", "tax_category"):
        chosen = max(by_label.get(name, ()), key=lambda s: s.probability, default=None)
        texts[name] = _identifier(chosen.text) if chosen else None
        if chosen and texts[name]:
            evidence[name] = evidence_of(chosen, SET_BY)
    if texts["unit"] is None and "quantity" in picked and picked["quantity"].span is not None:
        tail = _UNIT_TAIL.match(picked["quantity"].span.text)
        texts["unit"] = tail.group(1) if tail else None
    description = _description(words, by_label.get("description", ()))
    if description is not None:
        evidence["description"] = description[1]
    if discounts and (discount is not None or discount_percent is not None):
        evidence["discount" if discount is not None else "discount_percent"] = evidence_of(
            discounts[0], SET_BY if shown is None else SET_BY_ARITHMETIC
        )
    item = LineItem(
        position=texts["position"],
        item_code=texts["item_code"],
        description=description[0] if description else None,
        quantity=picked["quantity"].value if "quantity" in picked else None,
        unit=texts["unit"],
        unit_price=picked["unit_price"].value if "unit_price" in picked else None,
        discount=discount,
        discount_percent=discount_percent,
        net_amount=picked["net_amount"].value if "net_amount" in picked else None,
        gross_amount=picked["gross_amount"].value if "gross_amount" in picked else None,
        tax_rate=picked["tax_rate"].value if "tax_rate" in picked else None,
        tax_category=texts["tax_category"],
    )
    return Row(item, evidence)


def _in_order(picked: dict[str, Reading]) -> None:
    """An amount with tax is no less than the one without: the two change places where the rate says so, else the smaller one is the tax and goes."""
    net, gross, rate = (picked[name].value if name in picked else None for name in ("net_amount", "gross_amount", "tax_rate"))
    if net is None or gross is None or abs(gross) >= abs(net):
        return
    if rate and abs(gross * (100 + rate) - net * 100) <= 100 * ROUNDED:
        picked["net_amount"], picked["gross_amount"] = picked["gross_amount"], picked["net_amount"]
    else:
        del picked["gross_amount"]


def evidence_of(span: Span, set_by: str) -> Evidence:
    """Evidence of a value that was read from one span."""
    return Evidence(span.page + 1, span.box, span.text, span.probability, set_by)


def derived_from(source: Evidence) -> Evidence:
    """Evidence of a value that follows from another one."""
    return Evidence(source.page, source.box, source.words, source.confidence, SET_BY_ARITHMETIC)


def first_number(text: str, habit: NumberHabit) -> Decimal | None:
    """The number of a text; of several ("9,90 / 100 St", "2 x 4,00") the first."""
    value = parse_number(text, habit)
    if value is None:
        match = _FIRST_NUMBER.search(text)
        value = parse_number(match.group(), habit) if match else None
    return value


def _readings(spans: Sequence[Span], habit: NumberHabit) -> list[Reading]:
    readings: list[Reading] = []
    for span in spans:
        value = parse_percent(span.text, habit) if span.label == "line.tax_rate" else first_number(span.text, habit)
        if value is not None:
            readings.append(Reading(value, span, span.probability))
    return sorted(readings, key=lambda r: -r.probability)


def _discount(spans: Sequence[Span], habit: NumberHabit) -> tuple[Decimal | None, Decimal | None]:
    for span in spans:
        value = first_number(span.text, habit)
        if value is not None:
            return (None, abs(value)) if "%" in span.text else (abs(value), None)
    return None, None


def line_amounts(quantity: Decimal, price: Decimal, discount: Decimal | None, percent: Decimal | None) -> list[Decimal]:
    """What a line may add up to: with its discount taken as an amount, per unit or in percent, and without it."""
    whole = quantity * price
    results = [whole]
    for d in (discount, percent):
        if d is not None:
            results += [whole - d, whole - d * quantity, whole * (1 - d / 100)]
    return results


def agrees(amount: Decimal, quantity: Decimal, price: Decimal, discount: Decimal | None, percent: Decimal | None) -> bool:
    """Whether the amount is quantity × price less discount, allowing for the rounding of the printed price and amount, either sign."""
    exponent = price.as_tuple().exponent
    step = Decimal(1).scaleb(min(int(exponent), -2)) if isinstance(exponent, int) else Decimal("0.01")
    tolerance = abs(quantity) * step / 2 + Decimal("0.011")
    return any(abs(abs(a) - abs(amount)) <= tolerance for a in line_amounts(quantity, price, discount, percent))


def _printed_discount(
    words: Words,
    probabilities: NDArray[np.float32],
    picked: Mapping[str, Reading],
    members: NDArray[np.int64],
    amount_name: str,
    habit: NumberHabit,
) -> Span | None:
    """A number or percentage on the row's lines that the network takes for no other value, and by which the amount is less than quantity × price."""
    readings = [picked.get(n) for n in ("quantity", "unit_price", amount_name)]
    quantity, price, amount = (r.value if r is not None else None for r in readings)
    if quantity is None or price is None or amount is None or agrees(amount, quantity, price, None, None):
        return None
    if abs(amount) >= abs(quantity * price):
        return None
    used = {i for r in picked.values() if r.span is not None for i in r.span.words}
    known = {abs(quantity), abs(price), abs(amount)}
    for line in sorted({int(words.line[i]) for i in members}):
        for i in words.words_of_line[line]:
            if i in used or not words.has_digit[i] or int(probabilities[i].argmax()) not in _UNREAD:
                continue
            span = make_span(words, "line.discount", _with_sign(words, i), probabilities)
            found = _discount([span], habit)
            told = found != (None, None) and ("%" in span.text or _FRACTION.search(span.text))
            if told and not set(found) & known and agrees(amount, quantity, price, *found):
                return span
    return None


def _with_sign(words: Words, i: int) -> list[int]:
    """A number with the percent sign that may follow it as a word of its own."""
    line = words.words_of_line[words.line_list[i]]
    after = line[line.index(i) + 1 :][:1]
    return [i, *(k for k in after if words.texts[k] == "%")]


def _consistent(
    picked: Mapping[str, Reading], amount_name: str, discount: Decimal | None, percent: Decimal | None, units: Sequence[int]
) -> bool:
    """Whether quantity, price, of one of ``units``, and amount agree."""
    quantity, price, amount = (picked[n].value if n in picked else None for n in ("quantity", "unit_price", amount_name))
    if quantity is None or price is None or amount is None:
        return False
    return any(agrees(amount, quantity / n, price, discount, percent) for n in units)


def _repair(
    words: Words,
    probabilities: NDArray[np.float32],
    numbers: Mapping[str, Sequence[Reading]],
    members: NDArray[np.int64],
    amount_name: str,
    discount: Decimal | None,
    percent: Decimal | None,
    habit: NumberHabit,
    units: Sequence[int] = ONE,
) -> dict[str, Reading]:
    """The likeliest readings of quantity, price, of one of ``units``, and amount that agree; nothing where none do. Missing ones may be found among the other
    numbers on the row's lines, but only where the network gave the label some probability."""
    lines = sorted({int(words.line[i]) for i in members})
    nearby = [i for line in lines for i in words.words_of_line[line] if words.has_digit[i]]
    nearby = [
        i for i in nearby if int(probabilities[i].argmax()) not in _NO_VALUE or not is_group_of_digits(words, i)
    ]  # the "2" of "2 508.00"
    options: list[list[Reading]] = []
    names = ("quantity", "unit_price", amount_name)
    for name in names:
        column = LABEL_INDEX[f"line.{name}"]
        readings = list(numbers[name][:3])
        known = {r.value for r in readings}
        for i in nearby:
            if probabilities[i, column] >= ALTERNATIVE_FLOOR or (not readings and _is_loose(probabilities[i])):
                value = first_number(words.texts[i], habit)
                if value is not None and value not in known:
                    readings.append(Reading(value, make_span(words, f"line.{name}", [i], probabilities), float(probabilities[i, column])))
                    known.add(value)
        for reading in list(readings):
            other = other_reading(reading.span.text, habit) if reading.span is not None else None
            if other is not None and other not in known:
                readings.append(Reading(other, reading.span, reading.probability * 0.5))
                known.add(other)
        options.append(sorted(readings, key=lambda r: -r.probability)[:5])
    if not all(options):
        return {}
    best: tuple[float, tuple[Reading, ...]] | None = None
    for combination in product(*options):
        quantity, price, amount = (r.value for r in combination)
        used = [r.span.first for r in combination if r.span is not None]
        if quantity is None or price is None or amount is None or len(set(used)) < len(used):
            continue
        if any(r.probability < ALTERNATIVE_FLOOR for r in combination) and not _is_proof(amount, quantity, price, discount, percent):
            continue
        if any(agrees(amount, quantity / n, price, discount, percent) for n in units):
            score = float(np.prod([r.probability for r in combination]))
            if best is None or score > best[0]:
                best = (score, combination)
    return dict(zip(names, best[1], strict=True)) if best else {}


def _is_loose(shares: NDArray[np.float32]) -> bool:
    """Whether a word was given no meaning that another value needs."""
    return int(shares.argmax()) in _LOOSE


def _is_proof(amount: Decimal, quantity: Decimal, price: Decimal, discount: Decimal | None, percent: Decimal | None) -> bool:
    """Whether an amount is exactly the product of two numbers that would hardly meet by chance."""
    exact = any(abs(abs(a) - abs(amount)) <= EXACT for a in line_amounts(quantity, price, discount, percent))
    return exact and is_telling(quantity, price)


def is_telling(quantity: Decimal, price: Decimal) -> bool:
    """Whether the product of two numbers proves something: neither is 0 or 1."""
    return not {abs(quantity), abs(price)} & {Decimal(0), Decimal(1)}


def _identifier(text: str) -> str:
    text = _LABEL_PREFIX.sub("", text).strip(" .,;:#|")
    return text or ""


def _joined(text: str, line: str) -> str:
    """A text with the line below it. A hyphen at its end splits a word, unless it stands for one ("An- und Abfahrt") or belongs there ("SMS-paket",
    "eSIM-kaart", "non-slip")."""
    broken = _BEFORE_HYPHEN.search(text)
    following = _FIRST_WORD.match(line)
    if broken is None or following is None or not following[0][:1].islower() or following[0] in _CONJUNCTIONS:
        return f"{text} {line}"
    kept = any(map(str.isupper, broken[1][1:])) or broken[1].casefold() in _PREFIXES
    return text + line if kept else text[:-1] + line


def _description(words: Words, spans: Sequence[Span]) -> tuple[str, Evidence] | None:
    if not spans:
        return None
    lines: list[str] = []
    for span in spans:
        lines.append(span.text)
    text = lines[0]
    for line in lines[1:]:
        text = _joined(text, line)
    text = text.strip(" |")
    label, mark, rest = text.partition(":")
    if mark and rest.strip() and is_name_heading(label):  # "Service: Repair": the label of the value, printed in each row
        text = rest.strip()
    if not text:
        return None
    first_page = spans[0].page
    shown = [i for s in spans if s.page == first_page for i in s.words]
    confidence = float(np.mean([s.probability for s in spans]))
    return text, Evidence(first_page + 1, words.box_of(shown), text, confidence, SET_BY)
