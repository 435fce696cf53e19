"""The tax breakdown of a page: which of the tagged rates, bases and taxes make a row, and which rows make the tax total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from extractors.assembly.line_items import SET_BY, derived_from, evidence_of, first_number
from extractors.assembly.numbers import NumberHabit, parse_percent
from extractors.assembly.spans import Span
from schemas.invoice import Evidence, TaxLine

MOST_ROWS = 8  # of which every choice is tried
MOST_TAXES = 5  # whose partial sums are tried


def read_breakdown(
    spans: Sequence[Span], habit: NumberHabit, *, once: bool = True
) -> tuple[list[TaxLine], dict[str, Evidence], list[Decimal]]:
    """Rows of the tax breakdown: tagged rate, base, tax and category that stand on one line, or under each other where one line holds several
    taxes. Also what the rows' taxes may sum up to, where every row prints one: each distinct row once, then every row as printed.
    ``once``: rows that repeat another are left out."""
    rows: list[TaxLine] = []
    evidence: dict[str, Evidence] = {}
    seen: dict[tuple[Decimal | None, Decimal | None, Decimal | None], int] = {}
    printed: list[Decimal | None] = []
    for cells in _tax_cells(spans):
        rate = parse_percent(cells["rate"].text, habit) if "rate" in cells else None
        base = first_number(cells["taxable_amount"].text, habit) if "taxable_amount" in cells else None
        tax = first_number(cells["tax_amount"].text, habit) if "tax_amount" in cells else None
        if tax is None and (rate is None or base is None):
            continue
        printed.append(tax)
        known = seen.get((rate, base, tax), seen.get((rate, None, tax)))
        if once and known is not None:  # printed twice: in the totals and in a table of its own, which tells more
            if base is not None and rows[known].taxable_amount is None:
                rows[known] = replace(rows[known], taxable_amount=base)
                evidence[f"tax_breakdown.{known}.taxable_amount"] = evidence_of(cells["taxable_amount"], SET_BY)
            continue
        seen |= {(rate, base, tax): len(rows), (rate, None, tax): len(rows)}
        for name in ("rate", "taxable_amount", "tax_amount"):
            if name in cells:
                evidence[f"tax_breakdown.{len(rows)}.{name}"] = evidence_of(cells[name], SET_BY)
        category = cells["category"].text.strip(" ()[]*.,:") if "category" in cells else None
        rows.append(TaxLine(category or None, rate, base, tax))
    sums: list[Decimal] = []
    for taxes in ([r.tax_amount for r in rows], printed):
        known = [t for t in taxes if t is not None]
        total = sum(known, Decimal(0))
        if known and len(known) == len(taxes) and total not in sums:
            sums.append(total)
    return rows, evidence, sums


def settled_breakdown(
    rows: list[TaxLine], evidence: dict[str, Evidence], tax_total: Decimal | None, spans: Sequence[Span], habit: NumberHabit
) -> tuple[list[TaxLine], dict[str, Evidence]]:
    """The rows as read, with those that repeat another where two taxes of one rate make the total, and without the sums under them."""
    if tax_total is None or _sum_of(rows) == tax_total:
        return rows, evidence
    twice, twice_evidence, _ = read_breakdown(spans, habit, once=False)
    if _sum_of(twice) == tax_total:
        return twice, twice_evidence
    return _rows_of_tax(rows, evidence, tax_total)


def _sum_of(rows: Sequence[TaxLine]) -> Decimal:
    return sum((row.tax_amount or Decimal(0) for row in rows), Decimal(0))


def _rows_of_tax(rows: list[TaxLine], evidence: dict[str, Evidence], tax: Decimal) -> tuple[list[TaxLine], dict[str, Evidence]]:
    """The rows that make the tax total, as many as possible, those first whose tax is their base times their rate: a table of taxes ends in its sums, and
    repeats a row. All of them where none do, or where there are many."""
    if not 1 < len(rows) <= MOST_ROWS:
        return rows, evidence
    ways = [
        some
        for count in range(len(rows) - 1, 0, -1)
        for some in combinations(range(len(rows)), count)
        if _sum_of([rows[k] for k in some]) == tax
    ]
    if not ways:
        return rows, evidence
    kept = max(ways, key=lambda some: (sum(_multiplies(rows[k]) for k in some), sum(rows[k].rate is not None for k in some), len(some)))
    moved = {
        f"tax_breakdown.{place}.{name}": evidence[path]
        for place, k in enumerate(kept)
        for name in ("rate", "taxable_amount", "tax_amount")
        if (path := f"tax_breakdown.{k}.{name}") in evidence
    }
    return [rows[k] for k in kept], moved


def _multiplies(row: TaxLine) -> bool:
    """Whether the tax of a row is its base times its rate."""
    base, rate, tax = row.taxable_amount, row.rate, row.tax_amount
    return base is not None and rate is not None and tax is not None and abs(abs(base * rate / 100) - abs(tax)) < 1


def _tax_cells(spans: Sequence[Span]) -> list[dict[str, Span]]:
    """The cells of each row of the breakdown, by name."""
    tagged = [s for s in spans if s.label.startswith("tax.")]
    lines: dict[int, list[Span]] = {}
    for span in tagged:
        lines.setdefault(span.line, []).append(span)
    taxes_per_line = [sum(s.label == "tax.tax_amount" for s in members) for members in lines.values()]
    if any(count > 1 for count in taxes_per_line):
        return _tax_columns(tagged)
    for span in spans:  # a tax row whose amount was taken for the total
        if span.label == "header.tax_total" and span.line in lines and all(s.label != "tax.tax_amount" for s in lines[span.line]):
            lines[span.line].append(span)
    rows: list[dict[str, Span]] = []
    for line in sorted(lines):
        cells: dict[str, Span] = {}
        for span in sorted(lines[line], key=lambda s: s.probability):
            cells["tax_amount" if span.label == "header.tax_total" else span.label.removeprefix("tax.")] = span
        rows.append(cells)
    return rows


def _tax_columns(tagged: Sequence[Span]) -> list[dict[str, Span]]:
    """A breakdown that runs across: each tax with the rate and base nearest to its column."""
    rows: list[dict[str, Span]] = []
    for tax in (s for s in tagged if s.label == "tax.tax_amount"):
        cells = {"tax_amount": tax}
        for name in ("rate", "taxable_amount"):
            others = [s for s in tagged if s.label == f"tax.{name}" and s.page == tax.page]
            if others:
                cells[name] = min(others, key=lambda s: abs(s.box[2] - tax.box[2]) + 0.3 * abs(s.box[3] - tax.box[3]))
        rows.append(cells)
    return rows


def complete_breakdown(
    rows: list[TaxLine],
    rows_evidence: dict[str, Evidence],
    values: Mapping[str, Decimal],
    evidence: Mapping[str, Evidence],
    spans: Sequence[Span],
    habit: NumberHabit,
) -> tuple[tuple[TaxLine, ...], dict[str, Evidence]]:
    """With a single rate on the page the one row's base and tax are the document's net and tax."""
    rates = [s for s in spans if s.label == "tax.rate"]
    values_of_rates = {parse_percent(s.text, habit) for s in rates} - {None}
    if not rows and len(values_of_rates) == 1 and "tax_total" in values:
        row = TaxLine(None, values_of_rates.pop(), None, values["tax_total"])
        base = _base_of(row, values)
        rows = [replace(row, taxable_amount=base)]
        rows_evidence = {"tax_breakdown.0.rate": evidence_of(rates[0], SET_BY), "tax_breakdown.0.tax_amount": evidence["tax_total"]}
        if base is not None:
            rows_evidence["tax_breakdown.0.taxable_amount"] = derived_from(evidence["net_total"])
    elif len(rows) == 1:
        row = rows[0]
        base = _base_of(row, values)
        if row.taxable_amount is None and base is not None:
            row = replace(row, taxable_amount=base)
            rows_evidence["tax_breakdown.0.taxable_amount"] = derived_from(evidence["net_total"])
        rows = [row]
    return tuple(rows), rows_evidence


def _base_of(row: TaxLine, values: Mapping[str, Decimal]) -> Decimal | None:
    """The net total where it is the base of this tax: charges may be taxed too and some lines not, which only the product tells."""
    net = values.get("net_total")
    if net is None or row.rate is None or row.tax_amount is None:
        return net
    return net if abs(abs(net * row.rate / 100) - abs(row.tax_amount)) < 1 else None


def sums_of_taxes(spans: Sequence[Span], habit: NumberHabit) -> set[Decimal]:
    """What some of the amounts that may be taxes add up to; only all of them where there are many."""
    found = [first_number(s.text, habit) for s in spans if s.label == "tax.tax_amount"]
    shown = {first_number(s.text, habit) for s in spans if s.label == "header.tax_total"}
    taxes = [value for value in found if value]
    of_rows = {sum(taxes, Decimal(0))}
    if len(taxes) <= MOST_TAXES:
        of_rows |= {sum(some, Decimal(0)) for count in range(2, len(taxes)) for some in combinations(taxes, count)}
    return of_rows | {sum(taxes, Decimal(0)) + value for value in shown if value}
