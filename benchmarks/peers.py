"""Other programs on the same files, judged by the same scorer: invoice2data, where it is installed (``pip install 'lineitem[peers]'``).

Run as it comes: its own templates, words by pdfplumber, which is installed here anyway. It reads what somebody wrote a template for; documents of
other sellers give nothing. That is what a user gets before writing the first template, and no more is claimed here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractors.scoring import Score, score

# Its fields are documented with its templates (invoice2data/extract/schema.py).
HEADER = {
    "invoice_number": "invoice_number",
    "date": "issue_date",
    "date_due": "due_date",
    "currency": "currency",
    "issuer": "seller_name",
    "vat": "seller_vat_id",
    "partner_name": "buyer_name",
    "partner_vat": "buyer_vat_id",
    "iban": "iban",
    "amount_untaxed": "net_total",
    "amount_tax": "tax_total",
    "amount": "gross_total",
}
LINE = {"name": "description", "desc": "description", "qty": "quantity", "unit_price": "unit_price", "price_unit": "unit_price"}
LINE_AMOUNTS = ("price_subtotal", "line_total", "price_total", "amount")


@dataclass(frozen=True, slots=True)
class Peer:
    """One program over one set of documents with known truth."""

    name: str
    documents: int
    answered: int  # documents for which it gave anything at all
    seconds: float
    score: Score


def is_installed() -> bool:
    return find_spec("invoice2data") is not None


def run_invoice2data(judged: Sequence[tuple[Path, dict[str, Any]]]) -> Peer:
    """invoice2data over (file, truth), in this process; loading its templates is not counted."""
    from invoice2data import extract_data  # pyright: ignore[reportMissingImports]
    from invoice2data.extract.loader import read_templates  # pyright: ignore[reportMissingImports]

    logging.getLogger("invoice2data").setLevel(logging.CRITICAL)  # says for each document that there is no template
    templates = read_templates()
    pairs: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    seconds = 0.0
    for path, truth in judged:
        started = time.perf_counter()
        answer = extract_data(str(path), templates=templates, input_module="pdfplumber")
        seconds += time.perf_counter() - started
        pairs.append((truth, as_invoice(answer) if answer else None))
    answered = sum(found is not None for _, found in pairs)
    return Peer(f"invoice2data {version('invoice2data')}", len(judged), answered, seconds, score(pairs))


def as_invoice(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Its answer in the shape that the scorer reads."""
    header = {ours: _plain(answer[theirs]) for theirs, ours in HEADER.items() if answer.get(theirs) not in (None, "")}
    lines: list[dict[str, Any]] = []
    for line in answer.get("lines") or ():
        row = {ours: _plain(line[theirs]) for theirs, ours in LINE.items() if line.get(theirs) not in (None, "")}
        amount = next((line[name] for name in LINE_AMOUNTS if line.get(name) not in (None, "")), None)
        lines.append(row if amount is None else {**row, "net_amount": _plain(amount)})
    return {"header": header, "line_items": lines, "status": "review", "route": "invoice2data"}


def _plain(value: Any) -> str:
    """Its dates as ISO 8601, its binary floats as they are printed, all else as text."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        try:
            return str(Decimal(repr(value)))
        except InvalidOperation:
            return repr(value)
    return str(value)
