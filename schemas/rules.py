"""The judge: every rule, and one validation for a whole chunk of invoices.

`RULES` is the table of definitions; docs/rules.md is generated from it. Each rule judges one row (a document, a line, a breakdown row) and
says that it holds, is broken, or has nothing to say because the page does not print what it needs. The verdicts of a chunk are one collected
frame with one boolean for each rule that judged a row, which pandera validates once, lazily: about 10 ms for 4,000 verdicts, against 60 to 170 ms for a
frame with a column for each rule (30 rules, 200 rows, 2-core machine). Amounts never enter the frame, so no number is converted (`schemas.arithmetic`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

from schemas.arithmetic import EXACT, plausible
from schemas.invoice import Adjustment, Header, Invoice, Issue, LineItem, Severity, TaxLine
from schemas.rules_breakdown import BREAKDOWN_RULES, CATEGORIES
from schemas.rules_lines import LINE_RULES
from schemas.rules_parties import PARTY_RULES
from schemas.rules_presence import PRESENCE_RULES
from schemas.rules_reading import READING_RULES
from schemas.rules_totals import TOTAL_RULES
from schemas.rules_types import Finding, Row, Rule, RuleContext, Table, Verdict

__all__ = ["RULES", "RULES_VERSION", "Rule", "RuleContext", "validate"]

RULES_VERSION = "2"

PLAUSIBLE = Rule(
    "LI-NUMBER",
    "Lineitem",
    Severity.ERROR,
    Table.DOCUMENTS,
    "Every amount is a finite number with at most 18 digits before the point and 12 after it.",
)

RULES: tuple[Rule, ...] = (PLAUSIBLE, *PRESENCE_RULES, *PARTY_RULES, *TOTAL_RULES, *BREAKDOWN_RULES, *LINE_RULES, *READING_RULES)

_ORDER = {rule.id: number for number, rule in enumerate(RULES)}
_BY_ID = {rule.id: rule for rule in RULES}
_READ_FROM_PAGE = frozenset(rule.id for rule in RULES if rule.table is Table.READING)
_JUDGES = {table: tuple((rule.id, rule.judge) for rule in RULES if rule.table is table and rule.judge is not None) for table in Table}
_OF_CATEGORY = {f"{prefix}-{number}": category for category, (prefix, _, _) in CATEGORIES.items() for number in ("05", "08", "09", "10")}
_JUDGES_BY_CATEGORY = {  # the rules of one tax category need not be asked about rows of another
    (table, category): tuple(entry for entry in _JUDGES[table] if _OF_CATEGORY.get(entry[0], category) == category)
    for table in (Table.LINES, Table.TAX_BREAKDOWN)
    for category in (None, *CATEGORIES)
}
_AMOUNTS = {
    kind: tuple(name for name, member in kind.__dataclass_fields__.items() if "Decimal" in str(member.type))
    for kind in (Header, TaxLine, LineItem)
}


def validate(invoices: Sequence[Invoice], *, context: RuleContext) -> list[tuple[Issue, ...]]:
    """The issues of each invoice, in the order of `RULES`, then of the rows. Pure: issues that the invoices already carry are left out.

    One pandera validation for the whole sequence. A number that cannot be one (LI-NUMBER) is reported and treated as not printed.
    """
    issues: list[list[tuple[int, int, Issue]]] = [[] for _ in invoices]
    with localcontext(EXACT):
        judged: list[Invoice] = []
        for document, invoice in enumerate(invoices):
            kept, findings = _plausible_only(invoice)
            judged.append(kept)
            issues[document].extend((_ORDER[PLAUSIBLE.id], 0, _issue(PLAUSIBLE, finding)) for finding in findings)
        for document, row, rule_id, findings in _broken(judged, context):
            rule = _BY_ID[rule_id]
            issues[document].extend((_ORDER[rule_id], row, _issue(rule, finding)) for finding in findings)
    return [tuple(issue for _, _, issue in sorted(found, key=lambda entry: entry[:2])) for found in issues]


def _broken(invoices: Sequence[Invoice], context: RuleContext) -> Iterator[tuple[int, int, str, tuple[Finding, ...]]]:
    """(document, row, rule id, findings) of every verdict that pandera finds not to hold."""
    import polars as pl
    from pandera.errors import SchemaErrors

    rule_ids: list[str] = []
    holds: list[bool] = []
    findings: dict[int, tuple[int, int, str, tuple[Finding, ...]]] = {}  # by row of the frame
    for document, invoice in enumerate(invoices):
        memo: dict[str, object] = {}
        for table in (Table.DOCUMENTS, Table.LINES, Table.TAX_BREAKDOWN):
            for index in _row_numbers(table, invoice):
                row = Row(invoice, index, context, memo)
                for rule_id, judge in _judges(table, invoice, index):
                    verdict = judge(row)
                    if verdict is None:
                        continue
                    rule_ids.append(rule_id)
                    holds.append(not verdict)
                    if verdict:
                        findings[len(holds) - 1] = (document, index, rule_id, verdict)
    frame = pl.DataFrame({"rule": rule_ids, "holds": holds}, schema={"rule": pl.String, "holds": pl.Boolean})
    try:
        _schema().validate(frame, lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases.filter((pl.col("column") == "holds") & pl.col("index").is_not_null())
        if len(failures) != len(error.failure_cases):
            raise  # the frame itself is malformed: a defect of ours, not of a document
        for number in failures["index"].sort():
            yield findings[number]


def _judges(table: Table, invoice: Invoice, index: int) -> Sequence[tuple[str, Callable[[Row], Verdict]]]:
    if table is Table.LINES:
        category = invoice.line_items[index].tax_category
    elif table is Table.TAX_BREAKDOWN:
        category = invoice.tax_breakdown[index].category
    else:
        return _JUDGES[table]
    return _JUDGES_BY_CATEGORY.get((table, category), _JUDGES[table])


@cache
def _schema() -> Any:
    import pandera.polars as pa
    import polars as pl

    known = [rule.id for rule in RULES if rule.judge is not None]
    return pa.DataFrameSchema(
        {"rule": pa.Column(pl.String, pa.Check.isin(known)), "holds": pa.Column(pl.Boolean, pa.Check.eq(True))},
        strict=True,
        name="verdicts",
    )


def _row_numbers(table: Table, invoice: Invoice) -> range:
    if table is Table.LINES:
        return range(len(invoice.line_items))
    if table is Table.TAX_BREAKDOWN:
        return range(len(invoice.tax_breakdown))
    return range(1)


def _issue(rule: Rule, finding: Finding) -> Issue:
    return Issue(rule.id, finding.severity or rule.severity, finding.field, finding.expected, finding.found, finding.detail)


def _plausible_only(invoice: Invoice) -> tuple[Invoice, list[Finding]]:
    """The invoice with numbers that cannot be amounts set to None, and a finding for each."""
    findings: list[Finding] = []

    def clean(record: Header | TaxLine | LineItem, path: str) -> Any:
        wrong = {
            name: None
            for name in _AMOUNTS[type(record)]
            if (value := getattr(record, name)) is not None and not plausible(value) and not _report(value, f"{path}.{name}", findings)
        }
        return replace(record, **wrong) if wrong else record

    header = clean(invoice.header, "header")
    lines = tuple(clean(item, f"line_items.{n}") for n, item in enumerate(invoice.line_items))
    breakdown = tuple(clean(row, f"tax_breakdown.{n}") for n, row in enumerate(invoice.tax_breakdown))
    adjustments: tuple[Adjustment, ...] = tuple(
        a
        for n, a in enumerate(invoice.document_adjustments)
        if plausible(a.amount) or _report(a.amount, f"document_adjustments.{n}.amount", findings)
    )
    if not findings:
        return invoice, findings
    return invoice.replace(header=header, line_items=lines, tax_breakdown=breakdown, document_adjustments=adjustments), findings


def _report(value: Decimal, path: str, findings: list[Finding]) -> bool:
    name = path.rpartition(".")[2].replace("_", " ")
    findings.append(
        Finding(path, "an amount", str(value)[:40], f"The {name} cannot be an amount of an invoice; it was taken as not printed.")
    )
    return False


def is_read_from_page(rule: str) -> bool:
    """Whether only the reading of the file can judge the rule with this id, so that its issue stays when values are judged again."""
    return rule in _READ_FROM_PAGE or rule.startswith("LI-DOC")
