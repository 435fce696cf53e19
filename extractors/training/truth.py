"""The truth of a document: what its pages print, in the shape of the data contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from extractors.training.facts import Facts
from extractors.training.render import Placed
from schemas.invoice import HEADER_FIELDS

INDENT = 2.5  # em by which what stands under an item's name may begin beside it
SPACE = 0.9  # em, the widest gap between words of one text


def plain(value: Any) -> Any:
    """JSON form of a value: amounts as strings, dates in ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def truth_of(
    facts: Facts, placed: Sequence[Placed], *, identity: str, pages: int, layout: dict[str, str], currency_seen: bool
) -> dict[str, Any]:
    """The invoice JSON of the placed spans; header null and no lines for documents that are no invoices."""
    header: dict[str, Any] = dict.fromkeys(HEADER_FIELDS)
    rows: dict[int, dict[str, Any]] = {}
    texts: dict[int, list[Placed]] = {}
    parts: dict[int, dict[str, Any]] = {}
    adjustments: list[dict[str, Any]] = []
    out: dict[str, Any] = {
        "id": identity,
        "sha256": "",
        "source": f"{identity}.pdf",
        "pages": pages,
        "language": facts.language,
        "document_type": facts.document_type,
        "status": "accepted",
        "route": "task_model",
        "expect": "accept",
        "layout": layout,
        "header": header,
        "tax_breakdown": [],
        "line_items": [],
        "document_adjustments": adjustments,
        "confidence": 1.0,
        "evidence": {},
        "issues": [],
        "seller_country": facts.seller.country,
        "buyer_country": facts.buyer.country,
    }
    if not facts.is_invoice:
        out["status"] = "rejected"
        return out
    placed = sorted(placed, key=lambda p: (p.page, p.baseline, p.x0))  # as a person reads, whatever the order in the file
    for piece in placed:
        kind, _, name = piece.span.label.partition(".")
        if kind == "header" and header[name] is None and piece.span.value is not None:
            header[name] = piece.span.value
    for piece in placed:
        span = piece.span
        kind, _, name = span.label.partition(".")
        if kind == "line":
            if name in ("description", "note", "item_code"):
                texts.setdefault(span.group, []).append(piece)
            if span.value is not None:
                rows.setdefault(span.group, {}).setdefault(name, span.value)
        elif kind == "tax" and span.value is not None:
            parts.setdefault(span.group, {}).setdefault(name, span.value)
        elif kind == "adjustment" and isinstance(span.value, Decimal):
            value = abs(span.value) if name != "rounding" and facts.sign > 0 else span.value
            adjustments.append({"kind": name, "amount": plain(value), "description": None})
    if header["currency"] is None and (currency_seen or _names_currency(placed, facts.currency)):
        header["currency"] = facts.currency
    line_total = next((p.span.value for p in placed if p.span.label == "total.line_total"), None)
    _finish_header(facts, header, parts, adjustments, line_total)
    out["header"] = {name: plain(value) for name, value in header.items()}
    out["line_items"] = [_line(facts, group, rows.get(group, {}), texts.get(group, [])) for group in sorted(set(rows) | set(texts))]
    if len({row.rate for row in facts.rows}) == 1:
        _sole_rate(out["line_items"], parts)
    for group, part in sorted(parts.items()):
        category = facts.breakdown[group].category if group < len(facts.breakdown) else None
        amount = part.get("tax_amount", header["tax_total"] if len(parts) == 1 else None)
        out["tax_breakdown"].append(
            {
                "category": category,
                "rate": plain(part.get("rate")),
                "taxable_amount": plain(part.get("taxable_amount")),
                "tax_amount": plain(amount),
            }
        )
    if any(_hides_discount(facts, group, values) for group, values in rows.items()):
        out |= {
            "expect": "review",
            "why_review": "a line's discount is not printed, so its amount does not follow",
            "prints_wrong_sums": True,
        }
    return out


def _hides_discount(facts: Facts, group: int, values: dict[str, Any]) -> bool:
    """Whether a row prints quantity, price and another amount than they make, and its discount nowhere."""
    printed = values.keys()
    hidden = group < len(facts.rows) and bool(facts.rows[group].discount_amount) and "discount" not in printed
    return hidden and {"quantity", "unit_price"} <= printed and not printed.isdisjoint({"net_amount", "gross_amount"})


def _names_currency(placed: Sequence[Placed], code: str) -> bool:
    """Whether any text of the page, a label for instance, names the currency by its code, or the euro by its name. What items are called ("EUR-Palette")
    names none."""
    name = r"|(?i:\beuros?\b)" if code == "EUR" else ""
    pattern = re.compile(rf"(?<![A-Za-z]){code}(?![A-Za-z]){name}")
    items = ("line.description", "line.note")
    return any(pattern.search(piece.span.text) for piece in placed if piece.span.label not in items)


def _sole_rate(lines: list[dict[str, Any]], parts: dict[int, dict[str, Any]]) -> None:
    """A page that prints one rate for the whole prints it for each of its lines."""
    rates = [part.get("rate") for part in parts.values()]
    if len(rates) == 1 and rates[0] is not None and all(line["tax_rate"] is None for line in lines):
        for line in lines:
            line["tax_rate"] = plain(rates[0])


def _finish_header(
    facts: Facts, header: dict[str, Any], parts: dict[int, dict[str, Any]], adjustments: list[dict[str, Any]], line_total: Decimal | None
) -> None:
    """Totals that follow from what is printed: a due amount that is the total, a tax total that is the sum of its rows, a net total that is the sum of
    their bases or, where nothing is called one, of the lines."""
    moved = any(a["kind"] in ("prepaid", "withholding", "rounding") for a in adjustments)
    if header["gross_total"] is None and header["amount_due"] is not None and not moved:
        header["gross_total"] = header["amount_due"]
    if header["amount_due"] is None:
        header["amount_due"] = header["gross_total"]
    if header["tax_total"] is None:
        amounts = [p["tax_amount"] for p in parts.values() if "tax_amount" in p]
        if amounts:
            header["tax_total"] = sum(amounts, Decimal(0))
    bases = [p["taxable_amount"] for p in parts.values() if "taxable_amount" in p]
    whole = len(bases) == len(parts)  # every row prints one; two taxes of the same base are no two bases
    sums = [sum(bases, Decimal(0)), sum(set(bases), Decimal(0))] if bases and whole else []
    if header["net_total"] is None:
        header["net_total"] = next((total for total in (*sums, line_total) if total == facts.totals.net), None)
    elif facts.totals.net in sums:  # what is taxed is the total without tax, also where the sum before freight is called so
        header["net_total"] = facts.totals.net


def _line(facts: Facts, group: int, values: dict[str, Any], texts: Sequence[Placed]) -> dict[str, Any]:
    """One line; groups behind those of the rows are allowances and charges that stand in the table."""
    row = facts.rows[group] if group < len(facts.rows) else None
    discount = values.get("discount")
    percent = discount is not None and row is not None and discount == row.discount_percent
    described = " ".join(p.span.text for p in texts if p.span.label == "line.description")
    return {
        "position": values.get("position"),
        "item_code": values.get("item_code"),
        "description": described or None,
        "description_alternatives": _alternatives(row.name if row else "", described, texts),
        "quantity": plain(values.get("quantity")),
        "unit": values.get("unit"),
        "unit_price": plain(values.get("unit_price")),
        "discount": plain(abs(discount)) if discount is not None and not percent else None,
        "discount_percent": plain(discount) if percent else None,
        "net_amount": plain(values.get("net_amount")),
        "gross_amount": plain(values.get("gross_amount")),
        "tax_rate": plain(values.get("tax_rate")),
        "tax_category": row.category if row else facts.breakdown[0].category if len(facts.breakdown) == 1 else None,
        "spend_category": row.spend if row is not None and row.spend_told else None,
    }


def _alternatives(name: str, described: str, texts: Sequence[Placed]) -> list[str]:
    """What else names the item: the name alone, all that is written about it, and the description with the first of the remarks under it, however many:
    which of them still describe the item, the page does not tell."""
    notes = [p.span.text for p in texts if p.span.label == "line.note"]
    under = _notes_under_the_name(texts)
    so_far = [" ".join([described, *under[:count]]) for count in range(1, len(under) + 1)]
    return [t for t in dict.fromkeys((name, " ".join([described, *notes]), *so_far)) if t and t != described]


def _notes_under_the_name(texts: Sequence[Placed]) -> list[str]:
    """Remarks that begin below the item's name, one text each; ``texts`` are the row's, sorted as a person reads."""
    first = next((p for p in texts if p.span.label == "line.description"), None)
    if first is None:
        return []
    code = next((p for p in texts if p.span.label == "line.item_code" and p.baseline == first.baseline and p.x1 <= first.x0), first)
    under: dict[int, list[str]] = {}
    before: Placed | None = None
    for piece in texts[texts.index(first) + 1 :]:
        if piece.span.label != "line.note":
            continue
        begins = min(abs(piece.x0 - first.x0), abs(piece.x0 - code.x0)) <= INDENT * piece.size
        goes_on = before is not None and piece.baseline == before.baseline and 0 <= piece.x0 - before.x1 <= SPACE * piece.size
        if begins or goes_on:
            under.setdefault(before.span.key if goes_on and before is not None else piece.span.key, []).append(piece.span.text)
            before = piece
    return [" ".join(pieces) for pieces in under.values()]
