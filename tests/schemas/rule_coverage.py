"""Which test shows that a rule holds and which that it is broken: ``python tests/schemas/rule_coverage.py > docs/rule-coverage.md``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from rule_cases import CASES  # noqa: E402  (the paths come first)

from schemas.errors import DocumentError  # noqa: E402
from schemas.rules import RULES  # noqa: E402

PASSING, FAILING = "test_the_rule_is_kept", "test_the_rule_is_broken"
READING = {
    "LI-NOTINV": ("test_rules.py::test_a_clean_invoice_has_no_issue", "test_rules.py::test_reading_issues_carry_their_rule[LI-NOTINV]"),
    "LI-INJECT": (
        "test_instructions.py::test_ordinary_pages_instruct_nobody",
        "test_instructions.py::test_sentences_to_a_machine_are_found",
    ),
    "LI-XML": (
        "../extractors/test_page_agreement.py::test_a_hybrid_whose_page_agrees_is_accepted",
        "../extractors/test_page_agreement.py::test_a_page_that_differs_is_flagged_with_its_field",
    ),
    "LI-SEVERAL": (
        "../extractors/test_several_invoices.py::test_parts_are_whole_runs_of_page_numbers",
        "../extractors/test_several_invoices.py::test_two_invoices_in_one_file_go_to_a_person_with_their_numbers",
    ),
    "LI-DOC-SPLIT": (
        "../extractors/test_several_invoices.py::test_two_invoices_in_one_file_go_to_a_person_with_their_numbers",
        "../extractors/test_several_invoices.py::test_a_file_of_several_invoices_is_taken_apart_where_parts_are_wanted",
    ),
    "LI-TWICE": (
        "../extractors/test_cross_check.py::test_networks_that_agree_are_believed",
        "../extractors/test_cross_check.py::test_a_document_that_one_network_reads_otherwise_goes_to_a_person_with_both_values",
    ),
    "LI-AGREE": (
        "../extractors/fallback/test_scripted_readers.py::test_a_second_reader_who_agrees_makes_a_doubtful_document_sure",
        "../extractors/fallback/test_scripted_readers.py::test_one_reader_against_the_specialist_changes_nothing_and_both_values_are_shown",
    ),
}


def coverage() -> dict[str, tuple[str, str]]:
    """Rule id to its passing and its failing test. Raises `KeyError` for a rule that has none."""
    found: dict[str, tuple[str, str]] = {}
    refusals = {error.rule for error in (DocumentError, *DocumentError.__subclasses__())}
    for rule in RULES:
        if rule.id in CASES:
            found[rule.id] = (f"test_rules.py::{PASSING}[{rule.id}]", f"test_rules.py::{FAILING}[{rule.id}]")
        elif rule.id in READING:
            found[rule.id] = READING[rule.id]
        elif rule.id in refusals:
            found[rule.id] = (
                "test_rules.py::test_a_clean_invoice_has_no_issue",
                f"test_rules.py::test_a_refused_file_carries_its_rule[{rule.id}]",
            )
        else:
            raise KeyError(rule.id)
    return found


MEASURED = """
## How often they are right

`lineitem synth --count 500 --seed 840000 --family exam --out D`, then `python -m benchmarks.rules --documents D`: what the generated pages print,
taken as read. 2026-11-29: 10,000 lines are checked in 0.33 s of processor time. Of 467 invoices whose pages add up, none carries an error; before, two
did: a page that prints rates but no tax (BR-CO-15), and a price per ten whose unit stands in a column of its own (LI-LINE). All 4 whose pages do not add
up carry one. Of 87 sample invoices with right values, 3 carry one: an open amount of before that is as large as this invoice's own net total (BR-CO-16),
a scan without a text layer, where the benchmark cannot find the payment on the page (BR-CO-16), and a price per pack whose size is left out of the true
name (LI-LINE; the page's name tells it). All 8 that do not add up are noticed. When one digit of one number of the generated invoices is changed, this is
how often that document then carries an error, and an issue of any severity:

| changed | tried | error | any issue |
|---|---:|---:|---:|
| net_total | 418 | 100.0 % | 100.0 % |
| tax_total | 404 | 99.3 % | 99.3 % |
| gross_total | 466 | 100.0 % | 100.0 % |
| amount_due | 460 | 100.0 % | 100.0 % |
| line_items.quantity | 360 | 89.4 % | 89.4 % |
| line_items.unit_price | 369 | 87.5 % | 88.3 % |
| line_items.net_amount | 438 | 99.8 % | 99.8 % |
| line_items.gross_amount | 75 | 89.3 % | 89.3 % |
| line_items.tax_rate | 334 | 68.6 % | 97.3 % |
| tax_breakdown.rate | 328 | 60.1 % | 95.1 % |
| tax_breakdown.taxable_amount | 146 | 57.5 % | 91.1 % |
| tax_breakdown.tax_amount | 334 | 99.1 % | 99.1 % |
"""


def page() -> str:
    """The table as Markdown, and what was measured."""
    rows = "\n".join(f"| {rule} | {passing} | {failing} |" for rule, (passing, failing) in coverage().items())
    return f"""# Rule coverage

For every rule the test in which it holds and the test in which it is broken, all in `tests/schemas`. A test fails when a rule has none, when a named
test does not exist, or when this page, made by `python tests/schemas/rule_coverage.py`, is not up to date.

| rule | holds in | is broken in |
|---|---|---|
{rows}
{MEASURED}"""


if __name__ == "__main__":
    sys.stdout.write(page())
