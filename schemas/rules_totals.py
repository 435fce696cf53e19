"""Rules that tie the lines, the adjustments and the totals of one document together.

A printed page follows one of several habits, so a rule asks whether any of them explains the numbers exactly: lines without or with tax,
discounts inside or outside the line amount, allowances and shipping before or after the printed net total, cash rounding and withheld tax
before or after the printed gross total, credit notes with positive or negative lines. What none of them explains contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from schemas.arithmetic import HUNDRED, ZERO, half_unit, meets, percent, rounded, significant_decimals, subset_sums, total
from schemas.document_sums import line_sums, line_targets, steps, steps_in_force, tax_charged, tax_of_breakdown, tax_of_rates, total_slack
from schemas.invoice import AdjustmentKind, DocumentType, Invoice, Severity
from schemas.rounding import is_cash_rounded, printed_places, sum_slack
from schemas.rules_breakdown import leaves_lines_untaxed
from schemas.rules_types import HOLDS, SILENT, Row, Rule, Table, Verdict, broken


def _gross_lines_add_up(invoice: Invoice) -> bool:
    """Lines with tax against the total with tax, whose tax is worked out on the whole: half a unit of rounding per line; allowances and charges
    that the page states without tax count with the tax of one of its rates."""
    gross, items = invoice.header.gross_total, invoice.line_items
    values = [value for item in items if (value := item.gross_amount if item.gross_amount is not None else item.net_amount) is not None]
    if gross is None or len(values) < len(items) or not tax_charged(invoice):
        return False
    summed, slack = total(values), sum_slack(invoice)
    flip = invoice.document_type is DocumentType.CREDIT_NOTE
    rates = {row.rate for row in invoice.tax_breakdown} | {item.tax_rate for item in items}
    for amounts in steps_in_force(invoice):
        for factor in (HUNDRED, *sorted(HUNDRED + rate for rate in rates if rate)):
            for step in subset_sums([(amount * factor).scaleb(-2) for amount in amounts]):
                if meets(summed + step, gross, slack=slack, either_sign=flip):
                    return True
    return False


def lines_add_up(row: Row) -> Verdict:
    return row.once(lines_and_totals)


def lines_and_totals(invoice: Invoice) -> Verdict:
    """Whether a habit of printing explains the totals from the lines."""
    targets = line_targets(invoice)
    if not targets or not invoice.line_items or all(item.amount is None for item in invoice.line_items):
        return SILENT
    slack, flip = total_slack(invoice), invoice.document_type is DocumentType.CREDIT_NOTE
    sums = line_sums(invoice)
    for amounts in steps_in_force(invoice):
        for step in subset_sums(amounts):
            if any(meets(value + step, target, slack=slack, either_sign=flip) for value in sums for target in targets):
                return HOLDS
    if _gross_lines_add_up(invoice):
        return HOLDS
    if any(item.amount is None for item in invoice.line_items):
        return SILENT
    return broken(
        field="line_items",
        expected=targets[0],
        found=sums[0],
        detail=f"The lines add up to {sums[0]:f}, which is neither the total without tax nor the total with tax, with or without adjustments.",
    )


def amounts_confirmed(invoice: Invoice) -> bool:
    """Whether the line amounts are proved by the rest of the page: every line has one, they lead to the totals, and the totals agree with each
    other. A quantity or price that does not fit such an amount cannot change what is owed."""
    if any(item.amount is None for item in invoice.line_items) or lines_and_totals(invoice) != HOLDS:
        return False
    return not totals_agree(invoice)


def adjustments_are_used(row: Row) -> Verdict:
    """Whether lines, allowances and charges lead to the printed totals with every adjustment used once (EN 16931: net = lines - allowances + charges)."""
    invoice = row.invoice
    header = invoice.header
    adjusting = steps(invoice, AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE)
    if not adjusting or header.net_total is None or not invoice.line_items or lines_add_up(row) != HOLDS:
        return SILENT
    if any(item.amount is None for item in invoice.line_items):
        return SILENT
    slack, flip = total_slack(invoice), invoice.document_type is DocumentType.CREDIT_NOTE
    whole, tax = total(adjusting), tax_charged(invoice)
    sums = line_sums(invoice)
    goals = [header.net_total] if header.gross_total is None else [header.net_total, header.gross_total]
    if any(meets(value + whole, goal, slack=slack, either_sign=flip) for value in sums for goal in goals):
        return HOLDS
    if header.gross_total is not None and tax is not None:
        late = steps(invoice, AdjustmentKind.ROUNDING, AdjustmentKind.WITHHOLDING)
        for before in subset_sums(adjusting):
            reaches_net = any(meets(value + before, header.net_total, slack=slack, either_sign=flip) for value in sums)
            if reaches_net and any(header.net_total + whole - before + tax + s == header.gross_total for s in subset_sums(late)):
                return HOLDS
    return broken(
        field="document_adjustments",
        expected=header.net_total,
        found=sums[0] + whole,
        detail="The totals do not take every printed allowance and charge into account.",
    )


def _only(kinds: set[AdjustmentKind]) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        present = {a.kind for a in row.invoice.document_adjustments} & {AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE}
        return adjustments_are_used(row) if present == kinds else SILENT

    return judge


def tax_total_is_sum(row: Row) -> Verdict:
    invoice = row.invoice
    printed, summed = invoice.header.tax_total, tax_of_breakdown(invoice)
    if printed is None or summed is None:
        return SILENT
    slack = half_unit(printed_places(invoice)) if _finer_tax(invoice) else ZERO
    if meets(summed, printed, slack=slack, either_sign=invoice.document_type is DocumentType.CREDIT_NOTE):
        return HOLDS
    return broken(
        field="header.tax_total",
        expected=summed,
        found=printed,
        detail=f"The printed tax total {printed:f} is not the sum {summed:f} of the tax amounts per rate.",
    )


def _finer_tax(invoice: Invoice) -> bool:
    """Whether the tax per rate is printed with more decimals than totals have: then the printed total of tax is a rounded one."""
    places = printed_places(invoice)
    return any(line.tax_amount is not None and significant_decimals(line.tax_amount) > places for line in invoice.tax_breakdown)


def gross_is_net_plus_tax(row: Row) -> Verdict:
    return totals_agree(row.invoice)


def totals_agree(invoice: Invoice) -> Verdict:
    net, gross, tax = invoice.header.net_total, invoice.header.gross_total, tax_charged(invoice)
    if net is None or gross is None:
        return SILENT
    exact = [net + (tax or ZERO) + step for amounts in steps_in_force(invoice) for step in subset_sums(amounts)]
    if gross in exact:
        return HOLDS
    if rounded_to_coins := _unprinted_rounding(invoice, "gross_total", gross, exact=exact):
        return rounded_to_coins
    if tax is None and (unprinted := _unprinted_tax(invoice, net=net, gross=gross)):
        return unprinted
    found = f"{net:f} + {tax:f}" if tax is not None else f"{net:f} without any tax"
    return broken(
        field="header.gross_total",
        expected=net + (tax or ZERO),
        found=gross,
        detail=f"The total with tax {gross:f} is not the total without tax plus tax ({found}).",
    )


def _unprinted_tax(invoice: Invoice, *, net: Decimal, gross: Decimal) -> Verdict:
    """A warning where the page prints rates without an amount of tax and the rates give what lies between the totals."""
    given = tax_of_rates(invoice, net)
    if given is None or not given:
        return SILENT
    slack = sum_slack(invoice)
    if not any(meets(net + given + step, gross, slack=slack) for amounts in steps_in_force(invoice) for step in subset_sums(amounts)):
        return SILENT
    detail = f"The page prints no amount of tax; its rates give the {gross - net:f} between the total without tax and the total with tax."
    return broken(field="header.tax_total", expected=rounded(given, 2), found=None, detail=detail, severity=Severity.WARNING)


def _unprinted_rounding(invoice: Invoice, name: str, value: Decimal, *, exact: Sequence[Decimal]) -> Verdict:
    """A warning where a total is one of the ``exact`` ones rounded to what coins can pay, and the page prints no amount of rounding."""
    currency = invoice.header.currency
    meant = next((each for each in exact if is_cash_rounded(value, each, currency=currency)), None)
    if meant is None or steps(invoice, AdjustmentKind.ROUNDING):
        return SILENT
    detail = f"{value:f} {currency} is {meant:f} rounded to what coins can pay; no amount of rounding was found on the page."
    return broken(field=f"header.{name}", expected=meant, found=value, detail=detail, severity=Severity.WARNING)


def due_is_what_remains(row: Row) -> Verdict:
    invoice = row.invoice
    gross, due = invoice.header.gross_total, invoice.header.amount_due
    if gross is None or due is None:
        return SILENT
    late = steps(invoice, AdjustmentKind.PREPAID, AdjustmentKind.ROUNDING, AdjustmentKind.WITHHOLDING)
    exact = [gross + step for step in subset_sums(late)]
    if due in exact or due == -gross:
        return HOLDS
    if rounded_to_coins := _unprinted_rounding(invoice, "amount_due", due, exact=exact):
        return rounded_to_coins
    if late:
        detail = f"The amount due {due:f} is not the total {gross:f} less what was paid before."
        return broken(field="header.amount_due", expected=gross + total(late), found=due, detail=detail)
    detail = f"The amount due {due:f} differs from the total {gross:f}, and no earlier payment was found on the page."
    severity = None if invoice.evidence else Severity.WARNING  # without a page at hand, the payment may stand there
    return broken(field="header.amount_due", expected=gross, found=due, detail=detail, severity=severity)


def bases_make_the_net_total(row: Row) -> Verdict:
    """Where every rate prints its base, the bases make the total without tax; where two taxes lie on one base, each base is that total."""
    invoice = row.invoice
    net, gross = invoice.header.net_total, invoice.header.gross_total
    bases = [line.taxable_amount for line in invoice.tax_breakdown if line.taxable_amount is not None]
    untaxed_lines = any(item.tax_rate == 0 for item in invoice.line_items)
    if net is None or not bases or len(bases) < len(invoice.tax_breakdown) or (untaxed_lines and len(bases) == 1):
        return SILENT
    summed = total(bases)
    goals = [goal for goal in (net, gross) if goal is not None]
    if any(
        meets(base + step, goal, either_sign=True)
        for amounts in steps_in_force(invoice)
        for step in subset_sums(amounts)
        for base in (summed, *set(bases))
        for goal in goals
    ):
        return HOLDS
    detail = f"The amounts by tax rate add up to {summed:f}, the total without tax is {net:f}."
    return broken(field="tax_breakdown", expected=net, found=summed, detail=detail)


def breakdown_exists(row: Row) -> Verdict:
    invoice = row.invoice
    if not invoice.header.tax_total:
        return SILENT
    if invoice.tax_breakdown:
        return HOLDS
    return broken(field="tax_breakdown", expected="the tax by rate", detail="Tax is charged, but no tax rate with its amount was found.")


def tax_follows_from_lines(row: Row) -> Verdict:
    """Tax = Σ line amount × line rate, within the rounding that printing can explain: half a minor unit per line and one for the total.

    Judged where every line shows amount and rate, the lines alone make the net total, and nothing adjusts it.
    """
    invoice = row.invoice
    tax, net, items = invoice.header.tax_total, invoice.header.net_total, invoice.line_items
    if tax is None or net is None or not items or steps(invoice, AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE):
        return SILENT
    products: list[Decimal] = []
    for item in items:
        if item.net_amount is None or item.tax_rate is None:
            return SILENT
        products.append(percent(item.net_amount, item.tax_rate))
    if abs(total(item.net_amount or ZERO for item in items)) != abs(net) or _taxed_twice(invoice, net):
        return SILENT
    expected = total(products)
    if abs(abs(expected) - abs(tax)) <= sum_slack(invoice):
        return HOLDS
    if leaves_lines_untaxed(invoice, tax, of_all=expected):
        return SILENT
    given = rounded(expected, 2)
    detail = f"The printed tax {tax:f} is not what the rates of the lines give ({given:f})."
    return broken(field="header.tax_total", expected=given, found=tax, detail=detail)


def _taxed_twice(invoice: Invoice, net: Decimal) -> bool:
    """Whether two taxes lie on one base (federal and provincial, central and state): the lines then show the rate of one of them.

    Where the page prints no bases, each tax must be its rate's share of the whole net total."""
    rows = invoice.tax_breakdown
    bases = [row.taxable_amount for row in rows if row.taxable_amount is not None]
    if not bases:
        return len(rows) > 1 and all(
            row.rate is not None and row.tax_amount is not None and rounded(percent(abs(net), row.rate), 2) == abs(row.tax_amount)
            for row in rows
        )
    return len(bases) > 1 and total(abs(base) for base in bases) > abs(net)


_ERROR, _WARNING, _DOC = Severity.ERROR, Severity.WARNING, Table.DOCUMENTS
_UNUSED = "Every {what} on the page is taken into account by the totals."

TOTAL_RULES: tuple[Rule, ...] = (
    Rule(
        "BR-CO-10",
        "EN 16931 BR-CO-10",
        _ERROR,
        _DOC,
        "The lines add up to the total without tax or, where line amounts include tax, to the total with tax.",
        lines_add_up,
    ),
    Rule("BR-CO-11", "EN 16931 BR-CO-11", _WARNING, _DOC, _UNUSED.format(what="allowance"), _only({AdjustmentKind.ALLOWANCE})),
    Rule("BR-CO-12", "EN 16931 BR-CO-12", _WARNING, _DOC, _UNUSED.format(what="charge"), _only({AdjustmentKind.CHARGE})),
    Rule(
        "BR-CO-13",
        "EN 16931 BR-CO-13",
        _WARNING,
        _DOC,
        "The total without tax is the sum of the lines less allowances plus charges.",
        _only({AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE}),
    ),
    Rule("BR-CO-14", "EN 16931 BR-CO-14", _ERROR, _DOC, "The tax total is the sum of the tax amounts per rate.", tax_total_is_sum),
    Rule(
        "BR-CO-15",
        "EN 16931 BR-CO-15",
        _ERROR,
        _DOC,
        "The total with tax is the total without tax plus the tax; a warning where the page prints no amount of tax but rates that give it, or rounds "
        "to what coins can pay without saying so.",
        gross_is_net_plus_tax,
    ),
    Rule(
        "BR-CO-16",
        "EN 16931 BR-CO-16",
        _ERROR,
        _DOC,
        "The amount due is the total with tax less what was paid or withheld, plus rounding; a warning where only rounding to what coins can pay, "
        "which the page does not print, lies between them.",
        due_is_what_remains,
    ),
    Rule(
        "LI-BASE",
        "Lineitem; Directive 2006/112/EC art. 226 (8)",
        _WARNING,
        _DOC,
        "The taxable amounts by rate add up to the total without tax.",
        bases_make_the_net_total,
    ),
    Rule("BR-CO-18", "EN 16931 BR-CO-18", _WARNING, _DOC, "Where tax is charged, the page breaks it down by rate.", breakdown_exists),
    Rule(
        "LI-TAX",
        "Lineitem; Directive 2006/112/EC art. 226 (8)-(10)",
        _ERROR,
        _DOC,
        "The tax is what the rates printed at the lines give, within rounding; where no VAT is levied, a tax on sales may leave some lines untaxed.",
        tax_follows_from_lines,
    ),
)
