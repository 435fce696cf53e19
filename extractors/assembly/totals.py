"""Totals and tax breakdown: the likeliest reading whose sums hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from math import log

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.captions import Captions
from extractors.assembly.line_items import SET_BY, SET_BY_ARITHMETIC, evidence_of, first_number
from extractors.assembly.numbers import NumberHabit, parse_percent
from extractors.assembly.spans import LABEL_INDEX, Span, Words, make_span
from extractors.assembly.total_options import Option, is_percent, printed_amounts, total_options
from schemas.invoice import Adjustment, AdjustmentKind, Evidence, TaxLine

CENT = Decimal("0.01")
# Log-odds that totals are right when sums hold, chosen on generated layouts: three printed amounts seldom add up by chance.
SUM_HOLDS = 6.0
NET_IS_GROSS = 1.5
NET_IS_GROSS_THOUGH_TAXED = -4.0
CONTRADICTION = -1.0
IMPOSSIBLE = -8.0
HIGHEST_TAX = Decimal("0.4")  # of the net total; the highest rates of VAT and GST are 27 and 28 %
UNHEARD_OF = -5.0  # a tax above it
ROUNDED = -4.0
LINES_HOLD = 2.0
SAME_WORD = -1.0
OTHER_SIGN = -2.0
MOST_FLIPPED = 2
MOST_ROWS = 8  # of a tax breakdown, of which every choice is tried
SURELY_ADJUSTED = 0.8  # probability of an allowance or charge from which the caption of a total ("Total charges") does not speak against it
FAINTLY_ADJUSTED = 0.1  # probability from which it is one where it is what lies between the lines and the total
MOST_TAXES = 5  # whose partial sums are tried
SUM_OF_ROWS = 0.9  # probability of the sum of the breakdown's taxes, where no total of them is printed
ROWS_GUESSED = 0.02  # probability of a sum over tax amounts whose rows could not be told apart
_ADJUSTED = [LABEL_INDEX["adjustment.charge"], LABEL_INDEX["adjustment.allowance"]]
TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")
CAPTIONS_OF_TOTALS = frozenset({*TOTALS, "line_total"})


@dataclass(frozen=True, slots=True)
class Totals:
    """Chosen totals by name, with evidence and the probability of each choice; ``consistent``: net + tax = gross holds on printed values."""

    values: Mapping[str, Decimal]
    evidence: Mapping[str, Evidence]
    breakdown: tuple[TaxLine, ...]
    breakdown_evidence: Mapping[str, Evidence]
    adjustments: tuple[Adjustment, ...]
    consistent: bool | None


def read_totals(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    spans: Sequence[Span],
    habit: NumberHabit,
    *,
    lines_sum: Decimal | None,
) -> Totals:
    """Choose net, tax, gross and due together. ``lines_sum`` is the sum of the line amounts, None without lines."""
    adjustments = _adjustments(spans, captions, habit)
    breakdown, breakdown_evidence, tax_sums = _breakdown(spans, habit)
    amounts = printed_amounts(words)
    options = {name: total_options(words, captions, probabilities, spans, name, habit, amounts=amounts) for name in TOTALS}
    tax_options = options["tax_total"]
    row_spans = [s for s in spans if s.label == "tax.tax_amount"]
    rows_only = all(o.value is None or o.probability < 0.5 for o in tax_options)
    for rank, tax_sum in enumerate(tax_sums):
        if row_spans and all(abs(o.value or 0) != abs(tax_sum) for o in tax_options):  # a printed total keeps its sign
            tax_options.append(Option(tax_sum, row_spans[0], (SUM_OF_ROWS if rows_only else 0.1) * 0.5**rank))
            if rows_only:
                tax_options[:] = [
                    replace(o, probability=min(o.probability, 1 - SUM_OF_ROWS)) if o.value is None else o for o in tax_options
                ]
    if row_spans:
        for total in _sums_of_taxes(spans, habit):
            if all(abs(o.value or 0) != abs(total) for o in tax_options):
                tax_options.append(Option(total, row_spans[0], ROWS_GUESSED))
    line_total_span = _likeliest(spans, "total.line_total")
    line_total = first_number(line_total_span.text, habit) if line_total_span else None
    reachable = _reachable(lines_sum, line_total, adjustments)
    net, tax, gross = max(
        product(*(options[name] for name in TOTALS[:3])),
        key=lambda combination: _score(combination, reachable, adjustments) + _sign_of_lines(combination, lines_sum),
    )
    due = max(options["amount_due"], key=lambda option: _due_score(option, gross.value, adjustments))
    chosen = dict(zip(TOTALS, (net, tax, gross, due), strict=True))
    values: dict[str, Decimal] = {}
    evidence: dict[str, Evidence] = {}
    for name, option in chosen.items():
        if option.value is not None and option.span is not None:
            values[name] = option.value
            best = max(options[name], key=lambda o: o.probability)
            evidence[name] = evidence_of(option.span, SET_BY if option is best else SET_BY_ARITHMETIC)
    if gross.value is not None and not tax.value:  # no tax is added
        taken = {i for option in chosen.values() if option.span is not None for i in option.span.words}
        loose = [run for run in amounts if taken.isdisjoint(run)]
        for name, wanted in (("net_total", gross.value), ("tax_total", Decimal(0))):
            printed = _captioned(words, captions, probabilities, loose, habit, name, wanted) if name not in values else None
            if printed is not None:
                values[name], evidence[name] = wanted, evidence_of(printed, SET_BY_ARITHMETIC)
    if lines_sum is not None and (goal := values.get("net_total", values.get("gross_total"))) is not None:
        taken = {i for option in chosen.values() if option.span is not None for i in option.span.words}
        faint = _faint_adjustments(words, probabilities, [run for run in amounts if taken.isdisjoint(run)], habit)
        adjustments = _that_lead_to(goal, lines_sum, adjustments, faint)
    prepaid = sum((a.amount for a in adjustments if a.kind in (AdjustmentKind.PREPAID, AdjustmentKind.WITHHOLDING)), Decimal(0))
    if "gross_total" not in values and "amount_due" in values:
        values["gross_total"] = values["amount_due"] + prepaid
        evidence["gross_total"] = _derived(evidence["amount_due"])
    if "amount_due" not in values and "gross_total" in values:
        due = values["gross_total"] - (prepaid if 0 < prepaid <= abs(values["gross_total"]) else 0)
        values["amount_due"] = due
        evidence["amount_due"] = _derived(evidence["gross_total"])
    parts = None if "net_total" in values else _net_of_parts(values, breakdown_evidence, breakdown, line_total_span, habit)
    if parts is not None:
        values["net_total"], evidence["net_total"] = parts
    consistent = None
    if all(n in values for n in ("net_total", "tax_total", "gross_total")):
        consistent = abs(abs(values["net_total"] + values["tax_total"]) - abs(values["gross_total"])) <= 2 * CENT
    tax_shown = values.get("tax_total")
    if tax_shown is not None and sum((r.tax_amount or Decimal(0) for r in breakdown), Decimal(0)) != tax_shown:
        twice, twice_evidence, _ = _breakdown(spans, habit, once=False)
        if sum((r.tax_amount or Decimal(0) for r in twice), Decimal(0)) == tax_shown:  # two taxes of the same rate
            breakdown, breakdown_evidence = twice, twice_evidence
    if tax_shown is not None:
        breakdown, breakdown_evidence = _rows_of_tax(breakdown, breakdown_evidence, tax_shown)
    breakdown, breakdown_evidence = _complete_breakdown(breakdown, breakdown_evidence, values, evidence, spans, habit)
    return Totals(values, evidence, breakdown, breakdown_evidence, adjustments, consistent)


def _sums_of_taxes(spans: Sequence[Span], habit: NumberHabit) -> set[Decimal]:
    """What some of the amounts that may be taxes add up to; only all of them where there are many."""
    found = [first_number(s.text, habit) for s in spans if s.label == "tax.tax_amount"]
    shown = {first_number(s.text, habit) for s in spans if s.label == "header.tax_total"}
    taxes = [value for value in found if value]
    of_rows = {sum(taxes, Decimal(0))}
    if len(taxes) <= MOST_TAXES:
        of_rows |= {sum(some, Decimal(0)) for count in range(2, len(taxes)) for some in combinations(taxes, count)}
    return of_rows | {sum(taxes, Decimal(0)) + value for value in shown if value}


def _net_of_parts(
    values: Mapping[str, Decimal],
    evidence: Mapping[str, Evidence],
    breakdown: Sequence[TaxLine],
    line_total: Span | None,
    habit: NumberHabit,
) -> tuple[Decimal, Evidence] | None:
    """The net total, where no amount is called so: the sum of the bases of all taxes or the printed sum of the lines, if the gross total follows from
    it."""
    gross = values.get("gross_total")
    if gross is None:
        return None
    tax = values.get("tax_total", Decimal(0))
    bases = [row.taxable_amount for row in breakdown if row.taxable_amount is not None]
    source = evidence.get("tax_breakdown.0.taxable_amount")
    if bases and len(bases) == len(breakdown) and source is not None:
        for net in (sum(bases, Decimal(0)), sum(set(bases), Decimal(0))):  # two taxes of the same base are no two bases
            if abs(net + tax - gross) <= CENT:
                return net, _derived(source)
    lines = first_number(line_total.text, habit) if line_total is not None else None
    if line_total is not None and lines is not None and abs(lines + tax - gross) <= CENT:
        return lines, evidence_of(line_total, SET_BY_ARITHMETIC)
    return None


def _captioned(
    words: Words,
    captions: Captions,
    probabilities: NDArray[np.float32],
    amounts: Sequence[tuple[int, ...]],
    habit: NumberHabit,
    name: str,
    wanted: Decimal,
) -> Span | None:
    """The amount of this value that a caption in front of it names so."""
    for run in amounts:
        if captions.in_front("amount", run[0]) == name and not is_percent(words, run):
            shown = make_span(words, f"header.{name}", run, probabilities)
            if first_number(shown.text, habit) == wanted:
                return shown
    return None


def _derived(source: Evidence) -> Evidence:
    return Evidence(source.page, source.box, source.words, source.confidence, SET_BY_ARITHMETIC)


def _reachable(lines_sum: Decimal | None, line_total: Decimal | None, adjustments: Sequence[Adjustment]) -> set[Decimal]:
    """Totals that the lines lead to, with and without the adjustments."""
    change = Decimal(0)
    for adjustment in adjustments:
        if adjustment.kind is AdjustmentKind.CHARGE:
            change += adjustment.amount
        elif adjustment.kind is AdjustmentKind.ALLOWANCE:
            change -= adjustment.amount
    sums = [s for s in (lines_sum, line_total) if s is not None]
    return {abs(value) for s in sums for value in (s, s + change)}


def _score(combination: tuple[Option, ...], reachable: set[Decimal], adjustments: Sequence[Adjustment]) -> float:
    """Log-probability of net, tax and gross read this way, with what the sums say."""
    net, tax, gross = (o.value for o in combination)
    score = sum(log(max(o.probability, 1e-4)) + o.bonus for o in combination)
    if net is not None and gross is not None:
        difference = abs(gross) - abs(net) - (abs(tax) if tax is not None else 0)
        if net * (tax or 0) < 0:
            difference = gross - net - (tax or 0)
        told = next((change for change in _changes(adjustments, taxed=bool(tax)) if abs(difference - change) <= 2 * CENT), None)
        score += CONTRADICTION if told is None else SUM_HOLDS if tax and not told else NET_IS_GROSS
        if tax and abs(net) == abs(gross):
            score += NET_IS_GROSS_THOUGH_TAXED
        rounding = _rounding(adjustments)
        if rounding and difference in (rounding, -rounding):
            score += ROUNDED  # the printed rounding is in it already: this is what is to be paid
        if abs(net) > abs(gross) + CENT and not told:
            score += CONTRADICTION
        first, third = combination[0].span, combination[2].span
        if first is not None and third is not None and first.words == third.words:
            score += SAME_WORD
    if (tax and net is not None and abs(tax) > HIGHEST_TAX * abs(net)) or (
        tax and gross is not None and abs(tax) > HIGHEST_TAX * abs(gross - tax)
    ):
        score += UNHEARD_OF
    if tax and gross is not None and abs(tax) >= abs(gross):
        score += IMPOSSIBLE
    targets = [net] if net is not None else [] if gross is None else [gross, gross - (tax or 0)]
    if any(abs(abs(target) - r) <= 5 * CENT for target in targets for r in reachable):
        score += LINES_HOLD
    return score


def _sign_of_lines(combination: tuple[Option, ...], lines_sum: Decimal | None) -> float:
    """Log-odds for net and gross totals of another sign than the sum of the lines: what is taken off is printed below the total, with its amount."""
    return OTHER_SIGN * sum(
        bool(lines_sum) and o.value is not None and o.value * (lines_sum or 0) < 0 for o in (combination[0], combination[2])
    )


def _changes(adjustments: Sequence[Adjustment], *, taxed: bool) -> list[Decimal]:
    """What may lie between a printed net total and the gross total besides the tax: nothing, a charge, an allowance or, where nothing is ``taxed``, all
    of them."""
    kinds = (AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE)
    signed = [a.amount if a.kind is AdjustmentKind.CHARGE else -a.amount for a in adjustments if a.kind in kinds]
    return [Decimal(0), *signed, *([sum(signed, Decimal(0))] if len(signed) > 1 and not taxed else [])]


def _due_score(option: Option, gross: Decimal | None, adjustments: Sequence[Adjustment]) -> float:
    score = log(max(option.probability, 1e-4)) + option.bonus
    if option.value is not None and gross is not None:
        paid = sum((a.amount for a in adjustments if a.kind in (AdjustmentKind.PREPAID, AdjustmentKind.WITHHOLDING)), Decimal(0))
        remaining = (abs(gross) - paid, abs(gross + _rounding(adjustments)) - paid)
        if abs(option.value) == abs(gross) or any(abs(left - abs(option.value)) <= CENT for left in remaining):
            score += 0.7
    return score


def _rounding(adjustments: Sequence[Adjustment]) -> Decimal:
    return sum((a.amount for a in adjustments if a.kind is AdjustmentKind.ROUNDING), Decimal(0))


def _likeliest(spans: Sequence[Span], label: str) -> Span | None:
    return max((s for s in spans if s.label == label), key=lambda s: s.probability, default=None)


def _adjustments(spans: Sequence[Span], captions: Captions, habit: NumberHabit) -> tuple[Adjustment, ...]:
    found: list[Adjustment] = []
    for span in spans:
        if (
            span.label.startswith("adjustment.")
            and span.probability > 0.4
            and (span.probability > SURELY_ADJUSTED or captions.in_front("amount", span.first) not in CAPTIONS_OF_TOTALS)
        ):
            value = first_number(span.text, habit)
            if value:
                kind = AdjustmentKind(span.label.removeprefix("adjustment."))
                adjustment = Adjustment(kind, value if kind is AdjustmentKind.ROUNDING else abs(value))
                if adjustment not in found:
                    found.append(adjustment)
    return tuple(found)


def _faint_adjustments(
    words: Words, probabilities: NDArray[np.float32], amounts: Sequence[tuple[int, ...]], habit: NumberHabit
) -> list[Decimal]:
    """Amounts that the network half takes for an allowance or a charge."""
    faint = probabilities[:, _ADJUSTED].sum(1)
    spans = [make_span(words, "adjustment.charge", run, probabilities) for run in amounts if max(faint[i] for i in run) >= FAINTLY_ADJUSTED]
    return [abs(value) for span in spans if (value := first_number(span.text, habit))]


def _that_lead_to(
    goal: Decimal, lines_sum: Decimal, adjustments: tuple[Adjustment, ...], faint: Sequence[Decimal]
) -> tuple[Adjustment, ...]:
    """The adjustments by which the sum of the lines becomes the net total, or the gross total where that is not printed: as read, else with charges
    that are allowances or the other way round, else with one of the ``faint`` ones; as read where none of these does."""
    charge, allowance = AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE
    moved = [k for k, a in enumerate(adjustments) if a.kind in (charge, allowance)]
    other = {charge: allowance, allowance: charge}
    flips = (some for count in range(min(len(moved), MOST_FLIPPED) + 1) for some in combinations(moved, count))
    ways = [tuple(replace(a, kind=other[a.kind]) if k in some else a for k, a in enumerate(adjustments)) for some in flips]
    new = [amount for amount in dict.fromkeys(faint) if all(amount != abs(a.amount) for a in adjustments)]
    ways += [(*adjustments, Adjustment(kind, amount)) for amount in new for kind in (charge, allowance)]
    sign = -1 if lines_sum < 0 else 1  # of a credit note, whose pages print what is taken off as that
    for way in ways:
        change = sum((a.amount if a.kind is charge else -a.amount for a in way if a.kind in (charge, allowance)), Decimal(0))
        if abs(lines_sum + sign * change - goal) <= 2 * CENT:
            return way
    return adjustments


def _breakdown(spans: Sequence[Span], habit: NumberHabit, *, once: bool = True) -> tuple[list[TaxLine], dict[str, Evidence], list[Decimal]]:
    """Rows of the tax breakdown: tagged rate, base, tax and category that stand on one line, or under each other where one line holds several
    taxes. Also what the rows' taxes may sum up to, where every row prints one: each distinct row once, then every row as printed.
    ``once``: rows that repeat another are left out."""
    rows: list[TaxLine] = []
    evidence: dict[str, Evidence] = {}
    seen: set[tuple[Decimal | None, Decimal | None, Decimal | None]] = set()
    printed: list[Decimal | None] = []
    for cells in _tax_cells(spans):
        rate = parse_percent(cells["rate"].text, habit) if "rate" in cells else None
        base = first_number(cells["taxable_amount"].text, habit) if "taxable_amount" in cells else None
        tax = first_number(cells["tax_amount"].text, habit) if "tax_amount" in cells else None
        if tax is None and (rate is None or base is None):
            continue
        printed.append(tax)
        if once and ((rate, base, tax) in seen or (rate, None, tax) in seen):  # printed twice: in the totals and in a table of its own
            continue
        seen |= {(rate, base, tax), (rate, None, tax)}
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


def _rows_of_tax(rows: list[TaxLine], evidence: dict[str, Evidence], tax: Decimal) -> tuple[list[TaxLine], dict[str, Evidence]]:
    """The rows that make the tax total, as many as possible, those first whose tax is their base times their rate: a table of taxes ends in its sums, and
    repeats a row. All of them where none do, or where there are many."""
    if sum((row.tax_amount or Decimal(0) for row in rows), Decimal(0)) == tax or not 1 < len(rows) <= MOST_ROWS:
        return rows, evidence
    ways = [
        some
        for count in range(len(rows) - 1, 0, -1)
        for some in combinations(range(len(rows)), count)
        if sum((rows[k].tax_amount or Decimal(0) for k in some), Decimal(0)) == tax
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
    known = row.rate is not None and row.taxable_amount is not None and row.tax_amount is not None
    return known and abs(abs((row.taxable_amount or 0) * (row.rate or 0) / 100) - abs(row.tax_amount or 0)) < 1


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


def _complete_breakdown(
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
            rows_evidence["tax_breakdown.0.taxable_amount"] = _derived(evidence["net_total"])
    elif len(rows) == 1:
        row = rows[0]
        base = _base_of(row, values)
        if row.taxable_amount is None and base is not None:
            row = replace(row, taxable_amount=base)
            rows_evidence["tax_breakdown.0.taxable_amount"] = _derived(evidence["net_total"])
        rows = [row]
    return tuple(rows), rows_evidence


def _base_of(row: TaxLine, values: Mapping[str, Decimal]) -> Decimal | None:
    """The net total where it is the base of this tax: charges may be taxed too and some lines not, which only the product tells."""
    net = values.get("net_total")
    if net is None or row.rate is None or row.tax_amount is None:
        return net
    return net if abs(abs(net * row.rate / 100) - abs(row.tax_amount)) < 1 else None
