"""Rules for the tax breakdown and for each tax category: rates, bases, amounts, and the reason for charging none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from schemas.arithmetic import ZERO, percent, rounded
from schemas.countries import WITHOUT_VAT, seller_country
from schemas.document_sums import steps
from schemas.invoice import AdjustmentKind, Invoice, LineItem, Severity, TaxLine
from schemas.rules_types import HOLDS, SILENT, Finding, Row, Rule, Table, Verdict, broken
from schemas.tax_phrases import treatments_in
from schemas.vat_rates import rate_exists

TOLERANCE = Decimal(1)  # currency unit; EN 16931 BR-CO-17 and BR-*-08 allow less than one

# EN 16931 category -> prefix of its rules, name, whether it carries a rate above zero
CATEGORIES: dict[str, tuple[str, str, bool]] = {
    "S": ("BR-S", "standard rated", True),
    "Z": ("BR-Z", "zero rated", False),
    "E": ("BR-E", "exempt", False),
    "AE": ("BR-AE", "reverse charge", False),
    "K": ("BR-IC", "intra-Community supply", False),
    "G": ("BR-G", "export", False),
    "O": ("BR-O", "outside the scope of tax", False),
    "L": ("BR-AF", "Canary Islands (IGIC)", True),
    "M": ("BR-AG", "Ceuta and Melilla (IPSI)", True),
}
NEEDS_REASON = frozenset({"E", "AE", "K", "G", "O"})


def tax_is_base_times_rate(row: Row) -> Verdict:
    line = row.invoice.tax_breakdown[row.index]
    base, rate, tax = line.taxable_amount, line.rate, line.tax_amount
    assumed = base is None and _is_only_row(row.invoice)
    if assumed:
        base = row.invoice.header.net_total
        if steps(row.invoice):
            return SILENT  # which part of an adjusted total was taxed, the page does not say
    if base is None or rate is None or tax is None:
        return SILENT
    expected = percent(base, rate)
    if abs(abs(expected) - abs(tax)) < TOLERANCE and (expected * tax >= 0 or abs(tax) < TOLERANCE):
        return HOLDS
    if assumed and leaves_lines_untaxed(row.invoice, tax, of_all=expected):
        return SILENT
    return broken(
        field=f"tax_breakdown.{row.index}.tax_amount",
        expected=rounded(expected, 2),
        found=tax,
        detail=f"{rate:f} % of {base:f} is {rounded(expected, 2):f}, not {tax:f}.",
    )


def leaves_lines_untaxed(invoice: Invoice, tax: Decimal, *, of_all: Decimal) -> bool:
    """Whether a tax that is less than that ``of_all`` lines is one on sales: it falls on some goods only, and few pages mark which."""
    return seller_country(invoice) in WITHOUT_VAT and tax * of_all >= 0 and abs(tax) < abs(of_all)


def _is_only_row(invoice: Invoice) -> bool:
    """One rate for every line: a second, untaxed kind of line would make the net total a wrong base."""
    rates = {item.tax_rate for item in invoice.line_items}
    return len(invoice.tax_breakdown) == 1 and (len(rates) == 1 and None not in rates)


def _line_rate(category: str) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        item = row.invoice.line_items[row.index]
        if item.tax_category != category or item.tax_rate is None:
            return SILENT
        _, name, taxed = CATEGORIES[category]
        path = f"line_items.{row.index}.tax_rate"
        detail = f"Line {row.index + 1} is {name} (category {category}) and shows a tax rate of {item.tax_rate:f} %."
        if category == "S" and item.tax_rate == 0:
            return broken(field=path, expected="more than 0", found=item.tax_rate, detail=detail, severity=Severity.WARNING)
        if taxed:
            return HOLDS if item.tax_rate >= 0 else broken(field=path, expected="0 or more", found=item.tax_rate, detail=detail)
        return HOLDS if item.tax_rate == 0 else broken(field=path, expected="0 or none", found=item.tax_rate, detail=detail)

    return judge


def _lines_of(invoice: Invoice, line: TaxLine) -> list[LineItem]:
    """The lines that a breakdown row sums up; empty when lines do not say which row they belong to."""
    if any(item.tax_rate is None and CATEGORIES[line.category or "S"][2] for item in invoice.line_items):
        return []
    return [
        item
        for item in invoice.line_items
        if item.tax_category == line.category and (line.rate is None or (item.tax_rate if item.tax_rate is not None else ZERO) == line.rate)
    ]


def _base(category: str) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        invoice = row.invoice
        line = invoice.tax_breakdown[row.index]
        if line.category != category or line.taxable_amount is None:
            return SILENT
        if steps(invoice, AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE):
            return SILENT  # the page does not say to which rate they belong
        items = _lines_of(invoice, line)
        amounts = [item.amount for item in items if item.amount is not None]
        alike = [r for r in invoice.tax_breakdown if (r.category, r.rate) == (line.category, line.rate)]
        if not items or len(amounts) < len(items) or len(alike) > 1:
            return SILENT
        summed = sum(amounts, ZERO)
        base, tax = line.taxable_amount, line.tax_amount or ZERO
        if any(abs(abs(summed) - abs(target)) < TOLERANCE for target in (base, base + tax)):
            return HOLDS
        return broken(
            field=f"tax_breakdown.{row.index}.taxable_amount",
            expected=summed,
            found=base,
            detail=f"The lines of this rate add up to {summed:f}, the tax breakdown says {base:f}.",
        )

    return judge


def _tax(category: str) -> Callable[[Row], Verdict]:
    """For taxed categories: the tax that the lines of this rate give, where the row prints no base (BR-CO-17 judges it else). Others: zero."""

    def judge(row: Row) -> Verdict:
        invoice = row.invoice
        line = invoice.tax_breakdown[row.index]
        if line.category != category or line.tax_amount is None:
            return SILENT
        path = f"tax_breakdown.{row.index}.tax_amount"
        if not CATEGORIES[category][2]:
            if line.tax_amount == 0:
                return HOLDS
            detail = f"Category {category} ({CATEGORIES[category][1]}) carries no tax, yet the tax breakdown says {line.tax_amount:f}."
            return broken(field=path, expected="0", found=line.tax_amount, detail=detail)
        if line.taxable_amount is not None or line.rate is None or steps(invoice, AdjustmentKind.ALLOWANCE, AdjustmentKind.CHARGE):
            return SILENT
        items = _lines_of(invoice, line)
        amounts = [item.net_amount for item in items if item.net_amount is not None]
        if not items or len(amounts) < len(items):
            return SILENT
        expected = percent(sum(amounts, ZERO), line.rate)
        if abs(abs(expected) - abs(line.tax_amount)) < TOLERANCE:
            return HOLDS
        if leaves_lines_untaxed(invoice, line.tax_amount, of_all=expected):
            return SILENT
        return broken(
            field=path,
            expected=rounded(expected, 2),
            found=line.tax_amount,
            detail=f"{line.rate:f} % of the lines' {sum(amounts, ZERO):f} is {rounded(expected, 2):f} of tax, not {line.tax_amount:f}.",
        )

    return judge


def _reason(category: str) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        invoice = row.invoice
        line = invoice.tax_breakdown[row.index]
        if line.category != category:
            return SILENT
        given = treatments_in(invoice.notes)
        if category in NEEDS_REASON:
            if given - {"zero_rated", "local_tax_canaries", "local_tax_ceuta_melilla"}:
                return HOLDS
            detail = f"No reason for charging no tax was found ({CATEGORIES[category][1]})."
            return broken(field=f"tax_breakdown.{row.index}.category", expected="a reason", detail=detail)
        only_kind = all(other.category == category for other in invoice.tax_breakdown)
        if only_kind and line.tax_amount and "small_business" in given:
            detail = "The page charges tax and says at the same time that none is due."
            return broken(field=f"tax_breakdown.{row.index}.tax_amount", expected="0", found=line.tax_amount, detail=detail)
        return HOLDS

    return judge


def _both_ids(category: str) -> Callable[[Row], Verdict]:
    def judge(row: Row) -> Verdict:
        invoice = row.invoice
        lines = {item.tax_category for item in invoice.line_items} | {line.category for line in invoice.tax_breakdown}
        if category not in lines:
            return SILENT
        header = invoice.header
        missing = [name for name in ("seller_vat_id", "buyer_vat_id") if getattr(header, name) is None]
        return tuple(
            Finding(f"header.{name}", "a VAT id", None, f"{CATEGORIES[category][1].capitalize()} needs the VAT ids of both parties.")
            for name in missing
        )

    return judge


def nothing_beside_outside_scope(row: Row) -> Verdict:
    categories = {line.category for line in row.invoice.tax_breakdown}
    if "O" not in categories:
        return SILENT
    others = sorted(category for category in categories if category and category != "O")
    if not others:
        return HOLDS
    detail = (
        f"Amounts outside the scope of tax (O) stand beside amounts of category {', '.join(others)}; an invoice holds only one of the two."
    )
    return broken(field="tax_breakdown", expected="O alone", found="O, " + ", ".join(others), detail=detail)


def rates_exist(row: Row) -> Verdict:
    """Each printed rate is judged once, at the first place that prints it."""
    invoice, day = row.invoice, row.invoice.header.issue_date
    country = seller_country(invoice)
    if country is None or day is None:
        return SILENT
    places = [(f"tax_breakdown.{n}.rate", line.rate) for n, line in enumerate(invoice.tax_breakdown)]
    places += [(f"line_items.{n}.tax_rate", item.tax_rate) for n, item in enumerate(invoice.line_items)]
    found: dict[Decimal, Finding] = {}
    judged = False
    for path, rate in places:
        exists = None if rate is None else rate_exists(country, rate, on=day)
        judged |= exists is not None
        if exists is False and rate is not None:
            detail = f"{country} had no tax rate of {rate.normalize():f} % on {day}."
            found.setdefault(rate, Finding(path, f"a rate of {country}", f"{rate:f}", detail))
    return tuple(found.values()) if judged else SILENT


def _category_rules() -> list[Rule]:
    rules: list[Rule] = []
    for category, (prefix, name, taxed) in CATEGORIES.items():
        rate = "a rate of 0 % or more" if taxed else "a rate of 0 % or none"
        if category == "S":
            rate = "a rate above 0 %"
        sentences = {
            "05": f"A line in category {category} ({name}) has {rate}.",
            "08": f"The base of category {category} ({name}) is the sum of its lines, within less than one currency unit.",
            "09": f"The tax of category {category} ({name}) is "
            + ("its lines times its rate, within less than one currency unit." if taxed else "zero."),
            "10": f"The page gives {'a reason' if category in NEEDS_REASON else 'no reason'} for charging no tax in category {category} ({name}).",
        }
        for number, table, judge in (
            ("05", Table.LINES, _line_rate(category)),
            ("08", Table.TAX_BREAKDOWN, _base(category)),
            ("09", Table.TAX_BREAKDOWN, _tax(category)),
            ("10", Table.TAX_BREAKDOWN, _reason(category)),
        ):
            rule_id = f"{prefix}-{number}"
            incomplete_only = number == "10" and category in NEEDS_REASON
            severity = Severity.WARNING if incomplete_only else Severity.ERROR
            rules.append(Rule(rule_id, f"EN 16931 {rule_id}", severity, table, sentences[number], judge))
    return rules


BREAKDOWN_RULES: tuple[Rule, ...] = (
    Rule(
        "BR-CO-17",
        "EN 16931 BR-CO-17",
        Severity.ERROR,
        Table.TAX_BREAKDOWN,
        "The tax of a rate is its base times the rate, within less than one currency unit; a tax on sales without a printed base may be less.",
        tax_is_base_times_rate,
    ),
    *_category_rules(),
    Rule(
        "BR-AE-02",
        "EN 16931 BR-AE-02",
        Severity.WARNING,
        Table.DOCUMENTS,
        "Reverse charge: the page shows both parties' VAT ids.",
        _both_ids("AE"),
    ),
    Rule(
        "BR-IC-02",
        "EN 16931 BR-IC-02",
        Severity.WARNING,
        Table.DOCUMENTS,
        "Intra-Community supply: the page shows both parties' VAT ids.",
        _both_ids("K"),
    ),
    Rule(
        "BR-O-11",
        "EN 16931 BR-O-11",
        Severity.WARNING,
        Table.DOCUMENTS,
        "Beside amounts outside the scope of tax the breakdown has no other category.",
        nothing_beside_outside_scope,
    ),
    Rule(
        "LI-RATE",
        "National VAT acts (schemas/data/vat_rates.csv)",
        Severity.WARNING,
        Table.DOCUMENTS,
        "The tax rates existed in the seller's country on the issue date.",
        rates_exist,
    ),
)
