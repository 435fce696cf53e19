"""Net, tax and gross total and the amount due: the likeliest reading whose sums hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from math import log

import numpy as np
from numpy.typing import NDArray

from extractors.assembly.adjustments import CENT, Possible, possible_adjustments, read_adjustments, rounding_of, that_lead_to
from extractors.assembly.captions import Captions
from extractors.assembly.line_items import SET_BY, SET_BY_ARITHMETIC, derived_from, evidence_of, first_number
from extractors.assembly.numbers import NumberHabit, parse_percent
from extractors.assembly.spans import Span, Words
from extractors.assembly.tax_rows import complete_breakdown, read_breakdown, settled_breakdown, sums_of_taxes
from extractors.assembly.total_options import Option, captioned, printed_amounts, total_options
from schemas.invoice import Adjustment, AdjustmentKind, Evidence, TaxLine

# Log-odds that totals are right when sums hold, chosen on generated layouts: three printed amounts seldom add up by chance.
SUM_HOLDS = 6.0
NET_IS_GROSS = 1.5
NET_IS_GROSS_UNTAXED = 4.0  # where a tax of nought is printed between them
NET_IS_GROSS_THOUGH_TAXED = -4.0
CONTRADICTION = -1.0
CHARGE_IS_NO_TAX = -2.0  # nor an allowance, unless the network takes it for the tax
IMPOSSIBLE = -8.0
HIGHEST_TAX = Decimal("0.4")  # of the net total; the highest rates of VAT and GST are 27 and 28 %
UNHEARD_OF = -5.0  # a tax above it
ROUNDED = -4.0
LINES_HOLD = 2.0
TAX_IS_SHARE = 2.0
HALF_TOLD = 0.1  # probability from which a charge or allowance may lie between net and gross total
DUE_IS_GROSS = 0.7
GROSS_IS_DUE = 1.0  # for a gross total that is likely also what is to be paid
REMAINS_TO_PAY = 1.0  # less what was paid
DUE_IS_MORE = -0.7  # than the gross total
SAME_WORD = -1.0
OTHER_SIGN = -2.0
SUM_OF_QUANTITIES = -2.0
SUM_OF_ROWS = 0.9  # probability of the sum of the breakdown's taxes, where no total of them is printed
UNLIKELY = 0.05  # probability of another total below which its sign says nothing
LIKELY = 0.5  # probability of a net or gross total from which taxes are asked to lie between them
MOST_PARTS = 8  # whose sums are tried
TWICE = 2
ROWS_GUESSED = 0.02  # probability of a sum over tax amounts whose rows could not be told apart
_OF_TAXES = ("tax.rate", "tax.tax_amount")
TOTALS = ("net_total", "tax_total", "gross_total", "amount_due")


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
    counted: Decimal | None = None,
) -> Totals:
    """Choose net, tax, gross and due together. ``lines_sum`` is the sum of the line amounts, None without lines, ``counted`` that of their quantities."""
    spans = [s for s in spans if s.label not in _OF_TAXES or captions.in_front("amount", s.first) != "charge"]  # a tip in percent is no tax
    adjustments = read_adjustments(spans, captions, habit)
    breakdown, breakdown_evidence, tax_sums = read_breakdown(spans, habit)
    amounts = printed_amounts(words)
    options = {name: total_options(words, captions, probabilities, spans, name, habit) for name in TOTALS}
    _add_sums_of_taxes(options["tax_total"], spans, tax_sums, habit)
    _add_parts_of_tax(options, spans, habit)
    line_total_span = _likeliest(spans, "total.line_total")
    line_total = first_number(line_total_span.text, habit) if line_total_span else None
    reachable = _reachable(lines_sum, line_total, adjustments)
    rate = _sole_rate(spans, habit)
    half_told = [p for p in possible_adjustments(words, probabilities, amounts, habit) if p.none <= 1 - HALF_TOLD]
    steps = _changes(adjustments, half_told)
    due_for_sure = [option for option in options["amount_due"] if option.value and option.probability >= LIKELY]
    told_due = {option.value for option in due_for_sure}
    options["gross_total"] += [
        replace(option, probability=HALF_TOLD, bonus=0.0)
        for option in due_for_sure
        if all(option.value != o.value for o in options["gross_total"])
    ]
    net, tax, gross = max(
        product(*(options[name] for name in TOTALS[:3])),
        key=lambda read: (
            _score(read, reachable, steps, rounding_of(adjustments))
            + _sign_of_lines(read, lines_sum)
            + _by_rate(read, rate, steps)
            + _of_quantities((read[0], read[2]), counted, lines_sum)
            + (GROSS_IS_DUE if read[2].value is not None and read[2].value in told_due else 0.0)
        ),
    )
    due = max(
        options["amount_due"],
        key=lambda option: _due_score(option, gross.value, adjustments) + _of_quantities((option,), counted, lines_sum),
    )
    chosen = dict(zip(TOTALS, (net, tax, gross, due), strict=True))
    values: dict[str, Decimal] = {}
    evidence: dict[str, Evidence] = {}
    for name, option in chosen.items():
        if option.value is not None and option.span is not None:
            values[name] = option.value
            best = max(options[name], key=lambda o: o.probability)
            evidence[name] = evidence_of(option.span, SET_BY if option is best else SET_BY_ARITHMETIC)
    taken = {i for option in chosen.values() if option.span is not None for i in option.span.words}
    loose = [run for run in amounts if taken.isdisjoint(run)]
    if gross.value is not None and not tax.value:  # no tax is added
        for name, wanted in (("net_total", gross.value), ("tax_total", Decimal(0))):
            printed = captioned(words, captions, probabilities, loose, habit, name, wanted) if name not in values else None
            if printed is not None:
                values[name], evidence[name] = wanted, evidence_of(printed, SET_BY_ARITHMETIC)
    goal = values.get("net_total", values.get("gross_total"))
    if (
        lines_sum is not None and goal is not None and lines_sum != values.get("gross_total")
    ):  # lines that hold the tax lack nothing of the net total
        adjustments = that_lead_to(goal, lines_sum, adjustments, possible_adjustments(words, probabilities, loose, habit))
    _fill_gross_and_due(values, evidence, adjustments)
    printed_base = line_total_span if "net_total" not in values else None
    parts = None if _adds_up(values) else _net_of_parts(values, breakdown_evidence, breakdown, printed_base, habit)
    if parts is not None:
        values["net_total"], evidence["net_total"] = parts
    consistent = _adds_up(values) if all(n in values for n in ("net_total", "tax_total", "gross_total")) else None
    breakdown, breakdown_evidence = settled_breakdown(breakdown, breakdown_evidence, values.get("tax_total"), spans, habit)
    breakdown, breakdown_evidence = complete_breakdown(breakdown, breakdown_evidence, values, evidence, spans, habit)
    return Totals(values, evidence, breakdown, breakdown_evidence, adjustments, consistent)


def _adds_up(values: Mapping[str, Decimal]) -> bool:
    """Whether there are a net and a gross total, and the tax lies between them."""
    net, gross = values.get("net_total"), values.get("gross_total")
    return net is not None and gross is not None and abs(abs(net + values.get("tax_total", Decimal(0))) - abs(gross)) <= 2 * CENT


def _sole_rate(spans: Sequence[Span], habit: NumberHabit) -> Decimal | None:
    """The only rate of a tax that the page prints; None where there are several taxes, be it of one rate, or none."""
    rates = {parse_percent(s.text, habit) for s in spans if s.label == "tax.rate"} - {None, Decimal(0)}
    return rates.pop() if len(rates) == 1 and sum(s.label == "tax.tax_amount" for s in spans) < 2 else None


def _by_rate(combination: tuple[Option, ...], rate: Decimal | None, steps: _Steps) -> float:
    """Log-odds for a tax that is the share of the net total which the only printed rate says, charges and allowances that are printed below it counted or
    not, or, where there is no net total, of the gross total."""
    net, tax, gross = (o.value for o in combination)
    base, whole = (net, Decimal(100)) if net is not None else (gross, 100 + (rate or 0))
    if rate is None or base is None or not tax:
        return 0.0
    changes = (Decimal(0), *steps.single, *steps.together) if net is not None else (Decimal(0),)
    return TAX_IS_SHARE if any(abs(abs(base + change) * rate / whole - abs(tax)) <= 2 * CENT for change in changes) else 0.0


def _add_sums_of_taxes(options: list[Option], spans: Sequence[Span], of_rows: Sequence[Decimal], habit: NumberHabit) -> None:
    """Add to the ``options`` of the tax total what taxes add up to: ``of_rows`` of the breakdown, and amounts that may be taxes. A printed total keeps its
    sign: a sum of the same amount is none."""
    shown = [s for s in spans if s.label == "tax.tax_amount"]
    rows_only = all(o.value is None or o.probability < 0.5 for o in options)
    if not shown:
        return

    def is_new(total: Decimal) -> bool:
        return all(abs(o.value or 0) != abs(total) or o.probability < UNLIKELY for o in options)

    for rank, total in enumerate(of_rows):
        if is_new(total):
            options.append(Option(total, shown[0], (SUM_OF_ROWS if rows_only else 0.1) * 0.5**rank))
            if rows_only:
                options[:] = [replace(o, probability=min(o.probability, 1 - SUM_OF_ROWS)) if o.value is None else o for o in options]
    for total in sums_of_taxes(spans, habit):
        if is_new(total):
            options.append(Option(total, shown[0], ROWS_GUESSED))


def _add_parts_of_tax(options: Mapping[str, list[Option]], spans: Sequence[Span], habit: NumberHabit) -> None:
    """Add to the options of the tax total what lies between net and gross total, where several taxes, or amounts behind their rates, make just that."""
    sure = [[o.value for o in options[name] if o.value and o.probability >= LIKELY] for name in ("net_total", "gross_total")]
    wanted = {abs(gross) - abs(net) for net, gross in product(*sure)} - {abs(o.value) for o in options["tax_total"] if o.value}
    parts = [(o.value, o.span) for o in options["tax_total"] if o.value and o.probability >= UNLIKELY]
    for span in spans:
        value = first_number(span.text, habit) if span.label in ("tax.tax_amount", "tax.taxable_amount") else None
        if value and [known for known, _ in parts].count(value) < TWICE:  # two taxes may be of one rate
            parts.append((value, span))
    taxes = [span for span in spans if span.label == "tax.tax_amount"]
    halves = [part for part in parts if part[0] * TWICE in wanted and sum(first_number(s.text, habit) == part[0] for s in taxes) >= TWICE]
    parts = [halves[0]] * TWICE if halves else parts  # of a country and its state, each printed once in every table
    if not 1 < len(parts) <= MOST_PARTS:
        return
    for count in range(2, len(parts) + 1):
        for some in combinations(parts, count):
            total = sum((value for value, _ in some), Decimal(0))
            if total in wanted:
                options["tax_total"].append(Option(total, some[0][1], ROWS_GUESSED))
                return


def _fill_gross_and_due(values: dict[str, Decimal], evidence: dict[str, Evidence], adjustments: Sequence[Adjustment]) -> None:
    """The gross total from the amount due, or the other way round, by what was paid before or is withheld; in place."""
    prepaid = sum((a.amount for a in adjustments if a.kind in (AdjustmentKind.PREPAID, AdjustmentKind.WITHHOLDING)), Decimal(0))
    if "gross_total" not in values and "amount_due" in values:
        values["gross_total"] = values["amount_due"] + prepaid
        evidence["gross_total"] = derived_from(evidence["amount_due"])
    if "amount_due" not in values and "gross_total" in values:
        values["amount_due"] = values["gross_total"] - (prepaid if 0 < prepaid <= abs(values["gross_total"]) else 0)
        evidence["amount_due"] = derived_from(evidence["gross_total"])


def _net_of_parts(
    values: Mapping[str, Decimal],
    evidence: Mapping[str, Evidence],
    breakdown: Sequence[TaxLine],
    line_total: Span | None,
    habit: NumberHabit,
) -> tuple[Decimal, Evidence] | None:
    """The net total, where no amount is called so, or one from which the gross total does not follow ("Subtotal" before freight): the sum of the bases
    of all taxes or the printed sum of the lines, if the gross total follows from it."""
    gross = values.get("gross_total")
    if gross is None:
        return None
    tax = values.get("tax_total", Decimal(0))
    bases = [row.taxable_amount for row in breakdown if row.taxable_amount is not None]
    source = evidence.get("tax_breakdown.0.taxable_amount")
    if bases and len(bases) == len(breakdown) and source is not None:
        for net in (sum(bases, Decimal(0)), sum(set(bases), Decimal(0))):  # two taxes of the same base are no two bases
            if abs(net + tax - gross) <= CENT:
                return net, derived_from(source)
    lines = first_number(line_total.text, habit) if line_total is not None else None
    if line_total is not None and lines is not None and abs(lines + tax - gross) <= CENT:
        return lines, evidence_of(line_total, SET_BY_ARITHMETIC)
    return None


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


def _score(combination: tuple[Option, ...], reachable: set[Decimal], steps: _Steps, rounding: Decimal) -> float:
    """Log-probability of net, tax and gross read this way, with what the sums say."""
    net, tax, gross = (o.value for o in combination)
    score = sum(log(max(o.probability, 1e-4)) + o.bonus for o in combination)
    if net is not None and gross is not None:
        difference = abs(gross) - abs(net) - (abs(tax) if tax is not None else 0)
        if net * (tax or 0) < 0:
            difference = gross - net - (tax or 0)
        changes = (Decimal(0), *steps.single, *steps.together)
        told = next((change for change in changes if abs(difference - change) <= 2 * CENT), None)
        untaxed = tax == 0 and not told
        score += CONTRADICTION if told is None else SUM_HOLDS if tax and not told else NET_IS_GROSS_UNTAXED if untaxed else NET_IS_GROSS
        if tax and combination[1].probability < LIKELY and abs(tax) in {abs(step) for step in steps.single}:
            score += CHARGE_IS_NO_TAX
        if tax and abs(net) == abs(gross):
            score += NET_IS_GROSS_THOUGH_TAXED
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


@dataclass(frozen=True, slots=True)
class _Steps:
    """What may lie between a printed net total and the gross total besides the tax: a ``single`` charge or allowance, or all of them ``together``."""

    single: tuple[Decimal, ...]
    together: tuple[Decimal, ...]


def _of_quantities(read: tuple[Option, ...], counted: Decimal | None, lines_sum: Decimal | None) -> float:
    """Log-odds for totals that are the sum of the quantities: a line of totals prints that too."""
    return SUM_OF_QUANTITIES * sum(o.value is not None and o.value == counted and counted != lines_sum for o in read)


def _changes(adjustments: Sequence[Adjustment], half_told: Sequence[Possible]) -> _Steps:
    kinds = (AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE)
    signed = [a.amount if a.kind is AdjustmentKind.CHARGE else -a.amount for a in adjustments if a.kind in kinds]
    known = {abs(value) for value in signed}
    faint = [p.amount if p.charge >= p.allowance else -p.amount for p in half_told if p.amount not in known]
    return _Steps((*signed, *faint), (sum(signed, Decimal(0)),) if len(signed) > 1 else ())


def _due_score(option: Option, gross: Decimal | None, adjustments: Sequence[Adjustment]) -> float:
    score = log(max(option.probability, 1e-4)) + option.bonus
    if option.value is not None and gross is not None:
        paid = sum((a.amount for a in adjustments if a.kind in (AdjustmentKind.PREPAID, AdjustmentKind.WITHHOLDING)), Decimal(0))
        remaining = (abs(gross) - paid, abs(gross + rounding_of(adjustments)) - paid)
        if any(abs(left - abs(option.value)) <= CENT for left in remaining):
            score += REMAINS_TO_PAY if paid else DUE_IS_GROSS
        elif abs(option.value) == abs(gross):
            score += DUE_IS_GROSS
        elif abs(option.value) > abs(gross):
            score += DUE_IS_MORE
    return score


def _likeliest(spans: Sequence[Span], label: str) -> Span | None:
    return max((s for s in spans if s.label == label), key=lambda s: s.probability, default=None)
