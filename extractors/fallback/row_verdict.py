"""The judge over line items: first how many rows there are, then each of their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from extractors.fallback.belief import ErrorRates, Outcome, collision_of, judgement, missing_prior, weigh
from extractors.fallback.question import ROW_FIELDS
from extractors.fallback.reading import Reading, RowReading
from extractors.scoring import align, same_value
from schemas.invoice import DocumentType, Evidence, Invoice, LineItem, Severity


@dataclass(frozen=True, slots=True)
class RowsVerdict:
    """Rows that stand, their evidence, and the probability that all of them are right."""

    lines: tuple[LineItem, ...]
    evidence: Mapping[str, Evidence]
    probability: float
    changed: tuple[str, ...]
    disputes: tuple[tuple[str, str | None, str | None], ...]


def judge_rows(invoice: Invoice, readings: Sequence[Reading], *, rates: ErrorRates, repaired: bool) -> RowsVerdict | None:
    """The verdict on the line items, None where no reading was asked for them. ``repaired``: the first reading's rows repair a broken rule."""
    reads = [reading for reading in readings if reading.rows is not None]
    if not reads:
        return None
    pairings = [_pairs(invoice, reading) for reading in reads]
    shapes = [len(pairs) == len(invoice.line_items) == len(reading.rows or ()) for pairs, reading in zip(pairings, reads, strict=True)]
    error = rates.error("rows")
    structure = weigh(
        "specialist",
        judgement().rows_hold if _lines_hold(invoice) else judgement().rows_open,
        ["specialist" if fits else _shape(reading) for fits, reading in zip(shapes, reads, strict=True)],
        error=error,
        collision=collision_of("rows"),
        same=lambda a, b: a == b,
        favoured=lambda shape: repaired and shape == _shape(reads[0]) and not shapes[0],
    )
    if structure.value == "specialist":
        if structure.probability < judgement().adopt_at and not all(shapes):
            other = next(reading for fits, reading in zip(shapes, reads, strict=True) if not fits)
            return _kept(invoice, structure.probability, other)
        fitting = [(reading, pairs) for fits, reading, pairs in zip(shapes, reads, pairings, strict=True) if fits]
        return _cells(invoice, fitting, error, structure.probability, repaired=repaired and shapes[0])
    adopted = next(reading for fits, reading in zip(shapes, reads, strict=True) if not fits and _shape(reading) == structure.value)
    if (repaired or structure.votes > 1) and structure.probability >= judgement().adopt_at and _complete(adopted):
        return _adopted(invoice, adopted, [r for r in reads if _shape(r) == structure.value], error, structure.probability)
    return _kept(invoice, 1 - structure.probability, adopted)


def row_records(invoice: Invoice, reading: Reading) -> tuple[LineItem, ...]:
    """The reading's rows as line items; what it was not asked for comes from the specialist's matching row."""
    pairs = {theirs: ours for ours, theirs in _pairs(invoice, reading)}
    amount = "gross_amount" if invoice.line_items and all(line.net_amount is None for line in invoice.line_items) else "net_amount"
    rates = {line.tax_rate for line in invoice.line_items}
    new = LineItem(tax_rate=next(iter(rates)) if len(rates) == 1 else None)
    lines: list[LineItem] = []
    for number, row in enumerate(reading.rows or ()):
        ours = invoice.line_items[pairs[number]] if number in pairs else new
        lines.append(_with(ours, row, amount))
    return tuple(lines)


def row_outcome(invoice: Invoice, reading: Reading, *, sure_from: float) -> Outcome:
    """How the reading's cells compare with cells that the specialist was sure of."""
    asked = differed = 0
    for ours, theirs in _pairs(invoice, reading):
        for name in ROW_FIELDS:
            old = _value(invoice.line_items[ours], name)
            shown = invoice.evidence.get(_path(invoice, ours, name))
            if old is not None and shown is not None and shown.confidence >= sure_from:
                asked += 1
                differed += not _same(invoice, name, old, (reading.rows or ())[theirs].values.get(name))
    return Outcome(asked, differed)


def _cells(
    invoice: Invoice,
    fitting: Sequence[tuple[Reading, list[tuple[int, int]]]],
    error: float,
    probability: float,
    *,
    repaired: bool,
) -> RowsVerdict:
    evidence = {path: shown for path, shown in invoice.evidence.items() if path.startswith("line_items.")}
    lines = list(invoice.line_items)
    changed: list[str] = []
    disputes: list[tuple[str, str | None, str | None]] = []
    matches = [(reading, dict(pairs)) for reading, pairs in fitting]
    for number, line in enumerate(invoice.line_items):
        rows = [(reading.rows or ())[pairs[number]] for reading, pairs in matches]
        for name in ROW_FIELDS:
            path, old = _path(invoice, number, name), _value(line, name)
            values = [row.values[name] for row in rows if name in row.values]
            prior = missing_prior(name) if old is None else evidence[path].confidence if path in evidence else 0.5
            belief = weigh(
                old,
                prior,
                values,
                error=error,
                collision=collision_of(f"line_items.{number}.{name}"),
                same=lambda a, b, name=name: _same(invoice, name, a, b),
                favoured=lambda value, name=name, old=old, values=values: (
                    repaired
                    and name != "description"
                    and not _same(invoice, name, value, old)
                    and bool(values)
                    and _same(invoice, name, value, values[0])
                ),
            )
            probability *= belief.probability
            if _same(invoice, name, old, belief.value):
                if path in evidence:
                    confirmed = "+foundation_model" if belief.votes and "foundation_model" not in evidence[path].set_by else ""
                    evidence[path] = replace(evidence[path], confidence=belief.probability, set_by=evidence[path].set_by + confirmed)
                if belief.probability < judgement().adopt_at and belief.votes < len(values):
                    other = next(value for value in values if not _same(invoice, name, value, old))
                    disputes.append((path, _text(old), _text(other)))
            elif belief.probability >= judgement().adopt_at and (belief.votes > 1 or (repaired and name != "description")):
                lines[number] = _set(lines[number], name, belief.value)
                place = next((row.places[name] for row in rows if name in row.places and row.values.get(name) == belief.value), None)
                evidence.pop(path, None)
                if place is not None:
                    evidence[path] = Evidence(place.page, place.box, place.words, belief.probability, "foundation_model")
                changed.append(path)
            else:
                disputes.append((path, _text(old), _text(belief.value)))
                probability = min(probability, 1 - belief.probability)
    return RowsVerdict(tuple(lines), evidence, probability, tuple(changed), tuple(disputes))


def _adopted(invoice: Invoice, reading: Reading, agreeing: Sequence[Reading], error: float, probability: float) -> RowsVerdict:
    """The reading's rows in place of the specialist's; each value is as sure as the readings of it agree."""
    lines = row_records(invoice, reading)
    evidence: dict[str, Evidence] = {}
    ours_by_theirs = {theirs: ours for ours, theirs in _pairs(invoice, reading)}
    for number, row in enumerate(reading.rows or ()):
        for name in ROW_FIELDS:
            value, place = row.values.get(name), row.places.get(name)
            ours = ours_by_theirs.get(number)
            old = _value(invoice.line_items[ours], name) if ours is not None else None
            shown = invoice.evidence.get(_path(invoice, ours, name)) if ours is not None else None
            prior = shown.confidence if shown is not None else missing_prior(name) if ours is not None else 1 - error
            belief = weigh(
                old if ours is not None else value,
                prior,
                [(r.rows or ())[number].values[name] for r in agreeing if name in (r.rows or ())[number].values],
                error=error,
                collision=collision_of(f"line_items.0.{name}"),
                same=lambda a, b, name=name: _same(invoice, name, a, b),
            )
            sure = belief.probability if _same(invoice, name, belief.value, value) else 1 - belief.probability
            probability *= sure
            if place is not None:
                field = name if name != "amount" else "gross_amount" if lines[number].net_amount is None else "net_amount"
                evidence[f"line_items.{number}.{field}"] = Evidence(place.page, place.box, place.words, sure, "foundation_model")
    return RowsVerdict(lines, evidence, probability, ("line_items",), ())


def _kept(invoice: Invoice, probability: float, other: Reading) -> RowsVerdict:
    evidence = {path: shown for path, shown in invoice.evidence.items() if path.startswith("line_items.")}
    dispute = ("line_items", f"{len(invoice.line_items)} rows", f"{len(other.rows or ())} rows")
    return RowsVerdict(invoice.line_items, evidence, min(probability, 0.5), (), (dispute,))


def _pairs(invoice: Invoice, reading: Reading) -> list[tuple[int, int]]:
    ours = [{name: _text(_value(line, name)) for name in ROW_FIELDS} for line in invoice.line_items]
    return align([_record(o) for o in ours], [_record({k: _text(v) for k, v in row.values.items()}) for row in reading.rows or ()])


def _record(values: Mapping[str, str | None]) -> dict[str, Any]:
    record = {name: value for name, value in values.items() if name != "amount"}
    return {**record, "net_amount": values.get("amount")}


def _shape(reading: Reading) -> Any:
    """Readings of one shape have the same number of rows with the same amounts."""
    return tuple(abs(cast("Decimal", v)).normalize() if (v := row.values.get("amount")) is not None else None for row in reading.rows or ())


def _complete(reading: Reading) -> bool:
    return all(row.values.get("description") is not None and row.values.get("amount") is not None for row in reading.rows or ())


def _lines_hold(invoice: Invoice) -> bool:
    return not any(issue.rule in ("BR-CO-10", "LI-ROWS") and issue.severity is Severity.ERROR for issue in invoice.issues) and bool(
        invoice.header.net_total or invoice.header.gross_total
    )


def _path(invoice: Invoice, number: int, name: str) -> str:
    if name == "amount":
        name = "net_amount" if invoice.line_items[number].net_amount is not None else "gross_amount"
    return f"line_items.{number}.{name}"


def _value(line: LineItem, name: str) -> Any:
    return line.amount if name == "amount" else getattr(line, name)


def _set(line: LineItem, name: str, value: Any) -> LineItem:
    if name == "amount":
        name = "net_amount" if line.net_amount is not None or line.gross_amount is None else "gross_amount"
    return replace(line, **{name: value})


def _with(line: LineItem, row: RowReading, amount: str) -> LineItem:
    values: dict[str, Any] = {name: row.values.get(name) for name in ROW_FIELDS if name != "amount"}
    return replace(line, **values, **{amount: row.values.get("amount")})


def _same(invoice: Invoice, name: str, a: Any, b: Any) -> bool:
    return same_value(name, _text(a), _text(b), unsigned=invoice.document_type is DocumentType.CREDIT_NOTE)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
