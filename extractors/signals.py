"""What an assembled document shows of its own reliability: one number per signal, from probabilities, sums, gaps and ambiguities.

Each signal answers a class of mistakes that was seen in confident readings of generated documents."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import pstdev

from extractors.assembly.country import countries_told
from extractors.assembly.currency import DOLLAR_COUNTRIES, currencies_shown
from extractors.assembly.document import Assembled, rows_that_agree
from extractors.assembly.parties import has_legal_form
from schemas.invoice import CRITICAL_FIELDS, LineItem

CELLS = ("description", "quantity", "unit_price", "amount")
# What can be wrong in a document, and the signals that bear on it.
PARTS: Mapping[str, tuple[str, ...]] = {
    "invoice_number": ("log_invoice_number", "log_rival_number", "number_in_pieces", "number_prefixed", "number_captioned", "header_doubt", "log_words"),
    "issue_date": (
        "log_issue_date", "log_rival_date", "date_ambiguous", "date_ambiguous_by_language", "date_order_assumed", "date_order_contradicts", "later_dates",
        "latest_of_dates", "other_dates", "date_captioned", "header_doubt",
    ),
    "currency": ("log_currency", "currency_ambiguous", "currency_disputed", "other_currencies", "header_doubt"),
    "seller_name": (
        "log_seller_name", "log_rival_seller", "log_seller_not_buyer", "seller_has_legal_form", "seller_repeated", "seller_in_address", "buyer_in_address",
        "other_letterhead", "parties_headed", "parties_headed_otherwise", "parties_place", "header_doubt",
    ),
    "totals": (
        "log_net_total", "log_tax_total", "log_gross_total", "totals_hold", "totals_contradict", "lines_hold", "lines_contradict", "net_missing",
        "untaxed", "adjustments", "loose_amounts", "missing_critical", "set_by_arithmetic", "totals_captioned", "totals_captioned_otherwise",
    ),
    "names": (
        "name_doubt", "worst_name", "mean_name", "outvoted", "torn", "unread", "uneven", "log_weakest_name", "gaps_description", "no_description",
        "longest_name", "uneven_length", "small_first_letter", "cut_at_a_mark", "begins_with_code", "log_rows", "single_row", "lines_hold",
        "log_weakest_word",
    ),
    "numbers": (
        "line_doubt", "lines_hold", "lines_contradict", "share_of_rows_that_agree", "rows_that_cannot_be_checked", "log_weakest_number",
        "log_mean_line_value", "set_by_arithmetic", "log_rows", "single_row", *(f"gaps_{name}" for name in CELLS), *(f"no_{name}" for name in CELLS[1:]),
        "positions_run", "positions_fall", "loose_numbers", "totals_hold", "log_weakest_word", "unread", "adjustments",
        "loose_rows", "price_without_quantity",
    ),
}  # fmt: skip
SIGNALS: tuple[str, ...] = tuple(dict.fromkeys(name for names in PARTS.values() for name in names))

_LINE_VALUES = frozenset({"description", "quantity", "unit_price", "net_amount", "gross_amount"})
_NUMERIC_DATE = re.compile(r"(?<![\d.,/-])(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?((?:19|20)\d{2}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})[./-](\d{1,2})[./-](\d{1,2})(?!\d)")
_ADDRESS = re.compile(r"(?:@|www\.|://)([\w.-]+)")
_SHARED_SYMBOLS = frozenset({"$", "kr", "kr.", "¥", "£"})  # of several currencies each
_BOTH_ORDERS = frozenset({"en", "es", "other"})  # languages written by countries that put the month first and by others


def part_of(path: str) -> str | None:
    """The part of `PARTS` that a value belongs to, by its path such as ``line_items.3.quantity``; None where a document is right without it."""
    where, _, name = path.partition(".")
    if where == "line_items":
        return "names" if name.endswith("description") else "numbers" if not name.endswith("tax_rate") else None
    if name not in CRITICAL_FIELDS:
        return None
    return name if name in PARTS else "totals"


def signals(assembled: Assembled) -> list[float]:
    """The signals of one document, in the order of `SIGNALS`."""
    values = (
        _header(assembled)
        | _doubts(assembled)
        | _sums(assembled)
        | _rows(assembled.line_items)
        | _ambiguities(assembled)
        | _dates(assembled)
        | _captions(assembled)
    )
    values |= _names([item.description or "" for item in assembled.line_items])
    return [float(values[name]) for name in SIGNALS]


def _header(assembled: Assembled) -> dict[str, float]:
    found = {name: assembled.evidence.get(f"header.{name}") for name in CRITICAL_FIELDS}
    values = {f"log_{name}": _log(e.confidence if e else 0.5) for name, e in found.items()}
    return values | {
        "missing_critical": sum(e is None for e in found.values()),
        "net_missing": assembled.header.net_total is None and assembled.header.tax_total is not None,
        "untaxed": assembled.header.tax_total is None,
        "log_words": math.log1p(len(assembled.text.split())) / 5,
    }


def _captions(assembled: Assembled) -> dict[str, float]:
    anchors = assembled.anchors
    return {
        "number_captioned": anchors.number,
        "date_captioned": anchors.date,
        "totals_captioned": anchors.totals,
        "totals_captioned_otherwise": anchors.other_totals,
        "parties_headed": anchors.parties,
        "parties_headed_otherwise": anchors.parties_otherwise,
        "parties_place": anchors.place,
    }


def _doubts(assembled: Assembled) -> dict[str, float]:
    doubt = assembled.doubt
    return {
        "header_doubt": math.log1p(doubt.header),
        "line_doubt": math.log1p(doubt.lines),
        "name_doubt": math.log1p(doubt.names),
        "log_weakest_word": _log(doubt.weakest),
        "worst_name": math.sqrt(doubt.worst_name),
        "mean_name": math.sqrt(doubt.mean_name),
        "outvoted": math.log1p(doubt.outvoted),
        "torn": math.log1p(doubt.torn),
        "unread": math.log1p(doubt.unread),
        "uneven": doubt.uneven,
        "loose_rows": math.log1p(doubt.loose_rows),
        "loose_amounts": math.log1p(doubt.loose_amounts),
        "loose_numbers": math.log1p(doubt.loose_numbers),
        "log_rival_number": _log(1 - doubt.rival_number),
        "log_rival_date": _log(1 - doubt.rival_date),
        "log_rival_seller": _log(1 - doubt.rival_seller),
        "log_seller_not_buyer": _log(1 - doubt.seller_as_buyer),
    }


def _sums(assembled: Assembled) -> dict[str, float]:
    evidence = assembled.evidence
    lines = {key: e.confidence for key, e in evidence.items() if key.startswith("line_items.") and key.rsplit(".", 1)[1] in _LINE_VALUES}
    agree, full = rows_that_agree(assembled.line_items)
    count = len(assembled.line_items)
    return {
        "totals_hold": assembled.totals.consistent is True,
        "totals_contradict": assembled.totals.consistent is False,
        "lines_hold": assembled.lines_agree is True,
        "lines_contradict": assembled.lines_agree is False,
        "share_of_rows_that_agree": agree / full if full else 0.5,
        "rows_that_cannot_be_checked": 1 - full / count if count else 1.0,
        "log_weakest_name": _log(min((c for key, c in lines.items() if key.endswith(".description")), default=0.5)),
        "log_weakest_number": _log(min((c for key, c in lines.items() if not key.endswith(".description")), default=0.5)),
        "log_mean_line_value": _log(sum(lines.values()) / len(lines) if lines else 0.5),
        "set_by_arithmetic": math.log1p(sum(e.set_by.endswith("arithmetic") for e in evidence.values())),
        "adjustments": bool(assembled.totals.adjustments),
    }


def _rows(items: Sequence[LineItem]) -> dict[str, float]:
    """Cells that some rows lack, columns that all lack, and whether printed positions count the rows without a gap."""
    values: dict[str, float] = {"log_rows": math.log1p(len(items)) / 3, "single_row": len(items) == 1}
    for name in CELLS:
        missing = sum(getattr(item, name) is None for item in items) / len(items) if items else 1.0
        values[f"no_{name}"] = missing == 1
        values[f"gaps_{name}"] = min(missing, 0.5) if missing < 1 else 0.0
    printed = [(item.position or "").strip(". ") for item in items]
    steps = {int(b) - int(a) for a, b in pairwise(printed) if a.isdecimal() and b.isdecimal()}
    values["price_without_quantity"] = _share(
        i.unit_price is not None and i.quantity is None and i.amount is not None and abs(i.amount) != abs(i.unit_price) for i in items
    )
    values["positions_run"] = len(items) > 1 and all(p.isdecimal() for p in printed) and len(steps) == 1
    values["positions_fall"] = any(step <= 0 for step in steps)
    return values


def _ambiguities(assembled: Assembled) -> dict[str, float]:
    """What the page alone cannot settle: a symbol of several currencies; and what speaks for the seller's name."""
    currency = assembled.evidence.get("header.currency")
    symbol = currency.words.strip(" ,:;()").casefold() if currency else ""
    number = assembled.evidence.get("header.invoice_number")
    printed = number.words if number else ""
    shared = symbol in _SHARED_SYMBOLS and (assembled.header.currency or "?") not in assembled.text
    name, text = (assembled.header.seller_name or "").casefold(), assembled.text.casefold()
    addresses = re.sub(r"\W", "", " ".join(_ADDRESS.findall(text)))
    return {
        "other_currencies": math.log1p(len(currencies_shown(assembled.text) - {assembled.header.currency})),
        "number_in_pieces": " " in printed,
        "number_prefixed": bool(printed) and re.search(rf"\b[A-Z]{{1,4}}\s{re.escape(printed)}", assembled.text) is not None,
        "currency_ambiguous": shared
        and (assembled.seller_country is None or (symbol == "$" and assembled.seller_country not in DOLLAR_COUNTRIES)),
        "currency_disputed": shared and len(DOLLAR_COUNTRIES & countries_told(assembled.text).keys()) != 1,
        "seller_has_legal_form": bool(name) and has_legal_form(assembled.header.seller_name or ""),
        "seller_repeated": min(text.count(name), 3) / 3 if name else 0.0,
        "seller_in_address": _is_in(name, addresses),
        "buyer_in_address": _is_in((assembled.header.buyer_name or "").casefold(), addresses) and not _is_in(name, addresses),
        "other_letterhead": assembled.doubt.other_letterhead,
    }


def _is_in(name: str, addresses: str) -> bool:
    return any(len(word) > 3 and word in addresses for word in re.findall(r"\w+", name))


def _dates(assembled: Assembled) -> dict[str, float]:
    """Whether day and month could change places, and which other dates the page shows: but for the due date they seldom lie after the issue date."""
    issued, shown = assembled.header.issue_date, assembled.evidence.get("header.issue_date")
    numeric = [(int(a), int(b), _year(y)) for a, b, y in _NUMERIC_DATE.findall(assembled.text)]
    month_first = any(b > 12 >= a for a, b, _ in numeric)
    day_first = any(a > 12 >= b for a, b, _ in numeric)
    printed = _NUMERIC_DATE.search(shown.words) if shown else None
    swaps = printed is not None and int(printed[1]) != int(printed[2]) and max(int(printed[1]), int(printed[2])) <= 12
    read_day_first = swaps and printed is not None and issued is not None and int(printed[1]) == issued.day
    ambiguous = swaps and not month_first and not day_first
    values = {
        "date_ambiguous": float(ambiguous),
        "date_ambiguous_by_language": float(ambiguous and assembled.language in _BOTH_ORDERS),
        "date_order_assumed": float(swaps) * assembled.doubt.order_assumed,
        "date_order_contradicts": float(swaps and ((month_first and read_day_first) or (day_first and not read_day_first))),
    }
    others: set[date] = set()
    for a, b, year in numeric:
        day, month = (b, a) if month_first or (swaps and not read_day_first and not day_first) else (a, b)
        others.add(date(year, month, day)) if 1 <= month <= 12 and 1 <= day <= 28 else None
    others |= {date(int(y), int(m), int(d)) for y, m, d in _ISO_DATE.findall(assembled.text) if 1 <= int(m) <= 12 and 1 <= int(d) <= 28}
    others -= {assembled.header.due_date, issued} - {None}
    later = [d for d in others if issued is not None and d > issued]
    return values | {
        "later_dates": math.log1p(len(later)),
        "latest_of_dates": float(bool(others) and not later and assembled.header.due_date is None),
        "other_dates": math.log1p(len(others)),
    }


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _names(names: Sequence[str]) -> dict[str, float]:
    """Descriptions that look cut, shifted or joined."""
    lengths = [len(name.split()) for name in names] or [0]
    count = max(len(names), 1)
    capitals = any(name[:1].isupper() for name in names)
    first = [name.split()[0] for name in names if name.split()]
    return {
        "longest_name": math.log1p(max(lengths)) / 3,
        "uneven_length": math.log1p(pstdev(lengths)),
        "small_first_letter": sum(name[:1].islower() for name in names) / count if capitals else 0.0,
        "cut_at_a_mark": sum(bool(re.search(r"[-–,:/(]$|^[-–,:/)]", name)) for name in names) / count,
        "begins_with_code": sum(bool(re.search(r"\d", w)) or (w.isupper() and len(w) <= 4) for w in first) / count,
    }


def _log(probability: float) -> float:
    return max(math.log(max(probability, 1e-4)), -4.0)
